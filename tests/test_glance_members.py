"""What a glance says of edits of classes and settings: who asked for a member is followed, what is asked for by its
name alone is a matter for whole runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_glance import bare, fully, glanced

from cachelint.check import run
from cachelint.config import load
from cachelint.rules import SPELLINGS
from cachelint.task import Task

FILES = {
    "shop/settings.py": (
        "TIME = 60\nNAMES = ['de', 'en']\nINSTALLED_APPS = ['shop']\nSECRET_KEY = 'x'\nROOT_URLCONF = 'shop.urls'\n"
        "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache'}}\n\n\n"
        "def merged(*some):\n    return [each for one in some for each in one]\n"
    ),
    "shop/models.py": (
        "from django.db import models\n\n\nclass Shelf(models.Model):\n    title = models.CharField(max_length=9)\n\n\n"
        "class Book(models.Model):\n    title = models.CharField(max_length=9)\n"
        "    shelf = models.ForeignKey(Shelf, related_name='books', on_delete=models.CASCADE)\n"
    ),
    "shop/keys.py": (
        "from django.core.cache import cache\n\n\nclass Keys:\n    prefix = 'a'\n    limit = 3\n    label = limit\n\n"
        "    def __init__(self, request):\n        self.request = request\n\n"
        "    def key(self):\n        return 'fixed'\n\n"
        "    def plain(self):\n        return self.key()\n\n"
        "    def read(self):\n        try:\n            return cache.get(f'{self.prefix}:{self.key()}')\n"
        "        except Exception:\n            return None\n\n\n"
        "class Words(Keys):\n    pass\n\n\nclass Mixed:\n    pass\n\n\nclass Both(Mixed, Keys):\n    pass\n\n\n"
        "class Plain:\n    title = 'x'\n\n    def get(self):\n        return 1\n"
    ),
    "shop/forms.py": (
        "from django import forms\n\n\nclass Search(forms.Form):\n    term = forms.IntegerField(label='Term')\n"
    ),
    "shop/outside.py": "from shop.keys import Keys\n\nLIMIT = Keys.limit\n",
    "shop/views.py": (
        "from django.core.cache import cache\nfrom django.http import JsonResponse\nfrom django.views import View\n"
        "from marks import marked\nfrom shop.forms import Search\nfrom shop.keys import Both, Plain, Words\n"
        "from shop.models import Book\n\n\n"
        "def page(request):\n    said, both = Plain(), Both(request).plain()\n"
        "    return JsonResponse({'x': Words(request).read(), 'b': both, 'y': said.get(), 'z': said.title})\n"
        "\n\ndef search(request):\n    form = Search(request.GET)\n    form.is_valid()\n"
        "    term = form.cleaned_data['term']\n    try:\n"
        "        return JsonResponse({'x': cache.get(f'term:{term}')})\n"
        "    except Exception:\n        return JsonResponse({})\n\n\n"
        "class Mixin:\n    label = 'x'\n\n    def answer(self, request):\n        return JsonResponse({})\n\n\n"
        "@marked(1)\nclass Home(Mixin, View):\n    permission_needed = None\n    label = 'y'\n\n"
        "    def dispatch(self, request):\n        print(1)\n        return super().dispatch(request)\n\n"
        "    def get(self, request):\n        return self.answer(request)\n"
    ),
    "shop/urls.py": (
        "from django.urls import path\nfrom shop import views\n\n"
        "urlpatterns = [path('p', views.page), path('s', views.search), path('h', views.Home.as_view())]\n"
    ),
    "shop/hooks.py": (
        "class Middleware:\n    def process_response(self, request, response):\n"
        "        response['X-Seen'] = 'yes'\n        return response\n"
    ),
}


@pytest.fixture
def shop(tmp_path: Path) -> Task:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    return task


def edited(path: str, old: str, new: str) -> tuple[bytes, bytes]:
    source = FILES[path]
    assert old in source
    return source.encode(), source.replace(old, new, 1).encode()


RAW = "    def key(self):\n        return self.request.GET['x']\n"
UNGUARDED = "    def key(self):\n        return cache.get('x')\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "rules"),
    [
        # A member more: of a name that everybody says, one that a base asks for, one with a mistake in it.
        ("shop/keys.py", "    title = 'x'\n", "    title = 'x'\n    name = 'y'\n", set()),
        ("shop/keys.py", "    title = 'x'\n", "    title = 'x'\n\n    def first(self):\n        return 2\n", set()),
        ("shop/keys.py", "class Words(Keys):\n    pass\n", f"class Words(Keys):\n{RAW}", {"raw-input-in-key"}),
        (
            "shop/keys.py",
            "class Words(Keys):\n    pass\n",
            "class Words(Keys):\n    def key(self):\n        return 'z'\n",
            set(),
        ),
        (
            "shop/keys.py",
            "    def get(self):\n        return 1\n",
            "    def get(self):\n        return self.other()\n\n    def other(self):\n        return cache.get('x')\n",
            {"unguarded-cache-call"},
        ),
        # Of a mixin: what a class that has it inherits from others.
        ("shop/keys.py", "class Mixed:\n    pass\n", f"class Mixed:\n{UNGUARDED}", {"unguarded-cache-call"}),
        # Another value, or another head.
        ("shop/keys.py", "prefix = 'a'", "prefix = 'b'", set()),
        (
            "shop/keys.py",
            "    def get(self):\n        return 1\n",
            "    def get(self, more=None):\n        return 1\n",
            set(),
        ),
        ("shop/keys.py", "        return 'fixed'\n", "        return self.request.GET['x']\n", {"raw-input-in-key"}),
        ("shop/keys.py", "    def key(self):\n        return 'fixed'\n\n", "    key = str\n\n", set()),
        # Fields of forms and models.
        ("shop/forms.py", "label='Term'", "label='Word'", set()),
        ("shop/forms.py", "forms.IntegerField", "forms.CharField", {"raw-input-in-key"}),
        ("shop/models.py", "title = models.CharField(max_length=9)", "title = models.CharField(max_length=8)", set()),
        ("shop/models.py", "max_length=9)\n\n", "max_length=9)\n    text = models.TextField()\n\n", set()),
        # Views: data that nobody asks for, a method of one's own, a cached one.
        ("shop/views.py", "    label = 'y'\n", "    label = 'z'\n", set()),
        (
            "shop/views.py",
            "    label = 'x'\n\n",
            "    label = 'x'\n\n    def more(self):\n        return cache.get('x')\n\n",
            set(),
        ),
        # What runs before a view's own methods, and decorators of classes, where nobody reads what is different.
        ("shop/views.py", "        print(1)\n", "        print(2)\n        return super().dispatch(request)\n", set()),
        ("shop/views.py", "@marked(1)", "@marked(2)", set()),
        # Settings and hooks that say nothing of caches.
        ("shop/settings.py", "'en'", "'fr'", set()),
        ("shop/settings.py", "    return [", "    print(1)\n    return [", set()),
        ("shop/hooks.py", "'yes'", "'no'", set()),
    ],
)
def test_members_are_told(shop: Task, path: str, old: str, new: str, rules: set[str]) -> None:
    before, after = edited(path, old, new)
    found = glanced(shop, path, before, after)
    assert found is not None
    assert bare(found) == bare(fully(shop, path, before, after))
    assert {each.rule for each in found} == rules
    # And back: what the edit brought goes.
    back = glanced(shop, path, after, before)
    assert back is None or bare(back) == bare(fully(shop, path, after, before))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("shop/keys.py", "limit = 3", "limit = 4"),  # said in the body of the class
        ("shop/keys.py", "    limit = 3\n    label = limit\n", "    limit = 4\n"),  # asked for at the top of a file
        ("shop/models.py", "related_name='books'", "related_name='all_books'"),
        (
            "shop/models.py",
            "max_length=9)\n\n",
            "max_length=9)\n    owner = models.ForeignKey('Book', models.CASCADE)\n\n",
        ),
        ("shop/views.py", "permission_needed = None", "permission_needed = 'orders'"),
        ("shop/views.py", "    label = 'y'\n", "    label = 'y'\n    permission_classes = []\n"),
        (
            "shop/views.py",
            "        print(1)\n",
            "        if not request.user.is_superuser:\n            raise PermissionDenied\n",
        ),
        ("shop/views.py", "@marked(1)", "@marked(is_admin)"),
        ("shop/settings.py", "RedisCache", "Other"),
        ("shop/settings.py", "TIME = 60", "TIME = None"),
        ("shop/keys.py", "class Plain:\n", "class Plain:\n    def __enter__(self):\n        return self\n\n"),
    ],
)
def test_what_is_asked_for_by_name_alone_is_not_told(shop: Task, path: str, old: str, new: str) -> None:
    assert glanced(shop, path, *edited(path, old, new)) is None


CACHED = "from django.views.decorators.cache import cache_page\n"


@pytest.mark.parametrize(
    "old", ["    def get(self, request):\n", "    def answer(self, request):\n"], ids=["in a view", "in a mixin"]
)
def test_a_caching_decorator_on_a_method(shop: Task, old: str) -> None:
    path = "shop/views.py"
    after = (CACHED + FILES[path].replace(old, f"    @cache_page(60)\n{old}", 1)).encode()
    before = FILES[path].encode()
    for some, other in ((before, after), (after, before)):
        found = glanced(shop, path, some, other)
        assert found is not None
        assert bare(found) == bare(fully(shop, path, some, other))
        assert {each.rule for each in found} == ({"unguarded-cache-call"} if other is after else set())


VIEWS = """\
from django.core.cache import cache
from django.http import JsonResponse
from django.views import View
from django.views.generic import ListView, TemplateView
from shop.models import Book


class Payments(View):
    def post(self, request):
        return JsonResponse({})


class Shelves(TemplateView):
    def get_context_data(self, **kwargs):
        return {"x": 1}


class Books(ListView):
    model = Book

    def post(self, request):
        return JsonResponse({})


class Base(View):
    def post(self, request):
        return JsonResponse({})


class Heir(Base):
    pass
"""
ROUTES = """\
from django.urls import path
from shop import pages

urlpatterns = [
    path("payments/<pk>", pages.Payments.as_view()),
    path("again/<pk>", pages.Payments.as_view()),
    path("shelves", pages.Shelves.as_view()),
    path("books", pages.Books.as_view()),
    path("base", pages.Base.as_view()),
    path("heir", pages.Heir.as_view()),
]
"""


@pytest.fixture
def pages(tmp_path: Path) -> Task:
    for path, text in {**FILES, "shop/pages.py": VIEWS, "shop/urls.py": ROUTES}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "CLAUDE.md").write_text("## Caching\n\n- Never cache: payments\n")
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    return task


RAW_VIEW = "    def get(self, request, pk):\n        return JsonResponse({'x': cache.get(f'x:{pk}')})\n\n"


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("    def post", RAW_VIEW + "    def post", {"raw-input-in-key", "unguarded-cache-call", "missing-no-store"}),
        ("    def post", "    def put(self, request, pk):\n        return JsonResponse({})\n\n    def post", set()),
        (
            "class Shelves(TemplateView):\n",
            "class Shelves(TemplateView):\n    def get(self, request):\n        return list(Book.objects.all())\n\n",
            {"uncached-query"},
        ),
        (
            "    model = Book\n",
            "    model = Book\n\n    def get(self, request):\n        return JsonResponse({'x': cache.get('x')})\n",
            {"unguarded-cache-call"},
        ),
    ],
)
def test_a_method_more_by_which_a_view_serves(pages: Task, old: str, new: str, rules: set[str]) -> None:
    before, after = VIEWS.encode(), VIEWS.replace(old, new, 1).encode()
    found = glanced(pages, "shop/pages.py", before, after)
    assert found is not None
    assert bare(found) == bare(fully(pages, "shop/pages.py", before, after))
    assert rules <= {each.rule for each in found}
    assert bool(rules) == bool(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Heirs serve by it, too; a framework reads rows in it all the same; the class has none beside it.
        ("class Base(View):\n", "class Base(View):\n    def get(self, request):\n        return JsonResponse({})\n\n"),
        (
            "    model = Book\n",
            "    model = Book\n\n    def get(self, request):\n        return super().get(request)\n",
        ),
        ("class Heir(Base):\n    pass\n", "class Heir(Base):\n    def get(self, request):\n        return 1\n"),
    ],
)
def test_a_method_of_which_more_depends_is_not_told(pages: Task, old: str, new: str) -> None:
    assert glanced(pages, "shop/pages.py", VIEWS.encode(), VIEWS.replace(old, new, 1).encode()) is None
