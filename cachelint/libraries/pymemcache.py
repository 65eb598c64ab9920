"""pymemcache: memcached over plain sockets; its network failures are builtin OSErrors, not MemcacheErrors."""

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
    Obtains,
    Outage,
    Type,
)

_CLIENT = "pymemcache.client.base.Client"
_HASH = "pymemcache.client.hash.HashClient"
_ROOT = "pymemcache.exceptions.MemcacheError"
# A refused connection is an OSError, one closed in mid-answer a MemcacheUnexpectedCloseError: neither
# `except MemcacheError` nor `except OSError` alone is enough.
_DOWN = "builtins.OSError pymemcache.exceptions.MemcacheUnexpectedCloseError"
_READS = "get gets get_many get_multi gets_many"
_OTHERS = (
    "set set_many set_multi add replace append prepend cas delete delete_many delete_multi incr decr touch "
    "flush_all stats version"
)
_CAS_PARAMS = "key value cas expire noreply flags"


def _error(name: str, bases: str = _ROOT) -> Error:
    aliases = f"pymemcache.{name} pymemcache.client.base.{name} pymemcache.client.{name}"
    return Error(name=f"pymemcache.exceptions.{name}", bases=bases, aliases=aliases)


PYMEMCACHE = Library(
    name="pymemcache",
    packages="pymemcache",
    rows=(
        Type(
            name=_CLIENT,
            aliases="pymemcache.Client pymemcache.client.Client pymemcache.PooledClient "
            "pymemcache.client.PooledClient pymemcache.client.base.PooledClient",
            call_params="server serde serializer deserializer connect_timeout timeout no_delay ignore_exc",
            receiver_names="memcache memcached memcache_client memcached_client",
            name_evidence="pymemcache",
        ),
        Type(
            name=_HASH,
            aliases="pymemcache.HashClient pymemcache.client.HashClient",
            bases=_CLIENT,
            call_params="servers * connect_timeout timeout ignore_exc",
        ),
        Obtains(
            on="pymemcache pymemcache.client pymemcache.client.retrying",
            names="RetryingClient",
            params="client",
            gives="argument:client",
        ),
        CacheRead(on=_CLIENT, names="get", params="key default", misses="none default"),
        CacheRead(on=_CLIENT, names="gets", params="key default cas_default", misses="default"),
        CacheRead(
            on=_CLIENT,
            names="get_many get_multi gets_many",
            params="keys",
            key="keys",
            many=True,
            misses="empty",
        ),
        # 0 never expires; a float or None is a MemcacheIllegalInputError.
        CacheWrite(
            on=_CLIENT,
            names="set replace",
            params="key value expire noreply flags",
            ttl="expire",
            none="error",
            zero="never",
        ),
        CacheWrite(
            on=_CLIENT,
            names="add",
            params="key value expire noreply flags",
            ttl="expire",
            none="error",
            zero="never",
            only_new=True,
        ),
        CacheWrite(on=_CLIENT, names="cas", params=_CAS_PARAMS, ttl="expire", none="error", zero="never"),
        CacheWrite(
            on=_CLIENT,
            names="set_many set_multi",
            params="values expire noreply flags",
            key="values",
            value="values",
            ttl="expire",
            none="error",
            zero="never",
            many=True,
        ),
        CacheDelete(on=_CLIENT, names="delete", params="key noreply", key="key"),
        CacheDelete(on=_CLIENT, names="delete_many delete_multi", params="keys noreply", key="keys", many=True),
        CacheDelete(on=_CLIENT, names="flush_all", params="delay noreply", everything=True),
        CacheExpire(on=_CLIENT, names="touch", params="key expire noreply", ttl="expire"),
        CacheCount(on=_CLIENT, names="incr decr append prepend", params="key value noreply"),
        CacheTouch(on=_CLIENT, names="stats version"),
        # ignore_exc turns the reads of a Client into misses, but its writes still raise; a HashClient
        # swallows both.
        Outage(on=_CLIENT, names=_READS, raises=_DOWN, root=_ROOT, kind="Memcached", unless="ignore_exc=True"),
        Outage(on=_CLIENT, names=_OTHERS, raises=_DOWN, root=_ROOT, kind="Memcached"),
        Outage(on=_HASH, raises=_DOWN, root=_ROOT, kind="Memcached", unless="ignore_exc=True"),
        _error("MemcacheError", "builtins.Exception"),
        _error("MemcacheClientError"),
        _error("MemcacheUnknownCommandError", "pymemcache.exceptions.MemcacheClientError"),
        _error("MemcacheIllegalInputError", "pymemcache.exceptions.MemcacheClientError"),
        _error("MemcacheServerError"),
        _error("MemcacheUnexpectedCloseError", "pymemcache.exceptions.MemcacheServerError"),
        _error("MemcacheUnknownError"),
    ),
)
