"""Cache writes as their callers see them: wrappers are looked through, key, value and TTL as far as they are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.program.effects import TOP, CallEdge, Context, Event
from cachelint.program.substitution import substitute
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import UNKNOWN, Origin, Place, Value, content
from cachelint.vocabulary import CacheGetOrSet, CacheWrite

if TYPE_CHECKING:
    from cachelint.program import Program

DEPTH = 6
# Made into something else more often than this, a value says nothing of what it was.
TURNS = 2
# A function that is called more often than this is no wrapper whose every caller tells something.
CALLS = 600


class View(msgspec.Struct, frozen=True):
    """A cache write as seen at `place`: the call itself, or a call of a function that ends in it.

    `ttl` is (unit, value) when one is given there; `context` says under which circumstances it runs there; `way` leads
    from the place inwards; `seen` are the calls already
    looked at on behalf of this write, so that each is looked at once however many roads lead there; `turns` counts the
    calls over which the value was not handed on as it is, but made into something else."""

    event: Event
    place: Place
    key: Value
    value: Value
    ttl: tuple[str, Value] | None
    way: tuple[tuple[Place, str], ...] = ()
    depth: int = 0
    function: FunctionSymbol | None = None
    context: Context = TOP
    turns: int = 0
    seen: set[Place] = msgspec.field(default_factory=set)


def is_write(event: Event) -> bool:
    """Whether a call stores an entry in a cache; a plain dict of the process counts as no cache here."""
    is_dict = event.client is not None and event.client.type == "builtins.dict"
    return isinstance(event.row, (CacheWrite, CacheGetOrSet)) and not is_dict


def at_call(event: Event) -> View:
    """A cache write at its own place."""
    key, value = event.key or UNKNOWN, event.value or UNKNOWN
    return View(event, event.place, key, value, event.ttl, function=event.function, context=event.context)


def from_callers(program: Program, view: View) -> Iterator[View]:
    """The same write as the callers see it who hand in its key, value or TTL; none for a write that is complete."""
    if view.depth >= DEPTH:
        return
    ttl = view.ttl[1] if view.ttl is not None else UNKNOWN
    functions = {o.what[0] for value in (view.key, view.value, ttl) for o in parameters(value)}  # type: ignore[index]
    for function in sorted(functions, key=lambda f: f.order):
        for edge in program.graph.callers.get(function, ()):
            if edge.place not in view.seen and len(view.seen) < CALLS:
                view.seen.add(edge.place)
                yield _seen_from(view, function, edge)


def _seen_from(view: View, function: FunctionSymbol, edge: CallEdge) -> View:
    key = substitute(view.key, function, edge.arguments)
    turns = view.turns + (not any(o.direct for o in parameters(view.value)))
    stored = view.value if turns <= TURNS else UNKNOWN
    value = substitute(stored, function, edge.arguments)
    # What a serializer made of the value hides its type, not what it holds.
    handed = _handed(stored, function, edge.arguments)
    value = Value(
        things=value.things or tuple(each for given in handed for each in given.things),
        origins=value.origins,
        items=value.items or next(filter(None, map(content, handed)), None),
    )
    ttl = (view.ttl[0], substitute(view.ttl[1], function, edge.arguments)) if view.ttl is not None else None
    way = ((edge.place, f"passed to `{function.facts.name}`"), *view.way)
    return View(
        view.event, edge.place, key, value, ttl, way, view.depth + 1, edge.caller, edge.context, turns, view.seen
    )


def parameters(value: Value) -> list[Origin]:
    """The parameters of functions that a value is made of."""
    return [o for o in value.origins if o.kind == "parameter" and isinstance(o.what, tuple)]


def _handed(value: Value, function: object, arguments: dict[str, Value]) -> list[Value]:
    """The arguments that a value was made of, but for those of which it is a part: that is of another type."""
    made = [origin.what for origin in parameters(value) if not origin.part and isinstance(origin.what, tuple)]
    return [arguments[name] for owner, name in made if owner is function and name in arguments]
