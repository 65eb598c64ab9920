"""Which files are found, and what their modules are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cachelint.files import discover
from cachelint.project import covers, project_root, relative


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def paths_of(root: Path, **options: object) -> list[str]:
    return [file.path for file in discover(root, **options).files]  # type: ignore[arg-type]


def modules_of(root: Path, **options: object) -> dict[str, tuple[str, str]]:
    return {f.path: (f.module, f.root) for f in discover(root, **options).files}  # type: ignore[arg-type]


def test_only_product_code_is_taken(tmp_path: Path) -> None:
    make(tmp_path, "app/views.py", "app/views.pyi", "app/data.json", "manage.py", "examples/demo.py")
    make(tmp_path, "tests/test_x.py", "app/tests.py", "app/test_views.py", "app/views_test.py", "conftest.py")
    make(tmp_path, "app/migrations/0001.py", "alembic/versions/a.py", "node_modules/x/y.py", ".hidden/x.py")
    make(tmp_path, "build/lib/x.py", "dist/x.py", "app/__pycache__/x.py", "docs/conf.py", "app/docs/views.py")
    make(tmp_path, "scaffold/{{cookiecutter.name}}/views.py", "scaffold/{{name}}.py")
    assert paths_of(tmp_path) == ["app/docs/views.py", "app/views.py", "examples/demo.py", "manage.py"]


def test_a_virtual_environment_of_any_name_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "my-env/pyvenv.cfg", "my-env/lib/x.py")
    assert paths_of(tmp_path) == ["a.py"]


def test_exclude_replaces_and_extend_exclude_adds(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "tests/b.py", "old/c.py")
    assert paths_of(tmp_path, exclude=["old/"]) == ["a.py", "tests/b.py"]
    assert paths_of(tmp_path, extend_exclude=["old/"]) == ["a.py"]


def test_gitignore_files_apply_where_they_lie(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "gen/b.py", "app/local.py", "app/keep.py", "other/local.py", "app/sub/keep_not.py")
    (tmp_path / ".gitignore").write_text("/gen/\n*_not.py\n")
    (tmp_path / "app/.gitignore").write_text("local.py\n!sub/keep_not.py\n")
    assert paths_of(tmp_path) == ["a.py", "app/keep.py", "app/sub/keep_not.py", "other/local.py"]


def test_gitignore_files_of_the_repository_above_apply(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    make(tmp_path, "svc/a/app.py", "svc/a/gen.py", "svc/a/out/x.py", "svc/a/other.py")
    (tmp_path / ".gitignore").write_text("gen.py\n/svc/a/out/\n/other.py\n")
    assert paths_of(tmp_path / "svc/a") == ["app.py", "other.py"]


def test_a_path_asked_for_is_taken_although_excluded(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "tests/test_a.py", "tests/sub/b.py", "tests/node_modules/c.py", "ignored.py")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    assert paths_of(tmp_path, explicit=["tests"]) == ["a.py", "tests/sub/b.py", "tests/test_a.py"]
    assert paths_of(tmp_path, explicit=["ignored.py"]) == ["a.py", "ignored.py"]


def test_links_make_no_loops_and_no_doubles(tmp_path: Path) -> None:
    make(tmp_path, "project/app/a.py", "project/z.py", "shared/s.py")
    project = tmp_path / "project"
    os.symlink(project, project / "app/loop")
    os.symlink(project / "app", project / "again")
    os.symlink(tmp_path / "shared", project / "shared")
    os.symlink(project / "z.py", project / "also_z.py")
    assert paths_of(project) == ["app/a.py", "shared/s.py", "z.py"]


def test_an_unreadable_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.py", "shut/b.py")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("os.scandir", refuse)
    assert discover(tmp_path).unreadable == (("shut", "cannot be read: Permission denied"),)


def test_a_name_that_is_no_text_is_reported(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")).touch()
    except OSError:
        pytest.skip("this file system has no such names")
    assert discover(tmp_path).unreadable == (("\N{REPLACEMENT CHARACTER}.py", "its name is not UTF-8"),)


def test_module_names_start_at_the_outermost_package(tmp_path: Path) -> None:
    make(tmp_path, "pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/m.py", "pkg/plain/n.py")
    make(tmp_path, "src/lib/__init__.py", "src/lib/x.py", "src/space/y.py", "__init__.py")
    assert modules_of(tmp_path) == {
        "__init__.py": ("__init__", ""),
        "pkg/__init__.py": ("pkg", ""),
        "pkg/plain/n.py": ("pkg.plain.n", ""),
        "pkg/sub/__init__.py": ("pkg.sub", ""),
        "pkg/sub/m.py": ("pkg.sub.m", ""),
        "src/lib/__init__.py": ("lib", "src"),
        "src/lib/x.py": ("lib.x", "src"),
        "src/space/y.py": ("space.y", "src"),
    }


def test_each_service_of_a_repository_has_its_root(tmp_path: Path) -> None:
    make(tmp_path, "services/a/app/__init__.py", "services/a/app/views.py")
    make(tmp_path, "services/b/pyproject.toml", "services/b/app/views.py", "services/c/src/app/views.py")
    make(tmp_path, "services/c/setup.py")
    assert modules_of(tmp_path) == {
        "services/a/app/__init__.py": ("app", "services/a"),
        "services/a/app/views.py": ("app.views", "services/a"),
        "services/b/app/views.py": ("app.views", "services/b"),
        "services/c/setup.py": ("setup", "services/c"),
        "services/c/src/app/views.py": ("app.views", "services/c/src"),
    }


def test_src_names_further_roots(tmp_path: Path) -> None:
    make(tmp_path, "backend/app/views.py")
    assert modules_of(tmp_path)["backend/app/views.py"] == ("backend.app.views", "")
    assert modules_of(tmp_path, src=["backend/"])["backend/app/views.py"] == ("app.views", "backend")


def test_the_project_is_the_nearest_folder_with_a_marker(tmp_path: Path) -> None:
    make(tmp_path, "pyproject.toml", "svc/cachelint.toml", "svc/app/a.py", "other/b.py")
    assert project_root(tmp_path / "svc/app/a.py") == (tmp_path / "svc").resolve()
    assert project_root(tmp_path / "other") == tmp_path.resolve()


def test_relative_paths_stay_inside(tmp_path: Path) -> None:
    make(tmp_path, "a/b.py")
    assert relative(tmp_path / "a/../a/b.py", tmp_path) == "a/b.py"
    assert relative(tmp_path, tmp_path) == ""
    with pytest.raises(ValueError, match="not in the subpath"):
        relative(tmp_path.parent / "x.py", tmp_path)


def test_covers() -> None:
    assert covers(["app"], "app/a.py")
    assert covers([""], "app/a.py")
    assert not covers(["app"], "apple/a.py")
