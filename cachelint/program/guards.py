"""What a `try` really stops: exception classes resolved by import, and what happens in each clause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.effects import Clause, Guard
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import ClassRef, External, Instance, Value
from cachelint.program.walking import nodes, walk

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

EVERYTHING = ("builtins.BaseException",)


def guard_of(frame: Frame, statement: facts.Try) -> Guard | None:
    """The guard that a try statement puts around its body, None when it has neither clauses nor a returning finally."""
    clauses = tuple(_clause(frame, handler) for handler in statement.handlers)
    if any(isinstance(each, facts.Return) for each in statement.final):
        clauses += (Clause(EVERYTHING, "", True, frame.place(statement)),)
    return Guard(clauses, frame.place(statement), count_calls(statement.body)) if clauses else None


def count_calls(node: object) -> int:
    """How many calls a piece of code makes, nested functions left out."""
    return sum(isinstance(each, facts.Call) for each in nodes(node))


def _clause(frame: Frame, handler: facts.Handler) -> Clause:
    types = exception_types(frame, handler.types) if handler.types is not None else EVERYTHING
    return Clause(tuple(types), _raises(frame, handler), _is_quiet(handler), frame.place(handler))


def exception_types(frame: Frame, expression: facts.Expression) -> list[str]:
    """The exception classes an `except` names, as dotted names; "?" for one that cannot be resolved."""
    if isinstance(expression, facts.Collection):
        return [name for item in expression.items for name in exception_types(frame, item)]
    if isinstance(expression, facts.Starred):
        return exception_types(frame, expression.value)
    if isinstance(expression, facts.Binary) and expression.operator == "+":
        return exception_types(frame, expression.left) + exception_types(frame, expression.right)
    return _names(frame, frame.evaluate(expression)) or ["?"]


def _names(frame: Frame, value: Value) -> list[str]:
    names = [name for each in value.things for name in _error_names(frame, each)]
    for _, item in value.items or ():
        names.extend(_names(frame, item))
    return names


def _error_names(frame: Frame, each: object) -> Iterator[str]:
    if isinstance(each, External):
        yield each.name
    elif isinstance(each, ClassRef):
        yield each.symbol.name


def _raises(frame: Frame, handler: facts.Handler) -> str:
    """What leaves the clause: "" nothing, "same" the error itself, else the class raised instead."""
    for statement in handler.body:
        if isinstance(statement, facts.Raise):
            return raised_by(frame, statement, handler.name)
        if isinstance(statement, facts.With):
            inner = [each for each in walk(statement.body) if isinstance(each, facts.Raise)]
            if inner and isinstance(statement.body[-1], facts.Raise):
                return raised_by(frame, inner[-1], handler.name)
    return ""


def raised_by(frame: Frame, statement: facts.Raise, caught: str | None) -> str:
    """The dotted name of what a raise statement raises, "same" for the error being handled, "?" when unknown."""
    expression = statement.exception
    if expression is None:
        return "same"
    if isinstance(expression, facts.Name) and expression.id == caught:
        return "same"
    if isinstance(expression, facts.Call):
        expression = expression.func
        if isinstance(expression, facts.Attribute) and expression.attr == "with_traceback":
            return "same"
    for each in frame.evaluate(expression).things:
        if isinstance(each, ClassRef):
            return each.symbol.name
        if isinstance(each, External):
            return each.name
        if isinstance(each, Instance):
            return each.type.name if isinstance(each.type, ClassSymbol) else each.type
    return "?"


def _is_quiet(handler: facts.Handler) -> bool:
    """Whether nobody hears of the error: the clause only passes, returns or sets plain values."""
    return all(_says_nothing(each) for each in walk(handler.body))


def _says_nothing(statement: facts.Statement) -> bool:
    if isinstance(statement, (facts.Jump, facts.Scope)):
        return True
    if isinstance(statement, facts.Return):
        return statement.value is None or is_plain(statement.value)
    if isinstance(statement, facts.Evaluate):
        return is_plain(statement.value)
    if isinstance(statement, facts.Assign):
        return statement.value is None or (
            is_plain(statement.value) and all(isinstance(each, facts.Name) for each in statement.targets)
        )
    return False


def is_plain(expression: facts.Expression) -> bool:
    """A value that tells nobody anything: a constant, a name, an empty or plain display."""
    if isinstance(expression, (facts.Constant, facts.Name)):
        return True
    if isinstance(expression, facts.Collection):
        return all(is_plain(each) for each in expression.items)
    if isinstance(expression, facts.Dictionary):
        return all(is_plain(each) for each in expression.values)
    if isinstance(expression, facts.Attribute):
        return is_plain(expression.value)
    return isinstance(expression, facts.Unknown) and not expression.inside


# ------------------------------------------------------------------------------------------------ sufficiency


def after(interpreter: Interpreter, errors: frozenset[str], guards: tuple[Guard, ...]) -> frozenset[str]:
    """Which of `errors` still escape after passing through `guards`, innermost last.

    What cannot be resolved, a class caught or one raised instead, is taken to stop the error: silence before a wrong
    finding."""
    for guard in reversed(guards):
        if not errors:
            break
        errors = frozenset(out for error in errors for out in _through(interpreter, error, guard))
    return errors


def _through(interpreter: Interpreter, error: str, guard: Guard) -> Iterator[str]:
    for clause in guard.clauses:
        if catches(interpreter, clause, error):
            if clause.raises == "same":
                yield error
            elif clause.raises and clause.raises != "?":
                yield clause.raises
            return
    yield error


def catches(interpreter: Interpreter, clause: Clause, error: str) -> bool:
    """Whether a clause stops an exception class. An unresolved class is taken to: silence before a wrong finding."""
    ancestors = interpreter.hierarchy.error_ancestors(error)
    canonical = interpreter.catalogue.canonical
    return any(name == "?" or canonical(name) in ancestors for name in clause.types)


def catching(
    interpreter: Interpreter, errors: frozenset[str], guards: tuple[Guard, ...]
) -> tuple[Guard, Clause] | None:
    """The innermost clause that stops at least one of `errors`."""
    for guard in reversed(guards):
        for clause in guard.clauses:
            if any(catches(interpreter, clause, error) for error in errors):
                return guard, clause
    return None
