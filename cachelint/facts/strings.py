"""String displays of the source: literals, f-strings, t-strings and their implicit concatenation."""

from __future__ import annotations

from cachelint.facts.context import Context
from cachelint.facts.literals import string_constant, string_part, unescape
from cachelint.facts.model import Constant, Expression, Hole, Unknown
from cachelint.facts.nodes import ConcatenatedString, CSTNode, FormattedString, SimpleString
from cachelint.facts.positions import code_length
from cachelint.facts.templates import Part, assemble, parts_of


def lower_simple(context: Context, node: SimpleString, at: int, end: int) -> Expression:
    return string_constant(node.value, at, end)


def lower_formatted(context: Context, node: FormattedString, at: int, end: int) -> Expression:
    """An f-string; a t-string has the same fields."""
    prefix = node.start.rstrip("\"'").lower()
    style = "t" if "t" in prefix else "f"
    parts = _parts(context, node, prefix, at)
    lowered = assemble(at, end, parts, style)
    if style == "t" and isinstance(lowered, Constant):
        return Unknown(at, end, "template string")
    return lowered


def lower_concatenated(context: Context, node: ConcatenatedString, at: int, end: int) -> Expression:
    """Neighbouring string literals, merged into one."""
    pieces: list[CSTNode] = []
    rest: CSTNode = node
    while isinstance(rest, ConcatenatedString):
        pieces.append(rest.left)
        rest = rest.right
    lowered = [context.expression(piece) for piece in (*pieces, rest)]
    if any(isinstance(piece, Constant) and piece.is_bytes for piece in lowered):
        return _bytes(lowered, at, end)
    return assemble(at, end, (part for piece in lowered for part in parts_of(piece)), "f")


def _bytes(pieces: list[Expression], at: int, end: int) -> Expression:
    merged = assemble(at, end, (part for piece in pieces for part in parts_of(piece)), "+")
    return Constant(at, end, "", True) if isinstance(merged, Constant) and not merged.value else merged


def _parts(context: Context, node: FormattedString, prefix: str, at: int) -> list[Part]:
    parts: list[Part] = []
    at += len(node.start)
    for part in node.parts:
        length = code_length(context.module, part)
        if hasattr(part, "expression"):
            parts.extend(_hole(context, part, at))
        else:
            parts.append(string_part(_text(part, prefix), at, at + length))
        at += length
    return [part for part in parts if not (isinstance(part, Constant) and part.value == "")]


def _text(part: CSTNode, prefix: str) -> str | None:
    value = str(getattr(part, "value", ""))
    return unescape(value.replace("{{", "{").replace("}}", "}"), prefix)


def _hole(context: Context, part: CSTNode, at: int) -> list[Part]:
    node: CSTNode = getattr(part, "expression")  # noqa: B009
    value = context.expression(node)
    conversion = getattr(part, "conversion", None) or ""
    spec = _spec(context, part)
    if getattr(part, "equal", None) is None:
        return [Hole(value.at, value.end, value, conversion, spec)]
    # f"{x=}" writes the source of x too, and x itself by repr unless told otherwise.
    shown = string_part(context.module.code_for_node(node) + "=", at, value.end)
    return [shown, Hole(value.at, value.end, value, conversion or ("" if spec else "r"), spec)]


def _spec(context: Context, part: CSTNode) -> str:
    """The format spec as written; a field inside it is only named by its source."""
    pieces = getattr(part, "format_spec", None) or ()
    return "".join(context.module.code_for_node(piece) for piece in pieces)
