"""Litestar: the stores, and the response cache of a handler (`@get(cache=60)`), which is not guarded."""

from __future__ import annotations

from cachelint.vocabulary import CacheDelete, CacheRead, CacheWrite, Library, Memoizes, Outage, Type

_STORE = "litestar.stores.base.Store"
_REDIS = "litestar.stores.redis.RedisStore"

LITESTAR_CACHE = Library(
    name="litestar-cache",
    packages="litestar",
    rows=(
        Type(name=_STORE, aliases="litestar.stores.base.NamespacedStore"),
        Type(name=_REDIS, bases=_STORE, call_params="redis"),
        Type(name="litestar.stores.memory.MemoryStore", bases=_STORE),
        Type(name="litestar.stores.file.FileStore", bases=_STORE),
        CacheRead(on=_STORE, names="get", params="key renew_for"),
        CacheRead(on=_STORE, names="exists", params="key", misses="false"),
        CacheWrite(on=_STORE, names="set", params="key value expires_in", ttl="expires_in"),
        CacheDelete(on=_STORE, names="delete", params="key", key="key"),
        CacheDelete(on=_STORE, names="delete_all", everything=True),
        # The key is method, path and query: no user, no header. Guards run before the lookup.
        Memoizes(
            on="litestar litestar.handlers",
            names="get head route",
            params="path * cache cache_key_builder",
            used="called",
            when="cache",
            key_params="cache_key_builder",
            key_from="path query",
            ttl="cache",
            response=True,
        ),
        Outage(
            on=_REDIS,
            raises="redis.exceptions.ConnectionError redis.exceptions.TimeoutError",
            root="redis.exceptions.RedisError",
            kind="Redis",
        ),
        Outage(on="litestar.stores.memory.MemoryStore litestar.stores.file.FileStore", raises="", kind="memory"),
    ),
)
