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

    Comments that speak to cachelint depend on the lines around them, so their file is always looked at. Quicker than
    parsing: a large file costs a few milliseconds.
    """
    old, new = (before or b"").splitlines(), after.splitlines()
    if old == new:
        return True
    if b"cachelint" in (before or b"") or b"cachelint" in after or _declares_encoding(old) or _declares_encoding(new):
        return False
    head, tail = _shared_ends(old, new)
    changed = [*old[head : len(old) - tail], *new[head : len(new) - tail]]
    return all(map(_is_comment, changed)) and _is_between_tokens(new[:head])


def _declares_encoding(lines: list[bytes]) -> bool:
    """Whether a comment among the first lines may say the file's encoding, now or when lines move."""
    return any(b"coding" in line for line in lines[:3])


def _shared_ends(one: list[bytes], other: list[bytes]) -> tuple[int, int]:
    """How many lines two texts share at their beginning, and how many more at their end."""
    shortest = min(len(one), len(other))
    head = next((i for i in range(shortest) if one[i] != other[i]), shortest)
    tail = next((i for i in range(shortest - head) if one[-1 - i] != other[-1 - i]), shortest - head)
    return head, tail


def _is_comment(line: bytes) -> bool:
    return not line.strip() or line.lstrip(b" \t").startswith(b"#")


def _is_between_tokens(lines: list[bytes]) -> bool:
    """Whether what follows these lines is neither in a string nor the continuation of a line."""
    import re

    if lines and lines[-1].endswith(b"\\"):
        return False
    found = re.finditer(_STRING_OR_COMMENT, b"\n".join([*lines, b""]), re.DOTALL)
    return all(match[0] not in (b'"""', b"'''") for match in found)


# A triple quote by itself, the fourth and fifth alternative, opens a string that these lines do not end.
_STRING_OR_COMMENT = (
    rb'#[^\n]*|"""(?:[^"\\]|\\.|"(?!""))*"""|'
    rb"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    rb"\"\"\"|'''|"
    rb'"(?!"")(?:[^"\\\n]|\\.)*"|'
    rb"'(?!'')(?:[^'\\\n]|\\.)*'"
)
