"""Which edits cannot matter, found out without importing the analysis: most calls end here."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

from cachelint.project import DEFAULT_EXCLUDE, PROJECT_MARKERS

CONFIGURATIONS = ("cachelint.toml", "pyproject.toml")


def is_left_out(path: str, project: str) -> bool:
    """Whether a file is surely excluded: by the built-in list, where no configuration speaks of excluding."""
    inside = os.path.relpath(path, project).replace(os.sep, "/")
    return any(_matches(pattern, inside) for pattern in DEFAULT_EXCLUDE) and not any(
        _speaks_of_excluding(os.path.join(project, name)) for name in CONFIGURATIONS
    )


def _speaks_of_excluding(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            return b"exclude" in stream.read()
    except OSError:
        return os.path.lexists(path)


def _matches(pattern: str, path: str) -> bool:
    """Whether a pattern of the built-in list, a small part of what .gitignore allows, leaves out a file."""
    folders, _, name = path.rpartition("/")
    if "/" in pattern.rstrip("/"):
        return path.startswith(pattern.lstrip("/"))
    if pattern.endswith("/"):
        return any(fnmatchcase(folder, pattern[:-1]) for folder in folders.split("/") if folder)
    return fnmatchcase(name, pattern) or any(fnmatchcase(folder, pattern) for folder in folders.split("/"))


def project_of(folder: str, session_folder: str) -> str | None:
    """The project that a folder belongs to, whether the folder is there yet or not.

    Where nothing marks one, it is the session's folder, if it is around this one and is not everything there is.
    """
    start = folder = os.path.abspath(folder)
    while not any(os.path.exists(os.path.join(folder, marker)) for marker in PROJECT_MARKERS):
        parent = os.path.dirname(folder)
        if folder == parent:
            return _unmarked(start, os.path.abspath(session_folder))
        folder = parent
    return folder


def _unmarked(folder: str, session_folder: str) -> str | None:
    is_everything = session_folder in (os.path.dirname(session_folder), os.path.expanduser("~"))
    is_around = folder == session_folder or folder.startswith(session_folder + os.sep)
    return session_folder if is_around and not is_everything else None


def says_the_same(before: bytes | None, after: bytes) -> bool:
    """Whether only comments, blank lines or nothing at all differ. "No" is the answer in all doubt.

    Comments that speak to cachelint depend on the lines around them, so their file is always looked at.
    """
    old = before or b""
    if old == after:
        return True
    if b"cachelint" in old or b"cachelint" in after or not _is_only_comments(old, after):
        return False
    import ast

    try:
        return ast.dump(ast.parse(old)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _is_only_comments(old: bytes, new: bytes) -> bool:
    """Whether the lines between the first and the last difference look like comments, before and after."""
    one, other = old.splitlines(), new.splitlines()
    while one and other and one[-1] == other[-1]:
        one.pop()
        other.pop()
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in (*one[shared:], *other[shared:]))
