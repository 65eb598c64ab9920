"""pre-commit and prek run the hook of this repository, installed as they do it, on scratch repositories.

Installing takes a while and needs the package index, so this runs where CACHELINT_ALL_TESTS is set (.ci/run).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hook_calls import CLEAN, HEAD, WRONG, route

ROOT = Path(__file__).parent.parent
WHO = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x"}
CONFIGURATION = """\
repos:
- repo: {repository}
  rev: v0
  hooks:
  - id: cachelint
    args: [{arguments}]
"""
INSTALLING = 600

pytestmark = pytest.mark.skipif(
    not os.environ.get("CACHELINT_ALL_TESTS"), reason="installs cachelint twice: set CACHELINT_ALL_TESTS=1"
)


def run(folder: Path, *command: str, timeout: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return subprocess.run(
        command, cwd=folder, env={**kept, **WHO, **environment}, capture_output=True, text=True, timeout=timeout
    )


def git(folder: Path, *arguments: str) -> str:
    done = run(folder, "git", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of hooks: the files of this checkout, with a tag."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in ("cachelint", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".pre-commit-hooks.yaml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "x")
    git(folder, "tag", "v0")
    return folder


class Tool:
    """pre-commit or prek, with the place where it keeps what it installed."""

    def __init__(self, name: str, home: Path, hooks: Path) -> None:
        found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        assert found, f"{name} is not installed; it is one of the development dependencies"
        self.program, self.hooks = found, hooks
        self.environment = {"PRE_COMMIT_HOME": str(home), "PREK_HOME": str(home)}

    def configure(self, folder: Path, arguments: str = "") -> None:
        text = CONFIGURATION.format(repository=self.hooks, arguments=arguments)
        (folder / ".pre-commit-config.yaml").write_text(text)
        git(folder, "add", ".pre-commit-config.yaml")

    def run(self, folder: Path, *arguments: str) -> tuple[int, str]:
        done = run(folder, self.program, *arguments, timeout=INSTALLING, **self.environment)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module", params=["pre-commit", "prek"])
def tool(request: pytest.FixtureRequest, hooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Tool:
    tool = Tool(request.param, tmp_path_factory.mktemp("home"), hooks)
    folder = tmp_path_factory.mktemp("first")
    git(folder, "init", "-q")
    tool.configure(folder)
    code, said = tool.run(folder, "install-hooks" if request.param == "pre-commit" else "prepare-hooks")
    assert code == 0, said
    return tool


@pytest.fixture
def project(tmp_path: Path, tool: Tool) -> Path:
    """A repository with an old finding, and a file without one."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "legacy.py").write_text(HEAD + route("old"))
    (tmp_path / "app.py").write_text(CLEAN)
    tool.configure(tmp_path)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "x")
    return tmp_path


def test_what_is_staged_is_reported_and_nothing_else(project: Path, tool: Tool) -> None:
    (project / "app.py").write_text(WRONG)
    git(project, "add", ".")
    code, said = tool.run(project, "run")
    assert (code, "app.py:9" in said, "legacy.py" in said) == (1, True, False), said
    (project / "app.py").write_text(CLEAN + "X = 1\n")
    git(project, "add", ".")
    assert tool.run(project, "run")[0] == 0


def test_the_whole_project_is_known(project: Path, tool: Tool) -> None:
    (project / "keys.py").write_text("def user(cursor):\n    return f'user:{cursor}'\n")
    (project / "app.py").write_text((HEAD + "import keys\n" + route("a")).replace('f"a:{term}"', "keys.user(term)"))
    git(project, "add", ".")
    git(project, "commit", "-qm", "y")
    (project / "keys.py").write_text("def user(cursor):\n    # by name\n    return f'user:{cursor}'\n")
    git(project, "add", ".")
    code, said = tool.run(project, "run")
    assert (code, "keys.py:3" in said) == (1, True), said


def test_a_partly_staged_file_is_judged_by_what_is_staged(project: Path, tool: Tool) -> None:
    (project / "app.py").write_text(CLEAN + "X = 1\n")
    git(project, "add", ".")
    (project / "app.py").write_text(WRONG)
    assert tool.run(project, "run")[0] == 0
    assert (project / "app.py").read_text() == WRONG
    git(project, "add", ".")
    (project / "app.py").write_text(CLEAN)
    code, said = tool.run(project, "run")
    assert (code, "app.py:9" in said) == (1, True), said
    assert (project / "app.py").read_text() == CLEAN


def test_with_since_old_findings_do_not_stop_a_commit(project: Path, tool: Tool) -> None:
    tool.configure(project, arguments="--since, HEAD")
    (project / "legacy.py").write_text(HEAD + "X = 1\n" + route("old"))
    git(project, "add", ".")
    code, said = tool.run(project, "run")
    assert code == 0, said
    (project / "legacy.py").write_text(HEAD + route("old") + route("new"))
    git(project, "add", ".")
    code, said = tool.run(project, "run")
    assert (code, "legacy.py:14" in said, "legacy.py:9" in said) == (1, True, False), said


def test_excluded_files_stay_out(project: Path, tool: Tool) -> None:
    (project / "tests").mkdir()
    (project / "tests/test_app.py").write_text(WRONG)
    git(project, "add", ".")
    assert tool.run(project, "run")[0] == 0


def test_a_commit_is_stopped(project: Path, tool: Tool) -> None:
    tool.configure(project, arguments="--since, HEAD")
    git(project, "commit", "-qm", "y")
    assert tool.run(project, "install")[0] == 0
    (project / "app.py").write_text(WRONG)
    (project / "legacy.py").write_text(HEAD + route("old") + route("new"))
    done = run(project, "git", "commit", "-m", "z", "app.py", timeout=INSTALLING, **tool.environment)
    assert (done.returncode, "app.py:9" in done.stdout + done.stderr) == (1, True), done.stdout + done.stderr
    assert "legacy.py" not in done.stdout
    (project / "app.py").write_text(CLEAN + "X = 1\n")
    done = run(project, "git", "commit", "-m", "z", "app.py", timeout=INSTALLING, **tool.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "def new" in (project / "legacy.py").read_text()
