"""One line per finding: path:line:column: severity[rule] message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cachelint.finding import Report
from cachelint.plain import one_line, printable


def render(report: Report, source: Callable[[str], Sequence[str]], *, color: bool, quiet: bool) -> str:
    """The findings, then what could not be analysed, one line each."""
    lines = [
        f"{printable(f.at.path)}:{f.at.line}:{f.at.column}: {f.severity.value}[{f.rule}] {one_line(f.message)}"
        for f in report.findings
    ]
    told = {(f.at.path, f.at.line, f.at.column) for f in report.findings if f.rule == "syntax-error"}
    lines += [
        f"{printable(e.path) or 'cachelint'}:{e.line}:{e.column}: not analysed: {one_line(e.message)}"
        for e in report.errors
        if (e.path, e.line, e.column) not in told
    ]
    return "".join(line + "\n" for line in lines)
