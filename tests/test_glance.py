"""A glance at an edit says that nothing is new only where a whole run says so too."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from msgspec import structs
from test_renewal import SHOP, compiles, edits

import cachelint.compare
from cachelint import glance
from cachelint.check import Task, run
from cachelint.compare import introduced, subtract, touched_lines
from cachelint.config import load
from cachelint.finding import Report, Reported
from cachelint.program import bodies
from cachelint.rules import SPELLINGS


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


def looked(task: Task, path: str, before: bytes, after: bytes) -> glance.Look | None:
    return glance.look(task, path, before, after, lambda then, now: bool(news(then, now, path, before, after)))


def fully(task: Task, path: str, before: bytes, after: bytes) -> list[Reported]:
    plain = structs.replace(task, use_store=False)
    old, new = (run(structs.replace(plain, replaced={path: content})).report for content in (before, after))
    return news(old, new, path, before, after)


@pytest.mark.parametrize("seed", range(4))
def test_what_it_passes_brings_nothing(shop: Task, seed: int) -> None:
    chance = random.Random(seed)
    paths = sorted(p.relative_to(shop.project).as_posix() for p in shop.project.rglob("*.py"))
    judged = 0
    for _ in range(25):
        path = chance.choice([p for p in paths if (shop.project / p).read_bytes()])
        source = (shop.project / path).read_text()
        edited = next(edits(source, chance))
        if compiles(edited) and looked(shop, path, source.encode(), edited.encode()) is not None:
            assert fully(shop, path, source.encode(), edited.encode()) == [], (path, edited)
            judged += 1
    assert judged > 3


def test_it_passes_no_news(shop: Task) -> None:
    path = "shop/cache.py"
    source = (shop.project / path).read_bytes()
    unguarded = source.replace(b"except redis.RedisError", b"except KeyError")
    assert fully(shop, path, source, unguarded)
    assert looked(shop, path, source, unguarded) is None


def test_a_new_route_is_judged_by_whole_runs(shop: Task) -> None:
    path = "shop/routes/users.py"
    source = (shop.project / path).read_bytes()
    body = b'async def more(term: str) -> object:\n    return await cache.client.get(f"x:{term}")\n'
    route = b'\n\n@router.get("/more")\n' + body
    edited = source.replace(b"from shop", b"from shop import cache\nfrom shop", 1) + route
    assert looked(shop, path, source, edited) is None
    assert (
        [f.rule for f in introduced(shop, path, source, edited).introduced]
        == [f.rule for f in fully(shop, path, source, edited)]
        != []
    )


def test_only_what_an_edit_changes_is_followed(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = []
    real = bodies.follow
    monkeypatch.setattr(bodies, "follow", lambda i, function, s: followed.append(function) or real(i, function, s))
    path = "shop/report_cache.py"
    source = (shop.project / path).read_bytes()
    assert looked(shop, path, source, source + b"\n\ndef more():\n    return 1\n")
    assert [function.facts.name for function in followed] == ["more"]


def test_edit_after_edit_needs_no_whole_run_while_nothing_is_new(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert introduced(shop, other, source, source + b"\n\n\nNEVER_USED = 1\n").introduced == ()


def test_a_finding_that_went_and_comes_back_is_new(shop: Task) -> None:
    path = "storefront/views.py"
    source = (shop.project / path).read_bytes()
    mended = source.replace(b'    cache.touch("banner:front:v1", 3600)\n', b"    pass\n")
    assert mended != source
    assert introduced(shop, path, source, mended).introduced == ()
    (shop.project / path).write_bytes(mended)
    found = introduced(shop, path, mended, source).introduced
    assert [f.rule for f in found] == [f.rule for f in fully(shop, path, mended, source)] != []


def test_what_looks_new_is_confirmed_by_whole_runs(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Task] = []
    monkeypatch.setattr(cachelint.compare, "run", lambda task: ran.append(task) or run(task))
    path = "shop/cache.py"
    source = (shop.project / path).read_bytes()
    assert introduced(shop, path, source, source.replace(b"except redis.RedisError", b"except KeyError")).introduced
    assert len(ran) == 2


@pytest.mark.parametrize(
    ("path", "old", "new", "why"),
    [
        ("storefront/settings.py", "CACHES", "CACHES_", "settings say what caches there are"),
        ("storefront/models.py", "class Brand", "class Brand_", "a model has relations"),
        ("shop/report_cache.py", "import", "# cachelint: ignore-file[uncached-query] why\nimport", "an ignore comment"),
        ("shop/keys.py", "def ", "def (", "a file that does not parse"),
        ("shop/keys.py", "def visits", "def visitors", "a name that others import"),
    ],
)
def test_it_knows_what_it_cannot_tell(shop: Task, path: str, old: str, new: str, why: str) -> None:
    source = (shop.project / path).read_text()
    edited = source.replace(old, new, 1)
    assert edited != source
    assert looked(shop, path, source.encode(), edited.encode()) is None, why


def test_without_a_whole_run_there_is_nothing_to_start_from(shop: Task) -> None:
    shutil.rmtree(shop.project / ".cachelint_cache")
    source = (shop.project / "shop/keys.py").read_bytes()
    assert looked(shop, "shop/keys.py", source, source + b"\nX = 1\n") is None


RECURSIVE = """\
from django.core.cache import cache
from rest_framework.decorators import api_view


def load(name, depth):
    if depth > 3:
        return None
    return load(name, depth + 1)


@api_view(["GET"])
def view(request):
    return load(request.GET["name"], 0)
"""


def test_a_function_that_calls_itself(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(RECURSIVE)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    before, silent = RECURSIVE.encode(), RECURSIVE.replace("return None", "return len(name)").encode()
    assert looked(task, "app.py", before, silent) is not None
    assert introduced(task, "app.py", before, silent).introduced == ()
    wrong = RECURSIVE.replace("return None", "return cache.get(name)").encode()
    new = introduced(task, "app.py", before, wrong).introduced
    assert new == tuple(fully(task, "app.py", before, wrong))
    assert "raw-input-in-key" in {finding.rule for finding in new}
