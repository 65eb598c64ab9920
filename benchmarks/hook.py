"""How long the hook takes beside what it is made of, in one interleaved run.

    python benchmarks/hook.py [PROJECT]     a folder, by default the largest unpacked project of `make ecosystem`

The project is copied, checked once so that its store is warm, and then asked about edits: in each round about others,
because the facts of an edit that was asked about are known from then on. Prints wall milliseconds (minimum of ROUNDS)
and ratios. Budgets (design): a file that cannot matter at most 4 times `python -c pass`, an edit of
a relevant file in a warm project at most 2 times `python -c "import libcst"`.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cachelint.facts import may_matter
from cachelint.files import discover

ROUNDS = 7
# Stands in the edits for the number of the round.
NUMBER = "ROUNDNUMBER"
# As after an installation: without compiled modules, a start is not what users see.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ECOSYSTEM = Path(__file__).parent.parent / ".work" / "ecosystem"
HOOK = [str(Path(sys.executable).parent / "cachelint"), "hook"]


def call(path: Path, content: str) -> bytes:
    """A write as Claude Code sends it."""
    said = {"file_path": str(path), "content": content}
    document = {"hook_event_name": "PreToolUse", "tool_name": "Write", "tool_input": said, "cwd": str(path.parent)}
    return json.dumps(document).encode()


def timed(command: list[str], data: bytes = b"") -> tuple[float, int, bytes]:
    """(wall milliseconds, exit code, output) of a command."""
    started = time.perf_counter()
    done = subprocess.run(command, input=data, capture_output=True, check=False, env=ENVIRONMENT)
    return (time.perf_counter() - started) * 1000, done.returncode, done.stdout + done.stderr


def edits(project: Path) -> dict[str, bytes]:
    """Edits of each kind, by their names in the output. A relevant file is the largest one that speaks of a cache."""
    paths = [project / file.path for file in discover(project).files]
    sources = {path: path.read_text(encoding="utf-8", errors="replace") for path in paths}
    cached = max((p for p, text in sources.items() if "cache." in text), key=lambda p: len(sources[p]))
    others = sorted((p for p, text in sources.items() if "cache" not in text), key=lambda p: -len(sources[p]))
    # Data without code is of no use to anybody who edits functions.
    plain = next(path for path in others if longest_function(sources[path]) is not None)
    central = max(paths, key=lambda p: sum(f".{p.stem} import" in text for text in sources.values()))
    wrong = (
        "\n\nfrom django.core.cache import cache\nfrom rest_framework.decorators import api_view\n\n\n"
        f"@api_view(['GET'])\ndef added_{NUMBER}(request):\n    return cache.get(request.GET['x'])\n"
    )
    view = (
        "\n\nfrom django.views import generic\n\n\n"
        f"class Added{NUMBER}(generic.View):\n    def get(self, request):\n        return {NUMBER}\n\n"
        "    def get_queryset(self):\n        return None\n"
    )
    named = sorted({p.name for p in paths} - {p.name for p in cached.parent.iterdir()} - {"__init__.py"})[0]
    return {
        "not Python": call(project / "NOTES.md", "x"),
        "excluded": call(project / "tests/test_added.py", "x = 1"),
        "only a comment": call(cached, f"# comment {NUMBER}\n" + sources[cached]),
        f"a constant more in {cached.name}": call(cached, sources[cached] + f"\nADDED_{NUMBER} = 1\n"),
        f"a constant more in {plain.name}": call(plain, sources[plain] + f"\nADDED_{NUMBER} = 1\n"),
        f"a line more in a function of {cached.name}": call(cached, with_a_line(sources[cached])),
        f"a line more in a function of {plain.name}": call(plain, with_a_line(sources[plain])),
        f"a line more in a function of {central.name}, which many import": call(central, with_a_line(sources[central])),
        f"a view with a mistake more in {cached.name}": call(cached, sources[cached] + wrong),
        f"a view class more in {plain.name}": call(plain, sources[plain] + view),
        "a new file, called like another one, with a view class": call(cached.parent / named, view.lstrip()),
        "a new file with a view with a mistake": call(cached.parent / "added.py", wrong.lstrip()),
    }


def longest_function(source: str) -> ast.FunctionDef | None:
    """The function of a file with most statements; None where none has more than one."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return max((each for each in functions if len(each.body) > 1), key=lambda each: len(each.body), default=None)


def with_a_line(source: str) -> str:
    """A file with one more statement in its longest function."""
    longest = longest_function(source)
    assert longest is not None, "chosen for having functions"
    at = longest.body[1]
    lines = source.splitlines(keepends=True)
    lines.insert(at.lineno - 1, " " * at.col_offset + f"added_{NUMBER} = str(len(repr(1)))\n")
    return "".join(lines)


def main() -> None:
    """Measure and print."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else max(ECOSYSTEM.glob("pretix*"))
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / given.name
        shutil.copytree(given, project, ignore=shutil.ignore_patterns(".cachelint_cache", ".git"))
        (project / "pyproject.toml").touch()
        lines = sum(p.read_bytes().count(b"\n") for p in project.rglob("*.py"))
        read = sum(may_matter((project / file.path).read_bytes()) for file in discover(project).files)
        print(f"{given.name}: {lines:,} lines of Python, {read} files that are read")
        show(project)


def measured(project: Path, rounds: int) -> dict[str, tuple[float, int, bytes]]:
    """(wall milliseconds, exit code, output) by what was measured, the best of some rounds: a start of Python, libcst,
    and each kind of edit, of which every round makes another one."""
    timed([*HOOK[:1], "check", "--project", str(project), "--fail-on", "never", "-q"])
    python = sys.executable
    works: dict[str, Callable[[bytes], tuple[float, int, bytes]]] = {
        "python -c pass": lambda number: timed([python, "-c", "pass"]),
        "python -c 'import libcst'": lambda number: timed([python, "-c", "import libcst"]),
    }
    for name, data in edits(project).items():
        works[name] = lambda number, data=data: timed(HOOK, data.replace(NUMBER.encode(), number))  # type: ignore[misc]
    best: dict[str, tuple[float, int, bytes]] = {}
    for number in range(rounds):
        for name, work in works.items():
            best[name] = min(best.get(name, (1e9, 0, b"")), work(b"%d" % number))
    return best


def show(project: Path) -> None:
    """One line for each thing measured."""
    best = measured(project, ROUNDS)
    start, libcst = (each[0] for each in list(best.values())[:2])
    for name, (milliseconds, code, said) in best.items():
        verdict = f": exit {code}, {said.decode()[:50]!r}" if said else ""
        ratios = f"{milliseconds / start:6.1f} x pass {milliseconds / libcst:5.1f} x libcst"
        print(f"{milliseconds:7.0f} ms {ratios}  {name}{verdict}")


if __name__ == "__main__":
    main()
