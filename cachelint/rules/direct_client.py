"""A module makes a cache client of its own beside the one that the policy names.

What it does
Where the policy names the one module that makes clients, reports the constructions (or, without one, the import of the
client's class) in every other module, for the libraries whose clients that module makes.

Why is this bad
Timeouts, retries, the handling of errors and the connection pool are settled in one place; a second client has none
of that, and opens connections of its own.

Example
`app/lib/redis.py`:

```py
import redis

client = redis.Redis(socket_timeout=1)
```

```py
import redis

own = redis.Redis()
```

`CLAUDE.md`:

```md
## Redis

- Client: `app/lib/redis.py` (singleton)
```

Use instead
`app/lib/redis.py`:

```py
import redis

client = redis.Redis(socket_timeout=1)
```

```py
from app.lib.redis import client
```

`CLAUDE.md`:

```md
## Redis

- Client: `app/lib/redis.py` (singleton)
```

Stays silent when
The module is the one that is named, or lies in the package that is named.
Only exceptions or other names of the library are used.
The named module does not exist, or makes no client of this library.

References
rules.md, CL305.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import DirectClient, Program


@rule("CL305", Severity.WARNING, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per construction, or per module that only imports."""
    for found in program.direct_clients():
        yield _finding(program, found)


def _finding(program: Program, found: DirectClient) -> Finding:
    verb = "is made" if found.is_made else "is imported"
    return Finding(
        at=program.location(found.place),
        message=f"`{found.what}` {verb} here, but {program.quoted(found.decision)}",
        help="import the client of that module",
        subject=f"client {found.what}",
    )
