"""Whether all that a whole run concluded still stands after an edit, word for word, and where in the code it is now; if
not, whether at least the same functions serve requests in the same way.

All of it stands where nothing that rules ask of is done otherwise, or in another order, and no finding is about a
function that was edited. A glance at an edit only asks what the edit brings; here nothing may go, either: less is taken
for granted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from cachelint.facts.model import FileFacts
from cachelint.finding import Finding, Location, Statistics, Step
from cachelint.program.changes import Change, Symbol
from cachelint.program.differences import does_nothing
from cachelint.program.earlier import UnsureError
from cachelint.program.effects import CallEdge, Summary
from cachelint.program.excerpt import Excerpt
from cachelint.program.mounts import PATTERNS, imported_names
from cachelint.program.settings import may_decide_settings
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Place
from cachelint.vocabulary import CACHE_ROWS

Pair = tuple[Summary | None, Summary]


class Standing(NamedTuple):
    """What stands of what was concluded. Who serves requests does; `doubt` is why the rest may not, "" where it does.
    `changes` are those of the files since, `calls` how many more calls of each kind are resolved, and how many more
    there are."""

    changes: Mapping[str, Change]
    calls: Mapping[str, tuple[int, int]]
    doubt: str = ""

    def finding(self, finding: Finding) -> Finding:
        """A finding where it is now. Raises UnsureError for one about code that was edited."""
        paths = {at.path for at in _locations(finding)}
        if paths.isdisjoint(self.changes):
            return finding
        return replace(
            finding,
            at=self._location(finding.at),
            trace=tuple(Step(self._location(each.at), each.note) for each in finding.trace),
            related=tuple(Step(self._location(each.at), each.note) for each in finding.related),
            parts=tuple(map(self.finding, finding.parts)),
        )

    def statistics(self, before: Statistics) -> Statistics:
        """How much is resolved now."""
        counts = {
            kind: (resolved + self.calls.get(kind, (0, 0))[0], total + self.calls.get(kind, (0, 0))[1])
            for kind, (resolved, total) in {**dict.fromkeys(self.calls, (0, 0)), **before.by_kind}.items()
        }
        return Statistics(
            handlers=before.handlers,
            calls=sum(total for _, total in counts.values()),
            calls_resolved=sum(resolved for resolved, _ in counts.values()),
            by_kind={kind: counts[kind] for kind in sorted(counts) if counts[kind][1]},
        )

    def _location(self, at: Location) -> Location:
        change = self.changes.get(at.path)
        return at if change is None else _moved(change, at)


def standing(excerpt: Excerpt, has_policy: bool) -> Standing:
    """What stands after an edit. Raises UnsureError where even who serves requests may be another; with a policy, what
    is called how may matter."""
    changes = excerpt.recalled.changes
    if excerpt.serves_otherwise:
        raise UnsureError("decorators")
    for path, change in changes.items():
        if excerpt.recalled.is_new(path):
            raise UnsureError("a file that comes")
        _look_at_file(excerpt, change)
    for top_level in excerpt.top_levels.values():
        _look_at_pair(excerpt, *top_level)
    try:
        _look_at_rest(excerpt, has_policy)
    except UnsureError as unsure:
        return Standing(changes, {}, str(unsure))
    pairs = (*excerpt.found.values(), *excerpt.top_levels.values(), *excerpt.recalled.gone())
    return Standing(changes, _counted(pairs))


def _look_at_file(excerpt: Excerpt, change: Change) -> None:
    """Raise where other functions may serve requests, or in another order."""
    if not (_is_in_order(change.functions) and _is_in_order(change.classes)):
        raise UnsureError("definitions in another order")
    if not all(map(does_nothing, change.loose)):
        raise UnsureError("what a file does by itself")
    if any(map(may_decide_settings, (change.old, change.new))) and any(map(str.isupper, change.names)):
        raise UnsureError("settings")
    gone = _gone(change)
    if any(function in gone for function, _ in excerpt.recalled.left(change.new).handlers):
        raise UnsureError("a handler that goes")
    if PATTERNS in change.old.bindings or PATTERNS in change.new.bindings:
        raise UnsureError("a file of routes")
    if set(imported_names(change.old)) - set(imported_names(change.new)):
        raise UnsureError("an import that goes")
    if change.new not in excerpt.top_levels and _may_do_otherwise(change):
        excerpt.look_at_top_level(change.new)


def _may_do_otherwise(change: Change) -> bool:
    """Whether the definitions of a file may do something else than they did, by decorators, defaults and bases."""
    own = {each.facts.name for each in (*change.old.functions, *change.new.functions)}
    return bool(change.members or change.heirs or own & change.names or _other_classes(change))


def imported_inside(change: Change) -> set[str]:
    """What functions of a file import that it did not. Routes may lead to any view that is imported somewhere, and an
    excerpt only looks at what comes at the top."""
    at_top = {each.name for binding in change.new.bindings.values() for _, each in binding.imports}
    return set(imported_names(change.new)) - set(imported_names(change.old)) - at_top


def _look_at_rest(excerpt: Excerpt, has_policy: bool) -> None:
    """Raise where something may be concluded that was not, or not any more."""
    if excerpt.matters:
        raise UnsureError("something is done otherwise")
    if any(map(imported_inside, excerpt.recalled.changes.values())):
        raise UnsureError("an import that comes")
    for change in excerpt.recalled.changes.values() if has_policy else ():
        if _gone(change) or len(change.new.functions) > len(change.functions) or _other_classes(change):
            raise UnsureError("names that a policy may be about")
    for old, new in excerpt.found.values():
        _look_at_pair(excerpt, old, new)


def _gone(change: Change) -> set[FunctionSymbol]:
    return {each for each in change.old.functions if each not in change.functions}


def _is_in_order(moved: Mapping[Symbol, Symbol]) -> bool:
    now = [new.index for old, new in sorted(moved.items(), key=lambda pair: pair[0].index)]
    return now == sorted(now)


def _other_classes(change: Change) -> bool:
    return not len(change.old.classes) == len(change.new.classes) == len(change.classes)


def _look_at_pair(excerpt: Excerpt, old: Summary | None, new: Summary) -> None:
    """Raise where a function or the top level of a file does things in another order, or uses caches and was edited:
    how much code stands around such a use can matter."""
    before = old if old is not None else Summary(new.function, new.module)
    is_edited = new.function is not None and excerpt.recalled.is_changed(new.function)
    if is_edited and any(isinstance(event.row, CACHE_ROWS) for event in (*before.events, *new.events)):
        raise UnsureError("a use of a cache in a function that was edited")
    pairs = (
        (before.events, new.events),
        (before.invocations, new.invocations),
        (before.registrations, new.registrations),
        (_telling(excerpt, before.calls), _telling(excerpt, new.calls)),
    )
    if not all(excerpt.likeness.all_alike(then, now) for then, now in pairs):
        raise UnsureError("the same in another order")


def _telling(excerpt: Excerpt, calls: Iterable[CallEdge]) -> list[CallEdge]:
    return [each for each in calls if not excerpt.leads_nowhere(each.callee)]


def _counted(pairs: Iterable[Pair]) -> dict[str, tuple[int, int]]:
    """By kind how many more calls are resolved than were, and how many more there are."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for old, new in pairs:
        if new.function is None or new.function.original is new.function:
            for summary, sign in ((old, -1), (new, 1)):
                for kind, (resolved, total) in summary.tally.items() if summary is not None else ():
                    counts[kind][0] += sign * resolved
                    counts[kind][1] += sign * total
    return {kind: (resolved, total) for kind, (resolved, total) in counts.items() if resolved or total}


# ------------------------------------------------------------------------------------------------------- places


def _locations(finding: Finding) -> Iterator[Location]:
    yield finding.at
    yield from (step.at for step in (*finding.trace, *finding.related))
    for each in finding.parts:
        yield from _locations(each)


def _moved(change: Change, at: Location) -> Location:
    """Where a piece of a file is now that was not edited, nor is it in a function that was."""
    then, now = change.old.facts, change.new.facts
    start, end = _offset(then, at.line, at.column), _offset(then, at.end_line, at.end_column)
    place = change.moved.place(Place(at.path, start, end))
    if place.at < 0 or any(first <= start < last for first, last in _edited(change)):
        raise UnsureError("a finding about code that was edited")
    line, column = now.location(place.at)
    if then.location(end) == (at.end_line, at.end_column):
        return Location(at.path, line, column, *now.location(place.end))
    # The end of a first line is guessed, and may lie beyond it.
    if at.end_line != at.line:
        raise UnsureError("a finding about code that was edited")
    return Location(at.path, line, column, line, at.end_column + column - at.column)


def _offset(facts: FileFacts, line: int, column: int) -> int:
    return facts.line_starts[line - 1] + column - 1


def _edited(change: Change) -> Iterator[tuple[int, int]]:
    """Where the functions were that are not what they were, their decorators included."""
    for old in change.old.functions:
        new = change.functions.get(old)
        if new is None or new in change.followed:
            yield min([old.facts.at, *(each.at for each in old.facts.decorators)]), old.facts.end
