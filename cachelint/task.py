"""What to check, as every door asks for it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from cachelint.config import Config
from cachelint.rule import Rule
from cachelint.rules import RULES


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What to check. `paths` (project-relative; empty for all) choose what is reported; `replaced` maps
    paths to the content to take in place of those files, None for one to be taken as not there; `jobs` None
    means all cores; `use_store` lets the run take from the project's store what earlier runs worked out, and
    add to it; with `force_exclude` a path in `paths` that is excluded stays so; `facts` are entries of shards."""

    project: Path
    config: Config
    paths: tuple[str, ...] = ()
    replaced: dict[str, bytes | None] = {}
    jobs: int | None = None
    rules: tuple[Rule, ...] = RULES
    force_exclude: bool = False
    use_store: bool = False
    facts: dict[bytes, bytes] = {}


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
