"""The entry in Claude Code's settings that makes it ask cachelint: writing it in, and finding it again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SETTINGS = ".claude/settings.json"
WRITERS = "Write|Edit|MultiEdit|NotebookEdit"
# Seconds that Claude Code waits: more than the hook's own budget, so that the hook is the one to say it was too slow.
TIMEOUT = 10
# Each event with its matcher. The last two see what was written by shell commands.
EVENTS = {"PreToolUse": WRITERS, "SessionStart": "", "Stop": ""}


class SettingsError(Exception):
    """Settings that cannot be read, so that nothing can be added to them."""


class Handler(NamedTuple):
    """One command that settings make Claude Code run."""

    event: str
    matcher: str
    command: str
    timeout: float


def merged(text: str, command: str) -> str:
    """The text of a settings file with cachelint's entries added where there are none, all else kept as it is.

    Raises SettingsError for a text that is not a JSON object, or whose hooks are not what Claude Code reads.
    """
    settings = parsed(text)
    hooks = settings.setdefault("hooks", {})
    if not isinstance(hooks, dict) or not all(isinstance(hooks.get(event, []), list) for event in EVENTS):
        raise SettingsError("`hooks` is not an object of lists")
    present = {handler.event for handler in handlers(settings) if is_ours(handler)}
    if present >= set(EVENTS):
        return text
    for event, matcher in EVENTS.items():
        if event not in present:
            hooks.setdefault(event, []).append(_entry(matcher, command))
    return json.dumps(settings, indent=_indent(text), ensure_ascii=False) + "\n"


def parsed(text: str) -> dict[str, Any]:
    """The settings in a text; an empty one holds none. Raises SettingsError."""
    try:
        settings = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"not valid JSON: {error}") from None
    if not isinstance(settings, dict):
        raise SettingsError("not a JSON object")
    return settings


def _entry(matcher: str, command: str) -> dict[str, Any]:
    handler = {"type": "command", "command": command, "timeout": TIMEOUT, "statusMessage": "cachelint"}
    return {**({"matcher": matcher} if matcher else {}), "hooks": [handler]}


def _indent(text: str) -> int | str:
    """How the text is indented: as its first indented line, else by two spaces."""
    for line in text.splitlines():
        space = line[: len(line) - len(line.lstrip())]
        if space:
            return "\t" if "\t" in space else len(space)
    return 2


def handlers(settings: dict[str, Any]) -> Iterator[Handler]:
    """The commands in settings, whatever else is in them."""
    hooks = settings.get("hooks")
    for event, entries in hooks.items() if isinstance(hooks, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            for handler in _list(entry, "hooks"):
                if isinstance(handler, dict) and isinstance(handler.get("command"), str):
                    command = " ".join([handler["command"], *map(str, _list(handler, "args"))])
                    yield Handler(event, str(entry.get("matcher", "")), command, _timeout(handler))


def _list(holder: Any, key: str) -> list[Any]:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def _timeout(handler: dict[str, Any]) -> float:
    value = handler.get("timeout", 600)
    return float(value) if isinstance(value, (int, float)) else 600.0


def is_ours(handler: Handler) -> bool:
    """Whether a command runs cachelint's hook, by itself or through the launcher."""
    return ("cachelint" in handler.command and "hook" in handler.command) or "check_cache.py" in handler.command


def command_for(project: Path) -> str:
    """The command that will find this very cachelint: inside the project by its place, else by its name."""
    running = Path(sys.prefix)
    if running != Path(sys.base_prefix) and running.is_relative_to(project):
        folder = "Scripts/cachelint.exe" if os.name == "nt" else "bin/cachelint"
        return f'"$CLAUDE_PROJECT_DIR/{running.relative_to(project).as_posix()}/{folder}" hook'
    return "cachelint hook"
