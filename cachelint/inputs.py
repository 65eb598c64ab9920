"""All that a run reads: the files of a project, what each says, and the files that its policy is written in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from cachelint.facts import shards
from cachelint.facts.gather import gather
from cachelint.facts.model import FileFacts
from cachelint.facts.single import Earlier, Gathered, Limits, Request, facts_of
from cachelint.files import Discovery, SourceFile, discover
from cachelint.policy import Sources
from cachelint.policy import gather as gather_policy
from cachelint.store import Store, open_store
from cachelint.task import Task, cores
from cachelint.timing import part

Linked = list[tuple[SourceFile, FileFacts]]
Done = Callable[[int, int], None]


def _nobody(files: int, total: int) -> None:
    """Who hears how far reading is when nobody does."""


class Inputs(msgspec.Struct, frozen=True):
    """All that a run reads: the files, what each says, and the files of policy."""

    found: Discovery
    gathered: list[Gathered]
    sources: Sources


def inputs(task: Task, store: Store | None, done: Done = _nobody, beside: Callable[[], None] | None = None) -> Inputs:
    """Read what a task is about, what is in the store not at all. `beside` is done while other processes read."""
    with part("find files"):
        found = discovered(task)
    with part("read files"):
        gathered = read(task, found.files, store, done, beside)
    return Inputs(found, gathered, policy_files(task, found))


def discovered(task: Task) -> Discovery:
    """The files of the project, and those that are read although they are excluded."""
    config = task.config
    return discover(
        task.project,
        exclude=config.exclude,
        extend_exclude=config.extend_exclude,
        explicit=() if task.force_exclude else task.paths,
        src=config.src,
        replaced=task.replaced,
    )


def policy_files(task: Task, found: Discovery) -> Sources:
    """The files that the project's policy is written in, with their bytes: an input of the run, as the code is."""
    config = task.config
    guides = found.guides if config.policy.discover else ()
    return gather_policy(task.project, guides, config.policy.files, config.max_file_size, config.policy.discover)


def read_part(task: Task, number: int, total: int, done: Done) -> list[Gathered]:
    """What the files say that are part `number` (from 1) of `total`. The store is read and added to as in `run`."""
    files = [(_size(task.project / file.path), file.path, file) for file in discovered(task).files]
    store = open_store(task.project, os.environ) if task.use_store else None
    results = read(task, shards.part(files, number, total), store, done)
    if store:
        store.save()
    return results


def gathered_one(task: Task, file: SourceFile, content: bytes, store: Store, was: Gathered) -> Gathered:
    """The facts of one file of a task as if it had this content; `was` are those of the one it has."""
    before = task.replaced.get(file.path)
    earlier = Earlier(before, was.facts()) if before is not None and was.has_facts else None
    request = msgspec.structs.replace(_request(task, file), data=content, earlier=earlier)
    return gather([request], _limits(task), 1, store=store)[0]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read(
    task: Task,
    files: Sequence[SourceFile],
    store: Store | None,
    done: Done = _nobody,
    beside: Callable[[], None] | None = None,
) -> list[Gathered]:
    """What files say, in their order. `done` hears how many more are read, and of how many."""
    requests = [_request(task, file) for file in files]
    jobs = task.jobs or cores()

    def more(files: int) -> None:
        done(files, len(requests))

    return gather(requests, _limits(task), jobs, more, store, task.facts, beside)


def _request(task: Task, file: SourceFile) -> Request:
    return Request(file.path, os.path.join(task.project, file.path), task.replaced.get(file.path))


def _limits(task: Task) -> Limits:
    return Limits(task.config.max_file_size, task.config.time_budget)


def decoded(task: Task, found: Discovery, gathered: Iterable[Gathered]) -> Linked:
    """The files with what each says, which is nothing for those that cannot matter."""
    limits = _limits(task)
    return [(f, facts_of(r, _request(task, f), limits)) for f, r in zip(found.files, gathered, strict=True)]
