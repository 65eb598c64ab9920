"""What the project does: the questions that rules may ask, and the linking that answers them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cachelint.program.cache_map import Entry, Use
from cachelint.program.clients import DirectClient
from cachelint.program.drift import Match, Unenforced
from cachelint.program.earlier import Before, UnsureError
from cachelint.program.effects import Event
from cachelint.program.excerpt import Name
from cachelint.program.flow import Arrival
from cachelint.program.forbidden import Forbidden
from cachelint.program.headers import StorableRoute
from cachelint.program.keyforms import OffFormat
from cachelint.program.lifetimes import Lifetime
from cachelint.program.linking import Left, leave, link, link_excerpt, still, widen
from cachelint.program.outages import Failure
from cachelint.program.queries import UncachedRead
from cachelint.program.questions import Program
from cachelint.program.routes import Query, Route, Ruling
from cachelint.program.serialized import Pickled
from cachelint.program.stampedes import StampedeRisk
from cachelint.program.strategies import OffStrategy
from cachelint.program.values import Place

__all__ = [
    "Arrival",
    "Before",
    "Described",
    "DirectClient",
    "Entry",
    "Event",
    "Failure",
    "Forbidden",
    "Left",
    "Lifetime",
    "Match",
    "Name",
    "OffFormat",
    "OffStrategy",
    "Pickled",
    "Place",
    "Program",
    "Query",
    "Route",
    "Ruling",
    "StampedeRisk",
    "StorableRoute",
    "UncachedRead",
    "Unenforced",
    "UnsureError",
    "Use",
    "describe",
    "leave",
    "link",
    "link_excerpt",
    "still",
    "widen",
]


class Described(NamedTuple):
    """One thing the program knows about a line, for tests and `cachelint dump`."""

    line: int
    kind: str
    text: str


def describe(program: Program, path: str) -> Iterator[Described]:
    """What the program knows about a file, line by line: effects, handlers, types, calls, guards, taint."""
    from cachelint.program.description import described

    return described(program, path)
