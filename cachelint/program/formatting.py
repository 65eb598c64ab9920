"""Templates made at run time: `FORMAT.format(x)` and `FORMAT % x` with a format known from elsewhere."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence

from cachelint.program.values import NOTHING, UNKNOWN, Gap, Place, Value, derived, text_of, trim

Filled = tuple[Value, Place, str]


def formatted(pattern: str, positional: Sequence[Filled], named: Mapping[str, Filled], place: Place) -> Value | None:
    """The value of `pattern.format(...)`; None when the pattern is no valid format."""
    parts: list[str | Gap] = []
    automatic = 0
    try:
        for literal, field, _, _ in string.Formatter().parse(pattern):
            parts.append(literal)
            if field is None:
                continue
            name = field.split(".")[0].split("[")[0]
            if not name:
                name, automatic = str(automatic), automatic + 1
            filled = _by_index(positional, int(name)) if name.isdigit() else named.get(name)
            parts.extend(_parts(filled or (UNKNOWN, place, name)))
    except ValueError:
        return None
    return _value(parts)


def interpolated(pattern: str, filled: Sequence[Filled]) -> Value | None:
    """The value of `pattern % (...)` for plain %s and %d; None for anything else."""
    pieces = pattern.replace("%%", "\0").replace("%d", "%s").split("%s")
    if len(pieces) != len(filled) + 1 or any("%" in piece for piece in pieces):
        return None
    parts: list[str | Gap] = [pieces[0].replace("\0", "%")]
    for each, piece in zip(filled, pieces[1:], strict=True):
        parts.extend(_parts(each))
        parts.append(piece.replace("\0", "%"))
    return _value(parts)


def _by_index(positional: Sequence[Filled], index: int) -> Filled | None:
    return positional[index] if index < len(positional) else None


def _parts(filled: Filled) -> list[str | Gap]:
    value, place, name = filled
    if isinstance(value.constant, (str, int)) and not isinstance(value.constant, bool):
        return [str(value.constant)]
    return list(value.text.parts) if value.text is not None else [Gap(value, place, name)]


def _value(parts: list[str | Gap]) -> Value:
    origins = frozenset().union(*(part.value.origins for part in parts if isinstance(part, Gap)))
    text = text_of(parts)
    merged = text.parts if text is not None else ()
    literal = merged[0] if len(merged) == 1 and isinstance(merged[0], str) else NOTHING
    return Value(origins=trim(derived(origins)), text=text, constant=literal)
