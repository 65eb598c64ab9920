"""One JSON document, version 1: what other programs may rely on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from cachelint import __version__
from cachelint.finding import AnalysisError, Location, Report, Reported, Step

VERSION = 1


def render(report: Report, source: Callable[[str], Sequence[str]], *, color: bool, quiet: bool) -> str:
    """The report as JSON; lines and columns are 1-based, end columns exclusive."""
    document = {
        "version": VERSION,
        "tool": {"name": "cachelint", "version": __version__},
        "findings": [_finding(finding) for finding in report.findings],
        "errors": [_error(error) for error in report.errors],
        "summary": msgspec.to_builtins(report.summary),
        **({"times": _rounded(report.times)} if report.times is not None else {}),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _rounded(times: dict[str, float]) -> dict[str, float]:
    return {name: round(seconds, 4) for name, seconds in times.items()}


def _finding(finding: Reported) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "code": finding.code,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "persona": finding.persona.value,
        **_place(finding.at),
        "message": finding.message,
        "help": finding.help,
        "trace": [_step(step) for step in finding.trace],
        "related": [_step(step) for step in finding.related],
        "fingerprint": finding.fingerprint,
    }


def _place(at: Location) -> dict[str, Any]:
    return {
        "path": at.path,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
    }


def _step(step: Step) -> dict[str, Any]:
    return {**_place(step.at), "note": step.note}


def _error(error: AnalysisError) -> dict[str, Any]:
    return {"path": error.path, "line": error.line, "column": error.column, "message": error.message}
