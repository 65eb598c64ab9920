"""Tests whose answer is known: a constant argument, an attribute that a class has."""

from __future__ import annotations

from cachelint.facts import model as facts
from cachelint.program import classes
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import External, Instance, Value


def decided(frame: Frame, test: facts.Expression) -> bool | None:
    """What a test comes out as here, None when that is open."""
    if isinstance(test, facts.Attribute):
        return None
    if isinstance(test, facts.Not):
        inner = decided(frame, test.value)
        return None if inner is None else not inner
    if isinstance(test, facts.Boolean):
        return _all_of(frame, test) if test.operator == "and" else _any_of(frame, test)
    if isinstance(test, facts.Compare) and len(test.operators) == 1:
        return _compared(frame, test)
    if isinstance(test, facts.Call):
        return _has_attribute(frame, test)
    known = switch(frame, test)
    return bool(known[0]) if known else None


def switch(frame: Frame, node: facts.Expression) -> tuple[bool | None] | None:
    """The constant that a parameter has in this variant of a function, as long as nothing else was assigned to it."""
    if isinstance(node, facts.Constant) and (node.value is None or isinstance(node.value, bool)):
        return (node.value,)
    if not isinstance(node, facts.Name) or node.id not in frame.switches:
        return None
    constant = frame.switches[node.id].constant
    known = frame.variables.get(node.id)
    # A test may have noted something about it; what is assigned anew is another value.
    is_same = known is not None and known.constant is constant and (constant is None or isinstance(constant, bool))
    return (constant,) if is_same else None  # type: ignore[return-value]


def _all_of(frame: Frame, test: facts.Boolean) -> bool | None:
    answers = [decided(frame, each) for each in test.values]
    if False in answers:
        return False
    return True if all(answers) else None


def _any_of(frame: Frame, test: facts.Boolean) -> bool | None:
    answers = [decided(frame, each) for each in test.values]
    if True in answers:
        return True
    return False if all(answer is False for answer in answers) else None


def _compared(frame: Frame, test: facts.Compare) -> bool | None:
    left, right = switch(frame, test.left), switch(frame, test.rights[0])
    if not left or not right or test.operators[0] not in ("is", "is not", "==", "!="):
        return None
    return (left[0] is right[0]) == (test.operators[0] in ("is", "=="))


def _has_attribute(frame: Frame, test: facts.Call) -> bool | None:
    """`hasattr(store, "load_many")`: True when every class that the object can be has it."""
    if not isinstance(test.func, facts.Name) or test.func.id != "hasattr" or len(test.arguments) != 2:
        return None
    name = test.arguments[1].value
    if not isinstance(name, facts.Constant) or not isinstance(name.value, str) or not _is_builtin(frame, test.func):
        return None
    subject = frame.lookup_quietly(test.arguments[0].value)
    return True if subject.things and all(_has(frame, subject, each, name.value) for each in subject.things) else None


def _is_builtin(frame: Frame, func: facts.Expression) -> bool:
    return any(isinstance(t, External) and t.name == "builtins.hasattr" for t in frame.lookup_quietly(func).things)


def _has(frame: Frame, subject: Value, each: object, name: str) -> bool:
    if not isinstance(each, Instance) or not isinstance(each.type, ClassSymbol):
        return False
    frame.interpreter.learning.note_reader(each.type, name, frame)
    return classes.find_in_class(frame.interpreter, each.type, name) is not None
