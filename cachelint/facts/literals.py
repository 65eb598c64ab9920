"""Numbers and strings: the spelling in the source -> the value."""

from __future__ import annotations

import re
import unicodedata

from cachelint.facts.model import Constant, Expression, Hole, Unknown

MAX_STRING = 2_000
_INT64 = range(-(2**63), 2**63)

_STRING = re.compile(r"([A-Za-z]*)(\"\"\"|'''|\"|')", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:(\r\n|[\r\n\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^{}]+)\})"
)
_BYTES_ESCAPE = re.compile(r"\\(?:(\r\n|[\r\n\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2}))")
_SIMPLE = {
    "\r\n": "",
    "\r": "",
    "\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


def string_constant(source: str, at: int, end: int) -> Expression:
    """A string or bytes literal without holes, prefix and quotes included in `source`."""
    found = _STRING.match(source)
    if found is None:
        return Unknown(at, end, "string")
    prefix, quote = found.group(1).lower(), found.group(2)
    return constant(unescape(source[found.end() : -len(quote)], prefix), at, end, "b" in prefix)


def constant(value: str | None, at: int, end: int, is_bytes: bool = False) -> Expression:
    """A string constant, or Unknown when it is too long or cannot be stored (None, lone surrogates)."""
    if value is None:
        return Unknown(at, end, "string escape")
    if len(value) > MAX_STRING:
        return Unknown(at, end, "long string")
    if not value.isascii() and _has_surrogates(value):
        return Unknown(at, end, "lone surrogate")
    return Constant(at, end, value, is_bytes)


def string_part(value: str | None, at: int, end: int, is_bytes: bool = False) -> Constant | Hole:
    """The same as a part of a template: what is no constant is a hole."""
    lowered = constant(value, at, end, is_bytes)
    return lowered if isinstance(lowered, Constant) else Hole(at, end, lowered)


def unescape(body: str, prefix: str) -> str | None:
    """The text between the quotes with its escapes replaced; None when an escape names nothing."""
    if "\r\n" in body:
        body = body.replace("\r\n", "\n")
    if "\\" not in body or "r" in prefix:
        return body
    pattern = _BYTES_ESCAPE if "b" in prefix else _ESCAPE
    try:
        return pattern.sub(_character, body)
    except (ValueError, KeyError, OverflowError):
        return None


def _character(found: re.Match[str]) -> str:
    simple, octal, *coded = found.groups()
    if simple is not None:
        return _SIMPLE[simple]
    if octal is not None:
        code = int(octal, 8)
        return chr(code & 0xFF if found.re is _BYTES_ESCAPE else code)
    for digits in coded[:3]:
        if digits is not None:
            return chr(int(digits, 16))
    return unicodedata.lookup(coded[3])


def integer(source: str, at: int, end: int) -> Expression:
    """An integer literal in any base."""
    try:
        value = int(source, 0)
    except ValueError:
        return Unknown(at, end, "big number")
    return Constant(at, end, value) if value in _INT64 else Unknown(at, end, "big number")


def _has_surrogates(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False
