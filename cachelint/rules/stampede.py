"""Nothing keeps many requests from loading the same expensive entry at once.

What it does
Looks at entries with one key for all requests whose miss runs a query over many rows, and reports those without a
lock, an early refresh, jitter or a task that fills them. Regular where the policy demands stampede protection,
otherwise pedantic.

Why is this bad
When the entry expires, every request that comes before the first load has ended runs the same query. The database gets
its heaviest query a hundred times at the moment when it is busiest.

Example
```py
from django.core.cache import cache
from django.db import models
from django.http import JsonResponse
from django.urls import path


class Product(models.Model):
    name = models.CharField(max_length=50)


def catalog(request):
    names = cache.get("shop:catalog")
    if names is None:
        names = list(Product.objects.values_list("name", flat=True))
        cache.set("shop:catalog", names, 300)
    return JsonResponse({"names": names})


urlpatterns = [path("catalog/", catalog)]
```

`CLAUDE.md`:

```md
## Caching

- Stampede prevention: distributed lock pattern for hot keys
```

Use instead
```py
from django.core.cache import cache
from django.db import models
from django.http import JsonResponse
from django.urls import path


class Product(models.Model):
    name = models.CharField(max_length=50)


def catalog(request):
    names = cache.get("shop:catalog")
    if names is None and cache.add("shop:catalog:lock", 1, 10):
        names = list(Product.objects.values_list("name", flat=True))
        cache.set("shop:catalog", names, 300)
    return JsonResponse({"names": names})


urlpatterns = [path("catalog/", catalog)]
```

`CLAUDE.md`:

```md
## Caching

- Stampede prevention: distributed lock pattern for hot keys
```

Stays silent when
The key holds an id, a user or a filter: not all requests share it.
The load runs no query over many rows, or no request that everybody may send leads to it.
Code nearby takes a lock, adds jitter, refreshes early or speaks of any of that; the library lets one caller load
(dogpile.cache).

References
rules.md, CL602.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Persona, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Program, StampedeRisk


@rule("CL602", Severity.NOTE, Confidence.MEDIUM, since="0.1", persona=Persona.PEDANTIC)
def check(program: Program) -> Iterator[Finding]:
    """One finding per place where such an entry is stored."""
    for found in program.stampedes():
        yield _finding(program, found)


def _finding(program: Program, found: StampedeRisk) -> Finding:
    name = program.entity_name(found.query.entity)
    rows = f"`{name}`" if name else "the database"
    said = f"; {program.quoted(found.decision)}" if found.decision is not None else ""
    return Finding(
        at=program.location(found.place),
        message=f"every request that misses `{found.key}` loads it from {rows} at the same time: no lock, early "
        f"refresh or jitter stands before it{said}",
        help="let one caller load while the others wait or get the old value",
        subject=f"stampede {found.key}",
        function=found.function.facts.qualname,
        trace=(program.step(found.query.place, "the query that they all run"),),
        persona=Persona.REGULAR if found.decision is not None else None,
    )
