"""Which calls --statistics counts: those on caches, sessions, models and requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from cachelint.finding import Statistics
from cachelint.program.catalogue import Catalogue
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.values import (
    ClassRef,
    Instance,
    Value,
)
from cachelint.vocabulary import (
    DbLazy,
    DbRead,
    DbWrite,
    Outage,
    Row,
    Type,
    UserInput,
)

KINDS: tuple[tuple[str, tuple[type[Row], ...]], ...] = (
    ("cache", (Outage,)),
    ("session", (DbRead, DbLazy, DbWrite)),
    ("request", (UserInput,)),
)


LOOK_ALIKES = {
    "cache": [
        "cache",
        "redis",
        "redis_client",
        "redis_conn",
        "memcache",
        "memcached",
        "cache_client",
        "_redis",
        "_cache",
    ],
    "session": ["session", "db_session", "async_session", "_session"],
    "model": ["objects", "query", "_default_manager"],
    "request": ["request", "req"],
}


_KINDS = {name: kind for kind, names in LOOK_ALIKES.items() for name in names}


def receiver_kind(frame: Frame, receiver: Value) -> str:
    """Whether a receiver is a cache, a session, a model or a request; "" for anything else."""
    for each in receiver.things:
        if isinstance(each, ClassRef) and frame.interpreter.hierarchy.is_model(each.symbol):
            return "model"
        if not isinstance(each, Instance):
            continue
        if frame.interpreter.hierarchy.is_model(each.type) or (each.of is not None and _is_query(frame, each)):
            return "model"
        for base in frame.interpreter.hierarchy.library_bases(each.type):
            kind = _kind_of(frame.interpreter.catalogue, base)
            if kind:
                return kind
    return ""


def _kind_of(catalogue: Catalogue, base: str) -> str:
    if base not in catalogue.kinds:
        rows = catalogue.rows_on(base)
        kinds = (kind for kind, types in KINDS if any(isinstance(row, types) for row in rows))
        catalogue.kinds[base] = next(kinds, "")
    return catalogue.kinds[base]


def _is_query(frame: Frame, instance: Instance) -> bool:
    for base in frame.interpreter.hierarchy.library_bases(instance.type):
        row: Type | None = frame.interpreter.catalogue.types.get(base)
        if row is not None and (row.evaluates or row.binds_owner):
            return True
    return False


def look_alike(name: str) -> str:
    """The kind that a variable name suggests, for the honest denominator of --statistics."""
    return _KINDS.get(name, "")


def statistics(handlers: int, summaries: Iterable[Summary]) -> Statistics:
    """How much was resolved."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for summary in summaries:
        if summary.function is not None and summary.function.original is not summary.function:
            continue
        for kind, (resolved, total) in summary.tally.items():
            totals[kind][0] += resolved
            totals[kind][1] += total
    return Statistics(
        handlers=handlers,
        calls=sum(total for _, total in totals.values()),
        calls_resolved=sum(resolved for resolved, _ in totals.values()),
        by_kind={kind: (resolved, total) for kind, (resolved, total) in sorted(totals.items())},
    )
