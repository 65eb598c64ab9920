"""A cheap look at the bytes: can this file matter at all, and is it meant to be Python?"""

from __future__ import annotations

import re

# One piece at a time: repeated inside the pattern, the pieces of "####" could be cut in endlessly many ways.
_NOTHING = re.compile(
    rb'\s+|#[^\r\n]*|pass(?!\w)|"""(?:[^"\\]|\\.|"(?!""))*"""|'
    rb"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    rb'"(?!"")(?:[^"\\\r\n]|\\.)*"|'
    rb"'(?!'')(?:[^'\\\r\n]|\\.)*'",
    re.DOTALL,
)


def may_matter(data: bytes) -> bool:
    """False only for a file of blank lines, comments, strings and `pass`: it makes and reaches nothing.

    Text in another alphabet, null bytes and comments that speak to cachelint are left to the extractor.
    """
    if not data.isascii() or b"\0" in data or b"cachelint" in data:
        return True
    at = 0
    while at < len(data):
        found = _NOTHING.match(data, at)
        if found is None:
            return True
        at = found.end()
    return False


# Texts and comments, which may hold anything; a text that is not closed is none of them.
_TEXT = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*"""|'
    rb"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    rb'"(?!"")(?:[^"\\\r\n]|\\.)*"|'
    rb"'(?!'')(?:[^'\\\r\n]|\\.)*'|"
    rb"#[^\r\n]*",
    re.DOTALL,
)
_OPEN = re.compile(rb"\"\"\"|'''")
# A statement of Jinja on a line of its own, `{% if name %}`, and a hole: `from shop.{{ version }} import Client`.
_BLOCK = re.compile(rb"^[ \t]*\{%[-+]?[ \t]*\w", re.MULTILINE)
_HOLE = re.compile(rb"\{\{[-+]?[ \t]*\w[^{}\r\n]*\}\}")


def is_template(data: bytes, line: int) -> bool:
    """Whether a file that is no Python is a template of some: nobody runs it before it was filled.

    What tells it from Python with mistakes and a template in a text is that parsing ends (at a line, 1-based) where, or
    after, Jinja stands outside of all texts."""
    code = _OPEN.split(_TEXT.sub(_lines_of, data))[0].splitlines()
    has_hole = 0 < line <= len(code) and _HOLE.search(code[line - 1]) is not None
    return has_hole or _BLOCK.search(b"\n".join(code[: max(line, 0)])) is not None


def _lines_of(text: re.Match[bytes]) -> bytes:
    """The line breaks of a text, which keep what follows on its line."""
    return b"\n" * len(text[0].splitlines()[1:])
