"""What an edit brings, in words for who made it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from cachelint import revisions
from cachelint.compare import Comparison, introduced
from cachelint.config import ConfigError, load
from cachelint.files import would_find
from cachelint.finding import Reported, Severity
from cachelint.hook.contract import SILENCE, NoVerdictError, Verdict, block, context
from cachelint.hook.edits import Edit, as_read
from cachelint.hook.events import Target
from cachelint.project import relative
from cachelint.reporters import claude
from cachelint.rules import SPELLINGS
from cachelint.source import source_of
from cachelint.task import Task

# A file's own limit is half of the whole budget, so that one slow file leaves time to say so.
FILE_SHARE = 0.5


def judge(event: str, target: Target, edit: Edit, budget: float) -> Verdict:
    """The verdict on an edit of one file; `budget` in seconds. Raises NoVerdictError."""
    with configured():
        return _judged(event, target, edit, budget)


@contextmanager
def configured() -> Iterator[None]:
    """Work in which a configuration, or a policy in it, that cannot be used is no verdict."""
    try:
        yield
    except ConfigError as error:
        raise NoVerdictError(f"configuration: {error}") from None


def _judged(event: str, target: Target, edit: Edit, budget: float) -> Verdict:
    task = task_for(Path(target.project), budget)
    inside = relative(Path(target.path), task.project)
    if not would_find(task.project, inside, task.config.exclude, task.config.extend_exclude):
        return SILENCE
    comparison = _compared(task, inside, edit)
    findings = worth_saying(comparison)
    if not findings:
        return SILENCE
    source = source_of(task.project, {inside: edit.after})
    text = claude.render(findings, source, opening=_opening(event, inside, findings))
    return block(text) if has_errors(findings) else context(event, text)


def task_for(project: Path, budget: float) -> Task:
    """The task of checking a project within a hook's time. Raises ConfigError."""
    config = load(project, SPELLINGS)
    limit = min(config.time_budget, budget * FILE_SHARE)
    return Task(project=project, config=msgspec.structs.replace(config, time_budget=limit), use_store=True)


def _compared(task: Task, path: str, edit: Edit) -> Comparison:
    """Compared with the last commit where the file before the edit cannot be parsed: it may be half an edit."""
    comparison = introduced(task, path, edit.before and as_read(edit.before), edit.after)
    if edit.before is not None and {error.path for error in comparison.lost} == {path}:
        committed = revisions.committed(task.project, path)
        if committed is not None:
            comparison = introduced(task, path, committed, edit.after)
    refuse_lost(comparison)
    return comparison


def refuse_lost(comparison: Comparison) -> None:
    """Raise NoVerdictError when nothing can be concluded from a comparison."""
    for error in comparison.lost:
        raise NoVerdictError(f"{error.path or 'the project'}:{error.line}: {error.message}")


def worth_saying(comparison: Comparison) -> list[Reported]:
    """Errors, then warnings. A file that does not parse is no finding here: it may be half an edit."""
    said = [f for f in comparison.introduced if f.rule != "syntax-error" and f.severity != Severity.NOTE]
    return sorted(said, key=lambda finding: -finding.severity.rank)


def has_errors(findings: Sequence[Reported]) -> bool:
    """Whether a list of findings is reason to stop."""
    return any(finding.severity == Severity.ERROR for finding in findings)


def _opening(event: str, path: str, findings: Sequence[Reported]) -> str:
    brings = counted(findings)
    if event == "PostToolUse":
        return f"cachelint: the edit of {path} that was just made brings {brings} that the code did not have before."
    if has_errors(findings):
        return f"cachelint: {path} was not written. It would bring {brings}; changed as below it can be made again."
    return f"cachelint: this edit of {path} brings {brings} that the code did not have before."


def counted(findings: Sequence[Reported]) -> str:
    """How many errors and warnings, in words."""
    errors = sum(finding.severity == Severity.ERROR for finding in findings)
    numbers = ((errors, "error"), (len(findings) - errors, "warning"))
    return " and ".join(f"{n} new {noun}{'s' * (n != 1)}" for n, noun in numbers if n)
