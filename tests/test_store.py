"""The store: what is put is found again, and nothing that happens to its files is ever taken for an answer."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelint import store as store_module
from cachelint.store import DAY, FOLDER, KEEP_DAYS, MANY_PACKS, Store, key_of, open_store


def saved(folder: Path, **values: bytes) -> None:
    store = Store(folder)
    for name, value in values.items():
        store.put(key_of(name.encode()), value)
    store.save()


def packs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pack"))


def test_a_later_run_finds_what_an_earlier_one_put(tmp_path):
    saved(tmp_path / "s", a=b"one", b=b"")
    saved(tmp_path / "s", c=b"three")
    store = Store(tmp_path / "s")
    assert [store.get(key_of(name)) for name in (b"a", b"b", b"c", b"d")] == [b"one", b"", b"three", None]
    assert store.size().entries == 3


def test_nothing_is_created_before_there_is_something_to_keep(tmp_path):
    store = open_store(tmp_path, {})
    assert store.get(key_of(b"a")) is None
    store.save()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_keeps_itself_out_of_git_and_backups(tmp_path):
    saved(tmp_path / "s", a=b"one")
    assert (tmp_path / "s" / ".gitignore").read_text() == "*\n"
    assert (tmp_path / "s" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_keys_of_different_parts_differ():
    assert key_of(b"ab", b"c") != key_of(b"a", b"bc") != key_of(b"abc")


def test_a_run_that_adds_nothing_writes_nothing(tmp_path):
    saved(tmp_path / "s", a=b"one")
    before = packs(tmp_path / "s")
    store = Store(tmp_path / "s")
    store.get(key_of(b"a"))
    store.save()
    assert packs(tmp_path / "s") == before


@given(st.data())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_damaged_pack_gives_misses_and_never_another_value(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("store")
    values = {f"k{i}": bytes([i]) * (i * 7) for i in range(12)}
    saved(folder, **values)
    (pack,) = packs(folder)
    whole = pack.read_bytes()
    kind = data.draw(st.sampled_from(["cut", "flip", "foreign", "zeros"]))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = {
        "cut": whole[:at],
        "flip": whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :],
        "foreign": data.draw(st.binary(max_size=200)),
        "zeros": whole[:at] + bytes(len(whole) - at),
    }[kind]
    pack.write_bytes(damaged)
    store = Store(folder)
    for name, value in values.items():
        assert store.get(key_of(name.encode())) in (value, None)
    store.put(key_of(b"new"), b"value")
    store.save()
    assert Store(folder).get(key_of(b"new")) == b"value"


def test_a_whole_value_written_again_wins_over_the_damaged_one(tmp_path):
    saved(tmp_path, a=b"first value")
    (pack,) = packs(tmp_path)
    pack.write_bytes(pack.read_bytes().replace(b"first", b"thirs"))
    assert Store(tmp_path).get(key_of(b"a")) is None
    saved(tmp_path, a=b"first value")
    assert Store(tmp_path).get(key_of(b"a")) == b"first value"


def test_many_packs_become_one_and_nothing_is_lost(tmp_path):
    for i in range(MANY_PACKS + 2):
        saved(tmp_path, **{f"k{i}": b"x" * i})
    assert len(packs(tmp_path)) <= 2
    store = Store(tmp_path)
    assert [store.get(key_of(f"k{i}".encode())) for i in range(MANY_PACKS + 2)] == [b"x" * i for i in range(10)]


def test_what_nobody_asked_for_in_a_long_time_is_dropped(tmp_path, monkeypatch):
    saved(tmp_path, old=b"old", used=b"used")
    now = time.time()
    monkeypatch.setattr(store_module.time, "time", lambda: now + (KEEP_DAYS + 2) * DAY)
    store = Store(tmp_path)
    store.get(key_of(b"used"))
    store.put(key_of(b"new"), b"new")
    store.save()
    later = Store(tmp_path)
    assert [later.get(key_of(name)) for name in (b"old", b"used", b"new")] == [None, b"used", b"new"]
    assert len(packs(tmp_path)) == 1


def test_the_store_stays_within_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "MAX_BYTES", 20_000)
    for i in range(60):
        saved(tmp_path, **{f"k{i}": os.urandom(1000)})
    assert Store(tmp_path).size().bytes < 22_000


def test_a_value_in_use_is_kept_although_the_store_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "MAX_BYTES", 1_000)
    saved(tmp_path, needed=b"n" * 5_000)
    store = Store(tmp_path)
    assert store.get(key_of(b"needed"))
    store.put(key_of(b"more"), b"m" * 7_000)
    store.save()
    store = Store(tmp_path)
    assert store.get(key_of(b"needed")) == b"n" * 5_000


def test_a_read_only_project_is_stored_elsewhere_or_not_at_all(tmp_path, monkeypatch):
    project, elsewhere = tmp_path / "project", tmp_path / "cache"
    project.mkdir()
    refused = {str(project), str(project / FOLDER)}
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) not in refused and real(path, mode))
    there = open_store(project, {"XDG_CACHE_HOME": str(elsewhere)})
    assert there.folder.is_relative_to(elsewhere)
    there.put(key_of(b"a"), b"one")
    there.save()
    assert open_store(project, {"XDG_CACHE_HOME": str(elsewhere)}).get(key_of(b"a")) == b"one"
    nowhere = open_store(project, {})
    nowhere.put(key_of(b"a"), b"one")
    nowhere.save()
    assert list(project.iterdir()) == []


@pytest.mark.parametrize("obstacle", ["file", "dangling link", "folder named as a pack"])
def test_obstacles_in_the_way_cost_time_only(tmp_path, obstacle):
    folder = tmp_path / FOLDER
    if obstacle == "file":
        folder.write_text("mine")
    elif obstacle == "dangling link":
        folder.symlink_to(tmp_path / "nowhere")
    else:
        (folder / "x.pack").mkdir(parents=True)
    store = open_store(tmp_path, {})
    assert store.get(key_of(b"a")) is None
    store.put(key_of(b"a"), b"one")
    store.save()
    assert store.get(key_of(b"a")) == b"one"
    assert obstacle != "file" or folder.read_text() == "mine"


def test_a_full_disk_leaves_no_half_pack(tmp_path, monkeypatch):
    saved(tmp_path, a=b"one")

    def full(stream, values):
        stream.write(b"half of")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module, "_write", full)
    saved(tmp_path, b=b"two")
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix] == [".pack", ".TAG"] or len(packs(tmp_path)) == 1
    assert not list(tmp_path.glob("*.part"))
    assert Store(tmp_path).get(key_of(b"a")) == b"one"


def test_clear_removes_what_the_store_wrote_and_nothing_else(tmp_path):
    folder = tmp_path / FOLDER
    saved(folder, a=b"one")
    (folder / "precious.txt").write_text("mine")
    Store(folder).clear()
    assert [path.name for path in folder.iterdir()] == ["precious.txt"]
    (folder / "precious.txt").unlink()
    saved(folder, a=b"one")
    Store(folder).clear()
    assert not folder.exists()


WRITER = """
    import os, sys, pathlib
    from cachelint.store import Store, key_of
    number = 0
    while True:
        store = Store(pathlib.Path(sys.argv[1]))
        for name in range(40):
            value = store.get(key_of(b"%d" % name))
            assert value is None or value == b"%d" % name * 500, "wrong value"
        for _ in range(5):
            number += 1
            name = int.from_bytes(os.urandom(2), "little") % 40
            store.put(key_of(b"%d" % name), b"%d" % name * 500)
        store.save()
        print(number, flush=True)
"""


def start_writer(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def kill_at_random_moments(folder: Path, kills: int, writers: int) -> None:
    chance = random.Random(7)
    running = [start_writer(folder) for _ in range(writers)]
    time.sleep(0.3)
    for _ in range(kills):
        time.sleep(chance.uniform(0, 0.02))
        victim = running.pop(chance.randrange(len(running)))
        victim.send_signal(signal.SIGKILL)
        _, complaints = victim.communicate()
        assert complaints == b""
        running.append(start_writer(folder))
    for victim in running:
        victim.kill()
        assert victim.communicate()[1] == b""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_killed_writers_leave_no_wrong_value(tmp_path):
    kill_at_random_moments(tmp_path, kills=8, writers=3)
    store = Store(tmp_path)
    for name in range(40):
        assert store.get(key_of(b"%d" % name)) in (b"%d" % name * 500, None)
    assert store.size().bytes < 3_000_000


def test_a_large_pack_stays_when_many_small_ones_are_merged(tmp_path):
    folder = tmp_path / "s"
    saved(folder, large=b"x" * 50_000, changing=b"0")
    (large,) = packs(folder)
    for number in range(MANY_PACKS + 1):
        saved(folder, **{f"small{number}": b"y" * 100, "changing": b"%d" % number})
    assert large in packs(folder)
    assert len(packs(folder)) <= 3
    store = Store(folder)
    assert store.get(key_of(b"large")) == b"x" * 50_000
    assert [store.get(key_of(b"small%d" % number)) for number in range(MANY_PACKS)] == [b"y" * 100] * MANY_PACKS
    assert store.get(key_of(b"changing")) == b"%d" % MANY_PACKS
