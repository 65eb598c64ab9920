"""cachelib: the backends under Flask-Caching and Flask-Session, used directly."""

from __future__ import annotations

from cachelint.vocabulary import CacheCount, CacheDelete, CacheRead, CacheWrite, Library, Outage, Type

_BASE = "cachelib.base.BaseCache"
_PARAMS = "key value timeout"
_DEFAULT_TTL = 300

CACHELIB = Library(
    name="cachelib",
    packages="cachelib",
    rows=(
        Type(name=_BASE, aliases="cachelib.BaseCache"),
        Type(name="cachelib.redis.RedisCache", aliases="cachelib.RedisCache", bases=_BASE),
        Type(name="cachelib.simple.SimpleCache", aliases="cachelib.SimpleCache", bases=_BASE, bounded=True),
        Type(name="cachelib.file.FileSystemCache", aliases="cachelib.FileSystemCache", bases=_BASE),
        Type(name="cachelib.memcached.MemcachedCache", aliases="cachelib.MemcachedCache", bases=_BASE),
        CacheRead(on=_BASE, names="get", params="key"),
        CacheRead(on=_BASE, names="get_many get_dict", params="*keys", key="keys", many=True),
        CacheRead(on=_BASE, names="has", params="key", misses="false"),
        CacheWrite(
            on=_BASE,
            names="set",
            params=_PARAMS,
            ttl="timeout",
            omitted="default",
            none="default",
            zero="never",
            default_ttl=_DEFAULT_TTL,
        ),
        CacheWrite(
            on=_BASE,
            names="add",
            params=_PARAMS,
            ttl="timeout",
            omitted="default",
            none="default",
            zero="never",
            default_ttl=_DEFAULT_TTL,
            only_new=True,
        ),
        CacheWrite(
            on=_BASE,
            names="set_many",
            params="mapping timeout",
            key="mapping",
            value="mapping",
            ttl="timeout",
            omitted="default",
            none="default",
            zero="never",
            default_ttl=_DEFAULT_TTL,
            many=True,
        ),
        CacheDelete(on=_BASE, names="delete", params="key", key="key"),
        CacheDelete(on=_BASE, names="delete_many", params="*keys", key="keys", many=True),
        CacheDelete(on=_BASE, names="clear", everything=True),
        CacheCount(on=_BASE, names="inc dec", params="key delta"),
        Outage(
            on="cachelib.redis.RedisCache",
            raises="redis.exceptions.ConnectionError redis.exceptions.TimeoutError",
            root="redis.exceptions.RedisError",
            kind="Redis",
        ),
        # MemcachedCache depends on the client that is installed: taken as silent.
        Outage(on=_BASE, raises="", kind="cachelib"),
    ),
)
