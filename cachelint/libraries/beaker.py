"""Beaker: decorators that cache a function in a region."""

from __future__ import annotations

from cachelint.vocabulary import Library, Memoizes, Type

_MANAGER = "beaker.cache.CacheManager"

# Backends are chosen in a settings dictionary and what they raise is not verified: no Outage.
BEAKER = Library(
    name="beaker",
    packages="beaker",
    rows=(
        Type(name=_MANAGER),
        Memoizes(on=_MANAGER, names="cache", params="*args expire", used="called", ttl="expire", omitted="default"),
        Memoizes(on=_MANAGER, names="region", params="region *args", used="called", omitted="default"),
        Memoizes(on="beaker.cache", names="cache_region", params="region *args", used="called", omitted="default"),
    ),
)
