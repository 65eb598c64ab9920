"""Folders, disks and moments that are against us: the report says what is missing, the terminal and the files stay as
they were."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hostile import ROUTE

from cachelint import inputs as inputs_module
from cachelint.check import run
from cachelint.cli.app import app
from cachelint.config import Config
from cachelint.facts import single
from cachelint.project import covers, slashed
from cachelint.task import Task

HARD = bool(os.environ.get("CACHELINT_HARD"))
STORE = ".cachelint_cache"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="these are about POSIX systems")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "route.py").write_text(ROUTE)
    return folder


def cachelint_(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, ["check", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def found(project: Path, *options: str | Path) -> dict[str, object]:
    result = cachelint_("--project", project, "--format", "json", "--jobs", "1", *options)
    document = json.loads(result.stdout)
    assert "route.py" in {finding["path"] for finding in document["findings"]}
    return document


def errors(project: Path, *options: str | Path) -> dict[str, str]:
    return {error["path"]: error["message"] for error in found(project, *options)["errors"]}  # type: ignore[attr-defined]


def timeless(document: bytes) -> bytes:
    return re.sub(rb'"seconds": ?[0-9.]+', b"", document)


# ---------------------------------------------------------------------------------------------------- folders


def test_loops_of_links_end(project):
    (project / "a").symlink_to("b")
    (project / "b").symlink_to("a")
    (project / "self.py").symlink_to("self.py")
    (project / "up").symlink_to("..", target_is_directory=True)
    (project / "inner").mkdir()
    (project / "inner" / "again").symlink_to(project, target_is_directory=True)
    (project / "inner" / "twice").symlink_to("../inner", target_is_directory=True)
    assert "cannot be read" in errors(project)["self.py"]


def test_what_cannot_be_read_is_named(project, monkeypatch):
    for name in ("closed.py", "here.py"):
        (project / name).write_text("x = 1\n")
    (project / "folder").mkdir()
    real_open, real_scan = os.open, os.scandir
    refused = PermissionError(13, "Permission denied")

    def opening(path, *arguments, **options):
        if str(path).endswith("closed.py"):
            raise refused
        return real_open(path, *arguments, **options)

    def scanning(path):
        if str(path).endswith("folder"):
            raise refused
        return real_scan(path)

    monkeypatch.setattr(os, "open", opening)
    monkeypatch.setattr(os, "scandir", scanning)
    said = errors(project)
    assert said == {"closed.py": "cannot be read: Permission denied", "folder": "cannot be read: Permission denied"}


def test_what_vanishes_between_finding_and_reading_is_named(project, monkeypatch):
    (project / "here.py").write_text("import redis\nx = 1\n")
    real = inputs_module.discover

    def then_gone(*arguments, **options):
        result = real(*arguments, **options)
        (project / "here.py").unlink(missing_ok=True)
        return result

    monkeypatch.setattr(inputs_module, "discover", then_gone)
    assert errors(project, "--no-cache") == {"here.py": "cannot be read: No such file or directory"}


def test_a_pipe_a_folder_and_a_device_are_no_python(project):
    os.mkfifo(project / "pipe.py")
    (project / "folder.py").mkdir()
    (project / "device.py").symlink_to("/dev/zero")
    said = errors(project)
    assert set(said) == {"pipe.py", "device.py"}
    assert all("not a regular file" in message for message in said.values())


def test_a_read_only_project_is_checked_and_nothing_is_written(project, monkeypatch):
    before = sorted(path.name for path in project.iterdir())
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    real = os.mkdir
    monkeypatch.setattr(
        os, "mkdir", lambda path, *a, **k: pytest.fail(f"made {path}") if STORE in str(path) else real(path, *a, **k)
    )
    assert errors(project) == {}
    assert sorted(path.name for path in project.iterdir()) == before


def test_names_that_are_no_text(project):
    raw = os.fsencode(project) + b"/caf\xe9.py"
    try:
        with open(raw, "wb") as stream:
            stream.write(b"x = 1\n")
    except OSError:
        pytest.skip("this file system takes text only")
    os.mkdir(os.fsencode(project) + b"/f\xff")
    (Path(os.fsdecode(os.fsencode(project) + b"/f\xff")) / "a.py").write_text("x = 1\n")
    said = errors(project)
    assert set(said.values()) == {"its name is not UTF-8"}
    result = cachelint_("--project", project)
    result.stdout.encode("utf-8")


def test_a_project_below_a_name_that_is_no_text(tmp_path):
    folder = os.fsencode(tmp_path) + b"/pr\xf6ject"
    os.mkdir(folder)
    (Path(os.fsdecode(folder)) / "route.py").write_text(ROUTE)
    command = [sys.executable, "-m", "cachelint", "check", "--project", folder, "--format", "json"]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert json.loads(done.stdout)["findings"][0]["path"] == "route.py"


ODD = ("a b", "ä", "new\nline", "tab\t", "\x1b[31m", "a\\b", "-", "'", "{x}", "::error::", "%0A", "[link](x)", "<b>")


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_reported_in_every_format(project, name):
    (project / f"{name}.py").write_text(ROUTE)
    for kind in ("text", "concise", "json", "sarif", "github", "markdown"):
        result = cachelint_("--project", project, "--format", kind, "--jobs", "1", "--select", "raw-input-in-key")
        assert result.exit_code == 1
        # GitHub's runner needs the path as it is.
        assert kind == "github" or "\x1b[31m" not in result.stdout
        if kind in ("json", "sarif"):
            json.loads(result.stdout)
        if kind in ("concise", "github"):
            assert len(result.stdout.splitlines()) == 2


def test_separators_of_windows(monkeypatch):
    monkeypatch.setattr(os, "sep", "\\")
    assert slashed("api\\v1\\.\\a.py") == "api/v1/a.py"
    assert covers((slashed("api\\"),), slashed("api\\v1\\a.py"))
    assert slashed("api/v1/a.py") == "api/v1/a.py"


def test_a_folder_of_very_many_levels(project):
    deep = project
    try:
        for _ in range(300):
            deep = deep / "d"
            deep.mkdir()
        (deep / "a.py").write_text("x = 1\n")
    except OSError:
        pass
    found(project)


# ------------------------------------------------------------------------------------------------------ disks


def run_limited(project: Path, limit: int, *options: str) -> subprocess.CompletedProcess[bytes]:
    """A check that may write files of `limit` bytes at most, which fails as on a full disk."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "cachelint", "check", "--project", str(project), "--jobs", "1", *options]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, preexec_fn=limited)


@pytest.mark.parametrize("limit", [0, 100, 4_000])
def test_a_full_disk_costs_the_store_only(project, limit):
    plain = run_limited(project, resource.RLIM_INFINITY, "--format", "json", "--no-cache")
    done = run_limited(project, limit, "--format", "json")
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert timeless(done.stdout) == timeless(plain.stdout)
    store = project / STORE
    assert not (list(store.glob("*.part")) if store.exists() else [])
    again = run_limited(project, resource.RLIM_INFINITY, "--format", "json")
    assert timeless(again.stdout) == timeless(plain.stdout)


@pytest.mark.parametrize("option", ["-o", "--baseline"])
def test_a_full_disk_leaves_the_old_report(project, option):
    target = project / "old"
    target.write_text('{"version": 1, "findings": []}\n')
    more = ["--write-baseline"] if option == "--baseline" else ["--format", "json"]
    done = run_limited(project, 10, option, str(target), *more, "--no-cache")
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
    assert b"cannot be written" in done.stderr
    assert target.read_text() == '{"version": 1, "findings": []}\n'
    assert sorted(path.name for path in project.iterdir()) == ["old", "pyproject.toml", "route.py"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_behind_stdout_is_no_traceback(project):
    command = [sys.executable, "-m", "cachelint", "check", "--project", str(project), "--no-cache"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)


def test_a_reader_that_goes_away_is_no_traceback(project):
    for number in range(40):
        (project / f"route{number}.py").write_text(ROUTE)
    command = f"'{sys.executable}' -m cachelint check --project '{project}' --no-cache | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


# ---------------------------------------------------------------------------------------------------- moments


def slow_project(project: Path, files: int = 50) -> Path:
    for number in range(files):
        (project / f"m{number}.py").write_text(ROUTE + f"\nX = {number}\n" * 100)
    return project


def is_gone(group: int) -> bool:
    """Whether no process of a group is left, within some seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("pause", [0.3, 0.8, 1.4])
def test_an_interrupt_ends_cleanly(project, pause):
    """As from the keyboard, to the whole group: no part of a report, no worker left over, exit code 130 or the like."""
    slow_project(project)
    target = project / "report.json"
    target.write_text("old")
    command = [sys.executable, "-m", "cachelint", "check", "--project", str(project), "--jobs", "2"]
    process = subprocess.Popen(
        [*command, "--format", "json", "-o", str(target)], stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(pause)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert b"Traceback" not in said, said.decode()
    assert process.returncode in (130, -signal.SIGINT, 1), "1 where the run was over before"
    content = target.read_text()
    assert content == "old" or json.loads(content)["version"] == 1
    assert not list(project.glob(".*.part"))
    assert is_gone(process.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only forked processes keep their parent's pipes")
@pytest.mark.parametrize("pause", [0.5, 1.0])
def test_who_reads_for_a_run_that_was_killed_ends_with_it(project, pause):
    slow_project(project, 150)
    command = [sys.executable, "-m", "cachelint", "check", "--project", str(project), "--jobs", "2", "--no-cache"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(pause)
    process.kill()
    process.wait(60)
    assert is_gone(process.pid)


def test_a_process_that_dies_takes_its_file_only(project):
    slow_project(project)
    (project / "die.py").write_text("die = 1\n")
    code = (
        "import os, sys, cachelint.facts.single as g\n"
        "real = g.extract\n"
        "g.extract = lambda data: os._exit(9) if data.startswith(b'die') else real(data)\n"
        "from cachelint.cli import main\nmain(sys.argv[1:])"
    )
    arguments = ["check", "--project", str(project), "--jobs", "2", "--format", "json", "--no-cache"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, timeout=120, check=False)
    document = json.loads(done.stdout)
    assert [error["path"] for error in document["errors"]] == ["die.py"]
    assert len({finding["path"] for finding in document["findings"]}) == 51


def test_kills_while_the_store_is_written_never_change_a_report(project):
    """Whole runs, killed at random: `make hard` does 200, the ordinary tests a few."""
    chance = random.Random(5)
    shop = Path(__file__).parent.parent / "examples" / "shop"
    shutil.copytree(shop, project / "shop", ignore=shutil.ignore_patterns(STORE))
    command = [sys.executable, "-m", "cachelint", "check", "--project", str(project), "--format", "json"]
    plain = timeless(subprocess.run([*command, "--no-cache"], capture_output=True, check=False).stdout)
    started = time.monotonic()
    subprocess.run(command, capture_output=True, check=False)
    whole = time.monotonic() - started
    for number in range(200 if HARD else 4):
        (project / "route.py").write_text(ROUTE + f"# {number}\n")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0.5, 1.1) * whole)
        process.kill()
        assert b"Traceback" not in process.communicate()[1]
        if number % 20 == 0:
            assert timeless(subprocess.run(command, capture_output=True, check=False).stdout) == plain
    assert timeless(subprocess.run(command, capture_output=True, check=False).stdout) == plain


def test_runs_at_the_same_time_share_one_store(project):
    for number in range(20):
        (project / f"m{number}.py").write_text(ROUTE + f"X = {number}\n")
    command = [sys.executable, "-m", "cachelint", "check", "--project", str(project), "--format", "json", "--jobs", "1"]
    plain = timeless(subprocess.run([*command, "--no-cache"], capture_output=True, check=False).stdout)
    for _ in range(10 if HARD else 1):
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(8)]
        outcomes = [process.communicate(timeout=300) for process in running]
        assert {timeless(out) for out, _ in outcomes} == {plain}
        assert {err for _, err in outcomes} == {b""}
        for pack in list((project / STORE).glob("*.pack"))[::2]:
            pack.unlink()


def test_the_settings_of_the_time_limit_are_put_back(project):
    before = signal.getsignal(signal.SIGPROF)
    single.gather_one(single.Request("a.py", "", b"x = 1\n"), single.Limits(100, 5))
    run(Task(project=project, config=Config(), jobs=1))
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
