"""Files and classes that were not there: a glance says what whole runs say of them, or that it cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from edited import agrees, laid_out
from msgspec import structs
from test_glance import bare, fully, glanced
from test_renewal import linked_again

import cachelint.compare
from cachelint import check
from cachelint.check import run
from cachelint.compare import introduced
from cachelint.config import load
from cachelint.program import bodies
from cachelint.rules import SPELLINGS
from cachelint.task import Task

__all__ = ["linked_again"]

SITE = {
    "site/__init__.py": "",
    "site/settings.py": """\
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
ROOT_URLCONF = "site.urls"
INSTALLED_APPS = ["site"]
""",
    "site/urls.py": """\
from django.urls import path

from site.views import Front, Named

urlpatterns = [path("", Front.as_view()), path("named", Named.as_view())]
""",
    "site/models.py": """\
from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=80)
""",
    "site/base.py": """\
from django.core.cache import cache
from django.views.generic import View


class Loading:
    def load(self, word):
        raise NotImplementedError

    def loaded(self, word):
        return self.load(word)


class Telling(Loading):
    def load(self, word):
        return word


class Context(View):
    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs)


def anything(loading: Loading, request):
    return loading.load(request.GET["q"])
""",
    "site/views.py": """\
from django.core.cache import cache
from django.http import JsonResponse
from django.views.generic import View

from site.base import Context, Loading, anything
from site.models import Book


class Front(Context):
    def get(self, request):
        return JsonResponse({"titles": [book.title for book in Book.objects.all()]})


class Named(View):
    def get(self, request):
        return JsonResponse({"a": anything(Loading(), request)})
""",
}
GET = """\
from django.core.cache import cache
from django.http import JsonResponse
from django.views.generic import View
from rest_framework.decorators import api_view
from site.base import Context, Loading, anything
from site.models import Book
"""


@pytest.fixture
def site(tmp_path: Path) -> Task:
    return laid_out(tmp_path, SITE)


MORE = {
    "a function that serves by its decorator": """
@api_view(["GET"])
def more(request):
    return cache.get(request.GET["x"])
""",
    "a view that no route leads to": """
class More(View):
    def get(self, request):
        return cache.get(request.GET["x"])
""",
    "an heir of what was there": """
class More(Context):
    def get(self, request):
        return cache.get(request.GET["x"])

    def get_context_data(self, **kwargs):
        return {"books": list(Book.objects.all())}
""",
    "an heir that does what its base leaves open": """
class More(Loading):
    def load(self, word):
        return cache.get(word)
""",
    "a handler that uses what was there": """
class More(Loading):
    def load(self, word):
        return cache.get(word)


@api_view(["GET"])
def more(request):
    return anything(More(), request)
""",
    "plain classes": """
class One:
    def get(self, key):
        return cache.get(key)


class Two(One):
    def load(self, key):
        return self.get(key)


@api_view(["GET"])
def more(request):
    return Two().load(request.GET["x"])
""",
}


@pytest.mark.parametrize("where", ["site/more.py", "site/views.py", "site/admin/view.py", "later.py"])
@pytest.mark.parametrize("name", MORE)
def test_it_says_what_whole_runs_say(site: Task, name: str, where: str) -> None:
    file = site.project / where
    before = file.read_bytes() if file.exists() else None
    after = (before or GET.encode()) + MORE[name].encode()
    if before is not None:
        after = b"from rest_framework.decorators import api_view\n" + after
    found = glanced(site, where, before, after)
    assert found is not None
    assert bare(found) == bare(fully(site, where, before, after))
    if "@api_view" in MORE[name]:
        assert {each.rule for each in found} >= {"raw-input-in-key"}
    assert agrees(structs.replace(site, replaced={where: after}))


def test_an_heir_makes_news_in_what_was_there(site: Task) -> None:
    """Its base is asked by functions that nobody edits, and says nothing itself."""
    path, source = "site/base.py", SITE["site/base.py"].encode()
    (site.project / path).write_bytes(source.replace(b"class Telling", b"class _Telling"))
    run(site)
    after = (GET + MORE["an heir that does what its base leaves open"]).encode()
    found = glanced(site, "site/more.py", None, after)
    wanted = fully(site, "site/more.py", None, after)
    assert {(each.rule, each.function) for each in wanted} >= {("raw-input-in-key", "More.load")}
    assert found is None or bare(found) == bare(wanted)


def test_edit_after_edit_of_what_has_come(site: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = "site/more.py", "site/views.py"
    first = (GET + MORE["a view that no route leads to"]).encode()
    second = (GET + MORE["a function that serves by its decorator"]).encode()
    source = SITE[other].encode()
    wanted = bare(fully(site, path, first, second))
    monkeypatch.setattr(cachelint.compare, "run", lambda task: pytest.fail("ran everything"))
    assert introduced(site, path, None, first).introduced == ()
    (site.project / path).write_bytes(first)
    assert introduced(site, other, source, source + b"\n\nX = 1\n").introduced == ()
    assert bare(list(introduced(site, path, first, second).introduced)) == wanted != []


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("site/extra.py", "from django.core.cache import cache\n\nhelper = cache.get\n", "it is imported already"),
        ("site/more.py", GET + "\n\nclass Wanted(View):\n    pass\n", "a route names such a view already"),
        ("site/more.py", GET + "\n\nBOOKS = list(Book.objects.all())\n", "it does something by itself"),
        (
            "site/more.py",
            "from django.contrib import admin\nfrom site.models import Book\n\nadmin.site.register(Book, object)\n",
            "something is registered",
        ),
        (
            "site/more.py",
            "from django.db import models\n\n\nclass Shelf(models.Model):\n    x = models.CharField()\n",
            "a text names it already",
        ),
        ("site/more.py", GET + "\n# cachelint: ignore[uncached-query] why\nX = 1\n", "an ignore comment"),
        ("site/more.py", "def (\n", "it does not parse"),
    ],
)
def test_it_knows_what_it_cannot_tell(site: Task, path: str, content: str, why: str) -> None:
    views = site.project / "site/views.py"
    imports = "    from site.more import Wanted\n    from site.extra import helper\n"
    views.write_text(f"{views.read_text()}\n\ndef late():\n{imports}    return 'site.Shelf'\n")
    run(site)
    assert glanced(site, path, None, content.encode()) is None, why
    assert agrees(structs.replace(site, replaced={path: content.encode()}))


def test_a_view_that_is_imported_now_may_be_routed(site: Task) -> None:
    """Nothing imported it, so nothing could lead to it."""
    path = "site/other.py"
    (site.project / path).write_text(GET + MORE["a view that no route leads to"])
    run(site)
    source = SITE["site/urls.py"].encode()
    after = b"from site.other import More\n" + source
    assert glanced(site, "site/urls.py", source, after) is None
    assert agrees(structs.replace(site, replaced={"site/urls.py": after}))


@pytest.mark.usefixtures("linked_again")
def test_a_new_class_makes_nobody_mean_something_else_who_calls_methods_of_its_names(
    site: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = "".join(f"\n\ndef ask_{n}(thing):\n    return thing.get({n}) or thing.load({n})\n" for n in range(30))
    (site.project / "site/many.py").write_text("from django.core.cache import cache\n" + many)
    run(site)
    followed: list[str] = []
    follow = bodies.follow

    def noted(interpreter: object, function: object, summary: object) -> None:
        followed.append(function.name)  # type: ignore[attr-defined]
        follow(interpreter, function, summary)  # type: ignore[arg-type]

    monkeypatch.setattr(bodies, "follow", noted)
    monkeypatch.setattr(check, "_carried", lambda *arguments: (None, False))
    source = SITE["site/views.py"].encode()
    run(structs.replace(site, replaced={"site/views.py": source + MORE["an heir of what was there"].encode()}))
    assert len({*followed}) < 12


@pytest.mark.parametrize("made", ["APIRouter()", 'APIRouter(prefix="/more")'])
def test_a_file_with_a_router_of_its_own(tmp_path: Path, made: str) -> None:
    (tmp_path / "app.py").write_text(
        "from fastapi import FastAPI\nfrom redis import Redis\n\napp = FastAPI()\nclient = Redis()\n"
        "\n\n@app.get('/')\ndef front():\n    return client.ping()\n"
    )
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    after = (
        f"from fastapi import APIRouter\nfrom app import client\n\nrouter = {made}\n"
        "\n\n@router.get('/more')\ndef more(term: str):\n    return client.get(term)\n"
    ).encode()
    found = glanced(task, "more.py", None, after)
    assert found is not None
    assert {each.rule for each in found} == {"raw-input-in-key", "unguarded-cache-call"}
    assert bare(found) == bare(fully(task, "more.py", None, after))
