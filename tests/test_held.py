"""Of a large file that was edited only what the edit touches is parsed, and its facts are those of the whole."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from cachelint.facts import held, single
from cachelint.facts.gather import gather
from cachelint.facts.single import Gathered, Limits, Request, content_key
from cachelint.store import Store

BEFORE = (
    "import redis\n\nclient = redis.Redis()\n\n\ndef one():\n    return client.get('a')\n\n\ndef two():\n    return 2\n"
)
AFTER = BEFORE.replace("return 2", "return client.get('b')")
LIMITS = Limits(1_000_000, 10.0)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is large, by the limit of these tests."""
    monkeypatch.setattr(held, "LARGE", 10)
    path = tmp_path / "service.py"
    path.write_text(BEFORE)
    return path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """All that was parsed as a whole."""
    done: list[bytes] = []
    original = single.extract

    def noted(data: bytes) -> object:
        done.append(data)
        return original(data)

    monkeypatch.setattr(single, "extract", noted)
    return done


def gathered(file: Path, data: bytes | None = None) -> Gathered:
    store = Store(file.parent / "store")
    result = gather([Request(file.name, str(file), data)], LIMITS, 1, store=store)[0]
    store.save()
    return result


def test_only_what_an_edit_touches_is_parsed(file: Path, parsed: list[bytes]) -> None:
    gathered(file)
    file.write_text(AFTER)
    again = gathered(file)
    assert parsed == [BEFORE.encode()]
    assert again.encoded == single.encode(single.extract(AFTER.encode()))
    assert again.key == content_key(AFTER.encode())


def test_edit_after_edit(file: Path, parsed: list[bytes]) -> None:
    for content in (BEFORE, AFTER, AFTER + "\n\nX = client.get('c')\n", BEFORE):
        file.write_text(content)
        assert gathered(file).encoded == single.encode(single.extract(content.encode()))
    # Each once here, and only the first one there.
    assert len(parsed) == 4 + 1


def test_what_an_editor_is_about_to_write_is_not_what_the_file_held(file: Path) -> None:
    gathered(file)
    store = Store(file.parent / "store")
    request = Request(file.name, str(file))
    assert held.with_earlier(request, store).earlier.data == BEFORE.encode()  # type: ignore[union-attr]
    assert gathered(file, AFTER.encode()).encoded == single.encode(single.extract(AFTER.encode()))
    assert held.with_earlier(request, Store(store.folder)).earlier.data == BEFORE.encode()  # type: ignore[union-attr]


def test_small_files_are_not_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "LARGE", 1_000)
    gathered(file)
    assert held.with_earlier(Request(file.name, str(file)), Store(file.parent / "store")).earlier is None


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"short",
        bytes(16) + b"nothing compressed",
        bytes(16) + zlib.compress(BEFORE.encode()),
        content_key(b"X = 1\n") + zlib.compress(b"X = 1\n"),
        content_key(BEFORE.encode()) + zlib.compress(AFTER.encode()),
    ],
)
def test_what_somebody_else_wrote_there_is_of_no_use(file: Path, kept: bytes) -> None:
    gathered(file)
    store = Store(file.parent / "store")
    store.put(held._place(Request(file.name, str(file))), kept)
    store.save()
    file.write_text(AFTER)
    assert gathered(file).encoded == single.encode(single.extract(AFTER.encode()))


def test_facts_that_are_damaged_are_of_no_use(file: Path) -> None:
    gathered(file)
    store = Store(file.parent / "store")
    store.put(content_key(BEFORE.encode()), b"F\x00no facts")
    store.save()
    file.write_text(AFTER)
    assert gathered(file).encoded == single.encode(single.extract(AFTER.encode()))


def test_a_mistake_in_what_is_new_is_told(file: Path) -> None:
    gathered(file)
    file.write_text(AFTER + "\n\ndef three(:\n")
    result = gathered(file)
    assert result.unparsable
    assert result.error is not None
    assert result.error.line == AFTER.count("\n") + 3
