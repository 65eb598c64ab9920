"""Database reads that a request makes with no cache on the way."""

from __future__ import annotations

import fnmatch
from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cachelint.program import audience, occasions, preloading
from cachelint.program.effects import CallEdge, Context, Event
from cachelint.program.flow import comes_from
from cachelint.program.handlers import Handler
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import NONE, Place
from cachelint.vocabulary import DbRead, DbWrite, Memoizes

if TYPE_CHECKING:
    from cachelint.program import Program


class UncachedRead(msgspec.Struct, frozen=True):
    """A query, a handler that runs it, the calls from there, and all handlers that reach it uncached.

    `is_common` unless all ways to it are for few: handlers that ask for a special right or serve rows of who asks,
    branches that who asks decides."""

    event: Event
    handler: Handler
    way: tuple[CallEdge, ...]
    handlers: tuple[Handler, ...]
    is_common: bool


class _Way(NamedTuple):
    """How a function is reached: from which handler, by which calls."""

    handler: Handler
    calls: tuple[CallEdge, ...] = ()

    def on(self, edge: CallEdge) -> _Way:
        return _Way(self.handler, (*self.calls, edge))


def uncached_reads(program: Program) -> Iterator[UncachedRead]:
    """Every read query that a safe-method handler reaches with no cache on the way; the shortest way to each.

    Ways that everybody takes come first; what only the others lead to is for few, and what only serializers read for
    each row should be loaded along with those."""
    handlers = [each for each in program.handlers if may_cache(program, each) and _is_open(program, each)]
    common = [each for each in handlers if not program.is_for_few(each) and not program.is_delegated(each)]
    reached = _reached(program, [(each.function, _Way(each)) for each in common])
    for_few = [(each.function, _Way(each)) for each in handlers] + [
        (edge.callee, way.on(edge))
        for function, way in reached.items()
        for edge in program.graph.callees.get(function, ())
        if edge.context.chosen and _leads_on(program, function, edge)
    ]
    beyond = _reached(program, for_few, reached)
    for ways, is_common in ((reached, True), (beyond, False)):
        for function, way in ways.items():
            for event in program.graph.events.get(function, ()):
                if isinstance(event.row, DbRead) and not is_covered(program, function, event.context, event):
                    serving = tuple(_handlers(program, function))
                    is_usual = not event.context.chosen and not _is_special(program, way, event)
                    yield UncachedRead(event, *way, serving, is_common and is_usual)


def _is_special(program: Program, way: _Way, event: Event) -> bool:
    """Whether a query is asked for once in a while, or runs no more: its rows are there already."""
    return occasions.is_rare(program, *way, event) or preloading.is_preloaded(program, *way, event)


def _is_open(program: Program, handler: Handler) -> bool:
    """Whether a handler is none of the administration, and its own decorators let its reads through."""
    return not audience.is_admin(program, handler) and not is_covered(
        program, handler.function, program.graph.entry(handler.function)
    )


def _reached(
    program: Program, starts: list[tuple[FunctionSymbol, _Way]], known: Mapping[FunctionSymbol, _Way] | None = None
) -> dict[FunctionSymbol, _Way]:
    """The functions that the starts lead to, nearest first: without choices by who asks, then (where the functions
    reached that way are known) also with them."""
    seen = known or {}
    reached: dict[FunctionSymbol, _Way] = {}
    queue: deque[FunctionSymbol] = deque()
    for function, way in starts:
        if function not in seen and function not in reached:
            reached[function] = way
            queue.append(function)
    while queue:
        function = queue.popleft()
        for edge in program.graph.callees.get(function, ()):
            is_new = edge.callee not in reached and edge.callee not in seen
            if is_new and _leads_on(program, function, edge) and (known is not None or not edge.context.chosen):
                reached[edge.callee] = reached[function].on(edge)
                queue.append(edge.callee)
    return reached


def is_repeat(program: Program, event: Event) -> bool:
    """Whether a query in an `except` reads again what the `try` reads: the last page where there is no such page."""
    failed = event.context.handling
    if failed is None:
        return False
    return any(
        isinstance(each.row, DbRead)
        and each.context.handling is None
        and each.entity == event.entity
        and failed.at <= each.place.at < failed.end
        for each in program.graph.events.get(event.function, ())
    )


def is_posted(event: Event) -> bool:
    """Whether the body of the request says what to read: a question that no GET asks."""
    return any(origin.kind == "input" and origin.what == "body" for origin in event.origins)


def _leads_on(program: Program, function: FunctionSymbol, edge: CallEdge) -> bool:
    return not is_covered(program, function, edge.context) and not is_covered(
        program, edge.callee, program.graph.entry(edge.callee)
    )


def may_cache(program: Program, handler: Handler) -> bool:
    """Whether a handler's reads are worth caching: a safe method, no write on the way, no cached response."""
    if not handler.is_safe or any(isinstance(layer.row, Memoizes) for layer in handler.layers):
        return False
    if program.is_class_cached(handler) or program.is_site_cached(handler):
        return False
    return not program.writes(handler.function)


def is_covered(program: Program, function: FunctionSymbol, context: Context, event: Event | None = None) -> bool:
    """Whether code in these circumstances is behind a cache, or does not belong to a read request at all."""
    if context.in_loader or context.unsafe or context.deferred:
        return True
    misses: frozenset[Place] = context.misses
    if event is not None:
        misses |= frozenset(o.what for o in event.origins if o.kind == "hit" and isinstance(o.what, Place))
    return bool(misses) and program.fills(function, misses)


def _handlers(program: Program, function: FunctionSymbol) -> Iterator[Handler]:
    """The handlers from which a function is reached, nearest first."""
    queue, seen = deque([function]), {function}
    while queue:
        current = queue.popleft()
        for handler in program.handlers_of(current):
            if may_cache(program, handler):
                yield handler
        for edge in program.graph.callers.get(current, ()):
            if edge.caller is not None and edge.caller not in seen and _leads_on(program, edge.caller, edge):
                seen.add(edge.caller)
                queue.append(edge.caller)


def is_orm_cached(program: Program, entity: object) -> bool:
    """Whether the ORM layer itself caches a model's reads (settings CACHEOPS: patterns "app.model")."""
    if not isinstance(entity, ClassSymbol):
        return False
    app = entity.module.name.rpartition(".models")[0].rpartition(".")[2] or entity.module.name.partition(".")[0]
    label = f"{app}.{entity.facts.name}".lower()
    for _, value, _ in program.settings.values("CACHEOPS"):
        for pattern, options in value.items or ():
            if isinstance(pattern, str) and fnmatch.fnmatchcase(label, pattern.lower()) and options != NONE:
                return True
    return False


def is_per_user(program: Program, event: Event) -> bool:
    """Whether a query is selected by who asks."""
    return comes_from(program, event.origins, "identity")


def serves_the_asker(program: Program, handler: Handler) -> bool:
    """Whether a handler reads rows selected by who asks: what else it reads then mostly hangs on those."""
    return any(
        isinstance(e.row, DbRead) and is_per_user(program, e) for e in reachable_events(program, handler.function)
    )


def writes(program: Program, function: FunctionSymbol) -> bool:
    """Whether a function writes the database, itself or through calls, while it serves a read."""
    return any(isinstance(e.row, DbWrite) and e.row.entity != "*" for e in reachable_events(program, function))


def reachable_events(program: Program, function: FunctionSymbol) -> Iterator[Event]:
    """The events of a function and of everything it calls while serving a safe method."""
    queue, seen = deque([function]), {function}
    while queue:
        current = queue.popleft()
        for event in program.graph.events.get(current, ()):
            if not event.context.unsafe and not event.context.deferred:
                yield event
        for edge in program.graph.callees.get(current, ()):
            if edge.callee not in seen and not edge.context.unsafe and not edge.context.deferred:
                seen.add(edge.callee)
                queue.append(edge.callee)


HOOKS = frozenset("get_queryset get_object get_context_data get list retrieve filter_queryset".split())
