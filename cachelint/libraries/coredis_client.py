"""coredis: an async Redis client whose signatures differ from redis-py's where it hurts (setex, delete)."""

from __future__ import annotations

from cachelint.vocabulary import (
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheRead,
    CacheScan,
    CacheTouch,
    CacheWrite,
    Error,
    Library,
    Obtains,
    Outage,
    StoreCall,
    Type,
)

_CLIENT = "coredis.Redis"
_ROOT = "coredis.exceptions.RedisError"

COREDIS = Library(
    name="coredis",
    packages="coredis",
    rows=(
        Type(name=_CLIENT, aliases="coredis.client.Redis", call_params="host port db"),
        Type(name="coredis.RedisCluster", aliases="coredis.client.RedisCluster", bases=_CLIENT),
        Obtains(on=_CLIENT, names="from_url", params="url", gives=_CLIENT),
        Obtains(on="coredis.RedisCluster", names="from_url", params="url", gives="coredis.RedisCluster"),
        CacheRead(on=_CLIENT, names="get hgetall", params="key"),
        CacheRead(on=_CLIENT, names="hget", params="key field"),
        CacheRead(on=_CLIENT, names="mget", params="keys", key="keys", many=True),
        CacheRead(on=_CLIENT, names="exists", params="keys", key="keys", many=True, misses="false"),
        CacheWrite(
            on=_CLIENT,
            names="set",
            params="key value * condition get ex px exat pxat keepttl",
            ttl="ex:s px:ms exat:at pxat:at",
            keeps_ttl="keepttl",
        ),
        CacheWrite(on=_CLIENT, names="setex", params="key value seconds", ttl="seconds:s", none="error"),
        CacheWrite(on=_CLIENT, names="psetex", params="key milliseconds value", ttl="milliseconds:ms", none="error"),
        CacheWrite(on=_CLIENT, names="setnx", params="key value", only_new=True),
        CacheWrite(on=_CLIENT, names="hset", params="key field_values", value="field_values"),
        CacheDelete(on=_CLIENT, names="delete unlink", params="keys", key="keys", many=True),
        CacheDelete(on=_CLIENT, names="flushdb flushall", everything=True),
        CacheExpire(on=_CLIENT, names="expire", params="key seconds condition", ttl="seconds:s"),
        CacheExpire(on=_CLIENT, names="pexpire", params="key milliseconds condition", ttl="milliseconds:ms"),
        CacheCount(on=_CLIENT, names="incr decr", params="key"),
        CacheTouch(on=_CLIENT, names="ttl pttl", params="key", key="key"),
        CacheTouch(on=_CLIENT, names="ping"),
        CacheScan(on=_CLIENT, names="keys", params="pattern", pattern="pattern"),
        StoreCall(on=_CLIENT, names="lpush rpush lpop rpop sadd srem smembers zadd zrange publish pubsub xadd eval"),
        # Timeouts surface as ConnectionError too. What leaves `async with client` is an ExceptionGroup:
        # no row says so.
        Outage(on=_CLIENT, raises="coredis.exceptions.ConnectionError", root=_ROOT, kind="Redis"),
        Error(name=_ROOT, aliases="coredis.RedisError"),
        Error(name="coredis.exceptions.ConnectionError", bases=_ROOT, aliases="coredis.ConnectionError"),
        Error(name="coredis.exceptions.ResponseError", bases=_ROOT, aliases="coredis.ResponseError"),
    ),
)
