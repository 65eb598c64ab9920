"""What a glance says of entries that a policy demands to be kept in step with their rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_glance import bare, fully, glanced

from cachelint.check import run
from cachelint.config import load
from cachelint.program.partial import PartialGraph
from cachelint.rules import SPELLINGS
from cachelint.task import Task

POLICY = "## Caching Rules\n\n### Invalidation Strategy\n\n- Write-through: update cache on every write\n"
FILES = {
    "CLAUDE.md": POLICY,
    "shop/models.py": (
        "from django.db import models\n\n\nclass Ware(models.Model):\n    stock = models.IntegerField()\n\n\n"
        "class Note(models.Model):\n    text = models.TextField()\n\n\nclass Visit(models.Model):\n"
        "    count = models.IntegerField()\n"
    ),
    "shop/keeping.py": (
        "from django.core.cache import cache\nfrom shop.models import Ware\n\n\n"
        "def ware(pk):\n    return cache.get_or_set(f'ware:{pk}', lambda: Ware.objects.get(pk=pk).stock)\n\n\n"
        "def keep(pk, left):\n    cache.set(f'ware:{pk}', left)\n"
    ),
    "shop/selling.py": (
        "from shop.keeping import keep\nfrom shop.models import Ware\n\n\n"
        "def sell(pk, left):\n    Ware.objects.filter(pk=pk).update(stock=left)\n    keep(pk, left)\n"
    ),
    "shop/notes.py": (
        "from shop.models import Note\n\n\ndef change(pk, text):\n    Note.objects.filter(pk=pk).update(text=text)\n"
    ),
    "shop/visits.py": (
        "from shop.models import Visit\n\n\ndef visit(pk):\n    Visit.objects.filter(pk=pk).update(count=1)\n"
    ),
    "shop/restocking.py": (
        "from django.core.cache import cache\nfrom django.http import JsonResponse\nfrom django.urls import path\n"
        "from shop.keeping import keep\n\n\n"
        "def restock(request):\n    keep(1, 2)\n    return JsonResponse({})\n\n\n"
        "urlpatterns = [path('restock/', restock)]\n"
    ),
    "shop/views.py": (
        "from django.http import JsonResponse\nfrom django.urls import path\n"
        "from shop.notes import change\nfrom shop.selling import sell\nfrom shop.visits import visit\n\n\n"
        "def page(request):\n    sell(1, 2)\n    change(1, 'x')\n    visit(1)\n    return JsonResponse({})\n\n\n"
        "urlpatterns = [path('page/', page)]\n"
    ),
}
CACHE = "from django.core.cache import cache\n"


@pytest.fixture
def shop(tmp_path: Path) -> Task:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    assert "off-strategy" not in {each.rule for each in run(task).report.findings}
    return task


@pytest.mark.parametrize(
    ("path", "old", "new", "is_off"),
    [
        # Who stores it is not called any more, or not with this key, or stores something else.
        ("shop/selling.py", "    keep(pk, left)\n", "", True),
        ("shop/selling.py", "    keep(pk, left)\n", "    keep(pk, left + 1)\n", False),
        ("shop/keeping.py", "    cache.set(f'ware:{pk}', left)", "    cache.set(f'left:{pk}', left)", True),
        # Something else is stored, of data that nobody writes, or that others write on the same way or elsewhere.
        ("shop/keeping.py", "    cache.set", "    cache.set('greeting', 1, 60)\n    cache.set", False),
        ("shop/keeping.py", "    cache.set", "    cache.set('note:1', 1)\n    cache.set", False),
        ("shop/restocking.py", "    keep(1, 2)\n", "    keep(1, 2)\n    cache.set('note:1', 1)\n", True),
        ("shop/visits.py", "def visit(pk):\n", f"{CACHE}\n\ndef visit(pk):\n    cache.set('visit:1', 1)\n", False),
        # One more write: of what is stored, and of what is not.
        ("shop/notes.py", "", "\n\ndef clear(pk):\n    Note.objects.filter(pk=pk).update(text='')\n", False),
        ("shop/selling.py", "", "\n\ndef lose(pk):\n    Ware.objects.filter(pk=pk).update(stock=0)\n", True),
        ("shop/selling.py", "", "\n\ndef left(pk):\n    return Ware.objects.get(pk=pk).stock\n", False),
    ],
)
def test_what_gets_out_of_step_is_told(shop: Task, path: str, old: str, new: str, is_off: bool) -> None:
    source = (shop.project / path).read_text()
    edited = source.replace(old, new, 1) if old else source + new
    assert edited != source
    found = fully(shop, path, source.encode(), edited.encode())
    assert ("off-strategy" in [each.rule for each in found]) == is_off
    seen = glanced(shop, path, source.encode(), edited.encode())
    assert seen is not None
    assert bare(seen) == bare(found)


def test_only_files_of_data_that_can_be_out_of_step_are_read(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    whole = PartialGraph.all_events
    monkeypatch.setattr(
        PartialGraph,
        "all_events",
        lambda self, paths: asked.extend(paths) or whole(self, paths),  # type: ignore[func-returns-value]
    )
    source = FILES["shop/visits.py"]
    for line, expected in (("cache.set('greeting', 1)", set()), ("cache.set('note:1', 1)", {"shop/notes.py"})):
        asked.clear()
        edited = source.replace("def visit(pk):\n", f"{CACHE}\n\ndef visit(pk):\n    {line}\n")
        assert glanced(shop, "shop/visits.py", source.encode(), edited.encode()) is not None
        assert {path for path in asked if path not in ("shop/visits.py",)} == expected
