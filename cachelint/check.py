"""The pipeline: files, facts, program, findings, ignore comments, report."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cachelint import conclusions, history
from cachelint.conclusions import Conclusions, without_filters
from cachelint.config import Config, checked, load
from cachelint.facts.single import Gathered
from cachelint.files import SourceFile
from cachelint.finding import Report, Statistics
from cachelint.inputs import Inputs, inputs
from cachelint.rules import SPELLINGS
from cachelint.shown import is_on, report
from cachelint.store import Store, open_store
from cachelint.task import Task
from cachelint.timing import part

if TYPE_CHECKING:
    from cachelint.program import Before

_LINKING = "cachelint.concluding"


class Run(msgspec.Struct, frozen=True):
    """A report, and what was recognised on the way: None when the files could not be linked. `contents` are the keys
    of the file contents that were analysed."""

    report: Report
    statistics: Statistics | None
    contents: frozenset[bytes] = frozenset()


def run(task: Task, done: Callable[[int, int], None] = lambda files, total: None) -> Run:
    """Check a project. `done` hears how many more files are read, and of how many."""
    started = time.perf_counter()
    store = open_store(task.project, os.environ) if task.use_store else None
    given = inputs(task, store, done, None if _LINKING in sys.modules else _import_linking)
    concluded = _concluded(task, given, store)
    if store:
        with part("write the store"):
            store.save()
    contents = frozenset(each.key for each in given.gathered if each.key and (each.has_facts or each.error))
    return Run(report(task, given, concluded, time.perf_counter() - started), concluded.statistics, contents)


def _import_linking() -> None:
    """A run that has to read has to link, too: what that needs takes as long to import as some files to read."""
    importlib.import_module(_LINKING)


def key_of_conclusions(task: Task, given: Inputs) -> bytes:
    """Under which key the store has what these inputs come to."""
    rules = [rule.name for rule in task.rules if is_on(rule, task.config)]
    return conclusions.key_for(without_filters(task.config), rules, given.found, given.gathered, given.sources)


def _concluded(task: Task, given: Inputs, store: Store | None) -> Conclusions:
    """What the project comes to: as an earlier run left it in the store, else worked out and put there."""
    if store is None:
        from cachelint.concluding import conclude

        return conclude(task, given)[0]
    key = key_of_conclusions(task, given)
    with part("look into the store"):
        known = conclusions.stored(store, key)
    if known is None:
        known = _renewed(task, given, store) or _from_scratch(task, given, store, key)
        conclusions.keep(store, key, known)
    return known


def _renewed(task: Task, given: Inputs, store: Store) -> Conclusions | None:
    """What the project comes to, linked again only where something has changed since an earlier run; None when that
    cannot be told, or there was none."""
    basis = basis_of(task, given, store)
    left = before(task, given, store, basis)
    if basis is None or left is None:
        return None
    from cachelint.concluding import conclude
    from cachelint.program import UnsureError

    known, is_served_alike = _carried(task, given, store, basis, left)
    if known is not None:
        return known
    try:
        found = conclude(task, given, history.recall(store, basis, _files(given), is_served_alike))[0]
    except UnsureError:
        return None
    return found if not found.crashes else None


def _carried(
    task: Task, given: Inputs, store: Store, basis: history.Basis, left: Before
) -> tuple[Conclusions | None, bool]:
    """What an earlier run concluded, where nothing that it is about has changed since; and whether nothing that has can
    matter to who serves requests."""
    from cachelint.carried import carried

    then = conclusions.stored(store, basis.run) or Conclusions()
    with contextlib.suppress(Exception):  # What is wrong is told by a run that goes on without.
        return carried(task, given, left, store, then), True
    return None, False


def _from_scratch(task: Task, given: Inputs, store: Store, key: bytes) -> Conclusions:
    from cachelint.concluding import conclude
    from cachelint.program import leave

    concluded, program = conclude(task, given)
    if program is not None and not concluded.crashes:
        with contextlib.suppress(Exception):  # What cannot be written down is worked out again next time.
            history.keep(store, scope_of(task, given), key, _files(given), leave(program))
    return concluded


def scope_of(task: Task, given: Inputs) -> bytes:
    """Which runs can take over from one over these inputs."""
    return history.scope_of(without_filters(task.config), given.sources)


def _files(given: Inputs) -> list[tuple[SourceFile, Gathered]]:
    return list(zip(given.found.files, given.gathered, strict=True))


def before(task: Task, given: Inputs, store: Store, basis: history.Basis | None) -> Before | None:
    """What a whole run left for one over these inputs."""
    return history.recall(store, basis, _files(given)) if basis is not None else None


def basis_of(task: Task, given: Inputs, store: Store) -> history.Basis | None:
    """The whole run that is nearest to one over these inputs."""
    return history.nearest(store, scope_of(task, given), _files(given))


def check_project(
    project: Path,
    config: Config | None = None,
    *,
    paths: Sequence[str] = (),
    use_store: bool = True,
    jobs: int | None = None,
) -> Report:
    """Check the project in a folder as the command line does. Raises ConfigError.

    `use_store` lets it read and write the store in the project (`.cachelint_cache/`).
    """
    config = checked(config, SPELLINGS) if config else load(project, SPELLINGS)
    return run(Task(project=project, config=config, paths=tuple(paths), jobs=jobs, use_store=use_store)).report


def check_source(project: Path, path: str, source: bytes, config: Config | None = None) -> Report:
    """Check one file of a project as if it had this content. Raises ConfigError."""
    config = checked(config, SPELLINGS) if config else load(project, SPELLINGS)
    return run(Task(project=project, config=config, paths=(path,), replaced={path: source}, jobs=1)).report
