"""How long data is cached beside how long the policy lets it be: entries that never expire, and TTLs over a limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cachelint.policy.model import Decision, DefaultTtl, ExpiresAll, UsesStrategy
from cachelint.program import expiry
from cachelint.program.decided import Allows
from cachelint.program.effects import Event
from cachelint.program.expiry import Expiry
from cachelint.program.keyforms import may_be_same
from cachelint.program.subjects import about, decorated, templates
from cachelint.program.values import Gap, Place
from cachelint.program.writes import View, at_call, from_callers, is_write, parameters
from cachelint.vocabulary import CacheCount, CacheDelete, CacheGetOrSet, CacheWrite, Memoizes

if TYPE_CHECKING:
    from cachelint.program import Program


class Lifetime(msgspec.Struct, frozen=True):
    """One cache write or decorator, when its entries expire, and what the policy says of them.

    `what` names the data for people, `key` is its template ("" unknown), `grows` tells that it makes a key per id or
    the like, `decision` the line that limits or demands a TTL (None: the policy says nothing), `limit` in seconds."""

    event: Event
    place: Place
    expiry: Expiry
    what: str
    key: str
    decision: Decision | None
    limit: float | None
    way: tuple[tuple[Place, str], ...] = ()
    grows: bool = False


def lifetimes(program: Program) -> Iterator[Lifetime]:
    """Every cache write and caching decorator whose expiry is known, at the place that decides it."""
    for event in program.cache_events:
        if isinstance(event.row, Memoizes):
            yield from _of_decorator(program, event)
        elif is_write(event) and expiry.can_expire(event) and not program.is_store(event):
            yield from _of_view(program, at_call(event))


def _of_view(program: Program, view: View) -> Iterator[Lifetime]:
    if program.is_store_at(view):
        return
    found = expiry.of_view(program, view)
    allowed = _allowed(program, view)
    if found.kind != "unknown" and (allowed is not None or not _is_open(view)):
        yield from _judged(program, view, found, allowed)
        return
    outer = list(from_callers(program, view))
    seen = [life for each in outer for life in _of_view(program, each)]
    if found.kind == "never" and seen:
        # The wrapper itself never sets a TTL: one place to mend, whatever it stores for whom.
        yield replace(seen[0], place=view.place, way=())
    elif seen:
        yield from seen
    elif not outer and found.kind != "unknown":
        yield from _judged(program, view, found, allowed)


def _is_open(view: View) -> bool:
    """Whether the callers say what is stored or under which key."""
    return any(origin.direct for value in (view.key, view.value) for origin in parameters(value))


def _judged(program: Program, view: View, found: Expiry, allowed: tuple[str, Allows] | None) -> Iterator[Lifetime]:
    what, entity = allowed if allowed is not None else ("", None)
    key = next(iter(templates(view.key)), "")
    decision, limit = _limit(program, view.place.path, entity)
    if decision is None and found.kind == "never":
        decision = _demands_ttl(program, view, entity)
    if entity is not None and entity.said.durable:
        return
    way = (*view.way, (view.event.place, "stored here")) if view.way else ()
    yield Lifetime(view.event, view.place, found, what, key, decision, limit, way, _grows(view))


# Holes that stay the same while a program runs: constants, and what tells deployments and versions apart.
_FIXED = re.compile(r"(?:.*\.)?(?:[A-Z][A-Z0-9_]*|(?:\w*_)?(?:prefix|namespace|version|env|environment|suffix))")


def _grows(view: View) -> bool:
    """Whether the key has a hole that the data fills, so that every id has an entry of its own."""
    texts = [each.text for each in (view.key, *(item for _, item in view.key.items or ())) if each.text is not None]
    holes = [part for text in texts for part in text.parts if isinstance(part, Gap)]
    return any(not _FIXED.fullmatch(hole.name) for hole in holes) or any(
        isinstance(name, str) and "{" in name for name, _ in view.key.items or ()
    )


def _limit(program: Program, path: str, entity: Allows | None) -> tuple[Decision | None, float | None]:
    """The line that limits an entry's life: of its entity, else the one for every entry."""
    if entity is not None and (entity.said.ttl is not None or entity.said.symbol):
        return entity.decision, entity.said.ttl
    for kind in (ExpiresAll, DefaultTtl):
        said = program.decided.said(path, kind)
        if said is not None:
            return said[1], getattr(said[0], "limit", None)
    return None, None


def _demands_ttl(program: Program, view: View, entity: Allows | None) -> Decision | None:
    """The line that says "TTL-based", where the entry follows no other strategy: it is filled on a miss, and nothing
    drops or rewrites it."""
    own = entity is not None and "ttl" in entity.said.strategies
    general = [d for said, d in program.decided.all_said(view.place.path, UsesStrategy) if said.strategy == "ttl"]
    decision = entity.decision if entity is not None and own else next(iter(general), None)
    return decision if decision is not None and _is_only_filled(program, view) else None


def _is_only_filled(program: Program, view: View) -> bool:
    """Whether an entry comes into being on a miss only, and nothing in the project drops or rewrites it."""
    if not view.context.misses and not isinstance(view.event.row, CacheGetOrSet):
        return False
    stored = set(program.key_templates(view.event)) | set(templates(view.key))
    others = [event for event, template in program.key_table if any(may_be_same(template, each) for each in stored)]
    if any(isinstance(event.row, CacheDelete) and event.row.everything for event in program.all_cache_events):
        return False
    return not any(
        isinstance(event.row, (CacheDelete, CacheCount))
        or (isinstance(event.row, CacheWrite) and event is not view.event and not event.context.misses)
        for event in others
    )


def _allowed(program: Program, view: View) -> tuple[str, Allows] | None:
    """What the write is about in the words of the policy, the most telling words first."""
    found: list[tuple[bool, int, str, Allows]] = []
    for each in program.decided.allows(view.place.path):
        keys = [template for template in templates(view.key) if each.names_given_key(template)]
        what = f"the key `{keys[0]}`" if keys else about(program, view, each.word)
        if what:
            found.append((bool(keys), len(each.word.words), what, each))
    if not found:
        return None
    best = max(found, key=lambda each: each[:2])
    return best[2], best[3]


# ------------------------------------------------------------------------------------------------ decorators


def _of_decorator(program: Program, event: Event) -> Iterator[Lifetime]:
    if event.function is None or not expiry.can_expire(event):
        return
    found = expiry.of_decorator(program, event)
    if found.kind == "unknown":
        return
    matches = [
        (len(each.word.words), what, each)
        for each in program.decided.allows(event.place.path)
        if (what := decorated(program, event, each.word, whole=True))
    ]
    best = max(matches, key=lambda each: each[0], default=None)
    entity = best[2] if best is not None else None
    if entity is not None and entity.said.durable:
        return
    decision, limit = _limit(program, event.place.path, entity)
    what = best[1] if best is not None else ""
    yield Lifetime(event, event.place, found, what, "", decision, limit)
