"""Which rules enforce which statements of a policy."""

from __future__ import annotations

from collections.abc import Iterator

from cachelint.policy import is_template, model


def enforcing(statement: model.Statement) -> tuple[str, ...]:
    """The names of the rules that enforce a statement; none for what no rule checks yet."""
    return tuple(dict.fromkeys(_names(statement)))


def _names(statement: model.Statement) -> Iterator[str]:
    match statement:
        case model.Never(http=http):
            yield from ("missing-no-store", "never-cache-data") if http else ("never-cache-data", "missing-no-store")
        case model.Caches():
            yield from _of_cached(statement)
        case model.KeyFormat() | model.KeyExample():
            yield "key-off-format"
        case model.NoRawInput():
            yield "raw-input-in-key"
        case model.OnError(raises=False):
            yield from ("unguarded-cache-call", "guard-misses-errors")
        case model.OneClient():
            yield "direct-client"
        case model.ExpiresAll(limit=limit):
            yield from ("missing-ttl", "ttl-over-policy") if limit is not None else ("missing-ttl",)
        case model.DefaultTtl():
            yield "missing-ttl"
        case model.Tolerates():
            yield "swallowed-invalidation"
        case model.Serializes(form=form) if form != "pickle":
            yield "pickled-values"
        case model.Stampede():
            yield "stampede"
        case model.UsesStrategy(strategy=strategy):
            yield from _of_strategy(strategy)


def _of_cached(said: model.Caches) -> Iterator[str]:
    if said.ttl is not None:
        yield "ttl-over-policy"
    if said.ttl is not None or said.symbol or said.durable:
        yield "missing-ttl"
    if said.key:
        yield "key-off-format" if is_template(said.key) else "raw-input-in-key"
    for strategy in said.strategies:
        yield from _of_strategy(strategy)
    yield "uncached-query"


def _of_strategy(strategy: str) -> Iterator[str]:
    if strategy in ("write-through", "write-behind", "event"):
        yield "off-strategy"
    if strategy == "ttl":
        yield "missing-ttl"
