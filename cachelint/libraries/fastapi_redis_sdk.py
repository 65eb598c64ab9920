"""fastapi-redis-sdk (import name redis_fastapi): response caching as a FastAPI dependency."""

from __future__ import annotations

from cachelint.vocabulary import CacheDelete, CacheRead, CacheWrite, Library, Memoizes, Outage, Type

_BACKEND = "redis_fastapi.cache_backend.CacheBackend"

FASTAPI_REDIS_SDK = Library(
    name="fastapi-redis-sdk",
    packages="redis_fastapi",
    rows=(
        Type(
            name=_BACKEND,
            aliases="redis_fastapi.CacheBackend redis_fastapi.CacheBackendDep "
            "redis_fastapi.deps.CacheBackendDep redis_fastapi.SyncCacheBackend "
            "redis_fastapi.cache_backend.SyncCacheBackend "
            "redis_fastapi.SyncCacheBackendDep redis_fastapi.deps.SyncCacheBackendDep",
        ),
        Type(
            name="redis_fastapi.deps.AsyncRedisDep",
            aliases="redis_fastapi.AsyncRedisDep",
            bases="redis.asyncio.Redis",
        ),
        # Used as dependencies=[Depends(cache(ttl=60))], not as a decorator. The default ttl is 0: no expiry.
        Memoizes(
            on="redis_fastapi redis_fastapi.cache",
            names="cache",
            params="ttl * eviction_group cache_prefix key_builder private vary_on_session no_store",
            used="called",
            key_params="key_builder",
            key_from="path query",
            ttl="ttl",
            swallows=True,
            response=True,
        ),
        CacheRead(on=_BACKEND, names="get", params="key * default eviction_group", misses="none default"),
        CacheRead(on=_BACKEND, names="has", params="key * eviction_group", misses="false"),
        CacheWrite(on=_BACKEND, names="set", params="key value * ttl eviction_group", ttl="ttl"),
        CacheDelete(on=_BACKEND, names="delete", params="key * eviction_group", key="key"),
        CacheDelete(on=_BACKEND, names="delete_group", params="eviction_group"),
        # Every call on the backend catches (RedisError, OSError).
        Outage(on=_BACKEND, raises="", kind="Redis"),
    ),
)
