"""Calls as Claude Code makes them (fields as measured with 2.1.330), and sources to put into them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HEAD = """\
from cashews import cache
from fastapi import FastAPI

app = FastAPI()
"""
ROUTE = """

@app.get("/{name}")
async def {name}({parameter}):
    return await cache.get(f"{name}:{{{given}}}")
"""
CLEAN = HEAD + ROUTE.format(name="users", parameter="number: int", given="number")
WRONG = HEAD + ROUTE.format(name="users", parameter="term: str", given="term")
# A warning only: the comment names no rule.
WARNED = CLEAN.replace("number}", "number}").rstrip() + "  # cachelint: ignore[no-such-rule] why\n"


def route(name: str, parameter: str = "term: str") -> str:
    return ROUTE.format(name=name, parameter=parameter, given=parameter.partition(":")[0])


LEGACY = HEAD + "".join(route(f"search_{i}") for i in range(50))


def write(path: Path | str, content: str, **more: Any) -> dict[str, Any]:
    return call("Write", path, {"content": content}, **more)


def edit(path: Path | str, old: str, new: str, replace_all: bool = False, **more: Any) -> dict[str, Any]:
    return call("Edit", path, {"old_string": old, "new_string": new, "replace_all": replace_all}, **more)


def call(tool: str, path: Path | str, said: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "session_id": "7f3d5a0e-0000-4000-8000-000000000000",
        "transcript_path": "/nowhere/transcript.jsonl",
        "cwd": str(Path(path).parent),
        "permission_mode": "acceptEdits",
        "hook_event_name": "PreToolUse",
        "tool_name": tool,
        "tool_input": {"file_path": str(path), **said},
        "tool_use_id": "toolu_01",
        **more,
    }


def sent(document: object) -> bytes:
    """The bytes that arrive on stdin."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
