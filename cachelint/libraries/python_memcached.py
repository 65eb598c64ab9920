"""python-memcached: silent when the server is down; only illegal keys raise."""

from __future__ import annotations

from cachelint.vocabulary import (
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheRead,
    CacheTouch,
    CacheWrite,
    Error,
    Library,
    Outage,
    Type,
)

_CLIENT = "memcache.Client"
_SET = "key val time min_compress_len noreply"

PYTHON_MEMCACHED = Library(
    name="python-memcached",
    packages="memcache",
    rows=(
        Type(
            name=_CLIENT,
            call_params="servers debug",
            receiver_names="mc memcache_client memcached_client",
            name_evidence="memcache",
        ),
        CacheRead(on=_CLIENT, names="get gets", params="key default", misses="none default"),
        CacheRead(on=_CLIENT, names="get_multi", params="keys key_prefix", key="keys", many=True, misses="empty"),
        CacheWrite(
            on=_CLIENT,
            names="set replace cas",
            params=_SET,
            value="val",
            ttl="time",
            none="error",
            zero="never",
        ),
        CacheWrite(
            on=_CLIENT,
            names="add",
            params=_SET,
            value="val",
            ttl="time",
            none="error",
            zero="never",
            only_new=True,
        ),
        CacheWrite(
            on=_CLIENT,
            names="set_multi",
            params="mapping time key_prefix",
            key="mapping",
            value="mapping",
            ttl="time",
            none="error",
            zero="never",
            many=True,
        ),
        CacheDelete(on=_CLIENT, names="delete", params="key noreply", key="key"),
        CacheDelete(on=_CLIENT, names="delete_multi", params="keys", key="keys", many=True),
        CacheDelete(on=_CLIENT, names="flush_all", everything=True),
        CacheExpire(on=_CLIENT, names="touch", params="key time", ttl="time"),
        CacheCount(on=_CLIENT, names="incr decr", params="key delta"),
        CacheTouch(on=_CLIENT, names="get_stats"),
        Outage(on=_CLIENT, raises="", kind="Memcached"),
        Error(name="memcache.Client.MemcachedKeyError"),
        Error(name="memcache.Client.MemcachedKeyCharacterError", bases="memcache.Client.MemcachedKeyError"),
        Error(name="memcache.Client.MemcachedKeyLengthError", bases="memcache.Client.MemcachedKeyError"),
    ),
)
