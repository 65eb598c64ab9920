"""The real Claude Code client runs the hook; asserted is what the model was sent.

The client is large, so it is fetched where CACHELINT_ALL_TESTS is set (.ci/run), and otherwise used when it is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import claude_client
import pytest
from claude_client import Run
from hook_calls import CLEAN, LEGACY, WARNED, WRONG, route

from cachelint.hook.settings import merged

ROOT = Path(__file__).parent.parent
PATH = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"


@pytest.fixture(scope="module")
def client() -> Path:
    if os.environ.get("CACHELINT_ALL_TESTS"):
        try:
            return claude_client.install()
        except RuntimeError as error:
            pytest.skip(str(error))
    found = claude_client.installed()
    if found is None:
        pytest.skip("the Claude Code client is not installed: python tests/claude_client.py fetches it (381 MB)")
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (folder / ".claude").mkdir()
    (folder / ".claude/settings.json").write_text(merged("", "cachelint hook"))
    return folder


def write(client: Path, project: Path, content: str, name: str = "app.py", plugin: Path | None = None) -> Run:
    path = project / name
    calls = [("Read", {"file_path": str(path)})] if path.exists() else []
    calls.append(("Write", {"file_path": str(path), "content": content}))
    return claude_client.run(client, project, calls, PATH, plugin)


def edit(client: Path, project: Path, old: str, new: str, mode: str = "acceptEdits") -> Run:
    path = str(project / "app.py")
    said = {"file_path": path, "old_string": old, "new_string": new}
    calls = [("Read", {"file_path": path}), ("Edit", said)]
    return claude_client.run(client, project, calls, PATH, mode=mode)


def test_a_write_is_blocked_and_the_model_reads_why(client: Path, project: Path) -> None:
    run = write(client, project, WRONG)
    assert not (project / "app.py").exists()
    is_error, text = run.results[-1]
    assert is_error
    assert text.startswith("PreToolUse:Write hook error: [cachelint hook]: cachelint: app.py was not written.")
    assert "1. app.py:9: error raw-input-in-key: query parameter `term` reaches the cashews key `users:{term}`" in text
    assert "fix:  give it a type that validates" in text
    assert "# cachelint: ignore[raw-input-in-key] and the reason" in text


@pytest.mark.parametrize("mode", ["acceptEdits", "bypassPermissions"])
def test_an_edit_is_blocked(client: Path, project: Path, mode: str) -> None:
    (project / "app.py").write_bytes(CLEAN.replace("\n", "\r\n").encode())
    run = edit(client, project, "number: int", "number: str", mode)
    assert (project / "app.py").read_bytes() == CLEAN.replace("\n", "\r\n").encode()
    is_error, text = run.results[-1]
    assert is_error
    assert "PreToolUse:Edit hook error: [cachelint hook]: cachelint: app.py was not written." in text
    assert "query parameter `number` reaches the cashews key" in text


def test_a_warning_is_context_beside_the_result(client: Path, project: Path) -> None:
    run = write(client, project, WARNED)
    assert (project / "app.py").read_text() == WARNED
    is_error, text = run.results[-1]
    sent = "\n".join([text, *run.reminders])
    assert not is_error
    assert "PreToolUse:Write hook additional context: cachelint: this edit of app.py brings 1 new warning" in sent
    assert "app.py:9: warning unknown-name-in-ignore: there is no rule called `no-such-rule`" in sent


def test_a_warning_does_not_skip_the_permission_of_the_user(client: Path, project: Path) -> None:
    calls = [("Write", {"file_path": str(project / "app.py"), "content": WARNED})]
    run = claude_client.run(client, project, calls, PATH, mode="default")
    assert not (project / "app.py").exists()
    assert run.results[-1][0]


def test_a_clean_file_is_written_without_a_word(client: Path, project: Path) -> None:
    run = write(client, project, CLEAN)
    assert (project / "app.py").read_text() == CLEAN
    assert "cachelint" not in "\n".join([*(text for _, text in run.results), *run.reminders, *run.notices])


def test_a_legacy_file_is_edited_without_a_word_but_not_made_worse(client: Path, project: Path) -> None:
    (project / "app.py").write_text(LEGACY)
    run = edit(client, project, "app = FastAPI()\n", "app = FastAPI()\nLIMIT = 10\n")
    assert "LIMIT" in (project / "app.py").read_text()
    assert "cachelint" not in "\n".join([*(text for _, text in run.results), *run.reminders, *run.notices])
    again = route("search_7").replace("def search_7", "def again")
    run = edit(client, project, route("search_8"), again + route("search_8"))
    assert "def again" not in (project / "app.py").read_text()
    assert "It would bring 1 new error" in run.results[-1][1]


def test_a_broken_configuration_blocks_nothing_and_tells_the_user(client: Path, project: Path) -> None:
    (project / "cachelint.toml").write_text("colour = 1\n")
    run = write(client, project, WRONG)
    assert (project / "app.py").read_text() == WRONG
    assert not run.results[-1][0]
    assert "cachelint" not in run.results[-1][1]
    assert "cachelint: not checked: configuration: cachelint.toml:1: `colour`: unknown key" in "\n".join(run.notices)


def plugin_copy(folder: Path) -> Path:
    """What a marketplace would copy, without this checkout's environments."""
    for name in (".claude-plugin", "hooks", "skills", ".claude", "README.md", "LICENSE"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)  # type: ignore[operator]
    return folder


def test_the_plugin_form_blocks_too(client: Path, project: Path, tmp_path: Path) -> None:
    (project / ".claude/settings.json").unlink()
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    run = write(client, project, WRONG, plugin=plugin_copy(plugin))
    assert not (project / "app.py").exists()
    assert run.results[-1][0]
    assert "cachelint: app.py was not written" in run.results[-1][1]
    assert "This hook comes from the cachelint@inline plugin." in run.results[-1][1]


def test_the_plugin_is_valid(client: Path, tmp_path: Path) -> None:
    command = [str(client), "plugin", "validate", "--strict", str(plugin_copy(tmp_path))]
    environment = {"HOME": str(tmp_path / "home"), "PATH": PATH, "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Validation passed" in done.stdout


def test_this_repositorys_own_settings_work(client: Path, project: Path) -> None:
    shutil.rmtree(project / ".claude")
    shutil.copytree(ROOT / ".claude", project / ".claude")
    assert "cachelint: app.py was not written" in write(client, project, WRONG).results[-1][1]


def test_what_a_shell_wrote_is_met_at_the_end_of_the_turn(client: Path, project: Path) -> None:
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True)
    (project / "source.txt").write_text(WRONG)
    calls = [("Bash", {"command": f"cp {project}/source.txt {project}/app.py"})]
    run = claude_client.run(client, project, calls, PATH, mode="bypassPermissions")
    assert (project / "app.py").read_text() == WRONG
    feedback = "\n".join(run.reminders)
    assert "Stop hook feedback:" in feedback
    assert "cachelint: what changed since this session began brings 1 new error." in feedback
    assert "the session ends with 1 new error" in "\n".join(run.notices)


def test_a_session_begins_with_the_policy(client: Path, project: Path) -> None:
    (project / "cachelint.toml").write_text('[policy]\nnever = ["orders"]\n')
    run = write(client, project, CLEAN)
    assert "orders (cachelint.toml:2)" in "\n".join(run.reminders)
