"""An outage of the cache fails the request.

What it does
Follows the error that each cache call raises when its server is down up to the request handlers. Reports
calls where nothing on the way stops it: once per place to mend (an unguarded wrapper, or the client's
construction or settings entry when more than three calls on it can fail handlers, else the call).

Why is this bad
A cache is there to make requests faster. Without a guard every request that touches it ends in a 500 as
long as the server is away, although the data is still in the database.

Example
```py
import redis
from flask import Flask

app = Flask(__name__)
client = redis.Redis()


@app.get("/banner")
def banner():
    return client.get("banner") or ""
```

Use instead
```py
import logging

import redis
from flask import Flask

app = Flask(__name__)
client = redis.Redis()
logger = logging.getLogger(__name__)


@app.get("/banner")
def banner():
    try:
        return client.get("banner") or ""
    except redis.RedisError:
        logger.exception("cache is down")
        return ""
```

Stays silent when
A sufficient `except` (or `suppress`, or a guarding decorator or context manager of the project) is on the way.
The client, the method or the settings do not raise: cashews by default, caching decorators that swallow,
django-redis with IGNORE_EXCEPTIONS, in-memory backends, no CACHES setting at all.
The value is the product's only store: locks, queues, sessions, rate limits, tokens.
Whoever asks for the client is refused: the function that gives it pings first, every time, and raises.
The policy says `on-error = "raise"`: then it is a note for the pedantic persona.
No request handler reaches the call, or only work that runs after the response does.

References
libraries.md, sections 3 and 4: which call raises what, which classes are enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Persona, Severity, Step
from cachelint.plain import listed
from cachelint.rule import rule

# From this many direct calls on one client, the client itself is the place to mend.

if TYPE_CHECKING:
    from cachelint.program import Failure, Place, Program

CALLS_ON_CLIENT = 3
HANDLERS_NAMED = 3


@rule("CL201", Severity.ERROR, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per wrapper, client or function that a guard would mend."""
    by_client: dict[Place | None, list[Failure]] = defaultdict(list)
    by_function: dict[object, list[Failure]] = defaultdict(list)
    for failure in program.failures():
        if failure.guard is not None:
            continue
        if program.is_wrapper(failure.event):
            by_function[program.definition(failure.event)].append(failure)
        else:
            by_client[_client(failure)].append(failure)
    for client, group in by_client.items():
        if client is not None and len(group) > CALLS_ON_CLIENT:
            yield _at_client(program, client, group)
        else:
            for failure in group:
                by_function[program.definition(failure.event)].append(failure)
    for group in by_function.values():
        yield _at_call(program, sorted(group, key=lambda each: each.event.place))


def _client(failure: Failure) -> Place | None:
    if failure.raised.config is not None:
        return failure.raised.config
    site = failure.event.client.site if failure.event.client is not None else None
    return site if site is not None and site.path.endswith(".py") else None


def _at_client(program: Program, client: Place, group: list[Failure]) -> Finding:
    first = group[0]
    handlers = {handler.function for failure in group for handler, _ in failure.ways}
    by_function: dict[object, list[Failure]] = defaultdict(list)
    for failure in sorted(group, key=lambda each: each.event.place):
        by_function[program.definition(failure.event)].append(failure)
    return Finding(
        at=program.location(client),
        message=f"{len(group)} calls on this {first.raised.kind} client let an outage fail {_count(len(handlers))}: "
        f"{_errors(first)} {'escape' if len(first.raised.errors) > 1 else 'escapes'} each of them"
        + _said(program, first),
        help=_help(first, "wrap the client once in functions that treat its errors as misses"),
        subject=f"client {first.raised.kind}",
        related=tuple(
            program.step(failure.event.place, "unguarded call")
            for failure in sorted(group, key=lambda each: each.event.place)
        ),
        severity=_severity(program, first),
        persona=_persona(program, first),
        confidence=_confidence(first),
        parts=tuple(_at_call(program, each) for each in by_function.values()),
    )


def _at_call(program: Program, group: list[Failure]) -> Finding:
    first = group[0]
    handlers = {handler.function: handler for failure in group for handler, _ in failure.ways}
    names = [*dict.fromkeys(f"`{program.handler_name(handler)}`" for handler in handlers.values())]
    return Finding(
        at=program.location(first.event.place),
        message=f"an outage of {first.raised.kind} fails the request: {_errors(first)} "
        f"{'leave' if len(first.raised.errors) > 1 else 'leaves'} "
        f"`{first.event.method}` and nothing on the way from {_handlers_text(names)} stops "
        f"{'them' if len(first.raised.errors) > 1 else 'it'}" + _said(program, first),
        help=_help(first, f"catch `{first.raised.root}`, log it and go on as on a miss"),
        subject=f"{first.event.method} in {program.function_name(first.event)}",
        function=program.function_name(first.event),
        trace=_trace(program, first),
        related=tuple(program.step(place, "unguarded as well") for place in _others(group)),
        severity=_severity(program, first),
        persona=_persona(program, first),
        confidence=_confidence(first),
    )


def _others(group: list[Failure]) -> list[Place]:
    places = dict.fromkeys(each.event.place for each in group)
    return [place for place in places if place != group[0].event.place]


def _trace(program: Program, failure: Failure) -> tuple[Step, ...]:
    handler, way = failure.ways[0]
    steps = [program.step(program.head_of(handler.function), f"request handler `{program.handler_name(handler)}`")]
    steps.extend(program.step(edge.place, f"calls `{edge.callee.facts.name}`") for edge in way)
    steps.append(program.step(failure.event.place, "raises when the cache is down"))
    return tuple(steps)


def _errors(failure: Failure) -> str:
    names = sorted(error.removeprefix("builtins.") for error in failure.raised.errors)
    return listed([f"`{name}`" for name in names])


def _handlers_text(names: list[str]) -> str:
    others = len(names) - HANDLERS_NAMED
    more = [f"{others} more handler{'s' * (others > 1)}"] if others > 0 else []
    return listed([*names[:HANDLERS_NAMED], *more])


def _count(handlers: int) -> str:
    return f"{handlers} handler" + ("s" if handlers != 1 else "")


def _help(failure: Failure, otherwise: str) -> str:
    if failure.raised.config is not None and "Django" in failure.raised.kind:
        return "wrap the cache in functions that treat its errors as misses, or use a backend that can ignore them"
    return otherwise


def _said(program: Program, failure: Failure) -> str:
    """The line of the policy that says what an outage may do, for the end of a message."""
    decision = program.error_decision(failure.event)
    return f", but {program.quoted(decision)}" if decision is not None and not decision.allows_failure else ""


def _severity(program: Program, failure: Failure) -> Severity | None:
    """A team that has decided that errors fail requests need not hear of an error."""
    decision = program.error_decision(failure.event)
    return Severity.NOTE if decision is not None and decision.allows_failure else None


def _persona(program: Program, failure: Failure) -> Persona | None:
    decision = program.error_decision(failure.event)
    is_decided = decision is not None and decision.allows_failure
    return Persona.PEDANTIC if is_decided or failure.raised.is_assumed or not failure.event.certain else None


def _confidence(failure: Failure) -> Confidence | None:
    return Confidence.MEDIUM if failure.raised.is_assumed or not failure.event.certain else None
