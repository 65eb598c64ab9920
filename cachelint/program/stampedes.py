"""Entries that all requests share and that are expensive to load: who keeps a hundred requests from loading at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.facts import model as facts
from cachelint.policy.model import Decision, Stampede
from cachelint.program.effects import Context, Event
from cachelint.program.purpose import words
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import NOTHING, Gap, Place
from cachelint.program.walking import nodes
from cachelint.program.writes import View, at_call, from_callers, is_write, parameters
from cachelint.vocabulary import CacheGetOrSet, CacheLock, CacheWrite, DbRead

if TYPE_CHECKING:
    from cachelint.program import Program

# Queries that look at many rows.
_EXPENSIVE = ("rows", "aggregate")
# Names that speak of any protection: a lock, early refresh, jitter.
PROTECTION = frozenset(
    "lock locked locks mutex semaphore singleflight flight stampede dogpile herd jitter early refresh refreshes "
    "warm warmup prewarm stale swr recompute random".split()
)
STEPS = 3
FUNCTIONS = 200


class StampedeRisk(msgspec.Struct, frozen=True):
    """A load after a miss of the entry `key`: `place` is where it is stored, `query` one of the queries that run.

    `decision` is the line of the policy that demands protection, None when there is none."""

    event: Event
    place: Place
    function: FunctionSymbol
    key: str
    query: Event
    decision: Decision | None


def stampedes(program: Program) -> Iterator[StampedeRisk]:
    """Every expensive load of an entry that all requests share, with nothing against a stampede; once per place."""
    seen: set[Place] = set()
    for event in program.cache_events:
        if not is_write(event) or program.is_bounded(event) or program.is_store(event):
            continue
        for view in _complete(program, at_call(event)):
            found = _judged(program, view) if view.place not in seen else None
            if found is not None:
                seen.add(view.place)
                yield found


def _complete(program: Program, view: View) -> Iterator[View]:
    """The views of a write in which its key is written out."""
    if not any(origin.direct for origin in parameters(view.key)):
        yield view
        return
    for outer in from_callers(program, view):
        yield from _complete(program, outer)


def _judged(program: Program, view: View) -> StampedeRisk | None:
    text, function = view.key.text, view.function
    if text is None or function is None or any(isinstance(part, Gap) for part in text.parts):
        return None
    is_loading = isinstance(view.event.row, CacheGetOrSet) and not view.event.row.one_loads
    if not is_loading and not view.context.misses:
        return None
    query = _telling(view, list(_queries(program, function, view.context.misses)))
    if query is None or not _is_served(program, function) or _varies(view) or _is_protected(program, function):
        return None
    said = program.decided.said(view.place.path, Stampede)
    return StampedeRisk(view.event, view.place, function, str(text), query, said[1] if said is not None else None)


def _telling(view: View, queries: list[Event]) -> Event | None:
    """Of the queries of a load the one whose rows are stored, else the first."""
    stored = {origin.what for origin in view.value.origins if origin.kind == "entity"}
    return next((each for each in queries if each.entity in stored), queries[0] if queries else None)


def _queries(program: Program, function: FunctionSymbol, misses: frozenset[Place]) -> Iterator[Event]:
    """The queries over many rows that run only after a miss."""
    for event in program.graph.events.get(function, ()):
        if _is_load(event.context, misses) and _is_expensive(event):
            yield event
    for edge in program.graph.callees.get(function, ()):
        if _is_load(edge.context, misses):
            for callee in _reached(program, edge.callee):
                yield from (event for event in program.graph.events.get(callee, ()) if _is_expensive(event))


def _is_load(context: Context, misses: frozenset[Place]) -> bool:
    return bool(context.misses & misses) if misses else context.in_loader


def _is_expensive(event: Event) -> bool:
    return isinstance(event.row, DbRead) and event.shape in _EXPENSIVE


def _reached(program: Program, function: FunctionSymbol) -> list[FunctionSymbol]:
    found, queue = {function: None}, deque([function])
    while queue and len(found) < FUNCTIONS:
        for edge in program.graph.callees.get(queue.popleft(), ()):
            if edge.callee not in found and not edge.context.deferred:
                found[edge.callee] = None
                queue.append(edge.callee)
    return list(found)


def _leading(program: Program, function: FunctionSymbol, steps: int) -> list[FunctionSymbol]:
    """A function and whoever calls it over a number of steps."""
    found, level = {function: None}, [function]
    for _ in range(steps):
        callers = [edge.caller for each in level for edge in program.graph.callers.get(each, ())]
        level = [each for each in dict.fromkeys(callers) if each is not None and each not in found]
        found.update(dict.fromkeys(level))
    return list(found)


def _is_served(program: Program, function: FunctionSymbol) -> bool:
    """Whether requests of a safe method, and not only of the administration, come here."""
    return any(
        handler.is_safe and not program.is_for_few(handler)
        for each in _leading(program, function, 2 * STEPS)
        for handler in program.handlers_of(each)
    )


def _varies(view: View) -> bool:
    """Whether the TTL is computed: with jitter, as far as anybody can see."""
    return view.ttl is not None and view.ttl[1].constant is NOTHING and not view.ttl[1].things


def _is_protected(program: Program, function: FunctionSymbol) -> bool:
    """Whether the function, who calls it, or what it calls takes a lock or speaks of any other protection."""
    near = [*_leading(program, function, STEPS), *_reached(program, function)]
    return any(_locks(event) for each in near for event in program.graph.events.get(each, ())) or any(
        PROTECTION & set(words(name)) for each in _leading(program, function, 1) for name in _names(each)
    )


def _locks(event: Event) -> bool:
    is_mark = isinstance(event.row, CacheWrite) and (event.row.only_new or event.flags.get("nx") is True)
    return is_mark or isinstance(event.row, CacheLock)


def _names(function: FunctionSymbol) -> Iterator[str]:
    """The names that a function's code uses, its own and its decorators' included."""
    yield function.facts.name
    for node in nodes((*function.facts.decorators, *function.facts.body)):
        if isinstance(node, facts.Name):
            yield node.id
        elif isinstance(node, facts.Attribute):
            yield node.attr
