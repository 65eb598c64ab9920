"""From findings to a report: ignore comments first, then the filters, in the order of the files."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from cachelint.conclusions import Conclusions
from cachelint.config import Config
from cachelint.facts.single import Gathered
from cachelint.files import Discovery, matcher
from cachelint.finding import (
    AnalysisError,
    Confidence,
    Finding,
    Location,
    Persona,
    Report,
    Reported,
    Severity,
    Statistics,
    Summary,
)
from cachelint.inputs import Inputs
from cachelint.policy import Sources
from cachelint.project import covers
from cachelint.rule import Rule
from cachelint.suppress import Ignore, Named, suppress
from cachelint.task import Task


def report(task: Task, given: Inputs, concluded: Conclusions, seconds: float = 0.0) -> Report:
    """What a task asks for of what a project comes to."""
    findings = [*concluded.findings, *_syntax_errors(given.gathered)]
    reported = _reported(findings, concluded.ignores, concluded.ran, task)
    failures = [
        *(result.error for result in given.gathered if result.error),
        *_unreadable(given.found),
        *_unread(given.sources),
        *concluded.crashes,
    ]
    return Report(
        findings=tuple(finding for finding in reported if _asked(finding.at.path, task)),
        errors=tuple(sorted(error for error in failures if _asked(error.path, task))),
        summary=_summary(given.gathered, concluded.statistics, seconds),
    )


def _unread(sources: Sources) -> list[AnalysisError]:
    return [AnalysisError(p.path, p.line, 1, p.message) for p in sources.problems if p.fatal]


def _syntax_errors(gathered: Iterable[Gathered]) -> list[Named]:
    return [("syntax-error", _syntax_error(r.error)) for r in gathered if r.error and r.unparsable]


def _syntax_error(error: AnalysisError) -> Finding:
    at = Location(error.path, error.line, error.column, error.line, error.column + 1)
    return Finding(at=at, message=error.message, help="nothing in this file was checked", subject="")


def _unreadable(found: Discovery) -> list[AnalysisError]:
    return [AnalysisError(path, 1, 1, reason) for path, reason in found.unreadable]


def _reported(findings: Sequence[Named], ignores: Sequence[Ignore], ran: Collection[str], task: Task) -> list[Reported]:
    """Ignore comments come before the filters: what is hidden by a filter still gives its ignore a reason
    to be."""
    rules = {rule.name: rule for rule in task.rules}
    spellings = {spelling: rule.name for rule in task.rules for spelling in (rule.name, rule.code)}
    outcome = suppress(findings, ignores, spellings, ran)
    prints = _fingerprints([*findings, *outcome.about_comments])
    result = [
        _filled_in(rules[name], finding, prints[name, _bare(finding)], task.config)
        for name, finding in (*outcome.kept, *outcome.about_comments)
        if name in rules and is_on(rules[name], task.config)
    ]
    silenced = {glob: matcher([glob]) for glob in task.config.per_file_ignores}

    def shown(reported: Iterable[Reported]) -> Iterator[Reported]:
        for each in reported:
            is_silent = any(silenced[glob].match_file(each.at.path) for glob in _globs(each.rule, task.config))
            if not is_silent and _is_shown(each, rules[each.rule], task.config):
                yield msgspec.structs.replace(each, parts=tuple(shown(each.parts))) if each.parts else each

    return sorted(shown(result), key=place_in_report)


def place_in_report(reported: Reported) -> tuple[str, int, int, str, str]:
    """The order of a report: by path, line, column, rule."""
    return reported.at.path, reported.at.line, reported.at.column, reported.rule, reported.message


def _globs(rule: str, config: Config) -> Iterator[str]:
    for glob, names in config.per_file_ignores.items():
        if rule in names or "all" in names:
            yield glob


def _fingerprints(findings: Iterable[Named]) -> dict[Named, str]:
    """Names for findings that survive line moves: equal ones are told apart by their order only."""
    seen: dict[tuple[str, str, str, str], int] = {}
    prints: dict[Named, str] = {}
    bare = {(name, _bare(finding)) for name, finding in findings}
    for name, finding in sorted(bare, key=lambda named: (named[1].at, named[0], named[1].message)):
        about = (name, finding.at.path, finding.function, finding.subject)
        seen[about] = seen.get(about, -1) + 1
        prints[name, finding] = _fingerprint(about, seen[about])
    return prints


def _fingerprint(about: tuple[str, str, str, str], ordinal: int) -> str:
    return hashlib.sha256("\0".join([*about, str(ordinal)]).encode()).hexdigest()


def _bare(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, parts=()) if finding.parts else finding


def _filled_in(rule: Rule, finding: Finding, fingerprint: str, config: Config) -> Reported:
    severity = config.severity.get(rule.name) or config.severity.get("all")
    return Reported(
        rule=rule.name,
        code=rule.code,
        severity=Severity(severity) if severity else finding.severity or rule.severity,
        confidence=finding.confidence or rule.confidence,
        persona=finding.persona or rule.persona,
        at=finding.at,
        message=finding.message,
        help=finding.help,
        trace=finding.trace,
        related=finding.related,
        fingerprint=fingerprint,
        function=finding.function,
        subject=finding.subject,
        parts=tuple(_filled_in(rule, part, _own_fingerprint(rule, part), config) for part in finding.parts),
    )


def _own_fingerprint(rule: Rule, part: Finding) -> str:
    return _fingerprint((rule.name, part.at.path, part.function, part.subject), 0)


def is_on(rule: Rule, config: Config) -> bool:
    """Whether a rule runs. One that is named beats one that is only meant by "all"; ignoring beats
    selecting."""
    named = rule.name in (*config.select, *config.extend_select)
    meant = "all" in (*config.select, *config.extend_select) and "all" not in config.ignore
    return rule.name not in config.ignore and (named or meant)


def shown_persona(rule: Rule, config: Config) -> Persona:
    """Up to which persona a rule's findings are shown: a rule that is selected by name always shows its
    own."""
    persona = Persona(config.persona)
    named = rule.name in (*config.select, *config.extend_select)
    return max(persona, rule.persona, key=lambda p: p.rank) if named else persona


def _is_shown(reported: Reported, rule: Rule, config: Config) -> bool:
    return (
        reported.persona.rank <= shown_persona(rule, config).rank
        and reported.confidence.rank >= Confidence(config.min_confidence).rank
        and reported.severity.rank >= Severity(config.min_severity).rank
    )


def _asked(path: str, task: Task) -> bool:
    """Whether a path is to be reported; what is wrong with cachelint itself ("") always is."""
    return not path or covers(task.paths or ("",), path)


def _summary(gathered: Sequence[Gathered], numbers: Statistics | None, seconds: float) -> Summary:
    analysed = sum(result.has_facts for result in gathered)
    return Summary(
        files=len(gathered),
        analysed=analysed,
        skipped=len(gathered) - analysed,
        handlers=numbers.handlers if numbers else 0,
        calls=numbers.calls if numbers else 0,
        calls_resolved=numbers.calls_resolved if numbers else 0,
        seconds=round(seconds, 3),
    )
