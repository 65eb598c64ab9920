"""A policy's words and the names of code: split at case, underscore and hyphen, singular, head noun required."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_HOLE = re.compile(r"\{[^{}]*\}")
_SEGMENTS = re.compile(r"[:/|.#?&=]+")
# Endings of a loader's name that say how, not what: get_order_by_number, load_orders_for_user, fetch_payment_async.
_HOW = frozenset(("by", "for", "from", "with", "of", "in", "async", "sync", "cached", "list", "all", "page"))
_IRREGULAR = {"people": "person", "children": "child", "data": "data", "news": "news", "status": "status"}


class Word(NamedTuple):
    """One entity of a policy: the text as written and its words in the singular."""

    text: str
    words: tuple[str, ...]


def words_of(text: str) -> tuple[str, ...]:
    """The lower-case words of a name or phrase, the last one in the singular."""
    words = [word.lower() for word in _SPLIT.split(text) if word]
    return (*words[:-1], singular(words[-1])) if words else ()


def singular(word: str) -> str:
    """The singular of an English noun by its ending."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def in_name(word: Word, name: str) -> bool:
    """Whether a class, table or loader is about the entity: its last words are the entity's words."""
    words = words_of(name)
    return _ends_with(words, word.words) or _ends_with(_without_how(words), word.words)


def _without_how(words: tuple[str, ...]) -> tuple[str, ...]:
    for index, word in enumerate(words):
        if index > 0 and word in _HOW:
            kept = words[:index]
            return (*kept[:-1], singular(kept[-1]))
    return words


def _ends_with(words: tuple[str, ...], entity: tuple[str, ...]) -> bool:
    return bool(entity) and len(words) >= len(entity) and words[-len(entity) :] == entity


def in_key(word: Word, template: str) -> bool:
    """Whether a literal segment of a key template is the entity, or two neighbouring segments are."""
    literal = _HOLE.sub(" ", template)
    segments = [words_of(segment) for segment in _SEGMENTS.split(literal) if segment.strip()]
    if any(_ends_with(segment, word.words) for segment in segments):
        return True
    joined = [a + b for a, b in itertools.pairwise(segments)]
    return len(word.words) > 1 and any(each == word.words for each in joined)


def in_route(word: Word, path: str) -> bool:
    """Whether a literal segment of a URL pattern is the entity."""
    literal = re.sub(r"\(\?P<[^)]*\)|<[^>]*>|\{[^}]*\}|[\^$\\]", " ", path)
    segments = [words_of(segment) for segment in literal.split("/") if segment.strip()]
    return any(_ends_with(segment, word.words) for segment in segments)
