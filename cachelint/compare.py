"""What a change brings: the findings of a project after it, less those that were there before.

Findings are compared by what they are about, never by lines: moving code changes nothing, a second copy of a
finding is a new one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import SequenceMatcher

import msgspec

from cachelint.check import run
from cachelint.finding import AnalysisError, Report, Reported
from cachelint.glance import look
from cachelint.program import UnsureError
from cachelint.shown import place_in_report
from cachelint.task import Task

IsTouched = Callable[[Reported], bool]


class Comparison(msgspec.Struct, frozen=True):
    """`introduced` are the findings that the change brings, in the order of a report. `lost` says what was analysed
    on one side only, so that findings may be missing or wrongly called new: then nothing can be concluded. `now` is
    the report after the change, whole where something is new."""

    introduced: tuple[Reported, ...]
    lost: tuple[AnalysisError, ...]
    now: Report


def introduced(task: Task, path: str, before: bytes | None, after: bytes | None) -> Comparison:
    """What replacing one file brings, anywhere in the project that the task reports.

    `path` is project-relative; None stands for a file that is not there. Where a glance can tell, that is the answer;
    else whole runs are asked.
    """
    with suppress(UnsureError):
        return at_a_glance(task, path, before, after)
    return by_whole_runs(task, path, before, after)


def at_a_glance(task: Task, path: str, before: bytes | None, after: bytes | None) -> Comparison:
    """The same, told from what the last whole run left. `now` has only what the edit can matter to. Raises UnsureError
    where that is not enough."""
    if after is None:
        raise UnsureError("a file that goes")
    seen = look(task, path, before, after)
    return _compared(seen.then, seen.now, _touched_by(path, before or b"", after))


def by_whole_runs(task: Task, path: str, before: bytes | None, after: bytes | None) -> Comparison:
    """The same, by whole runs before and after. The store makes little work of them: what was there before is known,
    and what comes after is linked again where it differs."""
    then, now = run(_with(task, path, before)).report, run(_with(task, path, after)).report
    return _compared(then, now, _touched_by(path, before or b"", after or b""))


def _compared(then: Report, now: Report, is_touched: IsTouched) -> Comparison:
    new = subtract(_apart(now.findings), _apart(then.findings), is_touched)
    return Comparison(tuple(sorted(new, key=place_in_report)), _lost(then.errors, now.errors), now)


def _touched_by(path: str, before: bytes, after: bytes) -> IsTouched:
    touched = touched_lines(before, after)
    return lambda finding: finding.at.path == path and finding.at.line in touched


def introduced_since(task: Task, before: Mapping[str, bytes | None], now: Report | None = None) -> Comparison:
    """What has come since some files of the project were as in `before` (project-relative paths; None for one that
    was not there), anywhere that the task reports. `now` is the task's report, where it has been made already."""
    then = run(msgspec.structs.replace(task, replaced={**task.replaced, **before})).report
    now = run(task).report if now is None else now
    return _compared(then, now, _touched_since(task, before))


def _apart(findings: Iterable[Reported]) -> Iterator[Reported]:
    """Findings that stand for others as those others: one more of them is news, though the place to mend is known."""
    for finding in findings:
        yield from finding.parts or (finding,)


def _touched_since(task: Task, before: Mapping[str, bytes | None]) -> IsTouched:
    lines: dict[str, frozenset[int]] = {}

    def is_touched(finding: Reported) -> bool:
        path = finding.at.path
        if path in before and path not in lines:
            lines[path] = touched_lines(before[path] or b"", _content(task, path))
        return finding.at.line in lines.get(path, ())

    return is_touched


def _content(task: Task, path: str) -> bytes:
    if path in task.replaced:
        return task.replaced[path] or b""
    try:
        return (task.project / path).read_bytes()
    except OSError:
        return b""


def _with(task: Task, path: str, content: bytes | None) -> Task:
    return msgspec.structs.replace(task, replaced={**task.replaced, path: content})


def _lost(then: Sequence[AnalysisError], now: Sequence[AnalysisError]) -> tuple[AnalysisError, ...]:
    """Errors by path and message only: a file that is broken in the same way before and after hides the same."""
    kept = {(error.path, error.message) for error in then} & {(error.path, error.message) for error in now}
    return tuple(error for error in (*now, *then) if (error.path, error.message) not in kept)


def touched_lines(before: bytes, after: bytes) -> frozenset[int]:
    """The 1-based lines of `after` that `before` does not have."""
    old, new = before.splitlines(), after.splitlines()
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    changed = range(head, len(new) - tail)
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    kept = {head + i for block in matcher.get_matching_blocks() for i in range(block.b, block.b + block.size)}
    return frozenset(line + 1 for line in changed if line not in kept)


def _shared(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def subtract(now: Iterable[Reported], then: Iterable[Reported], is_touched: IsTouched) -> list[Reported]:
    """The findings of `now` that `then` does not account for, each of `then` accounting for one.

    Where only the number of equal ones grew, those in touched code are the new ones. A finding that vanished
    accounts for one of the same rule that appeared under another function name, in another file, or in the same
    function in other words: renaming a variable is no new mistake.
    """
    new, gone = list(now), list(then)
    for key in (_same, _in_file, _in_function, _at_place):
        new, gone = _unmatched(new, gone, key, is_touched)
    return new


def _same(finding: Reported) -> Hashable:
    return finding.rule, finding.at.path, finding.function, finding.subject


def _in_file(finding: Reported) -> Hashable:
    return finding.rule, finding.at.path, finding.subject


def _in_function(finding: Reported) -> Hashable:
    return finding.rule, finding.function, finding.subject


def _at_place(finding: Reported) -> Hashable:
    return finding.rule, finding.at.path, finding.function


def _unmatched(
    now: Sequence[Reported], then: Sequence[Reported], key: Callable[[Reported], Hashable], is_touched: IsTouched
) -> tuple[list[Reported], list[Reported]]:
    """What is left of both sides, in their order, once equals by a key are paired off."""
    had, has = Counter(map(key, then)), Counter(map(key, now))
    new = set(_surplus(now, had, key, is_touched))
    gone = set(_surplus(then, has, key, lambda finding: False))
    return [f for i, f in enumerate(now) if i in new], [f for i, f in enumerate(then) if i in gone]


def _surplus(
    findings: Sequence[Reported], allowed: Counter[Hashable], key: Callable[[Reported], Hashable], is_touched: IsTouched
) -> Iterator[int]:
    """The indexes of findings beyond the allowed number of their kind; those in touched code come last."""
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, finding in enumerate(findings):
        groups[key(finding)].append(index)
    for kind, indexes in groups.items():
        yield from sorted(indexes, key=lambda i: is_touched(findings[i]))[allowed[kind] :]
