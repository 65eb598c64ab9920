"""A guard around a cache call lets outage errors through.

What it does
Compares the exception classes that a `try` (or `suppress`) around a cache call stops with those that the
client raises in an outage, resolved by import: the builtin `ConnectionError` is not redis's.

Why is this bad
The code looks safe and is not: a refused connection is caught, a timeout or a closed socket ends the request.

Example
```py
import redis
from flask import Flask

app = Flask(__name__)
client = redis.Redis()


@app.get("/banner")
def banner():
    try:
        return client.get("banner") or ""
    except ConnectionError:
        return ""
```

Use instead
```py
import redis
from flask import Flask

app = Flask(__name__)
client = redis.Redis()


@app.get("/banner")
def banner():
    try:
        return client.get("banner") or ""
    except redis.RedisError:
        return ""
```

Stays silent when
Another guard further out stops the rest.
The clause is about something else (`KeyError`, `JSONDecodeError`): then the call is unguarded.
The exception class cannot be resolved.

References
libraries.md, section 4: hierarchies, and which guard is enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Persona, Severity
from cachelint.plain import listed
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Failure, Place, Program


@rule("CL202", Severity.ERROR, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per insufficient clause."""
    by_clause: dict[Place, Failure] = {}
    for failure in program.failures():
        if failure.guard is not None:
            by_clause.setdefault(failure.guard[1].place, failure)
    for place, failure in by_clause.items():
        yield _finding(program, place, failure)


def _finding(program: Program, place: Place, failure: Failure) -> Finding:
    assert failure.guard is not None
    caught = ", ".join(f"`{name.removeprefix('builtins.')}`" for name in failure.guard[1].types)
    missed = listed([f"`{name.removeprefix('builtins.')}`" for name in sorted(failure.missed)])
    handler = program.handler_name(failure.ways[0][0])
    is_assumed = failure.raised.is_assumed or not failure.event.certain
    return Finding(
        at=program.head(place),
        message=f"catching {caught} does not stop {missed}, which {failure.raised.kind} raises in an outage: "
        f"`{handler}` fails",
        help=f"catch {f'`{failure.raised.root}`' if failure.raised.root else missed}" + _also(failure),
        subject=f"{caught} around {failure.event.method}",
        function=program.function_name(failure.event),
        trace=(
            program.step(failure.event.place, "raises when the cache is down"),
            program.step(program.head_of(failure.ways[0][0].function), f"request handler `{handler}`"),
        ),
        persona=Persona.PEDANTIC if is_assumed else None,
        confidence=Confidence.MEDIUM if is_assumed else None,
    )


def _also(failure: Failure) -> str:
    outside = [e for e in sorted(failure.raised.errors) if e.startswith("builtins.")]
    return "".join(f" and `{name.removeprefix('builtins.')}`" for name in outside)
