"""Ignore comments: which findings they cover, and what is wrong with the comments themselves."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from cachelint.facts import model
from cachelint.finding import Finding, Location

FILE_COMMENT_LINES = 20
_COMMENT = re.compile(r"#\s*cachelint:\s*(ignore(?:-file)?)\b\s*(?:\[([^\]]*)\])?\s*(.*)", re.IGNORECASE)

Named = tuple[str, Finding]


class Ignore(msgspec.Struct, frozen=True):
    """One ignore comment. `at` is the comment, `names` are as written, and it covers the 1-based lines
    `start` to `end`, both included."""

    at: Location
    kind: str
    names: tuple[str, ...]
    reason: str
    start: int
    end: int


class Outcome(msgspec.Struct, frozen=True):
    """`kept` are the findings that no comment covers, `about_comments` those about the comments
    themselves."""

    kept: tuple[Named, ...]
    about_comments: tuple[Named, ...]


def read_ignores(path: str, facts: model.FileFacts) -> list[Ignore]:
    """The ignore comments of one file, in order."""
    if not facts.comments:
        return []
    covered = _Coverage(facts)
    alone = {comment.line for comment in facts.comments if comment.alone}
    return [
        _ignore(path, facts, comment, match, covered.lines(comment, alone))
        for comment in facts.comments
        if (match := _COMMENT.search(comment.text))
    ]


def suppress(
    findings: Sequence[Named], ignores: Sequence[Ignore], rules: Mapping[str, str], judged: Collection[str]
) -> Outcome:
    """Drop the findings that ignore comments cover, and report the comments that are wrong or useless.

    `findings` are (rule name, finding); `rules` maps each accepted spelling of a rule to its name; `judged`
    are the rules that really ran: only their ignores can be called unused.
    """
    used: set[tuple[int, str]] = set()
    kept = _uncovered(findings, ignores, rules, used)
    about = [named for i, ignore in enumerate(ignores) for named in _complaints(i, ignore, rules, judged, used)]
    return Outcome(tuple(kept), tuple(_uncovered(about, ignores, rules, set())))


def _uncovered(
    findings: Sequence[Named], ignores: Sequence[Ignore], rules: Mapping[str, str], used: set[tuple[int, str]]
) -> list[Named]:
    by_path: dict[str, list[tuple[int, Ignore]]] = {}
    for index, ignore in enumerate(ignores):
        by_path.setdefault(ignore.at.path, []).append((index, ignore))
    kept: list[Named] = []
    for name, finding in findings:
        here = by_path.get(finding.at.path, ())
        covering = {(i, name) for i, ignore in here if _covers(ignore, name, finding, rules)}
        used |= covering
        if not covering:
            kept.extend(_without_parts(name, finding, by_path, rules, used))
    return kept


def _without_parts(
    name: str,
    finding: Finding,
    by_path: Mapping[str, Sequence[tuple[int, Ignore]]],
    rules: Mapping[str, str],
    used: set[tuple[int, str]],
) -> Iterator[Named]:
    """A finding less those it stands for that comments cover; nothing when they cover all of them."""
    left = []
    for part in finding.parts:
        covering = {(i, name) for i, ignore in by_path.get(part.at.path, ()) if _covers(ignore, name, part, rules)}
        used |= covering
        if not covering:
            left.append(part)
    if left or not finding.parts:
        yield name, finding if len(left) == len(finding.parts) else msgspec.structs.replace(finding, parts=tuple(left))


def _covers(ignore: Ignore, name: str, finding: Finding, rules: Mapping[str, str]) -> bool:
    return ignore.start <= finding.at.line <= ignore.end and any(
        _rule_name(given, rules) == name for given in ignore.names
    )


def _complaints(
    index: int, ignore: Ignore, rules: Mapping[str, str], judged: Collection[str], used: set[tuple[int, str]]
) -> Iterator[Named]:
    if not ignore.names:
        yield "unknown-name-in-ignore", _names_nothing(ignore)
    for given in ignore.names:
        name = _rule_name(given, rules)
        if name is None:
            yield "unknown-name-in-ignore", _unknown(ignore, given, rules)
        elif name in judged and (index, name) not in used:
            yield "unused-ignore", _unused(ignore, given)
    if ignore.names and not ignore.reason:
        yield "ignore-without-reason", _without_reason(ignore)


def _rule_name(given: str, rules: Mapping[str, str]) -> str | None:
    return rules.get(given) or rules.get(given.upper())


def _names_nothing(ignore: Ignore) -> Finding:
    return Finding(
        at=ignore.at,
        message=f"`{ignore.kind}` names no rule, so it ignores nothing",
        help=f"name the rules: `# cachelint: {ignore.kind}[rule-name] reason`",
        subject=ignore.kind,
    )


def _unknown(ignore: Ignore, given: str, rules: Mapping[str, str]) -> Finding:
    close = difflib.get_close_matches(given, rules, n=1)
    return Finding(
        at=ignore.at,
        message=f"there is no rule called `{given}`",
        help=f"did you mean `{close[0]}`?" if close else "`cachelint rules` lists the names",
        subject=given,
    )


def _unused(ignore: Ignore, given: str) -> Finding:
    late = ignore.kind == "ignore-file" and ignore.end < ignore.start
    return Finding(
        at=ignore.at,
        message=f"`{ignore.kind}[{given}]` suppresses nothing",
        help=f"move it into the first {FILE_COMMENT_LINES} lines" if late else "remove it",
        subject=given,
    )


def _without_reason(ignore: Ignore) -> Finding:
    names = ", ".join(ignore.names)
    return Finding(
        at=ignore.at,
        message=f"`{ignore.kind}[{names}]` does not say why",
        help="write the reason behind the bracket",
        subject=names,
    )


def _ignore(
    path: str, facts: model.FileFacts, comment: model.Comment, match: re.Match[str], lines: tuple[int, int]
) -> Ignore:
    kind = match[1].lower()
    if kind == "ignore-file":
        lines = (1, len(facts.line_starts)) if comment.line <= FILE_COMMENT_LINES else (1, 0)
    column = facts.location(comment.at)[1] + match.start()
    end = column + len(match[0].rstrip())
    names = tuple(name.strip() for name in (match[2] or "").split(",") if name.strip())
    reason = match[3].partition("#")[0].strip(" \t-:,")
    return Ignore(Location(path, comment.line, column, comment.line, end), kind, names, reason, *lines)


class _Coverage:
    """How far an ignore on a line reaches in one file; all lines are 1-based, ends included."""

    def __init__(self, facts: model.FileFacts) -> None:
        self.facts = facts
        self.statements: dict[int, int] = {}
        self.definitions: dict[int, tuple[int, int]] = {}
        self.decorated: dict[int, int] = {}
        # Formatters move a comment behind a statement that they break to its last line: line -> the first one.
        self.last_lines: dict[int, int] = {}
        for body in (facts.body, *(f.body for f in facts.functions), *(c.body for c in facts.classes)):
            self._statements(body)

    def lines(self, comment: model.Comment, alone: Collection[int]) -> tuple[int, int]:
        """The lines a comment speaks about; one alone on its line speaks about the next line with code."""
        line = comment.line
        if comment.alone:
            line += 1
            while line in alone:
                line += 1
            return line, max(self._reach(line), self.decorated.get(line, 0))
        first = self.last_lines.get(line, line)
        start, end = self.definitions.get(first, (first, first))
        return start, max(end, self._reach(first))

    def _reach(self, line: int) -> int:
        return max(line, self.statements.get(line, 0), self.definitions.get(line, (0, 0))[1])

    def _statements(self, body: Sequence[model.Statement]) -> None:
        for statement in body:
            if isinstance(statement, model.Define):
                self._definition(self.facts.functions[statement.function])
            elif isinstance(statement, model.DefineClass):
                self._definition(self.facts.classes[statement.class_])
            else:
                self._statement(statement)

    def _definition(self, definition: model.Function | model.Class) -> None:
        line, end = self._line(definition.at), self._line(definition.end - 1)
        first = min([line, *(self._line(decorator.at) for decorator in definition.decorators)])
        self.definitions[line] = (first, end)
        self.decorated[first] = end
        self._header(definition, line)
        for decorator in definition.decorators:
            self._reaches(decorator.at, decorator.end)

    def _header(self, definition: model.Function | model.Class, line: int) -> None:
        """Note the last line of a header over several lines, which ends in the colon."""
        pieces: Sequence[model.Node]
        if isinstance(definition, model.Function):
            pieces, returns = definition.parameters, definition.returns
        else:
            pieces, returns = definition.bases, None
        last = max((self._line(max(piece.at, piece.end - 1)) for piece in pieces), default=line)
        start = self._line(returns.end - 1) if returns else last + 1
        if max(last, start - 1) > line and definition.body:
            for number in range(start, self._line(definition.body[0].at)):
                self.last_lines[number] = line

    def _statement(self, statement: model.Node) -> None:
        """Note how far the statement's own lines reach: for a compound statement its header, not its body."""
        bodies = list(_bodies(statement))
        self._reaches(statement.at, _header_end(statement) if bodies else statement.end)
        for body in bodies:
            self._statements(body)

    def _reaches(self, at: int, end: int) -> None:
        line, last = self._line(at), self._line(max(at, end - 1))
        self.statements[line] = max(self.statements.get(line, 0), last)
        if last > line:
            self.last_lines.setdefault(last, line)

    def _line(self, offset: int) -> int:
        return self.facts.location(offset)[0]


def _header_end(statement: model.Node) -> int:
    match statement:
        case model.If() | model.While():
            return statement.test.end
        case model.For():
            return statement.iterable.end
        case model.With():
            return max((item.end for item in statement.items), default=statement.at)
        case model.Match():
            return statement.subject.end
        case _:
            return statement.at


def _bodies(statement: model.Node) -> Iterator[Sequence[model.Statement]]:
    match statement:
        case model.If() | model.For() | model.While():
            yield statement.body
            yield statement.orelse
        case model.With():
            yield statement.body
        case model.Match():
            yield from (case.body for case in statement.cases)
        case model.Try():
            yield statement.body
            yield from (handler.body for handler in statement.handlers)
            yield statement.orelse
            yield statement.final
