"""A request reads the database with no cache on the way.

What it does
For every handler of a safe method, follows calls to the place where a query runs (not where it is built).
Lists and aggregates are for everyone, single rows for the pedantic persona; where the policy caches the
entity, every read is reported, as an error.

Why is this bad
Every request repeats the query. List and aggregate reads grow with the data and are the first to hurt.

Example
```py
from django.http import JsonResponse
from django.db import models
from django.urls import path


class Product(models.Model):
    name = models.TextField()


def products(request):
    return JsonResponse({"products": list(Product.objects.values("id", "name"))})


urlpatterns = [path("products/", products)]
```

Use instead
```py
from django.core.cache import cache
from django.http import JsonResponse
from django.db import models
from django.urls import path


class Product(models.Model):
    name = models.TextField()


def products(request):
    found = cache.get_or_set("product:list", lambda: list(Product.objects.values("id", "name")), 300)
    return JsonResponse({"products": found})


urlpatterns = [path("products/", products)]
```

Stays silent when
A cache is on the way: a caching decorator, a get-or-set, a read that missed and is filled again, middleware that
caches every page, a shared cache that all responses speak to (Surrogate-Key).
The rows are selected by who asks (the current user, the session), or the policy says never to cache them.
The handler writes the database as well, serves only unsafe methods, or belongs to the admin.
What is read stays in a module or class for the whole process, or the body of the request says what to read.
The query only tests existence, or repeats in an `except` what the `try` reads, or reads a table that is a cache.
Where a handler reads rows of who asks, its other reads mostly hang on those: they are for the pedantic persona.
So are queries that run only where a test of who asks leads to them.
So are downloads (a file to keep), exports and monitoring, which are asked for once in a while and have to be fresh,
pages behind a token, searches (what somebody types, or many free texts: hardly two are alike), and rows with
credentials.
So are rows in an order of chance, which are meant to be others each time, and those that are asked for as they are
now: work that goes on (a state, and when it began or ended), what is pending or running.
So is every query of a project of some size that keeps nothing in a cache and has no policy of caching: it does
without; in smaller ones (of more than 20 handlers) those of pages behind a login. So are the queries of pages that
are forms by which something is changed. In a project of more than 20 handlers without a policy, whoever works on it
knows what is slow: queries that the request itself selects are pedantic.
So are those of serializers' methods: what is read for each row is loaded along with the rows rather than cached.
Pages that ask for a special right (a permission, a role) are for few people, who want them fresh: their
queries are reported for the pedantic persona, as single rows are.

References
rules.md, CL401. libraries.md, section 2: which call runs a query.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Persona, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Program, UncachedRead

SHAPES = {"rows": "the list of", "aggregate": "an aggregate over", "row": "a row of"}


@rule("CL401", Severity.WARNING, Confidence.MEDIUM, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per query."""
    seen = set()
    for read in program.uncached_reads():
        event = read.event
        if event.shape not in SHAPES or event.place in seen or not program.is_entity(event):
            continue
        if program.is_per_user(event) or program.is_never_cached(event.entity):
            continue
        if program.is_orm_cached(event.entity) or not program.is_needed(read):
            continue
        seen.add(event.place)
        yield _finding(program, read)


def _finding(program: Program, read: UncachedRead) -> Finding:
    event = read.event
    entity = program.entity_name(event.entity)
    handler = read.handler.function
    others = len(read.handlers) - 1
    more = f" and {others} more handler{'s' * (others > 1)}" if others else ""
    decision = program.caching_decision(event)
    is_decided = decision is not None
    is_worth = not program.is_grown_project or not program.is_selected(event)
    is_asked_for = not program.does_without_cache and not _is_for_members(program, read)
    is_common = event.shape != "row" and read.is_common and is_worth and is_asked_for
    is_plain = event.certain and (is_common or is_decided)
    return Finding(
        at=program.location(event.place),
        message=f"every request to `{program.handler_name(read.handler)}`{more} reads {SHAPES[event.shape]} "
        f"`{entity}` from the database: no cache is on the way"
        + (f", but {program.quoted(decision)}" if decision is not None else ""),
        help="cache the result with a TTL and drop it where the rows change, or ignore this line with the reason",
        subject=f"{event.shape} {entity}",
        function=program.function_name(event),
        trace=(
            program.step(program.head_of(handler), f"request handler `{handler.facts.name}`"),
            *(program.step(edge.place, f"calls `{edge.callee.facts.name}`") for edge in read.way),
            program.step(event.place, "the query runs here"),
        ),
        related=tuple(
            program.step(program.head_of(each.function), f"request handler `{each.function.facts.name}` as well")
            for each in read.handlers[:5]
            if each.function is not handler
        ),
        severity=Severity.ERROR if is_decided and event.certain else None,
        persona=None if is_plain else Persona.PEDANTIC,
        confidence=None if event.certain else Confidence.LOW,
    )


def _is_for_members(program: Program, read: UncachedRead) -> bool:
    """Whether only people who have logged in ask, in a project that keeps nothing in a cache."""
    return program.keeps_nothing and all(map(program.serves_members, read.handlers))
