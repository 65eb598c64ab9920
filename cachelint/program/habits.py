"""Whether a project keeps anything in a cache at all."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from cachelint.program import drift, purpose
from cachelint.program.effects import Event
from cachelint.vocabulary import CacheGetOrSet, CacheWrite, Memoizes

if TYPE_CHECKING:
    from cachelint.program import Program

# A project that serves more than this with no cache has decided to do without one.
HANDLERS = 100
# One that serves more than this is no example and no beginning: what a request selects was left uncached on purpose.
GROWN = 20
# Lines of a caching section that say what to do. What is not understood may be about anything; titles and examples say
# nothing.
SAYING = ("understood", "not-checkable")


def is_settled(program: Program, handlers: int, size: int = HANDLERS) -> bool:
    """Whether a project is of that size and has no policy of caching: whoever works on it knows what is slow there,
    and has cached what they meant to cache."""
    if handlers <= size or program.decided.policy.decisions:
        return False
    return not any(line.status in SAYING for line in drift.lines(program))


def keeps_nothing(program: Program) -> bool:
    """Whether a project of some size has neither a policy of caching nor anything in a cache but memos, which belong to
    one process and never expire: nobody there has asked for one."""
    if not program.is_grown_project:
        return False
    if any(program.settings.values("CACHEOPS")) or any(_fills(program, event) for event in program.cache_events):
        return False
    layers = (layer.row for handler in program.handlers for layer in handler.layers)
    marks = (each.row for handler in program.handlers for each in program.class_decorators(handler))
    return not any(map(_is_cache, chain(layers, marks)))


def _fills(program: Program, event: Event) -> bool:
    if isinstance(event.row, CacheGetOrSet):
        return True
    is_entry = isinstance(event.row, CacheWrite) and not purpose.is_store(program, event)
    return is_entry or _is_cache(event.row)


def _is_cache(row: object) -> bool:
    """Whether a decorator keeps results where they are shared, or for a time."""
    return isinstance(row, Memoizes) and (not row.process or bool(row.ttl) or row.response)
