"""Text that cannot steer what reads it."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Text without line ends, its control and formatting characters replaced by a mark."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
