"""cachetools: mappings in process memory, and decorators over them."""

from __future__ import annotations

from cachelint.vocabulary import CacheDelete, CacheRead, CacheWrite, Library, Mapping, Memoizes, Outage, Type

_CACHE = "cachetools.Cache"
_UNTIMED = "cachetools.FIFOCache cachetools.LFUCache cachetools.LRUCache cachetools.RRCache"

CACHETOOLS = Library(
    name="cachetools",
    packages="cachetools",
    rows=(
        Type(name=_CACHE, call_params="maxsize getsizeof", bounded=True),
        Type(name="cachetools.TTLCache", bases=_CACHE, call_params="maxsize ttl timer getsizeof"),
        Type(name="cachetools.TLRUCache", bases=_CACHE, call_params="maxsize ttu timer getsizeof"),
        *(Type(name=name, bases=_CACHE, call_params="maxsize getsizeof") for name in _UNTIMED.split()),
        Mapping(on=_CACHE),
        CacheRead(on=_CACHE, names="get", params="key default", misses="none default"),
        # Every entry lives as long as its container says: "default".
        CacheWrite(
            on=_CACHE,
            names="setdefault",
            params="key value|default",
            omitted="default",
            only_new=True,
        ),
        CacheDelete(on=_CACHE, names="pop", params="key default", key="key"),
        CacheDelete(on=_CACHE, names="clear", everything=True),
        Memoizes(
            on="cachetools",
            names="cached",
            params="cache key lock condition info",
            used="called",
            key_params="key",
            process=True,
            swallows=True,
        ),
        Memoizes(
            on="cachetools",
            names="cachedmethod",
            params="cache key lock condition info",
            used="called",
            key_params="key",
            process=True,
            swallows=True,
        ),
        Memoizes(
            on="cachetools.func",
            names="ttl_cache",
            params="maxsize ttl timer typed",
            ttl="ttl",
            omitted="default",
            process=True,
            swallows=True,
        ),
        Memoizes(
            on="cachetools.func",
            names="lru_cache lfu_cache fifo_cache rr_cache",
            params="maxsize typed",
            process=True,
            swallows=True,
        ),
        Outage(on=_CACHE, raises="", kind="memory"),
    ),
)
