"""`check`: what it accepts, and the run that it asks for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from cachelint.check import run
from cachelint.cli import settings
from cachelint.cli.facts import say_what_was_missing, spread, taken
from cachelint.cli.known import without_known
from cachelint.cli.output import more_targets, said_to_people, show_statistics, write_report
from cachelint.cli.progress import Progress
from cachelint.config import Config
from cachelint.finding import Report, Severity
from cachelint.reporters import FORMATS
from cachelint.task import Task
from cachelint.timing import measured

NAMES = "RULES"
PART = click.Path(path_type=Path)


class Check(click.Command):
    """A command whose option `--facts` takes all files that follow it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments that are left over, as click has it."""
        return super().parse_args(ctx, spread(args))


@click.command(cls=Check)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report there.")
@click.option("--also", multiple=True, metavar="FORMAT=FILE", callback=more_targets, help="Write another format, too.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Read this configuration.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
@click.option("--select", multiple=True, metavar=NAMES, help='Run only these rules (names, codes or "all").')
@click.option("--ignore", multiple=True, metavar=NAMES, help="Do not run these rules.")
@click.option("--extend-select", multiple=True, metavar=NAMES, help="Run these rules, too.")
@click.option("--persona", type=click.Choice(["regular", "pedantic", "auditor"]), help="How much to show.")
@click.option("--min-confidence", type=click.Choice(["high", "medium", "low"]), help="Show surer findings only.")
@click.option("--min-severity", type=click.Choice(["error", "warning", "note"]), help="Show worse findings only.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    help="Exit with 1 from this severity on (default: error).",
)
@click.option("--stdin-filename", metavar="NAME", type=click.Path(path_type=Path), help="stdin is this file.")
@click.option("--force-exclude", is_flag=True, help="Leave out excluded files even when they are named.")
@click.option("--since", metavar="REF", help="Only what the merge base with this git revision does not have.")
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), help="Leave out what is known there.")
@click.option("--write-baseline", is_flag=True, help="Make all findings known (default: cachelint-baseline.json).")
@click.option("--prune-baseline", is_flag=True, help="Remove what is stale from the baseline.")
@click.option("--facts", multiple=True, metavar="FILE...", type=PART, help="Take from these what `facts` has read.")
@click.option("--statistics", is_flag=True, help="Say on stderr what was recognised.")
@click.option("--show-settings", is_flag=True, help="Print the settings in use and stop.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the store, .cachelint_cache/.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes to use (default: one per core).")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="Findings only.")
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr what is done.")
@click.pass_context
def check(context: click.Context, /, paths: tuple[Path, ...], **options: Any) -> None:
    """Check a project. PATHS choose what is reported; the whole project is always what is known.

    Exit code: 0 nothing at or above --fail-on, 1 such findings, 2 wrong usage or configuration, or something
    could not be analysed.
    """
    task = settings.task(paths, options, sys.stdin.buffer)
    if options["show_settings"]:
        click.echo(settings.shown(task), nl=False)
        context.exit(0)
    if not options["quiet"]:
        for path in settings.not_python(task):
            said_to_people(f"{path} is no Python file: only what the policy in it says is checked")
    if options["verbose"]:
        said_to_people(f"project {task.project}, configuration {task.config.origin.path or 'built in'}")
    report = _checked(task, options)
    context.exit(exit_code(report, task.config))


def _checked(task: Task, options: dict[str, Any]) -> Report:
    parts = taken(options["facts"], options["quiet"])
    task = msgspec.structs.replace(
        task, facts={key: value for part in parts.values() for key, value in part.entries.items()}
    )
    with settings.refusing(), Progress(silent=options["quiet"]) as progress, measured() as times:
        result = run(task, progress.advance)
        report = without_known(result.report, task, options)
    if options["statistics"]:
        report = msgspec.structs.replace(report, times=times)
    write_report(report, task, options)
    if parts and not options["quiet"]:
        say_what_was_missing(parts, result)
    if options["statistics"]:
        show_statistics(result, times)
    if options["verbose"]:
        summary = report.summary
        said_to_people(f"{summary.analysed} of {summary.files} files analysed in {summary.seconds:.1f} s")
    return report


def exit_code(report: Report, config: Config) -> int:
    """2 when something could not be analysed, 1 for findings at or above `fail-on`, else 0."""
    if report.errors:
        return 2
    if config.fail_on == "never":
        return 0
    limit = Severity(config.fail_on).rank
    return int(any(finding.severity.rank >= limit for finding in report.findings))
