"""Hostile projects: no traceback, no hang, no memory without end, and what stands beside them is found all the same.

The ordinary run takes a small part of each. `make hard` (CACHELINT_HARD=1) takes them whole, each in a process of its
own, and prints seconds of processor time and megabytes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile import PROJECTS, ROUTE

from cachelint.check import run
from cachelint.config import Config
from cachelint.task import Task

HARD = bool(os.environ.get("CACHELINT_HARD"))
SMALL = 0.02
SECONDS, MEGABYTES = 60, 2048


def written(folder: Path, name: str, size: float) -> Path:
    (folder / "pyproject.toml").write_text("")
    for path, content in {**PROJECTS[name](size), "beside.py": ROUTE}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", PROJECTS)
def test_a_small_part_of_it_crashes_nothing(tmp_path, name):
    project = written(tmp_path, name, SMALL)
    report = run(Task(project=project, config=Config(persona="auditor"), jobs=1)).report
    assert [error for error in report.errors if "internal" in error.message] == []
    assert ("beside.py", "raw-input-in-key") in {(f.at.path, f.rule) for f in report.findings}


@pytest.mark.skipif(not HARD, reason="set CACHELINT_HARD=1")
@pytest.mark.skipif(sys.platform != "linux", reason="measures memory in kilobytes")
@pytest.mark.parametrize("name", PROJECTS)
def test_all_of_it_stays_within_time_and_memory(tmp_path, name, capsys):
    import resource

    project = written(tmp_path, name, 1.0)
    command = [sys.executable, "-m", "cachelint", "check", "--project", str(project), "--format", "json", "--jobs", "1"]
    limits = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS))}
    with open(tmp_path / "out", "wb") as out, open(tmp_path / "err", "wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, **limits)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    with capsys.disabled():
        print(f"\n{name:<26}{seconds:6.1f} s {megabytes:6.0f} MB", end=" ")
    assert process.returncode in (0, 1, 2)
    assert b"Traceback" not in (tmp_path / "err").read_bytes()
    document = json.loads((tmp_path / "out").read_bytes())
    assert [error for error in document["errors"] if "internal" in error["message"]] == []
    assert ("beside.py", "raw-input-in-key") in {(f["path"], f["rule"]) for f in document["findings"]}
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
