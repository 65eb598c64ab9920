"""The file as it will be: a tool call says only what changes, and Claude Code applies it in a way of its own.

Measured: it reads a file without its byte order mark and with line feeds only, matches exactly or else with quotes
straightened, takes the line end with a deleted piece, and gives mark and line ends back when it writes.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from cachelint.hook.contract import NoVerdictError

STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
OPENING = {"'": "‘", '"': "“"}
CLOSING = {"'": "’", '"': "”"}
# Larger files are not read; the check would refuse them, too.
MAX_BYTES = 5_000_000


class Edit(NamedTuple):
    """A file before and after; None stands for one that is not there."""

    before: bytes | None
    after: bytes


class Replacement(NamedTuple):
    """One piece to be replaced by another: once, or wherever it is."""

    old: str
    new: str
    everywhere: bool


class _View(NamedTuple):
    """A file as Claude Code sees it, and what it takes to write it back: its byte order mark and line ends."""

    text: str
    encoding: str
    mark: bytes
    has_crlf: bool

    def bytes_of(self, text: str) -> bytes:
        ends = text.replace("\n", "\r\n") if self.has_crlf else text
        return self.mark + ends.encode(self.encoding, "replace")


def planned(tool: str, said: dict[str, Any], path: str) -> Edit:
    """What a Write, Edit or MultiEdit would make of the file. Raises NoVerdictError."""
    before = read_file(path)
    if tool == "Write":
        return Edit(before, _text(said, "content").encode("utf-8", "replace"))
    view = _view(before or b"")
    text = view.text
    for replacement in _replacements(tool, said):
        text = replaced(text, replacement)
    return Edit(before, view.bytes_of(text))


def as_read(data: bytes) -> bytes:
    """A file as it would be written back unchanged: bytes that are no text become marks that stand for them."""
    view = _view(data)
    return view.bytes_of(view.text) if "\N{REPLACEMENT CHARACTER}" in view.text else data


def read_file(path: str) -> bytes | None:
    """The bytes of a file, None when there is none. Raises NoVerdictError for one that cannot be read."""
    try:
        if not os.path.lexists(path):
            return None
        if not os.path.isfile(path) or os.path.getsize(path) > MAX_BYTES:
            raise NoVerdictError(f"{path} is too large or no file")
        with open(path, "rb") as stream:
            return stream.read()
    except (OSError, ValueError) as error:
        raise NoVerdictError(f"{path!r} cannot be read: {error}") from None


def _view(data: bytes) -> _View:
    mark, encoding = b"", "utf-8"
    if data.startswith(codecs.BOM_UTF8):
        mark = codecs.BOM_UTF8
    elif data.startswith(codecs.BOM_UTF16_LE):
        mark, encoding = codecs.BOM_UTF16_LE, "utf-16-le"
    text = data[len(mark) :].decode(encoding, "replace")
    return _View(text.replace("\r\n", "\n"), encoding, mark, "\r\n" in text)


def _replacements(tool: str, said: dict[str, Any]) -> Iterator[Replacement]:
    pieces = said.get("edits") if tool == "MultiEdit" else [said]
    if not isinstance(pieces, list) or not pieces or not all(isinstance(piece, dict) for piece in pieces):
        raise NoVerdictError("the edits of this call cannot be read")
    for piece in pieces:
        yield Replacement(_text(piece, "old_string"), _text(piece, "new_string"), piece.get("replace_all") is True)


def _text(said: dict[str, Any], key: str) -> str:
    value = said.get(key)
    if not isinstance(value, str):
        raise NoVerdictError(f"the call has no text `{key}`")
    return value


def replaced(text: str, replacement: Replacement) -> str:
    """The text after one replacement. Raises NoVerdictError when the old piece is not there, or not just once."""
    old, new, everywhere = replacement
    if not old:
        if text:
            raise NoVerdictError("the call replaces nothing in a file that has content")
        return new
    if old not in text:
        old, new = _as_quoted(text, old, new)
    if not everywhere and text.count(old) > 1:
        raise NoVerdictError("what the call replaces is there more than once")
    if not new and not old.endswith("\n") and old + "\n" in text:
        old += "\n"
    return text.replace(old, new) if everywhere else text.replace(old, new, 1)


def _as_quoted(text: str, old: str, new: str) -> tuple[str, str]:
    """Both pieces in the quotes that the text has in this place."""
    at = text.translate(STRAIGHT).find(old.translate(STRAIGHT))
    if at < 0:
        raise NoVerdictError("what the call replaces is not in the file")
    there = text[at : at + len(old)]
    curly = {c.translate(STRAIGHT) for c in there if c.translate(STRAIGHT) != c}
    return there, "".join(_quoted(c, new[i - 1 : i], curly) for i, c in enumerate(new))


def _quoted(character: str, before: str, curly: set[str]) -> str:
    if character not in curly:
        return character
    opens = not before or before.isspace() or before in "([{-"
    return (OPENING if opens else CLOSING)[character]
