"""walrus: redis-py with a small cache object on top."""

from __future__ import annotations

from cachelint.vocabulary import CacheDelete, CacheRead, CacheWrite, Library, Memoizes, Obtains, Outage, Type

_CACHE = "walrus.cache.Cache"

WALRUS = Library(
    name="walrus",
    packages="walrus",
    rows=(
        # Containers (db.Hash, db.List) are left out; the commands are redis-py's.
        Type(name="walrus.Database", aliases="walrus.Walrus walrus.database.Database", bases="redis.Redis"),
        Type(name=_CACHE, aliases="walrus.Cache"),
        Obtains(on="walrus.Database", names="cache", params="name default_timeout", gives=_CACHE),
        CacheRead(on=_CACHE, names="get", params="key default", misses="none default"),
        CacheWrite(on=_CACHE, names="set", params="key value timeout", ttl="timeout", omitted="default"),
        CacheDelete(on=_CACHE, names="delete", params="key", key="key"),
        Memoizes(
            on=_CACHE,
            names="cached",
            params="key_fn timeout",
            used="called",
            key_params="key_fn",
            ttl="timeout",
            omitted="default",
        ),
        Outage(
            on=_CACHE,
            raises="redis.exceptions.ConnectionError redis.exceptions.TimeoutError",
            root="redis.exceptions.RedisError",
            kind="Redis",
        ),
    ),
)
