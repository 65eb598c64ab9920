"""SARIF 2.1.0 (the OASIS standard), as code scanning services and editors read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from cachelint import __version__
from cachelint.finding import AnalysisError, Location, Report, Reported, Step
from cachelint.plain import one_line
from cachelint.rule import Rule
from cachelint.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
# What GitHub calls the three severities of a problem.
PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}


def render(report: Report, source: Callable[[str], Sequence[str]], *, color: bool, quiet: bool) -> str:
    """The report as one run; every rule is described whether it found something or not."""
    run = {
        "tool": {"driver": _driver(RULES)},
        # Columns count characters, as everywhere in cachelint; the standard's default is another.
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that paths are relative to."}}},
        "invocations": [_invocation(report.errors)],
        "results": [_result(finding) for finding in report.findings],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _driver(rules: Iterable[Rule]) -> dict[str, Any]:
    return {
        "name": "cachelint",
        "version": __version__,
        "semanticVersion": __version__,
        "shortDescription": {"text": "Static analysis of application caching in Python web code."},
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    sections = [f"## {heading}\n\n{body.strip()}" for heading, body in rule.documentation.items()]
    text = "\n\n".join(f"{heading}\n{body.strip()}" for heading, body in rule.documentation.items())
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": _paragraph(rule)},
        "help": {"text": text or rule.summary, "markdown": "\n\n".join([f"# {rule.name}", rule.summary, *sections])},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {
            "tags": ["caching", rule.persona.value],
            "precision": rule.confidence.value,
            "problem.severity": PROBLEMS[rule.severity.value],
        },
    }


def _paragraph(rule: Rule) -> str:
    return " ".join([rule.summary, *rule.documentation.get("Why is this bad", "").split()])


def _result(finding: Reported) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.severity.value,
        "message": {"text": f"{one_line(finding.message)}\n{one_line(finding.help)}".strip()},
        "locations": [_location(finding.at) | _function(finding)],
        "partialFingerprints": _fingerprints(finding),
        "properties": {"confidence": finding.confidence.value, "persona": finding.persona.value},
    }
    indexes = {rule.code: index for index, rule in enumerate(RULES)}
    if finding.code in indexes:
        result["ruleIndex"] = indexes[finding.code]
    if finding.trace:
        result["codeFlows"] = [{"threadFlows": [{"locations": [{"location": _step(s)} for s in finding.trace]}]}]
    if finding.related:
        result["relatedLocations"] = [{"id": i, **_step(step)} for i, step in enumerate(finding.related)]
    return result


def _fingerprints(finding: Reported) -> dict[str, str]:
    """Ours, and under the name by which GitHub recognises an alert: it would go by the text of the line."""
    return {"cachelint/v1": finding.fingerprint, "primaryLocationLineHash": f"{finding.fingerprint[:16]}:1"}


def _function(finding: Reported) -> dict[str, Any]:
    return {"logicalLocations": [{"fullyQualifiedName": finding.function}]} if finding.function else {}


def _step(step: Step) -> dict[str, Any]:
    return {**_location(step.at), "message": {"text": one_line(step.note)}}


def _location(at: Location) -> dict[str, Any]:
    region = {"startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(at.path), "uriBaseId": ROOT}, "region": region}}


def _invocation(errors: Sequence[AnalysisError]) -> dict[str, Any]:
    notifications = [_notification(error) for error in errors]
    return {"executionSuccessful": not errors, "toolExecutionNotifications": notifications}


def _notification(error: AnalysisError) -> dict[str, Any]:
    at = Location(error.path, error.line, error.column, error.line, error.column + 1)
    where = {"locations": [_location(at)]} if error.path else {}
    return {"level": "error", "message": {"text": f"not analysed: {one_line(error.message)}"}, **where}
