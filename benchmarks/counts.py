"""How much work a check is, in counts that are the same on every machine: a guard against code that got slower.

    python benchmarks/counts.py            compare with counts.json; exit code 1 when something grew by more than 10 %
    python benchmarks/counts.py --renew    write counts.json, when the growth is wanted: say why in the commit

Counted on the project of generated.py: bytes of facts, nodes lowered, functions followed, steps of the interpreter,
effects and calls found, and, for the version of Python that the numbers were written with, all calls of Python
functions while linking and in the rules. And in 1, 2, 4 and 8 copies of it: work has to grow with the code, not faster.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import generated
import msgspec

from cachelint.concluding import conclude
from cachelint.config import Config
from cachelint.facts import decode
from cachelint.facts.model import Node
from cachelint.inputs import inputs
from cachelint.program.frame import Frame
from cachelint.program.interpreter import Interpreter
from cachelint.task import Task

STORED = Path(__file__).parent / "counts.json"
TOLERANCE = 1.10
COPIES = (1, 2, 4, 8)
# Calls of Python functions differ between versions of Python, the rest does not.
OF_VERSION = "python calls"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

Counts = dict[str, int]


def counts(copies: int) -> Counts:
    """The counts of a check of so many copies."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in generated.project(copies).items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
        task = Task(project=Path(folder), config=Config(), jobs=1)
        given = inputs(task, None)
        encoded = [each.encoded for each in given.gathered if each.encoded]
        with _counting() as found:
            _, program = conclude(task, given)
    assert program is not None
    return {
        "facts bytes": sum(map(len, encoded)),
        "nodes lowered": sum(_nodes(decode(each)) for each in encoded),
        "functions followed": found["functions followed"],
        "interpreter steps": found["interpreter steps"],
        "effects": sum(map(len, program.graph.events.values())),
        "calls": sum(map(len, program.graph.callers.values())),
        OF_VERSION: found[OF_VERSION],
    }


@contextmanager
def _counting() -> Iterator[Counter[str]]:
    """Counts while the body runs, in all threads that it starts."""
    found: Counter[str] = Counter()
    evaluate, follow = Frame.evaluate, Interpreter._follow

    def counted(name: str, original: Any) -> Any:
        def call(*arguments: Any) -> Any:
            found[name] += 1
            return original(*arguments)

        return call

    def profile(frame: Any, event: str, argument: Any) -> None:
        found[OF_VERSION] += event == "call"

    Frame.evaluate = counted("interpreter steps", evaluate)  # type: ignore[method-assign]
    Interpreter._follow = counted("functions followed", follow)  # type: ignore[method-assign]
    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
        Frame.evaluate, Interpreter._follow = evaluate, follow  # type: ignore[method-assign]


def _nodes(value: object) -> int:
    if isinstance(value, tuple):
        return sum(map(_nodes, value))
    if not isinstance(value, msgspec.Struct):
        return 0
    return isinstance(value, Node) + sum(_nodes(getattr(value, name)) for name in value.__struct_fields__)


def grown(now: Counts, stored: Counts, version: str) -> Iterator[str]:
    """What is more than the tolerance above what is stored."""
    for name, count in now.items():
        before = stored.get(name, 0)
        if count > before * TOLERANCE and (name != OF_VERSION or version == VERSION):
            yield f"{name}: {count:,}, stored {before:,} (+{count / max(before, 1) - 1:.0%})"


def superlinear(by_copies: dict[int, Counts]) -> Iterator[str]:
    """What grows faster than the code: 8 copies may cost a tenth more than 8 times one."""
    first = by_copies[COPIES[0]]
    for copies, now in by_copies.items():
        for name, count in now.items():
            if count > copies * first[name] * TOLERANCE:
                yield f"{name}: {copies} copies cost {count / first[name]:.1f} times one"


def main() -> int:
    """Compare or renew; the exit code."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of sets decides how often some things are asked.
        command = [sys.executable, __file__, *sys.argv[1:]]
        return subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "0"}, check=False).returncode
    counts(1)  # loads what is loaded late
    by_copies = {copies: counts(copies) for copies in COPIES}
    now = by_copies[COPIES[0]]
    for name in now:
        row = "".join(f"{by_copies[copies][name]:>12,}" for copies in COPIES)
        print(f"{name:<20}{row}  {by_copies[COPIES[-1]][name] / now[name]:5.2f} x")
    if "--renew" in sys.argv:
        STORED.write_text(json.dumps({"python": VERSION, "counts": now}, indent=2) + "\n", encoding="utf-8")
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    wrong = [*grown(now, stored["counts"], stored["python"]), *superlinear(by_copies)]
    for each in wrong:
        print(f"grew: {each}")
    if wrong:
        print("if that is wanted: python benchmarks/counts.py --renew, and say why in the commit")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
