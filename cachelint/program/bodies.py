"""Following the body of a function into its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import classes, contexts, inputs
from cachelint.program.arguments import NO_ARGUMENTS
from cachelint.program.calls import call_value
from cachelint.program.credentials import SENT, tells_by_name
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import ClassRef, FunctionRef, Instance, Origin, Place, Value, join, thing

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter


def follow(interpreter: Interpreter, function: FunctionSymbol, summary: Summary) -> None:
    """Follow a function's body into its summary."""
    frame = Frame(interpreter, function.module, function, summary)
    frame.closure_of(function.parent)
    frame.enclosing = {**frame.enclosing, **interpreter.lambda_scopes.get(function, {})}
    for parameter in function.facts.parameters:
        value = _provided(frame, function, parameter) or _sent(interpreter, function, parameter)
        frame.variables[parameter.name] = value
        frame.remember(parameter.name, value)
    frame.switches = {name: Value(constant=constant) for name, constant in function.switches}
    frame.variables.update(frame.switches)
    _bind_receiver(frame, function)
    frame.makes_context = contexts.makes_context(interpreter, function)
    frame.run(function.facts.body)
    if function.facts.is_generator and summary.yields:
        summary.returns = join([value for value, _ in summary.yields])
    else:
        summary.returns = _decided(join([value for value, _ in summary.returned]))


def _decided(value: Value) -> Value:
    """A function that makes its parameter harmless on one of its ways decides itself when that is needed."""
    safe = {origin.what for origin in value.origins if origin.kind == "parameter" and origin.safe and not origin.boxed}
    if not safe:
        return value
    return replace(value, origins=frozenset(replace(o, safe=o.safe or o.what in safe) for o in value.origins))


def _provided(frame: Frame, function: FunctionSymbol, parameter: facts.Parameter) -> Value | None:
    """What a framework injects for a parameter: the result of its dependency, called here."""
    given = inputs.dependency(frame.interpreter, function, parameter)
    if given is None:
        return None
    for each in given.things:
        if isinstance(each, FunctionRef):
            _note_dependency(frame.interpreter, each.symbol, function)
        elif isinstance(each, ClassRef):
            frame.interpreter.learning.note_reader(each.symbol, "__init__", frame)
            init = classes.find_method(frame.interpreter, each.symbol, "__init__")
            if init is not None:
                _note_dependency(frame.interpreter, init, function)
    value = call_value(frame, given, NO_ARGUMENTS, parameter)
    inner = [frame.interpreter.summary(t.symbol).returns for t in given.things if isinstance(t, FunctionRef)]
    if inner:
        value = replace(join(inner), things=value.things)
    own = frame.interpreter.parameter(function, parameter)
    if inputs.says_who_asks(frame.interpreter, given, parameter):
        origin = Origin("identity", parameter.name, parameter.name, frame.place(parameter))
        # Who asks was looked up and checked: no longer the text that the client sent.
        value = replace(value, origins=frozenset((origin,)), text=None)
    if not value.things:
        value = replace(value, things=own.things)
    return value


def _sent(interpreter: Interpreter, function: FunctionSymbol, parameter: facts.Parameter) -> Value:
    """What the parameter is; with who asks where it is a header or cookie that says so."""
    value = interpreter.parameter(function, parameter)
    if not tells_by_name(parameter.name):
        return value
    marker = inputs.marker_of(interpreter, function, parameter)
    if marker is None or marker[0].kind not in SENT:
        return value
    place = Place(function.module.source.path, parameter.at, parameter.end)
    origin = Origin("identity", parameter.name, parameter.name, place)
    return replace(value, origins=value.origins | {origin})


def _note_dependency(interpreter: Interpreter, dependency: FunctionSymbol, user: FunctionSymbol) -> None:
    interpreter.dependencies.setdefault(dependency, set()).add(user)


def _bind_receiver(frame: Frame, function: FunctionSymbol) -> None:
    parameters = function.facts.parameters
    if function.owner is None or not parameters or function.is_lambda:
        return
    names = {each.id for each in function.facts.decorators if isinstance(each, facts.Name)}
    if "staticmethod" in names:
        return
    first = parameters[0].name
    is_class = "classmethod" in names or function.facts.name in (
        "__new__",
        "__init_subclass__",
        "__class_getitem__",
    )
    receiver = ClassRef(function.owner) if is_class else Instance(function.owner)
    frame.variables[first] = thing(receiver)
    frame.remember(first, thing(receiver))
