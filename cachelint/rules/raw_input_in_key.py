"""Unvalidated request text becomes part of a cache key.

What it does
Follows text that a client chooses (query parameters, path segments, headers, cookies, bodies) through
assignments, helpers and wrappers into the key of a cache call.

Why is this bad
The client decides which keys exist. On Redis and other servers the key space grows without bound, a value
with the separator in it reads or overwrites another entry (`user:{name}` with the name `1:orders`), and glob
characters match other keys. On Memcached a space or line break makes the key illegal, and a long one too.

Example
```py
from fastapi import FastAPI
from cashews import cache

app = FastAPI()


@app.get("/users")
async def users(cursor: str, limit: int):
    return await cache.get(f"user:list:{cursor}:{limit}")
```

Use instead
```py
from fastapi import FastAPI
from cashews import cache

app = FastAPI()


@app.get("/users")
async def users(cursor: int, limit: int):
    return await cache.get(f"user:list:{cursor}:{limit}")
```

Stays silent when
The text was validated or converted: a parameter typed int, UUID, Enum, Literal or with a strict pattern, a
path converter such as int, slug or uuid, a digest, an allow-list, a full match against a strict pattern.
The server is the only store of something: locks, queues, sessions, rate limits, tokens.
The value is the server's own: the user's id, the session, a row from the database.
The entry is only read or dropped, under a name that the server handed out (a uuid, a token, a ticket: pedantic) or by
people with a special right (pedantic).
The key holds the path of the request without its query string: the routes limit it (pedantic).
Only a part of an object that was handed on far reaches the key, or a bare value the process's own memory (pedantic).
The key is made by a decorator's default key builder: pedantic where it spells the arguments out, silent where it
hashes them.

References
libraries.md, sections 1 and 5: what each framework validates, what sanitises.
CVE-2020-13254: malformed Memcached keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Persona, Severity
from cachelint.rule import rule

# Parts of objects handed on over more steps than this are for the pedantic persona.

if TYPE_CHECKING:
    from cachelint.program import Arrival, Program

FAR = 4
MAPPINGS = frozenset("headers body json form data POST cookies COOKIES META values match_info".split())
TICKETS = frozenset("uuid guid token ticket nonce".split())
MEMCACHED = "an illegal or over-long key makes the Memcached client raise, and clients choose the entry"
SEPARATOR = ", and a text with the separator in it is taken for another key"


@rule("CL101", Severity.ERROR, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per raw hole of a key template."""
    seen = set()
    for event in program.cache_events:
        if program.is_store(event) or program.is_pattern(event):
            continue
        for arrival in program.raw_inputs(event):
            if arrival.place not in seen and not program.is_store_key(arrival):
                seen.add(arrival.place)
                yield _finding(program, arrival)


def _finding(program: Program, arrival: Arrival) -> Finding:
    event = arrival.event
    kind = program.client_kind(event)
    # A bare value in the process's own bounded memory harms nobody else.
    # The separators of a whole query string are encoded, so only the number of keys hurts.
    is_all = arrival.is_whole_query
    is_blurred = arrival.origin.name in MAPPINGS
    is_far = (
        is_blurred or (not arrival.is_exact and len(arrival.way) > FAR) or (arrival.is_whole and _is_vague(arrival))
    )
    adds_nothing = program.is_read(event) or program.is_delete(event)
    is_minor = (
        not event.certain
        or is_far
        or (kind == "memory" and (arrival.is_whole or is_all or not arrival.is_exact))
        or (adds_nothing and (program.is_sent_by_few(arrival) or _is_ticket(arrival)))
        or program.is_default_key(event)
        # A path without its query string led to a route: what it may hold, the route says.
        or arrival.is_routed_path
    )
    harm = _harm(program, arrival, kind)
    return Finding(
        at=program.location(arrival.place),
        message=f"{arrival.spoken} reaches the {kind} key `{arrival.template}` unvalidated: {harm}",
        help="give it a type that validates (int, UUID, Enum, a strict pattern), an allow-list, or hash it",
        subject=f"{arrival.origin.name} in {arrival.template}",
        function=program.function_name(event),
        trace=tuple(program.step(place, note) for place, note in arrival.way if place.path),
        confidence=None if event.certain else Confidence.MEDIUM,
        persona=Persona.PEDANTIC if is_minor else None,
    )


def _is_vague(arrival: Arrival) -> bool:
    """A bare key that is said to be a whole mapping, a part of an object, or comes from very far."""
    names_a_key = "key" in arrival.origin.name.lower().split("_")
    is_mapping = arrival.is_whole_query or arrival.origin.name in MAPPINGS
    return names_a_key or is_mapping or not arrival.is_exact or len(arrival.way) > FAR + 1


def _is_ticket(arrival: Arrival) -> bool:
    """A text that by its name the server made and handed out: with it the client asks for what it was given."""
    return bool(TICKETS & set(arrival.origin.name.lower().split("_")))


def _harm(program: Program, arrival: Arrival, kind: str) -> str:
    """What clients can do with the key, and nothing that depends on other keys of the project."""
    if "Memcached" in kind:
        return MEMCACHED
    if program.is_delete(arrival.event):
        return "clients choose which entries are dropped"
    if program.is_read(arrival.event):
        return "clients choose which entry is read"
    if kind == "memory":
        return "every new text adds an entry to the process's memory"
    return "clients choose how many entries there are" + ("" if _is_last(arrival) else SEPARATOR)


def _is_last(arrival: Arrival) -> bool:
    """Whether nothing follows the raw text in the key."""
    return arrival.template.endswith("}") and arrival.template.count("{") == 1
