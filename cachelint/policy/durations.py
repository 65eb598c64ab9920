"""Durations as people write them: "1h", "5 min", "24-hour", "1,5 h", 300; and names for seconds."""

from __future__ import annotations

import re

_UNITS: dict[str, float] = {"ms": 0.001, "millisecond": 0.001}
_UNITS |= dict.fromkeys(("s", "sec", "second", "sekunde"), 1)
_UNITS |= dict.fromkeys(("m", "min", "minute"), 60)
_UNITS |= dict.fromkeys(("h", "hr", "hour", "std", "stunde"), 3600)
_UNITS |= dict.fromkeys(("d", "day", "tag", "tage"), 86400)
_UNITS |= dict.fromkeys(("w", "week", "woche"), 604800)
_UNITS |= {"month": 30 * 86400, "year": 365 * 86400}
_WORDS = {"half an": 0.5, "half a": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "five": 5, "ten": 10}
_WORDS |= {"fifteen": 15, "thirty": 30, "sixty": 60}

_NUMBER = rf"\d+(?:[.,]\d+)?|(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?=[\s-])"
_UNIT = "milliseconds?|ms|seconds?|secs?|sekunden?|s|minuten|minutes?|mins?|m|stunden?|std|hours?|hrs?|h"
_UNIT += "|tagen?|tage?|days?|d|wochen?|weeks?|w|months?|years?"
# A duration inside a sentence: the unit is required there, or any number would be one.
DURATION = rf"(?:{_NUMBER})\s*-?\s*(?:{_UNIT})(?![A-Za-z0-9])"
_WHOLE = re.compile(rf"\s*(?P<number>{_NUMBER})\s*-?\s*(?P<unit>[A-Za-z]*)\s*", re.IGNORECASE)
# "1,500" is fifteen hundred to some and one and a half to others.
_AMBIGUOUS = re.compile(r"\d+[.,]\d{3}")


def seconds(text: str | int | float | None) -> float | None:
    """A duration in seconds; None for one that is no number with a known unit ("session expiry")."""
    if text is None or isinstance(text, (int, float)):
        return text
    match = _WHOLE.fullmatch(text)
    if match is None or _AMBIGUOUS.fullmatch(match["number"]):
        return None
    factor = _factor(match["unit"].lower())
    return None if factor is None else _number(match["number"].lower()) * factor


def unit_in(title: str) -> str:
    """The unit that a title gives the numbers below it: "TTLs (in minutes)" is "minutes"; "" when it names none."""
    match = re.search(
        rf"\((?:in )?({_UNIT})\)|\bin (seconds|minutes|hours|days)\b|_(seconds|minutes|hours)\b", title, re.I
    )
    return next((each for each in match.groups() if each), "") if match else ""


def _number(text: str) -> float:
    return _WORDS[text] if text in _WORDS else float(text.replace(",", "."))


def _factor(unit: str) -> float | None:
    if not unit:
        return 1
    return next((_UNITS[form] for form in (unit, unit.rstrip("s"), unit.rstrip("n")) if form in _UNITS), None)


def spoken(amount: float) -> str:
    """Seconds as people say them: 300 is "5 min", 90 is "90 s", 86400 is "1 day"."""
    for size, name in ((86400, "day"), (3600, "h"), (60, "min")):
        if amount >= size and amount % size == 0:
            count = int(amount // size)
            return f"{count} {name}s" if name == "day" and count > 1 else f"{count} {name}"
    return f"{amount * 1000:g} ms" if 0 < amount < 1 else f"{amount:g} s"
