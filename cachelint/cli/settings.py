"""Options and configuration -> the Task of a run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from cachelint.check import Task, cores, is_on
from cachelint.config import Config, ConfigError, load, resolve
from cachelint.files import matcher
from cachelint.project import DEFAULT_EXCLUDE, project_root, relative
from cachelint.rules import RULES, SPELLINGS


def task(paths: Sequence[Path], options: dict[str, Any], stdin: BinaryIO) -> Task:
    """What the options of `check` ask for. Raises click's errors (exit code 2) for what cannot be done."""
    name: Path | None = options["stdin_filename"]
    project = root(options["project"], [*paths, *([name] if name else [])])
    for path in paths:
        if not os.path.lexists(path):
            raise click.UsageError(f"there is no file or folder {path}")
    replaced = {_inside(name, project): stdin.read()} if name else {}
    return Task(
        project=project,
        config=_overridden(configuration(project, options["config_file"]), options),
        paths=tuple(_inside(path, project) for path in paths) or tuple(replaced),
        replaced=dict(replaced),
        jobs=options["jobs"],
        force_exclude=options["force_exclude"],
        use_store=not options["no_cache"],
    )


def root(project: Path | None, paths: Sequence[Path]) -> Path:
    """The project's folder: as given, else found from the first path or the current folder."""
    if project is None:
        return project_root(paths[0] if paths else Path.cwd())
    if not project.is_dir():
        raise click.UsageError(f"there is no folder {project}")
    return project.resolve()


def configuration(project: Path, explicit: Path | None) -> Config:
    """The project's Config. Raises click's error, with file and line, for one that cannot be used."""
    with refusing():
        config = load(project, SPELLINGS, explicit)
    _check_patterns(config)
    return config


@contextmanager
def refusing() -> Iterator[None]:
    """Work that ends with click's error where the configuration, or the policy in it, cannot be used."""
    try:
        yield
    except ConfigError as error:
        raise _RefusedError(str(error)) from None


class _RefusedError(click.ClickException):
    exit_code = 2


def _check_patterns(config: Config) -> None:
    keys = {
        "exclude": config.exclude or (),
        "extend-exclude": config.extend_exclude,
        "per-file-ignores": tuple(config.per_file_ignores),
    }
    for key, patterns in keys.items():
        try:
            matcher(patterns)
        except ValueError as error:
            place = f"{config.origin.path}:{config.origin.line(key)}"
            raise _RefusedError(f"{place}: `{key}`: {error}") from None


def _inside(path: Path, project: Path) -> str:
    try:
        return relative(path, project)
    except ValueError:
        raise click.UsageError(f"{path} is outside the project {project}") from None


def _overridden(config: Config, options: dict[str, Any]) -> Config:
    """Options win over the configuration; selecting a rule by name takes back that the configuration
    ignores it."""
    select = _rules(options["select"], "--select")
    extend = _rules(options["extend_select"], "--extend-select")
    ignored = tuple(name for name in config.ignore if name not in (*select, *extend))
    plain = {key: options[key] for key in ("persona", "min_confidence", "min_severity", "fail_on") if options[key]}
    return msgspec.structs.replace(
        config,
        select=select or config.select,
        ignore=ignored + _rules(options["ignore"], "--ignore"),
        extend_select=extend if select else config.extend_select + extend,
        **plain,
    )


def _rules(values: Iterable[str], option: str) -> tuple[str, ...]:
    names = [name.strip() for value in values for name in value.split(",") if name.strip()]
    try:
        return resolve(names, SPELLINGS)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}") from None


def shown(task: Task) -> str:
    """The settings in use as text, one a line."""
    config = msgspec.to_builtins(task.config)
    del config["origin"]
    config["exclude"] = config["exclude"] or list(DEFAULT_EXCLUDE)
    lines = {
        "project": str(task.project),
        "configuration": task.config.origin.path or None,
        "paths": list(task.paths),
        "jobs": task.jobs or cores(),
        **config,
        "rules": [rule.name for rule in RULES if is_on(rule, task.config)],
    }
    return "".join(f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in lines.items())
