"""A form of sentences: words to look for first, a pattern, and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from cachelint.policy.meanings import Meaning
from cachelint.policy.model import Statement
from cachelint.policy.naming import CONDITIONS

Read = Callable[[re.Match[str]], Meaning]

# The servers and libraries that a sentence may mean by "the cache".
CACHE = r"(?:redis|valkey|memcached?|caches?)"
IN_CACHE = rf"(?:in|into|on|to|inside)\s+(?:the\s+|an?\s+|any\s+|our\s+)?(?:\w+\s+)?{CACHE}"
MUST = r"(?:must|should|shall|may|can|will|ought to|has to|have to|needs? to|is to|are to)"
MUST_NOT = r"(?:must|should|may|can|shall|are|is|will|do|does)\s*(?:never|not|n't|no)"


class Form(NamedTuple):
    """`needles` are pieces of lower-case text of which one must be in a sentence that has the form."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    read: Read


def form(needles: str, pattern: str, read: Read) -> Form:
    """A form; the needles are space separated, `_` stands for a space in one."""
    found = tuple(each.replace("_", " ") for each in needles.split())
    return Form(found, re.compile(pattern, re.IGNORECASE), read)


def meaning_of(text: str, forms: Iterable[Form]) -> Meaning | None:
    """What the first form that fits makes of a sentence; None when none does."""
    lowered = text.lower()
    for each in forms:
        match = each.pattern.search(text) if _has_one(each.needles, lowered) else None
        if match is not None:
            return each.read(match)
    return None


def _has_one(needles: tuple[str, ...], lowered: str) -> bool:
    """Whether a text holds one of the needles: a plain loop, for this is asked of every line and form."""
    for needle in needles:  # noqa: SIM110
        if needle in lowered:
            return True
    return False


def stated(*statements: Statement) -> Read:
    """A reading that does not depend on the words."""
    return lambda match: Meaning(statements)


def hides_condition(left: str) -> bool:
    """Whether what was passed over changes what was read."""
    return CONDITIONS.search(left) is not None
