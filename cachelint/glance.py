"""A quick look at an edit: does it bring anything new?

The last whole run has left what every function does. A glance follows only the functions that the edit changes, and
asks the rules about what those lead to and what leads to them. What they find is compared with what the whole run
found; where that is not enough, both sides of the edit are looked at, around the same functions: so like is compared
with like, and what neither side shows is on both. Where that cannot be known it says so, and whole runs are asked.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import msgspec

from cachelint import check, conclusions, history
from cachelint.concluding import Part, conclude_part, link_part, widen_part
from cachelint.conclusions import Conclusions
from cachelint.differing import alike, could_be, without
from cachelint.facts.single import Gathered
from cachelint.files import Discovery
from cachelint.finding import Report, Reported
from cachelint.inputs import Inputs, gathered_one, inputs
from cachelint.program import Name, UnsureError
from cachelint.shown import report
from cachelint.store import Store, key_of, open_store
from cachelint.suppress import Ignore, Named, read_ignores
from cachelint.task import Task

# Whose findings are about outages that nothing stops.
FAILS = "unguarded-cache-call"


class Look(msgspec.Struct, frozen=True):
    """`then` is the report before the edit, `now` the one after it, both of all that the edit can matter to."""

    then: Report
    now: Report


def look(task: Task, path: str, before: bytes | None, after: bytes) -> Look:
    """Look at an edit of one file (project-relative; None before: it was not there) of a project. Raises UnsureError
    where a glance cannot tell."""
    if not task.use_store:
        raise UnsureError("no store to start from")
    store = open_store(task.project, os.environ)
    try:
        return _Glance(store, task, path, before, after).look()
    finally:
        store.save()


class _Side(msgspec.Struct):
    """The project before the edit or after it, and the part of it that is looked at."""

    inputs: Inputs
    part: Part
    found: Conclusions


class _Glance:
    """A look at one edit. `basis` is the whole run that it starts from: one over the project before the edit, or over
    one with other edits less."""

    def __init__(self, store: Store, task: Task, path: str, before: bytes | None, after: bytes) -> None:
        self._store, self._task, self._path = store, _with(task, path, before), path
        if before is not None:
            self._then = inputs(self._task, store)
            self._after = self._edited(after)
        else:
            self._after = inputs(_with(task, path, after), store)
            self._then = self._before_it_came()
        self._key = check.key_of_conclusions(task, self._then)
        basis = check.basis_of(task, self._then, store)
        known = conclusions.stored(store, basis.run) if basis is not None else None
        if basis is None or known is None:
            raise UnsureError("no run to start from")
        self._basis, self._known = basis, known
        history.prefer(store, check.scope_of(task, self._then), basis.run)
        self._is_from_then = basis.run in (self._key, store.get(_same_as(self._key)))

    def look(self) -> Look:
        now = self._side(self._after)
        then = None if self._is_from_then else self._side(self._then)
        is_clear = not now.part.program.matters
        if is_clear:
            # What the whole project comes to is what it came to: the next glance need not look at two sides.
            self._store.put(_same_as(check.key_of_conclusions(self._task, now.inputs)), self._basis.run)
        is_from_known = then is None or not then.part.program.matters
        if is_from_known and (is_clear or not self._may_bring(now)):
            return self._looked(self._then, (), now.inputs, ())
        has_ignores = any(True for side in (self._then, now.inputs) for _ in self._ignores(side))
        # Comments cover lines, and the lines of what was found before may be others by now.
        found = self._since_known(now) if is_from_known and not has_ignores else None
        return found or self._compared(then or self._side(self._then), now)

    def _may_bring(self, now: _Side) -> bool:
        """Whether there may be something in the project that was not there in the run before."""
        return bool(without(now.found.findings, self._known.findings)) or bool(self._known.ignores)

    def _since_known(self, now: _Side) -> Look | None:
        """The side after the edit beside what the run before found; None where something seems to have gone that a new
        finding could be: then only the side before the edit tells what it was."""
        seen: frozenset[Name] = frozenset()
        while (names := _places(self._unsettled(self._known.findings, now))) - seen:
            seen |= names
            self._widen(now, names, {rule for rule, _ in without(now.found.findings, self._known.findings)})
        new = without(now.found.findings, self._known.findings)
        if len(list(self._unsettled(self._known.findings, now))) > len(new):
            return None
        then = alike(self._known.findings, now.found.findings)
        return self._looked(self._then, then, now.inputs, now.found.findings)

    def _unsettled(self, then: Iterable[Named], now: _Side) -> Iterator[Named]:
        """The findings that are new, and those gone that one of these could be, or that an ignore comment was for."""
        new = without(now.found.findings, then)
        yield from new
        gone = without(then, now.found.findings)
        yield from gone if self._known.ignores else could_be(gone, new)

    def _compared(self, then: _Side, now: _Side) -> Look:
        """Both sides, once they look around the same functions."""
        seen: frozenset[Name] = frozenset()
        while (names := self._around(then, now)) - seen:
            seen |= names
            for side in (then, now):
                self._widen(side, names)
        self._refuse_useless_ignores(then, now)
        return self._looked(then.inputs, then.found.findings, now.inputs, now.found.findings)

    def _around(self, then: _Side, now: _Side) -> frozenset[Name]:
        """The functions around which both sides have to look: those followed again, and those whose findings differ."""
        followed = then.part.program.looked_around | now.part.program.looked_around
        return followed | _places(self._unsettled(then.found.findings, now))

    # ------------------------------------------------------------------------------------------------- sides

    def _side(self, given: Inputs) -> _Side:
        left = check.before(self._task, given, self._store, self._basis)
        if left is None:
            raise UnsureError("too much is different")
        part = link_part(self._task, given, left, self._store)
        part.program.settle(_places(each for each in self._known.findings if each[0] == FAILS))
        return _Side(given, part, self._concluded(part))

    def _widen(self, side: _Side, names: Collection[Name], rules: Collection[str] = ()) -> None:
        """Look around more functions; with `rules` only for what these say that is new, else for all."""
        widen_part(side.part, names, fully=not rules)
        side.found = self._concluded(side.part, rules)

    def _concluded(self, part: Part, rules: Collection[str] = ()) -> Conclusions:
        found = conclude_part(self._task, part, rules)
        if found.crashes:
            raise UnsureError("a crash")
        return found

    def _before_it_came(self) -> Inputs:
        """The inputs without a file that was not there. Raises UnsureError where it is a matter for a whole run."""
        found, gathered = self._after.found, self._after.gathered
        index = _index(found, self._path)
        if gathered[index].error or gathered[index].key is None or _comments(gathered[index]):
            raise UnsureError("a file that does not parse, or ignore comments")
        others = msgspec.structs.replace(found, files=found.files[:index] + found.files[index + 1 :])
        return Inputs(others, [*gathered[:index], *gathered[index + 1 :]], self._after.sources)

    def _edited(self, content: bytes) -> Inputs:
        """The inputs after the edit. Raises UnsureError where it is a matter for a whole run: a file that cannot be
        parsed, or whose comments say something else to us."""
        files, gathered = self._then.found.files, self._then.gathered
        index = _index(self._then.found, self._path)
        was = gathered[index]
        will = gathered_one(self._task, files[index], content, self._store, was)
        if was.error or will.error or was.key is None or will.key is None or _comments(was) != _comments(will):
            raise UnsureError("a file that does not parse, or ignore comments")
        return msgspec.structs.replace(self._then, gathered=[*gathered[:index], will, *gathered[index + 1 :]])

    # ----------------------------------------------------------------------------------------------- reports

    def _looked(self, then: Inputs, old: tuple[Named, ...], now: Inputs, new: tuple[Named, ...]) -> Look:
        return Look(self._report(then, old), self._report(now, new))

    def _report(self, given: Inputs, found: tuple[Named, ...], ignores: bool = True) -> Report:
        covering = tuple(self._ignores(given)) if ignores else ()
        return report(self._task, given, Conclusions(findings=found, ignores=covering))

    def _ignores(self, given: Inputs) -> Iterable[Ignore]:
        changed = {file.path for file, key in self._basis.files} - _paths_alike(self._basis, given)
        yield from (ignore for ignore in self._known.ignores if ignore.at.path not in changed)
        for file, each in zip(given.found.files, given.gathered, strict=True):
            if file.path in changed:
                yield from read_ignores(file.path, each.facts())

    def _refuse_useless_ignores(self, then: _Side, now: _Side) -> None:
        """A comment that nothing is left for is a finding, which only a whole run can be sure of."""
        if self._hidden(then) - self._hidden(now):
            raise UnsureError("an ignore comment that may be of no use any more")

    def _hidden(self, side: _Side) -> Counter[object]:
        if not self._known.ignores:
            return Counter()
        bare, covered = (self._report(side.inputs, side.found.findings, ignores) for ignores in (False, True))
        return Counter(map(_subject, bare.findings)) - Counter(map(_subject, covered.findings))


def _index(found: Discovery, path: str) -> int:
    """Where a file is among all. Raises UnsureError where it is not."""
    index = next((i for i, file in enumerate(found.files) if file.path == path), None)
    if index is None:
        raise UnsureError("a file that is not read")
    return index


def _with(task: Task, path: str, content: bytes | None) -> Task:
    return msgspec.structs.replace(task, replaced={**task.replaced, path: content})


def _same_as(key: bytes) -> bytes:
    return key_of(b"same as", key)


def _comments(each: Gathered) -> list[str]:
    return [comment.text for comment in each.facts().comments]


def _paths_alike(basis: history.Basis, given: Inputs) -> set[str]:
    """The files that are as a run saw them."""
    now = {file.path: each.key for file, each in zip(given.found.files, given.gathered, strict=True)}
    return {file.path for file, key in basis.files if now.get(file.path) == key or not key}


def _places(findings: Iterable[Named]) -> frozenset[Name]:
    return frozenset((each.at.path, each.function) for _, finding in findings for each in (finding, *finding.parts))


def _subject(finding: Reported) -> object:
    return finding.at.path, finding.function, finding.subject
