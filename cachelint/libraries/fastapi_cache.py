"""fastapi-cache2: a decorator that swallows outages and leaves the Request out of its key."""

from __future__ import annotations

from cachelint.vocabulary import CacheDelete, CacheRead, CacheWrite, Library, Memoizes, Obtains, Type

_BACKEND = "fastapi_cache.types.Backend"

FASTAPI_CACHE = Library(
    name="fastapi-cache2",
    packages="fastapi_cache",
    rows=(
        Type(name="fastapi_cache.FastAPICache"),
        Type(name=_BACKEND, aliases="fastapi_cache.backends.Backend"),
        Type(name="fastapi_cache.backends.redis.RedisBackend", bases=_BACKEND),
        Type(name="fastapi_cache.backends.inmemory.InMemoryBackend", bases=_BACKEND),
        # Request and Response parameters are removed first: what is read from them is not in the key.
        Memoizes(
            on="fastapi_cache.decorator",
            names="cache",
            params="expire coder key_builder namespace",
            key_params="key_builder",
            key_from="args",
            ttl="expire",
            omitted="default",
            swallows=True,
            response=True,
        ),
        Obtains(on="fastapi_cache.FastAPICache", names="get_backend", gives=_BACKEND),
        # Drops a namespace; without one, everything under the prefix.
        CacheDelete(on="fastapi_cache.FastAPICache", names="clear", params="namespace key", everything=True),
        CacheRead(on=_BACKEND, names="get get_with_ttl", params="key"),
        CacheWrite(on=_BACKEND, names="set", params="key value expire", ttl="expire"),
        CacheDelete(on=_BACKEND, names="clear", params="namespace key", key="key"),
        # No Outage: what direct calls raise is not verified.
    ),
)
