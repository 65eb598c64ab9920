"""A glance at an edit says what whole runs say, or that it cannot tell."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from msgspec import structs
from test_renewal import SHOP, compiles, edits

import cachelint.compare
import cachelint.concluding
from cachelint.check import run
from cachelint.compare import at_a_glance, by_whole_runs, introduced
from cachelint.config import load
from cachelint.finding import Reported
from cachelint.program import UnsureError, bodies
from cachelint.program.likeness import Likeness
from cachelint.program.partial import PartialGraph
from cachelint.program.values import Gap, Origin, Place, Text, Value
from cachelint.rules import SPELLINGS
from cachelint.task import Task


@pytest.fixture
def shop(tmp_path: Path) -> Task:
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(".cachelint_cache"))
    task = Task(project=folder, config=load(folder, SPELLINGS), jobs=1, use_store=True)
    run(task)
    return task


def glanced(task: Task, path: str, before: bytes | None, after: bytes) -> list[Reported] | None:
    """What a glance says that an edit brings, None when it cannot tell."""
    try:
        return list(at_a_glance(task, path, before, after).introduced)
    except UnsureError:
        return None


def fully(task: Task, path: str, before: bytes | None, after: bytes) -> list[Reported]:
    """What runs over everything say, without a store; lines of the policy that enforce nothing are no part of a
    glance."""
    found = by_whole_runs(structs.replace(task, use_store=False), path, before, after).introduced
    return [each for each in found if each.rule != "unenforced-policy-line"]


def bare(findings: list[Reported]) -> list[Reported]:
    """Findings without what tells equal ones apart."""
    return [structs.replace(each, fingerprint="") for each in findings]


@pytest.mark.parametrize("seed", range(8))
def test_it_says_what_whole_runs_say(shop: Task, seed: int) -> None:
    if seed % 2:
        # Without a policy less is asked of what lies around.
        (shop.project / "CLAUDE.md").unlink()
        run(shop)
    chance = random.Random(seed)
    paths = sorted(p.relative_to(shop.project).as_posix() for p in shop.project.rglob("*.py"))
    judged = 0
    for _ in range(25):
        path = chance.choice([p for p in paths if (shop.project / p).read_bytes()])
        source = (shop.project / path).read_text()
        edited = next(edits(source, chance))
        found = glanced(shop, path, source.encode(), edited.encode()) if compiles(edited) else None
        if found is not None:
            assert bare(found) == bare(fully(shop, path, source.encode(), edited.encode())), (path, edited)
            judged += 1
    assert judged > 3


def test_what_an_edit_brings_elsewhere(shop: Task) -> None:
    path = "shop/cache.py"
    source = (shop.project / path).read_bytes()
    unguarded = source.replace(b"except redis.RedisError", b"except KeyError")
    found = glanced(shop, path, source, unguarded)
    assert found
    assert bare(found) == bare(fully(shop, path, source, unguarded))


ROUTE = b"""

@router.get("/more")
async def more(term: str) -> object:
    return await cache.client.get(f"x:{term}")
"""


def test_a_new_route_is_blocked_without_a_whole_run(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "shop/routes/users.py"
    source = (shop.project / path).read_bytes()
    edited = source.replace(b"from shop", b"from shop import cache\nfrom shop", 1) + ROUTE
    expected = fully(shop, path, source, edited)
    monkeypatch.setattr(cachelint.compare, "run", lambda task: pytest.fail("ran everything"))
    found = list(introduced(shop, path, source, edited).introduced)
    assert [f.rule for f in found].count("raw-input-in-key") == 1
    assert bare(found) == bare(expected)


def test_edit_after_edit_that_brings_something(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is compared with the edit before it, not with the last whole run."""
    path = "shop/routes/users.py"
    first = (shop.project / path).read_bytes()
    second = first.replace(b"from shop", b"from shop import cache\nfrom shop", 1) + ROUTE
    third = second + ROUTE.replace(b"more", b"yet_more")
    expected = [
        fully(shop, path, *pair) for pair in ((first, second), (second, third), (third, second), (first, third))
    ]
    monkeypatch.setattr(cachelint.compare, "run", lambda task: pytest.fail("ran everything"))
    pairs = ((first, second), (second, third), (third, second), (first, third))
    for (before, after), wanted in zip(pairs, expected, strict=True):
        assert bare(list(introduced(shop, path, before, after).introduced)) == bare(wanted)
        (shop.project / path).write_bytes(after if (before, after) != pairs[2] else first)


def test_only_what_an_edit_changes_is_followed(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = []
    real = bodies.follow
    monkeypatch.setattr(bodies, "follow", lambda i, function, s: followed.append(function) or real(i, function, s))
    path = "shop/report_cache.py"
    source = (shop.project / path).read_bytes()
    assert glanced(shop, path, source, source + b"\n\ndef more():\n    return 1\n") == []
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


@pytest.mark.parametrize(
    ("path", "old", "new", "why"),
    [
        ("storefront/settings.py", "CACHES", "CACHES_", "settings say what caches there are"),
        ("storefront/models.py", "class Brand", "class Brand_", "a model has relations"),
        ("shop/report_cache.py", "import", "# cachelint: ignore-file[uncached-query] why\nimport", "an ignore comment"),
        ("shop/keys.py", "def ", "def (", "a file that does not parse"),
    ],
)
def test_it_knows_what_it_cannot_tell(shop: Task, path: str, old: str, new: str, why: str) -> None:
    source = (shop.project / path).read_text()
    edited = source.replace(old, new, 1)
    assert edited != source
    assert glanced(shop, path, source.encode(), edited.encode()) is None, why


def test_a_name_that_others_import(shop: Task) -> None:
    path = "shop/keys.py"
    source = (shop.project / path).read_bytes()
    edited = source.replace(b"def visits", b"def visitors")
    assert glanced(shop, path, source, edited) == fully(shop, path, source, edited) == []


def test_without_a_whole_run_there_is_nothing_to_start_from(shop: Task) -> None:
    shutil.rmtree(shop.project / ".cachelint_cache")
    source = (shop.project / "shop/keys.py").read_bytes()
    assert glanced(shop, "shop/keys.py", source, source + b"\nX = 1\n") is None


def test_one_more_of_those_that_a_finding_stands_for(shop: Task) -> None:
    """Many calls on one client are one finding; another such call is news all the same."""
    (shop.project / "CLAUDE.md").unlink()
    path = "storefront/views.py"
    source = (shop.project / path).read_text()
    views = [
        f"\n\n@api_view(['GET'])\ndef more_{n}(request):\n    return cache.touch('more:{n}', 60)\n" for n in range(5)
    ]
    before = (source + "\n\nfrom rest_framework.decorators import api_view\n" + "".join(views)).encode()
    (shop.project / path).write_bytes(before)
    run(shop)
    after = before + views[0].replace("more", "yet_more").encode()
    found = glanced(shop, path, before, after)
    assert found is not None
    assert bare(found) == bare(fully(shop, path, before, after))
    assert [each.rule for each in found] == ["unguarded-cache-call"]


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
    assert glanced(task, "app.py", before, silent) == []
    wrong = RECURSIVE.replace("return None", "return cache.get(name)").encode()
    new = glanced(task, "app.py", before, wrong)
    assert new is not None
    assert bare(new) == bare(fully(task, "app.py", before, wrong))
    assert "raw-input-in-key" in {finding.rule for finding in new}


VIEWS = """\
from django.core.cache import cache
from django.urls import path
from django.views import View
from django.views.decorators.cache import cache_page


class Page(View):
    def get(self, request):
        return self.answer(request)

    def answer(self, request):
        return None


class Front(Page):
    pass


urlpatterns = [path("", Front.as_view())]
"""


def test_a_cached_method_is_a_matter_for_whole_runs(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(VIEWS)
    (tmp_path / "settings.py").write_text(
        'CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}\n'
    )
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    before = VIEWS.encode()
    after = VIEWS.replace("    def answer", "    @cache_page(60)\n    def answer").encode()
    new = glanced(task, "app.py", before, after)
    assert new is not None
    assert bare(new) == bare(fully(task, "app.py", before, after))
    gone = glanced(task, "app.py", after, before)
    assert gone is not None
    assert bare(gone) == bare(fully(task, "app.py", after, before))
    assert "unguarded-cache-call" in {finding.rule for finding in new}


MIXED = """\
from django.core.cache import cache
from django.urls import path
from django.views.generic import TemplateView


class Setup(TemplateView):
    title = "base"

    def get_context_data(self, **kwargs):
        return {"title": self.title}


class Mail(Setup):
    title = "mail"


urlpatterns = [path("setup", Setup.as_view()), path("mail", Mail.as_view())]
"""


def test_handlers_that_inherit_what_is_edited(tmp_path: Path) -> None:
    """Special cases of a method that only routes lead to are not forgotten when it is followed again."""
    (tmp_path / "app.py").write_text(MIXED)
    (tmp_path / "settings.py").write_text(
        'CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}\n'
    )
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    before, after = MIXED.encode(), MIXED.replace("return {", 'cache.set("added", 1, 60)\n        return {').encode()
    wanted = fully(task, "app.py", before, after)
    assert "`Setup` and `Mail`" in next(each.message for each in wanted if each.rule == "unguarded-cache-call")
    assert bare(glanced(task, "app.py", before, after) or []) == bare(wanted)
    assert bare(list(by_whole_runs(task, "app.py", before, after).introduced)) == bare(wanted)


MEMBERS = """\
from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.cache import cache_page


class Tide(models.Model):
    height = models.IntegerField()


@login_required
def tides(request):
    return JsonResponse({"found": list(Tide.objects.values())})


def front(request):
    return JsonResponse({})
"""


def test_the_first_use_of_a_cache_by_a_decorator(tmp_path: Path) -> None:
    """It makes of a project that keeps nothing one whose pages for members count."""
    pages = "".join(f"\n\ndef page{number}(request): ...\n" for number in range(20))
    routes = "".join(f'    path("p{number}/", page{number}),\n' for number in range(20))
    patterns = f'\n\nurlpatterns = [\n    path("", front),\n    path("tides/", tides),\n{routes}]\n'
    source = MEMBERS + pages + patterns
    (tmp_path / "app.py").write_text(source)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    before, after = source.encode(), source.replace("def front", "@cache_page(60)\ndef front").encode()
    assert [each.rule for each in fully(task, "app.py", before, after)] == ["uncached-query"]
    assert glanced(task, "app.py", before, after) is None


def test_what_is_only_imported_more_is_not_followed(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import of a package by which no name of the file is guessed, and one that is there already."""
    path = "storefront/views.py"
    source = (shop.project / path).read_bytes()
    more = b"\n\nfrom django.core.cache import cache\nimport attrs\n\n\ndef more(request):\n    return cache\n"
    followed = []
    real = bodies.follow
    monkeypatch.setattr(bodies, "follow", lambda i, function, s: followed.append(function) or real(i, function, s))
    assert glanced(shop, path, source, source + more) == []
    assert [function.facts.name for function in followed] == ["more"]


def test_a_name_that_an_import_explains(shop: Task) -> None:
    """What a variable holds may be guessed where the file imports the library."""
    path = "shop/keys.py"
    (shop.project / path).write_text("def read(redis_client, name):\n    return redis_client.get(name)\n")
    run(shop)
    before = (shop.project / path).read_bytes()
    after = b"import redis\n\n\n" + before
    found = glanced(shop, path, before, after)
    assert found is None or bare(found) == bare(fully(shop, path, before, after))


KEPT = """\
from fastapi import FastAPI, Request
import redis

app = FastAPI()


@app.on_event("startup")
def start():
    app.state.redis = redis.Redis()


@app.get("/read")
def read(name: str, request: Request):
    return None
"""


def test_what_is_kept_on_the_application(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(KEPT)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    before, after = KEPT.encode(), KEPT.replace("return None", "return request.app.state.redis.get(name)").encode()
    wanted = fully(task, "app.py", before, after)
    assert {"raw-input-in-key", "unguarded-cache-call"} <= {each.rule for each in wanted}
    assert bare(glanced(task, "app.py", before, after) or []) == bare(wanted)


QUIET = """\
from django.core.cache import cache
from django.urls import path


def spelled(name, width):
    return name.ljust(width)


def stored(name):
    return cache.get(f"name:{name}")


def view(request):
    word = spelled("a", 3)
    return stored(word)


urlpatterns = [path("", view)]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('spelled("a", 3)', 'spelled("b", 4)'),
        ("    word", "    spelled('b', 1)\n    word"),
        ("    return name", "    width += len(repr(1))\n    return name"),
    ],
)
def test_calls_that_lead_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """What lies around a change that nobody can see is not looked at."""
    (tmp_path / "app.py").write_text(QUIET)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    before, after = QUIET.encode(), QUIET.replace(old, new).encode()
    assert before != after
    assert fully(task, "app.py", before, after) == []
    monkeypatch.setattr(PartialGraph, "look_around", lambda self: pytest.fail("looked around"))
    assert glanced(task, "app.py", before, after) == []


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ('spelled("a", 3)', 'request.GET["word"]', {"raw-input-in-key"}),
        ("return name.ljust", "return cache.get(name) or name.ljust", set()),
        ("    word", "    cache.set('x', 1)\n    word", set()),
    ],
)
def test_calls_that_lead_to_caches(tmp_path: Path, old: str, new: str, rules: set[str]) -> None:
    (tmp_path / "app.py").write_text(QUIET)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    before, after = QUIET.encode(), QUIET.replace(old, new).encode()
    found, wanted = glanced(task, "app.py", before, after), fully(task, "app.py", before, after)
    assert found is not None
    assert bare(found) == bare(wanted)
    assert {each.rule for each in found} >= rules


def test_places_that_are_gone() -> None:
    """Of edited code only what it does is compared, and where a place is more than that, it counts."""
    gone, here, other = Place("a.py", -11, -16), Place("a.py", 20, 26), Place("b.py", 20, 26)

    def value(place: Place, name: str) -> Value:
        origin = Origin("parameter", "p", name, place)
        gap = Gap(Value(origins=frozenset((origin,))), place, "g")
        return Value(origins=frozenset((origin,)), text=Text(("x:", gap)))

    likeness = Likeness(lambda place: False)
    assert likeness.alike(value(gone, "n"), value(here, "n"))
    assert not likeness.alike(value(gone, "n"), value(here, "m"))
    assert not likeness.alike(value(gone, "n"), value(other, "n"))
    assert not likeness.alike(value(here, "n"), value(gone, "n"))
    assert not Likeness({gone}.__contains__).alike({gone}, {here})
    assert Likeness({gone, here}.__contains__).alike({"k": [gone]}, {"k": [here]})


STOCK = {
    "CLAUDE.md": "## Caching\n\n- Inventory: write-through, 5min TTL (always fresh)\n- Never cache: payments\n",
    "store/models.py": (
        "from django.db import models\n\n\nclass Inventory(models.Model):\n    stock = models.IntegerField()\n"
    ),
    "store/keeping.py": (
        "from django.core.cache import cache\nfrom store.models import Inventory\n\n\n"
        "def stock(pk: int) -> int:\n"
        "    return cache.get_or_set(f'inventory:{pk}', lambda: Inventory.objects.get(pk=pk).stock, 300)\n\n\n"
        "def keep(pk: int, left: int) -> None:\n    cache.set(f'inventory:{pk}', left, 300)\n"
    ),
    "store/selling.py": (
        "from store.keeping import keep\nfrom store.models import Inventory\n\n\n"
        "def sell(pk: int, left: int) -> None:\n    Inventory.objects.filter(pk=pk).update(stock=left)\n"
        "    keep(pk, left)\n"
        "\n\ndef lose(pk: int) -> None:\n    Inventory.objects.filter(pk=pk).update(stock=0)\n"
    ),
    "store/headers.py": (
        "class HeaderMiddleware:\n    def process_response(self, request, response):\n"
        "        response['Cache-Control'] = 'no-store'\n        return response\n"
    ),
    "store/urls.py": (
        "from django.http import JsonResponse\nfrom django.urls import path\nfrom store.selling import lose, sell\n\n\n"
        "def payments(request):\n    return JsonResponse({'paid': True})\n\n\n"
        "def selling(request):\n    sell(1, 2)\n    return JsonResponse({})\n\n\n"
        "def losing(request):\n    lose(3)\n    return JsonResponse({})\n\n\n"
        "urlpatterns = [path('payments/', payments), path('sell/', selling), path('lose/', losing)]\n"
    ),
}
READS = "\n\ndef left(pk: int) -> int:\n    return Inventory.objects.get(pk=pk).stock\n"
WRITES = "\n\ndef reset(pk: int) -> None:\n    Inventory.objects.filter(pk=pk).update(stock=1)\n"


@pytest.fixture
def store(tmp_path: Path) -> Task:
    for path, text in STOCK.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    assert [each.rule for each in run(task).report.findings] == ["off-strategy"]
    return task


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("store/selling.py", "", READS, []),
        ("store/selling.py", "", WRITES, ["off-strategy"]),
        ("store/selling.py", "    keep(pk, left)\n", "", []),
        ("store/selling.py", "update(stock=0)\n", "update(stock=0)\n    keep(pk, 0)\n", []),
        (
            "store/keeping.py",
            "    cache.set(f'inventory:{pk}', left, 300)\n",
            "    print(pk, left)\n",
            ["off-strategy"],
        ),
        ("store/keeping.py", "f'inventory:{pk}', left", "f'stocks:{pk}', left", ["off-strategy"]),
        ("store/headers.py", "no-store", "public", ["missing-no-store"]),
        ("store/headers.py", "process_response", "process_request", []),
    ],
)
def test_what_a_policy_asks_of_the_whole_is_asked(
    store: Task, path: str, old: str, new: str, expected: list[str]
) -> None:
    """What falls out of step with its entries, or is no longer said by a hook, lies in other files than the edit."""
    source = (store.project / path).read_text()
    edited = source.replace(old, new, 1) if old else source + new
    found = fully(store, path, source.encode(), edited.encode())
    assert [each.rule for each in found] == expected
    seen = glanced(store, path, source.encode(), edited.encode())
    assert seen is None or bare(seen) == bare(found)
    if new == READS:
        assert seen == []


def test_what_keeps_in_step_reads_no_other_file(store: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PartialGraph, "all_events", lambda self, paths: pytest.fail("asked for all events"))
    source = (store.project / "store/selling.py").read_bytes()
    assert glanced(store, "store/selling.py", source, source + READS.encode()) == []


def test_a_policy_that_was_read_is_not_read_again(store: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (store.project / "store/selling.py").read_bytes()
    assert glanced(store, "store/selling.py", source, source + READS.encode()) == []
    monkeypatch.setattr(cachelint.concluding, "decide", lambda *inputs: pytest.fail("read again"))
    assert glanced(store, "store/selling.py", source, source + READS.replace("left", "more").encode()) == []


VISITED = """\
from flask import Blueprint, Flask, redirect
from flask_login import current_user
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)
pages = Blueprint("pages", __name__)


class Book(db.Model):
    id = db.Column(db.Integer, primary_key=True)

HOOK
@pages.get("/books")
def books():
    return {"books": [book.id for book in db.session.query(Book).all()]}

VIEWS
app.register_blueprint(pages)
"""
HOOK = """

@{}
def ask():
    if not current_user.is_authenticated:
        return redirect("/login")

"""


@pytest.mark.parametrize("decorator", ["app.before_request", "pages.before_request", "pages.before_app_request"])
@pytest.mark.parametrize("edit", ["gone", "without its decorator", "asking nobody"])
def test_what_runs_before_other_functions(tmp_path: Path, decorator: str, edit: str) -> None:
    hook = HOOK.format(decorator)
    views = "".join(f"\n\n@pages.get('/{n}')\ndef view_{n}():\n    return 'x'\n" for n in range(22)) + "\n"
    before = VISITED.replace("VIEWS", views).replace("HOOK", hook)
    others = {
        "gone": "",
        "without its decorator": hook.replace(f"@{decorator}\n", ""),
        "asking nobody": hook.replace('return redirect("/login")', "pass"),
    }
    after = before.replace(hook, others[edit])
    (tmp_path / "app.py").write_text(before)
    task = Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1, use_store=True)
    run(task)
    wanted = fully(task, "app.py", before.encode(), after.encode())
    assert [each.rule for each in wanted] == ["uncached-query"]
    assert glanced(task, "app.py", before.encode(), after.encode()) is None
    assert bare(list(introduced(task, "app.py", before.encode(), after.encode()).introduced)) == bare(wanted)
