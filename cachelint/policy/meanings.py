"""What the words of a policy come to: statements, or why they say nothing that can be relied on."""

from __future__ import annotations

import re
from typing import NamedTuple

from cachelint.policy.attributes import Attributes
from cachelint.policy.durations import DURATION, seconds
from cachelint.policy.model import Caches, ExpiresAll, Never, NotCheckable, Statement
from cachelint.policy.naming import Entities, entities

_I = re.IGNORECASE


class Meaning(NamedTuple):
    """What a sentence says. `unclear`: why it says nothing that can be relied on; `left` what was passed over."""

    statements: tuple[Statement, ...] = ()
    unclear: str = ""
    left: str = ""


def never(text: str, http: bool = False) -> Meaning:
    """What "never cache TEXT" says."""
    longer = re.fullmatch(rf"(?P<what>.+?) (?:for )?(?:more|longer) than (?P<limit>{DURATION})", text, _I)
    if longer:
        return cached(entities(longer["what"]), Attributes(ttl=seconds(longer["limit"])))
    if re.search(r"\bwithout (?:an? )?(?:explicit )?(?:ttl|expiry|expiration|timeout)\b", text, _I):
        return Meaning((ExpiresAll(),))
    if re.match(r"(?:errors?|failures?|failed|exceptions?|none|null|nil|empty|4xx|5xx|404s?|500s?)\b", text, _I):
        return Meaning((NotCheckable(why="no rule follows failures into the cache yet"),))
    named = entities(_because(text))
    if named.abstract:
        return Meaning((NotCheckable(why="it names no data of this code"),))
    if named.unclear or not named.names:
        return Meaning(unclear=named.unclear or "names nothing")
    return Meaning(tuple(Never(subject=name, exceptions=named.exceptions, http=http) for name in named.names))


def _because(text: str) -> str:
    """A list without the reason behind it: "payments - they must be right", "orders because they change"."""
    return re.split(r"\s+-\s+|\s*,?\s+(?:because|since|as|due to)\s+|:\s+|(?<=\w\w)\.\s+", text, maxsplit=1)[0]


def cached(named: Entities, said: Attributes) -> Meaning:
    return (
        about(named, said) if named.names and not named.unclear else Meaning(unclear=named.unclear or "names nothing")
    )


def about(named: Entities, said: Attributes) -> Meaning:
    """What attributes say of the entities of a list."""
    if named.abstract:
        return Meaning((NotCheckable(why="it names no data of this code"),))
    if named.unclear or said.unclear:
        return Meaning(unclear=named.unclear or said.unclear)
    if said.never:
        contradicts = said.ttl is not None or said.durable or said.symbol
        if contradicts:
            return Meaning(unclear="it says both that this is cached and that it is not")
        return Meaning(tuple(Never(subject=name, http=said.http) for name in named.names), left=", ".join(said.left))
    statements = tuple(
        Caches(
            subject=name,
            ttl=said.ttl,
            symbol=said.symbol,
            strategies=said.strategies,
            triggers=said.triggers,
            key=said.key,
            durable=said.durable,
            stale=said.stale,
        )
        for name in named.names
    )
    return Meaning(statements, left=", ".join(said.left))
