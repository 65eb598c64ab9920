"""functools.lru_cache and friends, and Django's cached_property: memory of one process, no TTL."""

from __future__ import annotations

from cachelint.vocabulary import Library, Memoizes

FUNCTOOLS = Library(
    name="functools",
    packages="functools",
    rows=(
        Memoizes(on="functools", names="lru_cache", params="maxsize typed", process=True, swallows=True),
        Memoizes(on="functools", names="cache", used="bare", process=True, swallows=True),
        # One value per instance.
        Memoizes(
            on="functools django.utils.functional werkzeug.utils",
            names="cached_property",
            used="bare",
            process=True,
            swallows=True,
        ),
    ),
)
