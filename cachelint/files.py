"""Which .py files belong to a project, and which module name each has."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec
import pathspec

from cachelint.project import DEFAULT_EXCLUDE, NOT_SOURCE, slashed

# Files in which teams write their rules for people and for agents.
GUIDES = ("CLAUDE.md", "AGENTS.md")
# Files that lie where an application is started from, so that its module names start there too.
ROOT_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "manage.py", "Pipfile", "requirements.txt")


# What a file that is named may end in to be read as Python; scripts often end in nothing.
SOURCE_SUFFIXES = ("", ".py", ".pyw")


class SourceFile(msgspec.Struct, frozen=True, order=True):
    """One Python file. `path` is relative to the project, `root` the folder its module name starts at ("" for
    the project itself), both with forward slashes; two roots may hold the same `module`."""

    path: str
    module: str
    is_package: bool
    root: str


class Discovery(msgspec.Struct, frozen=True):
    """What was found, sorted by path; `unreadable` holds (path, reason), `guides` the paths of CLAUDE.md and the
    like."""

    files: tuple[SourceFile, ...]
    unreadable: tuple[tuple[str, str], ...] = ()
    guides: tuple[str, ...] = ()


def matcher(patterns: Iterable[str]) -> pathspec.GitIgnoreSpec:
    """Patterns as in .gitignore, relative to the project. Raises ValueError for one that makes no sense."""
    return pathspec.GitIgnoreSpec.from_lines(list(patterns))


def discover(
    project: Path,
    exclude: Sequence[str] | None = None,
    extend_exclude: Sequence[str] = (),
    explicit: Sequence[str] = (),
    src: Sequence[str] = (),
    replaced: Mapping[str, bytes | None] = MappingProxyType({}),
) -> Discovery:
    """Find the Python files of a project.

    `exclude` replaces DEFAULT_EXCLUDE. `explicit` are project-relative paths asked for by name: taken
    even when excluded or ignored. `src` are further folders at which module names start. `replaced` are
    files as if they lay there with that content, or, for None, as if they did not.
    """
    excluded = (*(DEFAULT_EXCLUDE if exclude is None else exclude), *extend_exclude)
    walk = _Walk(project, matcher(excluded))
    walk.folder("", _outer_ignores(project))
    for path in explicit:
        walk.asked_for(path, is_source(path) or path in replaced)
    walk.links_left_over()
    walk.replace(replaced)
    roots = _Roots(project, src, replaced)
    return Discovery(
        tuple(roots.source_file(path) for path in sorted(walk.found)),
        tuple(sorted(walk.unreadable.items())),
        tuple(sorted(walk.guides)),
    )


def would_find(project: Path, path: str, exclude: Sequence[str] | None, extend_exclude: Sequence[str]) -> bool:
    """Whether `discover` would take a file with this project-relative path if it were there."""
    excluded = (*(DEFAULT_EXCLUDE if exclude is None else exclude), *extend_exclude)
    return _Walk(project, matcher(excluded)).would_take(path)


_Ignores = tuple[tuple[str, pathspec.GitIgnoreSpec], ...]


class _Walk:
    """One pass over a project. Real folders come before links, and no real folder is entered twice, so that
    links make neither loops nor the same finding under two paths."""

    def __init__(self, project: Path, excluded: pathspec.GitIgnoreSpec) -> None:
        self.project, self.excluded = project, excluded
        self.found: set[str] = set()
        self.guides: set[str] = set()
        self.unreadable: dict[str, str] = {}
        self.links: list[tuple[str, _Ignores]] = []
        self.entered: set[str] = set()
        self.real: set[str] = set()

    def folder(self, path: str, ignores: _Ignores) -> None:
        full = self.project / path
        real = os.path.realpath(full)
        if real in self.entered or os.path.isfile(full / "pyvenv.cfg"):
            return
        self.entered.add(real)
        ignores = (*ignores, *_ignore_file(full / ".gitignore", path))
        for entry in self._entries(full, path):
            self._entry(entry, f"{path}/{entry.name}" if path else entry.name, ignores, real)

    def _entries(self, full: Path, path: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(full) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.unreadable[path or "."] = f"cannot be read: {error.strerror}"
            return []

    def _entry(self, entry: os.DirEntry[str], path: str, ignores: _Ignores, real: str) -> None:
        """Take one entry of a folder that lies in `real`."""
        is_folder = _is_folder(entry)
        if entry.name in GUIDES and not is_folder and not self._left_out(path, ignores):
            self.guides.add(path)
        if not is_folder and not entry.name.endswith(".py"):
            return
        if self._left_out(path + "/" if is_folder else path, ignores):
            return
        if not _is_text(path):
            shown = os.fsencode(path).decode("utf-8", "replace")
            self.unreadable[shown] = "its name is not UTF-8"
        elif entry.is_symlink():
            self.links.append((path, ignores))
        elif is_folder:
            self.folder(path, ignores)
        else:
            self._file(path, os.path.join(real, entry.name))

    def _left_out(self, path: str, ignores: _Ignores) -> bool:
        return self.excluded.match_file(path) or _is_ignored(path, ignores)

    def _file(self, path: str, real: str | None = None) -> None:
        self.found.add(path)
        self.real.add(os.path.realpath(self.project / path) if real is None else real)

    def links_left_over(self) -> None:
        """Follow the links met so far, and those met on the way."""
        while self.links:
            path, ignores = self.links.pop(0)
            full = self.project / path
            if os.path.isdir(full):
                self.folder(path, ignores)
            elif os.path.realpath(full) not in self.real:
                self._file(path)

    def replace(self, contents: Mapping[str, bytes | None]) -> None:
        """Forget the files that are as if gone, take those that are as if there, unless they are left out."""
        for path, content in contents.items():
            if content is None:
                self.found.discard(path)
            elif path not in self.found and self.would_take(path):
                self.found.add(path)

    def would_take(self, path: str) -> bool:
        """Whether a file that is not there would be found; its folders may not be there either."""
        ignores = _outer_ignores(self.project) + _ignore_file(self.project / ".gitignore", "")
        for folder in _inward("", path.rpartition("/")[0]):
            if self._left_out(folder + "/", ignores) or os.path.isfile(self.project / folder / "pyvenv.cfg"):
                return False
            ignores += _ignore_file(self.project / folder / ".gitignore", folder)
        return path.endswith(".py") and not self._left_out(path, ignores)

    def asked_for(self, path: str, is_python: bool) -> None:
        """Take a path although it is excluded; below an excluded folder only NOT_SOURCE still applies."""
        full = self.project / path
        if not os.path.isdir(full):
            if is_python:
                self._file(path)
        elif os.path.realpath(full) not in self.entered:
            walk = _Walk(self.project, _below(path, NOT_SOURCE))
            walk.folder(path, ())
            walk.links_left_over()
            self.found |= walk.found
            self.unreadable |= walk.unreadable


def is_source(path: str) -> bool:
    """Whether a file that somebody names is to be read as Python."""
    return os.path.splitext(path)[1].lower() in SOURCE_SUFFIXES


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link to where nobody may look


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _below(path: str, patterns: Sequence[str]) -> pathspec.GitIgnoreSpec:
    """The patterns, only for what lies below a folder that may match them itself."""
    folder = "".join(f"[{letter}]" if letter in "*?!" else letter for letter in path).replace("\\", "\\\\")
    return matcher(f"/{folder}/**/{pattern}" for pattern in patterns)


def _is_ignored(path: str, ignores: _Ignores) -> bool:
    """Whether the innermost .gitignore with an opinion ignores a path; folders end in a slash."""
    for base, spec in reversed(ignores):
        inside = path[len(base) + 1 :] if base and not base.startswith("..") else path
        verdict = spec.check_file(inside).include
        if verdict is not None:
            return bool(verdict)
    return False


def _ignore_file(path: Path, base: str) -> _Ignores:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    return ((base, pathspec.GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])),)


def _is_pattern(line: str) -> bool:
    try:
        matcher([line])
    except ValueError:
        return False  # git passes over patterns that it cannot read, too
    return True


def _outer_ignores(project: Path) -> _Ignores:
    """The ignore files between the repository's root and a project that lies below it."""
    repository = next((p for p in (project, *project.parents) if os.path.exists(p / ".git")), None)
    if repository is None:
        return ()
    found: list[tuple[str, pathspec.GitIgnoreSpec]] = list(_ignore_file(repository / ".git/info/exclude", ""))
    if repository == project:
        return tuple(found)
    for folder in (repository, *reversed(project.relative_to(repository).parents[:-1])):
        found += _seen_from(repository / folder, project)
    return tuple(found)


def _seen_from(folder: Path, project: Path) -> _Ignores:
    """An outer folder's ignore file with its patterns rewritten to be relative to the project."""
    prefix = project.relative_to(folder).as_posix()
    rules = _ignore_file(folder / ".gitignore", "")
    lines = [] if not rules else (folder / ".gitignore").read_text("utf-8", "replace").splitlines()
    return (("", matcher(filter(_is_pattern, (_shortened(line, prefix) for line in lines)))),) if lines else ()


def _shortened(line: str, prefix: str) -> str:
    """A pattern without the folders that lead to the project; patterns anchored elsewhere become comments."""
    negation, pattern = ("!", line[1:]) if line.startswith("!") else ("", line)
    anchored = "/" in pattern.rstrip("/")
    if not anchored or pattern.startswith("**/"):
        return line
    inner = pattern.lstrip("/")
    return f"{negation}/{inner[len(prefix) + 1 :]}" if inner.startswith(prefix + "/") else "#"


class _Roots:
    """Module names. A name starts at the outermost package; without packages, at the application's folder."""

    def __init__(self, project: Path, src: Sequence[str], replaced: Mapping[str, bytes | None]) -> None:
        self.project, self.replaced = project, replaced
        self.src = tuple(slashed(folder) for folder in src)
        self.packages: dict[str, bool] = {}
        self.bases: dict[str, str] = {}

    def source_file(self, path: str) -> SourceFile:
        folder, _, name = path.rpartition("/")
        root = self._root(folder)
        inside = path[len(root) + 1 :] if root else path
        is_package = name == "__init__.py"
        dotted = inside.removesuffix(".py").replace("/", ".")
        if is_package:
            dotted = dotted.removesuffix("__init__").rstrip(".")
        return SourceFile(path, dotted or "__init__", is_package, root)

    def _root(self, folder: str) -> str:
        base = self._base(folder)
        for outer in _inward(base, folder):
            if self._is_package(outer):
                return outer.rpartition("/")[0]
        return base

    def _base(self, folder: str) -> str:
        """The nearest folder at or above this one where an application starts."""
        if folder not in self.bases:
            starts = folder in self.src or (not self._is_package(folder) and self._is_start(folder))
            self.bases[folder] = folder if not folder or starts else self._base(folder.rpartition("/")[0])
        return self.bases[folder]

    def _is_start(self, folder: str) -> bool:
        parent, _, name = folder.rpartition("/")
        if name == "src" and self._base(parent) == parent:
            return True
        return any((self.project / folder / marker).is_file() for marker in ROOT_MARKERS)

    def _is_package(self, folder: str) -> bool:
        if folder not in self.packages:
            marker = f"{folder}/__init__.py" if folder else "__init__.py"
            there = self.replaced[marker] is not None if marker in self.replaced else None
            self.packages[folder] = (self.project / marker).is_file() if there is None else there
        return self.packages[folder]


def _inward(base: str, folder: str) -> Iterator[str]:
    """The folders strictly below `base` on the way to `folder`, outermost first."""
    parts = (folder[len(base) + 1 :] if base else folder).split("/")
    for depth in range(1, len(parts) + 1):
        if parts[0]:
            yield "/".join([*([base] if base else []), *parts[:depth]])
