"""Decorators of functions and classes: library rows they carry, and wrappers of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cachelint.facts import model as facts
from cachelint.program import callsite
from cachelint.program.arguments import Arguments, evaluate_arguments
from cachelint.program.calls import call_function
from cachelint.program.frame import Frame
from cachelint.program.members import attribute
from cachelint.program.substitution import bind_arguments
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import (
    Decorator,
    External,
    FunctionRef,
    Instance,
    Member,
    Place,
    Thing,
    Value,
    Wrapped,
    thing,
)
from cachelint.vocabulary import Invokes, Row

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter


class Applied(msgspec.Struct, frozen=True):
    """One decorator on one definition: a library row with its arguments, or a wrapper function of the project.

    `wrapper` is the inner function that replaces the decorated one, `maker` the decorator, `given` what it was told;
    `row` None then."""

    place: Place
    row: Row | None
    given: dict[str, Value]
    client: Instance | None = None
    wrapper: FunctionSymbol | None = None
    name: str = ""
    maker: FunctionSymbol | None = None


def applied(interpreter: Interpreter, symbol: FunctionSymbol | ClassSymbol) -> list[Applied]:
    """The decorators of a definition, outermost first."""
    known = interpreter.applied.get(symbol)
    if known is None:
        interpreter.applied[symbol] = known = []
        frame = Frame(interpreter, symbol.module, None, interpreter.scratch(symbol.module))
        frame.closure_of(symbol.parent)
        if isinstance(symbol, FunctionSymbol):
            frame.class_ = symbol.owner
        interpreter.asking.begin()
        try:
            for node in symbol.facts.decorators:
                known.extend(_one(frame, node, symbol))
        finally:
            interpreter.asking.keep(symbol)
    else:
        interpreter.asking.give(symbol)
    return known


def _one(frame: Frame, node: facts.Expression, symbol: FunctionSymbol | ClassSymbol) -> list[Applied]:
    call = node if isinstance(node, facts.Call) else None
    func = call.func if call is not None else node
    callee = (
        attribute(frame, frame.evaluate(func.value), func.attr, func)
        if isinstance(func, facts.Attribute)
        else frame.evaluate(func)
    )
    arguments = evaluate_arguments(frame, call) if call is not None else Arguments()
    place = frame.place(node)
    found: list[Applied] = []
    for each in callee.things:
        found.extend(_by_rows(frame, each, arguments, place))
        if isinstance(each, FunctionRef) and isinstance(symbol, FunctionSymbol):
            wrapper = _wrapper(frame, each, call, arguments, symbol, node)
            if wrapper is not None:
                told = bind_arguments(each, arguments.positional, arguments.named) if call is not None else {}
                found.append(Applied(place, None, told, None, wrapper, each.symbol.name, each.symbol))
    if not found and callee.things:
        first = callee.things[0]
        client = first.instance if isinstance(first, Member) else None
        found.append(Applied(place, None, {}, client, None, _name(first), _maker(first)))
    return found


def _name(each: Thing) -> str:
    if isinstance(each, FunctionRef):
        return each.symbol.name
    return each.name if isinstance(each, (External, Member)) else ""


def _maker(each: Thing) -> FunctionSymbol | None:
    return each.symbol if isinstance(each, FunctionRef) else None


def _by_rows(frame: Frame, each: Thing, arguments: Arguments, place: Place) -> list[Applied]:
    catalogue = frame.interpreter.catalogue
    client: Instance | None = None
    if isinstance(each, External):
        found = catalogue.function(each.name)
    elif isinstance(each, Member) and isinstance(each.instance.type, str):
        found, client = catalogue.member(each.instance.type, each.name), each.instance
    elif isinstance(each, Instance):
        bases = frame.interpreter.hierarchy.library_bases(each.type)
        found, client = next((r for b in bases if (r := catalogue.member(b, "__call__"))), ()), each
    elif isinstance(each, Decorator):
        return [Applied(each.place, each.row, dict(each.arguments), each.client)]
    else:
        return []
    results = []
    for row in found:
        given = callsite.bind(getattr(row, "params", ""), arguments)
        if isinstance(row, Invokes) and row.gives == "callable":
            # method_decorator(d, name="dispatch"): what counts is d.
            results.extend(_inside(given.get(row.function), given, place))
        else:
            results.append(Applied(place, row, given, client, None, _name(each)))
    return results


def _inside(value: Value | None, outer: dict[str, Value], place: Place) -> list[Applied]:
    results = []
    for each in value.things if value is not None else ():
        if isinstance(each, Decorator):
            results.append(Applied(place, each.row, {**outer, **dict(each.arguments)}, each.client))
        elif isinstance(each, FunctionRef):
            results.append(Applied(place, None, {}, None, None, each.symbol.name, each.symbol))
        elif isinstance(each, External):
            results.append(Applied(place, None, {}, None, None, each.name))
        elif isinstance(each, Wrapped):
            results.extend(Applied(place, layer.row, dict(layer.arguments), layer.client) for layer in each.layers)
    for _, item in value.items or () if value is not None else ():
        results.extend(_inside(item, outer, place))
    return results


def _wrapper(
    frame: Frame,
    decorator: FunctionRef,
    call: facts.Call | None,
    arguments: Arguments,
    symbol: FunctionSymbol,
    node: facts.Node,
) -> FunctionSymbol | None:
    """The function that a decorator of the project puts in the place of the decorated one."""
    makers = [decorator]
    if call is not None:
        result = call_function(frame, decorator, arguments, node)
        makers = [each for each in result.things if isinstance(each, FunctionRef)]
    decorated = Arguments(positional=[thing(FunctionRef(symbol))])
    for maker in makers:
        if maker.symbol.parent is None and call is not None:
            continue
        result = call_function(frame, maker, decorated, node)
        for each in result.things:
            if isinstance(each, FunctionRef) and each.symbol is not symbol:
                return each.symbol
    return None
