"""Durations as people write them: "1h", "5 min", "300s", 300."""

from __future__ import annotations

import re

_UNITS: dict[str, float] = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hr": 3600,
    "hour": 3600,
}
_UNITS |= {"d": 86400, "day": 86400, "w": 604800, "week": 604800, "ms": 0.001}
_DURATION = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*-?\s*([a-zA-Z]*)\s*")


def seconds(text: str | int | float | None) -> float | None:
    """A duration in seconds; None for one that is no number with a known unit ("session expiry")."""
    if text is None or isinstance(text, (int, float)):
        return text
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    unit = match[2].lower()
    factor = _UNITS.get(unit, _UNITS.get(unit.rstrip("s"))) if unit else 1
    return float(match[1].replace(",", ".")) * factor if factor is not None else None
