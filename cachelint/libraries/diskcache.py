"""diskcache: SQLite and files on this machine; no server, so no outage."""

from __future__ import annotations

from cachelint.vocabulary import (
    Backend,
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheRead,
    CacheWrite,
    Error,
    Library,
    Mapping,
    Memoizes,
    Outage,
    Type,
)

_CACHE = "diskcache.Cache"

DISKCACHE = Library(
    name="diskcache",
    packages="diskcache",
    rows=(
        Type(name=_CACHE, aliases="diskcache.core.Cache", call_params="directory timeout", bounded=True),
        Type(
            name="diskcache.FanoutCache",
            aliases="diskcache.fanout.FanoutCache",
            bases=_CACHE,
            call_params="directory shards timeout",
        ),
        Type(name="diskcache.DjangoCache", bases="django.core.cache.backends.base.BaseCache"),
        # Index is a persistent dict without expiry, a store rather than a cache: left out.
        Mapping(on=_CACHE),
        CacheRead(on=_CACHE, names="get", params="key default", misses="none default"),
        # 0 and negative numbers are expired at once.
        CacheWrite(on=_CACHE, names="set", params="key value expire read tag retry", ttl="expire", zero="expired"),
        CacheWrite(
            on=_CACHE,
            names="add",
            params="key value expire read tag retry",
            ttl="expire",
            zero="expired",
            only_new=True,
        ),
        CacheDelete(on=_CACHE, names="delete", params="key retry", key="key"),
        CacheDelete(on=_CACHE, names="pop", params="key default", key="key"),
        # A tag is no key.
        CacheDelete(on=_CACHE, names="evict", params="tag retry"),
        CacheDelete(on=_CACHE, names="clear", params="retry", everything=True),
        CacheExpire(on=_CACHE, names="touch", params="key expire retry", ttl="expire"),
        CacheCount(on=_CACHE, names="incr decr", params="key delta default retry"),
        Memoizes(
            on=_CACHE,
            names="memoize",
            params="name typed expire tag",
            used="called",
            ttl="expire",
            swallows=True,
        ),
        Memoizes(
            on="diskcache diskcache.recipes",
            names="memoize_stampede",
            params="cache expire name typed tag",
            used="called",
            ttl="expire",
            swallows=True,
        ),
        # A Cache raises Timeout when the database stays locked for 60 s: no outage of a server.
        Outage(on=f"{_CACHE} diskcache.DjangoCache", raises="", kind="diskcache"),
        Backend(path="diskcache.DjangoCache"),
        Error(name="diskcache.Timeout", aliases="diskcache.core.Timeout"),
    ),
)
