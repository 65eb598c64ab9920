"""What a whole run concluded is carried over where an edit changes nothing of it, and only there."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from edited import agrees, compiles, edits, reported, with_content
from msgspec import structs

from cachelint import carried, check, history
from cachelint.check import run
from cachelint.conclusions import Conclusions
from cachelint.config import load
from cachelint.program import served
from cachelint.rules import SPELLINGS
from cachelint.task import Task

SHOP = Path(__file__).parent.parent / "examples" / "shop"
VIEWS, HELPERS = "storefront/views.py", "shop/cache.py"


def made(tmp_path: Path, *left_out: str) -> Task:
    folder = tmp_path / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(".cachelint_cache", *left_out))
    config = structs.replace(load(folder, SPELLINGS), persona="auditor", min_confidence="low", min_severity="note")
    task = Task(project=folder, config=config, jobs=1, use_store=True)
    run(task)
    return task


@pytest.fixture
def shop(tmp_path: Path) -> Task:
    """A project without a policy."""
    return made(tmp_path, "CLAUDE.md")


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> list[Conclusions]:
    """All that was carried over."""
    done: list[Conclusions] = []
    original = carried.carried

    def noted(*arguments: object) -> Conclusions:
        found = original(*arguments)  # type: ignore[arg-type]
        done.extend([found] if found is not None else [])
        return found

    monkeypatch.setattr(carried, "carried", noted)
    return done


@pytest.fixture
def looked_for(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every time that it is worked out who serves requests."""
    done: list[object] = []
    original = served.find

    def noted(*arguments: object) -> object:
        done.append(original(*arguments))  # type: ignore[arg-type]
        return done[-1]

    monkeypatch.setattr(served, "find", noted)
    return done


def text_of(task: Task, path: str) -> str:
    return (task.project / path).read_text()


@pytest.mark.parametrize("policy", ["with a policy", "without"])
@pytest.mark.parametrize("seed", range(5))
def test_random_edits_are_reported_as_by_a_run_over_everything(tmp_path: Path, seed: int, policy: str) -> None:
    task = made(tmp_path, *([] if policy == "with a policy" else ["CLAUDE.md"]))
    chance = random.Random(100 + seed)
    paths = sorted(p.relative_to(task.project).as_posix() for p in task.project.rglob("*.py") if p.read_bytes())
    for _ in range(16):
        path = chance.choice(paths)
        content = next(filter(compiles, edits(text_of(task, path), chance)))
        assert agrees(with_content(task, path, content.encode())), (path, content)


CARRIED = {
    "a comment": (VIEWS, "from ", "# said before\nfrom "),
    "lines that move findings": (HELPERS, "import ", "\n\n\nimport "),
    "a constant": (HELPERS, "", "\nADDED = 1\n"),
    "a function that does nothing": (VIEWS, "", "\n\ndef added(value):\n    return value + 1\n"),
    "a class of nobody": (HELPERS, "", "\n\nclass Added:\n    x = 1\n"),
}
AT_THE_END = ""


def changed(task: Task, path: str, old: str, new: str) -> Task:
    source = text_of(task, path)
    edited = source + new if old == AT_THE_END else source.replace(old, new, 1)
    assert edited != source
    return with_content(task, path, edited.encode())


@pytest.mark.parametrize("name", CARRIED)
def test_what_is_carried_over(shop: Task, over: list[Conclusions], name: str) -> None:
    task = changed(shop, *CARRIED[name])
    assert agrees(task)
    assert over
    assert over[0].findings


NOT_CARRIED = {
    "a guard less": (HELPERS, "except redis.RedisError", "except KeyError"),
    "a handler more": ("shop/routes/users.py", "", "\n\n@router.get('/added')\nasync def added():\n    return 1\n"),
    "a setting": ("storefront/settings.py", "CACHES", "OTHERS"),
    "a field of a model": ("storefront/models.py", "    name", "    nick"),
    "a name that others import": ("shop/keys.py", "def ", "def other_"),
}


@pytest.mark.parametrize("name", NOT_CARRIED)
def test_what_is_linked_again(shop: Task, over: list[Conclusions], name: str) -> None:
    assert agrees(changed(shop, *NOT_CARRIED[name]))
    assert not over


def test_functions_in_another_order_are_linked_again(shop: Task, over: list[Conclusions]) -> None:
    """Which of several ways a finding shows, their order says."""
    first, second = "\n\ndef one(value):\n    return value\n", "\n\ndef other(value):\n    return value\n"
    source = text_of(shop, VIEWS)
    (shop.project / VIEWS).write_text(source + first + second)
    run(structs.replace(shop, use_store=False))
    shutil.rmtree(shop.project / ".cachelint_cache")
    run(shop)
    assert agrees(with_content(shop, VIEWS, (source + second + first).encode()))
    assert not over


def test_a_handler_that_goes_is_not_counted_any_more(shop: Task) -> None:
    path = "shop/routes/users.py"
    source = text_of(shop, path)
    (shop.project / path).write_text(source + "\n\n@router.get('/added')\nasync def added():\n    return 1\n")
    shutil.rmtree(shop.project / ".cachelint_cache")
    run(shop)
    assert agrees(with_content(shop, path, source.encode()))


@pytest.mark.parametrize("comment", ["# cachelint: ignore[unguarded-cache-call] known", "# cachelint: ignore[all]"])
def test_ignore_comments_that_come_are_heeded(shop: Task, over: list[Conclusions], comment: str) -> None:
    findings = [each for each in run(shop).report.findings if each.at.path.endswith(".py")]
    at = findings[0].at
    lines = text_of(shop, at.path).splitlines()
    lines[at.end_line - 1] += f"  {comment}"
    assert agrees(with_content(shop, at.path, "\n".join(lines).encode()))
    assert over


def test_a_run_of_other_rules_is_not_taken_over(shop: Task, over: list[Conclusions]) -> None:
    rules = tuple(rule for rule in shop.rules if rule.name != "uncached-query")
    task = structs.replace(changed(shop, *CARRIED["a constant"]), rules=rules)
    assert agrees(task)
    assert not over


def test_several_files_at_once(shop: Task, over: list[Conclusions]) -> None:
    replaced = {path: (text_of(shop, path) + "\n# more\nADDED = 1\n").encode() for path in (VIEWS, HELPERS)}
    assert agrees(structs.replace(shop, replaced=dict(replaced)))
    assert over


def test_what_goes_wrong_while_carrying_is_nothing_lost(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> Conclusions:
        raise ValueError("not the facts of a file")

    monkeypatch.setattr(carried, "carried", broken)
    assert agrees(changed(shop, *CARRIED["a constant"]))


def test_without_what_the_run_concluded_everything_is_linked_again(shop: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    task = changed(shop, *CARRIED["a constant"])
    monkeypatch.setattr(check.conclusions, "stored", lambda *arguments: None)
    assert agrees(task)


# ------------------------------------------------------------------------------------------- who serves requests

ROUTES = "shop/routes/users.py"
ALIKE = {
    "a guard less": (HELPERS, "except redis.RedisError", "except KeyError"),
    "a query more": (VIEWS, AT_THE_END, "\n\ndef added():\n    return list(Product.objects.all())\n"),
    "a use of a cache less": (HELPERS, "await client.set(", "print("),
}
OTHERWISE = {
    "a route more": (ROUTES, AT_THE_END, "\n\n@router.get('/added')\nasync def added():\n    return 1\n"),
    "another path": (ROUTES, '@router.get("', '@router.get("/other'),
    "no route": (ROUTES, "@router.get(", "@unknown("),
    "other patterns": ("storefront/urls.py", "path(", "unknown("),
    "a view that a function imports": (
        HELPERS,
        AT_THE_END,
        "\n\ndef added():\n    from x import Unheard\n    f(Unheard)\n",
    ),
    "an import less": (VIEWS, "from ", "# from "),
}


@pytest.mark.parametrize("name", ALIKE)
def test_who_serves_requests_is_not_worked_out_again(shop: Task, looked_for: list[object], name: str) -> None:
    task = changed(shop, *ALIKE[name])
    now = reported(task)
    assert not looked_for
    assert now == reported(structs.replace(task, use_store=False))


@pytest.mark.parametrize("name", OTHERWISE)
def test_who_serves_requests_is_worked_out_where_it_may_be_another(
    shop: Task, looked_for: list[object], name: str
) -> None:
    task = changed(shop, *OTHERWISE[name])
    now = reported(task)
    assert looked_for
    assert now == reported(structs.replace(task, use_store=False))


def test_without_what_is_kept_of_it_it_is_worked_out(
    shop: Task, looked_for: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SERVED", "not there")
    assert agrees(changed(shop, *ALIKE["a guard less"]))
    assert looked_for
