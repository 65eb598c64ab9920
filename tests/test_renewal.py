"""Linking again after a change comes to what linking everything comes to, and costs less."""

from __future__ import annotations

import pickle
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from edited import agrees, compiles, edits, with_content
from msgspec import structs

from cachelint import check, history
from cachelint.check import run
from cachelint.compare import introduced
from cachelint.config import load
from cachelint.inputs import inputs
from cachelint.program import bodies
from cachelint.program.catalogue import Catalogue
from cachelint.program.interpreter import Interpreter
from cachelint.program.kept import PROTOCOL, Reader
from cachelint.program.modules import Modules
from cachelint.program.renewal import Renewal
from cachelint.rules import SPELLINGS
from cachelint.task import Task

SHOP = Path(__file__).parent.parent / "examples" / "shop"


@pytest.fixture
def shop(tmp_path: Path) -> Task:
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(".cachelint_cache"))
    task = Task(project=folder, config=load(folder, SPELLINGS), jobs=1, use_store=True)
    run(task)
    return task


@pytest.fixture(autouse=True)
def linked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is only carried over (tests/test_carried.py): what is linked again is what is tested here."""
    monkeypatch.setattr(check, "_carried", lambda *arguments: (None, False))


@pytest.fixture
def renewals(monkeypatch: pytest.MonkeyPatch) -> list[Renewal]:
    """Every renewal that came to its end."""
    done: list[Renewal] = []
    original = Renewal.run

    def noted(self: Renewal) -> None:
        original(self)
        done.append(self)

    monkeypatch.setattr(Renewal, "run", noted)
    return done


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_are_reported_as_by_a_run_over_everything(shop: Task, renewals: list[Renewal], seed: int) -> None:
    chance = random.Random(seed)
    paths = sorted(p.relative_to(shop.project).as_posix() for p in shop.project.rglob("*.py"))
    for _ in range(10):
        path = chance.choice([p for p in paths if (shop.project / p).read_bytes()])
        content = next(edits((shop.project / path).read_text(), chance)).encode()
        assert agrees(with_content(shop, path, content)), (path, content)
    assert renewals


EDITS = {
    "a function more": (
        "shop/services/users.py",
        b"async def page",
        b"async def more():\n    pass\n\n\nasync def page",
    ),
    "a guard less in a helper": ("shop/cache.py", b"except RedisError", b"except KeyError"),
    "a name that others import": (
        "shop/keys.py",
        b"def ",
        b"def other_",
    ),
    "a setting": ("storefront/settings.py", b"CACHES", b"OTHERS"),
    "a field of a model": ("storefront/models.py", b"    name", b"    nick"),
}


@pytest.mark.parametrize("name", EDITS)
def test_edits_of_each_kind(shop: Task, name: str) -> None:
    path, old, new = EDITS[name]
    content = (shop.project / path).read_bytes()
    assert agrees(with_content(shop, path, content.replace(old, new)))


@pytest.mark.parametrize("seed", range(3))
def test_news_are_those_of_runs_over_everything(shop: Task, seed: int) -> None:
    chance = random.Random(seed)
    paths = sorted(p.relative_to(shop.project).as_posix() for p in shop.project.rglob("*.py"))
    plain = structs.replace(shop, use_store=False)
    for _ in range(6):
        path = chance.choice([p for p in paths if (shop.project / p).read_bytes()])
        source = (shop.project / path).read_text()
        edited = next(edits(source, chance))
        if compiles(edited):
            for old, new in ((source, edited), (edited, source)):
                found = introduced(shop, path, old.encode(), new.encode())
                expected = introduced(plain, path, old.encode(), new.encode())
                assert (found.introduced, found.lost) == (expected.introduced, expected.lost), (path, new)


def test_an_edit_of_a_helper_is_news_where_it_is_called(shop: Task) -> None:
    path = "shop/cache.py"
    source = (shop.project / path).read_bytes()
    unguarded = source.replace(b"except redis.RedisError", b"except KeyError")
    assert unguarded != source
    found = introduced(shop, path, source, unguarded).introduced
    assert found
    assert found == introduced(structs.replace(shop, use_store=False), path, source, unguarded).introduced


def test_files_that_come_and_go(shop: Task) -> None:
    gone = with_content(shop, "shop/keys.py", None)
    assert agrees(gone)
    added = with_content(shop, "shop/routes/added.py", (shop.project / "shop/routes/users.py").read_bytes())
    assert agrees(added)


def test_several_changes_at_once(shop: Task) -> None:
    chance = random.Random(7)
    paths = ("shop/cache.py", "shop/keys.py", "storefront/views.py")
    replaced = {p: next(edits((shop.project / p).read_text(), chance)).encode() for p in paths}
    assert agrees(structs.replace(shop, replaced=dict(replaced)))


def test_only_what_an_edit_can_matter_to_is_followed_again(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[str] = []
    follow = bodies.follow

    def counted(interpreter: object, function: object, summary: object) -> None:
        followed.append(function.facts.qualname)  # type: ignore[attr-defined]
        follow(interpreter, function, summary)  # type: ignore[arg-type]

    monkeypatch.setattr(bodies, "follow", counted)
    content = (shop.project / "storefront/views.py").read_bytes()
    run(structs.replace(with_content(shop, "storefront/views.py", content + b"\nADDED = 1\n"), use_store=False))
    everything = len(followed)
    followed.clear()
    run(with_content(shop, "storefront/views.py", content + b"\nADDED = 1\n"))
    assert len(followed) < everything / 3


def test_a_file_that_nobody_imports_makes_nobody_else_mean_something_else(
    shop: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[str] = []
    follow = bodies.follow

    def noted(interpreter: object, function: object, summary: object) -> None:
        followed.append(function.name)  # type: ignore[attr-defined]
        follow(interpreter, function, summary)  # type: ignore[arg-type]

    content = b"async def page(user, key):\n    return await user.get(key)\n\n\nclass View:\n    get = 1\n"
    added = with_content(shop, "shop/routes/added.py", content)
    assert agrees(added)
    monkeypatch.setattr(bodies, "follow", noted)
    run(structs.replace(added, replaced={"shop/routes/more.py": content}))
    assert len({*followed}) < 8


def test_a_file_that_somebody_imported_before_it_was_there(shop: Task) -> None:
    path = "shop/routes/users.py"
    content = (
        b"from shop.added import helper\n"
        + (shop.project / path).read_bytes()
        + b"\n\ndef more():\n    return helper()\n"
    )
    (shop.project / path).write_bytes(content)
    run(shop)
    helper = b"from shop.cache import client\n\n\ndef helper():\n    return client.get('a')\n"
    assert agrees(with_content(shop, "shop/added.py", helper))


def test_an_edit_of_a_comment_moves_findings_and_their_traces(shop: Task) -> None:
    path = "shop/routes/users.py"
    content = b"# one line more\n\n" + (shop.project / path).read_bytes()
    assert agrees(with_content(shop, path, content))


def test_without_anything_left_everything_is_followed(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "recall", lambda *arguments: None)
    assert agrees(with_content(shop, "shop/cache.py", b"X = 1\n"))


def test_summaries_that_are_broken_are_not_used(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_left", lambda *arguments: b"no pickle")
    path = "shop/cache.py"
    assert agrees(with_content(shop, path, (shop.project / path).read_bytes() + b"\nX = 1\n"))


class Command:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, ("1 + 1",)


class NoSymbols:
    def __getattr__(self, name: str) -> Any:
        return pytest.fail


@pytest.mark.parametrize("value", [Command(), [Command()], print, Path, b"text", {"a": [1, 2]}])
def test_a_pickle_that_somebody_else_wrote_does_nothing(value: object) -> None:
    data = pickle.dumps(value, PROTOCOL)
    reader = Reader(NoSymbols(), ())
    assert reader.file(data) is None
    assert reader.known(data) is None
    assert reader.served(data) is None


def test_a_broken_entry_is_a_miss(shop: Task) -> None:
    task = with_content(shop, "shop/cache.py", b"X = 1\n")
    store = check.open_store(shop.project, {})
    given = inputs(task, store)
    for scope in (b"", check.scope_of(task, given)):
        store.put(scope, b"\x00broken")
        assert history.nearest(store, scope, check._files(given)) is None


KEPT = (
    "parameter_things dependencies request_types answering configured model_namers memos learning shelves asking "
    "summaries"
)
ANEW = (
    "modules catalogue module_summaries attribute_writers instance_values applied dialects class_layers revealed "
    "tracks_loaders related routes recall variants names hierarchy evaluators run lambda_scopes incomplete _running "
    "too_deep followed_again"
)


def test_everything_that_following_leaves_is_kept_or_worked_out_anew() -> None:
    """What a function leaves in a table that is in neither list would be missing after a renewal."""
    interpreter = Interpreter(Modules(()), Catalogue(()))
    assert set(vars(interpreter)) == {*KEPT.split(), *ANEW.split()}
