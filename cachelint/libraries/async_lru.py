"""async-lru: lru_cache for coroutines, with an optional TTL; concurrent calls share one computation."""

from __future__ import annotations

from cachelint.vocabulary import Library, Memoizes

ASYNC_LRU = Library(
    name="async-lru",
    packages="async_lru",
    rows=(
        Memoizes(
            on="async_lru",
            names="alru_cache",
            params="maxsize typed * ttl jitter",
            ttl="ttl",
            process=True,
            swallows=True,
        ),
    ),
)
