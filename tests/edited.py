"""Edits of a project, and whether what is reported after one is what a run over everything reports."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import structs

from cachelint.check import run
from cachelint.config import load
from cachelint.finding import Report
from cachelint.rules import SPELLINGS
from cachelint.task import Task


def reported(task: Task) -> tuple[Report, object]:
    outcome = run(task)
    summary = structs.replace(outcome.report.summary, seconds=0)
    return structs.replace(outcome.report, summary=summary), outcome.statistics


def laid_out(folder: Path, files: Mapping[str, str]) -> Task:
    """A project of these files that has been checked once."""
    for path, content in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    task = Task(project=folder, config=load(folder, SPELLINGS), jobs=1, use_store=True)
    run(task)
    return task


def with_content(task: Task, path: str, content: bytes | None) -> Task:
    return structs.replace(task, replaced={path: content})


def agrees(task: Task) -> bool:
    return reported(task) == reported(structs.replace(task, use_store=False))


def edits(source: str, chance: random.Random) -> Iterator[str]:
    """A file without some lines, with lines twice or moved, with other words: what an editor makes of it."""
    lines = source.splitlines(keepends=True)
    words = sorted(set(re.findall(r"[A-Za-z_]{4,}", source)))
    while True:
        kind = chance.choice(["drop", "drop", "twice", "word", "swap", "block"])
        at = chance.randrange(len(lines))
        if kind == "drop":
            yield "".join(lines[:at] + lines[at + 1 :])
        elif kind == "twice":
            yield "".join([*lines[:at], lines[at], *lines[at:]])
        elif kind == "word" and words:
            yield re.sub(rf"\b{chance.choice(words)}\b", chance.choice(words), source, count=1)
        elif kind == "block":
            yield "".join(lines[:at] + lines[at + chance.randrange(1, 6) :])
        else:
            other = chance.randrange(len(lines))
            swapped = list(lines)
            swapped[at], swapped[other] = swapped[other], swapped[at]
            yield "".join(swapped)


def compiles(source: str) -> bool:
    try:
        compile(source, "edited.py", "exec")
    except SyntaxError:
        return False
    return True
