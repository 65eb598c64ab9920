"""Files that test parsers: the interpreter's own test suite and libcst's fixtures.

Facts or a listed error for each, and no traceback from any stage. The ordinary run takes every eightieth; `make hard`
(CACHELINT_HARD=1) takes all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import libcst
import pytest

from cachelint.check import run
from cachelint.config import Config
from cachelint.facts import FactsError, decode, encode, extract, may_matter
from cachelint.facts.model import FileFacts
from cachelint.task import Task

HARD = bool(os.environ.get("CACHELINT_HARD"))
LIBRARY = Path(sysconfig.get_paths()["stdlib"])


def suite() -> list[Path]:
    """Python's tests where they are installed, else what there is of its library; the most exotic grammar first."""
    folders = [LIBRARY / "test", LIBRARY / "lib2to3", LIBRARY]
    found = dict.fromkeys(path for folder in folders for path in sorted(folder.rglob("*.py")))
    kept = [path for path in found if "site-packages" not in path.parts and path.stat().st_size < 1_000_000]
    return kept[:1500] if HARD else kept[::80]


def extracted(data: bytes) -> FileFacts | FactsError:
    try:
        return extract(data)
    except FactsError as error:
        return error


def outcome(path: Path) -> str:
    """How it ended: facts, an error, or nothing worth reading."""
    data = path.read_bytes()
    if not may_matter(data):
        return "left out"
    facts = extracted(data)
    if isinstance(facts, FactsError):
        assert facts.message, path
        assert min(facts.line, facts.column) >= 1, path
        return "error"
    assert decode(encode(facts)) == facts, path
    return "facts"


def test_each_file_of_the_test_suite_gives_facts_or_an_error(capsys):
    paths = suite()
    outcomes = [outcome(path) for path in paths]
    with capsys.disabled():
        print(
            f"\n{len(paths)} files of Python's library and tests:", {o: outcomes.count(o) for o in sorted({*outcomes})}
        )
    assert outcomes.count("facts") > len(paths) * 0.8


def test_the_test_suite_goes_through_every_stage(tmp_path):
    for number, path in enumerate(suite()):
        (tmp_path / f"m{number}_{path.name}").write_bytes(path.read_bytes())
    checked(tmp_path)


def checked(project: Path) -> None:
    report = run(Task(project=project, config=Config(exclude=(), persona="auditor"))).report
    assert [error for error in report.errors if "internal" in error.message or not error.path] == []
    assert report.summary.analysed > 0


@pytest.mark.skipif(not HARD, reason="set CACHELINT_HARD=1: fetches the source distribution of libcst")
def test_the_fixtures_of_the_parser(tmp_path, capsys):
    version = libcst.LIBCST_VERSION
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--no-binary",
        "libcst",
        f"libcst=={version}",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=600)
    (archive,) = tmp_path.glob("libcst-*.tar.gz")
    with tarfile.open(archive) as content:
        content.extractall(tmp_path / "sources", filter="data")
    paths = sorted((tmp_path / "sources").rglob("*.py"))
    outcomes = [outcome(path) for path in paths]
    with capsys.disabled():
        print(f"\n{len(paths)} files of libcst's sources:", {o: outcomes.count(o) for o in sorted({*outcomes})})
    assert len([path for path in paths if "fixtures" in path.parts]) > 20
    checked(tmp_path / "sources")
