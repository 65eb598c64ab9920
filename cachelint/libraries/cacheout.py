"""cacheout: caches in process memory."""

from __future__ import annotations

from cachelint.vocabulary import CacheDelete, CacheRead, CacheWrite, Library, Memoizes, Outage, Type

_CACHE = "cacheout.Cache"
_KINDS = "LRUCache MRUCache LFUCache FIFOCache LIFOCache RRCache"

CACHEOUT = Library(
    name="cacheout",
    packages="cacheout",
    rows=(
        Type(name=_CACHE, aliases="cacheout.cache.Cache", call_params="maxsize ttl timer default", bounded=True),
        *(Type(name=f"cacheout.{kind}", bases=_CACHE, call_params="maxsize ttl") for kind in _KINDS.split()),
        CacheRead(on=_CACHE, names="get", params="key default", misses="none default"),
        CacheWrite(on=_CACHE, names="set", params="key value ttl", ttl="ttl", omitted="default", none="default"),
        CacheWrite(
            on=_CACHE,
            names="add",
            params="key value ttl",
            ttl="ttl",
            omitted="default",
            none="default",
            only_new=True,
        ),
        CacheDelete(on=_CACHE, names="delete", params="key", key="key"),
        CacheDelete(on=_CACHE, names="clear", everything=True),
        Memoizes(
            on=_CACHE,
            names="memoize",
            params="* ttl typed",
            used="called",
            ttl="ttl",
            omitted="default",
            process=True,
            swallows=True,
        ),
        Outage(on=_CACHE, raises="", kind="memory"),
    ),
)
