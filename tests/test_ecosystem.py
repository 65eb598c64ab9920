"""The stored findings of tests/ecosystem/ and the verdicts on them hang together. Nothing is downloaded or run."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from cachelint.rules import RULES

FOLDER = Path(__file__).parent / "ecosystem"
sys.path.insert(0, str(FOLDER))

import fetch  # noqa: E402
import judge  # noqa: E402
import policies  # noqa: E402
import run  # noqa: E402

PROJECTS = {project.name: project for project in fetch.projects()}
LINE = re.compile(r"\S.*?:\d+:\d+ [\w-]+ (error|warning|note) \S.*")


def test_projects_are_pinned() -> None:
    assert len(PROJECTS) == len(fetch.projects())
    for project in PROJECTS.values():
        assert re.fullmatch(r"\d[\w.]*", project.version)
        assert re.fullmatch(r"[0-9a-f]{64}", project.sha256)


def test_every_file_belongs_to_a_project() -> None:
    files = [*FOLDER.glob("*.txt"), *FOLDER.glob("verdicts/*"), *FOLDER.glob("policy*/*.txt")]
    files += FOLDER.glob("policy*/verdicts/*")
    assert {file.stem for file in files} <= set(PROJECTS)
    assert {file.suffix for file in files} <= {".txt", ".jsonl"}


RUNS = (FOLDER, *policies.FOLDERS.values())


@pytest.mark.parametrize("where", RUNS, ids=lambda where: where.name)
@pytest.mark.parametrize("name", PROJECTS)
def test_stored_lines_are_well_formed(name: str, where: Path) -> None:
    file = judge.stored(name, where)
    text = file.read_text("utf-8") if file.exists() else ""
    assert [line for line in text.splitlines() if not LINE.fullmatch(line)] == []
    findings = judge.kept(name, where)
    assert {finding.rule for finding in findings} <= {rule.name for rule in RULES}
    assert [f.text for f in findings if Path(f.path).is_absolute()] == []
    assert [(f.path, f.line) for f in findings] == sorted((f.path, f.line) for f in findings)


@pytest.mark.parametrize("where", RUNS, ids=lambda where: where.name)
@pytest.mark.parametrize("name", PROJECTS)
def test_verdicts_agree_with_the_stored_findings(name: str, where: Path) -> None:
    verdicts = judge.verdicts(name, where)
    repeated = Counter((verdict.rule, verdict.fingerprint) for verdict in verdicts)
    assert [key for key, count in repeated.items() if count > 1] == []
    places = {finding.fingerprint: (finding.rule, finding.path) for finding in judge.kept(name, where)}
    assert [v for v in verdicts if places.get(v.fingerprint, (v.rule, v.path)) != (v.rule, v.path)] == []


def test_the_policies_of_both_articles_are_laid_down() -> None:
    texts = policies.policies()
    assert len(texts) == 2
    assert all(text.startswith("## Caching") and "ever" in text for text in texts.values())
    assert {rule.name for rule in RULES} >= set(policies.RULES)


GOOD = {"fingerprint": "0" * 64, "rule": "a", "path": "b.py", "line": 3, "verdict": "right", "reason": "it is"}


@pytest.mark.parametrize("change", [{"verdict": "maybe"}, {"reason": ""}, {"fingerprint": "00"}, {"more": 1}])
def test_a_malformed_verdict_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"keys|usable"):
        judge.verdict({**GOOD, **change})


def test_a_verdict_is_found_by_fingerprint_then_by_place() -> None:
    def finding(fingerprint: str) -> judge.Kept:
        return judge.Kept("b.py", 3, "a", "error", fingerprint * 12, "")

    verdict = judge.verdict(GOOD)
    assert [v for _, v in judge.judged([finding("1")], [verdict])] == [verdict]
    assert [v for _, v in judge.judged([finding("0"), finding("1")], [verdict])] == [verdict, None]


def test_a_line_holds_what_judging_needs(tmp_path: Path) -> None:
    place = {"path": "b.py", "line": 3, "column": 5}
    about = {"rule": "a-b", "severity": "error", "message": "two\nlines [odd]", "fingerprint": "0" * 64}
    errors = [{"path": "a.py", "line": 1, "column": 1, "message": "cannot parse"}]
    lines = run.lines_of({"findings": [{**place, **about}], "errors": errors})
    assert lines == ["a.py:1:1 not-analysed error cannot parse", f"b.py:3:5 a-b error two lines [odd] [{'0' * 12}]"]
    (tmp_path / "x.txt").write_text("\n".join(lines))
    assert judge.kept("x", tmp_path) == [judge.Kept("b.py", 3, "a-b", "error", "0" * 12, lines[1])]


def test_a_new_row_leaves_the_others() -> None:
    old = run.summary("", {"b": "| b | 1 |", "gone": "| gone |"}, ["a", "b"])
    new = run.summary(old, {"a": "| a | 2 |"}, ["a", "b"])
    assert new.splitlines()[-2:] == ["| a | 2 |", "| b | 1 |"]


def test_seconds_are_the_only_difference_allowed() -> None:
    one, other = (json.dumps({"summary": {"files": 1, "seconds": s}}).encode() for s in (1.25, 3e-05))
    assert run.SECONDS.sub(b"", one) == run.SECONDS.sub(b"", other)


def test_check_tells_of_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.txt"
    assert run.keep(file, "", only_check=True)
    assert run.keep(file, "a\n", only_check=False)
    assert not run.keep(file, "a\n", only_check=True)
    assert run.keep(file, "b\n", only_check=True)
    assert "-a\n+b\n" in capsys.readouterr().out
    assert file.read_text() == "a\n"
