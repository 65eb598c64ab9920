"""Every rule has all its parts: a place in the list, a code, documentation whose examples hold, cases, a README row."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest
from markdown_cases import parse_cases

import cachelint.rules
from cachelint.check import check_project
from cachelint.config import Config, load
from cachelint.finding import Report
from cachelint.rule import SECTIONS, Rule
from cachelint.rules import RULES, SPELLINGS

ROOT = Path(__file__).parent.parent
REQUIRED = ("What it does", "Why is this bad", "Example", "Use instead", "Stays silent when")
# Cases are Python that parses, so the one rule about Python that does not has its tests in test_cli.py.
WITHOUT_CASES = {"syntax-error"}

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def test_every_file_is_listed() -> None:
    folder = Path(cachelint.rules.__file__).parent
    files = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert files == {rule.name for rule in RULES}


def test_codes_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"CL\d{3}", code) for code in codes)


@each_rule
def test_the_documentation_has_its_sections_in_order(rule: Rule) -> None:
    headings = list(rule.documentation)
    assert headings == [section for section in SECTIONS if section in headings]
    assert set(REQUIRED) <= set(headings)
    assert all(body.strip() for body in rule.documentation.values())


@each_rule
def test_the_summary_is_one_sentence(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z`].*\.", rule.summary)


@each_rule
def test_there_are_cases(rule: Rule) -> None:
    path = ROOT / "tests" / "cases" / "rules" / f"{rule.name}.md"
    assert path.is_file() != (rule.name in WITHOUT_CASES)


@each_rule
def test_the_readme_has_its_row(rule: Rule) -> None:
    rows = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert any(row.startswith(f"| {rule.code} | [{rule.name}]") and rule.summary in row for row in rows)


@each_rule
def test_the_example_gives_this_finding(rule: Rule, tmp_path: Path) -> None:
    assert rule.name in [finding.rule for finding in findings_of(rule, "Example", tmp_path).findings]


@each_rule
def test_what_to_use_instead_does_not(rule: Rule, tmp_path: Path) -> None:
    report = findings_of(rule, "Use instead", tmp_path)
    assert rule.name not in [finding.rule for finding in report.findings]
    assert report.errors == ()


def findings_of(rule: Rule, section: str, folder: Path) -> Report:
    """What is found in a section's code, which is written like a case, or as plain code for a single file."""
    text = rule.documentation[section]
    if "```" not in text:
        text = f"```py\n{dedent(text)}\n```"
    (case,) = parse_cases(f"## {section}\n\n{text}", rule.name)
    for path, content in case.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    config: Config = load(folder, SPELLINGS)
    return check_project(folder, msgspec.structs.replace(config, persona=rule.persona.value), jobs=1)
