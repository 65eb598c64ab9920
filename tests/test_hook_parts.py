"""The parts of the hook: rebuilding a file, the cheap questions, the guard, settings, the words for Claude."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cachelint.cli.app import app
from cachelint.finding import Confidence, Location, Persona, Reported, Severity, Step
from cachelint.hook.contract import NoVerdictError, Verdict
from cachelint.hook.edits import Replacement, planned, replaced
from cachelint.hook.gate import is_left_out, project_of, says_the_same
from cachelint.hook.guard import guarded
from cachelint.hook.settings import EVENTS, SettingsError, command_for, handlers, is_ours, merged
from cachelint.project import DEFAULT_EXCLUDE
from cachelint.reporters import claude

ROOT = Path(__file__).parent.parent


# What the real client makes of these edits was measured with versions 2.1.197 and 2.1.330.
@pytest.mark.parametrize(
    ("text", "old", "new", "everywhere", "result"),
    [
        ("a = 1\nb = 2\n", "a = 1", "a = 3", False, "a = 3\nb = 2\n"),
        ("a a a", "a", "b", True, "b b b"),
        ("a = 1\nb = 2\nc = 3\n", "b = 2", "", False, "a = 1\nc = 3\n"),
        ("a = 1\nb = 2\n", "b = 2\n", "", False, "a = 1\n"),
        ("x = b = 2", "b = 2", "", False, "x = "),
        ("q\nq\n", "q", "", True, ""),
        ("", "", "new\n", False, "new\n"),
        ("say “hi” now", 'say "hi" now', 'say "ho" now', False, "say “ho” now"),
        ("it’s", "it's", "it's not", False, "it’s not"),
        ("r'\\1'", "r'\\1'", "r'\\2'", False, "r'\\2'"),
    ],
)
def test_one_replacement(text: str, old: str, new: str, everywhere: bool, result: str) -> None:
    assert replaced(text, Replacement(old, new, everywhere)) == result


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (b"a\r\nb\r\n", {"old_string": "a\nb", "new_string": "c\nd"}, b"c\r\nd\r\n"),
        (b"a\r\nb\n", {"old_string": "a", "new_string": "c"}, b"c\r\nb\r\n"),
        (b"\xef\xbb\xbfa\n", {"old_string": "a", "new_string": "ü"}, b"\xef\xbb\xbf\xc3\xbc\n"),
        ("a\n".encode("utf-16"), {"old_string": "a", "new_string": "b"}, "b\n".encode("utf-16")),
        (b"a\xff\n", {"old_string": "a", "new_string": "b"}, b"b\xef\xbf\xbd\n"),
        (None, {"old_string": "", "new_string": "x\n"}, b"x\n"),
        (b"", {"old_string": "", "new_string": "x\n"}, b"x\n"),
    ],
)
def test_line_ends_and_marks_come_back(
    tmp_path: Path, before: bytes | None, said: dict[str, str], after: bytes
) -> None:
    path = tmp_path / "a.py"
    if before is not None:
        path.write_bytes(before)
    assert planned("Edit", said, str(path)) == (before, after)


def test_several_edits_see_each_other_and_a_write_is_taken_as_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"a\r\n")
    edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "b", "new_string": "c"}]
    assert planned("MultiEdit", {"edits": edits}, str(path)).after == b"c\r\n"
    assert planned("Write", {"content": "x\ny\ud800"}, str(path)).after == b"x\ny?"


def test_what_cannot_be_read_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    with pytest.raises(NoVerdictError, match="no file"):
        planned("Write", {"content": ""}, str(tmp_path / "a.py"))


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("x = 1\n", "x = 1\n", True),
        ("x = 1\n", "# one\n\nx = 1\n", True),
        ("# one\nx = 1\n", "x = 1\n", True),
        ("", "# only\n\n", True),
        ("x = 1\n", "x = 2\n", False),
        ("x = '''\n# a\n'''\n", "x = '''\n# b\n'''\n", False),
        ("x = 1\n", "# cachelint: ignore[all]\nx = 1\n", False),
        ("# cachelint: ignore[all]\nx = 1\n", "# cachelint: ignore[all]\n\nx = 1\n", False),
        ("x = '''\n\n'''\n", "x = '''\n'''\n", False),
        ("x = \\\n    1\n", "x = \\\n# a\n    1\n", False),
        ("x = 1\n", "# coding: latin-1\nx = 1\n", False),
        ("x = 'it\\'s'  # '''\n", "x = 'it\\'s'  # '''\n# a\n", True),
        ("x = [\n    1,\n]\n", "x = [\n    # one\n    1,\n]\n", True),
        ("if x:\n    pass\n", "if x:\n    # a\n    pass\n", True),
    ],
)
def test_only_comments_differ(before: str, after: str, same: bool) -> None:
    assert says_the_same(before.encode(), after.encode()) is same
    if same:
        assert ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))


def test_a_file_that_comes_or_goes() -> None:
    assert says_the_same(None, b"# nothing\n")
    assert not says_the_same(None, b"x = 1\n")


@pytest.mark.parametrize(
    "path",
    "tests/a.py app/tests/a.py test_a.py app/a_test.py tests.py app/conftest.py migrations/1.py app/migrations/x/1.py "
    "alembic/versions/a.py app/alembic/versions/a.py docs/a.py app/docs/a.py .hidden/a.py a/.b/c.py app/build/a.py "
    "venv/a.py venv.py build.py test/a.py latest/a.py contest.py app.py test_x/a.py a/test_/b.py a_test.py/a".split(),
)
def test_the_cheap_exclusion_agrees_with_the_real_one(tmp_path: Path, path: str) -> None:
    from cachelint.files import matcher

    assert is_left_out(str(tmp_path / path), str(tmp_path)) is matcher(DEFAULT_EXCLUDE).match_file(path)


def test_a_configuration_that_excludes_is_left_to_the_real_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.cachelint]\nexclude = []\n")
    assert not is_left_out(str(tmp_path / "tests/a.py"), str(tmp_path))


def test_the_project_of_a_file(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    assert project_of(str(inner), str(tmp_path / "a")) == str(tmp_path / "a")
    assert project_of(str(inner), str(tmp_path / "elsewhere")) is None
    assert project_of(str(inner), "/") is None
    assert project_of(os.path.expanduser("~/x"), os.path.expanduser("~")) is None
    (tmp_path / "cachelint.toml").touch()
    assert project_of(str(inner), "/") == str(tmp_path)


def test_the_guard_hands_the_verdict_on_and_shields_the_streams(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> Verdict:
        os.write(1, b"noise")
        os.write(2, b"noise")
        return Verdict(2, "", "ü" * 100_000)

    assert guarded(work, 10, False) == Verdict(2, "", "ü" * 100_000)
    assert capfd.readouterr() == ("", "")


def test_the_guard_ends_what_takes_too_long(tmp_path: Path) -> None:
    def work() -> Verdict:
        late = f"import time; time.sleep(2); open({str(tmp_path / 'late')!r}, 'w')"
        subprocess.run([sys.executable, "-c", late], check=False)
        return Verdict()

    started = time.monotonic()
    with pytest.raises(NoVerdictError, match=r"longer than 0\.5 seconds"):
        guarded(work, 0.5, False)
    assert time.monotonic() - started < 1.9
    time.sleep(2)
    assert not (tmp_path / "late").exists()


def test_settings_are_merged_once_and_nothing_is_lost() -> None:
    before = json.dumps({"model": "x", "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say ü"}]}]}})
    after = merged(before, "cachelint hook")
    said = json.loads(after)
    assert said["model"] == "x"
    assert said["hooks"]["Stop"][0]["hooks"][0]["command"] == "say ü"
    assert [(h.event, h.command) for h in handlers(said) if is_ours(h)] == [
        ("Stop", "cachelint hook"),
        ("PreToolUse", "cachelint hook"),
        ("SessionStart", "cachelint hook"),
    ]
    assert merged(after, "another hook") == after
    assert list(json.loads(merged("", "cachelint hook"))["hooks"]) == list(EVENTS)
    assert '\n\t"a"' in merged('{\n\t"a": 1\n}\n', "cachelint hook")


@pytest.mark.parametrize("text", ["{", "[]", '{"hooks": []}', '{"hooks": {"Stop": {}}}', "{} {}"])
def test_settings_that_cannot_be_read_are_left_alone(text: str) -> None:
    with pytest.raises(SettingsError):
        merged(text, "cachelint hook")


def test_this_repository_runs_its_own_hook() -> None:
    own = json.loads((ROOT / ".claude/settings.json").read_text())
    plugin = json.loads((ROOT / "hooks/hooks.json").read_text())
    assert {h.event for h in handlers(own) if is_ours(h)} == set(EVENTS)
    there = json.dumps(own["hooks"]).replace("$CLAUDE_PROJECT_DIR", "${CLAUDE_PLUGIN_ROOT}")
    assert json.loads(there) == plugin["hooks"]


def launcher(said: bytes, path: str, project: Path) -> subprocess.CompletedProcess[bytes]:
    script = ROOT / ".claude/hooks/check_cache.py"
    environment = {"PATH": path, "CLAUDE_PROJECT_DIR": str(project)}
    command = [sys.executable, "-S", str(script)]
    return subprocess.run(command, input=said, capture_output=True, env=environment, timeout=60)


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(0o755)


def test_the_launcher_passes_the_answer_on(tmp_path: Path) -> None:
    program(tmp_path / ".venv/bin/cachelint", "import sys; sys.stderr.write('cachelint: no'); sys.exit(2)")
    done = launcher(b"{}", "", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"cachelint: no")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "not installed"),
        ("import sys; sys.stderr.write('usage: cachelint [-h]'); sys.exit(2)", "is not the cachelint"),
        ("raise ValueError", "is not the cachelint"),
    ],
)
def test_the_launcher_never_blocks_by_mistake(tmp_path: Path, text: str | None, words: str) -> None:
    if text:
        program(tmp_path / "bin/cachelint", text)
    done = launcher(b"{}", str(tmp_path / "bin"), tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert words in json.loads(done.stdout)["systemMessage"]


def doctor(project: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "cachelint", "hook", "--doctor"]
    environment = {**os.environ, "HOME": str(project), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment, timeout=60)
    return done.returncode, done.stdout


def test_the_doctor_says_whether_the_hook_would_run(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    code, text = doctor(tmp_path)
    assert (code, "no settings ask cachelint before a write" in text) == (1, True)
    settings = tmp_path / ".claude/settings.json"
    settings.parent.mkdir()
    settings.write_text(merged("", "cachelint hook"))
    code, text = doctor(tmp_path)
    assert (code, "a trial edit with an error in it was stopped" in text) == (0, True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("}", "", "not valid JSON"),
        ('{"hooks', '{"disableAllHooks": true, "hooks', "turns every hook off"),
        ("cachelint hook", "/nowhere/cachelint hook", "/nowhere/cachelint is not there"),
        ('"timeout": 10', '"timeout": 5', "a timeout of 5 s"),
        ("Write|Edit", "write|Edit", "leaves out Write or Edit"),
    ],
)
def test_the_doctor_finds_what_is_wrong(tmp_path: Path, old: str, new: str, words: str) -> None:
    (tmp_path / "pyproject.toml").touch()
    settings = tmp_path / ".claude/settings.json"
    settings.parent.mkdir()
    text = json.dumps(json.loads(merged("", "cachelint hook")))
    settings.write_text(text.replace(old, new))
    code, said = doctor(tmp_path)
    assert (code, words in said) == (1, True)


def finding(number: int, **more: object) -> Reported:
    at = Location("app/routes.py", number, 1, number, 5)
    values = {"rule": "raw-key", "code": "CL1", "severity": Severity.ERROR, "confidence": Confidence.HIGH}
    values |= {"persona": Persona.REGULAR, "at": at, "message": "it is bad", "help": "mend it", "trace": ()}
    return Reported(**{**values, "related": (), "fingerprint": "f", **more})  # type: ignore[arg-type]


def said_of(*findings: Reported) -> str:
    sources = {"app/routes.py": ["key = term"] * 50, "CLAUDE.md": ["# Cache", "Never cache orders."]}
    return claude.render(findings, lambda path: sources.get(path, []), opening="cachelint: this.")


def test_the_words_for_claude() -> None:
    step = Step(Location("gone.py", 3, 1, 3, 2), "comes from here")
    policy = finding(7, message='orders are cached, but the policy says never: "orders" (CLAUDE.md:2)', trace=(step,))
    assert said_of(policy, finding(9, related=(step,))) == (
        "cachelint: this.\n\n"
        '1. app/routes.py:7: error raw-key: orders are cached, but the policy says never: "orders" (CLAUDE.md:2)\n'
        "   code: key = term\n"
        "   way:  gone.py:3 comes from here\n"
        "   fix:  mend it\n"
        "   policy, CLAUDE.md:2: Never cache orders.\n"
        "   or, if it is right here, on line 7: # cachelint: ignore[raw-key] and the reason\n\n"
        "2. app/routes.py:9: error raw-key: it is bad\n"
        "   code: key = term\n"
        "   see:  gone.py:3 comes from here\n"
        "   fix:  mend it\n"
        "   or, if it is right here, on line 9: # cachelint: ignore[raw-key] and the reason\n"
    )


@pytest.mark.parametrize("count", [1, 2, 10, 11, 60])
@pytest.mark.parametrize("length", [10, 300, 5000])
def test_the_words_for_claude_are_few_and_plain(count: int, length: int) -> None:
    steps = tuple(Step(Location("a.py", n, 1, n, 2), "ü\x1b[31m\n" * length) for n in range(30))
    text = said_of(*(finding(n, message="漢" * length, trace=steps) for n in range(1, count + 1)))
    assert len(text.encode()) <= 4000
    assert "\x1b" not in text
    assert text.endswith("\n")
    shown = text.count("error raw-key")
    assert 1 <= shown <= 10
    assert (f"Not shown: {count - shown} more" in text) is (shown < count)


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def init(project: Path, *arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, ["init", "--claude", "--project", str(project), *arguments], input=answer)


def test_init_asks_before_it_writes(settled: Path) -> None:
    path = settled / ".claude/settings.json"
    assert init(settled, answer="n\n").exit_code == 0
    assert not path.exists()
    assert init(settled, answer="y\n").exit_code == 0
    text = path.read_text()
    assert text == merged("", "cachelint hook")
    again = init(settled, "--yes")
    assert (again.exit_code, "asks cachelint already" in again.output, path.read_text()) == (0, True, text)


def test_init_adds_to_settings_and_refuses_what_it_cannot_read(settled: Path) -> None:
    path = settled / ".claude/settings.json"
    path.parent.mkdir()
    path.write_text('{"model": "x", "hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": []}]}}')
    assert init(settled, "--yes").exit_code == 0
    said = json.loads(path.read_text())
    assert said["model"] == "x"
    assert said["hooks"]["PreToolUse"][0] == {"matcher": "Bash", "hooks": []}
    path.write_text('{"model": ')
    refused = init(settled, "--yes")
    assert (refused.exit_code, "not valid JSON" in refused.output, path.read_text()) == (1, True, '{"model": ')


def test_the_command_is_found_where_it_is_installed(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(settled / ".venv"))
    assert command_for(settled) == '"$CLAUDE_PROJECT_DIR/.venv/bin/cachelint" hook'
    monkeypatch.setattr(sys, "prefix", "/usr")
    assert command_for(settled) == "cachelint hook"
