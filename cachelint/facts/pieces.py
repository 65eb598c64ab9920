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
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from cachelint.facts.decoding import decode_source, line_starts
from cachelint.facts.errors import FactsError
from cachelint.facts.model import Class, Comment, Define, DefineClass, FileFacts, Function, Statement
from cachelint.facts.moving import Mover
from cachelint.facts.nesting import check_nesting

Lower = Callable[[str], FileFacts]
Symbol = TypeVar("Symbol", Function, Class)
_NOTHING = FileFacts((0,), (), (), (), ())

# What members of a class stand under when they are parsed without it.
_HEADER = "class _:\n"
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")
_INDENT = re.compile(r"[ \t]+")
_CODE = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)
# Declares what its own name means, in ways that a part of a class does not tell.
_GLOBAL = re.compile(r"\bglobal\b")


class _Edge(NamedTuple):
    """Where statements can be cut apart: an offset, and how many statements of the block lie before it."""

    offset: int
    before: int


class _Change(NamedTuple):
    """Two texts that are the same up to `head`, and from `tail` on in the old one; both are starts of lines."""

    old: str
    new: str
    head: int
    tail: int

    @property
    def by(self) -> int:
        return len(self.new) - len(self.old)


class _Piece(NamedTuple):
    """Statements from one edge to another one, of the module (`class_` -1) or of a class."""

    start: _Edge
    stop: _Edge
    class_: int = -1


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
        found = _with_piece(known, change, piece, lower)
        if found is not None:
            return found
    return None


def _change_of(old: str, new: str) -> _Change:
    head = old.rfind("\n", 0, _shared(old, new, min(len(old), len(new)), at_end=False)) + 1
    shared = _shared(old, new, min(len(old), len(new)) - head, at_end=True)
    start = len(old) - shared
    if not (start and old[start - 1] == "\n" and new[len(new) - shared - 1] == "\n"):
        start = old.find("\n", start) + 1 or len(old)
    return _Change(old, new, head, start)


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


def _pieces(known: FileFacts, change: _Change) -> Iterator[_Piece]:
    """The pieces that hold all that changed, smallest first."""
    # libcst loses form feeds, and where it does, a place may be given otherwise in a part than in the whole.
    if "\f" in change.old or "\f" in change.new:
        return
    edges = list(_edges(change.old, known, known.body, ""))
    start = max((e for e in edges if e.offset <= change.head), default=_Edge(0, 0))
    stop = min((e for e in edges if e.offset >= change.tail), default=_Edge(len(change.old), len(known.body)))
    for index in {start.before, start.before - 1}:
        if index == stop.before - 1 >= 0 and isinstance(statement := known.body[index], DefineClass):
            yield from _members(known, change, statement.class_, stop)
    yield _Piece(start, stop)


def _members(known: FileFacts, change: _Change, class_: int, stop: _Edge) -> Iterator[_Piece]:
    """The part of a class that changed, if it is among its members; `stop` is an edge after the class."""
    body, at = known.classes[class_].body, known.classes[class_].at
    indent = _indent(change.old, body)
    if not indent or known.classes[class_].end != body[-1].end or _GLOBAL.search(change.old, at, stop.offset):
        return
    edges = list(_edges(change.old, known, body, indent))
    start = max((e for e in edges if e.offset <= change.head), default=None)
    if start is not None:
        yield _Piece(
            start, min((e for e in edges if e.offset >= change.tail), default=_Edge(stop.offset, len(body))), class_
        )


def _indent(text: str, body: Sequence[Statement]) -> str:
    """The blanks before the first member of a class that begins a line; "" when there are none."""
    start = text.rfind("\n", 0, body[0].at) + 1 if body else 0
    found = _INDENT.match(text, start)
    return found[0] if found and body and found.end() == body[0].at else ""


def _edges(text: str, known: FileFacts, body: Sequence[Statement], indent: str) -> Iterator[_Edge]:
    for index, statement in enumerate(body):
        start = _start(text, known, statement, indent)
        if start is not None:
            yield _Edge(start, index)
        rest = _REST_OF_LINE.match(text, statement.end)
        if rest is not None:
            yield _Edge(rest.end(), index + 1)


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


def _with_piece(known: FileFacts, change: _Change, piece: _Piece, lower: Lower) -> FileFacts | None:
    code = change.new[piece.start.offset : piece.stop.offset + change.by]
    header = _HEADER if piece.class_ >= 0 and _CODE.search(code) else ""
    if not _can_stand_alone(code) or (piece.class_ >= 0 and _GLOBAL.search(code)):
        return None
    try:
        made = lower(header + code) if header or _CODE.search(code) or "cachelint" in code else _NOTHING
    except FactsError:
        return None
    body = _body_of(made, header, code, _indent_of(known, change, piece))
    return _Joint(known, change, piece, made, header).facts(body) if body is not None else None


def _can_stand_alone(code: str) -> bool:
    """Whether nothing at the ends of a piece is taken otherwise where it stands alone."""
    return not code.startswith("\N{BYTE ORDER MARK}") and not code.rstrip("\r\n").endswith("\\")


def _indent_of(known: FileFacts, change: _Change, piece: _Piece) -> str:
    return _indent(change.old, known.classes[piece.class_].body) if piece.class_ >= 0 else ""


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


class _Joint:
    """Known facts with a piece in place of what was there."""

    def __init__(self, known: FileFacts, change: _Change, piece: _Piece, made: FileFacts, header: str) -> None:
        self.known, self.change, self.piece, self.made = known, change, piece, made
        self.header = header
        start, stop = piece.start.offset, piece.stop.offset
        self.functions = _before(start, known.functions), _before(stop, known.functions)
        self.classes = _before(start, known.classes), _before(stop, known.classes)
        self.own_classes = made.classes[1:] if header else made.classes
        self.inside = Mover(start - len(header), self._function_inside, self._class_inside)
        self.behind = Mover(change.by, self._function_behind, self._class_behind)

    def _function_inside(self, index: int) -> int:
        return index + self.functions[0] if index >= 0 else index

    def _class_inside(self, index: int) -> int:
        if index < 0 or not self.header:
            return index + self.classes[0] if index >= 0 else index
        return self.piece.class_ if index == 0 else index - 1 + self.classes[0]

    def _function_behind(self, index: int) -> int:
        return index + self.functions[0] + len(self.made.functions) - self.functions[1] if index >= 0 else index

    def _class_behind(self, index: int) -> int:
        if index < self.classes[1]:
            return index
        return index + self.classes[0] + len(self.own_classes) - self.classes[1]

    def facts(self, body: tuple[Statement, ...]) -> FileFacts | None:
        """The facts of the file; None when a class would be left without members."""
        known, piece = self.known, self.piece
        functions = self._joined(known.functions, self.functions, map(self._named, self.made.functions))
        classes = self._joined(known.classes, self.classes, map(self._named, self.own_classes))
        if piece.class_ < 0:
            outer = self._statements(known.body, body)
        else:
            around = known.classes[piece.class_]
            members = self._statements(around.body, body)
            if not members:
                return None
            changed = replace(around, body=members, end=members[-1].end)
            classes = (*classes[: piece.class_], changed, *classes[piece.class_ + 1 :])
            outer = self._around(changed)
        return FileFacts(line_starts(self.change.new), outer, functions, classes, tuple(self._comments()))

    def _statements(self, old: tuple[Statement, ...], new: tuple[Statement, ...]) -> tuple[Statement, ...]:
        start, stop = self.piece.start.before, self.piece.stop.before
        return (*old[:start], *self.inside.move(new), *self.behind.move(old[stop:]))

    def _around(self, class_: Class) -> tuple[Statement, ...]:
        """The statements of the module around a class that has changed inside."""
        body, index = self.known.body, self.piece.class_
        place = next(i for i, each in enumerate(body) if isinstance(each, DefineClass) and each.class_ == index)
        return (*body[:place], DefineClass(class_.at, class_.end, index), *self.behind.move(body[place + 1 :]))

    def _joined(self, old: Sequence[Symbol], cuts: tuple[int, int], new: Iterable[Symbol]) -> tuple[Symbol, ...]:
        return (*old[: cuts[0]], *map(self.inside.move, new), *map(self.behind.move, old[cuts[1] :]))

    def _named(self, definition: Symbol) -> Symbol:
        """A definition of the piece under the name that it has in its class."""
        if not self.header:
            return definition
        prefix = self.known.classes[self.piece.class_].qualname
        return replace(definition, qualname=prefix + definition.qualname[1:])

    def _comments(self) -> Iterator[Comment]:
        start, stop = self.piece.start.offset, self.piece.stop.offset
        yield from (each for each in self.known.comments if each.at < start)
        lines = self.change.new.count("\n", 0, start) - bool(self.header)
        for each in self.made.comments:
            yield replace(self.inside.move(each), line=each.line + lines)
        more = self.change.new.count("\n") - self.change.old.count("\n")
        for each in self.known.comments:
            if each.at >= stop:
                yield replace(self.behind.move(each), line=each.line + more)


def _before(offset: int, definitions: Iterable[Function | Class]) -> int:
    return sum(each.at < offset for each in definitions)
