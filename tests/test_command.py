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


def test_paths_of_several_projects_are_checked_in_the_folder_around_them(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").touch()
        (tmp_path / name / "app.py").write_text("x = 1  # cachelint: ignore[no-such-rule] why\n")
    done = command(tmp_path, "check", "--format", "concise", "one/app.py", "other/app.py")
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == ["one/app.py:1:8", "other/app.py:1:8"]
    done = command(tmp_path, "check", "--format", "concise", "one/app.py")
    assert done.stdout.startswith("app.py:1:8: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-",), "stdin is checked in place of a file: name it with --stdin-filename NAME"),
        (("--stdin-filename", "."), "that is a folder"),
        ((b"\xff.py",), "names that are not UTF-8 cannot be reported"),
    ],
)
def test_a_path_that_cannot_be_checked_is_wrong_usage(
    project: Path, arguments: tuple[str | bytes, ...], words: str
) -> None:
    given = [os.fsdecode(argument) for argument in arguments]
    if given[0] not in ("-", "--stdin-filename"):
        try:
            (project / given[0]).touch()
        except OSError:
            pytest.skip("the file system takes text only")
    done = command(project, "check", *given)
    assert (done.returncode, done.stdout, words in done.stderr) == (2, "", True)


def test_a_file_that_is_no_python_is_not_read_as_such(project: Path) -> None:
    (project / "CLAUDE.md").write_text("## Caching\n\n- Never cache orders unless archived\n")
    done = command(project, "check", "--format", "concise", "CLAUDE.md")
    assert (done.returncode, done.stdout.startswith("CLAUDE.md:3:1: note[unenforced-policy-line]")) == (0, True)
    assert "CLAUDE.md is no Python file" in done.stderr
    (project / "script").write_text("def f(:\n")
    assert command(project, "check", "script").returncode == 2


def test_a_link_to_where_nobody_may_look_is_passed_over(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cachelint.files

    class Entry:
        def is_dir(self) -> bool:
            raise PermissionError(13, "Permission denied")

    assert cachelint.files._is_folder(Entry()) is False  # type: ignore[arg-type]


@pytest.mark.parametrize("stage", ["effects", "summaries"])
def test_dump_knows_excluded_files_and_refuses_what_is_no_python(project: Path, stage: str) -> None:
    (project / "tests").mkdir()
    (project / "tests/test_a.py").write_text("import redis\nredis.Redis().get('a')\n")
    done = command(project, "dump", stage, "tests/test_a.py")
    assert (done.returncode, "2: effect: cache-read a" in done.stdout) == (0, True)
    done = command(project, "dump", stage, "pyproject.toml")
    assert (done.returncode, "pyproject.toml is no Python file" in done.stderr) == (2, True)


def test_the_table_of_rules_has_the_severities_of_the_configuration(project: Path) -> None:
    (project / "cachelint.toml").write_text('[severity]\nall = "note"\nuncached-query = "error"\n')
    rows = {line.split()[1]: line.split()[2] for line in command(project, "rules").stdout.splitlines()[1:]}
    assert rows.pop("uncached-query") == "error"
    assert set(rows.values()) == {"note"}
