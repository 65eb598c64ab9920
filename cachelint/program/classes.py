"""Class lineage and attribute lookup: methods through bases, instance attributes, relations between models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import UNKNOWN, ClassRef, External, Instance, Value, join

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

DEPTH = 40


def lineage(interpreter: Interpreter, symbol: ClassSymbol) -> tuple[ClassSymbol | str, ...]:
    """A class and its bases, nearest first, each once. Bases that cannot be found are left out."""
    order: list[ClassSymbol | str] = [symbol]
    for base in bases(interpreter, symbol):
        chain = interpreter.hierarchy.mro(base) if isinstance(base, ClassSymbol) else (base,)
        order.extend(each for each in chain[:DEPTH] if each not in order)
    return tuple(order)


def bases(interpreter: Interpreter, symbol: ClassSymbol) -> list[ClassSymbol | str]:
    """The direct bases as project classes or canonical dotted names."""
    frame = Frame(interpreter, symbol.module, None, Summary(None, symbol.module))
    frame.closure_of(symbol.parent)
    found: list[ClassSymbol | str] = []
    for argument in symbol.facts.bases:
        expression = argument.value
        if isinstance(expression, facts.Subscript):
            expression = expression.value
        for each in frame.evaluate(expression).things:
            if isinstance(each, ClassRef):
                found.append(each.symbol)
            elif isinstance(each, External):
                found.append(each.name)
            elif isinstance(each, Instance) and isinstance(each.type, str) and each.type.startswith("class:"):
                found.append(each.type.removeprefix("class:"))
    return found


def find_in_class(interpreter: Interpreter, symbol: ClassSymbol, name: str) -> tuple[ClassSymbol, Value] | None:
    """A class attribute or method, with the project class that defines it."""
    for each in interpreter.hierarchy.mro(symbol):
        if isinstance(each, ClassSymbol):
            value = interpreter.hierarchy.class_value(each, name)
            if value is not None:
                return each, value
    return None


def find_method(interpreter: Interpreter, symbol: ClassSymbol, name: str) -> FunctionSymbol | None:
    """The method that a call on an object of this class runs."""
    for each in interpreter.hierarchy.mro(symbol):
        if isinstance(each, ClassSymbol) and name in each.methods:
            return interpreter.variants.inherited(each.methods[name], symbol)
    return None


def instance_value(interpreter: Interpreter, symbol: ClassSymbol, name: str) -> Value:
    """What `self.name` was seen to be set to, in any method of the class or its bases."""
    key = (symbol, name)
    if key in interpreter.instance_values:
        interpreter.asking.give((name, symbol))
        return interpreter.instance_values[key]
    interpreter.instance_values[key] = UNKNOWN
    interpreter.asking.begin()
    found: list[Value] = []
    for each in interpreter.hierarchy.mro(symbol):
        if not isinstance(each, ClassSymbol):
            continue
        for method in writers(interpreter, each).get(name, ()):
            found.extend(interpreter.summary(method).attributes.get(name, ()))
        if found:
            break
    interpreter.asking.keep((name, symbol))
    interpreter.instance_values[key] = join(found)
    return interpreter.instance_values[key]


def writers(interpreter: Interpreter, symbol: ClassSymbol) -> dict[str, list[FunctionSymbol]]:
    """Which methods of a class assign which attribute of self."""
    if symbol not in interpreter.attribute_writers:
        index: dict[str, list[FunctionSymbol]] = {}
        for method in symbol.methods.values():
            for name in _assigned_attributes(method):
                index.setdefault(name, []).append(method)
        interpreter.attribute_writers[symbol] = index
    return interpreter.attribute_writers[symbol]


def _assigned_attributes(method: FunctionSymbol) -> set[str]:
    names = set()
    for statement in method.statements:
        targets: tuple[facts.Expression, ...] = ()
        if isinstance(statement, facts.Assign):
            targets = statement.targets
        elif isinstance(statement, facts.With):
            targets = tuple(item.target for item in statement.items if item.target is not None)
        for target in targets:
            for each in target.items if isinstance(target, facts.Collection) else (target,):
                if isinstance(each, facts.Attribute) and isinstance(each.value, facts.Name) and each.value.id == "self":
                    names.add(each.attr)
    return names
