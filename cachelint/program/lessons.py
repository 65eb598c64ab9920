"""What an edit changes in what call sites teach about parameters: worked out from all the calls of a function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cachelint.program.effects import CallEdge, Summary
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Instance, Thing

if TYPE_CHECKING:
    from cachelint.program.recalled import Recalled

Key = tuple[FunctionSymbol, str]
Found = Mapping[FunctionSymbol, tuple[Summary | None, Summary]]
# A function that is called from more files than this is called with anything.
FILES = 60


def taught_otherwise(old: Summary | None, new: Summary) -> Iterator[Key]:
    """The parameters of which the calls in a function say something else than they did."""
    before, after = _taught(old) if old is not None else {}, _taught(new)
    for key in {**before, **after}:
        if before.get(key) != after.get(key):
            yield key


def _taught(summary: Summary) -> dict[Key, list[tuple[Thing, ...]]]:
    found: dict[Key, list[tuple[Thing, ...]]] = {}
    for edge in summary.calls:
        for name, value in edge.arguments.items():
            things = tuple(each for each in value.things if isinstance(each, Instance))
            if name not in ("self", "cls") and things:
                found.setdefault((edge.callee, name), []).append(things)
    return found


def lesson(recalled: Recalled, found: Found, key: Key) -> tuple[Thing, ...] | None:
    """What all calls of a function teach about one of its parameters now, `found` being what functions do that are
    followed again; None when they are too many to be read."""
    function, name = key
    paths = _calling(recalled, found, function)
    if len(paths) > FILES:
        return None
    calls = Summary(None, function.module)
    for path in paths:
        calls.calls += (e for e in _calls(recalled, found, path) if e.callee is function and name in e.arguments)
    return recalled.interpreter.learning.taught([calls], lambda callee: callee is function).get(key, ())


def _calling(recalled: Recalled, found: Found, function: FunctionSymbol) -> list[str]:
    """The files that call a function, as far as is known by now."""
    paths = set(recalled.left(function.module).called_from.get(recalled.index(function.original), ()))
    paths |= {each.module.source.path for each in found}
    return sorted(path for path in paths if path in recalled.interpreter.modules.by_path)


def _calls(recalled: Recalled, found: Found, path: str) -> Iterator[CallEdge]:
    left = recalled.left(recalled.interpreter.modules.by_path[path])
    met = set()
    for each in left.followed:
        function = each.function
        met.add(function)
        if function is None or recalled.is_there(function):
            again = found.get(function) if function is not None else None
            yield from (again[1] if again is not None else left.summary(each)).calls
    for function, (_, new) in found.items():
        if function.module.source.path == path and function not in met:
            yield from new.calls


def teaches(edge: CallEdge) -> bool:
    """Whether a call says of its callee's parameters what they are."""
    return any(value.things for name, value in edge.arguments.items() if name not in ("self", "cls"))
