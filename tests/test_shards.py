"""Parts of a project read by many jobs: the same report, whatever is missing, damaged, old or somebody else's."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelint.cli.app import app
from cachelint.facts import gather, processes, shards, single

SHOP = Path(__file__).parent.parent / "examples" / "shop"
STORE = ".cachelint_cache"
JSON = ("--format", "json")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(STORE))
    (folder / "broken.py").write_text("def f(:\n")
    (folder / "large.py").write_text('TEXT = """' + "x = 1\n" * 200_000 + '"""\n')
    return folder


def cachelint_(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def timeless(document: str) -> str:
    return re.sub(r'"seconds": ?[0-9.]+', '"seconds": 0', document)


def check(project: Path, *arguments: str | Path) -> str:
    return timeless(cachelint_("check", "--project", project, *JSON, *arguments).stdout)


def parts(project: Path, total: int, *options: str) -> list[Path]:
    """The files that `total` jobs write."""
    paths = [project.parent / f"{number}.facts" for number in range(1, total + 1)]
    for number, path in enumerate(paths, 1):
        command = ["facts", "--project", project, "--no-cache", *options]
        assert cachelint_(*command, "--shard", f"{number}/{total}", "-o", path).exit_code == 0
    return paths


def extracted(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The contents that are parsed from now on."""
    seen: list[bytes] = []
    real = single.extract
    monkeypatch.setattr(single, "extract", lambda data: seen.append(data) or real(data))
    return seen


def with_facts(project: Path, files: Sequence[Path], *arguments: str) -> Result:
    return cachelint_("check", "--project", project, "--no-cache", "--jobs", "1", *JSON, *arguments, "--facts", *files)


@pytest.mark.parametrize("jobs", ["1", "4"])
def test_reports_are_equal_bytes_however_they_are_made(shop, monkeypatch, jobs):
    plain = check(shop, "--no-cache", "--jobs", "1")
    monkeypatch.setattr(gather, "WORTH_A_POOL", 2)
    monkeypatch.setattr(processes, "FILES_PER_TASK", 2)
    assert {error["path"] for error in json.loads(plain)["errors"]} == {"broken.py", "large.py"}
    assert check(shop, "--no-cache", "--jobs", jobs) == plain
    files = parts(shop, 3, "--jobs", jobs)
    assert check(shop, "--no-cache", "--jobs", jobs, "--facts", *files) == plain
    assert check(shop, "--jobs", jobs, "--facts", *reversed(files)) == plain
    assert check(shop, "--jobs", jobs) == plain
    shutil.rmtree(shop / STORE)
    assert check(shop, "--jobs", jobs) == plain == check(shop, "--jobs", jobs)


def test_large_files_are_read_first_and_the_last_tasks_are_short():
    sizes = [50, 900, 10, 20, *[1] * 40, 300]
    order, tasks = processes._shared_out(sizes, 2)
    assert order[:3] == [1, 44, 0]
    assert sorted(order) == list(range(len(sizes)))
    assert [i for task in tasks for i in task] == order
    assert tasks[0] == [1]
    assert max(map(len, tasks)) <= processes.FILES_PER_TASK
    assert max(sum(sizes[i] for i in task) for task in tasks[2:]) <= sum(sizes) // 16
    assert processes._shared_out([0] * 40, 2)[0] == list(range(40))


def test_nothing_that_a_shard_has_is_read_again(shop, monkeypatch):
    files = parts(shop, 3)
    seen = extracted(monkeypatch)
    result = with_facts(shop, files)
    assert seen == []
    assert "--facts" not in result.stderr
    check(shop, "--facts", *files)
    assert (seen, check(shop)) == ([], timeless(result.stdout)), "what the parts had is in the store as well"


def test_every_file_is_in_one_part_and_the_parts_are_of_a_size():
    items = [(size, f"{size}.py", size) for size in range(100)]
    found = [shards.part(items, number, 4) for number in range(1, 5)]
    assert sorted(item for part in found for item in part) == list(range(100))
    assert max(map(sum, found)) - min(map(sum, found)) < 100
    assert shards.part(items[::-1], 2, 4) == found[1]
    assert shards.part(items[:1], 2, 2) == []


BAD = {
    "foreign": (lambda data: b"PK\x03\x04 something else", "is no file of facts"),
    "empty": (lambda data: b"", "is no file of facts"),
    "cut": (lambda data: data[: len(data) // 2], "is damaged or not whole"),
    "flipped": (lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:], "is damaged or not whole"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_shard_is_named_and_its_files_are_read(shop, monkeypatch, kind):
    plain = check(shop, "--no-cache")
    files = parts(shop, 3)
    damage, said = BAD[kind]
    files[1].write_bytes(damage(files[1].read_bytes()))
    seen = extracted(monkeypatch)
    result = with_facts(shop, files)
    assert timeless(result.stdout) == plain
    assert f"{files[1]} {said}" in result.stderr
    assert "not given: 2/3" in result.stderr
    assert f"{len(seen)} of " in result.stderr


def test_a_part_that_is_missing_is_named_and_its_files_are_read(shop):
    files = parts(shop, 3)
    result = with_facts(shop, files[:1])
    assert "not given: 2/3, 3/3" in result.stderr
    assert timeless(result.stdout) == check(shop, "--no-cache")


def test_a_part_of_another_version_is_named_and_not_used(shop, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(shards, "extractor_version", lambda: b"old")
        files = parts(shop, 1)
    result = with_facts(shop, files)
    assert "was made by another version of cachelint, libcst or Python" in result.stderr
    assert timeless(result.stdout) == check(shop, "--no-cache")


def test_a_part_of_another_project_is_named(shop, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.py").write_text("import redis\nredis.Redis().get('other')\n")
    mine = parts(shop, 1)[0].rename(tmp_path / "mine.facts")
    files = [*parts(other, 1), mine]
    assert f"{files[0]} holds the facts of no file of this project" in with_facts(shop, files).stderr


def test_a_file_changed_since_is_read_again(shop):
    files = parts(shop, 2)
    (shop / "shop" / "keys.py").write_text("def nothing():\n    return 1\n")
    result = with_facts(shop, files)
    assert "--facts: 1 of" in result.stderr
    assert timeless(result.stdout) == check(shop, "--no-cache")


def test_what_depends_on_more_than_content_is_in_no_part(shop):
    files = parts(shop, 1)
    (shop / "cachelint.toml").write_text("max-file-size = 2000000\n")
    document = json.loads(with_facts(shop, files).stdout)
    assert [error["path"] for error in document["errors"]] == ["broken.py"]


@pytest.mark.parametrize("wish", ["0/3", "4/3", "1/0", "x", "1", "1/2/3", "-1/2", ""])
def test_a_part_that_cannot_be_is_wrong_usage(shop, wish):
    result = cachelint_("facts", "--project", shop, "--shard", wish, "-o", shop / "x")
    assert (result.exit_code, "give I/N" in result.stderr, (shop / "x").exists()) == (2, True, False)


def test_wrong_usage_of_facts(shop):
    missing = with_facts(shop, [shop / "nowhere.facts"])
    assert (missing.exit_code, "nowhere.facts: No such file" in missing.stderr) == (2, True)
    assert "requires an argument" in with_facts(shop, []).stderr
    nowhere = cachelint_("facts", "--project", shop, "-o", shop / "no" / "folder")
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (2, True)


def test_a_file_that_cannot_be_analysed_is_said_by_the_job_too(shop):
    result = cachelint_("facts", "--project", shop, "-o", shop.parent / "all.facts")
    assert "broken.py:1: cannot parse" in result.stderr
    assert "large.py:1: larger than" in result.stderr


def test_options_and_paths_around_the_files(shop):
    files = parts(shop, 2)
    few = cachelint_("check", "--project", shop, shop / "shop", *JSON, "--facts", *files, "--no-cache", "-q")
    same = cachelint_("check", "--facts", *files, "--no-cache", "-q", "--project", shop, *JSON, "--", shop / "shop")
    again = cachelint_(
        "check", f"--facts={files[0]}", "--no-cache", "--project", shop, *JSON, shop / "shop", "--facts", files[1]
    )
    assert timeless(few.stdout) == timeless(same.stdout) == timeless(again.stdout)
    assert json.loads(few.stdout)["summary"]["files"] > len(list((shop / "shop").rglob("*.py")))


@given(st.data())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_damage_is_a_shard_error(data):
    facts = single.gather_one(single.Request("a.py", "", b"import redis\nx = redis.Redis()\n"), single.Limits(100, 9))
    whole = shards.written([facts], 1, 1)
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from([whole[:at], whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :], whole + whole[:at], b"x"])
    )
    if damaged != whole:
        with pytest.raises(shards.ShardError):
            shards.read(damaged)


@pytest.mark.parametrize("body", [b"", b"\x01", msgspec.msgpack.encode([1, 2, 3, 4]), b"\x91" * 5000])
def test_a_whole_file_of_something_else_is_a_shard_error(body):
    with pytest.raises(shards.ShardError):
        shards.read(shards.MAGIC + shards._checksum(body) + body)


def test_entries_that_are_no_facts_are_extracted_after_all(shop):
    (shop / "broken.py").unlink()
    (path,) = parts(shop, 1)
    shard = shards.read(path.read_bytes())
    spoiled = msgspec.structs.replace(shard, entries=dict.fromkeys(shard.entries, b"F nonsense"))
    body = msgspec.msgpack.encode(spoiled)
    path.write_bytes(shards.MAGIC + shards._checksum(body) + body)
    assert timeless(with_facts(shop, [path]).stdout) == check(shop, "--no-cache")
