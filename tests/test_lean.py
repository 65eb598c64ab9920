"""Imports without what takes long: libcst by processes that only parse, and our own values."""

from __future__ import annotations

import subprocess
import sys

from cachelint.facts import decode, encode, extract

SOURCE = b"""\
@app.get("/items/{id}")
async def item(id: int, *, q: str | None = None, **rest) -> dict:
    with lock as held, open(f"{id!r:>{4}}") as file:
        found = [x for x in file if not x[::2]] or (yield)
    match found:
        case [first, *_] if first:
            return {"a": 1, **rest}
    try:
        return await cache.get(f"item:{id}")  # why
    except* (A, B) as error:
        raise C from error
"""
LEAN = """
import dataclasses, sys
from cachelint.facts.lean import import_parser
own = dataclasses.dataclass
import_parser()
assert dataclasses.dataclass is own
import libcst
from cachelint.facts import encode, extract
sys.stdout.buffer.write(bytes([libcst.Name.__dataclass_params__.frozen]) + encode(extract(sys.stdin.buffer.read())))
"""


def ran(program: str, data: bytes = b"") -> bytes:
    done = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=True)
    return done.stdout


def test_what_only_users_of_nodes_call_is_not_made() -> None:
    whole = "import libcst, sys; sys.stdout.buffer.write(bytes([libcst.Name.__dataclass_params__.frozen]))"
    assert ran(whole) == b"\1"
    assert ran(LEAN, SOURCE)[:1] == b"\0"


def test_the_facts_are_the_same() -> None:
    assert decode(ran(LEAN, SOURCE)[1:]) == extract(SOURCE)
    assert ran(LEAN, SOURCE)[1:] == encode(extract(SOURCE))


def test_a_libcst_that_is_built_otherwise_is_imported_as_it_is() -> None:
    program = """
import dataclasses, sys, types
from cachelint.facts import lean
class Finder:
    asked = 0
    def find_spec(self, name, path=None, target=None):
        if name == "libcst":
            Finder.asked += 1
            if Finder.asked == 1:
                raise TypeError("cannot compare")
sys.meta_path.insert(0, Finder())
lean.import_parser()
import libcst
print(libcst.Name.__dataclass_params__.frozen)
"""
    assert ran(program).split() == [b"True"]


def test_who_has_libcst_keeps_it() -> None:
    program = (
        "import libcst; from cachelint.facts.lean import import_parser; import_parser();"
        "import sys; print(sys.modules['libcst'] is libcst, libcst.Name.__dataclass_params__.frozen)"
    )
    assert ran(program).split() == [b"True", b"True"]


def test_our_own_values_are_made_in_c() -> None:
    program = (
        "import cachelint.hook.judgement, dataclasses, sys;"
        "own = [m for name, m in sys.modules.items() if name.startswith('cachelint')];"
        "print([c for m in own for c in vars(m).values() if isinstance(c, type) and dataclasses.is_dataclass(c)])"
    )
    assert ran(program).split() == [b"[]"]
