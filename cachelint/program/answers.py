"""Responses of a special kind, by the rows of libraries: redirects, files to keep, failures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.frame import Frame
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import External, FunctionRef
from cachelint.program.walking import walk
from cachelint.vocabulary import Answers

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# Helpers that call helpers to make a response are followed this deep.
DEPTH = 3


def only_redirects(interpreter: Interpreter, function: FunctionSymbol, depth: int = 0) -> bool:
    """Whether everything that a function returns sends its clients elsewhere."""
    returned = [each.value for each in walk(function.facts.body) if isinstance(each, facts.Return)]
    calls = [value.func for value in returned if isinstance(value, facts.Call)]
    is_calls = bool(returned) and len(calls) == len(returned)
    return is_calls and all(_redirects(interpreter, function, each, depth) for each in calls)


def _redirects(interpreter: Interpreter, function: FunctionSymbol, called: facts.Expression, depth: int) -> bool:
    things = _scope(interpreter, function).evaluate(called).things
    helpers = [each.symbol for each in things if isinstance(each, FunctionRef)]
    if helpers and len(helpers) == len(things):
        return depth < DEPTH and all(only_redirects(interpreter, each, depth + 1) for each in helpers)
    return "redirect" in set(_kinds(interpreter, function, called))


def makes(interpreter: Interpreter, function: FunctionSymbol, named: facts.Node, kind: str) -> bool:
    """Whether a name or an attribute in a function is what makes a response of this kind."""
    if not isinstance(named, (facts.Name, facts.Attribute)):
        return False
    name = named.id if isinstance(named, facts.Name) else named.attr
    return name in interpreter.catalogue.answers and kind in set(_kinds(interpreter, function, named))


def _kinds(interpreter: Interpreter, function: FunctionSymbol, called: facts.Expression) -> Iterator[str]:
    for each in _scope(interpreter, function).evaluate(called).things:
        if isinstance(each, External):
            rows = interpreter.catalogue.function(each.name)
            yield from (row.kind for row in rows if isinstance(row, Answers))


def _scope(interpreter: Interpreter, function: FunctionSymbol) -> Frame:
    """Where names mean what they mean in the function, whose imports may be its own."""
    frame = Frame(interpreter, function.module, None, interpreter.scratch(function.module))
    frame.closure_of(function)
    return frame
