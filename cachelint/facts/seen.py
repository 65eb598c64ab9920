"""What files held when they were read last, so that those that nobody has touched since are not read again.

Why it is safe to believe a file's times. A content is noted only for a file that had not been written, renamed or given
other times for a while (SETTLED) before it was opened. Whatever is done to it later gives it a change time (ctime) of
that moment, which nobody can choose, and which lies more than the coarsest step of a clock after the one that was
noted. So a file replaced within the same second, by one of the same size and modification time, is told apart, and so
is one put in its place (another inode). Where the change time is none (Windows), nothing is noted. Who may not read
what another user read has notes of their own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from cachelint.facts.version import extractor_version
from cachelint.store import Store, key_of

# Longer than the step of the times that file systems keep: two seconds in the worst case.
SETTLED = 2_500_000_000


class Content(msgspec.Struct, frozen=True, array_like=True):
    """What a file held: the key of its bytes, and whether they have facts (else they cannot matter). `signature` is
    what the file system says of a file that holds it."""

    signature: tuple[int, int, int, int, int]
    key: bytes
    has_facts: bool


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(dict[str, Content])


class _Opened(NamedTuple):
    signature: tuple[int, int, int, int, int]
    key: bytes


class Seen:
    """The notes in a store about the files of its project, by their paths there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._place = key_of(b"seen", extractor_version(), repr(getattr(os, "geteuid", int)()).encode())
        self._is_safe = os.name != "nt"
        self._contents = self._read() if self._is_safe else {}
        self._opened: dict[str, _Opened] = {}
        self._has_news = False

    def _read(self) -> dict[str, Content]:
        value = self._store.get(self._place)
        try:
            return _DECODER.decode(value) if value is not None else {}
        except (ValueError, RecursionError):
            return {}

    def unchanged(self, path: str, file: str, most: int) -> Content | None:
        """What a file holds that is as it was; None where it has to be read. Files beyond `most` bytes are."""
        known = self._contents.get(path)
        if known is None:
            return None
        try:
            now = os.stat(file)
        except (OSError, ValueError):
            return None
        return known if now.st_size <= most and _signature(now) == known.signature else None

    def opened(self, path: str, status: os.stat_result, key: bytes) -> None:
        """Hear what a file held; `status` is what the file system said before it was read."""
        if self._is_safe and max(status.st_mtime_ns, status.st_ctime_ns) + SETTLED < time.time_ns():
            self._opened[path] = _Opened(_signature(status), key)

    def note(self, path: str, key: bytes | None, has_facts: bool) -> None:
        """Note what became of a file that was opened, if it still held the same when that was found out."""
        opened = self._opened.pop(path, None)
        if opened is not None and opened.key == key:
            self._contents[path] = Content(opened.signature, opened.key, has_facts)
            self._has_news = True

    def keep(self) -> None:
        """Put the notes into the store."""
        if self._has_news:
            self._store.put(self._place, _ENCODER.encode(dict(self._sorted())))

    def _sorted(self) -> Iterator[tuple[str, Content]]:
        for path in sorted(self._contents):
            yield path, self._contents[path]


def _signature(status: os.stat_result) -> tuple[int, int, int, int, int]:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev
