"""`facts`: read a part of a project's files in one job of a CI matrix; `check --facts` takes the parts together."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from cachelint.check import Run
from cachelint.cli import settings
from cachelint.cli.output import said_to_people, write
from cachelint.cli.progress import Progress
from cachelint.facts import shards
from cachelint.facts.shards import Shard, ShardError
from cachelint.inputs import read_part
from cachelint.task import Task


def part(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, int]:
    """I/N as two numbers, I from 1 to N. Raises click's error for anything else."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", value)
    number, total = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= total:
        raise click.BadParameter(f"{value}: give I/N, such as 2/4 for the second of four parts")
    return number, total


@click.command(short_help="Read a part of the files, for `check --facts`.")
@click.option(
    "--shard", metavar="I/N", default="1/1", callback=part, help="Which part of how many (default: all files)."
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Write it there.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Read this configuration.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the store, .cachelint_cache/.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes to use (default: one per core).")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing.")
def facts(shard: tuple[int, int], output: Path, **options: Any) -> None:
    """Read the files of a project, or a part of them, for `check --facts`.

    What cannot be read or parsed is said here and counted by the check.
    """
    project = settings.root(options["project"], [])
    config = settings.configuration(project, options["config_file"])
    task = Task(project=project, config=config, jobs=options["jobs"], use_store=not options["no_cache"])
    with settings.refusing(), Progress(silent=options["quiet"]) as progress:
        results = read_part(task, *shard, progress.advance)
    write(output, shards.written(results, *shard))
    if not options["quiet"]:
        for error in (result.error for result in results if result.error):
            said_to_people(f"{error.path}:{error.line}: {error.message}")
        said_to_people(f"{output}: part {shard[0]} of {shard[1]}, {len(results)} files")


def spread(arguments: Sequence[str]) -> list[str]:
    """The arguments with the option before each of the files that follow `--facts`, as in `--facts parts/*.facts`."""
    result: list[str] = []
    among = False
    for argument, following in zip(arguments, [*arguments, "-"][1:], strict=True):
        if argument == "--facts":
            among = True
            result += [argument] if following.startswith("-") else []
        elif argument.startswith("-"):
            among = False
            result.append(argument)
        else:
            result += ["--facts", argument] if among else [argument]
    return result


def taken(paths: Iterable[Path], quiet: bool) -> dict[Path, Shard]:
    """The shards in these files. One that cannot be used is named, and its files will be read again. Raises click's
    error for a file that is not there."""
    found = {}
    for path in paths:
        try:
            found[path] = shards.read(path.read_bytes())
        except OSError as error:
            raise click.UsageError(f"--facts {path}: {os.strerror(error.errno or 0)}") from None
        except ShardError as error:
            said_to_people(f"{path} {error}: what it should hold is read again")
    gaps = list(shards.missing(found.values()))
    if gaps and not quiet:
        said_to_people(f"--facts: not given: {', '.join(gaps)}; what they should hold is read again")
    return found


def say_what_was_missing(found: dict[Path, Shard], run: Run) -> None:
    """Which shards are of no use here, and how many files none of them had."""
    for path, shard in found.items():
        if shard.entries and run.contents.isdisjoint(shard.entries):
            said_to_people(f"{path} holds the facts of no file of this project")
    missing = sum(all(key not in shard.entries for shard in found.values()) for key in run.contents)
    if missing:
        said_to_people(f"--facts: {missing} of {len(run.contents)} files were in no part and were read here")
