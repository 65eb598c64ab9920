"""dogpile.cache: a miss is NO_VALUE, the expiration is checked on read, the server key has no TTL."""

from __future__ import annotations

from cachelint.vocabulary import (
    CacheDelete,
    CacheGetOrSet,
    CacheRead,
    CacheWrite,
    Library,
    Memoizes,
    Obtains,
    Outage,
    Type,
)

_REGION = "dogpile.cache.region.CacheRegion"
_REDIS_DOWN = "redis.exceptions.ConnectionError redis.exceptions.TimeoutError"
_NO_VALUE = "sentinel:dogpile.cache.api.NO_VALUE instance:dogpile.cache.api.NoValue"

DOGPILE = Library(
    name="dogpile.cache",
    packages="dogpile",
    rows=(
        Type(name=_REGION, aliases="dogpile.cache.CacheRegion"),
        Obtains(on="dogpile.cache dogpile.cache.region", names="make_region", gives=_REGION),
        Obtains(
            on=_REGION,
            names="configure",
            params="backend expiration_time arguments",
            gives="self",
            options="backend",
        ),
        CacheRead(on=_REGION, names="get", params="key expiration_time ignore_expiration", misses=_NO_VALUE),
        CacheRead(
            on=_REGION,
            names="get_multi",
            params="keys expiration_time ignore_expiration",
            key="keys",
            many=True,
            misses=_NO_VALUE,
        ),
        # The region's expiration_time is the only limit: "default".
        CacheWrite(on=_REGION, names="set", params="key value", omitted="default"),
        CacheWrite(
            on=_REGION,
            names="set_multi",
            params="mapping",
            key="mapping",
            value="mapping",
            omitted="default",
            many=True,
        ),
        CacheGetOrSet(
            on=_REGION,
            names="get_or_create",
            one_loads=True,
            params="key creator expiration_time should_cache_fn creator_args",
            loader="creator",
            ttl="expiration_time",
            none="default",
            zero="expired",
        ),
        CacheGetOrSet(
            on=_REGION,
            names="get_or_create_multi",
            one_loads=True,
            params="keys creator expiration_time should_cache_fn",
            key="keys",
            loader="creator",
            ttl="expiration_time",
            none="default",
            zero="expired",
        ),
        CacheDelete(on=_REGION, names="delete", params="key", key="key"),
        CacheDelete(on=_REGION, names="delete_multi", params="keys", key="keys", many=True),
        # Marks the region stale in this process only.
        CacheDelete(on=_REGION, names="invalidate", params="hard", everything=True),
        Memoizes(
            on=_REGION,
            names="cache_on_arguments cache_multi_on_arguments",
            params="namespace expiration_time should_cache_fn to_str function_key_generator",
            used="called",
            key_params="function_key_generator",
            spells=True,
            ttl="expiration_time",
            omitted="default",
        ),
        # What escapes is the backend's; a region whose configure() is not seen stays silent.
        Outage(
            on=_REGION,
            raises=_REDIS_DOWN,
            root="redis.exceptions.RedisError",
            kind="Redis",
            when="backend=dogpile.cache.redis",
        ),
        Outage(
            on=_REGION,
            raises="builtins.OSError pymemcache.exceptions.MemcacheUnexpectedCloseError",
            root="pymemcache.exceptions.MemcacheError",
            kind="Memcached",
            when="backend=dogpile.cache.pymemcache",
        ),
        Outage(
            on=_REGION,
            raises="pylibmc.ConnectionError pylibmc.ServerDown",
            root="pylibmc.Error",
            kind="Memcached",
            when="backend=dogpile.cache.pylibmc",
        ),
    ),
)
