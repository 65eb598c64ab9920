"""A route that the policy forbids to cache does not say so to browsers and proxies.

What it does
Matches the words of the policy that forbid caching to routes, and looks for `no-store`, `private` or `no-cache` in what
serves them: the handler, what it calls, its decorators and class, middleware.

Why is this bad
Without a word about it, browsers and proxies may keep the answer and show it again: after a logout, to the next user
of a shared proxy, or when it is no longer true.

Example
```py
from fastapi import FastAPI

app = FastAPI()


@app.get("/checkout")
def checkout():
    return {"total": 1}
```

`CLAUDE.md`:

```md
## Caching

- Never cache: checkout, payment
```

Use instead
```py
from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/checkout")
def checkout(response: Response):
    response.headers["Cache-Control"] = "no-store"
    return {"total": 1}
```

`CLAUDE.md`:

```md
## Caching

- Never cache: checkout, payment
```

Stays silent when
The answer is marked `no-store`, `private` or `no-cache`, anywhere on its way.
The route serves unsafe methods only (POST, PUT, DELETE).
The word of the policy is data and stands in the route before its last word (`/orders/{id}/notes`).
A caching decorator stores the route: that is never-cache-data.

References
rules.md, CL702. RFC 9111, sections 3 and 4.2.2: answers without a header may be stored and reused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Program, StorableRoute


@rule("CL702", Severity.ERROR, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per handler."""
    for found in program.storable_routes():
        yield _finding(program, found)


def _finding(program: Program, found: StorableRoute) -> Finding:
    handler = found.handler
    sends = f"is sent with `{found.sends}`" if found.sends else "says nothing about caching"
    return Finding(
        at=program.location(found.place),
        message=f"the answer of `{found.path}` {sends}, but {program.quoted(found.decision, found.word)}",
        help="send `Cache-Control: no-store` with it",
        subject=f"no-store {found.path}",
        function=handler.function.facts.qualname,
    )
