"""Calls whose result is known before the program runs: timedelta(minutes=5), int(3600.0), delta.total_seconds()."""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING

from cachelint.program.values import Value, constant

if TYPE_CHECKING:
    from cachelint.program.arguments import Arguments

_UNITS = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")


def of_call(name: str, arguments: Arguments) -> Value | None:
    """The constant that a call of an external name gives; None when it gives none that is known."""
    if name == "datetime.timedelta":
        return _timedelta(arguments)
    if name in ("builtins.int", "builtins.float", "builtins.round") and len(arguments.all()) == 1:
        number = arguments.all()[0].constant
        if isinstance(number, (int, float)) and not isinstance(number, bool) and math.isfinite(number):
            return constant(float(number) if name == "builtins.float" else int(number))
    return None


def _timedelta(arguments: Arguments) -> Value | None:
    given = {**dict(zip(_UNITS, arguments.positional, strict=False)), **arguments.named}
    numbers = {unit: value.constant for unit, value in given.items()}
    if arguments.spread is not None or not set(numbers) <= set(_UNITS):
        return None
    if not all(isinstance(number, (int, float)) for number in numbers.values()):
        return None
    try:
        return constant(datetime.timedelta(**numbers))  # type: ignore[arg-type]
    except (OverflowError, ValueError):
        return None


def of_method(receiver: Value, name: str) -> Value | None:
    """`timedelta(...).total_seconds()` and the like."""
    if isinstance(receiver.constant, datetime.timedelta) and name == "total_seconds":
        return constant(receiver.constant.total_seconds())
    return None
