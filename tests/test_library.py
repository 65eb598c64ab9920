"""The entry for other programs: typed, documented, cheap to import."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from hook_calls import CLEAN, HEAD, WRONG, route

import cachelint
from cachelint import Config, ConfigError, Report, Severity, check_project, check_source


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "keys.py").write_text("def user(cursor):\n    return f'user:{cursor}'\n")
    (tmp_path / "app.py").write_text((HEAD + "import keys\n" + route("a")).replace('f"a:{term}"', "keys.user(term)"))
    return tmp_path


def places(report: Report) -> list[tuple[str, str, int]]:
    assert report.errors == ()
    return [(finding.rule, finding.at.path, finding.at.line) for finding in report.findings]


def test_a_project_is_checked(project: Path) -> None:
    wrong = [("raw-input-in-key", "keys.py", 2)]
    assert places(check_project(project)) == wrong
    assert places(check_project(str(project), paths=["app.py"], jobs=1)) == []
    assert places(check_project(project, config=Config(ignore=("raw-input-in-key",)))) == []
    assert check_project(project).findings[0].severity is Severity.ERROR


def test_paths_may_be_written_in_any_way(project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub/app.py").write_text(WRONG)
    expected = [("raw-input-in-key", "sub/app.py", 9)]
    for path in ("sub", "sub/", "./sub/app.py", str(project / "sub")):
        assert places(check_project(project, paths=[path], jobs=1)) == expected
    for path in ("sub/app.py", "./sub/../sub/app.py", str(project / "sub/app.py")):
        assert places(check_source(WRONG, path, project=project)) == expected
    assert places(check_source(WRONG, "notes.txt")) == [("raw-input-in-key", "notes.txt", 9)]
    for call in (
        lambda: check_project(project, paths=["/elsewhere"]),
        lambda: check_source(WRONG, "../x.py", project=project),
    ):
        with pytest.raises(ValueError, match="subpath"):
            call()


def test_rules_of_a_given_configuration_are_known_by_code_too(project: Path) -> None:
    assert places(check_project(project, config=Config(ignore=("CL101",)))) == []
    with pytest.raises(ConfigError, match="`ignore`: unknown rule `raw-input`"):
        check_project(project, config=Config(ignore=("raw-input",)))


def test_without_the_store_nothing_is_written(project: Path) -> None:
    check_project(project, use_store=False)
    check_source(WRONG, project=project)
    assert sorted(path.name for path in project.iterdir()) == ["app.py", "keys.py", "pyproject.toml"]


def test_a_source_is_checked_alone() -> None:
    assert places(check_source(WRONG)) == [("raw-input-in-key", "source.py", 9)]
    assert places(check_source(CLEAN.encode(), "a/b.py")) == []
    assert check_source("def f(:\n").errors[0].path == "source.py"


def test_a_source_is_checked_in_its_project(project: Path) -> None:
    calling = (HEAD + "import keys\n" + route("b")).replace('f"b:{term}"', "keys.user(term)")
    assert places(check_source(calling, "other.py", project=project)) == []
    assert places(check_source("def user(x):\n    pass\n    return f'u:{x}'\n", "keys.py", project=project)) == [
        ("raw-input-in-key", "keys.py", 3)
    ]


def test_a_wrong_configuration_is_raised(project: Path) -> None:
    (project / "cachelint.toml").write_text("colour = 1\n")
    for call in (lambda: check_project(project), lambda: check_source("", project=project)):
        with pytest.raises(ConfigError, match="colour"):
            call()


def test_importing_it_is_cheap() -> None:
    script = "import sys, cachelint; print(len([m for m in sys.modules if m.startswith('cachelint')]))"
    assert subprocess.check_output([sys.executable, "-c", script]).strip() == b"1"


def test_every_name_is_there_and_documented() -> None:
    for name in cachelint.__all__:
        assert name == "__version__" or inspect.getdoc(getattr(cachelint, name))
    with pytest.raises(AttributeError):
        cachelint.nonsense  # noqa: B018
