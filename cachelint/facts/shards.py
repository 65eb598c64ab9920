"""The facts of a part of a project as one file, so that the jobs of a CI matrix share the reading.

What is in a shard is named by content, as in the store: facts of other files, or of other versions of a file, are
never taken for those that are wanted; what no shard has is read again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from cachelint.facts.known import as_value
from cachelint.facts.single import Gathered
from cachelint.facts.version import extractor_version

MAGIC = b"cachelint facts 1\n"
CHECKSUM_BYTES = 16

Item = TypeVar("Item")


class ShardError(Exception):
    """A file that is no usable shard, and why."""


class Shard(msgspec.Struct, frozen=True, array_like=True):
    """Part `number` (from 1) of `total`; `entries` maps the key of a file's content to what became of it."""

    extractor: bytes
    number: int
    total: int
    entries: dict[bytes, bytes]


_DECODER = msgspec.msgpack.Decoder(Shard)


def part(items: Sequence[tuple[int, str, Item]], number: int, total: int) -> list[Item]:
    """The items (each with its size and path) of one part of several. Every item is in exactly one, whoever asks, and
    the parts are about equally large."""
    ordered = sorted(items, key=lambda item: (-item[0], item[1]))
    return [item for _, _, item in ordered[number - 1 :: total]]


def written(results: Iterable[Gathered], number: int, total: int) -> bytes:
    """A shard as a file. What depends on more than a file's content (its time ran out, it cannot be read) is left to
    whoever takes the shard."""
    entries = {r.key: as_value(r) for r in results if r.key and (r.has_facts or r.error)}
    body = msgspec.msgpack.encode(Shard(extractor_version(), number, total, dict(sorted(entries.items()))))
    return MAGIC + _checksum(body) + body


def read(data: bytes) -> Shard:
    """The shard in a file. Raises ShardError."""
    if not data.startswith(MAGIC):
        raise ShardError("is no file of facts")
    start = len(MAGIC) + CHECKSUM_BYTES
    checksum, body = data[len(MAGIC) : start], data[start:]
    if checksum != _checksum(body):
        raise ShardError("is damaged or not whole")
    try:
        shard = _DECODER.decode(body)
    except (ValueError, RecursionError):
        raise ShardError("is no file of facts") from None
    if shard.extractor != extractor_version():
        raise ShardError("was made by another version of cachelint, libcst or Python")
    return shard


def missing(shards: Iterable[Shard]) -> Iterator[str]:
    """The parts that are not there, as "2/3"."""
    given: defaultdict[int, set[int]] = defaultdict(set)
    for shard in shards:
        given[shard.total].add(shard.number)
    for total, numbers in sorted(given.items()):
        yield from (f"{number}/{total}" for number in range(1, total + 1) if number not in numbers)


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=CHECKSUM_BYTES).digest()
