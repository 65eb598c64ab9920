"""Which files a project's policy is written in, and their bytes: the input of a run beside its code."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from cachelint.files import GUIDES
from cachelint.policy.model import Scope

# Claude Code follows imports this far.
HOPS = 5
_IMPORT = re.compile(
    r"(?:^|(?<=[\s(]))@((?:~|\.{1,2})?/?[\w.-]+(?:[/\\][\w.-]*[\w-])*(?:\.\w+)?)(?=$|[\s),.;:])", re.MULTILINE
)
_CODE = re.compile(r"(?ms)^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1[`~]*\s*$|`[^`\n]*`")
_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_TEXTS = (".md", ".markdown", ".txt", ".mdx")


class PolicyFile(msgspec.Struct, frozen=True):
    """One file with rules: `path` relative to the project, its bytes, and which code it speaks of."""

    path: str
    data: bytes
    scope: Scope = Scope()


class Problem(msgspec.Struct, frozen=True, order=True):
    """What is wrong with a file of policy, at a 1-based line. `fatal`: rules in it may be missing."""

    path: str
    line: int
    message: str
    fatal: bool = False


class Sources(msgspec.Struct, frozen=True):
    """Every file of policy with its bytes: two runs over equal Sources, code and settings say the same."""

    files: tuple[PolicyFile, ...] = ()
    problems: tuple[Problem, ...] = ()


def gather(
    project: Path, guides: Iterable[str], named: Iterable[str] = (), limit: int = 1_000_000, discover: bool = True
) -> Sources:
    """Read the files of policy of a project.

    `guides` are the CLAUDE.md and AGENTS.md found in it, `named` those of the configuration (project-relative), `limit`
    the bytes that one may have; with `discover` False only `named` are read. Nothing outside of the project is read,
    save the guides of the folders between it and its repository's root.
    """
    reader = _Reader(project, limit)
    for path in (*_above(project), *_of_claude(project), *guides) if discover else ():
        reader.take(path, Scope(_folder(path)))
    for path in named:
        if not (project / path).is_file():
            reader.problems.append(Problem(path, 1, "named in the configuration, but there is no such file", True))
        else:
            reader.take(path, Scope())
    return Sources(tuple(reader.files), tuple(sorted(reader.problems)))


def _folder(path: str) -> str:
    folder = path.rpartition("/")[0]
    return "" if folder.startswith("..") or path.startswith(".claude/") else folder


def _above(project: Path) -> Iterator[str]:
    """The guides of the folders between a repository's root and a project inside it, outermost first."""
    root = next((folder for folder in project.parents if (folder / ".git").exists()), None)
    if root is None or (project / ".git").exists():
        return
    depth = len(project.relative_to(root).parts)
    for steps in range(depth, 0, -1):
        yield from (path for name in GUIDES if (project / (path := "../" * steps + name)).is_file())


def _of_claude(project: Path) -> Iterator[str]:
    if (project / ".claude" / "CLAUDE.md").is_file():
        yield ".claude/CLAUDE.md"
    rules = project / ".claude" / "rules"
    for path in sorted(rules.rglob("*.md")) if rules.is_dir() else ():
        if path.is_file():
            yield path.relative_to(project).as_posix()


class _Reader:
    """Reads each file once, following its imports."""

    def __init__(self, project: Path, limit: int) -> None:
        self.project, self.limit = project, limit
        self.files: list[PolicyFile] = []
        self.problems: list[Problem] = []
        self.known: set[str] = set()

    def take(self, path: str, scope: Scope, via: tuple[str, ...] = ()) -> None:
        full = self.project / path
        real = os.path.realpath(full)
        if real in self.known:
            return
        self.known.add(real)
        data = self._bytes(path, full)
        if data is None:
            return
        text = data.decode("utf-8-sig")
        globs = tuple(_globs(text)) if path.startswith(".claude/") else ()
        scope = Scope(scope.folder, globs) if globs else scope
        self.files.append(PolicyFile(path, data, scope))
        for line, target in imports(text):
            self._import(path, line, target, scope, (*via, path))

    def _bytes(self, path: str, full: Path) -> bytes | None:
        try:
            if full.stat().st_size > self.limit:
                self._fatal(path, f"larger than {self.limit} bytes (max-file-size): its rules were not read")
                return None
            data = full.read_bytes()
        except OSError as error:
            self._fatal(path, f"cannot be read: {error.strerror}")
            return None
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.problems.append(
                Problem(path, data[: error.start].count(b"\n") + 1, "not UTF-8 text: its rules were not read", True)
            )
            return None
        if b"\0" in data:
            self._fatal(path, "holds zero bytes, so it is no text: its rules were not read")
            return None
        return data

    def _fatal(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, 1, message, True))

    def _import(self, path: str, line: int, target: str, scope: Scope, via: tuple[str, ...]) -> None:
        shown = self._inside(path, target)
        is_text = target.lower().endswith(_TEXTS)
        if shown is None:
            if is_text:
                self.problems.append(
                    Problem(path, line, f"imports `{target}`, which lies outside of the project: not read")
                )
        elif not (self.project / shown).is_file():
            # What is called local belongs to one person, and in no repository.
            if is_text and "local" not in target.lower().rpartition("/")[2].split("."):
                self.problems.append(Problem(path, line, f"imports `{target}`, but there is no such file"))
        elif shown in via:
            self.problems.append(Problem(path, line, f"imports `{target}`, which imports this file again: read once"))
        elif len(via) > HOPS:
            self.problems.append(Problem(path, line, f"imports `{target}` over more than {HOPS} steps: not read"))
        else:
            self.take(shown, scope, via)

    def _inside(self, path: str, target: str) -> str | None:
        if target.startswith("~"):
            return None
        full = os.path.normpath(os.path.join(self.project, os.path.dirname(path), target))
        relative = os.path.relpath(full, self.project).replace(os.sep, "/")
        own = path.startswith("..") and not os.path.isabs(target)
        return relative if own or not relative.startswith("..") else None


def imports(text: str) -> Iterator[tuple[int, str]]:
    """(1-based line, path) of every `@path` outside of code, as Claude Code reads them."""
    if "@" not in text:
        return
    bare = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for match in _IMPORT.finditer(bare):
        yield bare.count("\n", 0, match.start()) + 1, match[1].rstrip(".")


def body(data: bytes) -> str:
    """The text of a file with its front matter blanked, so that lines keep their numbers."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT.match(text)
    return "\n" * text.count("\n", 0, match.end()) + text[match.end() :] if match else text


def _globs(text: str) -> Iterator[str]:
    """The `paths:` of a rule file's front matter: which code it speaks of."""
    front = _FRONT.match(text)
    match = re.search(r"(?m)^paths:[ \t]*(.*(?:\n[ \t]*-.*)*)", front[1]) if front else None
    for part in re.split(r"[\n,]", match[1]) if match else ():
        glob = part.strip().strip("[]").strip().removeprefix("- ").strip().strip("\"'").strip()
        if glob:
            yield glob
