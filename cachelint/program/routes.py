"""The routes of a project: who may ask, which queries and caches serve them, and what the policy says of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.policy.model import Decision
from cachelint.program import audience, headers, logins
from cachelint.program.addresses import Addresses
from cachelint.program.cache_map import Entry, Use
from cachelint.program.effects import Event
from cachelint.program.handlers import Handler
from cachelint.program.queries import is_covered
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Place
from cachelint.vocabulary import DbRead, Memoizes

if TYPE_CHECKING:
    from cachelint.program import Program


class Query(msgspec.Struct, frozen=True):
    """A read of the database on the way of a route, and whether a cache stands before it."""

    event: Event
    is_cached: bool


class Ruling(msgspec.Struct, frozen=True):
    """A line of the policy about a route or what it reads. `verb` "never" or "cache"; `is_kept` tells whether the code
    does as it says."""

    verb: str
    decision: Decision
    is_kept: bool


class Route(msgspec.Struct, frozen=True):
    """One handler, with the whole paths that lead to it ("" not known).

    `auth` is "right" (a role or permission is asked for), "login", "open" (said to be so) or "" (nothing was seen);
    `is_cached` tells that its answers are cached as a whole."""

    handler: Handler
    paths: tuple[str, ...]
    place: Place
    auth: str
    is_cached: bool
    queries: tuple[Query, ...]
    caches: tuple[tuple[Entry, Use], ...]
    rulings: tuple[Ruling, ...]


def routes(program: Program) -> Iterator[Route]:
    """Every handler of the project, in the order of the files."""
    storable = {found.handler.function for found in program.storable_routes()}
    addresses = Addresses(program)
    uses = [(entry, use) for entry in program.cache_map for use in entry.uses]
    served = [handler for handler in program.handlers if not program.is_delegated(handler)]
    for handler in sorted(_distinct(served), key=lambda each: (program.head_of(each.function), each.path)):
        is_whole = _is_whole(program, handler)
        reached = _reached(program, handler, is_whole)
        queries = tuple(_queries(program, reached))
        yield Route(
            handler,
            tuple(addresses.of(handler)),
            program.head_of(handler.function),
            auth(program, handler),
            is_whole,
            queries,
            tuple((entry, use) for entry, use in uses if use.function in reached),
            tuple(_rulings(program, handler, queries, handler.function in storable)),
        )


def _distinct(handlers: list[Handler]) -> list[Handler]:
    """Each handler once, however many cases of its function are followed."""
    return list({(each.function.original, each.owner, each.path): each for each in handlers}.values())


def _is_whole(program: Program, handler: Handler) -> bool:
    """Whether the answers of a handler are cached as they are."""
    is_laid_around = any(isinstance(layer.row, Memoizes) for layer in handler.layers)
    in_loader = program.graph.entry(handler.function).in_loader
    is_around_all = program.is_class_cached(handler) or program.is_site_cached(handler)
    return is_laid_around or in_loader or is_around_all


def _reached(program: Program, handler: Handler, is_whole: bool) -> dict[FunctionSymbol, bool]:
    """The functions that serve a request, each with whether it is behind a cache on every way."""
    reached = {handler.function: is_whole}
    queue = deque([handler.function])
    while queue:
        function = queue.popleft()
        for edge in program.graph.callees.get(function, ()):
            entry = program.graph.entry(edge.callee)
            is_behind = reached[function] or is_covered(program, function, edge.context)
            is_behind = is_behind or is_covered(program, edge.callee, entry)
            if edge.callee not in reached or (reached[edge.callee] and not is_behind):
                reached[edge.callee] = is_behind
                queue.append(edge.callee)
    return reached


def _queries(program: Program, reached: dict[FunctionSymbol, bool]) -> Iterator[Query]:
    seen: set[Place] = set()
    for function, is_behind in reached.items():
        for event in program.graph.events.get(function, ()):
            if isinstance(event.row, DbRead) and program.is_entity(event) and event.place not in seen:
                seen.add(event.place)
                yield Query(event, is_behind or is_covered(program, function, event.context, event))


def _rulings(program: Program, handler: Handler, queries: tuple[Query, ...], is_storable: bool) -> Iterator[Ruling]:
    forbidden = headers.forbidding(program, handler)
    if forbidden is not None:
        yield Ruling("never", forbidden.decision, not is_storable)
    found: dict[Decision, bool] = {}
    for query in queries:
        decision = program.caching_decision(query.event)
        if decision is not None:
            found[decision] = found.get(decision, True) and query.is_cached
    for decision, is_kept in found.items():
        yield Ruling("cache", decision, is_kept)


# ---------------------------------------------------------------------------------------------------- who may ask


def auth(program: Program, handler: Handler) -> str:
    """What a handler asks of who asks: "right", "login", "open" or "" where nothing is seen."""
    if audience.is_restricted(program, handler) or audience.is_admin(program, handler):
        return "right"
    forms = set(logins.forms(program, handler))
    return "open" if "exempt" in forms else "login" if forms else ""
