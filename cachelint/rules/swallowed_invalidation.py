"""A failed invalidation is swallowed in silence.

What it does
Finds deletes and invalidations whose error is caught by a clause that tells nobody: it only passes, returns
or sets a plain value; `contextlib.suppress` counts.

Why is this bad
The stale entry stays until it expires, and nothing shows it: the write succeeded, readers get the old value.

Example
```py
import redis

client = redis.Redis()


def forget(user_id: int) -> None:
    try:
        client.delete(f"user:profile:{user_id}")
    except redis.RedisError:
        pass
```

Use instead
```py
import logging

import redis

client = redis.Redis()
logger = logging.getLogger(__name__)


def forget(user_id: int) -> None:
    try:
        client.delete(f"user:profile:{user_id}")
    except redis.RedisError:
        logger.exception("user %s stays stale until its entry expires", user_id)
```

Stays silent when
The clause logs, counts, retries, queues or raises, or calls anything that could.
The library swallows by its own documented option (django-redis IGNORE_EXCEPTIONS).
The delete is not an invalidation: locks, sessions, tokens, the only store of something.

References
rules.md, CL203.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Persona, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Event, Place, Program


@rule("CL203", Severity.WARNING, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per silent clause around a delete."""
    seen = set()
    for event in program.cache_events:
        if not program.is_delete(event) or program.is_store(event):
            continue
        if program.tolerates_stale(event):
            continue
        clause = program.silent_clause(event)
        if clause is not None and clause.place not in seen:
            seen.add(clause.place)
            yield _finding(program, event, clause.place)


def _finding(program: Program, event: Event, place: Place) -> Finding:
    template = next((each for each in program.key_templates(event) if each), "")
    what = f"`{template}`" if template else "the entry"
    return Finding(
        at=program.head(place),
        message=f"when deleting {what} fails, this clause tells nobody: readers keep the old value unnoticed",
        help="log the error, retry it or put it on a queue",
        subject=f"delete {template}",
        function=program.function_name(event),
        trace=(program.step(event.place, "the invalidation whose error ends here"),),
        persona=None if event.certain else Persona.PEDANTIC,
        confidence=None if event.certain else Confidence.MEDIUM,
    )
