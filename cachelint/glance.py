"""A quick look at an edit: does it bring anything new?

The last whole run has left what every function does. A glance follows only the functions that the edit changes, and
asks the rules about what those lead to and what leads to them. It may say that nothing is new; whatever looks new is
for a whole run to confirm, so that a finding is never said on the word of a glance.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import msgspec

from cachelint import check, conclusions, history
from cachelint.check import Inputs, Task
from cachelint.conclusions import Conclusions
from cachelint.facts.gather import Gathered
from cachelint.finding import Finding, Report
from cachelint.program import UnsureError
from cachelint.store import Store, key_of, open_store
from cachelint.suppress import Ignore, read_ignores


class Look(msgspec.Struct, frozen=True):
    """`then` is the report before the edit, `now` the one after it, as far as a glance tells."""

    then: Report
    now: Report


def look(task: Task, path: str, before: bytes, after: bytes, is_news: Callable[[Report, Report], bool]) -> Look | None:
    """Look at an edit of one file (project-relative) of a project; None where a glance cannot tell, or sees news.

    `is_news` says it of the reports before and after.
    """
    if not task.use_store:
        return None
    store = open_store(task.project, os.environ)
    try:
        return _look(store, task, path, (before, after), is_news)
    except UnsureError:
        return None
    finally:
        store.save()


def _look(
    store: Store, task: Task, path: str, edit: tuple[bytes, bytes], is_news: Callable[[Report, Report], bool]
) -> Look | None:
    task = _with(task, path, edit[0])
    then = check.inputs(task, store)
    key = check.key_of_conclusions(task, then)
    run = history.last_run(store, check.scope_of(task, then))
    if run is None or run not in (key, store.get(_same_as(key))):
        return None
    now = _after(store, task, then, path, edit[1])
    known = conclusions.stored(store, run)
    if now is None or known is None:
        return None
    concluded, matters = check.conclude_excerpt(task, now, store)
    concluded = msgspec.structs.replace(concluded, ignores=tuple(_ignores(now, path, known)))
    old, new = check.report(task, then, known), check.report(task, now, concluded)
    is_clear = not matters or not any(_touches(finding, path) for _, finding in known.findings)
    if concluded.crashes or is_news(old, new) or (known.ignores and not is_clear):
        return None
    if is_clear:
        # What the whole project comes to is what it came to: the next glance may start from the same run.
        store.put(_same_as(check.key_of_conclusions(task, now)), run)
    return Look(old, new)


def _with(task: Task, path: str, content: bytes) -> Task:
    return msgspec.structs.replace(task, replaced={**task.replaced, path: content})


def _same_as(key: bytes) -> bytes:
    return key_of(b"same as", key)


def _after(store: Store, task: Task, then: Inputs, path: str, after: bytes) -> Inputs | None:
    """The inputs after the edit; None where that is a matter for a whole run: a file that comes, that cannot be
    parsed, or whose comments say something else to us."""
    index = next((i for i, file in enumerate(then.found.files) if file.path == path), None)
    if index is None:
        return None
    was = then.gathered[index]
    will = check.gathered_one(task, then.found.files[index], after, store, was)
    if was.error or will.error or was.key is None or will.key is None or _comments(was) != _comments(will):
        return None
    gathered = [*then.gathered[:index], will, *then.gathered[index + 1 :]]
    return msgspec.structs.replace(then, gathered=gathered)


def _comments(each: Gathered) -> list[str]:
    return [comment.text for comment in each.facts().comments]


def _ignores(now: Inputs, path: str, known: Conclusions) -> Iterable[Ignore]:
    yield from (ignore for ignore in known.ignores if ignore.at.path != path)
    for file, each in zip(now.found.files, now.gathered, strict=True):
        if file.path == path:
            yield from read_ignores(path, each.facts())


def _touches(finding: Finding, path: str) -> bool:
    """Whether a finding is in a file, or comes from there."""
    steps = (step.at for step in (*finding.trace, *finding.related))
    return any(at.path == path for at in (finding.at, *steps))
