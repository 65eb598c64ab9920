"""What a whole run concluded, carried over to the project after an edit that changes nothing of it."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from cachelint.concluding import link_part
from cachelint.conclusions import Conclusions
from cachelint.inputs import Inputs
from cachelint.program import Before, UnsureError, still
from cachelint.shown import is_on
from cachelint.store import Store
from cachelint.suppress import Ignore, read_ignores
from cachelint.task import Task
from cachelint.timing import part


def carried(task: Task, given: Inputs, before: Before, store: Store, then: Conclusions) -> Conclusions | None:
    """What a project comes to: what it came to `then`, where everything is now; None where that may be something else,
    and only who serves requests is as it was. Raises UnsureError where not even that is."""
    with part("look at what changed"):
        linked = link_part(task, given, before, store)
        if linked.wrong:
            raise UnsureError("a policy that cannot be read")
        standing = still(linked.program)
        if standing.doubt or then.statistics is None or then.ran != _rules(task):
            return None
        with contextlib.suppress(UnsureError):
            return Conclusions(
                findings=tuple((name, standing.finding(each)) for name, each in then.findings),
                ran=then.ran,
                ignores=tuple(_ignores(given, standing.changes, then.ignores)),
                statistics=standing.statistics(then.statistics),
            )
    return None


def _rules(task: Task) -> set[str]:
    return {rule.name for rule in task.rules if is_on(rule, task.config) and rule.check is not None}


def _ignores(given: Inputs, changed: Collection[str], then: Iterable[Ignore]) -> Iterator[Ignore]:
    """The ignore comments of all files, in their order."""
    kept: dict[str, list[Ignore]] = defaultdict(list)
    for ignore in then:
        kept[ignore.at.path].append(ignore)
    for file, each in zip(given.found.files, given.gathered, strict=True):
        yield from read_ignores(file.path, each.facts()) if file.path in changed else kept[file.path]
