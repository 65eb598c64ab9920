"""Values are pickled into the cache although the policy demands another form.

What it does
Where the policy says in which form values are stored (JSON, MessagePack..., or never pickle), follows what
`pickle.dumps` and its relatives give, through compression and wrappers, into cache writes.

Why is this bad
Unpickling runs code: whoever can write to the cache server can run theirs in every process that reads from it. And a
pickled entry is read only by the same classes in the same version: a deployment that renames one breaks on old entries.

Example
```py
import pickle

import redis

client = redis.Redis()


def remember(user_id: int, profile: dict[str, str]) -> None:
    client.set(f"user:profile:{user_id}", pickle.dumps(profile), ex=300)
```

`CLAUDE.md`:

```md
## Redis

- Default serialization: JSON
```

Use instead
```py
import json

import redis

client = redis.Redis()


def remember(user_id: int, profile: dict[str, str]) -> None:
    client.set(f"user:profile:{user_id}", json.dumps(profile), ex=300)
```

`CLAUDE.md`:

```md
## Redis

- Default serialization: JSON
```

Stays silent when
The policy says nothing of the form of values, or allows pickle.
The entry is no cache entry (a queue, a session), or never leaves the process.
The library pickles by itself and the code says nothing of it (Django's cache).

References
rules.md, CL306. Python documentation, pickle: "Never unpickle data that could have come from an untrusted source".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.finding import Confidence, Finding, Persona, Severity
from cachelint.rule import rule

if TYPE_CHECKING:
    from cachelint.program import Pickled, Program


@rule("CL306", Severity.WARNING, Confidence.HIGH, since="0.1", persona=Persona.PEDANTIC)
def check(program: Program) -> Iterator[Finding]:
    """One finding per write."""
    for found in program.pickled_values():
        yield _finding(program, found)


def _finding(program: Program, found: Pickled) -> Finding:
    return Finding(
        at=program.location(found.place),
        message=f"a pickled value is stored in {program.client_kind(found.event)} here, but "
        f"{program.quoted(found.decision)}",
        help="store it in the form that the policy names",
        subject="pickled",
        function=program.function_name(found.event),
        trace=tuple(program.step(place, note) for place, note in found.way),
        confidence=None if found.event.certain else Confidence.MEDIUM,
    )
