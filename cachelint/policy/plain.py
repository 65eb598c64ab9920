"""The words of a Markdown line without its marks: bold, links, checkboxes, typographic dashes and quotes."""

from __future__ import annotations

import re

_CODE = re.compile(r"(`+[^`]+`+)")
_LETTERS = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": "",
        "\u2010": "-",
        "\u2011": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2026": "...",
        "\ufe0f": "",
    }
)
_EMOJI = re.compile("^(?:[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]\\s*)+")
_MARKS = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"</?(?:b|i|em|strong|code|kbd|br|sub|sup)\s*/?>"), " "),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), r"\1"),
    (re.compile(r"(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w:*/])\*(?=[^\s*])([^*]*?)(?<=[^\s:])\*(?![\w:*/])"), r"\1"),
    (re.compile(r"(?<![\w{])_(?=[^\s_])([^_]*?)(?<=\S)_(?![\w}])"), r"\1"),
    (re.compile(r"\s*\u2192\s*"), " -> "),
    (re.compile(r"\s+[\u2013\u2014]\s*|\s*[\u2013\u2014]\s+"), " - "),
    (re.compile(r"[\u2013\u2014]"), "-"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|<>-])"), r"\1"),
)
_COMMENT = re.compile(r"<!--.*?-->")
_MARKED = re.compile(r"[*_<\[\]\\]")
_BOX = re.compile(r"^\[[ xX]\]\s+")


def plain(text: str) -> str:
    """The words of one logical line; code spans keep their backticks."""
    if text.isascii() and not _MARKED.search(text):
        return " ".join(text.split())
    text = _BOX.sub("", _COMMENT.sub("", text).strip().translate(_LETTERS))
    pieces = _CODE.split(text)
    parts = [part if index % 2 else _unmarked(_unbolded(pieces, index)) for index, part in enumerate(pieces)]
    return " ".join(_EMOJI.sub("", "".join(parts).strip()).split())


def _unbolded(pieces: list[str], index: int) -> str:
    """A piece between code spans without the bold marks that go around them."""
    part = pieces[index]
    if index > 0:
        part = part.removeprefix("**")
    return part.removesuffix("**") if index + 1 < len(pieces) else part


def _unmarked(text: str) -> str:
    for pattern, by in _MARKS:
        text = pattern.sub(by, text)
    return text


def is_struck(text: str) -> bool:
    """Whether a line is struck out: it was a rule once."""
    return re.fullmatch(r"\s*~~.*~~\s*", text, re.DOTALL) is not None


def is_forbidding_mark(text: str) -> bool:
    """Whether a line starts with a cross or a no-entry sign."""
    return re.match(r"\s*[\u274c\u2716\u2717\u26d4\U0001f6ab\u2715]", text) is not None
