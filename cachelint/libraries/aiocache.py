"""aiocache: one API over memory, Redis, memcached; `cached` guards its cache, `cached_stampede` does not."""

from __future__ import annotations

from cachelint.vocabulary import (
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheRead,
    CacheTouch,
    CacheWrite,
    Library,
    Memoizes,
    Obtains,
    Outage,
    Type,
)

_CACHE = "aiocache.base.BaseCache"
_ANY = "aiocache.factory.Cache"
_REDIS = "aiocache.backends.redis.RedisCache"
_MEMCACHED = "aiocache.backends.memcached.MemcachedCache"
_MEMORY = "aiocache.backends.memory.SimpleMemoryCache"
# Every operation runs inside wait_for(timeout=5): a silent server shows as asyncio's TimeoutError.
_REDIS_DOWN = "redis.exceptions.ConnectionError redis.exceptions.TimeoutError builtins.TimeoutError"
_MEMCACHED_DOWN = "builtins.OSError aiomcache.exceptions.ClientException builtins.TimeoutError"
_CACHED = "ttl key namespace key_builder skip_cache_func cache serializer plugins alias noself"

AIOCACHE = Library(
    name="aiocache",
    packages="aiocache",
    rows=(
        Type(name=_CACHE, aliases="aiocache.BaseCache"),
        Type(name=_ANY, aliases="aiocache.Cache", bases=_CACHE, call_params="cache_class"),
        Type(name=_REDIS, aliases="aiocache.RedisCache", bases=_CACHE),
        Type(name=_MEMCACHED, aliases="aiocache.MemcachedCache", bases=_CACHE),
        # A plain dictionary: nothing but a TTL ever takes an entry out of it.
        Type(name=_MEMORY, aliases="aiocache.SimpleMemoryCache", bases=_CACHE),
        Type(name="aiocache.factory.CacheHandler"),
        Obtains(on=_ANY, names="from_url", params="url", gives=_ANY),
        Obtains(on="aiocache aiocache.factory", names="caches", how="value", gives="aiocache.factory.CacheHandler"),
        Obtains(on="aiocache.factory.CacheHandler", names="get create", params="alias", gives=_ANY),
        CacheRead(on=_CACHE, names="get", params="key default", misses="none default"),
        CacheRead(on=_CACHE, names="multi_get", params="keys", key="keys", many=True),
        CacheRead(on=_CACHE, names="exists", params="key", misses="false"),
        # 0 is an error on Redis and "never" in memory: the louder one.
        CacheWrite(on=_CACHE, names="set", params="key value ttl", ttl="ttl"),
        CacheWrite(on=_CACHE, names="add", params="key value ttl", ttl="ttl", only_new=True),
        CacheWrite(
            on=_CACHE,
            names="multi_set",
            params="pairs ttl",
            key="pairs",
            value="pairs",
            ttl="ttl",
            zero="never",
            many=True,
        ),
        CacheDelete(on=_CACHE, names="delete", params="key", key="key"),
        CacheDelete(on=_CACHE, names="clear", params="namespace", everything=True),
        CacheExpire(on=_CACHE, names="expire", params="key ttl", ttl="ttl"),
        CacheCount(on=_CACHE, names="increment", params="key delta"),
        CacheTouch(on=_CACHE, names="raw", params="command"),
        Memoizes(
            on="aiocache aiocache.decorators",
            names="cached",
            params=_CACHED,
            used="called",
            server="cache alias",
            key_params="key key_builder",
            spells=True,
            ttl="ttl",
            swallows=True,
        ),
        # Its RedLock is not guarded.
        Memoizes(
            on="aiocache aiocache.decorators",
            names="cached_stampede",
            params=f"lease {_CACHED}",
            used="called",
            server="cache alias",
            key_params="key key_builder",
            spells=True,
            ttl="ttl",
        ),
        Memoizes(
            on="aiocache aiocache.decorators",
            names="multi_cached",
            params="keys_from_attr namespace key_builder ttl",
            used="called",
            key_params="keys_from_attr key_builder",
            ttl="ttl",
            swallows=True,
        ),
        # Its lock is not guarded, unlike the entry.
        Outage(
            on="aiocache aiocache.decorators",
            names="cached_stampede",
            raises=_REDIS_DOWN,
            root="redis.exceptions.RedisError",
            kind="Redis",
            when="cache=Cache.REDIS",
        ),
        Outage(on=_MEMORY, raises="", kind="memory"),
        Outage(on=_REDIS, raises=_REDIS_DOWN, root="redis.exceptions.RedisError", kind="Redis"),
        Outage(on=_MEMCACHED, raises=_MEMCACHED_DOWN, root="builtins.OSError", kind="Memcached"),
        # Cache() alone is the memory backend; one chosen elsewhere (caches.get, from_url) stays unknown.
        Outage(
            on=_ANY,
            raises=_REDIS_DOWN,
            root="redis.exceptions.RedisError",
            kind="Redis",
            when="cache_class=Cache.REDIS",
        ),
        Outage(
            on=_ANY,
            raises=_MEMCACHED_DOWN,
            root="builtins.OSError",
            kind="Memcached",
            when="cache_class=Cache.MEMCACHED",
        ),
    ),
)
