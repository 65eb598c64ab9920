"""Results that need not be worked out: those of shards and of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from cachelint.facts import decode, may_matter
from cachelint.facts.model import FileFacts
from cachelint.facts.seen import Seen
from cachelint.facts.single import Gathered, Limits, Request, content_key, gather_one, opened, recent
from cachelint.finding import AnalysisError
from cachelint.store import Store

_FACTS, _ERROR = b"F", b"E"


class Known(NamedTuple):
    """Results by the keys of contents: those of shards, and those of the store, which gets what a shard had. And which
    contents files had that nobody has touched since."""

    shards: Mapping[bytes, bytes]
    store: Store | None
    seen: Seen | None

    def get(self, key: bytes) -> bytes | None:
        kept = self.store.get(key) if self.store else None
        if kept is None and key in self.shards:
            kept = self.shards[key]
            if self.store:
                self.store.put(key, kept)
        return kept

    def unread(self, request: Request, limits: Limits) -> Gathered | None:
        """The result for a file that need not be read; its facts are, once somebody wants them."""
        if self.seen is None or self.store is None or request.data is not None:
            return None
        content = self.seen.unchanged(request.path, request.file, limits.size)
        if content is None or not content.has_facts:
            return None if content is None else Gathered(key=content.key)
        if not self.store.has(content.key):
            return None
        return Gathered(_Later(self.store, content.key, request, limits), key=content.key)

    def read(self, request: Request, limits: Limits) -> bytes:
        if request.data is not None:
            return request.data
        data, status = opened(request, limits)
        if self.seen is not None:
            self.seen.opened(request.path, status, content_key(data))
        return data

    def note(self, requests: Sequence[Request], results: Sequence[Gathered]) -> None:
        if self.seen is not None:
            for request, result in zip(requests, results, strict=True):
                if result.error is None:
                    self.seen.note(request.path, result.key, result.has_facts)
            self.seen.keep()


class _Later:
    """The facts of a file that are read from the store when they are wanted."""

    def __init__(self, store: Store, key: bytes, request: Request, limits: Limits) -> None:
        self._store, self._key, self._request, self._limits = store, key, request, limits
        self._encoded: bytes | None = None

    def __call__(self) -> bytes:
        if self._encoded is None:
            value = self._store.get(self._key)
            is_whole = value is not None and value[:1] == _FACTS
            self._encoded = value[1:] if value is not None and is_whole else self._again()
        return self._encoded

    def _again(self) -> bytes:
        """Made again, because the store's are damaged. Raises OSError when the file holds something else by now."""
        result = gather_one(self._request, self._limits)
        if result.encoded is None or result.key != self._key:
            raise OSError(0, "changed while it was read", self._request.path)
        return result.encoded


def stored(request: Request, limits: Limits, known: Known) -> Gathered | None:
    """What an earlier run made of the same bytes; None when it has to be worked out."""
    try:
        unread = known.unread(request, limits)
        if unread is not None:
            return unread
        data = known.read(request, limits)
        if len(data) > limits.size:
            return None
        key = content_key(data)
        value = known.get(key)
        if value is not None:
            return _from_value(value, request.path, key)
        return None if may_matter(data) else Gathered(key=key)
    except (OSError, ValueError):
        return None


def as_value(result: Gathered) -> bytes:
    """A result that only a file's content decided, as bytes to keep under its key."""
    if result.error is None:
        return _FACTS + (result.encoded or b"")
    return _ERROR + msgspec.msgpack.encode((result.error.line, result.error.column, result.error.message))


def _from_value(value: bytes, path: str, key: bytes) -> Gathered | None:
    kind, content = value[:1], value[1:]
    if kind == _FACTS:
        return Gathered(content, key=key)
    if kind != _ERROR:
        return None
    line, column, message = msgspec.msgpack.decode(content, type=tuple[int, int, str])
    return Gathered(None, AnalysisError(path, line, column, message), True, key)


def kept_facts(store: Store, key: bytes) -> FileFacts | None:
    """The facts that a result with this key had, None when the store does not have them any more."""
    if (facts := recent(key)) is not None:
        return facts
    encoded = kept_encoded(store, key)
    try:
        return decode(encoded) if encoded is not None else None
    except ValueError:
        return None


def kept_encoded(store: Store, key: bytes) -> bytes | None:
    """The same, encoded."""
    value = store.get(key)
    return value[1:] if value is not None and value[:1] == _FACTS else None
