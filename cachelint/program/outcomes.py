"""What holds on each way of a test, and what that makes of the variables it names."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program.frame import Frame
from cachelint.program.values import Place, Value, cleaned

NO_PLACES: frozenset[Place] = frozenset()


class Learned(msgspec.Struct):
    """What holds in one branch: reads that missed, variables known better, only unsafe methods."""

    misses: frozenset[Place] = frozenset()
    variables: dict[str, Value] = {}
    unsafe: bool = False


class Known(msgspec.Struct):
    """What a test tells in each branch, and the value of the test itself."""

    value: Value
    when_true: Learned = msgspec.field(default_factory=Learned)
    when_false: Learned = msgspec.field(default_factory=Learned)


def hits(value: Value) -> frozenset[Place]:
    """The cache reads a value comes from."""
    if not value.origins:
        return NO_PLACES
    return frozenset([origin.what for origin in value.origins if origin.kind == "hit"])  # type: ignore[misc]


def target_name(test: facts.Expression) -> str | None:
    """The variable that a test is about."""
    if isinstance(test, facts.Name):
        return test.id
    return test.target if isinstance(test, facts.Walrus) else None


def found(frame: Frame, name: str | None) -> dict[str, Value]:
    """`row = load(key)` and row is there: the key is one that exists, no free text any more."""
    keys = frame.lookups.get(name) if name is not None else None
    if not keys:
        return {}
    return {key: harmless(frame.variables[key], False) for key in sorted(keys) if key in frame.variables}


def harmless(value: Value, bounded: bool) -> Value:
    """A value that passed a check: no free text, and of a limited length when the check bounds it."""
    return replace(value, origins=cleaned(value.origins, safe=True, bounded=bounded))
