"""The words of names and phrases, and nouns in the singular."""

from __future__ import annotations

import re
from functools import lru_cache

_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IRREGULAR = {"people": "person", "children": "child", "data": "data", "news": "news", "status": "status"}
_SPELLINGS = {
    "catalogue": "catalog",
    "colour": "color",
    "centre": "center",
    "licence": "license",
    "favourite": "favorite",
    "cheque": "check",
    "programme": "program",
    "behaviour": "behavior",
}


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """The lower-case words of a name or phrase, the last one in the singular."""
    words = list(map(_spelled, lower_words(text)))
    return (*words[:-1], singular(words[-1])) if words else ()


def singular(word: str) -> str:
    """The singular of an English noun by its ending, in American spelling."""
    return _spelled(_singular(word))


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _spelled(word: str) -> str:
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    return word.replace("isation", "ization") if word.endswith(("isation", "isations")) else word


def is_plural(name: str, noun: str) -> bool:
    """Whether a name says the plural of a noun."""
    return any(word != noun and singular(word) == noun for word in lower_words(name))


def lower_words(text: str) -> list[str]:
    """The words of a name as they are, in lower case."""
    return [word.lower() for word in _SPLIT.split(text) if word]
