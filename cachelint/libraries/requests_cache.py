"""requests-cache: a session that keeps the answers of other people's servers."""

from __future__ import annotations

from cachelint.vocabulary import Library, Type

# The session caches HTTP answers under keys of its own, which no row describes. The type is here so that
# `session` is known to be no database session.
REQUESTS_CACHE = Library(
    name="requests-cache",
    packages="requests_cache",
    rows=(
        Type(
            name="requests_cache.CachedSession",
            aliases="requests_cache.session.CachedSession",
            call_params="cache_name backend serializer expire_after",
        ),
    ),
)
