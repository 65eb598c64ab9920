"""What earlier runs worked out, on disk: bytes under keys made of content, in packs that are written once and whole.

A pack is written beside its place and then renamed into it, under a name of its own. So a run that is killed leaves no
half of one, runs at the same time need not wait for each other, and what cannot be read is a miss. Losing the folder
loses time only.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

FOLDER = ".cachelint_cache"
MAGIC = b"cachelint pack 1"
SUFFIX = ".pack"
UNFINISHED = ".part"
KEY_BYTES = 16
DAY = 86_400
# An entry that no run asked for in so many days is dropped when packs are merged.
KEEP_DAYS = 30
# Packs are merged when there are more than this, or when the oldest is older (in days).
MANY_PACKS = 8
OLD_PACK_DAYS = 7
# Beyond this many bytes the entries asked for longest ago are dropped; what this run asked for always stays.
MAX_BYTES = 128 * 1024 * 1024
# A leaving of a run that was killed, and not of one that still writes, after so many seconds.
ABANDONED = 3600
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by cachelint. https://bford.info/cachedir/\n"


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """Where a value lies in its pack, its checksum, and the day (since 1970) it was last asked for."""

    offset: int
    length: int
    checksum: int
    day: int


Index = dict[bytes, Entry]
_INDEX = msgspec.msgpack.Decoder(Index)


class Size(msgspec.Struct, frozen=True):
    """What a store holds."""

    packs: int
    entries: int
    bytes: int


def key_of(*parts: bytes) -> bytes:
    """The key for something that is made of exactly these parts."""
    digest = hashlib.blake2b(digest_size=KEY_BYTES)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()


def folders(project: Path, environment: Mapping[str, str]) -> list[Path]:
    """Where the store of a project may be, best first."""
    found = [project / FOLDER]
    if environment.get("XDG_CACHE_HOME"):
        name = key_of(os.fsencode(project.resolve())).hex()
        found.append(Path(environment["XDG_CACHE_HOME"]) / "cachelint" / name)
    return found


def open_store(project: Path, environment: Mapping[str, str]) -> Store:
    """The store of a project. Nothing is created before there is something to write."""
    candidates = folders(project, environment)
    writable = [folder for folder in candidates if _is_writable(folder)]
    return Store((writable or candidates)[0], is_writable=bool(writable))


def _is_writable(folder: Path) -> bool:
    while not os.path.lexists(folder):
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


class Store:
    """Values by key. `get` reads from disk, `put` keeps for `save`, which writes all of them at once.

    No method raises OSError: what cannot be read is missing, what cannot be written is not kept.
    """

    def __init__(self, folder: Path, is_writable: bool = True) -> None:
        self.folder = folder
        self.is_writable = is_writable
        self._fresh: dict[bytes, bytes] = {}
        self._asked: set[bytes] = set()
        self._packs: dict[Path, Index] | None = None
        self._places: dict[bytes, tuple[Path, Entry]] = {}
        self._streams: dict[Path, BinaryIO] = {}

    def get(self, key: bytes) -> bytes | None:
        """The value under a key, None when there is none that is whole."""
        if key in self._fresh:
            return self._fresh[key]
        if self._packs is None:
            self._load()
        if key not in self._places:
            return None
        path, entry = self._places[key]
        value = self._read(path, entry)
        if value is not None:
            self._asked.add(key)
        return value

    def has(self, key: bytes) -> bool:
        """Whether there is a value under a key, which may turn out not to be whole; it counts as asked for."""
        if self._packs is None:
            self._load()
        if key in self._places:
            self._asked.add(key)
        return key in self._places or key in self._fresh

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value; it is on disk after `save`."""
        self._fresh[key] = value

    def save(self) -> None:
        """Write what is new, and tidy up when it is time to."""
        with contextlib.suppress(OSError):
            if self.is_writable and (self._fresh or self._is_untidy()):
                self._write_all()
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()

    __del__ = close

    def size(self) -> Size:
        """How much there is on disk."""
        if self._packs is None:
            self._load()
        return Size(len(self._packs or ()), len(self._places), sum(_bytes_of(path) for path in self._packs or ()))

    def clear(self) -> None:
        """Remove everything the store wrote, and its folder when nothing else lies in it."""
        self.close()
        names = [
            *self._names(SUFFIX),
            *self._names(UNFINISHED),
            self.folder / ".gitignore",
            self.folder / "CACHEDIR.TAG",
        ]
        with contextlib.suppress(OSError):
            for path in names:
                path.unlink(missing_ok=True)
            self.folder.rmdir()

    # ------------------------------------------------------------------------------------------ reading

    def _load(self) -> None:
        self._packs = {}
        for path in self._names(SUFFIX):
            # It stays open: another run may remove it before its values are wanted.
            index = self._packs[path] = _index_of(path, self._streams)
            self._places.update((key, (path, entry)) for key, entry in index.items())

    def _names(self, suffix: str) -> list[Path]:
        try:
            names = sorted(os.listdir(self.folder))
        except OSError:
            return []
        return [self.folder / name for name in names if name.endswith(suffix)]

    def _read(self, path: Path, entry: Entry) -> bytes | None:
        try:
            if path not in self._streams:
                self._streams[path] = open(path, "rb")  # noqa: SIM115 closed by close()
            stream = self._streams[path]
            stream.seek(entry.offset)
            value = stream.read(entry.length)
        except (OSError, ValueError, OverflowError):
            return None
        return value if len(value) == entry.length and zlib.crc32(value) == entry.checksum else None

    # ------------------------------------------------------------------------------------------ writing

    def _is_untidy(self) -> bool:
        packs = self._packs or {}
        oldest = max((_age_in_days(path) for path in packs), default=0.0)
        return len(packs) > MANY_PACKS or oldest > OLD_PACK_DAYS or self._is_too_big()

    def _is_too_big(self) -> bool:
        needed = sum(self._places[key][1].length for key in self._asked)
        return self.size().bytes > max(MAX_BYTES, 2 * needed)

    def _write_all(self) -> None:
        if self._packs is None:
            self._load()
        self._prepare_folder()
        today = int(time.time() // DAY)
        merged = self._to_merge() if self._is_untidy() else []
        fresh = ((key, value, today) for key, value in self._fresh.items())
        self._write_pack(itertools.chain(fresh, self._worth_keeping(today, merged)))
        if merged:
            self._remove(merged)

    def _to_merge(self) -> list[Path]:
        """The packs that become one. A large one among small ones stays: a run that adds little need not write all."""
        sizes = {path: _bytes_of(path) for path in self._packs or ()}
        small = [path for path, size in sizes.items() if size * 2 < sum(sizes.values())]
        is_only_many = max(map(_age_in_days, sizes), default=0.0) <= OLD_PACK_DAYS and not self._is_too_big()
        return small if is_only_many else list(sizes)

    def _worth_keeping(self, today: int, packs: Collection[Path]) -> Iterator[tuple[bytes, bytes, int]]:
        """The entries of packs that were asked for lately, within MAX_BYTES."""
        places = ((key, entry) for key, (path, entry) in self._places.items() if path in packs)
        dated = [(today if key in self._asked else entry.day, key) for key, entry in places]
        room = MAX_BYTES // 2
        for day, key in sorted(dated, reverse=True):
            value = None if key in self._fresh or today - day > KEEP_DAYS else self._read(*self._places[key])
            if value is not None and (key in self._asked or room >= len(value)):
                room -= len(value)
                yield key, value, day

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", TAG)):
            if not (self.folder / name).exists():
                (self.folder / name).write_text(text, encoding="utf-8")

    def _write_pack(self, values: Iterable[tuple[bytes, bytes, int]]) -> None:
        name = f"{time.time_ns():020}-{os.urandom(6).hex()}"
        unfinished = self.folder / (name + UNFINISHED)
        try:
            with open(unfinished, "xb") as stream:
                _write(stream, values)
            os.replace(unfinished, self.folder / (name + SUFFIX))
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise

    def _remove(self, packs: Iterable[Path]) -> None:
        self.close()
        abandoned = [path for path in self._names(UNFINISHED) if _age_in_days(path) * DAY > ABANDONED]
        for path in (*packs, *abandoned):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _write(stream: BinaryIO, values: Iterable[tuple[bytes, bytes, int]]) -> None:
    index: Index = {}
    offset = stream.write(MAGIC)
    for key, value, day in values:
        index[key] = Entry(offset, len(value), zlib.crc32(value), day)
        offset += stream.write(value)
    encoded = msgspec.msgpack.encode(index)
    stream.write(encoded)
    stream.write(len(encoded).to_bytes(8, "little"))
    stream.write(zlib.crc32(encoded).to_bytes(4, "little"))
    stream.write(MAGIC)


_TAIL = 8 + 4 + len(MAGIC)


def _index_of(path: Path, streams: dict[Path, BinaryIO]) -> Index:
    """The index of a pack, which is open from then on; an empty one for what is no whole pack."""
    try:
        stream = streams[path] = open(path, "rb")  # noqa: SIM115 closed by Store.close()
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read(_TAIL)
        length = int.from_bytes(tail[:8], "little")
        if tail[12:] != MAGIC or length > size - _TAIL:
            return {}
        stream.seek(size - _TAIL - length)
        encoded = stream.read(length)
        whole = zlib.crc32(encoded) == int.from_bytes(tail[8:12], "little")
        return _INDEX.decode(encoded) if whole else {}
    except (OSError, ValueError, RecursionError):
        return {}


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _age_in_days(path: Path) -> float:
    try:
        return (time.time() - path.stat().st_mtime) / DAY
    except OSError:
        return 0.0
