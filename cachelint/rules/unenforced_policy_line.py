"""A line of the policy enforces nothing.

What it does
Reports the lines of the caching policy that were not understood, that name data, a module or a route which nothing in
this code matches, or that the configuration overrules; and imports of policy files that lead nowhere.

Why is this bad
The team believes in a rule that nobody checks. The code may have been renamed since the line was written.

Example
```py
x = 1
```

`CLAUDE.md`:

```md
## Caching

- Never cache orders unless they are archived
```

Use instead
```py
from django.db import models


class Order(models.Model):
    pass
```

`CLAUDE.md`:

```md
## Caching

- Never cache orders
```

Stays silent when
The line is listed in `[policy] prose`, or struck out, or stands below a heading such as "Why".
The line is prose: it demands nothing and is no list item.
It stands outside of caching sections.
It is a word of `[policy] never`: what is forbidden may be listed before it exists.

References
rules.md, CL307. `cachelint policy` shows every line and how it was understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Location, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Program, Unenforced


@rule("CL307", Severity.NOTE, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per line."""
    for found in program.unenforced_lines():
        yield _finding(found)


def _finding(found: Unenforced) -> Finding:
    column = 1
    at = Location(found.path, found.line, column, found.line, column + max(len(found.text), 1))
    return Finding(
        at=at,
        message=f"{found.why}" + (f': "{found.text}"' if found.text else ""),
        help=found.help,
        subject=f"{found.text or found.why}",
    )
