"""django.core.cache: `cache`, `caches[...]`, their methods, and the backends that settings can name."""

from __future__ import annotations

from cachelint.vocabulary import (
    Backend,
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheGetOrSet,
    CacheRead,
    CacheTouch,
    CacheWrite,
    Error,
    Library,
    Obtains,
    Outage,
    Type,
)

_CACHE = "django.core.cache.backends.base.BaseCache"
_BACKENDS = "django.core.cache.backends"
# BaseCache makes these of others (Django 3.2 to 5.2, core/cache/backends/base.py), the async ones by sync_to_async.
_BUILT_OF = (
    "get_or_set=get+add decr=incr incr_version=get+set+delete decr_version=incr_version aget=get aset=set aadd=add "
    "adelete=delete atouch=touch ahas_key=has_key aget_many=get_many aset_many=set_many adelete_many=delete_many "
    "aincr=incr adecr=decr aclear=clear aget_or_set=get_or_set"
)
# 300 s is TIMEOUT's default; the settings may say otherwise.
_DEFAULT_TTL = 300

DJANGO_CACHE = Library(
    name="django-cache",
    packages="django",
    rows=(
        # No receiver names: the object is always imported.
        Type(name=_CACHE, aliases="django.core.cache.BaseCache"),
        Type(name=f"{_BACKENDS}.locmem.LocMemCache", bases=_CACHE, bounded=True),
        Type(name=f"{_BACKENDS}.dummy.DummyCache", bases=_CACHE, bounded=True),
        Type(name=f"{_BACKENDS}.redis.RedisCache", bases=_CACHE),
        Obtains(on="django.core.cache", names="cache", how="value", gives=_CACHE),
        Obtains(on="django.core.cache", names="caches", how="item", params="alias", gives=_CACHE, options="alias"),
        # Gone since Django 1.9, still found in code that carries a fallback.
        Obtains(on="django.core.cache", names="get_cache", params="alias", gives=_CACHE, options="alias"),
        CacheRead(on=_CACHE, names="get aget", params="key default version", misses="none default"),
        CacheRead(
            on=_CACHE,
            names="get_many aget_many",
            params="keys version",
            key="keys",
            many=True,
            misses="empty",
        ),
        CacheRead(on=_CACHE, names="has_key ahas_key __contains__", params="key version", misses="false"),
        # None never expires, 0 and negative numbers are not stored at all.
        CacheWrite(
            on=_CACHE,
            names="set aset",
            params="key value timeout version",
            ttl="timeout",
            omitted="default",
            zero="drop",
            default_ttl=_DEFAULT_TTL,
        ),
        CacheWrite(
            on=_CACHE,
            names="add aadd",
            params="key value timeout version",
            ttl="timeout",
            omitted="default",
            zero="drop",
            default_ttl=_DEFAULT_TTL,
            only_new=True,
        ),
        CacheWrite(
            on=_CACHE,
            names="set_many aset_many",
            params="data timeout version",
            key="data",
            value="data",
            ttl="timeout",
            omitted="default",
            zero="drop",
            default_ttl=_DEFAULT_TTL,
            many=True,
        ),
        CacheGetOrSet(
            on=_CACHE,
            names="get_or_set aget_or_set",
            params="key default timeout version",
            ttl="timeout",
            default_ttl=_DEFAULT_TTL,
        ),
        CacheDelete(on=_CACHE, names="delete adelete", params="key version", key="key"),
        CacheDelete(on=_CACHE, names="delete_many adelete_many", params="keys version", key="keys", many=True),
        CacheDelete(on=_CACHE, names="clear aclear", everything=True),
        CacheExpire(on=_CACHE, names="touch atouch", params="key timeout version", ttl="timeout"),
        CacheCount(on=_CACHE, names="incr decr aincr adecr", params="key delta version"),
        CacheTouch(
            on=_CACHE,
            names="incr_version decr_version aincr_version adecr_version",
            params="key delta version",
            key="key",
        ),
        # close() and validate_key() do not talk to the server about an entry: no row.
        #
        # Which classes escape is decided by the backend in settings. The classes here serve only where no
        # settings were found, and name the backend with which an outage is a failed request.
        Outage(
            on=_CACHE,
            raises="redis.exceptions.ConnectionError redis.exceptions.TimeoutError",
            root="redis.exceptions.RedisError",
            kind="Django cache",
            settings="django-caches",
        ),
        Outage(on=f"{_BACKENDS}.locmem.LocMemCache {_BACKENDS}.dummy.DummyCache", raises="", kind="Django cache"),
        Outage(
            on=f"{_BACKENDS}.redis.RedisCache",
            raises="redis.exceptions.ConnectionError redis.exceptions.TimeoutError",
            root="redis.exceptions.RedisError",
            kind="Django cache",
        ),
        # Files and the database have failures of their own, but no cache server that can be away: a database
        # that is down takes the request with it anyway.
        Backend(path=f"{_BACKENDS}.locmem.LocMemCache"),
        Backend(path=f"{_BACKENDS}.dummy.DummyCache"),
        Backend(path=f"{_BACKENDS}.filebased.FileBasedCache"),
        Backend(path=f"{_BACKENDS}.db.DatabaseCache"),
        Backend(path=f"{_BACKENDS}.redis.RedisCache", client="redis.Redis", built_of=_BUILT_OF),
        # Raises on the first calls of an outage, then the HashClient marks the server dead and gives misses.
        Backend(
            path=f"{_BACKENDS}.memcached.PyMemcacheCache",
            client="pymemcache.client.hash.HashClient",
            # Every command of a HashClient runs in the one function that looks at this option (pymemcache 4.0.0,
            # HashClient._safely_run_func; Django 5.2.19 reads the False that incr gives then as a value).
            safe_option="ignore_exc",
            safe_names="get aget get_many aget_many has_key ahas_key set aset add aadd set_many aset_many "
            "get_or_set aget_or_set delete adelete delete_many adelete_many touch atouch incr aincr decr adecr",
            built_of=_BUILT_OF,
        ),
        Backend(path=f"{_BACKENDS}.memcached.PyLibMCCache", client="pylibmc.Client", built_of=_BUILT_OF),
        # Removed in Django 4.1; python-memcached is silent.
        Backend(path=f"{_BACKENDS}.memcached.MemcachedCache", client="memcache.Client"),
        Error(
            name="django.core.cache.backends.base.InvalidCacheKey",
            bases="builtins.ValueError",
            aliases="django.core.cache.InvalidCacheKey",
        ),
        Error(
            name="django.core.cache.backends.base.InvalidCacheBackendError",
            bases="django.core.exceptions.ImproperlyConfigured",
            aliases="django.core.cache.InvalidCacheBackendError",
        ),
        Error(name="django.core.exceptions.ImproperlyConfigured"),
    ),
)
