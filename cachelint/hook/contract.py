"""What Claude Code says on stdin, and what it understands as an answer.

Measured with versions 2.1.197 and 2.1.330: exit code 2 with text on stderr and nothing on stdout blocks in every
permission mode; `additionalContext` without a decision reaches the model and leaves the user's permissions alone; any
"allow" would skip them and is never said.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

# The tool's own limit is to be below the time that Claude Code waits for a hook (10 s in our settings).
BUDGET_SECONDS = 8.0


class NoVerdictError(Exception):
    """Why there is no verdict, in words for the user."""


class Call(NamedTuple):
    """One call of the hook. Texts are "" and objects empty when they were not sent."""

    event: str
    tool: str
    input: dict[str, Any]
    response: dict[str, Any]
    cwd: str
    session: str
    is_repeated: bool = False
    milliseconds: float = 0.0


class Options(NamedTuple):
    """What the command line asks for. `budget` are seconds for the whole answer."""

    fail_closed: bool = False
    budget: float = BUDGET_SECONDS


class Verdict(NamedTuple):
    """What the process ends with and what it writes."""

    code: int = 0
    stdout: str = ""
    stderr: str = ""


SILENCE = Verdict()


def read_call(data: bytes) -> Call:
    """The call in the bytes of stdin; fields that nobody knows are passed over. Raises NoVerdictError."""
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NoVerdictError("stdin is not JSON") from None
    if not isinstance(said, dict):
        raise NoVerdictError("stdin is not a JSON object")
    milliseconds = said.get("duration_ms")
    return Call(
        event=_text(said, "hook_event_name") or ("PreToolUse" if "tool_name" in said else ""),
        tool=_text(said, "tool_name"),
        input=_object(said, "tool_input"),
        response=_object(said, "tool_response"),
        cwd=_text(said, "cwd"),
        session=_text(said, "session_id"),
        is_repeated=said.get("stop_hook_active") is True,
        milliseconds=milliseconds if isinstance(milliseconds, (int, float)) else 0.0,
    )


def _text(said: dict[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _object(said: dict[str, Any], key: str) -> dict[str, Any]:
    value = said.get(key)
    return value if isinstance(value, dict) else {}


def read_options(arguments: Sequence[str]) -> Options:
    """The options on the command line. Raises NoVerdictError for one that does not exist."""
    options, rest = Options(), list(arguments)
    while rest:
        name, _, value = rest.pop(0).partition("=")
        if name == "--fail-closed" and not value:
            options = options._replace(fail_closed=True)
        elif name == "--budget":
            options = options._replace(budget=_seconds(value or (rest.pop(0) if rest else "")))
        else:
            raise NoVerdictError(f"there is no option {name}")
    return options


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 600:
        raise NoVerdictError(f"--budget takes seconds, not {text!r}")
    return seconds


def block(text: str) -> Verdict:
    """Stop the tool call; the model reads the text."""
    return Verdict(2, "", text)


def context(event: str, text: str) -> Verdict:
    """Let the call pass as the user's permissions have it; the model reads the text beside the result."""
    return Verdict(0, _line({"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}}))


def notice(text: str) -> Verdict:
    """Let the call pass; the user reads the text."""
    return Verdict(0, _line({"systemMessage": f"cachelint: {' '.join(text.split())}"}))


def no_verdict(reason: str, fail_closed: bool) -> Verdict:
    """Nothing could be judged: said to the user, or blocked when the user wants nothing unjudged to pass."""
    if fail_closed:
        return block(f"cachelint could not check this ({' '.join(reason.split())}), and it runs with --fail-closed.\n")
    return notice(f"not checked: {reason}")


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document) + "\n"
