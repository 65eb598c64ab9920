"""Markdown -> a flat list of blocks with their lines: headings, list items, table rows, paragraphs, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

import msgspec

Kind = Literal["heading", "item", "paragraph", "row", "code", "comment"]

_MARKER = re.compile(r"[\s>]*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
# `##Caching`, which many write and no renderer takes for a heading.
_TIGHT = re.compile(r"(?m)^( {0,3}#{1,6})(?=[A-Za-z])")


class Text(msgspec.Struct, frozen=True):
    """One source line of a block: `line` 1-based; `lazy` when it stands further left than the block it continues."""

    line: int
    text: str
    lazy: bool = False


class Block(msgspec.Struct, frozen=True):
    """A piece of a document over the lines `line` to `end_line`, 1-based and inclusive.

    `level` is a heading's (1 to 6) or the depth of a list item (1 the outermost); a row has `cells`, and the names of
    its columns in `columns` (empty in the row that gives them)."""

    kind: Kind
    line: int
    end_line: int
    level: int = 0
    texts: tuple[Text, ...] = ()
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def blocks(text: str, first: int = 1) -> list[Block]:
    """The blocks of a Markdown text in order; `first` is the number of its first line."""
    lines = text.split("\n")
    tokens = _parser().parse(_TIGHT.sub(r"\1 ", text))
    return list(_Reader(lines, first).read(tokens))


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").disable("inline")


class _Reader:
    """One walk over the tokens of a document."""

    def __init__(self, lines: list[str], first: int) -> None:
        self.lines, self.first = lines, first
        self.depth = 0
        self.fresh: list[bool] = []
        self.columns: tuple[str, ...] = ()
        self.cells: list[str] | None = None
        self.row_line = 0

    def read(self, tokens: list[Any]) -> Iterator[Block]:
        heading = 0
        for token in tokens:
            if token.type == "heading_open":
                heading = int(token.tag[1])
            elif token.type == "list_item_open":
                self.depth += 1
                self.fresh.append(True)
            elif token.type == "list_item_close":
                self.depth -= 1
                self.fresh.pop()
            elif token.type == "inline" and heading:
                yield self._block("heading", token, heading)
                heading = 0
            elif token.type == "inline" and self.cells is not None:
                self.cells.append(token.content)
            elif token.type == "inline":
                yield self._inline(token)
            elif token.type in ("fence", "code_block"):
                yield self._block("code", token, self.depth)
            elif token.type == "html_block":
                yield self._block("comment", token, self.depth)
            else:
                yield from self._table(token)

    def _inline(self, token: Any) -> Block:
        kind: Kind = "paragraph"
        if self.fresh and self.fresh[-1]:
            kind, self.fresh[-1] = "item", False
        return self._block(kind, token, self.depth)

    def _table(self, token: Any) -> Iterator[Block]:
        if token.type == "table_open":
            self.columns = ()
        elif token.type == "tr_open":
            self.cells = []
        elif token.type == "tr_close" and self.cells is not None:
            cells, self.cells = tuple(self.cells), None
            line = self.row_line
            # The row of names is followed by the row of dashes.
            end = line if self.columns else line + 1
            yield Block("row", line, end, 0, (), cells, self.columns)
            self.columns = self.columns or cells
        if token.type == "tr_open":
            self.row_line = token.map[0] + self.first

    def _block(self, kind: Kind, token: Any, level: int) -> Block:
        start, end = token.map
        while (end > start + 1 and not self.lines[end - 1 : end]) or (
            end > start + 1 and not self.lines[end - 1].strip()
        ):
            end -= 1
        texts = tuple(self._texts(token.content, start)) if kind in ("item", "paragraph", "heading") else ()
        if kind == "code":
            texts = tuple(Text(0, line) for line in token.content.splitlines())
        return Block(kind, start + self.first, end - 1 + self.first, level, texts)

    def _texts(self, content: str, start: int) -> Iterator[Text]:
        marker = _MARKER.match(self.lines[start]) if self.depth else None
        column = marker.end() if marker else 0
        for index, text in enumerate(content.split("\n")):
            raw = self.lines[start + index] if start + index < len(self.lines) else ""
            indent = len(raw) - len(raw.lstrip(" >\t"))
            yield Text(start + index + self.first, text.strip(), index > 0 and indent < min(column, 2))


# ------------------------------------------------------------------------------------------------- big texts


def chunks(text: str) -> Iterator[tuple[int, str]]:
    """(first line, text) of the pieces between the `#` headings that stand outside of code and comments."""
    start, inside, lines = 0, "", text.split("\n")
    hidden = _comment_lines(text)
    for number, line in enumerate(lines):
        opened = _FENCE.match(line) if line[:4].lstrip(" ")[:1] in ("`", "~") else None
        if inside:
            if opened and opened[1].startswith(inside) and not line.strip().strip(inside[0]):
                inside = ""
        elif opened:
            inside = opened[1]
        elif line.startswith("#") and number > start and number not in hidden:
            yield start + 1, "\n".join(lines[start:number])
            start = number
    yield start + 1, "\n".join(lines[start:])


def _comment_lines(text: str) -> set[int]:
    """The 0-based lines that begin inside an HTML comment."""
    hidden: set[int] = set()
    for match in _COMMENT.finditer(text) if "<!--" in text else ():
        first = text.count("\n", 0, match.start())
        hidden.update(range(first + 1, first + 1 + match[0].count("\n")))
    return hidden
