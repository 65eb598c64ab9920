"""Read test cases written as Markdown: each `## heading` is one project with its expectations in comments.

A fenced block is a file, named by a line with a path in backticks that ends in ":" (default `app.py` for a py
fence, `cachelint.toml` for a toml fence; other fences without a name are prose). Blocks of one name join.
Fences above the first heading belong to every case of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FINDING_KINDS = ("error", "see", "missed")
FACT_KINDS = ("handler", "revealed", "calls", "effect", "guard", "taint")
DEFAULT_NAMES = {"py": "app.py", "toml": "cachelint.toml"}

_MARKER = re.compile(rf"#\s*({'|'.join(FINDING_KINDS + FACT_KINDS)}):")
_PROSE_MARKER = re.compile(rf"<!-- ({'|'.join(FINDING_KINDS)}): (.*?) -->")
_FENCE = re.compile(r"(`{3,})(\w*)\s*")
_FILE_NAME = re.compile(r"`([^`]+)`:\s*")
_RULE_TEXT = re.compile(r'([a-z][a-z-]*)(?:\s+"(.*)")?')


@dataclass(frozen=True)
class Expectation:
    """What one comment asks of a 1-based line of a file. `text` is everything after `kind:`, stripped."""

    path: str
    line: int
    kind: str
    text: str

    @property
    def rule(self) -> str:
        """The rule name of a finding expectation; ValueError when the text is not `rule-name "part"`."""
        return self._split()[0]

    @property
    def part(self) -> str:
        """The piece of message that a finding expectation asks for, "" when it asks for none."""
        return self._split()[1]

    def _split(self) -> tuple[str, str]:
        match = _RULE_TEXT.fullmatch(self.text)
        if not match:
            raise ValueError(f'{self.path}:{self.line}: not a rule name with an optional "part": {self.text!r}')
        return match[1], match[2] or ""


@dataclass(frozen=True)
class Case:
    """One heading: its project files by path, and for every line of them the 1-based line in the Markdown."""

    suite: str
    heading: str
    files: dict[str, str]
    origins: dict[tuple[str, int], int] = field(compare=False)

    @property
    def name(self) -> str:
        return f"{self.suite}: {self.heading}"

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        found: list[Expectation] = []
        for path, text in self.files.items():
            if path.endswith((".py", ".toml")):
                found.extend(expectations_in(path, text))
            elif path.endswith(".md"):
                found.extend(expectations_in_prose(path, text))
        return tuple(found)


@dataclass(frozen=True)
class _Line:
    path: str
    text: str
    origin: int


def read_cases(path: Path) -> list[Case]:
    """All cases of a Markdown file, in order. ValueError for a fence that never ends."""
    return parse_cases(path.read_text(encoding="utf-8"), path.stem)


def parse_cases(markdown: str, suite: str) -> list[Case]:
    """All cases of a Markdown text; headings without a block are prose and make no case."""
    shared: list[_Line] = []
    sections: list[tuple[str, list[_Line]]] = [("", shared)]
    for item in _scan(markdown.splitlines(), suite):
        if isinstance(item, str):
            sections.append((item, []))
        else:
            sections[-1][1].append(item)
    return [_case(suite, heading, shared + own) for heading, own in sections[1:] if own]


def expectations_in(path: str, source: str) -> Iterator[Expectation]:
    """The expectations of one Python or TOML file; a comment alone on its line speaks about the next line of code."""
    waiting: list[tuple[str, str]] = []
    for number, line in enumerate(source.splitlines(), start=1):
        code = line.strip()
        waiting.extend(_markers(line))
        if code and not code.startswith("#"):
            yield from (Expectation(path, number, kind, text) for kind, text in waiting)
            waiting = []
    if waiting:
        raise ValueError(f"{path}: expectation without a line of code below it: {waiting[0][1]!r}")


def expectations_in_prose(path: str, text: str) -> Iterator[Expectation]:
    """The expectations of a Markdown file of a case: `<!-- error: rule-name "part" -->` at the end of a line."""
    for number, line in enumerate(text.splitlines(), start=1):
        for kind, said in _PROSE_MARKER.findall(line):
            yield Expectation(path, number, kind, said.strip())


def _markers(line: str) -> Iterator[tuple[str, str]]:
    parts = _MARKER.split(line)[1:]
    for kind, text in zip(parts[::2], parts[1::2], strict=True):
        yield kind, text.strip()


def _scan(lines: list[str], suite: str) -> Iterator[str | _Line]:
    """Headings as text, lines of files as _Line."""
    fence, path, name = "", "", ""
    for number, line in enumerate(lines, start=1):
        if fence and line.rstrip() == fence:
            fence, name = "", ""
        elif fence:
            if path:
                yield _Line(path, line, number)
        elif opened := _FENCE.fullmatch(line):
            fence, path = opened[1], name or DEFAULT_NAMES.get(opened[2], "")
        elif named := _FILE_NAME.fullmatch(line):
            name = named[1]
        elif line.startswith("## "):
            yield line[3:].strip()
    if fence:
        raise ValueError(f"{suite}: a fenced block never ends")


def _case(suite: str, heading: str, lines: list[_Line]) -> Case:
    texts: dict[str, list[str]] = {}
    origins: dict[tuple[str, int], int] = {}
    for line in lines:
        own = texts.setdefault(line.path, [])
        own.append(line.text)
        origins[line.path, len(own)] = line.origin
    return Case(suite, heading, {path: "\n".join(own) + "\n" for path, own in texts.items()}, origins)
