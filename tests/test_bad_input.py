"""Bad input: a clear line for each file that cannot be analysed, exit code 2, and every other finding still there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cachelint.cli.app import app

ROUTE = """\
import redis
from flask import Flask, request

app = Flask(__name__)
client = redis.Redis()


@app.get("/search")
def search():
    try:
        return client.get(f"search:{request.args['term']}")
    except redis.RedisError:
        return ""
"""
BAD: dict[str, tuple[bytes, str]] = {
    "null": (b"x = 1\0\n", "null byte"),
    "encoding": (b"# -*- coding: klingon -*-\nx = 1\n", "unknown encoding: klingon"),
    "bytes": (b'x = "\xff\xfe"\n', "not valid utf-8"),
    "deep": (b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", "nested too deeply"),
    "syntax": (b"def f(:\n", "cannot parse"),
    "generated": (b"DATA = [\n" + b"    1,\n" * 700_000 + b"]\n", "larger than 1,000,000 bytes"),
}


def checked(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        app, ["check", "--project", str(project), "--format", "concise", "--jobs", "1", *arguments]
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "route.py").write_text(ROUTE)
    return tmp_path


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_hides_nothing(project: Path, name: str) -> None:
    content, said = BAD[name]
    (project / f"{name}.py").write_bytes(content)
    result = checked(project)
    assert result.exit_code == 2
    assert f"{name}.py:1:" in result.output
    assert said in result.output
    assert "route.py:11:" in result.output
    assert "raw-input-in-key" in result.output


def test_a_template_of_python_is_left_out(project: Path) -> None:
    (project / "made.py").write_text('{% extends "base.py" %}\ndef {{ name }}(): ...\n')
    (project / "page.py").write_text('PAGE = """\n{% block body %}\n"""\nimport redis\n')
    (project / "text.py").write_text("import redis\nredis.Redis().get(input(\n")
    (project / "both.py").write_text('PAGE = """\n{% block body %}\n{{ title }}\n"""\nimport redis\nx = = 1\n')
    (project / "late.py").write_text("import redis\n\n\nclass A:\n    {% if full %}\n    x = 1\n    {% endif %}\n")
    (project / "named.py").write_text("from shop.{{ version }}.client import Client\n")
    (project / "closing.py").write_text(
        "def f(\n{% if a %}\n) -> int:\n{% else %}\n) -> str:\n{% endif %}\n    return 1\n"
    )
    (project / "open.py").write_text('PAGE = """\n{% block body %}\nimport redis\n')
    (project / "sets.py").write_text("x = [{{1}, {2}}\n")
    result = checked(project)
    assert "made.py" not in result.output
    assert "named.py" not in result.output
    assert "closing.py" not in result.output
    assert "open.py:" in result.output
    assert "sets.py:1:" in result.output
    assert "late.py" not in result.output
    assert "both.py:6:" in result.output
    assert "page.py" not in result.output
    assert "text.py:2:" in result.output


def test_a_loop_of_folders_ends(project: Path) -> None:
    (project / "inner").mkdir()
    (project / "inner" / "loop").symlink_to(project, target_is_directory=True)
    result = checked(project)
    assert result.exit_code == 1
    assert result.output.count("route.py:11:") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named(project: Path) -> None:
    (project / "closed.py").write_text("x = 1\n")
    (project / "closed.py").chmod(0)
    result = checked(project)
    assert result.exit_code == 2
    assert "closed.py" in result.output
    assert "route.py:11:" in result.output


def test_a_file_that_is_gone_is_named(project: Path) -> None:
    (project / "gone.py").symlink_to(project / "nowhere.py")
    result = checked(project)
    assert "route.py:11:" in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_is_no_project_is_checked_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "route.py").write_text(ROUTE)
    result = checked(tmp_path)
    assert result.exit_code == 1


def test_two_runs_give_the_same_document(project: Path) -> None:
    first, second = (checked(project, "--format", "json").stdout for _ in range(2))
    assert first.partition('"seconds"')[0] == second.partition('"seconds"')[0]
