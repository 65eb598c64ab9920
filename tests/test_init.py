"""`cachelint init`: four parts, asked for one by one, and nothing of the user's lost."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from cachelint.cli.app import app
from cachelint.cli.commits import with_entry
from cachelint.cli.defaults import TEXT
from cachelint.config import Config, parse
from cachelint.rules import SPELLINGS

PARTS = ("CLAUDE.md", "cachelint.toml", ".claude/settings.json", ".pre-commit-config.yaml")
OTHER = "repos:\n  - repo: https://example.org/x\n    rev: v1\n    hooks:\n      - id: x\n"


def init(project: Path, *arguments: str, answers: str = "") -> Result:
    return CliRunner().invoke(app, ["init", "--project", str(project), *arguments], input=answers)


def there(project: Path) -> list[str]:
    return [part for part in PARTS if (project / part).exists()]


def test_all_four_parts_are_written_once(tmp_path: Path) -> None:
    assert init(tmp_path, "--yes").exit_code == 0
    assert there(tmp_path) == list(PARTS)
    texts = [(tmp_path / part).read_bytes() for part in PARTS]
    again = init(tmp_path, "--yes")
    assert (again.exit_code, again.output.count("already")) == (0, 4)
    assert [(tmp_path / part).read_bytes() for part in PARTS] == texts


@pytest.mark.parametrize("answers", ["n\nn\nn\nn\n", "y\nn\nn\ny\n", "n\ny\ny\nn\n"])
def test_each_part_is_asked_for(tmp_path: Path, answers: str) -> None:
    assert init(tmp_path, answers=answers).exit_code == 0
    assert there(tmp_path) == [part for part, answer in zip(PARTS, answers.split(), strict=True) if answer == "y"]


def test_nobody_to_ask_means_no(tmp_path: Path) -> None:
    assert init(tmp_path, answers="").exit_code == 1
    assert there(tmp_path) == []


@pytest.mark.parametrize(
    ("option", "part"), [*zip(("--policy", "--config", "--claude", "--pre-commit"), PARTS, strict=True)]
)
def test_one_part_alone(tmp_path: Path, option: str, part: str) -> None:
    assert init(tmp_path, option, "--yes").exit_code == 0
    assert there(tmp_path) == [part]


def test_a_configuration_elsewhere_is_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.cachelint]\npersona = "pedantic"\n')
    assert "pyproject.toml is the configuration already" in init(tmp_path, "--config", "--yes").output
    assert there(tmp_path) == []


def test_the_written_configuration_changes_nothing_and_its_comments_are_true() -> None:
    plain = parse(TEXT, "cachelint.toml", SPELLINGS)
    assert [getattr(plain, key) for key in Config.__struct_fields__ if key != "origin"] == [
        getattr(Config(), key) for key in Config.__struct_fields__ if key != "origin"
    ]
    lines = [line.removeprefix("# ") for line in TEXT.splitlines() if " = " in line or line.startswith("# [")]
    said = parse("\n".join(lines), "cachelint.toml", SPELLINGS)
    assert (said.persona, said.fail_on, said.ignore) == (plain.persona, plain.fail_on, plain.ignore)
    assert said.policy.entities["user profile"].ttl == "1h"


@pytest.mark.parametrize(
    ("text", "repositories"),
    [
        ("", 1),
        (OTHER, 2),
        (OTHER.replace("\n  ", "\n"), 2),
        ("default_stages: [pre-commit]\n" + OTHER + "  # the last one\n\nexclude: ^vendor/\n", 2),
        (OTHER + OTHER.removeprefix("repos:\n") + "# end", 3),
    ],
)
def test_the_entry_stands_behind_the_others(text: str, repositories: int) -> None:
    after = with_entry(text)
    assert after is not None
    document = yaml.safe_load(after)
    assert len(document["repos"]) == repositories
    assert document["repos"][-1]["hooks"][0]["entry"].startswith("cachelint check")
    before = yaml.safe_load(text) or {"repos": []}
    assert {**document, "repos": document["repos"][:-1]} == before
    assert [line for line in text.splitlines() if line not in after.splitlines()] == []


@pytest.mark.parametrize("text", ["repos: []\n", "{repos: []}\n", "- a\n", "repos:\n", "repos: &all\n  - repo: x\n"])
def test_a_file_in_another_form_is_left_alone_and_the_entry_shown(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(text)
    result = init(tmp_path, "--pre-commit", "--yes")
    assert (result.exit_code, "- id: cachelint" in result.output, path.read_text()) == (0, True, text)


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    texts = {
        "CLAUDE.md": b"# Ours\r\n",
        ".claude/settings.json": b'{\r\n    "model": "x"\r\n}\r\n',
        ".pre-commit-config.yaml": OTHER.replace("\n", "\r\n").encode(),
    }
    (tmp_path / ".claude").mkdir()
    for name, data in texts.items():
        (tmp_path / name).write_bytes(data)
    assert init(tmp_path, "--yes").exit_code == 0
    for name, data in texts.items():
        after = (tmp_path / name).read_bytes()
        assert after.count(b"\r\n") == after.count(b"\n") > data.count(b"\n")
    assert (tmp_path / "CLAUDE.md").read_bytes().startswith(b"# Ours\r\n\r\n## Caching Rules\r\n")
    assert json.loads((tmp_path / ".claude/settings.json").read_bytes())["model"] == "x"


def test_a_file_that_is_no_text_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_bytes(b"\xff\xfe")
    result = init(tmp_path, "--pre-commit", "--yes")
    assert (result.exit_code, "cannot be read" in result.output, path.read_bytes()) == (1, True, b"\xff\xfe")


def test_the_entry_lets_the_first_commit_come_about(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "app.py").write_text("x = 1\n")
    result = CliRunner().invoke(app, ["check", "--project", str(tmp_path), "--since", "HEAD", str(tmp_path / "app.py")])
    assert (result.exit_code, result.stderr) == (0, "")
    (tmp_path / "app.py").write_text("x = 1  # cachelint: ignore[no-such-rule] why\n")
    result = CliRunner().invoke(
        app, ["check", "--project", str(tmp_path), "--since", "HEAD", "--fail-on", "warning", "--format", "concise"]
    )
    assert (result.exit_code, "app.py:1:8: warning[unknown-name-in-ignore]" in result.stdout) == (1, True)
