"""How far the annotation of a parameter or field validates the text that a client sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import External, Instance, Value
from cachelint.vocabulary import Parameter

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

RAW = (False, False)
LITERALS = frozenset(("typing.Literal", "typing_extensions.Literal"))
WRAPPERS = frozenset(["typing.Optional", "typing.Annotated", "typing_extensions.Annotated", "typing.Union"])


def alias_of(frame: Frame, annotation: facts.Expression) -> facts.Expression | None:
    """`SessionDep = Annotated[Session, Depends(get_db)]`: what the alias stands for, when it is in the same module."""
    if not isinstance(annotation, facts.Name):
        return None
    binding = frame.module.bindings.get(annotation.id)
    if binding is not None and binding.assigned:
        expression = binding.assigned[-1][1]
        return expression if isinstance(expression, facts.Subscript) else None
    return None


def annotation_strength(
    interpreter: Interpreter,
    function: FunctionSymbol,
    parameter: facts.Parameter,
    marker: tuple[Parameter, dict[str, Value]] | None,
) -> tuple[bool, bool] | None:
    """(safe, bounded) of an annotated parameter; None when it is no user input (a request, a dependency, a session)."""
    if marker is not None:
        if marker[0].kind in ("dependency", "injected"):
            return None
        if marker[0].pattern and marker[0].pattern in marker[1]:
            from cachelint.program.checks import is_strict_pattern

            pattern = marker[1][marker[0].pattern].constant
            if not isinstance(pattern, str) or is_strict_pattern(pattern):
                return True, False
    if parameter.annotation is None:
        return RAW
    frame = Frame(interpreter, function.module, None, Summary(None, function.module))
    frame.closure_of(function.parent)
    return type_strength(frame, parameter.annotation)


def type_strength(frame: Frame, annotation: facts.Expression) -> tuple[bool, bool] | None:
    """(safe, bounded) of text validated by an annotation; None for objects that are not made from one input."""
    if isinstance(annotation, facts.Constant) and annotation.value is None:
        return True, True
    if isinstance(annotation, facts.Binary) and annotation.operator == "|":
        return _weakest([type_strength(frame, annotation.left), type_strength(frame, annotation.right)])
    if isinstance(annotation, facts.Subscript):
        return _generic_strength(frame, annotation)
    if isinstance(annotation, facts.Call):
        return _made_strength(frame, annotation)
    value = frame.evaluate(annotation)
    for each in value.things:
        if isinstance(each, External):
            row = frame.interpreter.catalogue.validated.get(each.name)
            if row is not None:
                return row.safe, row.bounded
    alias = alias_of(frame, annotation)
    if alias is not None:
        return type_strength(frame, alias)
    return _class_strength(frame, frame.annotated(annotation))


def _generic_strength(frame: Frame, annotation: facts.Subscript) -> tuple[bool, bool] | None:
    names = {each.name for each in frame.evaluate(annotation.value).things if isinstance(each, External)}
    index = annotation.index
    arguments = index.items if isinstance(index, facts.Collection) else (index,)
    if names & LITERALS:
        return True, True
    if "typing.Union" in names:
        return _weakest([type_strength(frame, each) for each in arguments])
    inner = type_strength(frame, arguments[0]) if arguments else RAW
    if names & WRAPPERS and len(arguments) > 1 and inner == RAW:
        return _has_pattern(frame, arguments[1:]), False
    return inner


def _made_strength(frame: Frame, annotation: facts.Call) -> tuple[bool, bool] | None:
    """`constr(pattern=...)`, `conint(ge=1)`: a type made by a call."""
    if _has_pattern(frame, (annotation,)):
        return True, False
    return type_strength(frame, annotation.func)


def _has_pattern(frame: Frame, markers: tuple[facts.Expression, ...]) -> bool:
    from cachelint.program.checks import is_strict_pattern

    for marker in markers:
        if isinstance(marker, facts.Call):
            for argument in marker.arguments:
                if argument.keyword in ("pattern", "regex"):
                    text = frame.evaluate(argument.value).constant
                    return not isinstance(text, str) or is_strict_pattern(text)
    return False


def _class_strength(frame: Frame, promised: Value) -> tuple[bool, bool] | None:
    interpreter = frame.interpreter
    for instance in promised.instances():
        if isinstance(instance.type, ClassSymbol) and interpreter.hierarchy.is_a(instance.type, "enum.Enum"):
            return True, True
        return None
    return RAW


def _weakest(found: list[tuple[bool, bool] | None]) -> tuple[bool, bool] | None:
    known = [each for each in found if each is not None]
    if not known:
        return None
    return all(safe for safe, _ in known), all(bounded for _, bounded in known)


def has_fields(interpreter: Interpreter, symbol: ClassSymbol) -> bool:
    """Whether the annotated attributes of a class are fields, set for each object when it is made."""
    made_by = (each.func if isinstance(each, facts.Call) else each for each in symbol.facts.decorators)
    decorators = " ".join(getattr(each, "attr", getattr(each, "id", "")) for each in made_by)
    is_model = not interpreter.catalogue.data_models.isdisjoint(interpreter.hierarchy.library_bases(symbol))
    return is_model or "dataclass" in decorators


def field_strength(interpreter: Interpreter, instance: Instance, name: str) -> tuple[bool, bool] | None:
    """(safe, bounded) of a field of a validated model (pydantic, msgspec, dataclass) by its annotation."""
    if not isinstance(instance.type, ClassSymbol):
        return None
    for each in interpreter.hierarchy.mro(instance.type):
        if not isinstance(each, ClassSymbol):
            continue
        for statement in each.attributes.get(name, ()):
            if statement.annotation is not None:
                frame = Frame(interpreter, each.module, None, Summary(None, each.module))
                if isinstance(statement.value, facts.Call) and _has_pattern(frame, (statement.value,)):
                    return True, False
                return type_strength(frame, statement.annotation)
    return None
