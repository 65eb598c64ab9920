"""Which parameters a client fills with text of its choice, and which are validated on the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import callsite
from cachelint.program.arguments import evaluate_arguments
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.handlers import Handler, captured
from cachelint.program.interpreter import request_parameter
from cachelint.program.strengths import RAW, alias_of, annotation_strength, has_fields
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import ClassRef, External, FunctionRef, Instance, Member, Origin, Place, Value, thing
from cachelint.vocabulary import Authenticates, Dialect, Parameter

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter


def user_input(interpreter: Interpreter, handler: Handler, name: str, item: str = "") -> Origin | None:
    """The input that a handler's parameter is; None for requests, services, and everything else that is trusted.
    Of `**kwargs`, what it holds under the name `item`."""
    function = handler.function
    parameter = next((each for each in function.facts.parameters if each.name == name), None)
    if parameter is None or _is_receiver(function, parameter):
        return None
    dialect = dialect_of(interpreter, handler.dialect)
    kind, strength = _classify(interpreter, handler, parameter, dialect)
    if parameter.kind == "starstar" and item not in ("", name) and strength is not None:
        name, strength = item, captured(interpreter, handler, item) or strength
    if strength is None:
        return None
    place = Place(function.module.source.path, parameter.at, parameter.end)
    is_object = strength == RAW and is_data_model(interpreter, function, parameter)
    return Origin("input", kind, name, place, safe=strength[0], bounded=strength[1], boxed=is_object)


def dialect_of(interpreter: Interpreter, name: str) -> Dialect:
    """The row that says how a framework fills parameters."""
    return interpreter.dialects.get(name) or Dialect(name=name, others="none")


def _has_router(handler: Handler) -> bool:
    """Whether the framework itself makes the URL, with text in it (a viewset's lookup)."""
    return handler.dialect == "drf" and handler.owner is not None


def _is_open(parameter: facts.Parameter) -> bool:
    """Whether the URL may fill it: no default, or None as a stand-in (`def retrieve(self, request, pk=None)`)."""
    default = parameter.default
    return default is None or (isinstance(default, facts.Constant) and default.value is None)


def _is_receiver(function: FunctionSymbol, parameter: facts.Parameter) -> bool:
    return function.owner is not None and parameter is function.facts.parameters[0]


def _classify(
    interpreter: Interpreter, handler: Handler, parameter: facts.Parameter, dialect: Dialect
) -> tuple[str, tuple[bool, bool] | None]:
    function = handler.function
    if dialect.request and parameter is request_parameter(function):
        return "", None
    if dialect.others == "none":
        return "", None
    by_path = captured(interpreter, handler, parameter.name)
    if dialect.others == "path":
        if parameter.kind == "starstar":
            return "path", RAW
        if by_path is None and (not _is_open(parameter) or (not handler.raw_paths and not _has_router(handler))):
            # Which URL fills it is not known, so neither is what it can hold.
            return "", None
        return "path", by_path if by_path is not None else RAW
    marker = marker_of(interpreter, function, parameter)
    if _fills_fields(marker) and is_data_model(interpreter, function, parameter):
        return _part_of_request(marker), RAW
    strength = annotation_strength(interpreter, function, parameter, marker)
    if strength is None:
        return "", None
    if by_path is not None:
        return "path", (strength[0] or by_path[0], strength[1] or by_path[1])
    return (marker[0].kind if marker and marker[0].kind else "query parameter"), strength


def _part_of_request(marker: tuple[Parameter, dict[str, Value]] | None) -> str:
    if marker is None:
        return "body"
    return "query parameter" if marker[0].kind == "dependency" else marker[0].kind


def _fills_fields(marker: tuple[Parameter, dict[str, Value]] | None) -> bool:
    """Whether a data model's fields come from the request: with no marker, with one for a part of the request
    (`Query()`), or with a `Depends()` that names nothing else to call."""
    if marker is None or marker[0].kind not in ("", "dependency", "injected"):
        return True
    return marker[0].kind == "dependency" and marker[0].function not in marker[1]


def marker_of(
    interpreter: Interpreter, function: FunctionSymbol, parameter: facts.Parameter
) -> tuple[Parameter, dict[str, Value]] | None:
    """The `Query(...)` or `Depends(...)` of a parameter, in its default or in Annotated[...]."""
    frame = Frame(interpreter, function.module, None, Summary(None, function.module))
    frame.closure_of(function.parent)
    for expression in _marker_candidates(frame, parameter):
        if not isinstance(expression, facts.Call):
            continue
        for each in frame.evaluate(expression.func).things:
            found = _parameter_rows(interpreter, each)
            if found:
                arguments = evaluate_arguments(frame, expression)
                return found[0], callsite.bind(found[0].params, arguments)
    return None


def _parameter_rows(interpreter: Interpreter, each: object) -> list[Parameter]:
    if isinstance(each, External):
        return [row for row in interpreter.catalogue.function(each.name) if isinstance(row, Parameter)]
    if isinstance(each, Member) and isinstance(each.instance.type, str):
        found = interpreter.catalogue.member(each.instance.type, each.name)
        return [row for row in found if isinstance(row, Parameter)]
    return []


def _marker_candidates(frame: Frame, parameter: facts.Parameter) -> list[facts.Expression]:
    candidates: list[facts.Expression] = [parameter.default] if parameter.default is not None else []
    annotation = parameter.annotation
    if isinstance(annotation, (facts.Name, facts.Attribute)):
        annotation = alias_of(frame, annotation) or annotation
    if isinstance(annotation, facts.Subscript) and isinstance(annotation.index, facts.Collection):
        candidates.extend(annotation.index.items[1:])
    return candidates


def dependency(interpreter: Interpreter, function: FunctionSymbol, parameter: facts.Parameter) -> Value | None:
    """The callable whose result a framework passes for this parameter, if a marker says so."""
    if parameter.default is None and parameter.annotation is None:
        return None
    if not _may_have_marker(parameter):
        return None
    for module_function, each in _aliased(interpreter, function, parameter):
        marker = marker_of(interpreter, module_function, each)
        if marker is not None and marker[0].kind == "dependency":
            given = marker[1].get(marker[0].function)
            return given if given is not None else _own_class(interpreter, module_function, each)
    return None


def _own_class(interpreter: Interpreter, function: FunctionSymbol, parameter: facts.Parameter) -> Value | None:
    """`page: Page = Depends()`: the annotation is what is depended on, and is called."""
    classes = _promised_classes(interpreter, function, parameter)
    return thing(*map(ClassRef, classes)) if classes and not any(has_fields(interpreter, c) for c in classes) else None


def _promised_classes(
    interpreter: Interpreter, function: FunctionSymbol, parameter: facts.Parameter
) -> list[ClassSymbol]:
    if parameter.annotation is None:
        return []
    frame = Frame(interpreter, function.module, None, Summary(None, function.module))
    frame.closure_of(function.parent)
    promised = frame.annotated(parameter.annotation).instances()
    return [each.type for each in promised if isinstance(each.type, ClassSymbol)]


def _may_have_marker(parameter: facts.Parameter) -> bool:
    return isinstance(parameter.default, facts.Call) or isinstance(
        parameter.annotation, (facts.Subscript, facts.Name, facts.Attribute)
    )


def _aliased(
    interpreter: Interpreter, function: FunctionSymbol, parameter: facts.Parameter
) -> list[tuple[FunctionSymbol, facts.Parameter]]:
    """The parameter itself; with an annotation alias from another module, as if it were written there."""
    found = [(function, parameter)]
    if isinstance(parameter.annotation, facts.Name):
        symbol = interpreter.names.alias_home(function.module, parameter.annotation.id)
        if symbol is not None:
            home, expression = symbol
            stand_in = FunctionSymbol(home, 0, function.facts)
            moved = facts.Parameter(parameter.at, parameter.end, parameter.name, parameter.kind, expression, None)
            found.append((stand_in, moved))
    return found


IDENTITY_WORDS = (
    {"current", "user"},
    {"current", "account"},
    {"authenticated", "user"},
    {"active", "user"},
    {"token"},
    {"principal"},
    {"tenant"},
    {"identity"},
)


def says_who_asks(interpreter: Interpreter, given: Value, parameter: facts.Parameter) -> bool:
    """Whether a dependency authenticates: by its name, or by a security scheme it uses, itself or through others."""
    names = [
        parameter.name,
        *(each.symbol.facts.name for each in given.things if isinstance(each, FunctionRef)),
    ]
    if any(words <= set(name.lower().split("_")) for name in names for words in IDENTITY_WORDS):
        return True
    return any(is_security(interpreter, each, 0) for each in given.things)


def is_security(interpreter: Interpreter, each: object, depth: int) -> bool:
    """Whether a dependency is, or transitively depends on, a security scheme."""
    if isinstance(each, Instance) and isinstance(each.type, str):
        owner, _, name = each.type.rpartition(".")
        found = interpreter.catalogue.function(f"{owner}.{name}")
        return any(isinstance(row, Authenticates) and row.form == "dependency" for row in found)
    if not isinstance(each, FunctionRef) or depth > 4:
        return False
    for parameter in each.symbol.facts.parameters:
        inner = dependency(interpreter, each.symbol, parameter)
        if inner is not None and {"token"} <= set(parameter.name.lower().split("_")):
            return True
        if inner is not None and any(is_security(interpreter, t, depth + 1) for t in inner.things):
            return True
    return False


def is_data_model(interpreter: Interpreter, function: FunctionSymbol, parameter: facts.Parameter) -> bool:
    """Whether a parameter is a validated object made from the request's body or query."""
    return any(has_fields(interpreter, each) for each in _promised_classes(interpreter, function, parameter)[:1])
