"""What text is made of: templates, concatenation, interpolation, and arithmetic on constants."""

from __future__ import annotations

import datetime
from typing import Any

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import library
from cachelint.program.formatting import interpolated
from cachelint.program.frame import Frame
from cachelint.program.spelling import gap_name
from cachelint.program.values import (
    NOTHING,
    Gap,
    Value,
    carried,
    cleaned,
    constant,
    derived,
    held,
    text_of,
    trim,
)

NUMBERS = (int, float, datetime.timedelta)
# The same numbers as those of facts: a program may multiply without end.
INT64 = range(-(2**63), 2**63)

NUMBER_FORMATS = frozenset("dxXobeEfFgGn%")


def template(frame: Frame, node: facts.Template) -> Value:
    parts: list[str | Gap] = []
    for part in node.parts:
        if isinstance(part, facts.Constant):
            parts.append(str(part.value))
        else:
            parts.extend(_gap(frame, part))
    origins = frozenset().union(*(part.value.origins for part in parts if isinstance(part, Gap)))
    text = text_of(parts)
    literal = "".join(part for part in parts if isinstance(part, str))
    is_literal = text is not None and all(isinstance(part, str) for part in parts)
    return Value(origins=trim(derived(origins)), text=text, constant=literal if is_literal else NOTHING)


def _gap(frame: Frame, hole: facts.Hole) -> list[str | Gap]:
    """A hole of a template; one filled with known text is not a hole any more."""
    value = library.consume(frame, frame.evaluate(hole.value), "string", hole.value)
    if isinstance(value.constant, (str, int)) and not isinstance(value.constant, bool) and not hole.conversion:
        return [str(value.constant)]
    if hole.spec and hole.spec[-1] in NUMBER_FORMATS and not (len(hole.spec) == 1 and hole.spec == "%"):
        value = replace(value, origins=cleaned(value.origins, safe=True, bounded=False), text=None)
    elif hole.conversion:
        value = replace(value, text=None, origins=derived(value.origins))
    place = frame.place(hole.value)
    if value.text is not None and not isinstance(hole.value, facts.Unknown):
        return list(value.text.parts)
    return [Gap(value, place, gap_name(hole.value))]


def hole(frame: Frame, node: facts.Hole) -> Value:
    return frame.evaluate(node.value)


def binary(frame: Frame, node: facts.Binary) -> Value:
    left, right = frame.evaluate(node.left), frame.evaluate(node.right)
    if isinstance(left.constant, NUMBERS) and isinstance(right.constant, NUMBERS):
        folded = _fold(node.operator, left.constant, right.constant)
        if folded is not None:
            return constant(folded)
    if node.operator == "%" and isinstance(left.constant, str):
        filled = _interpolated(frame, left.constant, right, node.right)
        if filled is not None:
            return filled
    if node.operator == "+" and (left.text is not None or right.text is not None):
        return _concatenated(frame, node, left, right)
    # What is taken away leaves no trace: `old - new` holds old things only.
    value = carried(left) if node.operator == "-" else carried(left, right)
    if node.operator in ("|", "&", "+") and left.things:
        items = left.items + right.items if left.items is not None and right.items is not None else None
        return replace(value, things=left.things, items=held(items))
    return value


def _interpolated(frame: Frame, pattern: str, right: Value, node: facts.Expression) -> Value | None:
    if isinstance(node, facts.Collection) and right.items is not None:
        given = [
            (value, frame.place(part), gap_name(part))
            for (_, value), part in zip(right.items, node.items, strict=False)
        ]
        return interpolated(pattern, given)
    return interpolated(pattern, [(right, frame.place(node), gap_name(node))])


def _concatenated(frame: Frame, node: facts.Binary, left: Value, right: Value) -> Value:
    """A prefix kept in a variable plus something: the same as a template."""
    parts: list[str | Gap] = []
    for value, operand in ((left, node.left), (right, node.right)):
        if value.text is not None:
            parts.extend(value.text.parts)
        else:
            parts.append(Gap(value, frame.place(operand), gap_name(operand)))
    text = text_of(parts)
    return replace(carried(left, right), text=text)


def _fold(operator: str, left: Any, right: Any) -> Any:
    folded = _computed(operator, left, right)
    return None if isinstance(folded, int) and folded not in INT64 else folded


def _computed(operator: str, left: Any, right: Any) -> Any:
    try:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        if operator == "/":
            return left / right
        if operator == "//":
            return left // right
    except (ArithmeticError, ValueError, TypeError):
        return None
    return None


def unary(frame: Frame, node: facts.Unary) -> Value:
    value = frame.evaluate(node.value)
    if node.operator == "-" and isinstance(value.constant, (int, float)):
        return constant(-value.constant)
    return carried(value)
