"""django-redis: more methods on Django's cache, the raw client, and what IGNORE_EXCEPTIONS really covers."""

from __future__ import annotations

from cachelint.vocabulary import (
    Backend,
    CacheDelete,
    CacheExpire,
    CacheLock,
    CacheScan,
    CacheTouch,
    Error,
    Library,
    Obtains,
    StoreCall,
    Type,
)

_CACHE = "django.core.cache.backends.base.BaseCache"
_LOCK = "key version timeout sleep blocking_timeout client thread_local"

# touch, ttl, expire, persist, lock, iter_keys, set, hash and zset operations still raise with the option on.
_SWALLOWED = (
    "get set add delete delete_many delete_pattern clear get_many set_many has_key __contains__ keys "
    "incr decr incr_version hkeys get_or_set "
    # The a-variants of Django's base class call these in a thread.
    "aget aset aadd adelete adelete_many aclear aget_many aset_many ahas_key aincr adecr "
    "aincr_version aget_or_set"
)

DJANGO_REDIS = Library(
    name="django-redis",
    packages="django_redis",
    rows=(
        Type(name="django_redis.cache.RedisCache", bases=_CACHE),
        Obtains(
            on="django_redis",
            names="get_redis_connection",
            params="alias write",
            gives="redis.Redis",
            options="alias",
        ),
        Obtains(on=_CACHE, names="lock", params=_LOCK, gives="redis.lock.Lock"),
        CacheDelete(
            on=_CACHE,
            names="delete_pattern",
            params="pattern version client itersize",
            key="pattern",
            pattern=True,
        ),
        CacheExpire(on=_CACHE, names="expire", params="key timeout version", ttl="timeout"),
        CacheExpire(on=_CACHE, names="pexpire", params="key timeout version", ttl="timeout:ms"),
        CacheExpire(on=_CACHE, names="expire_at pexpire_at", params="key when version", ttl="when:at"),
        CacheTouch(on=_CACHE, names="ttl pttl persist", params="key version", key="key"),
        CacheScan(on=_CACHE, names="keys iter_keys", params="search", pattern="search"),
        CacheLock(on=_CACHE, names="lock", params=_LOCK, key="key", ttl="timeout"),
        StoreCall(on=_CACHE, names="sadd scard smembers sismember srem spop hset hget hdel hlen hexists hkeys"),
        StoreCall(on=_CACHE, names="zadd zrange zrem zscore zcard"),
        Backend(
            path="django_redis.cache.RedisCache",
            client="redis.Redis",
            safe_option="IGNORE_EXCEPTIONS",
            safe_setting="DJANGO_REDIS_IGNORE_EXCEPTIONS",
            safe_names=_SWALLOWED,
        ),
        Error(name="django_redis.exceptions.ConnectionInterrupted"),
    ),
)
