"""What a session brings, however its files were written: a shell command passes every question before a write.

The first event of a session notes where it began, in the project's store. Without such a note, and without git, the
last commit is the beginning, or nothing is said.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from cachelint import revisions
from cachelint.compare import introduced_since
from cachelint.concluding import policy_of
from cachelint.finding import Reported
from cachelint.hook.contract import SILENCE, Call, Verdict, block, context, notice
from cachelint.hook.edits import read_file
from cachelint.hook.judgement import configured, counted, has_errors, refuse_lost, task_for, worth_saying
from cachelint.hook.warming import warm
from cachelint.plain import one_line
from cachelint.policy import Policy
from cachelint.policy.model import Decision
from cachelint.reporters import claude
from cachelint.source import source_of
from cachelint.store import key_of, open_store

# How long before the end of a command its writes may be dated, beyond the time it says it took.
SLACK_SECONDS = 2.0
# The model reads the policy's files, too; this is a reminder of what is checked.
MOST_DECISIONS = 30


class Beginning(msgspec.Struct, frozen=True):
    """Where a session began: a commit, and the files that differed from it, None for one that was not there."""

    commit: str
    files: dict[str, bytes | None] = {}


def answer(call: Call, project: str, budget: float) -> Verdict:
    """The verdict at the start or end of a session, or after a command in it. Raises NoVerdictError."""
    with configured():
        is_start = call.event == "SessionStart"
        return (_started if is_start else _changed)(call, Path(project), budget)


def _changed(call: Call, folder: Path, budget: float) -> Verdict:
    beginning = _recalled(call, folder) or _at_last_commit(folder)
    before = _before(beginning, folder) if beginning else {}
    if not before or (call.event == "PostToolUse" and not _is_fresh(before, folder, call)):
        return SILENCE
    task = task_for(folder, budget)
    comparison = introduced_since(task, before)
    refuse_lost(comparison)
    return _verdict(call, worth_saying(comparison), folder)


def _verdict(call: Call, findings: Sequence[Reported], project: Path) -> Verdict:
    if call.is_repeated and findings:
        return notice(f"the session ends with {counted(findings)}")
    if not findings or (call.event != "PostToolUse" and not has_errors(findings)):
        return SILENCE
    opening = f"cachelint: what changed since this session began brings {counted(findings)}."
    text = claude.render(findings, source_of(project, {}), opening=opening)
    return block(text) if has_errors(findings) else context(call.event, text)


def _started(call: Call, project: Path, budget: float) -> Verdict:
    """Note the beginning, once: a session that is resumed began before. A project that was never checked is checked in
    the background, so that the first edits find a store."""
    task = task_for(project, budget)
    if not open_store(project, os.environ).size().entries:
        warm(str(project))
    beginning = _at_last_commit(project)
    if beginning and _recalled(call, project) is None:
        changed = revisions.changed(project, beginning.commit)
        files = {path: read_file(str(project / path)) for path in changed}
        store = open_store(project, os.environ)
        store.put(_key(call), msgspec.msgpack.encode(msgspec.structs.replace(beginning, files=files)))
        store.save()
    summary = policy_summary(policy_of(task))
    return context(call.event, summary) if summary else SILENCE


def _key(call: Call) -> bytes:
    return key_of(b"session", call.session.encode("utf-8", "replace"))


def _recalled(call: Call, project: Path) -> Beginning | None:
    store = open_store(project, os.environ)
    value = store.get(_key(call))
    store.close()
    return msgspec.msgpack.decode(value, type=Beginning) if value else None


def _at_last_commit(project: Path) -> Beginning | None:
    commit = revisions.head(project)
    return Beginning(commit) if commit else None


def _before(beginning: Beginning, project: Path) -> dict[str, bytes | None]:
    """What the files that are different now held when the session began."""
    try:
        paths = {*revisions.changed(project, beginning.commit), *beginning.files}
        then = {**revisions.contents(project, beginning.commit, sorted(paths)), **beginning.files}
    except revisions.RevisionError:
        return {}
    return {path: content for path, content in then.items() if content != read_file(str(project / path))}


def _is_fresh(paths: dict[str, bytes | None], project: Path, call: Call) -> bool:
    """Whether one of the files was written while the command ran."""
    since = time.time() - call.milliseconds / 1000 - SLACK_SECONDS
    return any(_written(project / path) >= since for path in paths)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def policy_summary(policy: Policy) -> str:
    """What the team decided about caching, in its own words and with their places; "" when it decided nothing."""
    said = dict.fromkeys(_decision(decision) for decision in policy.decisions)
    if not said:
        return ""
    lines = [*said][:MOST_DECISIONS]
    more = [f"and {len(said) - len(lines)} more"] if len(said) > len(lines) else []
    return "\n".join(["Caching policy of this project, checked by cachelint when a file is written:", *lines, *more])


def _decision(decision: Decision) -> str:
    heading = f"{decision.heading}: " if decision.heading else ""
    return f"- {one_line(heading + decision.source.text)[:300]} ({decision.source})"
