"""Key templates and keys in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TEMPLATE = re.compile(r"(?:\{[\w. +()-]+\}|[\w.*:|/#-])+")


def templates(text: str) -> Iterator[str]:
    """The key templates and keys of a text: what stands in code spans, or words with colons or holes."""
    text = re.sub(r"<([\w-]+)>", r"{\1}", text.replace("}or{", "} or {"))
    spans = re.findall(r"`([^`]+)`", text)
    for word in spans or re.split(r"[\s,;]+", text):
        word = word.strip("`'\"().,;")
        if _TEMPLATE.fullmatch(word) and (":" in word.strip(":") or "{" in word):
            yield word
