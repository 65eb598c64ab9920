"""Following statements in order; early exits are remembered. Branches are in choices.py, `try` in attempts.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import attempts, choices, contexts, library
from cachelint.program.bindings import bind
from cachelint.program.branches import enter, knowledge
from cachelint.program.frame import Frame
from cachelint.program.items import by_own_method, mapping_access
from cachelint.program.values import UNKNOWN, ClassRef, External, FunctionRef, Value, cleaned, ranked, thing


def run(frame: Frame, body: Sequence[facts.Statement]) -> bool:
    """Follow a block. True when its end is never reached."""
    ended = False
    for statement in body:
        if RUNNERS[type(statement)](frame, statement):
            ended = True
            break
    return ended


def _assign(frame: Frame, statement: facts.Assign) -> bool:
    value = frame.evaluate(statement.value) if statement.value is not None else UNKNOWN
    if not value.things and statement.annotation is not None:
        value = replace(value, things=frame.annotated(statement.annotation).things)
    if frame.makes_context:
        value = contexts.assigned(frame, statement, value)
    if frame.interpreter.revealed is not None:
        frame.interpreter.revealed.append((frame.place(statement), value))
    for target in statement.targets:
        bind(frame, target, value)
        if isinstance(target, facts.Name) and not any(o.kind == "hit" for o in value.origins):
            frame.lookups[target.id] = _looked_up_by(statement.value)
    _note_owner(frame, value)
    return False


def _looked_up_by(node: object) -> frozenset[str]:
    """The variables given to a call whose result is assigned: what `row = await load(key)` was looked up by."""
    if isinstance(node, facts.Await):
        return _looked_up_by(node.value)
    if not isinstance(node, facts.Call):
        return frozenset()
    return frozenset(name for argument in node.arguments for name in _names_in(argument.value))


def _names_in(node: object) -> Iterator[str]:
    if isinstance(node, facts.Name):
        yield node.id
    elif isinstance(node, facts.Dictionary):
        for each in node.values:
            yield from _names_in(each)


def _note_owner(frame: Frame, value: Value) -> None:
    """A row found by its id: the id is no free text any more, and if who asks was a condition, it is the asker's."""
    if not any(origin.kind == "entity" for origin in value.origins):
        return
    asking = frozenset(o for o in value.origins if o.kind == "identity")
    lists = ("builtins.list", "builtins.dict")
    is_row = not any(each.type in lists or each.of is not None for each in value.instances())
    given = [o for o in value.origins if o.kind == "parameter" and o.boxed and o.name in frame.variables]
    for origin in ranked(given):
        known = frame.variables[origin.name]
        # Text that found a row is text that the database holds: no longer free.
        own = cleaned(known.origins, safe=True, bounded=True) if is_row else known.origins
        frame.variables[origin.name] = replace(known, origins=own | asking)


def _augmented(frame: Frame, statement: facts.AugmentedAssign) -> bool:
    as_binary = facts.Binary(
        statement.at, statement.end, statement.operator.removesuffix("="), statement.target, statement.value
    )
    if isinstance(statement.target, (facts.Name, facts.Attribute)):
        bind(frame, statement.target, frame.evaluate(as_binary))
    else:
        frame.evaluate(statement.value)
    return False


def _evaluate(frame: Frame, statement: facts.Evaluate) -> bool:
    _note_owner(frame, frame.evaluate(statement.value))
    return _never_returns(frame, statement.value)


def _never_returns(frame: Frame, expression: facts.Expression) -> bool:
    """`sys.exit()`, `abort(404)`: what follows is not reached."""
    if isinstance(expression, facts.Await):
        expression = expression.value
    if not isinstance(expression, facts.Call):
        return False
    if isinstance(expression.func, facts.Attribute) and expression.func.attr not in ENDING:
        return False
    callee = frame.lookup_quietly(expression.func)
    return any(isinstance(each, External) and each.name in NEVER_RETURN for each in callee.things)


NEVER_RETURN = frozenset(
    (
        "builtins.exit",
        "builtins.quit",
        "sys.exit",
        "os._exit",
        "flask.abort",
        "werkzeug.exceptions.abort",
        "quart.abort",
    )
)


ENDING = frozenset(name.rpartition(".")[2] for name in NEVER_RETURN)


def _return(frame: Frame, statement: facts.Return) -> bool:
    value = frame.evaluate(statement.value) if statement.value is not None else Value(constant=None)
    if statement.value is not None and frame.function in frame.interpreter.answering:
        value = library.consume(frame, value, "iterate", statement.value)
    value = asked(frame, value)
    if frame.makes_context:
        contexts.displayed(frame, statement.value, value)
    place = frame.place(statement.value if statement.value is not None else statement)
    frame.summary.returned.append((value, place))
    return True


def asked(frame: Frame, value: Value) -> Value:
    """A value chosen by who asks (`if user.is_staff: return all_rows`) comes from who asks as well."""
    return value if frame.asking is None else replace(value, origins=value.origins | {frame.asking})


def _raise(frame: Frame, statement: facts.Raise) -> bool:
    if statement.exception is not None:
        frame.evaluate(statement.exception)
    return True


def _define(frame: Frame, statement: facts.Define) -> bool:
    symbol = frame.module.functions[statement.function]
    value = thing(FunctionRef(symbol))
    frame.variables[symbol.facts.name] = value
    frame.remember(symbol.facts.name, value)
    return False


def _define_class(frame: Frame, statement: facts.DefineClass) -> bool:
    symbol = frame.module.classes[statement.class_]
    value = thing(ClassRef(symbol))
    frame.variables[symbol.facts.name] = value
    frame.remember(symbol.facts.name, value)
    return False


def _import(frame: Frame, statement: facts.Import) -> bool:
    for imported in statement.names:
        if imported.name == "*":
            continue
        name = imported.alias or imported.name or imported.module.partition(".")[0]
        value = frame.interpreter.names.imported(frame.module, statement, imported)
        frame.variables[name] = value
        frame.remember(name, value)
        if statement.level == 0:
            frame.module.used_packages.add(imported.module.partition(".")[0])
    return False


def _delete(frame: Frame, statement: facts.Delete) -> bool:
    for target in statement.targets:
        if isinstance(target, facts.Subscript) and not isinstance(target.index, facts.Slice):
            base, key = frame.evaluate(target.value), frame.evaluate(target.index)
            if by_own_method(frame, base, "__delitem__", [key], target) is None:
                mapping_access(frame, base, key, target, "delete")
        elif isinstance(target, facts.Name):
            frame.variables.pop(target.id, None)
    return False


def _scope(frame: Frame, statement: facts.Scope) -> bool:
    if statement.kind == "global":
        frame.global_names.update(statement.names)
    return False


def _assert(frame: Frame, statement: facts.Assert) -> bool:
    enter(frame, knowledge(frame, statement.test).when_true)
    return False


def _jump(frame: Frame, statement: facts.Jump) -> bool:
    return statement.kind in ("break", "continue")


RUNNERS: dict[type[Any], Callable[[Frame, Any], bool]] = {
    facts.Assign: _assign,
    facts.AugmentedAssign: _augmented,
    facts.Evaluate: _evaluate,
    facts.Return: _return,
    facts.Raise: _raise,
    facts.If: choices.run_if,
    facts.For: choices.run_for,
    facts.While: choices.run_while,
    facts.Try: attempts.run_try,
    facts.With: attempts.run_with,
    facts.Match: choices.run_match,
    facts.Define: _define,
    facts.DefineClass: _define_class,
    facts.Import: _import,
    facts.Delete: _delete,
    facts.Scope: _scope,
    facts.Assert: _assert,
    facts.Jump: _jump,
}
