"""Routes that an edit adds: a glance says what whole runs say of the views that serve by them."""

from __future__ import annotations

from pathlib import Path

import pytest
from edited import agrees, laid_out
from msgspec import structs
from test_glance import bare, fully, glanced

from cachelint.task import Task

URLS = """\
from django.urls import include, path

from web import views

urlpatterns = [
    path("", views.front),
    path("about/<int:pk>", views.About.as_view()),
]
"""
WEB = {
    "web/__init__.py": "",
    "web/settings.py": """\
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
ROOT_URLCONF = "web.urls"
""",
    "web/urls.py": URLS,
    "web/idle.py": URLS,
    "web/models.py": """\
from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=80)
""",
    "web/views.py": """\
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import JsonResponse
from django.views.generic import ListView, View

from web.models import Book


def front(request):
    return JsonResponse({"ok": True})


class About(View):
    def get(self, request, pk):
        return JsonResponse({"pk": pk})


def by_word(request):
    return JsonResponse({"a": kept(request.GET["q"])})


def by_path(request, word):
    return JsonResponse({"a": kept(word)})


def kept(word):
    return cache.get(f"word:{word}")


def listed(request):
    return JsonResponse({"books": [book.title for book in Book.objects.all()]})


class Books(ListView):
    model = Book


class Base(View):
    def get(self, request):
        return JsonResponse({"a": self.answer(request)})

    def answer(self, request):
        return 1


class Heir(Base):
    def answer(self, request):
        return cache.get(request.GET["a"])


class Posts(ListView):
    paginate_by = 20

    def get_queryset(self):
        return Book.objects.order_by("title")

    def get(self, request, *args, **kwargs):
        cache.set("posts", 1)
        return super().get(request, *args, **kwargs)
""",
}


@pytest.fixture
def web(tmp_path: Path) -> Task:
    return laid_out(tmp_path, WEB)


ROUTES = {
    "a function": 'path("word", views.by_word),',
    "a function that takes a word of the path": 'path("word/<str:word>", views.by_path),',
    "a function that takes a number": 'path("word/<int:word>", views.by_path),',
    "a function behind a decorator": 'path("word", login_required(views.by_word)),',
    "a function that reads rows": 'path("books", views.listed, name="books"),',
    "a generic view": 'path("books", views.Books.as_view()),',
    "a view that inherits its method": 'path("heir", views.Heir.as_view()),',
    "a generic view with methods": 'path("posts", views.Posts.as_view()),',
    "a function once more": 'path("again/<str:word>", views.front),',
    "two at once": 'path("books", views.listed),\n    path("word", views.by_word),',
}


@pytest.mark.parametrize("at", ["first", "between", "last"])
@pytest.mark.parametrize("name", ROUTES)
def test_it_says_what_whole_runs_say(web: Task, name: str, at: str) -> None:
    path, before = "web/urls.py", URLS
    marks = {"first": '    path("",', "between": '    path("about', "last": "]\n"}
    indent = "    " if at == "last" else ""
    line = f"{indent}{ROUTES[name]}\n" if at == "last" else f"    {ROUTES[name]}\n"
    after = before.replace(marks[at], line + marks[at], 1)
    if "login" in after:
        after = "from django.contrib.auth.decorators import login_required\n" + after
    found = glanced(web, path, before.encode(), after.encode())
    wanted = fully(web, path, before.encode(), after.encode())
    assert found is not None
    assert bare(found) == bare(wanted)
    assert agrees(structs.replace(web, replaced={path: after.encode()}))


def test_most_of_these_bring_something(web: Task) -> None:
    told = {}
    for name, line in ROUTES.items():
        after = "from django.contrib.auth.decorators import login_required\n" + URLS.replace("]\n", f"    {line}\n]\n")
        told[name] = {each.rule for each in glanced(web, "web/urls.py", URLS.encode(), after.encode()) or ()}
    assert told["a function"] >= {"raw-input-in-key", "unguarded-cache-call"}
    assert "raw-input-in-key" in told["a function that takes a word of the path"]
    assert "raw-input-in-key" not in told["a function that takes a number"]
    assert told["a function that reads rows"] == {"uncached-query"}
    assert told["a generic view"] == {"uncached-query"}
    assert "raw-input-in-key" in told["a view that inherits its method"]


@pytest.mark.parametrize(
    ("path", "line", "why"),
    [
        ("web/idle.py", 'path("word", views.by_word),', "nothing leads to these routes"),
        ("web/urls.py", 'path("more", include("web.idle")),', "other routes are mounted"),
    ],
)
def test_it_knows_what_it_cannot_tell(web: Task, path: str, line: str, why: str) -> None:
    after = URLS.replace("]\n", f"    {line}\n]\n").encode()
    assert glanced(web, path, URLS.encode(), after) is None, why
    assert agrees(structs.replace(web, replaced={path: after}))


def test_a_route_that_goes(web: Task) -> None:
    after = URLS.replace('    path("", views.front),\n', "").encode()
    assert glanced(web, "web/urls.py", URLS.encode(), after) is None
