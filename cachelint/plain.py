"""Text that cannot steer what reads it, and lists as people say them."""

from __future__ import annotations

from collections.abc import Sequence


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def one_line(text: str) -> str:
    """Text without line ends, its control and formatting characters replaced by a mark."""
    return printable(" ".join(text.split()))


def printable(text: str) -> str:
    """Text, such as a path, with each control, formatting or line-ending character replaced by a mark."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
