"""The hook as a process, as Claude Code runs it: exit codes, streams, and nothing of the user's changed."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hook_calls import CLEAN, HEAD, LEGACY, WARNED, WRONG, call, edit, route, sent, write

from cachelint.store import open_store


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    return tmp_path


def hook(said: object, *arguments: str, **environment: str) -> tuple[int, str, str]:
    data = said if isinstance(said, bytes) else sent(said)
    # A busy machine must not decide what a test sees.
    command = [sys.executable, "-m", "cachelint", "hook", "--budget=50", *arguments]
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, env={**os.environ, **environment})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


SILENT = (0, "", "")


def message(answer: tuple[int, str, str]) -> str:
    """The one line for the user when there is no verdict."""
    code, out, err = answer
    assert (code, err, out.count("\n")) == (0, "", 1)
    document = json.loads(out)
    assert list(document) == ["systemMessage"]
    return str(document["systemMessage"])


def test_a_write_with_an_error_is_blocked_and_says_everything_once(project: Path) -> None:
    code, out, err = hook(write(project / "app.py", WRONG))
    assert (code, out) == (2, "")
    assert err == (
        "cachelint: app.py was not written. It would bring 1 new error; changed as below it can be made again.\n\n"
        "1. app.py:9: error raw-input-in-key: query parameter `term` reaches the cashews key `users:{term}` "
        "unvalidated: clients choose which entry is read\n"
        '   code: return await cache.get(f"users:{term}")\n'
        "   way:  app.py:8 user input enters here: query parameter `term`: async def users(term: str):\n"
        '   way:  app.py:9 used as a cache key by `get`: return await cache.get(f"users:{term}")\n'
        "   fix:  give it a type that validates (int, UUID, Enum, a strict pattern), an allow-list, or hash it\n"
        "   or, if it is right here, on line 9: # cachelint: ignore[raw-input-in-key] and the reason\n"
    )
    assert sorted(path.name for path in project.iterdir() if path.name != ".cachelint_cache") == ["pyproject.toml"]


def test_the_policy_line_is_quoted(project: Path) -> None:
    (project / "cachelint.toml").write_text('[policy]\nnever = ["stock prices"]  # they move\n')
    source = (
        "from django.core.cache import cache\n\ndef keep(sku, price):\n    cache.set(f'stock-price:{sku}', price, 60)\n"
    )
    _, _, err = hook(write(project / "app.py", source))
    assert 'policy, cachelint.toml:2: never = ["stock prices"] # they move' in err


def test_a_clean_write_is_silent(project: Path) -> None:
    assert hook(write(project / "app.py", CLEAN)) == SILENT


def test_a_warning_reaches_the_model_and_decides_nothing(project: Path) -> None:
    code, out, err = hook(write(project / "app.py", WARNED))
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert list(said) == ["hookSpecificOutput"]
    assert sorted(said["hookSpecificOutput"]) == ["additionalContext", "hookEventName"]
    assert said["hookSpecificOutput"]["hookEventName"] == "PreToolUse"
    assert "app.py:9: warning unknown-name-in-ignore" in said["hookSpecificOutput"]["additionalContext"]


def test_what_an_edit_causes_in_another_file_is_its_own(project: Path) -> None:
    (project / "keys.py").write_text("def user(cursor):\n    return f'user:{cursor}'\n")
    safe = (HEAD + "import keys\n" + route("a", "cursor: int")).replace('f"a:{cursor}"', "keys.user(cursor)")
    (project / "app.py").write_text(safe)
    code, _, err = hook(edit(project / "app.py", "cursor: int", "cursor: str"))
    assert (code, "1. keys.py:2: error raw-input-in-key" in err) == (2, True)


def test_a_legacy_file_can_be_edited_but_not_made_worse(project: Path) -> None:
    path = project / "app.py"
    path.write_text(LEGACY)
    assert hook(edit(path, "app = FastAPI()\n", "app = FastAPI()\nLIMIT = 10\n")) == SILENT
    assert hook(write(path, HEAD + "".join(route(f"search_{i}") for i in reversed(range(50))))) == SILENT
    copied = route("search_7").replace("def search_7", "def again").replace("/search_7", "/again")
    code, _, err = hook(edit(path, route("search_8"), copied + route("search_8")))
    assert code == 2
    assert err.count("error raw-input-in-key") == 1
    assert "search_7:{term}" in err


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "stdin is not JSON"),
        (b"\xff\xfe", "stdin is not JSON"),
        (b"[" * 100_000, "stdin is not JSON"),
        (b"[]", "not a JSON object"),
        ({"tool_name": "Write", "tool_input": {"content": ""}}, "names no file"),
        ({"tool_name": "Write", "tool_input": {"file_path": ["x.py"]}}, "names no file"),
        ({"tool_name": "Write", "tool_input": 3}, "names no file"),
        (write("/nowhere/git/x.py", ""), None),
        (call("Write", "app.py", {"content": None}), "no text `content`"),
        (edit("app.py", "nowhere", "x"), "not in the file"),
        (edit("app.py", "cache", "x"), "more than once"),
        (edit("app.py", "", "x"), "replaces nothing"),
        (call("MultiEdit", "app.py", {"edits": []}), "cannot be read"),
        (call("MultiEdit", "app.py", {"edits": [1]}), "cannot be read"),
    ],
)
def test_bad_input_is_no_verdict(project: Path, said: object, words: str | None) -> None:
    (project / "app.py").write_text(CLEAN)
    if isinstance(said, dict):
        said = {**said, "cwd": str(project)}
    assert hook(said) == SILENT if words is None else words in message(hook(said))


def test_only_writes_of_python_files_are_looked_at(project: Path) -> None:
    (project / "app.py").write_text(CLEAN)
    for said in (
        call("Read", project / "app.py", {}),
        call("Bash", project / "app.py", {"command": "cat app.py"}),
        write(project / "README.md", WRONG),
        write(project / "tests/test_app.py", WRONG),
        write(project / "migrations/0001.py", WRONG),
        {"tool_name": "NotebookEdit", "tool_input": {"notebook_path": str(project / "a.ipynb"), "new_source": WRONG}},
        edit(project / "app.py", "app = FastAPI()", "# the application\napp = FastAPI()"),
        {"hook_event_name": "Notification", "message": "hello"},
        {},
    ):
        assert hook(said) == SILENT


def test_excludes_of_the_project_hold(project: Path) -> None:
    (project / "cachelint.toml").write_text('extend-exclude = ["legacy/"]\nexclude = ["build/"]\n')
    (project / ".gitignore").write_text("made.py\n")
    (project / ".git").mkdir()
    assert hook(write(project / "legacy/app.py", WRONG)) == SILENT
    assert hook(write(project / "made.py", WRONG)) == SILENT
    assert hook(write(project / "tests/test_app.py", WRONG))[0] == 2


def test_a_result_that_does_not_parse_is_no_verdict_and_mending_it_is_judged_by_the_commit(project: Path) -> None:
    path = project / "app.py"
    path.write_text(LEGACY)
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "x")
    assert "app.py:255: cannot parse" in message(hook(write(path, LEGACY + "def f(:\n")))
    path.write_text(LEGACY + "def f(:\n")
    assert hook(edit(path, "def f(:\n", "X = 1\n")) == SILENT
    code, _, err = hook(edit(path, "def f(:\n", route("fresh")))
    assert (code, err.count("error raw-input-in-key")) == (2, 1)


def git(folder: Path, *arguments: str) -> None:
    who = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x"}
    subprocess.run(["git", *arguments], cwd=folder, check=True, env={**os.environ, **who}, capture_output=True)


def test_a_wrong_configuration_is_no_verdict(project: Path) -> None:
    (project / "cachelint.toml").write_text("\ncolour = 1\n")
    assert "cachelint.toml:2: `colour`: unknown key" in message(hook(write(project / "app.py", WRONG)))
    (project / "cachelint.toml").write_text('[policy]\nstale-tolerance = "soonish"\n')
    assert message(hook(write(project / "app.py", WRONG))).startswith(
        "cachelint: not checked: configuration: cachelint.toml:2: "
    )


def test_an_unknown_option_is_no_verdict(project: Path) -> None:
    assert "no option --strict" in message(hook(write(project / "app.py", WRONG), "--strict"))
    assert "takes seconds" in message(hook(write(project / "app.py", WRONG), "--budget", "soon"))


def test_fail_closed_blocks_what_cannot_be_judged(project: Path) -> None:
    for said, arguments in ((b"", ()), (write(project / "app.py", "def f(:\n"), ()), (b"{}", ("--nonsense",))):
        code, out, err = hook(said, "--fail-closed", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("cachelint could not check this (")
    assert hook(write(project / "app.py", CLEAN), "--fail-closed") == SILENT


def test_a_spent_budget_is_no_verdict_and_leaves_nothing_running(project: Path) -> None:
    for number in range(300):
        (project / f"m{number}.py").write_text(LEGACY)
    folder = os.open(project, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # as if a check were at it
    started = time.monotonic()
    said = message(hook(write(project / "app.py", WRONG), "--budget=0.2"))
    assert said.endswith("longer than 0.2 seconds; a check in the background prepares the next answer")
    assert time.monotonic() - started < 5
    os.close(folder)


IGNORING = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"


def test_whoever_ignores_the_ends_of_children_gets_a_verdict_too(project: Path) -> None:
    command = [sys.executable, "-c", IGNORING, sys.executable, "-m", "cachelint", "hook", "--budget=50"]
    said = sent(write(project / "app.py", WRONG))
    done = subprocess.run(command, input=said, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, b"")


def store_of(project: Path, seconds: float = 60) -> int:
    """The number of entries in a project's store, once nobody holds the lock of a check in the background."""
    folder = os.open(project, os.O_RDONLY)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(0.1)
    os.close(folder)
    return open_store(project, {}).size().entries


def test_what_took_too_long_is_prepared_in_the_background(project: Path) -> None:
    (project / "old.py").write_text(LEGACY)
    assert "in the background" in message(hook(write(project / "app.py", WRONG), "--budget=0.01"))
    assert store_of(project) > 1
    assert hook(write(project / "app.py", WRONG))[0] == 2


def test_the_first_session_checks_the_project_in_the_background(project: Path) -> None:
    (project / "old.py").write_text(LEGACY)
    said = {"hook_event_name": "SessionStart", "session_id": "s", "cwd": str(project)}
    assert hook(said) == SILENT
    first = store_of(project)
    assert first > 1
    assert hook(said) == SILENT
    assert store_of(project) == first


def test_one_check_in_the_background_is_enough(project: Path) -> None:
    (project / "old.py").write_text(LEGACY)
    folder = os.open(project, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    assert hook({"hook_event_name": "SessionStart", "session_id": "s", "cwd": str(project)}) == SILENT
    os.close(folder)
    assert store_of(project) == 0


BROKEN_RULES = """
import sys, signal, os
from cachelint import check
def broken(task, done=None):
    {deed}
check.run = broken
import cachelint.compare
cachelint.compare.run = broken
from cachelint.hook import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("raise ValueError('odd')", "internal error: ValueError: odd"),
        ("raise SystemExit(2)", "internal error: SystemExit: 2"),
        ("raise KeyboardInterrupt", "internal error: KeyboardInterrupt"),
        ("raise MemoryError", "internal error: MemoryError"),
        ("broken(task)", "internal error: RecursionError"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "the process that checked it died"),
        ("print('noise'); sys.stderr.write('noise'); os._exit(2)", "the process that checked it died"),
    ],
)
def test_a_crash_is_no_verdict(project: Path, deed: str, words: str) -> None:
    data = sent(write(project / "app.py", WRONG))
    command = [sys.executable, "-c", BROKEN_RULES.format(deed=deed)]
    done = subprocess.run(command, input=data, capture_output=True, timeout=60)
    assert words in message((done.returncode, done.stdout.decode(), done.stderr.decode()))


def test_a_console_of_another_encoding_changes_nothing(project: Path) -> None:
    source = WRONG.replace("users:", "häuser:")
    code, _, err = hook(write(project / "app.py", source), PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert (code, "`häuser:{term}`" in err) == (2, True)


def test_many_findings_are_capped(project: Path) -> None:
    code, _, err = hook(write(project / "app.py", LEGACY))
    assert code == 2
    assert len(err.encode()) <= 4000
    assert "It would bring 50 new errors" in err
    shown = err.count("error raw-input-in-key")
    assert 3 <= shown <= 10
    assert f"Not shown: {50 - shown} more, in app.py" in err


def test_after_a_write_the_findings_are_told(project: Path) -> None:
    path = project / "app.py"
    path.write_text(WRONG)
    done = {"hook_event_name": "PostToolUse", "duration_ms": 5}
    updated = {"type": "update", "filePath": str(path), "content": WRONG, "originalFile": CLEAN}
    code, out, err = hook(write(path, WRONG, tool_response=updated, **done))
    assert (code, out, "that was just made brings 1 new error" in err) == (2, "", True)
    assert hook(write(path, WRONG, tool_response={**updated, "originalFile": WRONG}, **done)) == SILENT
    created = {**updated, "type": "create", "originalFile": None}
    assert hook(write(path, WRONG, tool_response=created, **done))[0] == 2
    assert "unknown" in message(hook(write(path, WRONG, tool_response={**created, "type": "update"}, **done)))


class Session:
    """The events of one session, in a repository with one commit."""

    def __init__(self, project: Path) -> None:
        self.project = project
        git(project, "init", "-q")
        git(project, "add", ".")
        git(project, "commit", "-qm", "x")

    def event(self, name: str, **more: Any) -> tuple[int, str, str]:
        return hook({"hook_event_name": name, "session_id": "s1", "cwd": str(self.project), **more})


def test_the_end_of_a_session_sees_what_was_written_by_a_shell(project: Path) -> None:
    (project / "old.py").write_text(LEGACY)
    session = Session(project)
    (project / "dirty.py").write_text(WRONG)
    assert session.event("SessionStart", source="startup") == SILENT
    assert session.event("Stop") == SILENT
    (project / "old.py").write_text("X = 1\n" + LEGACY)
    (project / "app.py").write_text(WRONG.replace("users", "people"))
    git(project, "add", ".")
    git(project, "commit", "-qm", "y")
    code, out, err = session.event("Stop")
    assert (code, out) == (2, "")
    assert err.startswith("cachelint: what changed since this session began brings 1 new error.")
    assert "app.py:9: error raw-input-in-key" in err
    assert message(session.event("Stop", stop_hook_active=True)) == "cachelint: the session ends with 1 new error"
    (project / "app.py").write_text(CLEAN)
    assert session.event("Stop") == SILENT


def test_a_session_that_is_resumed_keeps_its_beginning(project: Path) -> None:
    session = Session(project)
    session.event("SessionStart", source="startup")
    (project / "app.py").write_text(WRONG)
    session.event("SessionStart", source="resume")
    assert session.event("Stop")[0] == 2


def test_after_a_command_only_fresh_files_are_looked_at(project: Path) -> None:
    session = Session(project)
    (project / "app.py").write_text(WRONG)
    command = {"tool_name": "Bash", "tool_input": {"command": "printf > app.py"}, "duration_ms": 30_000}
    assert session.event("PostToolUse", **command)[0] == 2
    os.utime(project / "app.py", (1, 1))
    assert session.event("PostToolUse", **command) == SILENT


def test_without_git_a_session_is_silent(project: Path) -> None:
    (project / "app.py").write_text(WRONG)
    for name in ("SessionStart", "Stop", "SubagentStop"):
        assert hook({"hook_event_name": name, "session_id": "s", "cwd": str(project)}) == SILENT


def test_a_session_starts_with_the_policy(project: Path) -> None:
    (project / "CLAUDE.md").write_text("# Caching\n\n## What NOT to cache\n\n- orders\n\n- User profiles: 1h TTL\n")
    code, out, _ = hook({"hook_event_name": "SessionStart", "session_id": "s", "cwd": str(project)})
    said = json.loads(out)["hookSpecificOutput"]
    assert (code, said["hookEventName"]) == (0, "SessionStart")
    assert "orders (CLAUDE.md:5)" in said["additionalContext"]


def test_the_hook_imports_no_more_than_it_needs(project: Path) -> None:
    script = "import sys; from cachelint.hook import main; main([]); print(*sorted(sys.modules), file=sys.stderr)"
    for said in (write(project / "a.md", ""), write(project / "tests/a.py", WRONG), write(project / "a.py", "# x\n")):
        done = subprocess.run([sys.executable, "-c", script], input=sent(said), capture_output=True, timeout=60)
        modules = set(done.stderr.decode().split())
        assert not modules & {"click", "rich", "libcst", "msgspec", "pathspec", "pathlib", "cachelint.check"}


def test_files_outside_any_project_are_not_looked_at(tmp_path: Path) -> None:
    assert hook(write(tmp_path / "a.py", WRONG, cwd="/")) == SILENT
    assert hook(write(tmp_path / "a.py", WRONG))[0] == 2


def test_a_file_with_bytes_that_are_no_text_is_judged_as_it_would_be_read(project: Path) -> None:
    path = project / "app.py"
    path.write_bytes(b"# \xff\n" + CLEAN.encode())
    assert hook(edit(path, "number: int", "number: float")) == SILENT
    assert hook(edit(path, "number: int", "number: str"))[0] == 2


def many_calls(count: int) -> str:
    head = "import redis\nfrom flask import Flask\n\napp = Flask(__name__)\nclient = redis.Redis(socket_timeout=1)\n"
    route = '\n\n@app.get("/{0}")\ndef page_{0}():\n    return client.get("page:{0}"){1}\n'
    return head + "".join(route.format(number, "") for number in range(count))


def test_one_more_unguarded_call_on_a_client_with_many_is_told_at_the_call(project: Path) -> None:
    path = project / "app.py"
    for before, after in ((5, 6), (3, 4)):
        path.write_text(many_calls(before))
        code, _, err = hook(write(path, many_calls(after)))
        line = len(many_calls(after).splitlines())
        assert (code, f"1. app.py:{line}: error unguarded-cache-call: an outage of Redis" in err) == (2, True)
        assert "It would bring 1 new error;" in err
    ignored = many_calls(6).rstrip() + "  # cachelint: ignore[unguarded-cache-call] may fail\n"
    path.write_text(many_calls(5))
    assert hook(write(path, ignored)) == SILENT
    assert hook(write(path, many_calls(5) + "\nx = 1\n")) == SILENT
    assert hook(write(path, many_calls(4))) == SILENT
