"""Data is cached for longer than the policy allows.

What it does
Compares the TTL of every cache write and caching decorator, wherever its number is written (a constant in another
file, arithmetic, a timedelta, the settings), in its unit, with the TTL that the policy gives this data, or that it
allows at most.

Why is this bad
The team decided how old this data may be. Readers get older data than that, and nobody sees it in the code of the
reader.

Example
```py
import redis

client = redis.Redis()
DAY = 24 * 60 * 60


def remember(user_id: int, profile: str) -> None:
    client.set(f"user:profile:{user_id}", profile, ex=DAY)
```

`CLAUDE.md`:

```md
## Caching

- User profiles: cache-aside, 1h TTL
```

Use instead
```py
import redis

client = redis.Redis()
HOUR = 60 * 60


def remember(user_id: int, profile: str) -> None:
    client.set(f"user:profile:{user_id}", profile, ex=HOUR)
```

`CLAUDE.md`:

```md
## Caching

- User profiles: cache-aside, 1h TTL
```

Stays silent when
The TTL is not known before the program runs (a configuration, a token's own expiry).
The policy's TTL is symbolic ("session expiry"), or what is cached is not known to be that data.
The entry never expires: that is missing-ttl.

References
rules.md, CL303. libraries.md, section 3.0: the units of each library.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Lifetime, Place, Program


@rule("CL303", Severity.ERROR, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per place that decides the TTL."""
    seen = set()
    for life in program.lifetimes():
        is_over = life.expiry.kind == "after" and life.limit is not None and life.expiry.seconds > life.limit
        if is_over and life.place not in seen:
            seen.add(life.place)
            yield _finding(program, life)


def _finding(program: Program, life: Lifetime) -> Finding:
    assert life.limit is not None
    assert life.decision is not None
    what = life.what or (f"the key `{life.key}`" if life.key else "this entry")
    whose = ", the default," if life.expiry.is_default else ""
    return Finding(
        at=program.location(life.place),
        message=f"{what} expires {life.expiry}{whose} but {program.quoted(life.decision)}",
        help=_help(life),
        subject=f"ttl {life.key or life.what}",
        function=program.function_name(life.event),
        trace=tuple(program.step(place, note) for place, note in life.way),
        related=tuple(program.step(place, "the TTL is written here") for place in _written(life)),
        confidence=None if life.event.certain else Confidence.MEDIUM,
    )


def _written(life: Lifetime) -> Iterator[Place]:
    if life.expiry.written is not None:
        yield life.expiry.written


def _help(life: Lifetime) -> str:
    assert life.limit is not None
    if life.expiry.seconds == life.limit * 1000:
        return "this parameter takes seconds, and the number looks like milliseconds"
    return f"make it {life.limit:g} seconds or less, or change the policy line"
