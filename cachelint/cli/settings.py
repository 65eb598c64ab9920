"""Options and configuration -> the Task of a run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
import msgspec

from cachelint.config import Config, ConfigError, load, resolve
from cachelint.files import is_source, matcher
from cachelint.project import DEFAULT_EXCLUDE, project_root, relative
from cachelint.rules import RULES, SPELLINGS
from cachelint.shown import is_on
from cachelint.task import Task, cores

if TYPE_CHECKING:
    from cachelint.program import Program


def task(paths: Sequence[Path], options: dict[str, Any], stdin: BinaryIO) -> Task:
    """What the options of `check` ask for. Raises click's errors (exit code 2) for what cannot be done."""
    name: Path | None = options["stdin_filename"]
    project = root(options["project"], [*paths, *([name] if name else [])])
    for path in paths:
        _refuse(path, is_content_given=False)
    if name:
        _refuse(name, is_content_given=True)
    replaced = {inside(name, project): stdin.read()} if name else {}
    return Task(
        project=project,
        config=_overridden(configuration(project, options["config_file"]), options),
        paths=tuple(inside(path, project) for path in paths) or tuple(replaced),
        replaced=dict(replaced),
        jobs=options["jobs"],
        force_exclude=options["force_exclude"],
        use_store=not options["no_cache"],
    )


def linked(project: Path | None, config_file: Path | None, *, use_store: bool) -> Program:
    """The program of the project that the options name, for commands that show it. Raises click's errors."""
    from cachelint.concluding import link_project

    folder = root(project, [])
    with refusing():
        return link_project(folder, configuration(folder, config_file), use_store=use_store)


def _refuse(path: Path, *, is_content_given: bool) -> None:
    """Raise click's error for a path that cannot be checked."""
    if str(path) == "-":
        raise click.UsageError("stdin is checked in place of a file: name it with --stdin-filename NAME")
    if is_content_given and path.is_dir():
        raise click.UsageError(f"--stdin-filename {path}: that is a folder")
    if not is_content_given and not os.path.lexists(path):
        raise click.UsageError(f"there is no file or folder {path}")
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise click.UsageError(f"{os.fsencode(path)!r}: names that are not UTF-8 cannot be reported") from None


def not_python(task: Task) -> list[str]:
    """The paths of a task that name files which are no Python; what is given on stdin is, whatever its name."""
    files = (path for path in task.paths if path not in task.replaced and (task.project / path).is_file())
    return [path for path in files if not is_source(path)]


def root(project: Path | None, paths: Sequence[Path]) -> Path:
    """The project's folder: as given, else the nearest around all paths, or around the current folder."""
    if project is None:
        return project_root(_around(paths) if paths else Path.cwd())
    if not project.is_dir():
        raise click.UsageError(f"there is no folder {project}")
    return project.resolve()


def _around(paths: Sequence[Path]) -> Path:
    try:
        return Path(os.path.commonpath([os.path.abspath(path) for path in paths]))
    except ValueError:
        return paths[0]  # on different drives: the one that is outside will be named


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


def inside(path: Path, project: Path) -> str:
    """A path as seen from the project. Raises click's error for one that is outside."""
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
