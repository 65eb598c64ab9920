"""Flask-Caching: decorators that swallow an outage, direct calls that do not."""

from __future__ import annotations

from cachelint.vocabulary import (
    AnyRow,
    Backend,
    CacheDelete,
    CacheRead,
    CacheWrite,
    Library,
    Memoizes,
    Obtains,
    Outage,
    Type,
)

_CACHE = "flask_caching.Cache"
_DEFAULT_TTL = 300


def _backends(client: str, *names: str) -> tuple[Backend, ...]:
    """CACHE_TYPE takes the class name or its dotted path."""
    paths = (path for name in names for path in (name, f"flask_caching.backends.{name}"))
    return tuple(Backend(path=path, client=client) for path in paths)


_CALLS: tuple[AnyRow, ...] = (
    CacheRead(on=_CACHE, names="get", params="key"),
    CacheRead(on=_CACHE, names="get_many get_dict", params="*keys", key="keys", many=True),
    CacheRead(on=_CACHE, names="has", params="key", misses="false"),
    # None means the default here, and 0 never expires: the opposite of Django.
    CacheWrite(
        on=_CACHE,
        names="set",
        params="key value timeout",
        ttl="timeout",
        omitted="default",
        none="default",
        zero="never",
        default_ttl=_DEFAULT_TTL,
    ),
    CacheWrite(
        on=_CACHE,
        names="add",
        params="key value timeout",
        ttl="timeout",
        omitted="default",
        none="default",
        zero="never",
        default_ttl=_DEFAULT_TTL,
        only_new=True,
    ),
    CacheWrite(
        on=_CACHE,
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
    CacheDelete(on=_CACHE, names="delete unlink", params="key", key="key"),
    CacheDelete(on=_CACHE, names="delete_many", params="*keys", key="keys", many=True),
    CacheDelete(on=_CACHE, names="clear", everything=True),
    # These drop entries of a decorated function: their key is the function, which no template says.
    CacheDelete(on=_CACHE, names="delete_memoized delete_memoized_verhash", params="f *args"),
    CacheDelete(on=_CACHE, names="delete_cached", params="view path query_args"),
)

FLASK_CACHING = Library(
    name="flask-caching",
    packages="flask_caching",
    rows=(
        Type(
            name=_CACHE,
            call_params="app with_jinja2_ext config",
            receiver_names="cache",
            name_evidence="flask_caching",
        ),
        Obtains(on=_CACHE, names="cache", how="value", gives=_CACHE),
        *_CALLS,
        # The query string counts only with query_string=True; method, user and headers never do.
        Memoizes(
            on=_CACHE,
            names="cached",
            params="timeout key_prefix unless forced_update is_stale response_filter query_string "
            "hash_method cache_none make_cache_key source_check response_hit_indication",
            used="called",
            key_params="key_prefix make_cache_key",
            key_from="path",
            key_option="query_string=True:path query",
            ttl="timeout",
            omitted="default",
            swallows=True,
            response=True,
        ),
        Memoizes(
            on=_CACHE,
            names="memoize",
            params="timeout make_name unless",
            used="called",
            key_from="args",
            ttl="timeout",
            omitted="default",
            swallows=True,
        ),
        # Direct calls raise with every server backend and have no option against it. Which classes escape is
        # the backend's matter; those named here serve where CACHE_TYPE was not found.
        Outage(
            on=_CACHE,
            raises="redis.exceptions.ConnectionError redis.exceptions.TimeoutError",
            root="redis.exceptions.RedisError",
            kind="Flask-Caching",
            settings="flask-caching",
        ),
        *_backends("", "NullCache", "SimpleCache", "FileSystemCache"),
        *_backends("redis.Redis", "RedisCache", "RedisSentinelCache"),
        *_backends("redis.cluster.RedisCluster", "RedisClusterCache"),
        # MemcachedCache takes whichever client is installed, and one of them is silent: taken as silent.
        *_backends("", "MemcachedCache"),
        # Lower-case names of older releases.
        *(Backend(path=name) for name in ("null", "simple", "filesystem", "memcached")),
        *(Backend(path=name, client="redis.Redis") for name in ("redis", "redissentinel")),
    ),
)
