"""What a change brings: findings by what they are about, with counts, never by lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachelint.compare import introduced, subtract, touched_lines
from cachelint.config import load
from cachelint.finding import Confidence, Location, Persona, Reported, Severity
from cachelint.rules import SPELLINGS
from cachelint.task import Task

HEAD = """\
from cashews import cache
from fastapi import FastAPI

app = FastAPI()
"""
ROUTE = """

@app.get("/{name}")
async def {name}({parameter}):
    return await cache.get(f"{name}:{{{given}}}")
"""


def route(name: str, parameter: str = "term: str") -> str:
    return ROUTE.format(name=name, parameter=parameter, given=parameter.partition(":")[0])


def module(*routes: str) -> bytes:
    return (HEAD + "".join(routes)).encode()


LEGACY = [route(f"search_{i}") for i in range(50)]


@pytest.fixture
def task(tmp_path: Path) -> Task:
    (tmp_path / "pyproject.toml").write_text("[tool.cachelint]\nselect = ['raw-input-in-key']\n")
    return Task(project=tmp_path, config=load(tmp_path, SPELLINGS), jobs=1)


def brought(task: Task, before: bytes | None, after: bytes | None) -> list[tuple[str, int]]:
    comparison = introduced(task, "app.py", before, after)
    assert comparison.lost == ()
    return [(finding.at.path, finding.at.line) for finding in comparison.introduced]


def test_a_new_file_brings_what_is_in_it(task: Task) -> None:
    assert brought(task, None, module(route("a"))) == [("app.py", 9)]
    assert brought(task, module(route("a")), None) == []


def test_nothing_is_written(task: Task) -> None:
    brought(task, None, module(route("a")))
    assert [path.name for path in task.project.iterdir()] == ["pyproject.toml"]


def test_an_unrelated_edit_of_a_file_with_fifty_findings_is_silent(task: Task) -> None:
    assert len(brought(task, None, module(*LEGACY))) == 50
    assert brought(task, module(*LEGACY), module("\n\nLIMIT = 10\n", *LEGACY)) == []


def test_moving_fifty_findings_is_silent(task: Task) -> None:
    assert brought(task, module(*LEGACY), module(*reversed(LEGACY))) == []


def test_one_more_finding_among_fifty_is_found_where_it_is(task: Task) -> None:
    after = module(*LEGACY[:20], route("fresh"), *LEGACY[20:])
    line = after.decode().splitlines().index('    return await cache.get(f"fresh:{term}")') + 1
    assert brought(task, module(*LEGACY), after) == [("app.py", line)]


def test_a_copy_above_the_old_one_is_the_new_one(task: Task) -> None:
    one = "    await cache.get(f'user:{term}')\n"
    head = HEAD + "\n\n@app.get('/')\nasync def users(term: str):\n"
    before = (head + "    x = 1\n" + one).encode()
    after = (head + one.replace("await", "page = await") + "    x = 1\n" + one).encode()
    assert brought(task, before, after) == [("app.py", 9)]


def test_a_renamed_function_keeps_its_finding(task: Task) -> None:
    body = '    return await cache.get(f"fixed:{term}")\n'
    before = route("before").replace('f"before:', 'f"fixed:')
    assert body in before
    assert brought(task, module(before), module(before.replace("def before", "def after"))) == []


def test_an_edit_is_judged_by_what_it_causes_elsewhere(task: Task) -> None:
    (task.project / "keys.py").write_text("def user(cursor):\n    return f'user:{cursor}'\n")
    safe = (HEAD + "import keys\n" + route("a", "cursor: int").replace('f"a:{cursor}"', "keys.user(cursor)")).encode()
    raw = safe.replace(b"cursor: int", b"cursor: str")
    assert brought(task, safe, raw) == [("keys.py", 2)]


def test_a_changed_key_or_name_is_no_new_finding(task: Task) -> None:
    (task.project / "prefix.py").write_text("PREFIX = 'one'\n")
    users = (HEAD + "import prefix\n" + route("a").replace('f"a:', 'f"{prefix.PREFIX}:')).encode()
    (task.project / "app.py").write_bytes(users)
    assert introduced(task, "prefix.py", b"PREFIX = 'one'\n", b"PREFIX = 'two'\n").introduced == ()
    assert introduced(task, "app.py", users, users.replace(b"term", b"word")).introduced == ()


def test_a_file_left_out_brings_nothing(task: Task) -> None:
    (task.project / ".gitignore").write_text("made/\n")
    (task.project / ".git").mkdir()
    for path in ("tests/app.py", "made/app.py", "node_modules/x/app.py"):
        comparison = introduced(task, path, None, module(route("a")))
        assert (comparison.introduced, comparison.lost) == ((), ())
    assert introduced(task, "new/folder/app.py", None, module(route("a"))).introduced


def test_what_cannot_be_analysed_on_one_side_is_said(task: Task) -> None:
    broken = introduced(task, "app.py", module(route("a")), b"def f(:\n")
    assert [(error.path, error.message[:12]) for error in broken.lost] == [("app.py", "cannot parse")]
    assert introduced(task, "app.py", b"def f(:\n", b"\ndef f(:\n").lost == ()


def test_a_package_that_is_only_in_memory_is_one(task: Task) -> None:
    (task.project / "src/pkg").mkdir(parents=True)
    (task.project / "src/pkg/app.py").write_bytes(module("\nfrom .keys import user\n", route("a")))
    (task.project / "src/pkg/keys.py").write_text("def user(x):\n    return f'user:{x}'\n")
    calling = module("from pkg.keys import user\n", route("a").replace('f"a:{term}"', "user(term)"))
    in_memory = Task(
        project=task.project, config=task.config, jobs=1, replaced={"src/pkg/__init__.py": b"", "src/main.py": calling}
    )
    assert introduced(in_memory, "src/main.py", None, calling).introduced[0].at.path == "src/pkg/keys.py"


def reported(function: str, line: int, subject: str = "s", path: str = "a.py") -> Reported:
    at = Location(path, line, 1, line, 2)
    words = ("message", "help", (), (), "print", function, subject)
    return Reported("rule", "CL1", Severity.ERROR, Confidence.HIGH, Persona.REGULAR, at, *words)


@pytest.mark.parametrize(
    ("now", "then", "new"),
    [
        ([("f", 9)], [("f", 1)], []),
        ([("f", 1), ("f", 5)], [("f", 1)], [5]),
        ([("f", 1), ("g", 5)], [("f", 1)], [5]),
        ([("g", 5)], [("f", 1)], []),
        ([("f", 1, "s", "b.py")], [("f", 1)], []),
        ([("g", 1, "s", "b.py")], [("f", 1)], [1]),
        ([("f", 1, "other")], [("f", 1)], []),
        ([("g", 1, "other")], [("f", 1)], [1]),
        ([("f", 1, "other"), ("f", 2, "other")], [("f", 1)], [2]),
        ([("f", 3, "s"), ("f", 4, "t")], [("f", 1, "t"), ("f", 2, "s")], []),
    ],
)
def test_subtracting(now: list[tuple[object, ...]], then: list[tuple[object, ...]], new: list[int]) -> None:
    left = subtract([reported(*f) for f in now], [reported(*f) for f in then], lambda f: False)  # type: ignore[arg-type]
    assert [finding.at.line for finding in left] == new


@pytest.mark.parametrize(
    ("before", "after", "touched"),
    [
        (b"a\nb\nc", b"a\nb\nc", set()),
        (b"a\nb\nc", b"a\nX\nc", {2}),
        (b"a\nb", b"new\na\nb", {1}),
        (b"a\r\nb", b"a\nb", set()),
        (b"", b"a\nb\n", {1, 2}),
        (b"x\nx\nx", b"x\nx", set()),
        (b"a\nb\nc\nd", b"1\nb\nc\n2", {1, 4}),
    ],
)
def test_touched_lines(before: bytes, after: bytes, touched: set[int]) -> None:
    assert touched_lines(before, after) == touched
