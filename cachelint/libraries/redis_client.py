"""redis-py, sync and async, with fakeredis, Flask-Redis and the legacy aioredis.

Type names: `redis.Redis` and `redis.asyncio.Redis`. Clients that speak redis-py's API (Valkey, walrus) name
these as their bases instead of repeating the commands. The exception classes are in redis_errors.py.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    AnyRow,
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheLock,
    CacheRead,
    CacheScan,
    CacheTouch,
    CacheWrite,
    Library,
    Obtains,
    Outage,
    StoreCall,
    Type,
)

_CLIENTS = "redis.Redis redis.asyncio.Redis"
_PIPELINES = "redis.client.Pipeline redis.asyncio.client.Pipeline"
# The rows of the nearest type that has any for a name count, so pipelines are named beside their bases.
_ALL = f"{_CLIENTS} {_PIPELINES}"
_CLUSTERS = "redis.cluster.RedisCluster redis.asyncio.cluster.RedisCluster"
_OPTIONS = "host port db password socket_timeout socket_connect_timeout"
_DOWN = "redis.exceptions.ConnectionError redis.exceptions.TimeoutError"
_ROOT = "redis.exceptions.RedisError"
_LOCK = "name timeout sleep blocking blocking_timeout lock_class thread_local raise_on_release_error"


_TYPES: tuple[AnyRow, ...] = (
    Type(
        name="redis.Redis",
        aliases="redis.StrictRedis redis.client.Redis redis.client.StrictRedis "
        "fakeredis.FakeRedis fakeredis.FakeStrictRedis flask_redis.FlaskRedis flask_redis.client.FlaskRedis",
        call_params=_OPTIONS,
        # `r` and `conn` are left out: far too often a response, a row or a database connection.
        receiver_names="redis redis_client redis_conn redis_connection redis_cache rds _redis",
        name_evidence="redis fakeredis flask_redis django_redis",
    ),
    Type(
        name="redis.asyncio.Redis",
        aliases="redis.asyncio.StrictRedis redis.asyncio.client.Redis redis.asyncio.client.StrictRedis "
        "fakeredis.aioredis.FakeRedis fakeredis.FakeAsyncRedis",
        call_params=_OPTIONS,
        receiver_names="aioredis_client async_redis",
        name_evidence="redis",
    ),
    Type(
        name="redis.cluster.RedisCluster",
        aliases="redis.RedisCluster",
        bases="redis.Redis",
        call_params=_OPTIONS,
    ),
    Type(
        name="redis.asyncio.cluster.RedisCluster",
        aliases="redis.asyncio.RedisCluster",
        bases="redis.asyncio.Redis",
        call_params=_OPTIONS,
    ),
    Type(
        name="redis.client.Pipeline",
        aliases="redis.client.StrictPipeline redis.cluster.ClusterPipeline",
        bases="redis.Redis",
        receiver_names="pipe",
        name_evidence="redis fakeredis flask_redis django_redis",
    ),
    Type(
        name="redis.asyncio.client.Pipeline",
        aliases="redis.asyncio.cluster.ClusterPipeline",
        bases="redis.asyncio.Redis",
    ),
    Type(name="redis.sentinel.Sentinel", aliases="redis.Sentinel"),
    Type(name="redis.asyncio.sentinel.Sentinel", aliases="redis.asyncio.Sentinel"),
    Type(name="redis.lock.Lock", aliases="redis.asyncio.lock.Lock"),
    # aioredis 2 is the ancestor of redis.asyncio, with an exception tree of its own.
    Type(
        name="aioredis.Redis",
        aliases="aioredis.client.Redis aioredis.StrictRedis",
        bases="redis.asyncio.Redis",
    ),
)

_FACTORIES: tuple[AnyRow, ...] = (
    Obtains(on="redis redis.client redis.utils redis.Redis", names="from_url", params="url", gives="redis.Redis"),
    Obtains(on="redis.Redis", names="from_pool", params="connection_pool", gives="redis.Redis"),
    Obtains(
        on="redis.asyncio redis.asyncio.client redis.asyncio.utils redis.asyncio.Redis",
        names="from_url",
        params="url",
        gives="redis.asyncio.Redis",
    ),
    Obtains(on="redis.asyncio.Redis", names="from_pool", params="connection_pool", gives="redis.asyncio.Redis"),
    Obtains(on="redis.cluster.RedisCluster", names="from_url", params="url", gives="redis.cluster.RedisCluster"),
    Obtains(
        on="redis.asyncio.cluster.RedisCluster",
        names="from_url",
        params="url",
        gives="redis.asyncio.cluster.RedisCluster",
    ),
    Obtains(on="redis.sentinel.Sentinel", names="master_for slave_for", params="service_name", gives="redis.Redis"),
    Obtains(
        on="redis.asyncio.sentinel.Sentinel",
        names="master_for slave_for",
        params="service_name",
        gives="redis.asyncio.Redis",
    ),
    Obtains(on="aioredis aioredis.Redis", names="from_url", params="url", gives="aioredis.Redis"),
    Obtains(on="aioredis", names="create_redis_pool create_redis", params="address", gives="aioredis.Redis"),
    Obtains(on="redis.Redis", names="pipeline", params="transaction shard_hint", gives="redis.client.Pipeline"),
    Obtains(
        on="redis.asyncio.Redis",
        names="pipeline",
        params="transaction shard_hint",
        gives="redis.asyncio.client.Pipeline",
    ),
    Obtains(on=_CLIENTS, names="lock", params=_LOCK, gives="redis.lock.Lock"),
)

_READS: tuple[AnyRow, ...] = (
    CacheRead(on=_ALL, names="get hgetall", params="name", key="name"),
    CacheRead(on=_ALL, names="mget", params="keys *args", key="keys", many=True),
    CacheRead(on=_ALL, names="hget", params="name key", key="name"),
    CacheRead(on=_ALL, names="hmget", params="name keys *args", key="name"),
    CacheRead(on=_ALL, names="getrange", params="key start end", misses="empty"),
    CacheRead(on=_ALL, names="exists", params="*names", key="names", many=True, misses="false"),
    CacheRead(on=_ALL, names="hexists", params="name key", key="name", misses="false"),
    # The next calls read and change at once: each has a second row below.
    CacheRead(on=_ALL, names="getset", params="name value", key="name"),
    CacheRead(on=_ALL, names="getdel", params="name", key="name"),
    CacheRead(on=_ALL, names="getex", params="name ex px exat pxat persist", key="name"),
)

# ex=0, ex=-1 and setex(k, 0, v) are a ResponseError, never "no expiry".
_WRITES: tuple[AnyRow, ...] = (
    CacheWrite(
        on=_ALL,
        names="set",
        params="name value ex px nx xx keepttl get exat pxat ifeq ifne",
        key="name",
        ttl="ex:s px:ms exat:at pxat:at",
        keeps_ttl="keepttl",
    ),
    CacheWrite(on=_ALL, names="setex", params="name time value", key="name", ttl="time:s", none="error"),
    CacheWrite(on=_ALL, names="psetex", params="name time_ms value", key="name", ttl="time_ms:ms", none="error"),
    CacheWrite(on=_ALL, names="setnx", params="name value", key="name", only_new=True),
    CacheWrite(on=_ALL, names="getset", params="name value", key="name"),
    CacheWrite(on=_ALL, names="mset", params="mapping", key="mapping", value="mapping", many=True),
    CacheWrite(
        on=_ALL,
        names="msetnx",
        params="mapping",
        key="mapping",
        value="mapping",
        many=True,
        only_new=True,
    ),
    CacheWrite(
        on=_ALL,
        names="msetex",
        params="mapping * ex px",
        key="mapping",
        value="mapping",
        ttl="ex:s px:ms",
        many=True,
    ),
    # hset leaves the TTL of an existing hash alone: only a first one creates an entry that never expires. One
    # field passed as `value` is not the entry; `mapping` is.
    CacheWrite(on=_ALL, names="hset", params="name key value mapping items", key="name", value="mapping"),
    CacheWrite(on=_ALL, names="hmset", params="name mapping", key="name", value="mapping"),
    CacheWrite(on=_ALL, names="hsetnx", params="name key value", key="name", only_new=True),
)

_CHANGES: tuple[AnyRow, ...] = (
    CacheDelete(on=_ALL, names="delete unlink", params="*names", key="names", many=True),
    CacheDelete(on=_ALL, names="getdel delex", params="name", key="name"),
    CacheDelete(on=_ALL, names="hdel", params="name *keys", key="name"),
    CacheDelete(on=_ALL, names="flushdb flushall", params="asynchronous", everything=True),
    CacheExpire(on=_ALL, names="expire", params="name time nx xx gt lt", key="name", ttl="time:s"),
    CacheExpire(on=_ALL, names="pexpire", params="name time nx xx gt lt", key="name", ttl="time:ms"),
    CacheExpire(on=_ALL, names="expireat pexpireat", params="name when nx xx gt lt", key="name", ttl="when:at"),
    CacheExpire(
        on=_ALL,
        names="getex",
        params="name ex px exat pxat persist",
        key="name",
        ttl="ex:s px:ms exat:at pxat:at",
    ),
    CacheCount(on=_ALL, names="incr incrby decr decrby incrbyfloat", params="name amount", key="name"),
    CacheCount(on=_ALL, names="append", params="key value"),
    CacheCount(on=_ALL, names="hincrby hincrbyfloat", params="name key amount", key="name"),
    CacheTouch(on=_ALL, names="ttl pttl type strlen hlen hkeys hvals persist", params="name|key", key="name"),
    # touch() counts as use for LRU eviction; it does not prolong a TTL.
    CacheTouch(on=_ALL, names="touch", params="*names", key="names"),
    CacheTouch(on=_ALL, names="ping info dbsize randomkey rename renamenx"),
    CacheScan(on=_ALL, names="keys", params="pattern", pattern="pattern"),
    CacheScan(on=_ALL, names="scan", params="cursor match count", pattern="match"),
    CacheScan(on=_ALL, names="scan_iter", params="match count", pattern="match"),
    # hscan_iter walks one hash, not the key space.
    CacheTouch(on=_ALL, names="hscan hscan_iter", params="name", key="name"),
)

_NO_CACHE: tuple[AnyRow, ...] = (
    # Reading a list or set that something else fills is a read like any other.
    CacheTouch(
        on=_ALL,
        names="lrange llen lindex smembers sismember smismember scard zrange zrangebyscore zrevrangebyscore zscore "
        "zmscore zcard zcount zrevrange zrank zrevrank",
        params="name",
        key="name",
    ),
    StoreCall(
        on=_ALL,
        names="lpush rpush lpop rpop blpop brpop blmove lmove lrem lset ltrim rpoplpush",
    ),
    StoreCall(
        on=_ALL,
        names="sadd srem spop srandmember sinter sunion sdiff sscan_iter",
    ),
    StoreCall(
        on=_ALL,
        names="zadd zrem zincrby zpopmin zpopmax zremrangebyscore zremrangebyrank zscan_iter",
    ),
    StoreCall(
        on=_ALL,
        names="publish pubsub xadd xread xreadgroup xack xrange xrevrange xlen xtrim xgroup_create",
    ),
    StoreCall(on=_ALL, names="setbit getbit bitcount pfadd pfcount pfmerge geoadd geosearch"),
    StoreCall(on=_ALL, names="eval evalsha register_script execute_command"),
    StoreCall(on="redis.lock.Lock", names="acquire release extend reacquire locked owned"),
)

_LOCKS: tuple[AnyRow, ...] = (
    CacheLock(on=_CLIENTS, names="lock", params=_LOCK, ttl="timeout:s"),
    CacheLock(on="redis.lock redis.asyncio.lock", names="Lock", params=f"redis {_LOCK}", ttl="timeout:s"),
)


def _command_names(rows: tuple[AnyRow, ...]) -> str:
    """The distinct method names of these rows, in order, space separated."""
    return " ".join(dict.fromkeys(name for row in rows for name in getattr(row, "names", "").split()))


# A command on a pipeline is only queued (and returns the pipeline); execute() talks to the server.
_PIPELINE: tuple[AnyRow, ...] = (
    Obtains(on=_PIPELINES, names=_command_names(_READS + _WRITES + _CHANGES + _NO_CACHE[:6]), gives="self"),
    CacheTouch(on=_PIPELINES, names="execute watch unwatch", params="raise_on_error"),
    Outage(on=_PIPELINES, raises="", kind="Redis"),
    Outage(on=_PIPELINES, names="execute watch unwatch", raises=_DOWN, root=_ROOT, kind="Redis"),
)

# The two connection errors are what an outage raises: catching both is enough, ConnectionError alone misses
# the timeouts. ReadOnlyError (failover) and OutOfMemoryError need RedisError: `root`, the class to recommend.
_OUTAGES: tuple[AnyRow, ...] = (
    Outage(on=f"{_CLIENTS} redis.lock.Lock", raises=_DOWN, root=_ROOT, kind="Redis"),
    # A cluster without a reachable node raises a class outside RedisError.
    Outage(on=_CLUSTERS, raises=f"{_DOWN} redis.exceptions.RedisClusterException", root=_ROOT, kind="Redis"),
    Outage(
        on="aioredis.Redis",
        raises="aioredis.exceptions.ConnectionError aioredis.exceptions.TimeoutError",
        root="aioredis.exceptions.RedisError",
        kind="Redis",
    ),
)

REDIS = Library(
    name="redis",
    packages="redis fakeredis flask_redis aioredis",
    rows=(
        *_TYPES,
        *_FACTORIES,
        *_READS,
        *_WRITES,
        *_CHANGES,
        *_NO_CACHE,
        *_LOCKS,
        *_PIPELINE,
        *_OUTAGES,
    ),
)
