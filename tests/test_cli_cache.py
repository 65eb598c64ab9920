"""The store as people meet it: `--no-cache`, `cache info`, `cache clear`, and reports that do not depend on it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

import cachelint.concluding
from cachelint import conclusions
from cachelint.check import run
from cachelint.config import load
from cachelint.rules import SPELLINGS
from cachelint.store import Store
from cachelint.task import Task

SHOP = Path(__file__).parent.parent / "examples" / "shop"
STORE = ".cachelint_cache"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(STORE))
    (folder / "broken.py").write_text("def f(:\n")
    return folder


def cachelint_(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cachelint", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def report(folder: Path, *options: str) -> str:
    result = cachelint_("check", "--project", str(folder), "--format", "json", *options)
    assert "Traceback" not in result.stderr
    return re.sub(r'"seconds": ?[0-9.]+', '"seconds": 0', result.stdout)


def test_reports_are_equal_with_a_cold_a_warm_and_no_store(shop):
    without = report(shop, "--no-cache")
    assert not (shop / STORE).exists()
    cold, warm = report(shop), report(shop)
    assert (shop / STORE).exists()
    assert without == cold == warm
    assert any(error["path"] == "broken.py" for error in json.loads(without)["errors"])


def test_a_changed_file_is_seen_and_a_changed_back_one_too(shop):
    before = report(shop)
    keys = shop / "shop" / "keys.py"
    original = keys.read_text()
    keys.write_text("def nothing():\n    pass\n")
    changed = report(shop)
    assert changed == report(shop, "--no-cache") != before
    keys.write_text(original)
    assert report(shop) == before


def test_damage_to_the_store_changes_nothing(shop):
    before = report(shop)
    for pack in (shop / STORE).glob("*.pack"):
        data = bytearray(pack.read_bytes())
        data[len(data) // 3] ^= 255
        pack.write_bytes(data)
    assert report(shop) == before


def loaded(shop):
    """The modules that a run has loaded in its own process."""
    code = "import sys\nfrom cachelint.cli import main\ntry: main(sys.argv[1:])\nfinally: print('\\n', *sys.modules)"
    arguments = ["check", "--project", str(shop), "--fail-on", "never", "--quiet"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, timeout=60)
    return set(done.stdout.decode().splitlines()[-1].split())


def test_a_warm_run_loads_neither_libcst_nor_what_links(shop):
    (shop / "broken.py").unlink()
    assert "cachelint.program" in loaded(shop)
    assert not {"libcst", "cachelint.program"} & loaded(shop)


@pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="needs a second processor")
def test_a_changed_file_is_read_in_a_process_of_its_own(shop):
    (shop / "broken.py").unlink()
    report(shop)
    (shop / "more.py").write_text("import redis\n")
    assert "libcst" not in loaded(shop)


def test_info_and_clear(shop):
    report(shop)
    said = cachelint_("cache", "info", "--project", str(shop)).stdout
    assert STORE in said
    assert re.search(r"entries  \d+ in 1 packs", said)
    assert "removed" in cachelint_("cache", "clear", "--project", str(shop)).stdout
    assert not (shop / STORE).exists()
    assert cachelint_("cache", "clear", "--project", str(shop)).stdout == ""


def test_an_unchanged_project_is_not_linked_again(shop, monkeypatch):
    project = Task(project=shop, config=load(shop, SPELLINGS), use_store=True)
    first = run(project)
    monkeypatch.setattr(cachelint.concluding, "link", lambda *arguments: pytest.fail("linked again"))
    filtered = structs.replace(project.config, persona="auditor", min_severity="error", time_budget=1.0)
    assert run(project).report.findings == first.report.findings
    assert run(project).statistics == first.statistics
    assert 0 < len(run(structs.replace(project, config=filtered)).report.findings) < len(first.report.findings)


def test_whatever_findings_depend_on_is_part_of_the_key(shop):
    task = Task(project=shop, config=load(shop, SPELLINGS), use_store=True)
    run(task)
    policy = structs.replace(task.config.policy, never=("visits",))
    kept = {
        "config": structs.replace(task, config=structs.replace(task.config, policy=policy)),
        "rules": structs.replace(task, config=structs.replace(task.config, ignore=("uncached-query",))),
        "a file": structs.replace(task, replaced={"shop/keys.py": b"def page(*parts): return 'x'\n"}),
        "no file": structs.replace(task, replaced={"shop/keys.py": None}),
        "a broken file": structs.replace(task, replaced={"shop/keys.py": b"def f(:\n"}),
        "another module name": structs.replace(task, config=structs.replace(task.config, src=("shop",))),
    }
    for what, changed in kept.items():
        with_store, without = run(changed), run(structs.replace(changed, use_store=False))
        assert with_store.report.findings == without.report.findings, what
        assert with_store.report.errors == without.report.errors, what
        assert what in ("another module name",) or with_store.report.findings != run(task).report.findings, what


def test_conclusions_that_cannot_be_read_are_drawn_again(shop, monkeypatch):
    before = report(shop)
    store = Store(shop / STORE)
    task = Task(project=shop, config=load(shop, SPELLINGS), use_store=True)
    keys = []
    real = conclusions.key_for
    monkeypatch.setattr(conclusions, "key_for", lambda *given: keys.append(real(*given)) or keys[-1])
    run(task)
    store.put(keys[0], b"nonsense")
    store.save()
    assert report(shop) == before


def test_a_crash_is_not_kept(shop, monkeypatch):
    task = Task(project=shop, config=load(shop, SPELLINGS), use_store=True)
    with monkeypatch.context() as patched:
        patched.setattr(cachelint.concluding, "link", lambda *arguments: 1 / 0)
        assert run(task).report.errors
    assert not [error for error in run(task).report.errors if "internal" in error.message]
