"""The facts of many files, worked out by several processes: one that dies takes one file with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext

from cachelint.facts.gather import FILES_PER_TASK, Gathered, Limits, Request, failed, gather_one


def _task(requests: Sequence[Request], limits: Limits) -> list[Gathered]:
    return [gather_one(request, limits) for request in requests]


def in_processes(requests: Sequence[Request], limits: Limits, jobs: int, done: Callable[[int], None]) -> list[Gathered]:
    """The result of each request, in order; `done` hears of finished files."""
    results: dict[int, Gathered] = {}
    slices = [range(i, min(i + FILES_PER_TASK, len(requests))) for i in range(0, len(requests), FILES_PER_TASK)]
    with ProcessPoolExecutor(min(jobs, len(slices)), mp_context=_context()) as pool:
        tasks = {pool.submit(_task, [requests[i] for i in part], limits): part for part in slices}
        for task in as_completed(tasks):
            with contextlib.suppress(BrokenProcessPool):
                results.update(zip(tasks[task], task.result(), strict=True))
                done(len(tasks[task]))
    for i in range(len(requests)):
        if i not in results:
            results[i] = _alone(requests[i], limits)
            done(1)
    return [results[i] for i in range(len(requests))]


def _alone(request: Request, limits: Limits) -> Gathered:
    """One file in a process of its own: the one that kills its process is the culprit."""
    with ProcessPoolExecutor(1, mp_context=_context()) as pool:
        try:
            return pool.submit(gather_one, request, limits).result()
        except BrokenProcessPool:
            return failed(request, "the process that analysed it died")


def _context() -> BaseContext:
    """Forking is quickest, but only safe on Linux and while no other thread runs."""
    safe_to_fork = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if safe_to_fork else "spawn")
