"""Prose and configuration together: one Policy, in which the nearer and the more explicit word wins."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import msgspec
import pathspec

from cachelint.config import Config
from cachelint.policy.explicit import explicit
from cachelint.policy.headings import CACHING
from cachelint.policy.model import Caches, Decision, Line, Never, OneClient, Scope, Statement, Tolerates
from cachelint.policy.nouns import words_of
from cachelint.policy.sources import Problem, Sources, body

# How old data may be where no policy says it, in seconds.
TOLERANCE = 60.0


class Drift(msgspec.Struct, frozen=True):
    """A line of prose that something else overrules. `prose` is the loser, `winner` what holds in its place."""

    prose: Decision
    winner: Decision


class Policy(msgspec.Struct, frozen=True):
    """Everything the team decided: all lines that were read, the decisions in them, and what went wrong."""

    lines: tuple[Line, ...] = ()
    decisions: tuple[Decision, ...] = ()
    drift: tuple[Drift, ...] = ()
    problems: tuple[Problem, ...] = ()
    matches: tuple[tuple[str, tuple[str, ...]], ...] = ()


def decide(sources: Sources, config: Config) -> Policy:
    """The policy that the files and the configuration make together. Raises ConfigError."""
    read = [_marked(line, config) for file in sources.files for line in _lines(file.path, file.data, file.scope)]
    prose = [
        Decision(_resolved(statement, line), line.source, line.scope, heading=_heading(line))
        for line in read
        for statement in line.statements
    ]
    written = explicit(config)
    kept, drift = _merged(written, prose)
    return Policy(
        lines=tuple(read),
        decisions=tuple(kept),
        drift=tuple(drift),
        problems=sources.problems,
        matches=tuple(config.policy.matches.items()),
    )


def _lines(path: str, data: bytes, scope: Scope) -> list[Line]:
    # Imported for a project with such files only: the forms of sentences take long to compile.
    from cachelint.policy.reading import lines

    return lines(body(data), path, scope)


def _marked(line: Line, config: Config) -> Line:
    """A line that the configuration calls prose says nothing."""
    is_prose = any(part and part in line.source.text for part in config.policy.prose)
    return msgspec.structs.replace(line, status="prose", statements=(), left="") if is_prose else line


def _heading(line: Line) -> str:
    return line.section[-1] if line.section and not CACHING.search(line.source.text) else ""


def _resolved(statement: Statement, line: Line) -> Statement:
    """A client's path is relative to the folder of the file that names it."""
    if isinstance(statement, OneClient) and line.scope.folder and "/" in statement.module:
        return OneClient(module=posixpath.join(line.scope.folder, statement.module))
    return statement


def _merged(written: list[Decision], prose: list[Decision]) -> tuple[list[Decision], list[Drift]]:
    """The configuration's decisions and those of the prose that it does not overrule."""
    by_subject = {_subject(each): each for each in written if _subject(each)}
    singles = {type(each.statement): each for each in written}
    kept, drift = list(written), []
    for each in prose:
        winner = by_subject.get(_subject(each)) if _subject(each) else _single(each, singles)
        if winner is None:
            kept.append(each)
        elif _contradicts(each, winner):
            drift.append(Drift(each, winner))
        else:
            kept.append(each)
    return kept, drift


def _single(decision: Decision, singles: dict[type, Decision]) -> Decision | None:
    return singles.get(type(decision.statement)) if isinstance(decision.statement, (OneClient, Tolerates)) else None


def _subject(decision: Decision) -> tuple[str, ...]:
    said = decision.statement
    return words_of(said.subject) if isinstance(said, (Caches, Never)) else ()


def _contradicts(prose: Decision, winner: Decision) -> bool:
    """Whether the two cannot both be followed."""
    one, other = prose.statement, winner.statement
    if isinstance(one, Never) or isinstance(other, Never):
        return type(one) is not type(other)
    if isinstance(one, Caches) and isinstance(other, Caches):
        pairs = ((one.ttl, other.ttl), (one.symbol, other.symbol), (one.key, other.key))
        return any(a and b and a != b for a, b in pairs) or (one.durable and other.ttl is not None)
    return one != other


# ------------------------------------------------------------------------------------------------- scopes


def holds(scope: Scope, path: str) -> bool:
    """Whether a scope covers a project-relative path."""
    if scope.folder and not path.startswith(scope.folder + "/"):
        return False
    return not scope.globs or pathspec.GitIgnoreSpec.from_lines(scope.globs).match_file(path)


def for_path(policy: Policy, path: str) -> list[Decision]:
    """The decisions that hold for a file: the nearer word about the same data wins, the configuration over all."""
    found = [each for each in policy.decisions if each.explicit or holds(each.scope, path)]
    found.sort(key=lambda each: (not each.explicit, -_depth(each.scope)))
    nearest: dict[tuple[str, ...], Decision] = {}
    return [each for each in found if _is_nearest(each, nearest)]


def _depth(scope: Scope) -> int:
    return scope.folder.count("/") + bool(scope.folder) + bool(scope.globs)


def _is_nearest(decision: Decision, nearest: dict[tuple[str, ...], Decision]) -> bool:
    subject = _subject(decision)
    if not subject:
        return True
    first = nearest.setdefault(subject, decision)
    return (first.explicit, _depth(first.scope)) == (decision.explicit, _depth(decision.scope)) or not _contradicts(
        decision, first
    )


def scopes(policy: Policy) -> Iterator[Scope]:
    """The different scopes that decisions have."""
    yield from dict.fromkeys(each.scope for each in policy.decisions)


def is_template(text: str) -> bool:
    """Whether the subject of a decision is a key template ("feature:*") and no name."""
    return re.search(r"[:*{]", text) is not None
