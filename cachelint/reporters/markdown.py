"""Markdown for the summary page of a CI job, or a comment."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from cachelint.finding import AnalysisError, Report, Reported
from cachelint.plain import one_line

# A job summary may hold 1 MiB; a table longer than this is read by nobody.
MOST_FINDINGS = 200
MARKS = {"error": "🔴", "warning": "🟡", "note": "🔵"}


def render(report: Report, source: Callable[[str], Sequence[str]], *, color: bool, quiet: bool) -> str:
    """A heading that sums up, a table of the findings with their ways folded in, and what was not analysed."""
    parts = [f"### cachelint: {_sum(report)}"]
    shown = report.findings[:MOST_FINDINGS]
    if shown:
        parts.append("\n".join(["| | place | what is wrong |", "|---|---|---|", *map(_row, shown)]))
    if len(report.findings) > len(shown):
        parts.append(f"{len(report.findings) - len(shown)} more findings are not shown.")
    if report.errors:
        parts.append("\n".join(["Not analysed:", "", *map(_error, report.errors)]))
    return "\n\n".join(parts) + "\n"


def _sum(report: Report) -> str:
    counts = Counter(finding.severity.value for finding in report.findings)
    found = ", ".join(f"{counts[name]} {name}{'s' * (counts[name] != 1)}" for name in MARKS if counts[name])
    failed = len({error.path for error in report.errors if error.path})
    files = f"{report.summary.files} file{'s' * (report.summary.files != 1)}"
    return f"{found or 'nothing found'} in {files}" + (f", {failed} not analysed" if failed else "")


def _row(finding: Reported) -> str:
    place = f"`{_code(finding.at.path)}:{finding.at.line}`"
    text = f"**{finding.rule}** {_words(finding.message)}<br>{_words(finding.help)}"
    return f"| {MARKS[finding.severity.value]} | {place} | {text}{''.join(_way(finding))} |"


def _way(finding: Reported) -> Iterator[str]:
    if finding.trace:
        steps = (f"{i}. `{_code(s.at.path)}:{s.at.line}` {_words(s.note)}" for i, s in enumerate(finding.trace, 1))
        yield f"<details><summary>the way</summary>{'<br>'.join(steps)}</details>"


def _error(error: AnalysisError) -> str:
    place = f"`{_code(error.path)}:{error.line}`: " if error.path else ""
    return f"- {place}{_words(error.message)}"


def _code(text: str) -> str:
    return one_line(text).replace("`", "'").replace("|", "\\|")


def _words(text: str) -> str:
    """Text of a message: its `code` stays code, anything else that Markdown or HTML would read is made harmless."""
    parts = re.split(r"(`[^`]*`)", one_line(text))
    return "".join(_code_span(part) if part.startswith("`") else _plain(part) for part in parts)


def _code_span(text: str) -> str:
    return "`" + _code(text[1:-1]) + "`" if text.endswith("`") and len(text) > 2 else _plain(text)


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]#|~])", r"\\\1", html.escape(text, quote=False))
