"""cashews: async caching with decorators; by default nothing is raised when Redis is down."""

from __future__ import annotations

from cachelint.vocabulary import (
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheLock,
    CacheRead,
    CacheScan,
    CacheTouch,
    CacheWrite,
    Configures,
    Error,
    Library,
    Memoizes,
    Obtains,
    Outage,
    Type,
)

_CACHE = "cashews.wrapper.Cache"
_ROOT = "cashews.exceptions.CacheError"
_DOWN = "cashews.exceptions.CacheBackendInteractionError"

CASHEWS = Library(
    name="cashews",
    packages="cashews",
    rows=(
        Type(name=_CACHE, aliases="cashews.Cache"),
        Obtains(on="cashews", names="cache", how="value", gives=_CACHE),
        CacheRead(on=_CACHE, names="get", params="key default", misses="none default"),
        CacheRead(on=_CACHE, names="get_many", params="*keys", key="keys", many=True),
        CacheRead(on=_CACHE, names="exists", params="key", misses="false"),
        # None and 0 both mean no expiry.
        CacheWrite(on=_CACHE, names="set", params="key value expire exist tags", ttl="expire", zero="never"),
        CacheWrite(
            on=_CACHE,
            names="set_many",
            params="pairs expire",
            key="pairs",
            value="pairs",
            ttl="expire",
            zero="never",
            many=True,
        ),
        CacheDelete(on=_CACHE, names="delete", params="key", key="key"),
        CacheDelete(on=_CACHE, names="delete_many", params="*keys", key="keys", many=True),
        CacheDelete(on=_CACHE, names="delete_match", params="pattern", key="pattern", pattern=True),
        # Tags are no keys.
        CacheDelete(on=_CACHE, names="delete_tags", params="*tags"),
        CacheDelete(on=_CACHE, names="clear", everything=True),
        CacheExpire(on=_CACHE, names="expire", params="key timeout", ttl="timeout"),
        CacheCount(on=_CACHE, names="incr", params="key"),
        CacheScan(on=_CACHE, names="scan get_match", params="pattern", pattern="pattern"),
        CacheLock(on=_CACHE, names="lock", params="key expire wait", key="key", ttl="expire"),
        CacheTouch(on=_CACHE, names="ping"),
        Memoizes(
            on=_CACHE,
            names="__call__",
            params="ttl key condition lock tags protected",
            used="called",
            key_params="key",
            spells=True,
            ttl="ttl",
            omitted="error",
            swallows=True,
        ),
        Memoizes(
            on=_CACHE,
            names="early soft hit failover dynamic iterator",
            params="ttl key",
            used="called",
            key_params="key",
            spells=True,
            ttl="ttl",
            swallows=True,
        ),
        # locked, circuit_breaker, rate_limit and bloom cache nothing: left out.
        Configures(on=_CACHE, names="setup", params="settings_url * suppress", options="suppress"),
        Outage(on=_CACHE, raises=_DOWN, root=_ROOT, kind="cashews", when="suppress=False"),
        Outage(on=_CACHE, names="ping", raises=_DOWN, root=_ROOT, kind="cashews"),
        Error(name=_ROOT, aliases="cashews.CacheError"),
        Error(name=_DOWN, bases=_ROOT, aliases="cashews.CacheBackendInteractionError"),
        Error(name="cashews.exceptions.LockedError", bases=_ROOT, aliases="cashews.LockedError"),
    ),
)
