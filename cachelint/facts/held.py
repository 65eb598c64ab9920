"""What large files held when they were parsed last: of one edited since only what the edit touches is parsed."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence

from msgspec.structs import replace

from cachelint.facts.known import kept_encoded
from cachelint.facts.single import Earlier, Gathered, Request, content_key
from cachelint.store import KEY_BYTES, Store, key_of

# A file of fewer bytes is parsed in less time than it takes to import the parser.
LARGE = 40_000
LEVEL = 1


def remember(store: Store, requests: Sequence[Request], results: Sequence[Gathered]) -> None:
    """Keep what large files hold of which these are the results. What an editor is about to write is not one."""
    for request, result in zip(requests, results, strict=True):
        if request.data is None and result.has_facts and result.key is not None:
            data = _large(request.file)
            if data and content_key(data) == result.key:
                store.put(_place(request), result.key + zlib.compress(data, LEVEL))


def with_earlier(request: Request, store: Store) -> Request:
    """A request that says what the file held before, where that is known."""
    kept = store.get(_place(request)) if request.earlier is None else None
    if kept is None:
        return request
    key = kept[:KEY_BYTES]
    try:
        data = zlib.decompress(kept[KEY_BYTES:])
    except zlib.error:
        return request
    facts = kept_encoded(store, key) if content_key(data) == key else None
    return request if facts is None else replace(request, earlier=Earlier(data, facts))


def _large(path: str) -> bytes | None:
    try:
        if os.stat(path).st_size < LARGE:
            return None
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return None


def _place(request: Request) -> bytes:
    return key_of(b"held", os.fsencode(request.path))
