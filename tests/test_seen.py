"""Files that nobody has touched are not read again, and whatever was done to a file is seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cachelint.facts import known, seen, single
from cachelint.facts.gather import gather
from cachelint.facts.single import Gathered, Limits, Request
from cachelint.store import Store

LIMITS = Limits(10_000, 10.0)
ONE, OTHER = "value = 1\n", "value = 2\n"


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as left alone at once."""
    monkeypatch.setattr(seen, "SETTLED", -(10**12))


def requests(folder: Path) -> list[Request]:
    return [Request(path.name, str(path)) for path in sorted(folder.glob("*.py"))]


def gathered(folder: Path, limits: Limits = LIMITS) -> list[Gathered]:
    store = Store(folder / "store")
    results = gather(requests(folder), limits, 1, store=store)
    store.save()
    return results


def told(results: list[Gathered]) -> list[object]:
    return [(each.encoded, each.error, each.key) for each in results]


def afresh(folder: Path, limits: Limits = LIMITS) -> list[object]:
    return told(gather(requests(folder), limits, 1))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text(ONE)
    (tmp_path / "b.py").write_text("import os\n")
    (tmp_path / "c.py").write_text("# nothing\n")
    (tmp_path / "d.py").write_text("this is no Python\n")
    return tmp_path


def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    names: list[str] = []
    original = single.opened

    def read(request: Request, limits: Limits) -> tuple[bytes, os.stat_result]:
        names.append(request.path)
        return original(request, limits)

    for module in (known, single):
        monkeypatch.setattr(module, "opened", read)
    return names


@pytest.mark.usefixtures("settled")
def test_what_nobody_touched_is_not_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = afresh(project)
    assert told(gathered(project)) == expected
    names = read_files(monkeypatch)
    assert told(gathered(project)) == expected
    assert names == ["d.py"]


def test_what_was_written_just_now_is_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered(project)
    names = read_files(monkeypatch)
    gathered(project)
    assert names == ["a.py", "b.py", "c.py", "d.py"]


@pytest.mark.usefixtures("settled")
def test_a_content_of_the_same_size_and_time_is_seen(project: Path) -> None:
    gathered(project)
    path = project / "a.py"
    before = path.stat()
    path.write_text(OTHER)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert told(gathered(project)) == afresh(project)


@pytest.mark.usefixtures("settled")
def test_a_file_put_in_its_place_is_seen(project: Path) -> None:
    gathered(project)
    path, other = project / "a.py", project / "other"
    other.write_text(OTHER)
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    os.replace(other, path)
    assert told(gathered(project)) == afresh(project)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("how", ["remove", "folder", "link", "empty", "forbid"])
def test_what_becomes_of_a_file_is_seen(project: Path, how: str) -> None:
    if how == "forbid" and os.geteuid() == 0:
        pytest.skip("root reads everything")
    gathered(project)
    path = project / "a.py"
    named = requests(project)
    if how == "forbid":
        path.chmod(0)
    else:
        path.unlink()
    if how == "folder":
        path.mkdir()
    elif how == "link":
        path.symlink_to(project / "b.py")
    elif how == "empty":
        path.write_bytes(b"")
    store = Store(project / "store")
    assert told(gather(named, LIMITS, 1, store=store)) == told(gather(named, LIMITS, 1))


@pytest.mark.usefixtures("settled")
def test_a_lower_limit_is_heeded(project: Path) -> None:
    gathered(project)
    small = Limits(9, 10.0)
    assert told(gathered(project, small)) == afresh(project, small)


@pytest.mark.usefixtures("settled")
def test_facts_that_are_damaged_in_the_store_are_made_again(project: Path) -> None:
    gathered(project)
    gathered(project)
    for pack in (project / "store").glob("*.pack"):
        data = pack.read_bytes()
        # The values lie at the beginning of a pack, its index at the end.
        pack.write_bytes(data[:20] + bytes(byte ^ 255 for byte in data[20:60]) + data[60:])
    assert told(gathered(project)) == afresh(project)


@pytest.mark.usefixtures("settled")
@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed")
def test_facts_are_there_though_another_run_removes_the_pack(project: Path) -> None:
    gathered(project)
    store = Store(project / "store")
    results = gather(requests(project), LIMITS, 1, store=store)
    for pack in (project / "store").glob("*.pack"):
        pack.unlink()
    assert told(results) == afresh(project)


@pytest.mark.usefixtures("settled")
def test_facts_of_a_file_that_changes_meanwhile_are_no_facts_of_it(project: Path) -> None:
    gathered(project)
    store = Store(project / "store")
    results = gather(requests(project), LIMITS, 1, store=store)
    store.close()
    for pack in (project / "store").glob("*.pack"):
        pack.unlink()
    (project / "a.py").write_text(OTHER)
    with pytest.raises(OSError, match="changed"):
        results[0].facts()


@pytest.mark.usefixtures("settled")
def test_notes_that_cannot_be_read_are_none(project: Path) -> None:
    gathered(project)
    store = Store(project / "store")
    store.put(seen.Seen(store)._place, b"\xc1 nonsense")
    store.save()
    assert told(gathered(project)) == afresh(project)
