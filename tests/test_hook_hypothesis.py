"""Any input: exit code 0 or 2, 2 only with findings, never a traceback, never a file changed.

The default number of tries keeps the test short; `CACHELINT_HOOK_EXAMPLES=10000` is the full one (.ci/run does it).
"""

from __future__ import annotations

import copy
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hook_calls import CLEAN, HEAD, WARNED, WRONG, call, edit, route, sent, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cachelint.hook
from cachelint.facts import ahead
from cachelint.hook import guard
from cachelint.hook.contract import Verdict
from cachelint.store import FOLDER

EXAMPLES = int(os.environ.get("CACHELINT_HOOK_EXAMPLES", "250"))
PROCESSES = max(10, EXAMPLES // 50)
FINDING = re.compile(r"^1\. [^\n]+:\d+: error [a-z-]+: ", re.MULTILINE)
KEYS = ("file_path", "content", "old_string", "new_string", "replace_all", "cwd", "tool_name", "hook_event_name")
ODD = ["", "\0", "\ud800", "/", "..", "~", "app.py", "é\r\n", "'" * 3, "\\", "x" * 5000, "tests/a.py", ".py", "“x”"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hook")
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (folder / "app.py").write_text(HEAD + route("old") + route("safe", "number: int"))
    (folder / "keys.py").write_bytes(b"def user(cursor):\r\n    return f'user:{cursor}'\r\n")
    (folder / "broken.py").write_text("def f(:\n")
    return folder


def valid(folder: Path) -> list[dict[str, Any]]:
    """Calls as they really come: most bring something, and what they bring differs."""
    app, keys = folder / "app.py", folder / "keys.py"
    done = {"hook_event_name": "PostToolUse", "duration_ms": 3}
    pieces = [
        {"old_string": "number: int", "new_string": "number: str"},
        {"old_string": "()", "new_string": "(debug=True)"},
    ]
    return [
        write(folder / "new.py", WRONG),
        write(folder / "new.py", CLEAN),
        write(folder / "new.py", WARNED),
        write(app, HEAD + route("old") + route("other")),
        edit(app, "number: int", "number: str"),
        edit(app, "term", "word", replace_all=True),
        edit(app, route("old"), route("old") + route("copy").replace("copy:", "old:")),
        edit(keys, "    return", "    cursor = cursor\n    return"),
        edit(folder / "broken.py", "def f(:\n", WRONG),
        edit(folder / "fresh.py", "", WRONG),
        call("MultiEdit", app, {"edits": pieces}),
        {"tool_name": "NotebookEdit", "tool_input": {"notebook_path": str(folder / "a.ipynb"), "new_source": WRONG}},
        write(app, CLEAN, tool_response={"type": "update", "originalFile": CLEAN}, **done),
        write(app, CLEAN, tool_response={"type": "create", "originalFile": None}, **done),
        {"hook_event_name": "Stop", "session_id": "s", "cwd": str(folder), "stop_hook_active": False},
        {"hook_event_name": "SessionStart", "session_id": "s", "cwd": str(folder), "source": "startup"},
    ]


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20), st.sampled_from(ODD)
)
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3))


@st.composite
def inputs(draw: st.DrawFn, folder: Path) -> bytes:
    """The bytes of a valid call after some accidents to its values, its texts or its bytes."""
    document = copy.deepcopy(draw(st.sampled_from(valid(folder))))
    for _ in range(draw(st.integers(0, 3))):
        _accident(draw, document)
    data = sent(document)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=3)) + data[at + draw(st.integers(0, 3)) :]
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 19)) == 0 else data


def _accident(draw: st.DrawFn, document: dict[str, Any]) -> None:
    holders = [document, *(value for value in document.values() if isinstance(value, dict))]
    holder = draw(st.sampled_from(holders))
    key = draw(st.sampled_from([*holder, *KEYS]))
    kind = draw(st.sampled_from(["remove", "replace", "text", "text", "text"]))
    if kind == "remove":
        holder.pop(key, None)
    elif kind == "text" and isinstance(holder.get(key), str):
        text = holder[key]
        at = draw(st.integers(0, len(text)))
        holder[key] = text[:at] + draw(st.sampled_from([*ODD, "\n", "{x}", "term", "    "])) + text[at:]
    else:
        holder[key] = draw(VALUES)


def tree(folder: Path) -> dict[str, str]:
    """A digest of every file except the store's."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and FOLDER not in path.parts)
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def is_an_answer(code: int, out: str, err: str) -> None:
    assert code in (0, 2)
    assert "Traceback" not in out + err
    if code == 2:
        assert out == ""
        assert err.startswith("cachelint: ")
        assert FINDING.search(err), err
        assert len(err.encode()) <= 4000
        return
    assert err == ""
    if out:
        document = json.loads(out)
        assert out.count("\n") == 1
        assert list(document) in (["systemMessage"], ["hookSpecificOutput"])
        assert "permissionDecision" not in out


class _Stream(io.TextIOWrapper):
    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8")

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


def answer(data: bytes, patch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    """The answer, worked out in this process."""
    out, err = _Stream(), _Stream()
    with patch.context() as here:
        here.setattr(sys, "stdin", _Stream(data))
        here.setattr(sys, "stdout", out)
        here.setattr(sys, "stderr", err)
        code = cachelint.hook.main(["--budget=50"])
    return code, out.text(), err.text()


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def directly(work: guard.Work, seconds: float, fail_closed: bool) -> Verdict:
        return guard._tried(work, fail_closed)

    monkeypatch.setattr(guard, "guarded", directly)
    # Thousands of questions in one process: no other process for each.
    monkeypatch.setattr(ahead, "start", lambda: None)
    return monkeypatch


def test_the_valid_calls_are_of_every_kind(project: Path, in_process: pytest.MonkeyPatch) -> None:
    answers = [answer(sent(document), in_process) for document in valid(project)]
    assert [code for code, _, _ in answers] == [2, 0, 0, 2, 2, 0, 2, 0, 0, 2, 2, 0, 2, 2, 0, 0]
    assert "additionalContext" in answers[2][1]


def test_no_input_passes_for_a_verdict(project: Path, in_process: pytest.MonkeyPatch) -> None:
    before = tree(project)
    seen: dict[int, int] = {}

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(inputs(project))
    def run(data: bytes) -> None:
        code, out, err = answer(data, in_process)
        is_an_answer(code, out, err)
        seen[code] = seen.get(code, 0) + 1

    run()
    assert tree(project) == before
    assert seen[2] > EXAMPLES / 50  # else the accidents destroy everything and nothing is tried


def test_no_input_passes_for_a_verdict_in_a_process(project: Path) -> None:
    before = tree(project)

    @settings(
        max_examples=PROCESSES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(inputs(project))
    def run(data: bytes) -> None:
        command = [sys.executable, "-m", "cachelint", "hook"]
        done = subprocess.run(command, input=data, capture_output=True, timeout=60)
        is_an_answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    run()
    assert tree(project) == before
