"""What headings make of the lines below them: whether they speak of an application's cache, and how."""

from __future__ import annotations

import re
from typing import Literal

Mode = Literal["", "cache", "never", "keys", "durable", "unclear", "prose"]

# A section is about caching when its title has one of these words.
CACHING = re.compile(
    r"\b(?:un|non-?)?cach(?:e|es|ed|ing|eable|able)\b|\bredis\b|\bvalkey\b|\bmemcached?\b|\bttls?\b|\bcdns?\b"
    r"|\binvalidation\b|\bno-store\b|\bstale(?:ness)?\b",
    re.IGNORECASE,
)
# Other people's caches: of builds, packages, processors and language models.
OTHER = re.compile(
    r"\b(?:build|ci|docker|pip|npm|yarn|pnpm|uv|poetry|layer|compiler|pytest|mypy|ruff|turbo|webpack|vite|gradle"
    r"|bazel|actions?|wheels?|dependency|dependencies|prompt|kv|cpu|git|apt|pre-commit|sccache|ccache|celery)\b",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(?:not|never|don'?t|do not|no|must ?n'?t)\b[^.:]{0,24}\bcach(?:e|ed|ing|eable)\b"
    r"|\b(?:un|non-?)cach(?:e|ed|eable)\b"
    r"|\b(?:forbidden|banned|prohibited|not allowed|off[- ]limits|excluded|out|outside"
    r"|kept out)\b[^.:]{0,24}\bcaches?\b"
    r"|\bno-store\b",
    re.IGNORECASE,
)
_TO_CACHE = re.compile(r"\b(?:to|we|is|are|what|should|must|gets?)\b[^.:]{0,20}\bcached?\b|\bcached\b", re.IGNORECASE)
_TALK = re.compile(
    r"^(?:why|rationale|reasons?|background|motivation|history|notes?|context|see also|resources)\b", re.I
)
_KEYS = re.compile(r"\bkeys?\b|\bnaming\b", re.IGNORECASE)
_DURABLE = re.compile(r"\bdurable\b|\bno ttl\b|\bwithout (?:a )?ttl\b|\bnever expires?\b|\bpermanent\b", re.IGNORECASE)


# What forbids in a caching section, where no word says again that it speaks of caching.
_FORBIDS = re.compile(
    r"(?:strictly )?(?:forbidden|banned|prohibited|off[- ]limits|never|not allowed|disallowed|excluded|do not|don'ts?)",
    re.IGNORECASE,
)


def mode_within(title: str) -> Mode:
    """What a title or leading item inside a caching section makes of the words below it."""
    return "never" if _FORBIDS.fullmatch(title.strip(" :")) else mode_of(title)


def is_caching(title: str) -> bool:
    """Whether a heading announces rules about an application's cache."""
    return CACHING.search(title) is not None and OTHER.search(title) is None


def mode_of(title: str) -> Mode:
    """What a heading or leading line makes of the bare words below it."""
    if _TALK.search(title):
        return "prose"
    if _NEVER.search(title):
        rest = _NEVER.sub(" ", title)
        return (
            "unclear"
            if re.search(r"\(not\)|\b(?:and|or|vs\.?)\b.*\b(?:cache|what)\b", rest, re.IGNORECASE)
            else "never"
        )
    if re.search(r"\(not\)[^.:]{0,9}cache|\bcache\b.*\bnot\b", title, re.IGNORECASE):
        return "unclear"
    if _DURABLE.search(title):
        return "durable"
    if _KEYS.search(title):
        return "keys"
    return "cache" if _TO_CACHE.search(title) else ""
