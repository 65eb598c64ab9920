"""Data that the team's policy forbids to cache is cached.

What it does
Matches the words of the policy to models, tables, key segments, routes and loaders, and follows such data into
cache writes, get-or-set calls and caching decorators. What is a field rather than a thing of its own (passwords,
prices, order status) is also found by the names in a dict that is stored.

Why is this bad
The team decided that this data must be right at every read, or must not lie in the cache at all.

Example
```py
from django.core.cache import cache
from django.db import models


class Invoice(models.Model):
    total = models.IntegerField()


def remember(pk):
    cache.set(f"bill:{pk}", Invoice.objects.get(pk=pk), 60)
```

```toml
[policy]
never = ["invoices"]
```

Use instead
```py
from django.db import models


class Invoice(models.Model):
    total = models.IntegerField()


def load(pk):
    return Invoice.objects.get(pk=pk)
```

Stays silent when
Only part of a word or not its head noun matches: "orders" is not `reorder`, `border` or `OrderItem`.
A field only tells something about the data: `has_password`, a constant, a number of tokens.
The response is marked `no-store` or private.
The call is no cache use: a lock, an idempotency mark, a counter.

References
rules.md, CL301.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Forbidden, Program


@rule("CL301", Severity.ERROR, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per cache write or decorator."""
    for forbidden in program.forbidden_writes():
        yield _finding(program, forbidden)


def _finding(program: Program, forbidden: Forbidden) -> Finding:
    return Finding(
        at=program.location(forbidden.place),
        message=f"{forbidden.what} is cached here, but {program.quoted(forbidden.decision, forbidden.word)}",
        help="read it fresh, or change the policy line",
        subject=f"{forbidden.word} {forbidden.what}",
        function=program.function_name(forbidden.event),
        trace=tuple(program.step(place, note) for place, note in forbidden.way),
    )
