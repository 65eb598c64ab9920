"""Every format says the same small report; what it says is kept in tests/golden/."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from cachelint.check import check_project
from cachelint.finding import (
    AnalysisError,
    Confidence,
    Location,
    Persona,
    Report,
    Reported,
    Severity,
    Step,
    Summary,
)
from cachelint.reporters import FORMATS
from cachelint.rules import RULES

GOLDEN = Path(__file__).parent / "golden"
SUFFIXES = {
    "text": "txt",
    "concise": "txt",
    "json": "json",
    "sarif": "json",
    "github": "txt",
    "markdown": "md",
}

SOURCE = {
    "app/routes.py": [
        "def users(cursor: str):",
        '\treturn "ü漢字", get(f"user:{cursor}")',
        "x = [" + "1, " * 80 + "here]",
        "y = call(",
        "    1)",
        "z = '\x1b[31m'",
    ]
}


def reported(line: int, start: int, end: int, **more: object) -> Reported:
    values = {
        "rule": "raw-key",
        "code": "CL100",
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
        "persona": Persona.REGULAR,
        "at": Location("app/routes.py", line, start, more.pop("end_line", line), end),  # type: ignore[arg-type]
        "message": "query parameter `cursor` reaches the key",
        "help": "hash it",
        "trace": (),
        "related": (),
        "fingerprint": f"f{line}",
    }
    return Reported(**{**values, **more})  # type: ignore[arg-type]


TRACED = reported(
    2,
    27,
    35,
    trace=(Step(Location("app/routes.py", 1, 11, 1, 22), "user input enters here"),),
    related=(Step(Location("gone.py", 120, 1, 120, 5), "read here, too"),),
)
REPORT = Report(
    findings=(
        TRACED,
        reported(3, 247, 251, severity=Severity.WARNING, message="far to the right"),
        reported(4, 5, 6, severity=Severity.NOTE, end_line=5, message="over two lines", help="50%, a: b | <c> `d|e`"),
        reported(6, 6, 7, severity=Severity.NOTE, message="a terminal \x1b[31mcode"),
        reported(7, 1, 2, rule="syntax-error", code="CL901", message="cannot parse: odd"),
    ),
    errors=(
        AnalysisError("", 1, 1, "internal error in rule raw-key: ValueError: no"),
        AnalysisError("app/big.py", 1, 1, "larger than 1,000,000 bytes (max-file-size)"),
        AnalysisError("app/routes.py", 7, 1, "cannot parse: odd"),
    ),
    summary=Summary(files=3, analysed=2, skipped=1, handlers=4, calls=10, calls_resolved=9, seconds=0.5),
)
EMPTY = Report((), (), Summary(1, 1, 0, 0, 0, 0, 0.1))


def render(name: str, report: Report, color: bool = False, quiet: bool = False) -> str:
    return FORMATS[name](report, lambda path: SOURCE.get(path, []), color=color, quiet=quiet)


def _without_rules(text: str) -> str:
    """SARIF without the rules' documentation, which has tests of its own."""
    document = json.loads(text)
    document["runs"][0]["tool"]["driver"]["rules"] = []
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_says_what_is_kept(name: str) -> None:
    text = _without_rules(render(name, REPORT)) if name == "sarif" else render(name, REPORT)
    # To renew after a wanted change, write `text` there and read the diff.
    assert text == (GOLDEN / f"{name}.{SUFFIXES[name]}").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_a_terminal_code_through(name: str) -> None:
    assert "\x1b" not in render(name, REPORT)


def test_color_is_only_paint() -> None:
    painted = render("text", REPORT, color=True)
    assert painted != render("text", REPORT)
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == render("text", REPORT)


def test_an_empty_report() -> None:
    assert render("text", EMPTY) == "Nothing found in 1 file\n"
    assert render("text", EMPTY, quiet=True) == ""
    assert render("concise", EMPTY) == ""
    assert json.loads(render("json", EMPTY))["findings"] == []


PLACE = {
    "path": {"type": "string"},
    "line": {"type": "integer", "minimum": 1},
    "column": {"type": "integer", "minimum": 1},
}
SPAN = {**PLACE, "end_line": {"type": "integer"}, "end_column": {"type": "integer"}}


def closed(properties: dict[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


WORDS = ("rule", "code", "message", "help", "fingerprint")
STEPS = {"type": "array", "items": closed({**SPAN, "note": {"type": "string"}})}
FINDING = closed(
    {
        **{word: {"type": "string"} for word in WORDS},
        **SPAN,
        "severity": {"enum": ["error", "warning", "note"]},
        "confidence": {"enum": ["high", "medium", "low"]},
        "persona": {"enum": ["regular", "pedantic", "auditor"]},
        "trace": STEPS,
        "related": STEPS,
    }
)
NUMBERS = ("files", "analysed", "skipped", "handlers", "calls", "calls_resolved", "seconds")
VERSION_1 = closed(
    {
        "version": {"const": 1},
        "tool": closed({"name": {"const": "cachelint"}, "version": {"type": "string"}}),
        "findings": {"type": "array", "items": FINDING},
        "errors": {"type": "array", "items": closed({**PLACE, "message": {"type": "string"}})},
        "summary": closed({number: {"type": "number"} for number in NUMBERS}),
    }
)


SARIF = json.loads((Path(__file__).parent / "schemas/sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("report", [REPORT, EMPTY], ids=["full", "empty"])
def test_the_sarif_is_what_the_standard_allows(report: Report) -> None:
    document = json.loads(render("sarif", report))
    jsonschema.validate(document, SARIF)
    run = document["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.code for rule in RULES]
    assert len(run["results"]) == len(report.findings)


def test_the_schema_does_refuse() -> None:
    document = json.loads(render("sarif", REPORT))
    document["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SARIF)


def test_sarif_says_the_way_and_both_ends() -> None:
    result = json.loads(render("sarif", REPORT))["runs"][0]["results"][0]
    (way,) = result["codeFlows"][0]["threadFlows"]
    assert way["locations"][0]["location"]["message"]["text"] == "user input enters here"
    assert result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "gone.py"
    assert result["partialFingerprints"] == {"cachelint/v1": "f2", "primaryLocationLineHash": "f2:1"}


def test_sarif_of_real_findings_points_at_their_rules(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent.parent / "examples/shop", tmp_path / "shop")
    report = check_project(tmp_path / "shop")
    document = json.loads(FORMATS["sarif"](report, lambda path: [], color=False, quiet=False))
    jsonschema.validate(document, SARIF)
    run = document["runs"][0]
    assert len(run["results"]) > 5
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def unescaped(text: str) -> str:
    """What GitHub's runner makes of the text of a command."""
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")


def test_github_reads_back_what_was_said() -> None:
    odd = reported(2, 1, 5, rule="a,b:c", message="100%0A: a,b::c", at=Location("a b,c:d.py", 2, 1, 2, 5))
    line = render("github", Report((odd,), (), EMPTY.summary)).removesuffix("\n")
    match = re.fullmatch(r"::error (.*?)::(.*)", line)
    assert match
    properties = dict(part.split("=", 1) for part in match[1].split(","))
    assert unescaped(properties["file"]) == "a b,c:d.py"
    assert unescaped(properties["title"]) == "a,b:c (CL100)"
    assert unescaped(match[2]) == "100%0A: a,b::c\nhelp: hash it"


def test_github_hears_of_the_worst_first() -> None:
    kinds = [line.split(" ")[0] for line in render("github", REPORT).splitlines()]
    assert kinds == ["::error", "::error", "::warning", "::notice", "::notice", "::error", "::error"]


def test_markdown_cannot_be_broken_by_what_it_quotes() -> None:
    odd = reported(2, 1, 5, message="a | b `c|d` <script> *x* [y](z) `", at=Location("a`|b.py", 2, 1, 2, 5))
    (row,) = [line for line in render("markdown", Report((odd,), (), EMPTY.summary)).splitlines() if "🔴" in line]
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
    assert "<script>" not in row


@pytest.mark.parametrize("report", [REPORT, EMPTY], ids=["full", "empty"])
def test_the_json_is_version_1(report: Report) -> None:
    jsonschema.validate(json.loads(render("json", report)), VERSION_1)
