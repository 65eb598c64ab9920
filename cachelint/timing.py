"""How long the parts of a run take, for those who ask; nobody who does not pays for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# How the names of the parts that rules are begin.
RULE = "rule "
# Seconds by the name of a part, in the order in which they ended.
Times = dict[str, float]
_TIMES: ContextVar[Times | None] = ContextVar("times", default=None)


@contextmanager
def measured() -> Iterator[Times]:
    """The times of all parts that run in the body."""
    times: Times = {}
    token = _TIMES.set(times)
    try:
        yield times
    finally:
        _TIMES.reset(token)


@contextmanager
def part(name: str) -> Iterator[None]:
    """The body is this part of a run; what it takes is added up when somebody measures."""
    times = _TIMES.get()
    started = time.perf_counter()
    try:
        yield
    finally:
        if times is not None:
            times[name] = times.get(name, 0.0) + time.perf_counter() - started
