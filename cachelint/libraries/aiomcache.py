"""aiomcache: async memcached; keys and values are bytes."""

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

_CLIENT = "aiomcache.Client"
_ROOT = "aiomcache.exceptions.ClientException"

AIOMCACHE = Library(
    name="aiomcache",
    packages="aiomcache",
    rows=(
        Type(name=_CLIENT, aliases="aiomcache.client.Client aiomcache.FlagClient", call_params="host port"),
        CacheRead(on=_CLIENT, names="get gets", params="key default", misses="none default"),
        CacheRead(on=_CLIENT, names="multi_get", params="*keys", key="keys", many=True),
        CacheWrite(
            on=_CLIENT,
            names="set replace",
            params="key value exptime",
            ttl="exptime",
            none="error",
            zero="never",
        ),
        CacheWrite(
            on=_CLIENT,
            names="add",
            params="key value exptime",
            ttl="exptime",
            none="error",
            zero="never",
            only_new=True,
        ),
        CacheWrite(
            on=_CLIENT,
            names="cas",
            params="key value cas_token exptime",
            ttl="exptime",
            none="error",
            zero="never",
        ),
        CacheDelete(on=_CLIENT, names="delete", params="key", key="key"),
        CacheDelete(on=_CLIENT, names="flush_all", everything=True),
        CacheExpire(on=_CLIENT, names="touch", params="key exptime", ttl="exptime"),
        CacheCount(on=_CLIENT, names="incr decr append prepend", params="key increment"),
        # A refused connection is an OSError, a broken answer a ClientException: both must be caught.
        Outage(on=_CLIENT, raises=f"builtins.OSError {_ROOT}", root=_ROOT, kind="Memcached"),
        Error(name=_ROOT, aliases="aiomcache.ClientException"),
        Error(
            name="aiomcache.exceptions.ValidationException",
            bases=_ROOT,
            aliases="aiomcache.ValidationException",
        ),
    ),
)
