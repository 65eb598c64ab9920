"""Source bytes -> text, as Python reads a file (PEP 263), and where its lines start."""

from __future__ import annotations

import codecs
import re

from cachelint.facts.errors import FactsError

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_BLANK = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?$")
_LINES = re.compile(rb"\r\n|\r|\n")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_LONE_RETURN = re.compile(r"\r(?!\n)")

# Not supersets of ASCII, or interpreters of escapes: no Python file is really written in them.
_UNSUITABLE = ("utf-16", "utf-32", "utf-7", "unicode", "raw-unicode", "idna", "punycode", "undefined")


def decode_source(data: bytes) -> str:
    """The text without byte order mark, every lone carriage return replaced by a newline (same length).

    Raises FactsError for null bytes, an unknown encoding or bytes that are not in it.
    """
    marked = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if marked else data
    encoding = _declared(body)
    if marked and encoding != "utf-8":
        raise FactsError(f"encoding {encoding!r} contradicts the byte order mark")
    text = _decode(body, encoding)
    if "\0" in text:
        raise FactsError("null byte in the source", *_place(text, text.index("\0")))
    return _LONE_RETURN.sub("\n", text) if "\r" in text else text


def line_starts(text: str) -> tuple[int, ...]:
    """Offset of the first character of every line; lines end with \\n, \\r\\n or \\r only."""
    return (0, *(match.end() for match in _NEWLINE.finditer(text)))


def _declared(data: bytes) -> str:
    first, second = [*_LINES.split(data, 2), b""][:2]
    found = _COOKIE.match(first) or (_COOKIE.match(second) if _BLANK.match(first) else None)
    if found is None:
        return "utf-8"
    name = found.group(1).decode("ascii")
    line = 1 if _COOKIE.match(first) else 2
    return _canonical(name, line)


def _canonical(name: str, line: int) -> str:
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        raise FactsError(f"unknown encoding: {name}", line) from None
    if not info._is_text_encoding or info.name.replace("_", "-").startswith(_UNSUITABLE):
        raise FactsError(f"unsuitable encoding: {name}", line)
    return "utf-8" if info.name == "utf-8-sig" else info.name


def _decode(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
        text.encode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = len(_LINES.findall(before)) + 1
        column = len(_LINES.split(before)[-1].decode(encoding, "replace")) + 1
        raise FactsError(f"not valid {encoding}: {error.reason}", line, column) from None
    except (LookupError, ValueError) as error:
        raise FactsError(f"not valid {encoding}: {error}") from None
    return text


def _place(text: str, offset: int) -> tuple[int, int]:
    before = _NEWLINE.split(text[:offset])
    return len(before), len(before[-1]) + 1
