"""Where a run's words go: the report to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from cachelint.check import Run, Task
from cachelint.finding import Report
from cachelint.reporters import FORMATS
from cachelint.source import source_of


def write_report(report: Report, task: Task, options: dict[str, Any]) -> None:
    """Write the report in the format asked for. Raises click's error when the file cannot be written."""
    target: Path | None = options["output"]
    color = uses_color(options["color"], to_terminal=target is None and sys.stdout.isatty())
    render = FORMATS[options["format_"]]
    text = render(report, source_of(task.project, task.replaced), color=color, quiet=options["quiet"])
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
    if result.statistics:
        for kind, (resolved, total) in sorted(result.statistics.by_kind.items()):
            said_to_people(f"  {kind:<8}{_share(resolved, total)}")
    said_to_people(COUNTED)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} resolved" + (f" ({part / whole:.0%})" if whole else "")
