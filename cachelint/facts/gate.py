"""A cheap look at the bytes: can this file matter at all?"""

from __future__ import annotations

import re

_NOTHING = re.compile(
    rb'(?:\s|#[^\r\n]*|pass(?![\w])|"""(?:[^"\\]|\\.|"(?!""))*"""|'
    rb"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    rb'"(?!"")(?:[^"\\\r\n]|\\.)*"|'
    rb"'(?!'')(?:[^'\\\r\n]|\\.)*')*",
    re.DOTALL,
)


def may_matter(data: bytes) -> bool:
    """False only for a file of blank lines, comments, strings and `pass`: nothing can be made of or reached through it.

    Text in another alphabet, null bytes and comments that speak to cachelint are left to the extractor.
    """
    if not data.isascii() or b"\0" in data or b"cachelint" in data:
        return True
    return _NOTHING.fullmatch(data) is None
