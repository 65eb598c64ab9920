"""Helpers that find out whether who asks may do something, and functions that leave by what they found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.rights import asks_right, identifiers, is_asker
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Place
from cachelint.program.walking import names_in

if TYPE_CHECKING:
    from cachelint.program import Program

# A helper of a helper of a helper: further down nobody speaks of one page.
DEPTH = 2


def leaves_by_verdict(program: Program, function: FunctionSymbol, depth: int = 0) -> bool:
    """Whether a function asks another one that tests a right of who asks, and leaves where its answer says so:
    `error, rows = resolve(request, id)`, `if error: return error`."""
    return any(
        _heeds(function, edge.place)
        and (_asks(edge.callee) or (depth < DEPTH and leaves_by_verdict(program, edge.callee, depth + 1)))
        for edge in program.graph.callees.get(function, ())
    )


def _asks(function: FunctionSymbol) -> bool:
    """Whether a function tests a right of who asks: `if not request.user.has_perm("x")`."""
    tests = (each.test for each in function.statements if isinstance(each, facts.If))
    return any(asks_right(test) and any(map(is_asker, identifiers(test))) for test in tests)


def _heeds(function: FunctionSymbol, place: Place) -> bool:
    """Whether a test of what the call at a place gave has the function leave."""
    names = set(_given(function, place))
    tests = (each.test for each in function.statements if isinstance(each, facts.If) and _leaves(each))
    return any(_holds(test, place) or not names.isdisjoint(names_in(test)) for test in tests)


def _leaves(branch: facts.If) -> bool:
    return any(isinstance(each, (facts.Return, facts.Raise)) for each in branch.body)


def _given(function: FunctionSymbol, place: Place) -> Iterator[str]:
    """The names that get what the call at a place gives."""
    for each in function.statements:
        if isinstance(each, facts.Assign) and each.value is not None and _holds(each.value, place):
            yield from (name for target in each.targets for name in names_in(target))


def _holds(expression: facts.Expression, place: Place) -> bool:
    return expression.at <= place.at < expression.end
