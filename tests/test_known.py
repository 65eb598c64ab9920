"""What is known is not said again: --since, --baseline, and what services that look at a repository are told."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hook_calls import CLEAN, HEAD, WRONG, route

from cachelint.baseline import Baseline, BaselineError, Entry, applied, made_of, pruned, read, written
from cachelint.cli.app import app
from cachelint.finding import Confidence, Location, Persona, Reported, Severity

KNOWN = "cachelint-baseline.json"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "app.py").write_text(HEAD + route("one") + route("two"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", "--format", "json", *arguments])


def found(result: Result) -> list[tuple[str, int]]:
    assert result.exit_code in (0, 1), result.output
    return [(f["path"], f["line"]) for f in json.loads(result.stdout)["findings"]]


def git(*arguments: str) -> None:
    who = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x"}
    subprocess.run(["git", *arguments], check=True, env={**os.environ, **who}, capture_output=True)


def committed() -> None:
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "x")


# ------------------------------------------------------------------------------------------------------ baseline


def test_a_baseline_silences_what_it_counts(project: Path) -> None:
    assert len(found(check())) == 2
    result = check("--write-baseline")
    assert (found(result), result.exit_code) == ([], 0)
    assert "2 findings are known from now on" in result.stderr
    result = check("--baseline", KNOWN)
    assert (found(result), result.exit_code, result.stderr) == ([], 0, "")


def test_a_baseline_survives_moves_and_catches_a_second_copy(project: Path) -> None:
    check("--write-baseline")
    (project / "app.py").write_text(HEAD + "X = 1\n" * 9 + route("two") + route("one"))
    assert found(check("--baseline", KNOWN)) == []
    twice = "    await cache.get(f'one:{term}')\n    return"
    (project / "app.py").write_text(HEAD + route("two") + route("one").replace("    return", twice))
    result = check("--baseline", KNOWN)
    assert (found(result), result.exit_code) == ([("app.py", 15)], 1)
    (project / "app.py").write_text(HEAD + route("two") + route("one") + route("three"))
    assert found(check("--baseline", KNOWN)) == [("app.py", 19)]


def test_stale_entries_are_told_and_pruned_when_asked(project: Path) -> None:
    check("--write-baseline")
    (project / "app.py").write_text(HEAD + route("one"))
    before = (project / KNOWN).read_text()
    result = check("--baseline", KNOWN)
    assert f"{KNOWN}: stale: 1 raw-input-in-key in app.py: two" in result.stderr
    assert (project / KNOWN).read_text() == before
    assert "stale" not in check("--baseline", KNOWN, "--quiet").stderr
    check("--baseline", KNOWN, "--prune-baseline")
    assert [entry["function"] for entry in json.loads((project / KNOWN).read_text())["findings"]] == ["one"]
    assert check("--baseline", KNOWN).stderr == ""


def test_what_was_not_looked_at_is_not_stale(project: Path) -> None:
    (project / "other.py").write_text(WRONG)
    check("--write-baseline")
    before = (project / KNOWN).read_text()
    assert len(json.loads(before)["findings"]) == 3
    for arguments in (["other.py"], ["--ignore", "raw-input-in-key"]):
        result = check("--baseline", KNOWN, *arguments)
        assert (found(result), result.stderr) == ([], "")
    check("--baseline", KNOWN, "--write-baseline", "other.py")
    assert (project / KNOWN).read_text() == before
    (project / "other.py").write_text("def f(:\n")
    result = check("--baseline", KNOWN, "--prune-baseline")
    assert result.exit_code == 2
    assert (project / KNOWN).read_text() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no baseline"),
        ("[]", "is no baseline"),
        ('{"version": 2}', "has version 2"),
        ('{"version": 1, "findings": [{"path": "a"}]}', "is no baseline"),
        ('{"version": 1, "more": 1}', "is no baseline"),
        (None, "there is no baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused_and_kept(project: Path, text: str | None, words: str) -> None:
    if text is not None:
        (project / KNOWN).write_text(text)
    result = check("--baseline", KNOWN)
    assert (result.exit_code, words in result.stderr) == (2, True)
    if text is not None:
        assert check("--write-baseline").exit_code == 2
        assert (project / KNOWN).read_text() == text


def test_a_baseline_is_one_entry_a_line_and_reads_back() -> None:
    baseline = Baseline(1, (Entry("b.py", "r", "", 1), Entry("a.py", "r", "f", 2)))
    text = written(baseline)
    assert text.count(b"\n") == 7
    assert read(text).findings == tuple(sorted(baseline.findings))
    assert written(read(text)) == text
    assert read(written(Baseline(1))) == Baseline(1)
    with pytest.raises(BaselineError):
        read(b"\xff")


def reported(path: str, rule: str, function: str, line: int) -> Reported:
    levels = (Severity.ERROR, Confidence.HIGH, Persona.REGULAR)
    return Reported(rule, "CL1", *levels, Location(path, line, 1, line, 2), "m", "h", (), (), "f", function, "s")


def test_counting() -> None:
    findings = [reported("a.py", "r", "f", 1), reported("a.py", "r", "f", 2), reported("a.py", "r", "g", 3)]
    baseline = made_of(findings)
    assert baseline.findings == (Entry("a.py", "r", "f", 2), Entry("a.py", "r", "g", 1))
    outcome = applied([*findings, findings[0]], baseline, lambda entry: True)
    assert (len(outcome.new), outcome.stale) == (1, ())
    outcome = applied(findings[:1], baseline, lambda entry: entry.function == "f")
    assert outcome.stale == (Entry("a.py", "r", "f", 1),)
    assert pruned(baseline, outcome.stale).findings == (Entry("a.py", "r", "f", 1), Entry("a.py", "r", "g", 1))


# --------------------------------------------------------------------------------------------------------- since


def test_since_leaves_only_what_came_after_the_merge_base(project: Path) -> None:
    committed()
    assert found(check("--since", "main")) == []
    git("checkout", "-qb", "work")
    (project / "app.py").write_text(HEAD + route("three") + route("two") + route("one"))
    (project / "new.py").write_text(WRONG)
    fresh = [("app.py", 9), ("new.py", 9)]
    assert found(check("--since", "main")) == fresh
    git("add", ".")
    git("commit", "-qm", "y")
    assert found(check("--since", "main")) == fresh
    assert check("--since", "main").exit_code == 1
    assert found(check("--since", "main", "new.py")) == fresh[1:]
    assert found(check("--since", "HEAD")) == []


def test_what_main_did_meanwhile_is_not_counted(project: Path) -> None:
    (project / "app.py").write_text(CLEAN)
    committed()
    git("checkout", "-qb", "work")
    (project / "new.py").write_text(WRONG)
    git("add", ".")
    git("commit", "-qm", "y")
    git("checkout", "-q", "main")
    (project / "app.py").write_text(WRONG)
    git("commit", "-qam", "z")
    git("checkout", "-q", "work")
    assert found(check("--since", "main")) == [("new.py", 9)]


def test_a_change_is_blamed_for_a_finding_in_a_file_that_nobody_touched(project: Path) -> None:
    (project / "keys.py").write_text("def user(cursor):\n    return f'user:{cursor}'\n")
    safe = (HEAD + "import keys\n" + route("a", "cursor: int")).replace('f"a:{cursor}"', "keys.user(cursor)")
    (project / "app.py").write_text(safe)
    committed()
    (project / "app.py").write_text(safe.replace("cursor: int", "cursor: str"))
    assert found(check("--since", "HEAD")) == [("keys.py", 2)]


def test_moved_and_deleted_files_bring_nothing(project: Path) -> None:
    committed()
    (project / "api").mkdir()
    (project / "app.py").rename(project / "api/app.py")
    assert found(check("--since", "HEAD")) == []


def test_since_in_a_folder_of_a_repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = project / "backend"
    backend.mkdir()
    (project / "pyproject.toml").rename(backend / "pyproject.toml")
    (project / "app.py").rename(backend / "app.py")
    (backend / "ünder ‘x’.py").write_text(WRONG)
    committed()
    (backend / "app.py").write_text(HEAD + route("one") + route("two") + route("three"))
    monkeypatch.chdir(backend)
    assert found(check("--since", "HEAD")) == [("app.py", 19)]


def test_git_variables_of_a_commit_in_progress_do_not_mislead(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed()
    monkeypatch.setenv("GIT_DIR", "/nowhere/.git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert found(check("--since", "HEAD")) == []


@pytest.mark.parametrize(
    ("ref", "words"),
    [("nowhere", "knows no revision nowhere"), ("--exec=x", "knows no revision"), ("lonely", "nothing in common")],
)
def test_a_revision_that_does_not_help_is_wrong_usage(project: Path, ref: str, words: str) -> None:
    committed()
    git("checkout", "-q", "--orphan", "lonely")
    git("commit", "-qm", "y")
    git("checkout", "-q", "main")
    result = check(f"--since={ref}")
    assert (result.exit_code, words in result.stderr, result.stdout) == (2, True, "")


def test_since_says_what_could_not_be_compared(project: Path) -> None:
    (project / "odd.py").write_text("def f(:\n")
    committed()
    (project / "odd.py").write_text(WRONG)
    result = check("--since", "HEAD")
    assert found(result) == [("odd.py", 9)]
    assert "odd.py:1 could not be analysed at" in result.stderr


def test_since_and_a_baseline_together(project: Path) -> None:
    committed()
    (project / "new.py").write_text(WRONG)
    check("--write-baseline")
    (project / "newer.py").write_text(WRONG)
    assert found(check("--since", "HEAD", "--baseline", KNOWN)) == [("newer.py", 9)]


# ------------------------------------------------------------------------------------------------------- outputs


def test_one_run_writes_several_formats(project: Path) -> None:
    result = check("--also", "sarif=out.sarif", "--also", "markdown=summary.md")
    assert len(found(result)) == 2
    schema = json.loads((Path(__file__).parent / "schemas/sarif-2.1.0.json").read_text(encoding="utf-8"))
    document = json.loads((project / "out.sarif").read_text())
    jsonschema.validate(document, schema)
    assert len(document["runs"][0]["results"]) == 2
    assert (project / "summary.md").read_text().startswith("### cachelint: 2 errors in 1 file\n")


@pytest.mark.parametrize("wish", ["sarif", "yaml=x", "sarif="])
def test_a_format_that_does_not_exist_is_wrong_usage(project: Path, wish: str) -> None:
    result = check("--also", wish)
    assert (result.exit_code, "FORMAT=FILE" in result.stderr, result.stdout) == (2, True, "")


def test_services_are_told_paths_from_the_repositorys_root(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = project / "backend"
    backend.mkdir()
    (project / ".git").mkdir()
    (project / "pyproject.toml").rename(backend / "pyproject.toml")
    (project / "app.py").rename(backend / "app.py")
    monkeypatch.chdir(backend)
    result = CliRunner().invoke(app, ["check", "--format", "github", "--also", "sarif=out.sarif"])
    assert result.stdout.startswith("::error file=backend/app.py,line=9,")
    run = json.loads((backend / "out.sarif").read_text())["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "backend/app.py"
    assert found(check())[0] == ("app.py", 9)


def test_excluded_files_can_stay_excluded_when_named(project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests/app.py").write_text(WRONG)
    assert len(found(check("tests/app.py"))) == 1
    assert found(check("--force-exclude", "tests/app.py")) == []
    assert len(found(check("--force-exclude", "tests/app.py", "app.py"))) == 2
