"""A piece of a file in the place of what an edit has replaced: its facts, and around it those that were known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from cachelint.facts.decoding import line_starts
from cachelint.facts.model import Class, Comment, DefineClass, FileFacts, Function, Statement
from cachelint.facts.moving import Mover

Symbol = TypeVar("Symbol", Function, Class)

# What members of a class stand under when they are parsed without it.
HEADER = "class _:\n"
CODE = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)


class Edge(NamedTuple):
    """Where statements can be cut apart: an offset, and how many statements of the block lie before it."""

    offset: int
    before: int


class Change(NamedTuple):
    """Two texts that are the same up to `head`, and from `tail` on in the old one; both are starts of lines."""

    old: str
    new: str
    head: int
    tail: int

    @property
    def by(self) -> int:
        return len(self.new) - len(self.old)


class Piece(NamedTuple):
    """Statements from one edge to another one, of the module (`class_` -1) or of a class."""

    start: Edge
    stop: Edge
    class_: int = -1


class _Rest(NamedTuple):
    """What lies behind a piece, moved: statements of its block, statements of the module behind its class."""

    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    body: tuple[Statement, ...]
    outer: tuple[Statement, ...]


class Joint:
    """Known facts with a piece in place of what was there."""

    def __init__(self, known: FileFacts, change: Change, piece: Piece) -> None:
        self.known, self.change, self.piece = known, change, piece
        start, stop = piece.start.offset, piece.stop.offset
        self.code = change.new[start : stop + change.by]
        self.header = HEADER if piece.class_ >= 0 and CODE.search(self.code) else ""
        self.functions = _before(start, known.functions), _before(stop, known.functions)
        self.classes = _before(start, known.classes), _before(stop, known.classes)
        self.block = known.classes[piece.class_].body if piece.class_ >= 0 else known.body
        self._rest: dict[tuple[int, int], _Rest] = {}

    @property
    def kept(self) -> tuple[int, int]:
        """How many functions lie before the piece and behind it."""
        return self.functions[0], len(self.known.functions) - self.functions[1]

    def move_rest(self, functions: int, classes: int) -> _Rest:
        """What lies behind, after so many functions and classes more."""
        if (functions, classes) not in self._rest:
            first = self.classes[1]
            mover = Mover(
                self.change.by,
                lambda index: index + functions if index >= 0 else index,
                lambda index: index + classes if index >= first else index,
            )
            self._rest[functions, classes] = self._moved(mover)
        return self._rest[functions, classes]

    def _moved(self, mover: Mover) -> _Rest:
        known = self.known
        outer = known.body[self._place() + 1 :] if self.piece.class_ >= 0 else ()
        return _Rest(
            tuple(map(mover.move, known.functions[self.functions[1] :])),
            tuple(map(mover.move, known.classes[self.classes[1] :])),
            mover.move(self.block[self.piece.stop.before :]),
            mover.move(outer),
        )

    def _place(self) -> int:
        """Where the class around the piece stands in the module."""
        body, index = self.known.body, self.piece.class_
        return next(i for i, each in enumerate(body) if isinstance(each, DefineClass) and each.class_ == index)

    def _inside(self) -> Mover:
        def class_(index: int) -> int:
            if self.header:
                return self.piece.class_ if index == 0 else index - 1 + self.classes[0]
            return index + self.classes[0]

        return Mover(
            self.piece.start.offset - len(self.header),
            lambda index: index + self.functions[0] if index >= 0 else index,
            lambda index: class_(index) if index >= 0 else index,
        )

    def facts(self, made: FileFacts, body: tuple[Statement, ...]) -> FileFacts | None:
        """The facts of the file with those made of the piece; None when a class would be left without members."""
        known, inside = self.known, self._inside()
        own_classes = made.classes[1:] if self.header else made.classes
        rest = self.move_rest(
            len(made.functions) - self.functions[1] + self.functions[0],
            len(own_classes) - self.classes[1] + self.classes[0],
        )
        functions = (*known.functions[: self.functions[0]], *self._named(inside, made.functions), *rest.functions)
        classes = (*known.classes[: self.classes[0]], *self._named(inside, own_classes), *rest.classes)
        block = (*self.block[: self.piece.start.before], *inside.move(body), *rest.body)
        if self.piece.class_ >= 0:
            if not block:
                return None
            index, place = self.piece.class_, self._place()
            around = replace(known.classes[index], body=block, end=block[-1].end)
            classes = (*classes[:index], around, *classes[index + 1 :])
            block = (*known.body[:place], DefineClass(around.at, around.end, index), *rest.outer)
        return FileFacts(line_starts(self.change.new), block, functions, classes, tuple(self._comments(made, inside)))

    def _named(self, inside: Mover, definitions: Iterable[Symbol]) -> Iterator[Symbol]:
        """The definitions of a piece in their places, under the names that they have in their class."""
        prefix = self.known.classes[self.piece.class_].qualname if self.header else ""
        for each in definitions:
            moved: Symbol = inside.move(each)
            yield replace(moved, qualname=prefix + moved.qualname[1:]) if self.header else moved

    def _comments(self, made: FileFacts, inside: Mover) -> Iterator[Comment]:
        start, stop = self.piece.start.offset, self.piece.stop.offset
        old, new, by = self.change.old, self.change.new, self.change.by
        yield from (each for each in self.known.comments if each.at < start)
        lines = new.count("\n", 0, start) - bool(self.header)
        for each in made.comments:
            yield replace(inside.move(each), line=each.line + lines)
        lines = new.count("\n") - old.count("\n")
        for each in self.known.comments:
            if each.at >= stop:
                yield replace(each, at=each.at + by, end=each.end + by, line=each.line + lines)


def _before(offset: int, definitions: Iterable[Function | Class]) -> int:
    return sum(each.at < offset for each in definitions)
