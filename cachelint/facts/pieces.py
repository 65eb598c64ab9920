"""The facts of a file after an edit, from those before it: only the statements that the edit touches are parsed again.

Why that gives what a parse of the whole would: a piece is cut out where a statement begins, or where the line of one
ends, at the outermost level or among the members of a class there. Up to its beginning both texts are equal, so a
tokenizer stands there as it did before the edit: at the start of a line, in no string and no bracket. The piece parses
by itself, so it leaves the tokenizer like that. What follows is the same text met in the same state, and begins with a
statement, which nothing before it can take for a part of itself. Functions and classes are numbered in the order of
statements, so those of a piece follow those before it. Where any of this is in doubt there is no answer, and the whole
is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from cachelint.facts.decoding import decode_source
from cachelint.facts.errors import FactsError
from cachelint.facts.joints import CODE, Change, Edge, Joint, Piece
from cachelint.facts.model import Class, Define, DefineClass, FileFacts, Function, Statement
from cachelint.facts.nesting import check_nesting

Lower = Callable[[str], FileFacts]
_NOTHING = FileFacts((0,), (), (), (), ())

_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")
_INDENT = re.compile(r"[ \t]+")
# Declares what its own name means, in ways that a part of a class does not tell.
_GLOBAL = re.compile(r"\bglobal\b")


def renewed(before: bytes, known: FileFacts, after: bytes, lower: Lower) -> FileFacts | None:
    """The facts of a file that held `before`, and whose facts were known; None where only the whole tells.

    `lower` makes facts of a text, and raises FactsError.
    """
    try:
        change = _change_of(decode_source(before), decode_source(after))
        check_nesting(change.new)
    except FactsError:
        return None
    for piece in _pieces(known, change):
        joint = Joint(known, change, piece)
        found = _with_piece(joint, lower)
        if found is not None:
            _last[:] = [Renewed(known, found, *joint.kept)]
            return found
    return None


class Renewed(NamedTuple):
    """Facts before and after an edit: `head` functions at the beginning are the same, and so are, only moved, `tail` at
    the end."""

    old: FileFacts
    new: FileFacts
    head: int
    tail: int


_last: list[Renewed] = []


def made_of(old: FileFacts, new: FileFacts) -> Renewed | None:
    """How the second were made of the first, if they were just now."""
    return next((each for each in _last if each.old is old and each.new is new), None)


def _change_of(old: str, new: str) -> Change:
    head = old.rfind("\n", 0, _shared(old, new, min(len(old), len(new)), at_end=False)) + 1
    shared = _shared(old, new, min(len(old), len(new)) - head, at_end=True)
    start = len(old) - shared
    if not (start and old[start - 1] == "\n" and new[len(new) - shared - 1] == "\n"):
        start = old.find("\n", start) + 1 or len(old)
    return Change(old, new, head, start)


def _shared(one: str, other: str, most: int, at_end: bool) -> int:
    """How many characters two texts share at their beginning or end."""
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        cuts = [slice(len(t) - middle, len(t) - low) if at_end else slice(low, middle) for t in (one, other)]
        if one[cuts[0]] == other[cuts[1]]:
            low = middle
        else:
            most = middle - 1
    return low


# ------------------------------------------------------------------------------------------------- where to cut


def _pieces(known: FileFacts, change: Change) -> Iterator[Piece]:
    """The pieces that hold all that changed, smallest first."""
    # libcst loses form feeds, and where it does, a place may be given otherwise in a part than in the whole.
    if "\f" in change.old or "\f" in change.new:
        return
    edges = list(_edges(change.old, known, known.body, ""))
    start = max((e for e in edges if e.offset <= change.head), default=Edge(0, 0))
    stop = min((e for e in edges if e.offset >= change.tail), default=Edge(len(change.old), len(known.body)))
    for index in {start.before, start.before - 1}:
        if index == stop.before - 1 >= 0 and isinstance(statement := known.body[index], DefineClass):
            yield from _members(known, change, statement.class_, stop)
    yield Piece(start, stop)


def _members(known: FileFacts, change: Change, class_: int, stop: Edge) -> Iterator[Piece]:
    """The part of a class that changed, if it is among its members; `stop` is an edge after the class."""
    body, at = known.classes[class_].body, known.classes[class_].at
    indent = _indent(change.old, body)
    if not indent or known.classes[class_].end != body[-1].end or _GLOBAL.search(change.old, at, stop.offset):
        return
    edges = list(_edges(change.old, known, body, indent))
    start = max((e for e in edges if e.offset <= change.head), default=None)
    if start is not None:
        yield Piece(
            start, min((e for e in edges if e.offset >= change.tail), default=Edge(stop.offset, len(body))), class_
        )


def _indent(text: str, body: Sequence[Statement]) -> str:
    """The blanks before the first member of a class that begins a line; "" when there are none."""
    start = text.rfind("\n", 0, body[0].at) + 1 if body else 0
    found = _INDENT.match(text, start)
    return found[0] if found and body and found.end() == body[0].at else ""


def _edges(text: str, known: FileFacts, body: Sequence[Statement], indent: str) -> Iterator[Edge]:
    for index, statement in enumerate(body):
        start = _start(text, known, statement, indent)
        if start is not None:
            yield Edge(start, index)
        rest = _REST_OF_LINE.match(text, statement.end)
        if rest is not None:
            yield Edge(rest.end(), index + 1)


def _start(text: str, known: FileFacts, statement: Statement, indent: str) -> int | None:
    """Where the line of a statement that begins one starts, its decorators included."""
    decorators = _defined(known, statement).decorators if isinstance(statement, Define | DefineClass) else ()
    at = decorators[0].at if decorators else statement.at
    line = text.rfind("\n", 0, at) + 1
    before = text[line:at]
    return line if (before.startswith(indent + "@") if decorators else before == indent) else None


def _defined(known: FileFacts, statement: Define | DefineClass) -> Function | Class:
    return known.functions[statement.function] if isinstance(statement, Define) else known.classes[statement.class_]


# ------------------------------------------------------------------------------------------------- put together


def _with_piece(joint: Joint, lower: Lower) -> FileFacts | None:
    piece, code = joint.piece, joint.code
    if not _can_stand_alone(code) or (piece.class_ >= 0 and _GLOBAL.search(code)):
        return None
    # Beside whoever lowers the piece: most edits bring no new function and no new class.
    joint.move_rest(0, 0)
    header = joint.header
    try:
        made = lower(header + code) if header or CODE.search(code) or "cachelint" in code else _NOTHING
    except FactsError:
        return None
    body = _body_of(made, header, code, _indent_of(joint))
    return joint.facts(made, body) if body is not None else None


def _can_stand_alone(code: str) -> bool:
    """Whether nothing at the ends of a piece is taken otherwise where it stands alone."""
    return not code.startswith("\N{BYTE ORDER MARK}") and not code.rstrip("\r\n").endswith("\\")


def _indent_of(joint: Joint) -> str:
    class_ = joint.piece.class_
    return _indent(joint.change.old, joint.known.classes[class_].body) if class_ >= 0 else ""


def _body_of(made: FileFacts, header: str, code: str, indent: str) -> tuple[Statement, ...] | None:
    """The statements of a piece; None when they are not all on the level of those around it."""
    body = made.body
    if header:
        first = made.body[0]
        if len(made.body) != 1 or not isinstance(first, DefineClass) or first.class_ != 0:
            return None
        body = made.classes[0].body
    is_level = not body or _start(header + code, made, body[0], indent) is not None
    return body if is_level else None
