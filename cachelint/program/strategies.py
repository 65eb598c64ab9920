"""How entries are kept in step with the database, beside the strategies that the policy names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.policy.model import Decision
from cachelint.program.demands import THROUGH, Demand, Entries, is_kept_otherwise
from cachelint.program.effects import CallEdge, Context, Event
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Place

if TYPE_CHECKING:
    from cachelint.program import Program

# So many steps up from a database write somebody may still keep the cache in step.
STEPS = 6
FUNCTIONS = 800


class OffStrategy(msgspec.Struct, frozen=True):
    """A database write (or a delete of an entry beside one) that does something else than the policy's strategy.

    `entity` is the model or table for people, `strategy` the one that is not followed, `drops` tells that entries are
    dropped on the way of the write, `filled` is where one of the entries is stored."""

    event: Event
    entity: str
    strategy: str
    decision: Decision
    drops: bool
    filled: Place


def off_strategy(program: Program) -> Iterator[OffStrategy]:
    """Every write of cached rows that keeps their entries in step in none of the ways that the policy names."""
    if not program.decided.names_strategies or program.keeps_step:
        return
    seen: set[tuple[FunctionSymbol | None, object]] = set()
    for event, demand in program.demands.writes():
        key = (program.definition(event), event.entity)
        if key in seen:
            continue
        found = _judged(program, event, demand, program.demands.entries(demand.word))
        if found is not None:
            seen.add(key)
            yield found


def _judged(program: Program, write: Event, demand: Demand, entries: Entries) -> OffStrategy | None:
    filled = entries.filled
    strategies = demand.strategies - {"cdn"}
    if not filled:
        return None
    if strategies == {"event"}:
        return _dropped_here(program, write, demand, entries)
    if is_kept_otherwise(program, strategies, entries):
        return None
    # Most data has nobody who could be asked for.
    around = _around(program, write) if entries.stores or entries.drops else set()
    if any(each.function in around for each in entries.stores) or _is_kept_apart(program, entries.stores):
        return None
    drops = any(each.function in around for each in entries.drops)
    strategy = min(strategies & THROUGH)
    return OffStrategy(write, program.entity_name(write.entity), strategy, demand.decision, drops, filled[0].place)


def _dropped_here(program: Program, write: Event, demand: Demand, entries: Entries) -> OffStrategy | None:
    """Where domain events are to drop entries: a drop by the very function that writes the rows."""
    for drop in entries.drops:
        if drop.function is not None and drop.function is write.function and any(program.key_templates(drop)):
            filled = entries.filled[0].place
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
