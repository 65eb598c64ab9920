"""The command line as other programs rely on it: exit codes, streams, options."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cachelint.concluding
from cachelint.check import run
from cachelint.cli.app import app
from cachelint.finding import Confidence, Finding, Location, Persona, Severity
from cachelint.program import Program
from cachelint.rule import Rule
from cachelint.rules import RULES
from cachelint.task import Task

BROKEN = "def f(:\n"
USELESS = "x = 1  # cachelint: ignore[no-such-rule] why\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/good.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cachelint_(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def found(result: Result) -> list[tuple[str, str, int]]:
    return [(f["rule"], f["path"], f["line"]) for f in json.loads(result.stdout)["findings"]]


def check(*arguments: str, stdin: str | None = None) -> Result:
    return cachelint_("check", "--format", "json", *arguments, stdin=stdin)


def test_nothing_found_is_zero(project: Path) -> None:
    result = check()
    assert result.exit_code == 0
    assert found(result) == []


def test_findings_below_the_limit_are_zero(project: Path) -> None:
    (project / "app/a.py").write_text(USELESS)
    assert check().exit_code == 0
    assert check("--fail-on", "warning").exit_code == 1
    assert check("--fail-on", "never").exit_code == 0


def test_a_file_that_cannot_be_parsed_is_two_and_hides_nothing(project: Path) -> None:
    (project / "app/a.py").write_text(USELESS)
    (project / "app/broken.py").write_text(BROKEN)
    result = check("--fail-on", "never")
    assert result.exit_code == 2
    assert found(result) == [("unknown-name-in-ignore", "app/a.py", 1), ("syntax-error", "app/broken.py", 1)]
    error = json.loads(result.stdout)["errors"][0]
    assert error["path"] == "app/broken.py"
    assert error["message"].startswith("cannot parse: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.py"], "no file or folder nowhere.py"),
        ([".."], "outside the project"),
        (["--select", "nonsense"], "unknown rule `nonsense`"),
        (["--config", "missing.toml"], "cannot be read"),
        (["--jobs", "0"], "--jobs"),
        (["--no-such-option"], "--no-such-option"),
        (["--since", "main"], "--since"),
    ],
)
def test_wrong_usage_is_two_and_says_why(project: Path, arguments: list[str], words: str) -> None:
    result = check("--project", ".", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_a_wrong_configuration_is_two_and_names_the_line(project: Path) -> None:
    (project / "cachelint.toml").write_text("\ncolour = 1\n")
    result = check()
    assert result.exit_code == 2
    assert "cachelint.toml:2: `colour`: unknown key" in result.stderr
    (project / "cachelint.toml").write_text('[policy]\nstale-tolerance = "soonish"\n')
    for result in (check(), cachelint_("dump", "effects", "app/good.py")):
        assert (result.exit_code, "cachelint.toml:2: `policy.stale-tolerance`" in result.stderr) == (2, True)


def test_a_pattern_that_makes_no_sense_is_two(project: Path) -> None:
    (project / "cachelint.toml").write_text('extend-exclude = ["!"]\n')
    result = check()
    assert (result.exit_code, "cachelint.toml:1" in result.stderr) == (2, True)


def test_paths_choose_what_is_reported(project: Path) -> None:
    (project / "app/a.py").write_text(USELESS)
    (project / "app/broken.py").write_text(BROKEN)
    result = check("app/a.py")
    assert result.exit_code == 0
    assert found(result) == [("unknown-name-in-ignore", "app/a.py", 1)]
    assert json.loads(result.stdout)["summary"]["files"] == 3


def test_an_excluded_folder_asked_for_is_reported(project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests/test_a.py").write_text(USELESS)
    assert found(check()) == []
    assert found(check("tests")) == [("unknown-name-in-ignore", "tests/test_a.py", 1)]


def test_stdin_stands_for_a_file(project: Path) -> None:
    (project / "app/other.py").write_text(USELESS)
    result = check("--stdin-filename", "app/good.py", stdin=USELESS)
    assert found(result) == [("unknown-name-in-ignore", "app/good.py", 1)]
    text = cachelint_("check", "--stdin-filename", "app/new.py", stdin=USELESS)
    assert "1 | x = 1  # cachelint: ignore[no-such-rule] why" in text.stdout


def test_selecting_ignoring_and_personas(project: Path) -> None:
    (project / "app/a.py").write_text("x = 1  # cachelint: ignore[no-such-rule]\n")
    unknown, mute = ("unknown-name-in-ignore", "app/a.py", 1), ("ignore-without-reason", "app/a.py", 1)
    assert found(check()) == [unknown]
    assert found(check("--persona", "pedantic")) == [mute, unknown]
    assert found(check("--select", "CL903")) == [mute]
    assert found(check("--ignore", "unknown-name-in-ignore,CL903")) == []
    assert found(check("--extend-select", "CL903")) == [mute, unknown]
    assert found(check("--persona", "auditor", "--min-severity", "warning")) == [unknown]


def test_the_configuration_filters_too(project: Path) -> None:
    (project / "app/a.py").write_text(USELESS)
    (project / "cachelint.toml").write_text('[severity]\nCL904 = "error"\n')
    assert check().exit_code == 1
    (project / "cachelint.toml").write_text('[per-file-ignores]\n"app/*" = ["CL904"]\n')
    assert found(check()) == []
    (project / "cachelint.toml").write_text('ignore = ["CL904"]\n')
    assert found(check()) == []
    assert found(check("--select", "CL904")) == [("unknown-name-in-ignore", "app/a.py", 1)]


def test_a_file_over_the_limit_is_not_analysed(project: Path) -> None:
    (project / "cachelint.toml").write_text("max-file-size = 10\n")
    (project / "app/good.py").write_text("x = 1\n" * 3)
    result = check()
    assert result.exit_code == 2
    assert "max-file-size" in json.loads(result.stdout)["errors"][0]["message"]


def test_stdout_holds_the_document_and_nothing_else(project: Path) -> None:
    result = check("--statistics", "--verbose")
    json.loads(result.stdout)
    assert "files" in result.stderr


def test_output_goes_to_a_file(project: Path) -> None:
    result = check("-o", "report.json")
    assert result.stdout == ""
    assert json.loads((project / "report.json").read_text())["version"] == 1


def test_color(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "app/a.py").write_text(USELESS)
    assert "\x1b[" not in cachelint_("check").stdout
    assert "\x1b[" in cachelint_("check", "--color", "always").stdout
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    from cachelint.cli.output import uses_color

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert uses_color("auto", to_terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not uses_color("auto", to_terminal=True)


def test_show_settings(project: Path) -> None:
    (project / "cachelint.toml").write_text('persona = "auditor"\n')
    result = cachelint_("check", "--show-settings", "--min-severity", "warning")
    assert 'persona = "auditor"' in result.stdout
    assert 'min-severity = "warning"' in result.stdout


def test_explain_and_rules(project: Path) -> None:
    assert cachelint_("explain", "cl902").stdout == cachelint_("explain", "unused-ignore").stdout
    everything = json.loads(cachelint_("explain", "--all", "--format", "json").stdout)
    assert [rule["name"] for rule in everything] == [rule.name for rule in RULES]
    assert cachelint_("explain", "nonsense").exit_code == 2
    (project / "cachelint.toml").write_text('\nignore = ["CL902"]\n')
    table = cachelint_("rules").stdout
    assert "off: `ignore` in cachelint.toml:2" in table


def test_dump_facts(project: Path) -> None:
    assert "Assign(" in cachelint_("dump", "facts", "app/good.py").stdout


def test_the_version_needs_no_command_line_library() -> None:
    code = """
import sys
from cachelint.cli import main
try: main(["--version"])
finally: assert "click" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("cachelint ")


def rule(name: str, check: object, persona: Persona = Persona.REGULAR) -> Rule:
    return Rule(name, name.upper(), Severity.ERROR, Confidence.HIGH, persona, "0", "", {}, check)  # type: ignore[arg-type]


def at(line: int, **more: object) -> Finding:
    return Finding(Location("app/good.py", line, 1, line, 2), "m", "h", "subject", **more)  # type: ignore[arg-type]


def crashes(program: Program) -> Iterator[Finding]:
    raise ZeroDivisionError("no")
    yield


def test_a_crashing_rule_loses_no_other_rule(project: Path) -> None:
    rules = (rule("bad", crashes), rule("fine", lambda program: [at(1)]))
    report = run(task(project, rules=rules)).report
    assert [f.rule for f in report.findings] == ["fine"]
    assert "rule bad: ZeroDivisionError: no" in report.errors[0].message


def test_a_crash_while_linking_is_an_error(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cachelint.concluding, "link", crashes_with_two)
    (project / "app/a.py").write_text(USELESS)
    report = run(task(project)).report
    assert [f.rule for f in report.findings] == ["unknown-name-in-ignore"]
    assert "linking" in report.errors[0].message


def crashes_with_two(sources: object, config: object) -> Program:
    raise RuntimeError("boom")


def test_fingerprints_survive_line_moves_and_tell_equals_apart(project: Path) -> None:
    def prints(*lines: int) -> list[str]:
        findings = [at(line) for line in lines]
        return [f.fingerprint for f in run(task(project, rules=(rule("r", lambda p: findings),))).report.findings]

    assert prints(1, 5) == prints(7, 9)
    assert len(set(prints(1, 5))) == 2


def test_a_finding_may_speak_for_itself_and_the_configuration_has_the_last_word(project: Path) -> None:
    rules = (rule("r", lambda program: [at(1, severity=Severity.NOTE, persona=Persona.PEDANTIC)]),)
    assert run(task(project, rules=rules, persona="pedantic")).report.findings[0].severity == Severity.NOTE
    shouted = task(project, rules=rules, persona="pedantic", severity={"r": "error"})
    assert run(shouted).report.findings[0].severity == Severity.ERROR


def test_an_ignore_counts_as_used_for_what_a_filter_hides(project: Path) -> None:
    (project / "app/good.py").write_text("x = 1  # cachelint: ignore[r] fine\n")
    hidden = rule("r", lambda program: [at(1, persona=Persona.AUDITOR)])
    assert run(task(project, rules=(hidden, *RULES[-4:]))).report.findings == ()


def task(project: Path, rules: tuple[Rule, ...] = RULES, **settings: object) -> Task:
    from cachelint.config import Config

    config = Config(**settings)  # type: ignore[arg-type]
    return Task(project=project, config=config, rules=rules)


def test_many_files_in_processes_come_out_in_order(project: Path) -> None:
    for number in range(60):
        (project / f"app/m{number:02}.py").write_text(USELESS)
    parallel = found(check("--jobs", "2"))
    assert parallel == found(check("--jobs", "1"))
    assert len(parallel) == 60


def test_a_dying_process_takes_one_file_with_it() -> None:
    code = """
import os, sys
import cachelint.facts.single as single
from cachelint.facts.gather import gather
real = single.extract
single.extract = lambda data: os._exit(1) if b"die" in data else real(data)
requests = [single.Request(f"m{i:02}.py", "", b"die = 1" if i == 7 else b"x = 1") for i in range(50)]
results = gather(requests, single.Limits(100, 5), 2)
assert [r.error.path for r in results if r.error] == ["m07.py"], results
assert "died" in results[7].error.message
assert sum(r.encoded is not None for r in results) == 49
"""
    if sys.platform != "linux":
        pytest.skip("needs forked processes, to have them die on purpose")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_takes_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    import cachelint.facts.single as single

    def busy(data: bytes) -> None:
        end = time.process_time() + 5
        while time.process_time() < end:
            pass

    monkeypatch.setattr(single, "extract", busy)
    result = single.gather_one(single.Request("a.py", "", b"x = 1\n"), single.Limits(100, 0.05))
    assert result.error is not None
    assert "time-budget" in result.error.message


def test_stdin_is_read_as_bytes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = io.BytesIO(b"# coding: latin-1\nx = '\xe9'  # cachelint: ignore[no-such-rule] why\n")
    result = CliRunner().invoke(app, ["check", "--stdin-filename", "app/l.py"], input=source)
    assert "x = 'é'" in result.stdout


def test_statistics_say_what_stages_and_rules_took(project: Path) -> None:
    (project / "app/a.py").write_text("import redis\nredis.Redis().get('a')\n")
    said = check("--statistics", "--no-cache")
    times = json.loads(said.stdout)["times"]
    assert {"find files", "read files", "link"} < set(times)
    assert {name for name in times if name.startswith("rule ")} == {f"rule {r.name}" for r in RULES if r.check}
    assert all(isinstance(seconds, float) and seconds >= 0 for seconds in times.values())
    assert "s  read files" in said.stderr
    assert "s  rule uncached-query" in said.stderr
    assert "times" not in json.loads(check().stdout)
