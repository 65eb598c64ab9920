"""What selects the rows of a query: the request or a row it leads to, or nothing, so that all requests ask alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachelint.program.effects import Event
from cachelint.program.purpose import words
from cachelint.program.values import Origin

if TYPE_CHECKING:
    from cachelint.program import Program

PAGING = frozenset("page pages size limit offset start count order ordering sort direction per".split())


def is_asked_alike(program: Program, event: Event) -> bool:
    """Whether all requests want the same rows, or pages of them: one entry would serve everybody."""
    return not _hangs_on_row(program, event) and all(is_paging(program, event, each) for each in event.origins)


def _hangs_on_row(program: Program, event: Event) -> bool:
    """Whether a row asks for others by a method of its class: `self.authors.all()`."""
    function = event.function
    if function is None or function.owner is None or not function.facts.parameters:
        return False
    return function.facts.parameters[0].name == "self" and program.interpreter.hierarchy.is_model(function.owner)


def is_paging(program: Program, event: Event, origin: Origin) -> bool:
    """Whether a source of a query says which page of the rows is wanted, and no more."""
    given = entering(program, event, origin)
    return given is not None and given.kind == "input" and bool(PAGING & set(words(origin.name)))


def entering(program: Program, event: Event, origin: Origin) -> Origin | None:
    """The input that a parameter of the query's own function is; None where its callers say what it is."""
    if origin.kind != "parameter" or not isinstance(origin.what, tuple):
        return origin
    function = event.function
    return program.input_of(function, origin.name) if function is not None and origin.what[0] is function else None
