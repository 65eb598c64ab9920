"""Where a run's words go: the report to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cachelint.check import Run
from cachelint.cli.repository import folder_in_repository, moved
from cachelint.finding import Report
from cachelint.reporters import FORMATS
from cachelint.source import source_of
from cachelint.task import Task
from cachelint.timing import RULE, Times
from cachelint.writing import write_whole

# Services that read these look at a whole repository.
OF_REPOSITORY = ("sarif", "github", "markdown")


def write_report(report: Report, task: Task, options: dict[str, Any]) -> None:
    """Write the report in the formats asked for. Raises click's error when a file cannot be written."""
    for name, target in options["also"]:
        write(target, _rendered(report, task, name, color=False, quiet=options["quiet"]))
    target = options["output"]
    color = uses_color(options["color"], to_terminal=target is None and sys.stdout.isatty())
    text = _rendered(report, task, options["format_"], color=color, quiet=options["quiet"])
    if target is None:
        click.echo(text, nl=False, color=True)
    else:
        write(target, text)


def more_targets(context: click.Context, parameter: click.Parameter, wishes: Iterable[str]) -> list[tuple[str, Path]]:
    """The formats and files that `--also FORMAT=FILE` names. Raises click's error for what is not of that form."""
    targets = []
    for wish in wishes:
        name, _, target = wish.partition("=")
        if name not in FORMATS or not target:
            raise click.BadParameter(f"{wish}: give FORMAT=FILE with one of {', '.join(FORMATS)}")
        targets.append((name, Path(target)))
    return targets


def _rendered(report: Report, task: Task, name: str, *, color: bool, quiet: bool) -> bytes:
    source = source_of(task.project, task.replaced)
    folder = folder_in_repository(task.project) if name in OF_REPOSITORY else ""
    text = FORMATS[name](
        moved(report, folder), lambda path: source(path.removeprefix(folder)), color=color, quiet=quiet
    )
    return text.encode("utf-8", "replace")


def write(target: Path, content: bytes) -> None:
    """Write a file, whole or not at all. Raises click's error when it cannot be written."""
    try:
        write_whole(target, content)
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


def show_statistics(result: Run, times: Times) -> None:
    """What was recognised, on stderr: how much of the project the rules could see at all."""
    summary = result.report.summary
    said_to_people(f"files     {summary.files}, analysed {summary.analysed}, left out {summary.skipped}")
    said_to_people(f"handlers  {summary.handlers}")
    said_to_people(f"calls     {_share(summary.calls_resolved, summary.calls)}")
    if result.statistics:
        for kind, (resolved, total) in sorted(result.statistics.by_kind.items()):
            said_to_people(f"  {kind:<8}{_share(resolved, total)}")
    said_to_people(COUNTED)
    show_times(times)


def show_times(times: Times) -> None:
    """What the parts of a run took, the slowest rules first. What rules share counts for the first that asks."""
    stages = [(name, seconds) for name, seconds in times.items() if not name.startswith(RULE)]
    rules = sorted(((name, s) for name, s in times.items() if name.startswith(RULE)), key=lambda pair: -pair[1])
    for name, seconds in (*stages, *rules):
        said_to_people(f"{seconds:9.3f} s  {name}")


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} resolved" + (f" ({part / whole:.0%})" if whole else "")
