"""A glance at an edit says what a full run says: the same news, or that it cannot tell."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

import cachelint.compare
from cachelint import glance
from cachelint.check import Task, run
from cachelint.compare import introduced, subtract, touched_lines
from cachelint.config import load
from cachelint.finding import Report, Reported
from cachelint.program import bodies
from cachelint.rules import SPELLINGS

SHOP = Path(__file__).parent.parent / "examples" / "shop"
ROUTE = """

@router.get("/extra")
async def extra(term: str):
    return await cache.client.get(f"extra:{term}")
"""


@pytest.fixture
def shop(tmp_path: Path) -> Task:
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(".cachelint_cache"))
    task = Task(project=folder, config=load(folder, SPELLINGS), jobs=1, use_store=True)
    run(task)
    return task


def news(old: Report, new: Report, path: str, before: bytes, after: bytes) -> list[Reported]:
    touched = touched_lines(before, after)
    return subtract(new.findings, old.findings, lambda f: f.at.path == path and f.at.line in touched)


def about(findings: list[Reported]) -> list[tuple[str, str, str, str]]:
    return sorted((f.rule, f.at.path, f.function, f.subject) for f in findings)


def looked(task: Task, path: str, before: bytes | None, after: bytes | None) -> glance.Look | None:
    old, new = (structs.replace(task, replaced={path: content}) for content in (before, after))
    return glance.look(old, new, lambda then, now: bool(news(then, now, path, before or b"", after or b"")))


def fully(task: Task, path: str, before: bytes, after: bytes) -> list[Reported]:
    plain = structs.replace(task, use_store=False)
    old, new = (run(structs.replace(plain, replaced={path: content})).report for content in (before, after))
    return news(old, new, path, before, after)


def edits(source: str, chance: random.Random) -> Iterator[str]:
    """A file without some lines, with lines twice or moved, with other words: what an editor makes of it."""
    lines = source.splitlines(keepends=True)
    words = sorted(set(re.findall(r"[A-Za-z_]{4,}", source)))
    while True:
        kind = chance.choice(["drop", "drop", "twice", "word", "swap", "block"])
        at = chance.randrange(len(lines))
        if kind == "drop":
            yield "".join(lines[:at] + lines[at + 1 :])
        elif kind == "twice":
            yield "".join([*lines[:at], lines[at], *lines[at:]])
        elif kind == "word" and words:
            yield re.sub(rf"\b{chance.choice(words)}\b", chance.choice(words), source, count=1)
        elif kind == "block":
            yield "".join(lines[:at] + lines[at + chance.randrange(1, 6) :])
        else:
            other = chance.randrange(len(lines))
            swapped = list(lines)
            swapped[at], swapped[other] = swapped[other], swapped[at]
            yield "".join(swapped)


def compiles(source: str) -> bool:
    try:
        compile(source, "edited.py", "exec")
    except SyntaxError:
        return False
    return True


def random_edits(task: Task, number: int, seed: int) -> Iterator[tuple[str, bytes, bytes]]:
    """(path, source, edited source) of so many edits of random files that still compile."""
    chance = random.Random(seed)
    paths = sorted(p.relative_to(task.project).as_posix() for p in task.project.rglob("*.py"))
    while number:
        path = chance.choice(paths)
        source = (task.project / path).read_text()
        edited = next(edits(source, chance)) if source.strip() else source
        if edited != source and compiles(edited):
            number -= 1
            yield path, source.encode(), edited.encode()


def compare_random_edits(task: Task, number: int, seed: int) -> tuple[int, int]:
    """(how many edits a glance judged, how many brought news): there and back, as full runs judge them."""
    judged = brought = 0
    for path, source, edited in random_edits(task, number, seed):
        run(structs.replace(task, replaced={path: edited}))
        for old, new in ((source, edited), (edited, source)):
            seen = looked(task, path, old, new)
            if seen is not None:
                found = about(news(seen.then, seen.now, path, old, new))
                assert set(found) == set(about(fully(task, path, old, new))), f"{path}:\n{new.decode()}"
                judged += 1
                brought += bool(found)
    return judged, brought


def test_random_edits_are_judged_as_a_full_run_judges_them(shop):
    judged, brought = compare_random_edits(shop, number=25, seed=11)
    assert judged > 20
    assert brought > 0


def test_an_edit_of_a_helper_is_news_where_it_is_called(shop):
    path = "shop/cache.py"
    source = (shop.project / path).read_bytes()
    unguarded = source.replace(b"except redis.RedisError", b"except KeyError")
    assert unguarded != source
    seen = looked(shop, path, source, unguarded)
    assert seen is not None
    assert seen.brings_news
    found = about(news(seen.then, seen.now, path, source, unguarded))
    assert found == about(fully(shop, path, source, unguarded)) != []


def test_only_what_matters_is_followed(shop, monkeypatch):
    followed = []
    real = bodies.follow
    monkeypatch.setattr(bodies, "follow", lambda i, function, s: followed.append(function) or real(i, function, s))
    path = "shop/report_cache.py"
    source = (shop.project / path).read_bytes()
    assert looked(shop, path, source, source + b"\n\ndef more():\n    return 1\n")
    quick = len(followed)
    followed.clear()
    run(structs.replace(shop, use_store=False))
    assert 0 < quick < len(followed) / 2


def test_edit_after_edit_needs_no_full_run_while_nothing_is_new(shop, monkeypatch):
    path = "shop/report_cache.py"
    before = (shop.project / path).read_bytes()
    monkeypatch.setattr(cachelint.compare, "run", lambda task: pytest.fail("ran everything"))
    for number in range(4):
        after = before + b"\n\ndef more_%d():\n    return 1\n" % number
        assert introduced(shop, path, before, after).introduced == ()
        (shop.project / path).write_bytes(after)
        before = after
    other = "shop/cache.py"
    source = (shop.project / other).read_bytes()
    assert introduced(shop, other, source, source + b"\n# the end\n").introduced == ()


def test_what_looks_new_is_confirmed_by_a_full_run(shop, monkeypatch):
    ran = []
    monkeypatch.setattr(cachelint.compare, "run", lambda task: ran.append(task) or run(task))
    path = "shop/cache.py"
    source = (shop.project / path).read_bytes()
    unguarded = source.replace(b"except redis.RedisError", b"except KeyError")
    assert introduced(shop, path, source, unguarded).introduced
    assert len(ran) == 1


@pytest.mark.parametrize(
    ("path", "old", "new", "why"),
    [
        ("storefront/settings.py", "CACHES", "CACHES_", "settings say what caches there are"),
        ("storefront/models.py", "class Brand", "class Brand_", "a model has relations"),
        ("shop/report_cache.py", "import", "# cachelint: ignore-file[uncached-query] why\nimport", "an ignore comment"),
        ("shop/keys.py", "def ", "def (", "a file that does not parse"),
    ],
)
def test_a_glance_knows_what_it_cannot_tell(shop, path, old, new, why):
    source = (shop.project / path).read_text()
    edited = source.replace(old, new, 1)
    assert edited != source
    assert looked(shop, path, source.encode(), edited.encode()) is None, why


def test_without_a_full_run_there_is_nothing_to_start_from(shop):
    shutil.rmtree(shop.project / ".cachelint_cache")
    source = (shop.project / "shop/keys.py").read_bytes()
    assert looked(shop, "shop/keys.py", source, source + b"\nX = 1\n") is None


def test_a_new_file_is_looked_at_and_a_removed_one_is_not(shop):
    source = b"from shop.keys import *\n\n\ndef nothing():\n    return None\n"
    assert looked(shop, "shop/added.py", None, source) is not None
    keys = (shop.project / "shop/keys.py").read_bytes()
    assert looked(shop, "shop/keys.py", keys, None) is None
