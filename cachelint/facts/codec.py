"""FileFacts <-> bytes, for the store and for worker processes."""

from __future__ import annotations

import functools

import msgspec

from cachelint.facts.model import FileFacts

_ENCODER = msgspec.msgpack.Encoder()


@functools.cache
def _decoder() -> msgspec.msgpack.Decoder[FileFacts]:
    # Made when it is wanted: to look through all types of nodes takes a tenth of what importing libcst does.
    return msgspec.msgpack.Decoder(FileFacts)


def encode(facts: FileFacts) -> bytes:
    """The facts as msgpack; equal facts give equal bytes."""
    return _ENCODER.encode(facts)


def decode(data: bytes) -> FileFacts:
    """The facts that `encode` wrote; raises ValueError for anything else."""
    try:
        return _decoder().decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"not the facts of a file: {error}") from error
