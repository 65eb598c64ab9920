"""Which rules enforce which statements of a policy."""

from __future__ import annotations

from collections.abc import Iterator

from cachelint.policy import is_template
from cachelint.policy.model import (
    Caches,
    DefaultTtl,
    ExpiresAll,
    KeyExample,
    KeyFormat,
    Never,
    NoRawInput,
    OneClient,
    OnError,
    Statement,
    Tolerates,
)


def enforcing(statement: Statement) -> tuple[str, ...]:
    """The names of the rules that enforce a statement; none for what no rule checks yet."""
    return tuple(dict.fromkeys(_names(statement)))


def _names(statement: Statement) -> Iterator[str]:
    match statement:
        case Never(http=http):
            yield from ("missing-no-store", "never-cache-data") if http else ("never-cache-data", "missing-no-store")
        case Caches():
            yield from _of_cached(statement)
        case KeyFormat() | KeyExample():
            yield "key-off-format"
        case NoRawInput():
            yield "raw-input-in-key"
        case OnError(raises=False):
            yield from ("unguarded-cache-call", "guard-misses-errors")
        case OneClient():
            yield "direct-client"
        case ExpiresAll(limit=limit):
            yield from ("missing-ttl", "ttl-over-policy") if limit is not None else ("missing-ttl",)
        case DefaultTtl():
            yield "missing-ttl"
        case Tolerates():
            yield "swallowed-invalidation"


def _of_cached(said: Caches) -> Iterator[str]:
    if said.ttl is not None:
        yield "ttl-over-policy"
    if said.ttl is not None or said.symbol or said.durable:
        yield "missing-ttl"
    if said.key:
        yield "key-off-format" if is_template(said.key) else "raw-input-in-key"
    yield "uncached-query"
