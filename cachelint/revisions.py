"""What git knows: which files differ from a revision, and what they held then. Reads only, takes no locks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

SECONDS = 60
# Where git was told to look when it started us: the project's folder decides instead.
TOLD = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")


class RevisionError(Exception):
    """What git said when it could not answer."""


def merge_base(project: Path, ref: str) -> str:
    """The commit at which the current one and `ref` parted, as a hash. Raises RevisionError.

    Before the first commit HEAD is the empty tree: a hook that runs then must let it come about.
    """
    if ref == "HEAD" and head(project) is None:
        return _git(project, "hash-object", "-t", "tree", "--stdin").decode().strip()
    commit = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", failing=True)
    if not commit:
        raise RevisionError(f"git knows no revision {ref}")
    base = _git(project, "merge-base", commit.decode().strip(), "HEAD", failing=True).decode().strip()
    if not base:
        raise RevisionError(f"{ref} and the current commit have nothing in common; is the clone shallow?")
    return base


def head(project: Path) -> str | None:
    """The hash of the current commit, None when there is none or no repository."""
    try:
        return _git(project, "rev-parse", "--verify", "--quiet", "HEAD", failing=True).decode().strip() or None
    except RevisionError:
        return None


def changed(project: Path, commit: str) -> list[str]:
    """The Python files of a project that differ from a commit, those git does not track yet included; relative
    to the project, sorted. Raises RevisionError."""
    differing = _git(project, "diff", "--name-only", "-z", "--relative", "--no-renames", commit, "--", "*.py")
    fresh = _git(project, "ls-files", "-z", "--others", "--exclude-standard", "--", "*.py")
    paths = {os.fsdecode(path) for path in (differing + fresh).split(b"\0") if path}
    return sorted(path for path in paths if "\n" not in path)


def contents(project: Path, commit: str, paths: Sequence[str]) -> dict[str, bytes | None]:
    """What files held at a commit, None for those that were not there. Raises RevisionError."""
    prefix = _git(project, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").strip("\n")
    asked = "".join(f"{commit}:{prefix}{path}\n" for path in paths)
    answers = _git(project, "cat-file", "--batch", stdin=os.fsencode(asked))
    found: dict[str, bytes | None] = {}
    at = 0
    for path in paths:
        end = answers.index(b"\n", at)
        header = answers[at:end].split()
        is_file = len(header) == 3 and header[1] == b"blob"
        size = int(header[2]) if len(header) == 3 and header[2].isdigit() else None
        found[path] = answers[end + 1 : end + 1 + size] if is_file and size is not None else None
        at = end + 1 if size is None else end + size + 2
    return found


def committed(project: Path, path: str) -> bytes | None:
    """What a file held at the current commit, None when it was not there or there is no repository."""
    try:
        commit = head(project)
        return contents(project, commit, [path])[path] if commit else None
    except RevisionError:
        return None


def _git(project: Path, *arguments: str, stdin: bytes = b"", failing: bool = False) -> bytes:
    """What git prints. Raises RevisionError when it cannot run, or when it fails and that is not an answer."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-C", str(project), *arguments]
    environment = {key: value for key, value in os.environ.items() if key not in TOLD} | {"GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, env=environment, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RevisionError(f"git cannot be run: {error}") from None
    if done.returncode and not failing:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RevisionError(said[0] if said else f"git {arguments[0]} failed")
    return done.stdout
