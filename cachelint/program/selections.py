"""What selects the rows of a query: the request, by an id in its path or a filter, or nothing that it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.program.effects import Event
from cachelint.program.flow import CALLERS, CALLERS_UP, parameter_in
from cachelint.program.purpose import words
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Origin, ranked

if TYPE_CHECKING:
    from cachelint.program import Program

PAGING = frozenset("page pages size limit offset start count order ordering sort direction per".split())


def is_selected(program: Program, event: Event) -> bool:
    """Whether something in the request, passed on by however many calls, says which rows are wanted; which page of them
    does not count: pages are few."""
    return any(not is_paging(each) for each in _inputs(program, event.origins))


def is_paging(origin: Origin) -> bool:
    """Whether an input by its name says which page of the rows is wanted, and no more."""
    return bool(PAGING & set(words(origin.name)))


def _inputs(program: Program, origins: frozenset[Origin]) -> Iterator[Origin]:
    """The inputs of requests among the sources, and those that callers pass for parameters among them."""
    seen: set[tuple[FunctionSymbol, str]] = set()
    waiting = origins
    for _ in range(CALLERS_UP):
        passed: set[Origin] = set()
        for origin in ranked(waiting):
            if origin.kind == "input":
                yield origin
            elif origin.kind == "parameter" and isinstance(origin.what, tuple) and parameter_in(origin) not in seen:
                seen.add(parameter_in(origin))
                passed |= _given(program, *parameter_in(origin))
        waiting = frozenset(passed)


def _given(program: Program, function: FunctionSymbol, name: str) -> frozenset[Origin]:
    """The input that a parameter is, or what some of the callers pass for it."""
    entering = program.input_of(function, name)
    if entering is not None:
        return frozenset((entering,))
    edges = program.graph.callers.get(function, ())[:CALLERS]
    return frozenset().union(*(edge.arguments[name].origins for edge in edges if name in edge.arguments))


def entering(program: Program, event: Event, origin: Origin) -> Origin | None:
    """The input that a parameter of the query's own function is; None where its callers say what it is."""
    if origin.kind != "parameter" or not isinstance(origin.what, tuple):
        return origin
    function = event.function
    return program.input_of(function, origin.name) if function is not None and origin.what[0] is function else None
