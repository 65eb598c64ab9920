"""How it is said: one file per format, each a pure function from a report to text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cachelint.finding import Report
from cachelint.reporters import concise, github, json, markdown, sarif, text

__all__ = ["FORMATS", "Render"]


class Render(Protocol):
    """`source` gives the lines of a project-relative path, none when it cannot be read; the result ends in a
    newline unless it is empty. Formats for programs ignore `color` and `quiet` (no summary)."""

    def __call__(self, report: Report, source: Callable[[str], Sequence[str]], *, color: bool, quiet: bool) -> str: ...


FORMATS: dict[str, Render] = {
    "text": text.render,
    "concise": concise.render,
    "json": json.render,
    "sarif": sarif.render,
    "github": github.render,
    "markdown": markdown.render,
}
