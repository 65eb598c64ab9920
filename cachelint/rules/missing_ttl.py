"""A cache entry never expires.

What it does
Follows every cache write and caching decorator to the TTL that its entries get: the one given, wherever it is
written, else the true default of the library and the settings. Reports entries that have none. Where the policy
demands a TTL (of this data, or of every entry), the finding quotes it; without such a line only writes that leave the
TTL out are reported, not those that say `None` on purpose.

Why is this bad
Nothing removes the entry but a delete that works every time. Keys that hold an id pile up until the server is full
and evicts something else, and a missed invalidation is wrong for ever.

Example
```py
import redis

client = redis.Redis()


def remember(user_id: int, name: str) -> None:
    client.set(f"user:{user_id}:name", name)
```

Use instead
```py
import redis

client = redis.Redis()


def remember(user_id: int, name: str) -> None:
    client.set(f"user:{user_id}:name", name, ex=3600)
```

Stays silent when
Without a line of the policy: the key is one and the same for all (pedantic then), for it is rewritten in its place.
The library has a default TTL (Django 300 s, Flask-Caching 300 s), unless the settings take it away.
The project sets the TTL by a call of its own (`pipe.expire(key, 60)`), or keeps the one there is (`keepttl=True`).
The policy says that the data is durable.
The cache bounds itself: `lru_cache`, cachetools, diskcache, Django's local memory.
The call is no cache use: a lock, a session, a queue, a counter, a token.

References
libraries.md, section 3.0: what a TTL left out, None and 0 mean to each library.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Persona, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Lifetime, Program


@rule("CL302", Severity.WARNING, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per place that decides the TTL."""
    seen = set()
    for life in program.lifetimes():
        is_meant = life.decision is None and not life.expiry.is_default
        if life.expiry.kind != "never" or life.place in seen or program.is_bounded(life.event):
            continue
        if is_meant or program.expires_elsewhere(life.event):
            continue
        seen.add(life.place)
        yield _finding(program, life)


def _finding(program: Program, life: Lifetime) -> Finding:
    kind = program.client_kind(life.event)
    entry = f"the entry `{life.key}`" if life.key else "this entry"
    why = "no TTL is given and there is no default" if life.expiry.is_default else "its TTL means for ever"
    said = f"; {program.quoted(life.decision)}" if life.decision is not None else ""
    return Finding(
        at=program.location(life.place),
        message=f"{entry} never expires in {kind}: {why} for `{life.event.method}`{said}",
        help="give it a TTL, or list the key as durable in the policy",
        subject=f"ttl {life.key or life.event.method}",
        function=program.function_name(life.event),
        trace=tuple(program.step(place, note) for place, note in life.way),
        persona=_persona(program, life),
        confidence=None if life.event.certain else Confidence.MEDIUM,
    )


def _persona(program: Program, life: Lifetime) -> Persona | None:
    """Without a line of the policy only keys that grow with the data are worth a word to everyone."""
    if life.decision is not None and life.event.certain:
        return None
    grows = life.grows or program.takes_arguments(life.event)
    return None if life.event.certain and grows else Persona.PEDANTIC
