"""How entries are kept in step with the database, beside the strategies that the policy names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cachelint.policy import Word, in_key
from cachelint.policy.model import Decision, UsesStrategy
from cachelint.program import expiry
from cachelint.program.effects import CallEdge, Context, Event
from cachelint.program.purpose import words
from cachelint.program.subjects import about, is_about
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import Place
from cachelint.program.writes import at_call, is_write
from cachelint.vocabulary import CacheDelete, CacheGetOrSet

if TYPE_CHECKING:
    from cachelint.program import Program

THROUGH = frozenset(("write-through", "write-behind"))
# So many steps up from a database write somebody may still keep the cache in step.
STEPS = 6
FUNCTIONS = 800
# Writes that make new rows, and functions that do by their name: there is no entry yet to keep in step.
_MAKES = frozenset(
    (
        "create acreate bulk_create abulk_create add add_all aadd insert insert_one insert_many copy_to_table __init__"
    ).split()
)
_MAKERS = frozenset("create insert add new register import seed init migrate populate bootstrap setup load".split())


@dataclass(frozen=True, slots=True)
class OffStrategy:
    """A database write (or a delete of an entry beside one) that does something else than the policy's strategy.

    `entity` is the model or table for people, `strategy` the one that is not followed, `drops` tells that entries are
    dropped on the way of the write, `filled` is where one of the entries is stored."""

    event: Event
    entity: str
    strategy: str
    decision: Decision
    drops: bool
    filled: Place


class _Demand(NamedTuple):
    """Strategies for data of a word, and the line that names the first of them."""

    word: Word
    strategies: frozenset[str]
    decision: Decision


class _Use(NamedTuple):
    """A cache call with the keys that its callers make of its own."""

    event: Event
    templates: list[str]


class _Entries(NamedTuple):
    """The cache calls about one kind of data: those that store on a miss, those that store, those that drop."""

    fills: list[Event]
    stores: list[Event]
    drops: list[Event]


def off_strategy(program: Program) -> Iterator[OffStrategy]:
    """Every write of cached rows that keeps their entries in step in none of the ways that the policy names."""
    if not program.decided.names_strategies:
        return
    known: dict[Word, _Entries] = {}
    uses: list[_Use] | None = None
    seen: set[tuple[FunctionSymbol | None, object]] = set()
    for event in _writes(program):
        demand = _demand(program, event)
        key = (program.definition(event), event.entity)
        if demand is None or key in seen:
            continue
        uses = list(_uses(program)) if uses is None else uses
        if demand.word not in known:
            known[demand.word] = _entries(program, uses, demand.word)
        found = _judged(program, event, demand, known[demand.word])
        if found is not None:
            seen.add(key)
            yield found


def demanded_in(program: Program) -> frozenset[str]:
    """The files with writes of rows of which the policy says how entries are kept in step with them."""
    if not program.decided.names_strategies:
        return frozenset()
    return frozenset(event.place.path for event in _writes(program) if _demand(program, event) is not None)


def _writes(program: Program) -> Iterator[Event]:
    """The writes that change rows, by place."""
    changing = (event for event in program.row_writes if event.method not in _MAKES and _is_change(event))
    yield from sorted(changing, key=lambda event: (event.place, event.method))


def _is_change(event: Event) -> bool:
    name = event.function.facts.name if event.function is not None else ""
    return event.entity is not None and not _MAKERS & set(words(name))


def _demand(program: Program, event: Event) -> _Demand | None:
    """What the policy demands of a write, where it leaves it no choice."""
    said = _said(program, event)
    named = said.strategies - {"cdn"} if said is not None else frozenset()
    return said if named == {"event"} or named & THROUGH else None


def _said(program: Program, event: Event) -> _Demand | None:
    """What the policy says of the rows that a write changes: of their own kind, else of all."""
    path = event.place.path
    for each in program.decided.allows(path):
        if each.said.strategies and is_about(event.entity, each.word):
            return _Demand(each.word, frozenset(each.said.strategies), each.decision)
    general = program.decided.all_said(path, UsesStrategy)
    if not general or not isinstance(event.entity, ClassSymbol):
        return None
    named = frozenset(said.strategy for said, _ in general)
    first = next((d for s, d in general if s.strategy in THROUGH), general[0][1])
    return _Demand(program.decided.word(event.entity.facts.name), named, first)


def _uses(program: Program) -> Iterator[_Use]:
    """The cache calls that store or drop entries, whatever they are about."""
    for event in program.all_cache_events:
        if isinstance(event.row, CacheDelete) or (is_write(event) and not program.is_store(event)):
            yield _Use(event, program.key_templates(event))


def _entries(program: Program, uses: Iterable[_Use], word: Word) -> _Entries:
    """The cache calls that are about data of a word, by their keys or by what they store."""
    found = _Entries([], [], [])
    for event, templates in uses:
        is_named = any(in_key(word, template) for template in templates)
        if isinstance(event.row, CacheDelete):
            # A key that nobody can read may be about the data.
            if is_named or event.row.everything or not any(templates):
                found.drops.append(event)
        elif is_named or about(program, at_call(event), word):
            is_fill = bool(event.context.misses) or isinstance(event.row, CacheGetOrSet)
            (found.fills if is_fill else found.stores).append(event)
    return found


def _judged(program: Program, write: Event, demand: _Demand, entries: _Entries) -> OffStrategy | None:
    filled = [*entries.fills, *entries.stores]
    strategies = demand.strategies - {"cdn"}
    if not filled:
        return None
    if strategies == {"event"}:
        return _dropped_here(program, write, demand, entries)
    if _is_kept_otherwise(program, strategies, entries):
        return None
    around = _around(program, write)
    if any(each.function in around for each in entries.stores) or _is_kept_apart(program, entries.stores):
        return None
    drops = any(each.function in around for each in entries.drops)
    strategy = min(strategies & THROUGH)
    return OffStrategy(write, program.entity_name(write.entity), strategy, demand.decision, drops, filled[0].place)


def _is_kept_otherwise(program: Program, strategies: frozenset[str], entries: _Entries) -> bool:
    """Whether the entries follow another one of the strategies that the policy allows for them."""
    if strategies & {"event", "cache-aside"} and entries.drops:
        return True
    if "ttl" not in strategies and "cache-aside" not in strategies:
        return False
    filled = (expiry.of_view(program, at_call(each)) for each in (*entries.fills, *entries.stores))
    return any(each.kind != "never" for each in filled)


def _dropped_here(program: Program, write: Event, demand: _Demand, entries: _Entries) -> OffStrategy | None:
    """Where domain events are to drop entries: a drop by the very function that writes the rows."""
    for drop in entries.drops:
        if drop.function is not None and drop.function is write.function and any(program.key_templates(drop)):
            filled = [*entries.fills, *entries.stores][0].place
            return OffStrategy(drop, program.entity_name(write.entity), "event", demand.decision, True, filled)
    return None


# --------------------------------------------------------------------------------------------------- the way around


def _around(program: Program, write: Event) -> set[FunctionSymbol | None]:
    """The functions that run before or after a write on the same way: its function, those that lead to it, and what
    all of these call outside of a miss."""
    starts = {write.function, *_leading(program, write.function)}
    found: set[FunctionSymbol | None] = set(starts)
    queue = deque(starts)
    while queue and len(found) < FUNCTIONS:
        for edge in program.graph.callees.get(queue.popleft(), ()):
            if edge.callee not in found and not _is_load(edge.context):
                found.add(edge.callee)
                queue.append(edge.callee)
    return found


def _is_load(context: Context) -> bool:
    return bool(context.misses) or context.in_loader


def _leading(program: Program, function: FunctionSymbol | None) -> Iterator[FunctionSymbol]:
    """Whoever calls a function, over a few steps."""
    level, seen = [function], {function}
    for _ in range(STEPS):
        edges: list[CallEdge] = [e for each in level if each is not None for e in program.graph.callers.get(each, ())]
        level = list(dict.fromkeys(edge.caller for edge in edges if edge.caller not in seen))
        seen.update(level)
        yield from (each for each in level if each is not None)


def _is_kept_apart(program: Program, stores: list[Event]) -> bool:
    """Whether something stores the entries that is called by nobody in sight and serves no request: a receiver of
    signals or events, a task."""
    for event in stores:
        ways = [event.function, *_leading(program, event.function)]
        roots = [each for each in ways if each is not None and not program.graph.callers.get(each)]
        if any(not program.handlers_of(each) for each in roots) or event.function is None:
            return True
    return False
