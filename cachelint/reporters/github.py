"""Workflow commands of GitHub Actions: each line becomes an annotation in the files of a pull request."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cachelint.finding import AnalysisError, Report, Reported, Severity
from cachelint.plain import one_line

Properties = dict[str, "str | int"]

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, source: Callable[[str], Sequence[str]], *, color: bool, quiet: bool) -> str:
    """The findings, the worst first because GitHub shows ten of a kind in a step, then what was not analysed."""
    told = {(f.at.path, f.at.line, f.at.column) for f in report.findings if f.rule == "syntax-error"}
    worst_first = sorted(report.findings, key=lambda finding: -finding.severity.rank)
    lines = [_finding(finding) for finding in worst_first]
    lines += [_error(error) for error in report.errors if (error.path, error.line, error.column) not in told]
    return "".join(line + "\n" for line in lines)


def _finding(finding: Reported) -> str:
    at = finding.at
    place: Properties = {"file": at.path, "line": at.line, "endLine": at.end_line}
    # Columns of a span over several lines would be taken for those of its first line.
    columns: Properties = {"col": at.column, "endColumn": at.end_column} if at.line == at.end_line else {}
    steps = [f"{i}. {step.at.path}:{step.at.line} {step.note}" for i, step in enumerate(finding.trace, 1)]
    text = "\n".join(map(one_line, [finding.message, *steps, f"help: {finding.help}"]))
    title = f"{finding.rule} ({finding.code})"
    return _command(COMMANDS[finding.severity], {**place, **columns, "title": title}, text)


def _error(error: AnalysisError) -> str:
    place: Properties = {"file": error.path, "line": error.line, "col": error.column} if error.path else {}
    return _command("error", {**place, "title": "not analysed"}, one_line(error.message))


def _command(name: str, properties: Properties, text: str) -> str:
    shown = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items())
    return f"::{name} {shown}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    """Text with the characters that end a command, or a property of one, as GitHub's runner reads them back."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
