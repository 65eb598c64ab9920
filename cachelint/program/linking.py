"""From facts to a linked program: every function followed, in a thread whose stack is large enough."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, TypeVar

from cachelint.collector import without_collector
from cachelint.config import Config
from cachelint.facts.model import FileFacts
from cachelint.files import SourceFile
from cachelint.policy import Policy, Sources, decide
from cachelint.program.earlier import Before
from cachelint.program.excerpt import Name
from cachelint.program.imports import imported
from cachelint.program.kept import dump_files, dump_known, dump_said, dump_served
from cachelint.program.questions import Program
from cachelint.program.standing import Standing
from cachelint.program.values import forget_sets

STACK = 512 * 1024 * 1024
RECURSION = 60_000
Result = TypeVar("Result")


def link(
    files: Sequence[tuple[SourceFile, FileFacts]],
    config: Config,
    policy: Policy | None = None,
    before: Before | None = None,
) -> Program:
    """Link the facts of all files into a Program; with what an earlier run left, only what the changes since can matter
    to. Raises UnsureError where that cannot be told.

    Runs in a thread with a large stack: long call chains are followed by recursion.
    """
    decided = policy if policy is not None else decide(Sources(), config)
    return _on_large_stack(lambda: Program(files, config, decided, before))


def link_excerpt(
    files: Sequence[tuple[SourceFile, Callable[[], FileFacts]]],
    config: Config,
    policy: Policy,
    before: Before,
    also: Collection[Name] = (),
) -> Program:
    """The part of a program that changes since an earlier run can matter to, and what lies around functions with some
    names. Raises UnsureError where no part is enough."""
    return _on_large_stack(lambda: Program(files, config, policy, before, also))


def widen(program: Program, names: Collection[Name], fully: bool = False) -> None:
    """See what lies around functions with these names as well, with `fully` also where the change cannot matter. Raises
    UnsureError where no part is enough."""
    _on_large_stack(lambda: program.widen(names, fully))


def still(program: Program) -> Standing:
    """What stands of what the run concluded that a part of a program starts from. Raises UnsureError."""
    return _on_large_stack(program.standing)


class Left(NamedTuple):
    """What a linked program leaves for later runs: what was found out about each file, by path, about all, about who
    serves requests, and by which names code that was not there could be reached."""

    known: bytes
    served: bytes
    said: bytes
    files: dict[str, bytes]


def leave(program: Program) -> Left:
    """What linking again after a few changes can start from. Raises what cannot be written."""
    return _on_large_stack(lambda: _left(program))


def _left(program: Program) -> Left:
    took = imported(program.interpreter.modules)
    files = dict(dump_files(program, took))
    return Left(dump_known(program), dump_served(program), dump_said(program, took), files)


def _on_large_stack(work: Callable[[], Result]) -> Result:
    result: list[Result] = []
    crash: list[BaseException] = []

    def run() -> None:
        try:
            with without_collector():
                result.append(work())
        except BaseException as error:
            crash.append(error)
        finally:
            forget_sets()

    before_size, before_limit = threading.stack_size(STACK), sys.getrecursionlimit()
    sys.setrecursionlimit(max(before_limit, RECURSION))
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before_size)
        sys.setrecursionlimit(before_limit)
    if crash:
        raise crash[0]
    return result[0]
