"""Cache servers that a project uses as a database: many kinds of entries, hardly any of them loaded after a miss."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cachelint.program.effects import Event
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Place
from cachelint.vocabulary import CacheRead, CacheWrite, DbWrite

if TYPE_CHECKING:
    from cachelint.program import Program

# From this many kinds of entries on, what most of them are says what the server is for.
KINDS = 8
# At most one kind in this many is loaded after a miss.
SHARE = 5
# A write with more callers than this is taken for one that follows a miss somewhere.
CALLERS = 60


def databases(program: Program) -> frozenset[str]:
    """The files that make clients of a server that is used as a database."""
    by_home: dict[str, list[Event]] = defaultdict(list)
    for event in program.cache_events:
        if event.client is not None and event.client.site is not None:
            by_home[event.client.site.path].append(event)
    return frozenset(path for path, events in by_home.items() if _is_database(program, events))


def _is_database(program: Program, events: list[Event]) -> bool:
    reads = {each.place: _template(each) for each in events if isinstance(each.row, CacheRead)}
    kinds = set(reads.values()) - {""}
    if len(kinds) < KINDS or not _never_expire(events):
        return False
    writes = (each for each in events if isinstance(each.row, CacheWrite) and _template(each) in kinds)
    loaded = {_template(each) for each in writes if _is_loaded(program, each, reads)}
    return len(loaded) * SHARE <= len(kinds)


def is_record(program: Program, event: Event) -> bool:
    """Whether an entry is kept on such a server."""
    site = event.client.site if event.client is not None else None
    return site is not None and site.path in program.databases


def _template(event: Event) -> str:
    return str(event.key.text) if event.key is not None and event.key.text is not None else ""


def _never_expire(events: list[Event]) -> bool:
    """Whether entries stay for ever unless told otherwise: a cache API has a default TTL."""
    writes = [each.row for each in events if isinstance(each.row, CacheWrite)]
    return bool(writes) and all(row.omitted == "never" for row in writes)


def _is_loaded(program: Program, event: Event, reads: dict[Place, str]) -> bool:
    """Whether an entry is written after it was missed, here or where this is called, and not made anew there."""
    queue = [(event.function, event.context)]
    seen: set[FunctionSymbol | None] = set()
    while queue and len(seen) < CALLERS:
        function, context = queue.pop()
        missed = {reads.get(place) for place in context.misses}
        if context.in_loader or (_template(event) in missed and not _creates(program, function)):
            return True
        if function is not None and function not in seen:
            seen.add(function)
            queue.extend((edge.caller, edge.context) for edge in program.graph.callers.get(function, ()))
    return bool(queue)


def _creates(program: Program, function: FunctionSymbol | None) -> bool:
    """Whether the function adds rows to a database after the miss: what it stores is the beginning of something."""
    events = program.graph.events.get(function, ())
    return any(isinstance(each.row, DbWrite) and each.context.misses for each in events)
