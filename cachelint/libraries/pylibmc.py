"""pylibmc: libmemcached bindings; every failure of the server is a pylibmc.Error."""

from __future__ import annotations

from cachelint.vocabulary import (
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheRead,
    CacheWrite,
    Error,
    Library,
    Outage,
    Type,
)

_CLIENT = "pylibmc.Client"

PYLIBMC = Library(
    name="pylibmc",
    packages="pylibmc",
    rows=(
        Type(
            name=_CLIENT,
            aliases="pylibmc.client.Client",
            call_params="servers binary",
            receiver_names="mc memcache_client memcached_client",
            name_evidence="pylibmc",
        ),
        # ThreadMappedPool.reserve() gives the client as the target of a with statement: no row says that yet.
        CacheRead(on=_CLIENT, names="get", params="key default", misses="none default"),
        CacheRead(on=_CLIENT, names="get_multi", params="keys key_prefix", key="keys", many=True, misses="empty"),
        CacheWrite(
            on=_CLIENT,
            names="set replace",
            params="key val time",
            value="val",
            ttl="time",
            none="error",
            zero="never",
        ),
        CacheWrite(
            on=_CLIENT,
            names="add",
            params="key val time",
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
        CacheDelete(on=_CLIENT, names="delete", params="key", key="key"),
        CacheDelete(on=_CLIENT, names="delete_multi", params="keys key_prefix", key="keys", many=True),
        CacheDelete(on=_CLIENT, names="flush_all", everything=True),
        CacheExpire(on=_CLIENT, names="touch", params="key time", ttl="time"),
        CacheCount(on=_CLIENT, names="incr decr", params="key delta"),
        Outage(
            on=_CLIENT,
            raises="pylibmc.ConnectionError pylibmc.ServerDown",
            root="pylibmc.Error",
            kind="Memcached",
        ),
        Error(name="pylibmc.Error", aliases="_pylibmc.Error"),
        Error(name="pylibmc.ConnectionError", bases="pylibmc.Error", aliases="_pylibmc.ConnectionError"),
        Error(name="pylibmc.ServerDown", bases="pylibmc.Error", aliases="_pylibmc.ServerDown"),
        Error(name="pylibmc.NotFound", bases="pylibmc.Error", aliases="_pylibmc.NotFound"),
    ),
)
