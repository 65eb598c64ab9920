"""`cachelint hook --doctor`: would the hook run here, and if not, why not."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cachelint import __version__
from cachelint.hook.contract import BUDGET_SECONDS
from cachelint.hook.gate import project_of
from cachelint.hook.settings import Handler, SettingsError, handlers, is_ours, parsed

# A file that must be stopped wherever the analysis works at all.
TRIAL = """\
from cashews import cache
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def page(term: str):
    return await cache.get(f"page:{term}:all")
"""
TRIAL_SECONDS = 30


class Observation(NamedTuple):
    """One thing looked at: whether it is as it has to be (None: only worth knowing), and what was seen."""

    is_well: bool | None
    text: str


def report() -> int:
    """Print what was seen; 0 when the hook would run here, else 1."""
    project = Path(project_of(os.getcwd(), os.getcwd()) or os.getcwd())
    seen = [*_installation(), *_configuration(project), *_settings(project), *_trial()]
    marks = {True: "ok   ", False: "FAULT", None: "note "}
    for observation in seen:
        print(f"{marks[observation.is_well]}  {observation.text}")
    faults = sum(observation.is_well is False for observation in seen)
    print("\nThe hook would run here." if not faults else f"\nThe hook would not work here: {faults} to mend.")
    return int(faults > 0)


def _installation() -> Iterator[Observation]:
    yield Observation(None, f"cachelint {__version__} on Python {platform.python_version()}, {sys.executable}")
    where = shutil.which("cachelint")
    yield Observation(None, f"`cachelint` on the PATH: {where or 'none'}")


def _configuration(project: Path) -> Iterator[Observation]:
    from cachelint.concluding import policy_of
    from cachelint.config import ConfigError
    from cachelint.hook.judgement import task_for

    try:
        task = task_for(project, BUDGET_SECONDS)
        policy_of(task)
    except ConfigError as error:
        yield Observation(False, f"configuration: {error}")
        return
    yield Observation(True, f"project {project}, configuration {task.config.origin.path or 'built in'}")


def _settings(project: Path) -> Iterator[Observation]:
    files = (
        project / ".claude/settings.json",
        project / ".claude/settings.local.json",
        Path.home() / ".claude/settings.json",
    )
    found: list[tuple[Path, dict[str, Any]]] = []
    for path in files:
        try:
            if path.exists():
                found.append((path, parsed(path.read_text(encoding="utf-8", errors="replace"))))
        except (OSError, SettingsError) as error:
            yield Observation(False, f"{path}: {error}; Claude Code passes over the whole file without a word")
    yield from _of_settings(found)


def _of_settings(found: Iterable[tuple[Path, dict[str, Any]]]) -> Iterator[Observation]:
    asked = False
    for path, settings in found:
        if settings.get("disableAllHooks") is True:
            yield Observation(False, f"{path}: `disableAllHooks` turns every hook off")
        if any("cachelint" in str(name) for name in settings.get("enabledPlugins") or ()):
            asked = True
            yield Observation(True, f"{path}: the plugin is enabled")
        for handler in handlers(settings):
            if is_ours(handler):
                asked = asked or handler.event == "PreToolUse"
                yield from _handler(path, handler)
    if not asked:
        yield Observation(False, "no settings ask cachelint before a write: `cachelint init --claude` adds that")


def _handler(path: Path, handler: Handler) -> Iterator[Observation]:
    place = f"{path}: {handler.event}: {handler.command}"
    program = _program(handler.command)
    if shutil.which(program) is None and not Path(program).exists():
        yield Observation(False, f"{place}: {program} is not there")
    elif handler.timeout <= BUDGET_SECONDS:
        yield Observation(False, f"{place}: a timeout of {handler.timeout:g} s ends it before it can answer")
    elif handler.event == "PreToolUse" and not _fires(handler.matcher):
        yield Observation(False, f"{place}: the matcher {handler.matcher!r} leaves out Write or Edit")
    else:
        yield Observation(True, place)


def _program(command: str) -> str:
    """The first word of a command, or the script that an interpreter is to run."""
    project = os.environ.get("CLAUDE_PROJECT_DIR") or project_of(os.getcwd(), os.getcwd()) or os.getcwd()
    plain = re.sub(r"\$\{?CLAUDE_PROJECT_DIR\}?", lambda match: project, command).replace('"', "").replace("'", "")
    words = plain.split()
    scripts = [word for word in words[1:] if word.endswith(".py")]
    return scripts[0] if scripts else words[0] if words else ""


def _fires(matcher: str) -> bool:
    """Whether a matcher means Write and Edit; Claude Code compares names exactly, else it is a pattern."""
    if matcher in ("", "*"):
        return True
    if re.fullmatch(r"[\w\-, |]+", matcher):
        return {"Write", "Edit"} <= set(re.split(r"[|,]\s*", matcher))
    try:
        return all(re.search(matcher, name) for name in ("Write", "Edit"))
    except re.error:
        return False


def _trial() -> Iterator[Observation]:
    """A bad edit in a scratch folder, through a process of its own as Claude Code would start it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").touch()
        said = {"file_path": os.path.join(folder, "app.py"), "content": TRIAL}
        call = {"hook_event_name": "PreToolUse", "tool_name": "Write", "tool_input": said, "cwd": folder}
        command = [sys.executable, "-m", "cachelint", "hook"]
        try:
            done = subprocess.run(
                command, input=json.dumps(call).encode(), capture_output=True, timeout=TRIAL_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            yield Observation(False, f"a trial edit could not be checked: {error}")
            return
    if done.returncode == 2 and b"raw-input-in-key" in done.stderr and not done.stdout:
        yield Observation(True, "a trial edit with an error in it was stopped")
    else:
        words = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
        yield Observation(False, f"a trial edit with an error in it passed (exit code {done.returncode}): {words}")
