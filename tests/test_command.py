"""The command as a process: what a shell and a CI job see of it, and what it says of a configuration it cannot use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "app.py").write_text("x = 1\n")
    return tmp_path


def command(folder: Path, *arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cachelint", *arguments],
        cwd=folder,
        stdout=stdout,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )


def test_the_shortest_command_checks_the_project_around_it(project: Path) -> None:
    done = command(project, "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing found in 1 file\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("arguments", [("check",), ("check", "--format", "json"), ("explain", "--all"), ("rules",)])
def test_a_report_that_cannot_be_written_is_no_finding(project: Path, arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        done = command(project, *arguments, stdout=full.fileno())
    assert (done.returncode, done.stderr) == (2, "Error: the report cannot be written: No space left on device\n")


def test_a_crash_is_no_finding(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import cachelint.cli
    import cachelint.cli.app

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(cachelint.cli.app.app, "main", crash)
    with pytest.raises(SystemExit) as ended:
        cachelint.cli.main(["check"])
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert "RuntimeError: boom" in said.err
    assert "internal error" in said.err


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('\n[[libraries]]\nname = "x"\n', 2, "library 'x': Object missing required field `packages`"),
        (
            '[[libraries]]\nname = "y"\npackages = "y"\nrows = []\n[[libraries]]\nname = "x"\nfoo = 1\n',
            5,
            "library 'x'",
        ),
        (
            '[policy]\nkey-formats = [\n  "{a}:{b}",\n  "{service",\n]\n',
            2,
            "'{service' has a brace without its other half",
        ),
        ('[policy.entities.user]\nkey = "user:id}"\n', 2, "'user:id}' has a brace"),
        ('[policy.entities.user]\nttl = "5 minuts"\n', 2, "'5 minuts' is no duration"),
        ("\n[policy]\nnevr = []\n", 3, "unknown key (did you mean `never`?)"),
    ],
)
@pytest.mark.parametrize("arguments", [("check",), ("policy",), ("dump", "effects", "app.py")])
def test_what_is_wrong_with_the_configuration_is_said_with_its_line(
    project: Path, text: str, line: int, words: str, arguments: tuple[str, ...]
) -> None:
    (project / "cachelint.toml").write_text(text)
    done = command(project, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Error: cachelint.toml:{line}: " in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
