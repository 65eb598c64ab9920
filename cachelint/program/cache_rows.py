"""Rows about caches: reads, writes, get-or-set, caching decorators, and what changes what they raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cachelint.program.values import (
    UNKNOWN,
    Decorator,
    FunctionRef,
    Origin,
    Value,
    Wrapped,
    join,
    thing,
)
from cachelint.vocabulary import (
    CacheGetOrSet,
    CacheRead,
    Configures,
    LimitsTime,
    Memoizes,
    Row,
)

if TYPE_CHECKING:
    pass
from cachelint.program.callsite import CallSite, constant_values, record


def cache_call(site: CallSite, row: Any) -> Value:
    key_name = getattr(row, "key", "") or getattr(row, "pattern", "")
    key = site.given.get(key_name) if isinstance(key_name, str) and key_name else None
    event = record(site, row, key=_key_of_many(row, key), value=site.given.get(getattr(row, "value", "")))
    event.ttl = _ttl(row, site.given)
    event.flags = dict(constant_values(site.given))
    node = site.argument_node(row.params, key_name) if isinstance(key_name, str) else None
    if node is not None:
        event.argument_place = site.frame.place(node)
    if isinstance(row, CacheRead):
        hit = Origin("hit", event.place, site.name, event.place)
        return Value(origins=frozenset((hit,)))
    return UNKNOWN


def store_call(site: CallSite, row: Row) -> None:
    """A queue, a channel, a set: noted so that what else is done under that key is known to be about a store."""
    first = site.arguments.positional[0] if site.arguments.positional else UNKNOWN
    record(site, row, key=first if first.text is not None else None)


def _key_of_many(row: Any, key: Value | None) -> Value | None:
    """A mapping given as several entries stands for its keys."""
    if key is None or not getattr(row, "many", False) or key.items is None:
        return key
    if all(isinstance(name, int) for name, _ in key.items):
        return join([item for _, item in key.items])
    return key


def _ttl(row: Any, given: dict[str, Value]) -> tuple[str, Value] | None:
    for word in getattr(row, "ttl", "").split():
        name, _, unit = word.partition(":")
        if name in given:
            return unit or "s", given[name]
    return None


def get_or_set(site: CallSite, row: CacheGetOrSet) -> Value:
    loader = site.given.get(row.loader, UNKNOWN)
    event = record(site, row, key=site.given.get(row.key), value=loader)
    event.ttl = _ttl(row, site.given)
    node = site.argument_node(row.params, row.key)
    if node is not None:
        event.argument_place = site.frame.place(node)
    called = _call_back(site, loader, in_loader=True)
    event.value = called if called.things or called.origins else loader
    hit = Origin("hit", event.place, site.name, event.place)
    return Value(things=called.things, origins=called.origins | {hit}, items=called.items)


def _call_back(site: CallSite, function: Value, in_loader: bool = False, deferred: bool = False) -> Value:
    """Call a callable argument with unknown arguments under changed circumstances."""
    from cachelint.program.arguments import NO_ARGUMENTS
    from cachelint.program.calls import call_value

    frame = site.frame
    context = frame.context
    frame.context = context._replace(in_loader=context.in_loader or in_loader, deferred=context.deferred or deferred)
    try:
        return call_value(frame, function, NO_ARGUMENTS, site.node)
    finally:
        frame.context = context


def memoizes(site: CallSite, row: Memoizes) -> Value | None:
    if row.when and row.when not in site.given:
        return None
    layer = Decorator(row, site.frame.place(site.node), tuple(site.given.items()), site.client)
    first = site.arguments.positional[0] if site.arguments.positional else UNKNOWN
    is_bare = any(isinstance(each, (FunctionRef, Wrapped)) for each in first.things)
    if is_bare and row.used in ("bare", "both"):
        return thing(Wrapped(first, layers=(layer,)))
    return thing(layer)


def configures(site: CallSite, row: Configures) -> Value | None:
    """A call that sets options of a client made elsewhere: they hold for every client of that type."""
    for type_name in row.on.split():
        known = site.frame.interpreter.configured.setdefault(type_name, {})
        known.update(constant_values({name: site.given[name] for name in row.options.split() if name in site.given}))
    return None


def limits_time(site: CallSite, row: LimitsTime) -> Value | None:
    """wait_for(call): the calls in its arguments can now raise a timeout as well."""
    here = site.frame.place(site.node)
    for event in site.frame.summary.events:
        if event.place.path == here.path and here.at <= event.place.at < here.end:
            event.extra_errors |= frozenset(row.raises.split())
    return site.arguments.positional[0] if site.arguments.positional else None
