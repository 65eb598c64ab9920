"""From facts to a linked program: every function followed, in a thread whose stack is large enough."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cachelint.config import Config
from cachelint.facts.model import FileFacts
from cachelint.files import SourceFile
from cachelint.policy import Policy, Sources, decide
from cachelint.program.focus import Focus
from cachelint.program.questions import Program

STACK = 512 * 1024 * 1024
RECURSION = 60_000


def link(
    files: Sequence[tuple[SourceFile, FileFacts]],
    config: Config,
    policy: Policy | None = None,
    focus: Focus | None = None,
) -> Program:
    """Link the facts of all files into a Program; with a focus only what matters to it. Raises UnsureError then.

    Runs in a thread with a large stack: long call chains are followed by recursion.
    """
    result: list[Program] = []
    crash: list[BaseException] = []

    decided = policy if policy is not None else decide(Sources(), config)

    def work() -> None:
        try:
            with _without_collector():
                result.append(Program(files, config, decided, focus))
        except BaseException as error:
            crash.append(error)

    before_size, before_limit = threading.stack_size(STACK), sys.getrecursionlimit()
    sys.setrecursionlimit(max(before_limit, RECURSION))
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before_size)
        sys.setrecursionlimit(before_limit)
    if crash:
        raise crash[0]
    return result[0]


@contextmanager
def _without_collector() -> Iterator[None]:
    """No garbage collection meanwhile: almost all that linking makes is kept, and would be walked again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
