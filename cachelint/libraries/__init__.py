"""What libraries do, one module per library, each a tuple of vocabulary rows.

A new library is a new module here and an entry in LIBRARIES.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from cachelint.vocabulary import Library

LIBRARIES: tuple[Library, ...] = ()


def from_config(raw: Sequence[Mapping[str, object]]) -> tuple[Library, ...]:
    """The libraries that a project describes in its own configuration.

    Takes the tables of `[[tool.cachelint.libraries]]` in order, gives one Library for each. Raises ValueError with a
    message that names the library (by name, or by its 1-based place when it has none) and the field at fault.
    """
    return tuple(_library(table, place) for place, table in enumerate(raw, start=1))


def _library(table: Mapping[str, object], place: int) -> Library:
    try:
        return msgspec.convert(dict(table), Library)
    except msgspec.ValidationError as error:
        raise ValueError(f"library {table.get('name', f'number {place}')!r}: {error}") from error
