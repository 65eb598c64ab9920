"""Strings built at run time -> Template: `%`, `.format`, `+`, `"x".join([...])`, on lowered operands.

Every function answers None when the expression is no template; the caller then keeps what it had.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence

from cachelint.facts.literals import string_part
from cachelint.facts.model import (
    Argument,
    Attribute,
    Call,
    Collection,
    Constant,
    Dictionary,
    Expression,
    Hole,
    Starred,
    Subscript,
    Template,
    Unknown,
)

Part = Constant | Hole

_PERCENT = re.compile(
    r"%(?:\((?P<key>[^)]*)\))?(?P<flags>[#0\- +]*)(?P<width>\*|\d+)?(?P<precision>\.(?:\*|\d*))?[hlL]?"
    r"(?P<type>[diouxXeEfFgGcrsab%])"
)
_FIELD = re.compile(r"([^.\[\]]*)((?:\.[^.\[\]]+|\[[^\]]+\])*)")
_STEP = re.compile(r"\.([^.\[\]]+)|\[([^\]]+)\]")


def is_text(value: Expression) -> bool:
    """True for a string or bytes constant."""
    return isinstance(value, Constant) and isinstance(value.value, str)


def assemble(at: int, end: int, parts: Iterable[Part], style: str) -> Expression:
    """A Template with neighbouring constants merged; a Constant when nothing is left to fill in."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Constant) and isinstance(last, Constant):
            text = f"{last.value}{part.value}"
            joined = string_part(text, min(last.at, part.at), max(last.end, part.end), part.is_bytes)
            if isinstance(joined, Constant):
                merged[-1] = joined
                continue
        merged.append(part)
    if not merged:
        return Constant(at, end, "")
    if len(merged) == 1 and isinstance(merged[0], Constant):
        return Constant(at, end, merged[0].value, merged[0].is_bytes)
    return Template(at, end, tuple(merged), style)


def parts_of(value: Expression) -> tuple[Part, ...]:
    """An operand as template parts: its own parts when it is a string already, else a hole."""
    if isinstance(value, Template):
        return value.parts
    if isinstance(value, Constant) and isinstance(value.value, str):
        return (value,) if value.value else ()
    return (Hole(value.at, value.end, value),)


def concatenation(at: int, end: int, operands: Sequence[Expression]) -> Expression | None:
    """`a + b + ...`, when one operand is known to be a string."""
    if not any(is_text(operand) or isinstance(operand, Template) for operand in operands):
        return None
    return assemble(at, end, (part for operand in operands for part in parts_of(operand)), "+")


def join(at: int, end: int, call: Call) -> Expression | None:
    """`"sep".join([...])` of a display."""
    func, items = call.func, _only_display(call.arguments)
    if not isinstance(func, Attribute) or not isinstance(func.value, Constant) or items is None:
        return None
    separator = string_part(str(func.value.value), func.value.at, func.value.end, func.value.is_bytes)
    parts: list[Part] = []
    for index, item in enumerate(items):
        parts += [separator] if index and func.value.value else []
        parts += parts_of(item)
    return assemble(at, end, parts, "join")


def _only_display(arguments: tuple[Argument, ...]) -> tuple[Expression, ...] | None:
    if len(arguments) != 1 or arguments[0].star or arguments[0].keyword:
        return None
    value = arguments[0].value
    if not isinstance(value, Collection) or value.kind == "set":
        return None
    opaque = any(isinstance(item, Starred | Unknown) and _unsized(item) for item in value.items)
    return None if opaque else value.items


def _unsized(item: Expression) -> bool:
    return isinstance(item, Starred) or (isinstance(item, Unknown) and item.reason == "long display")


# ------------------------------------------------------------------------------------------------ "..." % x


def percent(at: int, end: int, left: Constant, right: Expression) -> Expression | None:
    """`"..." % right` for a literal left side."""
    fields = _percent_fields(str(left.value))
    if fields is None:
        return None
    wanted = sum(not isinstance(field, str) and field["key"] is None for field in fields)
    values = _percent_values(right, wanted)
    parts: list[Part] = []
    for field in fields:
        if isinstance(field, str):
            parts.append(string_part(field, left.at, left.end, left.is_bytes))
        else:
            value = next(values) if field["key"] is None else _item(right, field["key"])
            parts.append(_percent_hole(field, value))
    return assemble(at, end, parts, "%")


def _percent_fields(text: str) -> list[str | re.Match[str]] | None:
    fields: list[str | re.Match[str]] = []
    at = 0
    while (start := text.find("%", at)) >= 0:
        found = _PERCENT.match(text, start)
        if found is None or "*" in found[0]:
            return None
        fields.append(text[at:start])
        fields.append("%" if found["type"] == "%" else found)
        at = found.end()
    return [*(field for field in [*fields, text[at:]] if field)]


def _percent_hole(field: re.Match[str], value: Expression) -> Hole:
    if field["type"] in "ra":
        return Hole(value.at, value.end, value, field["type"])
    spec = f"{field['flags']}{field['width'] or ''}{field['precision'] or ''}{field['type']}"
    return Hole(value.at, value.end, value, "", spec)


def _percent_values(right: Expression, wanted: int) -> Iterator[Expression]:
    """The values of the unnamed fields; a lone value that must be a tuple is taken apart by index."""
    items: tuple[Expression, ...] = (right,)
    if isinstance(right, Collection) and right.kind == "tuple":
        items = right.items
    elif wanted > 1:
        items = tuple(
            Subscript(right.at, right.end, right, Constant(right.at, right.end, index)) for index in range(wanted)
        )
    for item in items:
        if isinstance(item, Starred | Unknown) and _unsized(item):
            break
        yield item
    while True:
        yield Unknown(right.at, right.end, "format value", (right,))


def _item(mapping: Expression, key: str) -> Expression:
    if isinstance(mapping, Dictionary):
        for name, value in zip(reversed(mapping.keys), reversed(mapping.values), strict=True):
            if isinstance(name, Constant) and name.value == key:
                return value
            if name is None:
                break
    return Subscript(mapping.at, mapping.end, mapping, Constant(mapping.at, mapping.end, key))


# ------------------------------------------------------------------------------------------ "...".format(x)


def format_call(at: int, end: int, call: Call) -> Expression | None:
    """`"...".format(...)` for a literal format string."""
    func = call.func
    if not isinstance(func, Attribute) or not isinstance(func.value, Constant):
        return None
    text = func.value
    try:
        fields = list(string.Formatter().parse(str(text.value)))
    except ValueError:
        return None
    parts: list[Part] = []
    automatic = 0
    for literal, name, spec, conversion in fields:
        if literal:
            parts.append(string_part(literal, text.at, text.end))
        if name is not None:
            automatic += bool(re.match(r"$|[.\[]", name))
            value = _field(call, name, automatic - 1)
            parts.append(Hole(value.at, value.end, value, conversion or "", spec or ""))
    return assemble(at, end, parts, "format")


def _field(call: Call, name: str, automatic: int) -> Expression:
    found = _FIELD.fullmatch(name)
    if found is None:
        return Unknown(call.at, call.end, "format field")
    first, steps = found.groups()
    value = _argument(call, first or str(automatic))
    for attribute, index in _STEP.findall(steps):
        value = _step(value, attribute, index)
    return value


def _step(value: Expression, attribute: str, index: str) -> Expression:
    if attribute:
        return Attribute(value.at, value.end, value, attribute)
    key = int(index) if index.isdecimal() and len(index) < 18 else index
    return Subscript(value.at, value.end, value, Constant(value.at, value.end, key))


def _argument(call: Call, name: str) -> Expression:
    if name.isdecimal():
        return _positional(call, int(name) if len(name) < 18 else -1)
    for argument in call.arguments:
        if argument.keyword == name:
            return argument.value
    mappings = [argument.value for argument in call.arguments if argument.star == 2]
    if len(mappings) == 1:
        return _item(mappings[0], name)
    return Unknown(call.at, call.end, "format field", tuple(mappings))


def _positional(call: Call, index: int) -> Expression:
    plain = [argument for argument in call.arguments if argument.keyword is None and argument.star < 2]
    starred = next((place for place, argument in enumerate(plain) if argument.star), len(plain))
    if 0 <= index < starred:
        return plain[index].value
    return Unknown(call.at, call.end, "format field", tuple(argument.value for argument in plain[starred:]))
