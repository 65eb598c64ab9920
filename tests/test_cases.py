"""Every heading of tests/cases/**/*.md is a test: its comments say what cachelint finds, and nothing else."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from markdown_cases import FACT_KINDS, FINDING_KINDS, Case, Expectation, read_cases

ROOT = Path(__file__).parent / "cases"
POLICIES = ROOT / "policy"  # texts, read by test_policy_reading.py
PATHS = [path for path in sorted(ROOT.rglob("*.md")) if POLICIES not in path.parents]
CASES = [case for path in PATHS for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, tmp_path: Path) -> None:
    write_project(case, tmp_path)
    problems = []
    if asks_for_findings(case):
        problems += finding_problems(case, without_drift(case, reported(tmp_path)))
    if any(expected.kind in FACT_KINDS for expected in case.expectations):
        problems += fact_problems(case, described(case, tmp_path))
    assert not problems, "\n".join(["", *problems])


def test_every_case_has_a_name_of_its_own() -> None:
    repeated = [name for name, count in Counter(case.name for case in CASES).items() if count > 1]
    assert repeated == []


def test_every_block_is_python() -> None:
    for case in CASES:
        for path, text in case.files.items():
            if path.endswith(".py"):
                ast.parse(text, f"{case.name} ({path})")


def test_every_expected_rule_exists() -> None:
    from cachelint.rules import RULES

    known = {rule.name for rule in RULES}
    asked = {found.rule for case in CASES for found in case.expectations if found.kind in FINDING_KINDS}
    assert asked <= known


def asks_for_findings(case: Case) -> bool:
    """A case with facts only is about the engine: its code may well break a rule."""
    kinds = {expected.kind for expected in case.expectations}
    return not kinds or not kinds.isdisjoint(FINDING_KINDS)


def write_project(case: Case, root: Path) -> None:
    for path, text in case.files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def reported(root: Path) -> list[Any]:
    """What the default run reports for `root`: values with rule, message, at, trace and related."""
    from cachelint.check import check_project

    report = check_project(root, use_store=False, jobs=1)
    assert report.errors == ()
    return list(report.findings)


def without_drift(case: Case, findings: list[Any]) -> list[Any]:
    """Cases of other rules hold policies with more lines than their code needs: what these lines match is not asked."""
    asked = any(expected.text.startswith("unenforced-policy-line") for expected in case.expectations)
    return (
        findings
        if asked or case.suite == "unenforced-policy-line"
        else [f for f in findings if f.rule != "unenforced-policy-line"]
    )


def described(case: Case, root: Path) -> list[tuple[str, int, str, str]]:
    """What the program knows: (path, line, kind, text) of every line of the case."""
    from cachelint.concluding import link_project
    from cachelint.program import describe

    program = link_project(root, use_store=False, jobs=1)
    paths = [path for path in case.files if path.endswith(".py")]
    return [(path, fact.line, fact.kind, fact.text) for path in paths for fact in describe(program, path)]


def finding_problems(case: Case, findings: list[Any]) -> list[str]:
    """One sentence for each finding too many, each expectation unmet and each known gap that has closed."""
    left = list(findings)
    problems = []
    for expected in sorted(of_kind(case, "error"), key=lambda expected: not expected.part):
        match = next((found for found in left if meets(found, expected)), None)
        if match is None:
            problems.append(f"{where(case, expected.path, expected.line)}: not reported: {expected.text}")
        else:
            left.remove(match)
    problems += [gap_or_surplus(case, found) for found in left]
    return problems + unseen(case, findings)


def gap_or_surplus(case: Case, found: Any) -> str:
    place = where(case, found.at.path, found.at.line)
    if any(meets(found, gap) for gap in of_kind(case, "missed")):
        return f"{place}: a known gap has closed, write `error` for `missed`: {found.rule}: {found.message}"
    return f"{place}: reported, not expected: {found.rule}: {found.message}"


def unseen(case: Case, findings: list[Any]) -> list[str]:
    seen = {(found.rule, step.at.path, step.at.line) for found in findings for step in (*found.trace, *found.related)}
    return [
        f"{where(case, expected.path, expected.line)}: in no trace and not related: {expected.text}"
        for expected in of_kind(case, "see")
        if (expected.rule, expected.path, expected.line) not in seen
    ]


def meets(found: Any, expected: Expectation) -> bool:
    place = (expected.rule, expected.path, expected.line)
    return (found.rule, found.at.path, found.at.line) == place and expected.part in found.message


def of_kind(case: Case, kind: str) -> list[Expectation]:
    return [expected for expected in case.expectations if expected.kind == kind]


def fact_problems(case: Case, facts: list[tuple[str, int, str, str]]) -> list[str]:
    """One sentence for each line and kind whose texts are not the expected set; an empty text means none."""
    wanted: dict[tuple[str, int, str], set[str]] = {}
    for expected in case.expectations:
        if expected.kind in FACT_KINDS:
            texts = wanted.setdefault((expected.path, expected.line, expected.kind), set())
            texts.update({expected.text} - {""})
    problems = []
    for (path, line, kind), texts in wanted.items():
        known = {text for *place, text in facts if place == [path, line, kind]}
        if known != texts:
            problems.append(f"{where(case, path, line)}: {kind}: {sorted(known)}, not {sorted(texts)}")
    return problems


def where(case: Case, path: str, line: int) -> str:
    """The place in the project and in the Markdown."""
    return f"{path}:{line} ({case.suite}.md:{case.origins.get((path, line), '?')})"
