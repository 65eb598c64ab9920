"""Where a run's words go: the report to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from cachelint.check import Run, Task
from cachelint.finding import Report
from cachelint.reporters import FORMATS


def write_report(report: Report, task: Task, options: dict[str, Any]) -> None:
    """Write the report in the format asked for. Raises click's error when the file cannot be written."""
    target: Path | None = options["output"]
    color = uses_color(options["color"], to_terminal=target is None and sys.stdout.isatty())
    render = FORMATS[options["format_"]]
    text = render(report, source_of(task), color=color, quiet=options["quiet"])
    if target is None:
        click.echo(text.encode("utf-8", "replace"), nl=False, color=True)
        return
    try:
        target.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise click.UsageError(f"{target} cannot be written: {error.strerror}") from None


def uses_color(wish: str, to_terminal: bool) -> bool:
    """Whether to paint: as wished, else on a terminal unless NO_COLOR is set."""
    if wish != "auto":
        return wish == "always"
    return to_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def source_of(task: Task) -> Callable[[str], Sequence[str]]:
    """A function that gives the lines of a project-relative path: of stdin where it stands for that file."""
    known: dict[str, list[str]] = {}
    if task.stdin:
        known[task.stdin[0]] = _lines(task.stdin[1])

    def lines(path: str) -> Sequence[str]:
        if path not in known:
            known[path] = lines_of(task.project / path)
        return known[path]

    return lines


def lines_of(path: Path) -> list[str]:
    """The lines of a file as Python counts them; none when it cannot be read."""
    try:
        return _lines(path.read_bytes())
    except OSError:
        return []


def _lines(data: bytes) -> list[str]:
    declared = re.search(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", b"\n".join(data.splitlines()[:2]), re.MULTILINE)
    encoding = declared[1].decode("ascii", "replace") if declared else "utf-8"
    try:
        text = data.decode(encoding, "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    # Python counts a line at these ends only; splitlines() knows more of them.
    return re.split(r"\r\n|\r|\n", text.removeprefix("\N{BYTE ORDER MARK}"))


def said_to_people(text: str) -> None:
    """One line on stderr."""
    click.echo(text, err=True)


COUNTED = """\
Counted are method calls whose receiver is a cache, a database session, a model or its query, or a request: those
whose receiver's type was found by following the code (resolved), those where only the variable's name and the
file's imports suggest it, and those whose type is unknown but whose name is one of the usual ones (not resolved)."""


def show_statistics(result: Run) -> None:
    """What was recognised, on stderr: how much of the project the rules could see at all."""
    summary = result.report.summary
    said_to_people(f"files     {summary.files}, analysed {summary.analysed}, left out {summary.skipped}")
    said_to_people(f"handlers  {summary.handlers}")
    said_to_people(f"calls     {_share(summary.calls_resolved, summary.calls)}")
    if result.program:
        for kind, (resolved, total) in sorted(result.program.statistics().by_kind.items()):
            said_to_people(f"  {kind:<8}{_share(resolved, total)}")
    said_to_people(COUNTED)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} resolved" + (f" ({part / whole:.0%})" if whole else "")
