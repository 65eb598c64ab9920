"""Where a project begins, and which of its folders are no sources: what can be said without reading anything.

Imports next to nothing: the hook asks this before it knows whether there is anything to check.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Code that never serves a request, so that its findings would be noise.
NOT_PRODUCT = (
    "tests/",
    "test/",
    "tests.py",
    "test_*.py",
    "*_test.py",
    "conftest.py",
    "test_app/",
    "testapp/",
    "migrations/",
    "alembic/versions/",
    "/docs/",
    # Templates of projects, as cookiecutter has them: no Python before they are filled.
    "*{{*",
)
# Never part of a project's own sources, even below a folder that was asked for by name.
NOT_SOURCE = (
    ".*/",
    "__pycache__/",
    "node_modules/",
    "site-packages/",
    "venv/",
    "build/",
    "dist/",
)
DEFAULT_EXCLUDE = NOT_SOURCE + NOT_PRODUCT

PROJECT_MARKERS = ("cachelint.toml", "pyproject.toml", ".git")


def project_root(start: Path) -> Path:
    """The nearest folder at or above `start` with a configuration or a repository, else the folder itself."""
    folder = start if os.path.isdir(start) else start.parent
    folder = folder.resolve()
    for candidate in (folder, *folder.parents):
        if any(os.path.exists(candidate / marker) for marker in PROJECT_MARKERS):
            return candidate
    return folder


def relative(path: Path, project: Path) -> str:
    """`path` relative to the project, forward slashes, "" for the project. Raises ValueError when outside."""
    from pathlib import Path

    # The last part is not resolved: a link inside the project is inside the project.
    absolute = Path(os.path.abspath(path))
    for base in (project, project.resolve()):
        if absolute.is_relative_to(base):
            return slashed(absolute.relative_to(base).as_posix())
    return slashed((absolute.parent.resolve() / absolute.name).relative_to(project.resolve()).as_posix())


def covers(paths: Sequence[str], path: str) -> bool:
    """Whether `path` is one of these project-relative files or below one of these folders; "" is all."""
    return any(not given or path == given or path.startswith(given + "/") for given in paths)


def slashed(path: str) -> str:
    """A path as this project writes it: forward slashes, no dots, "" for the folder itself."""
    plain = os.path.normpath(path.replace("\\", "/")) if os.sep == "\\" else os.path.normpath(path)
    plain = plain.replace(os.sep, "/").strip("/")
    return "" if plain == "." else plain
