"""What is known already and not said again: findings of the merge base, findings in a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from cachelint import revisions
from cachelint.baseline import VERSION, Baseline, BaselineError, Entry, applied, made_of, pruned, read, written
from cachelint.cli.output import said_to_people, write
from cachelint.finding import Report, Reported
from cachelint.project import covers
from cachelint.shown import is_on
from cachelint.task import Task

DEFAULT = "cachelint-baseline.json"


def without_known(report: Report, task: Task, options: dict[str, Any]) -> Report:
    """The report less what `--since` and `--baseline` take away; writes the baseline when asked to."""
    if options["since"]:
        report = _since(report, task, options["since"], quiet=options["quiet"])
    target = _baseline_file(task, options)
    if target is None:
        return report
    known = _read(target, may_be_missing=options["write_baseline"])
    if options["write_baseline"]:
        return _rewritten(report, task, target, known)
    outcome = applied(report.findings, known, lambda entry: _was_looked_at(entry, report, task))
    if options["prune_baseline"]:
        write(target, written(pruned(known, outcome.stale)))
    elif not options["quiet"]:
        _say_stale(target, outcome.stale)
    return _with(report, outcome.new)


def _with(report: Report, findings: tuple[Reported, ...]) -> Report:
    return msgspec.structs.replace(report, findings=findings)


def _since(report: Report, task: Task, ref: str, *, quiet: bool) -> Report:
    """Findings are subtracted, not lines: a changed line may cause one in a file that nobody touched."""
    try:
        base = revisions.merge_base(task.project, ref)
        before = revisions.contents(task.project, base, revisions.changed(task.project, base))
    except revisions.RevisionError as error:
        raise click.UsageError(f"--since {ref}: {error}") from None
    from cachelint.compare import introduced_since

    comparison = introduced_since(task, before, report)
    now = {(error.path, error.message) for error in report.errors}
    for lost in comparison.lost:
        if (lost.path, lost.message) not in now and not quiet:
            place = f"{lost.path or 'the project'}:{lost.line}"
            said_to_people(f"{place} could not be analysed at {base[:12]} ({lost.message}): what it says may be old")
    return _with(report, comparison.introduced)


def _baseline_file(task: Task, options: dict[str, Any]) -> Path | None:
    if options["prune_baseline"] and options["write_baseline"]:
        raise click.UsageError("--write-baseline and --prune-baseline exclude each other")
    if options["baseline"]:
        return Path(options["baseline"])
    return task.project / DEFAULT if options["write_baseline"] or options["prune_baseline"] else None


def _read(path: Path, *, may_be_missing: bool) -> Baseline:
    try:
        return read(path.read_bytes())
    except FileNotFoundError:
        if may_be_missing:
            return Baseline(VERSION)
        raise click.UsageError(f"there is no baseline {path}; --write-baseline makes one") from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from None
    except BaselineError as error:
        raise click.UsageError(f"{path} {error}") from None


def _rewritten(report: Report, task: Task, target: Path, known: Baseline) -> Report:
    kept = [entry for entry in known.findings if not _was_looked_at(entry, report, task)]
    write(target, written(made_of(report.findings, kept)))
    said_to_people(f"{target}: {len(report.findings)} findings are known from now on")
    return _with(report, ())


def _was_looked_at(entry: Entry, report: Report, task: Task) -> bool:
    """Whether the run could have found an entry's findings: its absence says something only then."""
    on = {rule.name for rule in task.rules if is_on(rule, task.config)}
    failed = {error.path for error in report.errors}
    in_scope = covers(task.paths or ("",), entry.path) and entry.rule in on
    return in_scope and entry.path not in failed and "" not in failed


def _say_stale(path: Path, stale: tuple[Entry, ...]) -> None:
    for entry in stale:
        where = f"{entry.path}: {entry.function}" if entry.function else entry.path
        said_to_people(f"{path}: stale: {entry.count} {entry.rule} in {where}")
    if stale:
        said_to_people("--prune-baseline removes what is stale")
