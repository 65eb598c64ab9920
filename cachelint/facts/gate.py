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


# A statement of Jinja on a line of its own: `{% if name %}`, `{%- endblock %}`; and what makes a line no Python.
_BLOCK = re.compile(rb"^[ \t]*\{%[-+]?[ \t]*\w", re.MULTILINE)
_HOLE = re.compile(rb"\{%|\{\{")


def is_template(data: bytes, line: int) -> bool:
    """Whether a file that is no Python is a template of some: nobody runs it before it was filled. It is the line
    (1-based) where parsing ends that tells it from Python with mistakes and a template in a text."""
    lines = data.splitlines()
    ends_there = 0 < line <= len(lines) and _HOLE.search(lines[line - 1]) is not None
    return ends_there and _BLOCK.search(data) is not None
