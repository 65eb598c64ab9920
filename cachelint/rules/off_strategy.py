"""Cached rows are written, and their entries are kept in step in another way than the policy says.

What it does
Where the policy names strategies (for one kind of data, else for all), looks at every change of cached rows: under
write-through (or write-behind) something on the way of the change must store the entry again; where domain events are
demanded, the function that changes the rows must not drop the entry itself.

Why is this bad
Readers rely on the strategy: under write-through nobody waits for a TTL. An entry that is only dropped is empty for
the next reader, one that is not touched is wrong until it expires, and a service that drops entries itself knows what
the events were to keep from it.

Example
```py
from django.core.cache import cache
from django.db import models


class Inventory(models.Model):
    stock = models.IntegerField()


def stock(pk: int) -> int:
    return cache.get_or_set(f"inventory:{pk}", lambda: Inventory.objects.get(pk=pk).stock, 300)


def sell(pk: int, left: int) -> None:
    Inventory.objects.filter(pk=pk).update(stock=left)
    cache.delete(f"inventory:{pk}")
```

`CLAUDE.md`:

```md
## Caching

- Inventory: write-through, 5min TTL (always fresh)
```

Use instead
```py
from django.core.cache import cache
from django.db import models


class Inventory(models.Model):
    stock = models.IntegerField()


def stock(pk: int) -> int:
    return cache.get_or_set(f"inventory:{pk}", lambda: Inventory.objects.get(pk=pk).stock, 300)


def sell(pk: int, left: int) -> None:
    Inventory.objects.filter(pk=pk).update(stock=left)
    cache.set(f"inventory:{pk}", left, 300)
```

`CLAUDE.md`:

```md
## Caching

- Inventory: write-through, 5min TTL (always fresh)
```

Stays silent when
The rows are not cached anywhere, or new rows are made.
The entry is stored by the same function, by who calls it or what it calls, by a receiver of signals, a task.
The policy names several strategies and the entries follow one of them: a TTL where TTL-based is among them, any drop
where events or cache-aside are.

References
rules.md, CL304.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import OffStrategy, Program


@rule("CL304", Severity.WARNING, Confidence.MEDIUM, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per function and kind of rows."""
    for found in program.off_strategy():
        yield _finding(program, found)


def _finding(program: Program, found: OffStrategy) -> Finding:
    return Finding(
        at=program.location(found.event.place),
        message=f"{_does(found)}, but {program.quoted(found.decision)}",
        help=_help(found),
        subject=f"{found.strategy} {found.entity}",
        function=program.function_name(found.event),
        related=(program.step(found.filled, "an entry is stored here"),),
    )


def _does(found: OffStrategy) -> str:
    if found.strategy == "event":
        return f"the entry of `{found.entity}` is dropped right where its rows are written"
    then = "only drops" if found.drops else "does not touch"
    return f"this write of `{found.entity}` {then} the cached entry"


def _help(found: OffStrategy) -> str:
    if found.strategy == "event":
        return "send a domain event and drop the entry in its handler"
    return "store the new value in the cache on the same way"
