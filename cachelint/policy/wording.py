"""Statements in plain words, for `cachelint policy` and for tests."""

from __future__ import annotations

from cachelint.policy import model
from cachelint.policy.durations import spoken


def worded(statement: model.Statement) -> str:
    """What a statement says, as one short phrase."""
    match statement:
        case model.Caches():
            return _cached(statement)
        case model.Never(subject=subject, exceptions=exceptions, http=http):
            allowed = f" except {', '.join(exceptions)}" if exceptions else ""
            return f"never cache {subject}{allowed}" + (" (no-store)" if http else "")
        case model.KeyFormat(template=template):
            return f"keys look like {template}"
        case model.KeyExample(key=key):
            return f"key {key} is fine"
        case model.NoRawInput():
            return "no raw user input in keys"
        case model.OnError(raises=raises):
            return "cache errors may fail requests" if raises else "cache errors are misses"
        case model.OneClient(module=module):
            return f"clients are made in {module} only"
        case model.Serializes(form=form):
            return f"values are {form}"
        case model.Stampede():
            return "expensive misses are protected against stampedes"
        case model.ExpiresAll(limit=limit):
            return "every entry has a TTL" + (f" of at most {spoken(limit)}" if limit is not None else "")
        case model.DefaultTtl(ttl=ttl):
            return f"the TTL is {spoken(ttl)} where nothing else is said"
        case model.Tolerates(seconds=seconds):
            return f"data may be {spoken(seconds)} old"
        case model.UsesStrategy(strategy=strategy):
            return f"strategy {strategy}"
        case model.NotCheckable(why=why):
            return why


def _cached(said: model.Caches) -> str:
    ttl = f" for {spoken(said.ttl)}" if said.ttl is not None else f" until {said.symbol}" if said.symbol else ""
    parts = [f"cache {said.subject}{' without a TTL' if said.durable else ttl}", *said.strategies]
    parts += [f"key {said.key}"] if said.key else []
    parts += ["no invalidation" if each == "none" else f"dropped: {each}" for each in said.triggers]
    parts += [f"may be {spoken(said.stale)} stale"] if said.stale is not None else []
    return ", ".join(parts)
