"""The facts of many files, worked out by several processes: one that dies takes one file with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext

from cachelint.facts.lean import import_parser
from cachelint.facts.single import Gathered, Limits, Request, failed, gather_one

FILES_PER_TASK = 16
TASKS_PER_PROCESS = 8
# PR_SET_PDEATHSIG of prctl(2).
_END_WITH_PARENT = 1


def _task(requests: Sequence[Request], limits: Limits) -> list[Gathered]:
    return [gather_one(request, limits) for request in requests]


def in_processes(
    requests: Sequence[Request],
    limits: Limits,
    jobs: int,
    done: Callable[[int], None],
    beside: Callable[[], None] | None = None,
) -> list[Gathered]:
    """The result of each request, in order; `done` hears of finished files. `beside` is done meanwhile, once."""
    results: dict[int, Gathered] = {}
    left, parts = _shared_out([_size(each) for each in requests], jobs)
    while left:
        for i, result in _in_pool(parts, requests, limits, jobs, beside):
            results[i] = result
            done(1)
        beside = None
        # Where a process died, the culprit is among the first files that are left, or will be, taken one by one.
        left = [i for i in left if i not in results]
        for i in left[: 2 * jobs + 2]:
            results[i] = _alone(requests[i], limits)
            done(1)
        left = left[2 * jobs + 2 :]
        parts = [[i] for i in left]
    return [results[i] for i in range(len(requests))]


def _shared_out(sizes: Sequence[int], jobs: int) -> tuple[list[int], list[list[int]]]:
    """The numbers of files of these sizes, the largest first, and the tasks that make of them: who is given the last
    one keeps nobody waiting for long."""
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    most = sum(sizes) // (jobs * TASKS_PER_PROCESS)
    parts: list[list[int]] = []
    room = 0
    for i in order:
        if not parts or len(parts[-1]) >= FILES_PER_TASK or sizes[i] > room:
            parts.append([])
            room = most
        parts[-1].append(i)
        room -= sizes[i]
    return order, parts


def _size(request: Request) -> int:
    """How large a file is, in bytes; 0 where that is not known."""
    if request.data is not None:
        return len(request.data)
    try:
        return os.stat(request.file).st_size
    except (OSError, ValueError):
        return 0


def _in_pool(
    parts: Sequence[Sequence[int]],
    requests: Sequence[Request],
    limits: Limits,
    jobs: int,
    beside: Callable[[], None] | None,
) -> Iterator[tuple[int, Gathered]]:
    """The results of the requests with these numbers as they come, a task for each part; not all if a process dies."""
    with _pool(min(jobs, len(parts))) as pool:
        tasks: dict[Future[list[Gathered]], Sequence[int]] = {}
        with contextlib.suppress(BrokenProcessPool):
            for part in parts:
                tasks[pool.submit(_task, [requests[i] for i in part], limits)] = part
        if beside is not None:
            beside()
        for task in as_completed(tasks):
            with contextlib.suppress(BrokenProcessPool):
                yield from zip(tasks[task], task.result(), strict=True)


@contextlib.contextmanager
def _pool(size: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the body. When it is broken off nobody waits for them: one that was just made has not
    heard of the interrupt, and would wait for work for ever."""
    pool = ProcessPoolExecutor(size, _context(), _settle, (os.getpid(),))
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _settle(parent: int) -> None:
    """Make a new process end with the one that started it, and at once and in silence when the user interrupts: the
    other has the word. It parses and does nothing else."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        # A forked process holds both ends of the pipes it waits at, so that the end of its parent is no end of file.
        import ctypes

        ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
    import_parser()


def _alone(request: Request, limits: Limits) -> Gathered:
    """One file in a process of its own: the one that kills its process is the culprit."""
    with _pool(1) as pool:
        try:
            return pool.submit(gather_one, request, limits).result()
        except BrokenProcessPool:
            return failed(request, "the process that analysed it died")


def _context() -> BaseContext:
    """Forking is quickest, but only safe on Linux and while no other thread runs."""
    safe_to_fork = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if safe_to_fork else "spawn")
