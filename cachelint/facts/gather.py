"""The facts of many files: taken from the store or worked out over processes; what goes wrong with one file stays with
it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from cachelint.facts import ahead
from cachelint.facts.held import remember, with_earlier
from cachelint.facts.known import Known, as_value, stored
from cachelint.facts.seen import Seen
from cachelint.facts.single import Gathered, Limits, Request, gather_one
from cachelint.store import Store

# Below this many files the work is done before a second process has started.
WORTH_A_POOL = 40


def gather(
    requests: Sequence[Request],
    limits: Limits,
    jobs: int,
    done: Callable[[int], None] = lambda files: None,
    store: Store | None = None,
    shards: Mapping[bytes, bytes] = MappingProxyType({}),
    beside: Callable[[], None] | None = None,
) -> list[Gathered]:
    """The result of each request, in order. `jobs` is the number of processes; `done` hears of finished
    files. What the shards or the store have is taken from them; the rest is put into the store, and saved by whoever
    opened it. `beside` is something else to do, while other processes work on what is missing."""
    known = Known(shards, store, Seen(store) if store else None)
    kept = [stored(request, limits, known) if store or shards else None for request in requests]
    missing = [i for i, result in enumerate(kept) if result is None]
    done(len(requests) - len(missing))
    wanted = [with_earlier(requests[i], store) if store else requests[i] for i in missing]
    fresh = _worked_out(wanted, limits, jobs, done, beside)
    if store:
        remember(store, wanted, fresh)
    for result in fresh:
        if store and result.key and (result.has_facts or result.error):
            store.put(result.key, as_value(result))
    worked_out = dict(zip(missing, fresh, strict=True))
    results = [worked_out[i] if each is None else each for i, each in enumerate(kept)]
    known.note(requests, results)
    return results


def _worked_out(
    requests: Sequence[Request],
    limits: Limits,
    jobs: int,
    done: Callable[[int], None],
    beside: Callable[[], None] | None,
) -> list[Gathered]:
    if jobs > 1 and (len(requests) >= WORTH_A_POOL or (requests and beside and _is_quick_to_fork())):
        # Imported only here: a run that finds everything in the store has no other processes.
        from cachelint.facts.processes import in_processes

        return in_processes(requests, limits, jobs, done, beside)
    results = []
    for request in requests:
        results.append(gather_one(request, limits))
        done(1)
    return results


def _is_quick_to_fork() -> bool:
    """Whether a process costs next to nothing; one that has to import all again is of use for many files only."""
    return sys.platform == "linux" and threading.active_count() == 1 and not ahead.is_there()
