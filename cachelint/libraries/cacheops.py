"""django-cacheops: cached functions and views over Redis, and querysets that cache themselves."""

from __future__ import annotations

from cachelint.vocabulary import (
    CacheDelete,
    CacheRead,
    CacheWrite,
    DbLazy,
    DbWrite,
    Error,
    Library,
    Memoizes,
    Obtains,
    Outage,
    Type,
)

_CACHE = "cacheops.simple.BaseCache"
_FILES = "cacheops.simple.FileCache"
_QUERYSETS = "django.db.models.QuerySet django.db.models.Manager"
_MODULES = "cacheops cacheops.simple cacheops.query"

CACHEOPS = Library(
    name="django-cacheops",
    packages="cacheops",
    rows=(
        Type(name=_CACHE),
        Type(name=_FILES, aliases="cacheops.FileCache", bases=_CACHE),
        Obtains(on="cacheops cacheops.simple", names="cache", how="value", gives=_CACHE),
        Obtains(on="cacheops cacheops.simple", names="file_cache", how="value", gives=_FILES),
        CacheRead(on=_CACHE, names="get", params="cache_key", key="cache_key", misses="raises:cacheops.CacheMiss"),
        CacheWrite(
            on=_CACHE,
            names="set",
            params="cache_key data timeout",
            key="cache_key",
            value="data",
            ttl="timeout",
        ),
        CacheDelete(on=_CACHE, names="delete", params="cache_key", key="cache_key"),
        Memoizes(
            on=f"{_MODULES} {_CACHE}",
            names="cached",
            params="timeout extra",
            key_from="args",
            ttl="timeout",
        ),
        # A request counts as its absolute URL only: no user, no cookie, no Vary.
        Memoizes(
            on=f"{_MODULES} {_CACHE}",
            names="cached_view",
            params="timeout extra",
            key_from="url",
            ttl="timeout",
            response=True,
        ),
        Memoizes(
            on=_MODULES,
            names="cached_as",
            params="*samples timeout extra lock keep_fresh",
            used="called",
            key_from="args",
            ttl="timeout",
            omitted="default",
        ),
        Memoizes(
            on=_MODULES,
            names="cached_view_as",
            params="*samples timeout extra lock keep_fresh",
            used="called",
            key_from="url",
            ttl="timeout",
            omitted="default",
            response=True,
        ),
        # What follows .cache() is answered from Redis: an unknown value ends the chain of database rows.
        DbLazy(on=_QUERYSETS, names="cache", params="ops timeout lock", gives=""),
        DbLazy(on=_QUERYSETS, names="nocache"),
        DbWrite(on=_QUERYSETS, names="invalidated_update", bulk=True),
        # These drop what depends on an object or a model: no key to name.
        CacheDelete(
            on="cacheops cacheops.invalidation",
            names="invalidate_obj invalidate_model invalidate_dict",
            params="obj",
        ),
        CacheDelete(on="cacheops cacheops.invalidation", names="invalidate_all", everything=True),
        # CACHEOPS_DEGRADE_ON_FAILURE does not reach this read path.
        Outage(
            on=_CACHE,
            raises="redis.exceptions.ConnectionError redis.exceptions.TimeoutError",
            root="redis.exceptions.RedisError",
            kind="Redis",
        ),
        Outage(on=_FILES, raises="", kind="files"),
        Error(name="cacheops.CacheMiss", aliases="cacheops.simple.CacheMiss"),
    ),
)
