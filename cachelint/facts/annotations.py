"""Type annotations: like any expression, except that strings in them are code."""

from __future__ import annotations

from cachelint.facts import nodes as cst
from cachelint.facts.context import Context
from cachelint.facts.errors import FactsError
from cachelint.facts.model import (
    Attribute,
    Binary,
    Collection,
    Constant,
    Expression,
    Name,
    Subscript,
    Unknown,
)
from cachelint.facts.nesting import check_nesting


def lower_annotation(context: Context, node: cst.Annotation | None) -> Expression | None:
    """Lower an annotation; the code in a string stands at the place of the string."""
    return None if node is None else _quoted(context, context.expression(node.annotation))


def _quoted(context: Context, value: Expression) -> Expression:
    """The same annotation with its strings parsed where a type is expected (not in Literal or metadata)."""
    if isinstance(value, Constant):
        return _parse(context, value) if isinstance(value.value, str) and not value.is_bytes else value
    if isinstance(value, Binary) and value.operator == "|":
        left, right = _quoted(context, value.left), _quoted(context, value.right)
        return Binary(value.at, value.end, "|", left, right)
    if isinstance(value, Collection):
        items = tuple(_quoted(context, item) for item in value.items)
        return Collection(value.at, value.end, value.kind, items)
    if isinstance(value, Subscript):
        return Subscript(value.at, value.end, value.value, _index(context, value))
    return value


def _index(context: Context, value: Subscript) -> Expression:
    generic, index = _last_name(value.value), value.index
    if generic == "Literal":
        return index
    if generic == "Annotated" and isinstance(index, Collection) and index.items:
        items = (_quoted(context, index.items[0]), *index.items[1:])
        return Collection(index.at, index.end, index.kind, items)
    return _quoted(context, index)


def _last_name(value: Expression) -> str:
    if isinstance(value, Attribute):
        return value.attr
    return value.id if isinstance(value, Name) else ""


def _parse(context: Context, value: Constant) -> Expression:
    unreadable = Unknown(value.at, value.end, "string annotation")
    source = str(value.value).strip()
    try:
        if check_nesting(source):
            return unreadable
        node = cst.parsed_expression(source)
    except (FactsError, cst.ParserSyntaxError, SyntaxError):
        return unreadable
    quoted = context.inside_string(value.at, value.end)
    return _quoted(quoted, quoted.expression(node))
