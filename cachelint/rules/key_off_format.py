"""A cache key has not the form that the policy gives keys.

What it does
Compares the key templates of cache calls, as their callers complete them, with the formats and examples of the
policy: the separator, the number of parts, and the words that a format writes out.

Why is this bad
Whoever lists, drops or counts keys by their form misses this one: a pattern that should delete `user:*` does not, and
two services that share a server may use the same key.

Example
```py
import redis

client = redis.Redis()


def name(user_id: int) -> bytes | None:
    return client.get(f"user_name_{user_id}")
```

`CLAUDE.md`:

```md
## Cache keys

- Format: `{service}:{entity}:{id}`
```

Use instead
```py
import redis

client = redis.Redis()


def name(user_id: int) -> bytes | None:
    return client.get(f"shop:user:{user_id}")
```

`CLAUDE.md`:

```md
## Cache keys

- Format: `{service}:{entity}:{id}`
```

Stays silent when
The policy gives no format, the key has the form of one of its examples, or it is the key that the policy names for
this data.
A hole may hold several parts (`{prefix}`, `{key}`), or only a part of the key is known.
The key is no cache entry: a lock, a session, a queue, a probe; the cache lives in the process or bounds itself.

References
rules.md, CL104.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import OffFormat, Program


@rule("CL104", Severity.WARNING, Confidence.HIGH, since="0.1")
def check(program: Program) -> Iterator[Finding]:
    """One finding per template and file."""
    for found in program.off_format():
        yield _finding(program, found)


def _finding(program: Program, found: OffFormat) -> Finding:
    return Finding(
        at=program.location(found.place),
        message=f"the key `{found.template}` has none of the forms of the policy: {found.why}; "
        f"{program.quoted(found.decision)}",
        help="build it in the policy's form, or add its form to the policy as an example",
        subject=f"format {found.template}",
        function=program.function_name(found.event),
        related=tuple(program.step(place, "here as well") for place in found.others[:10]),
        confidence=None if found.event.certain else Confidence.MEDIUM,
    )
