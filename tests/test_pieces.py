"""Facts after an edit, put together from those before it and a parse of what changed, equal those of a whole parse."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cachelint
from cachelint.facts import FactsError, encode, extract
from cachelint.facts.extractor import facts_of_text
from cachelint.facts.model import FileFacts
from cachelint.facts.pieces import renewed

OWN = sorted(Path(cachelint.__file__).parent.rglob("*.py"))
SOURCE = '''\
"""A module."""
# coding matters not here
import os  # cachelint: ignore[first] a reason
from functools import (
    partial,
    wraps,
)

LIMIT = 10; OTHER = 20
TEXT = """a text
class NotAClass:
    over lines"""

@wraps(lambda it: it)
@partial(
    print, "x"
)
def decorated(one, two=lambda: 1, *rest: "list[int]") -> "dict[str, int]":
    # a comment
    def inner():
        yield one
    return [x for x in rest if x] + \\
        [two]

class First(Base, metaclass=Meta):
    """Says something."""

    field = models.Field(default=lambda: None)
    other: int = 1; third = 2

    @property
    def value(self):
        # cachelint: ignore[second] another reason
        return self.field.get(f"{self.other:>{self.third}} {(lambda: 1)}")

    class Inner:
        flag = True
        def method(self): return lambda x: x

    async def last(self):
        async with self.lock as held:
            return await held
    # the end of First

if LIMIT > 5:
    def conditional():
        global LIMIT
        LIMIT = 3
else:
    conditional = None

class Tabbed:
\tone = 1

\tdef two(self):
\t\ttry:
\t\t\treturn 1
\t\texcept (ValueError, KeyError) as error :
\t\t\traise
\t\tfinally:
\t\t\tpass

class Short: attribute = 1
def tail(): return (
    1
)
match LIMIT:
    case 1 | 2: pass
    case {"a": [x, *_]}: x = lambda: x
class Last:
    def method(self):
        return 1
'''
LINES = r'''
x = 1
    x = 1
        x = 1
  x = 1
	x = 1
		x = 1
def f(): pass
    def f(self): return lambda: 1
    def f(self):
        return 1
class C:
    class C:
@decorator
    @decorator
else:
    else:
elif x:
except ValueError:
finally:
"""
    TRIPLE
(
)
x = [
]
}
x = 1 \
    y \
# a comment
    # a comment
# cachelint: ignore[some] why
    # cachelint: ignore[some] why
x = 1  # cachelint: ignore[some]
x = 1;
    x = 1; y = 2
    global x
global x
import a.b as c
from __future__ import annotations
if x:
    if x: pass
async def f():
    await x
return
yield
    yield x
# coding: latin-1
    'a docstring'
x: 'lambda: 1' = 1
    x: 'list[int]' = f'{(lambda: 2)}'
with a as b, c: pass
pass
    pass
case 1:
    case 1: pass
match x:
x = """
    def g(self, x=lambda: 1): pass
class D(B): x = 1
'''.replace("TRIPLE", "'''").split("\n")
LINES += ["    ", "\f", "x = 1\f", "\ufeff", "caf\xe9 = 'd\xe9j\xe0'", "x = '\u2028'"]


def edited(text: str, choose: random.Random) -> str:
    """A text with one change somewhere, of the kinds that people and programs make."""
    lines = text.split("\n")
    at = choose.randrange(len(lines))
    stop = min(len(lines), at + choose.choice((0, 0, 0, 1, 1, 2, 3, 8, 40)))
    kind = choose.randrange(9)
    if kind == 0:
        lines[at:stop] = choose.choices(LINES, k=choose.choice((1, 1, 1, 2, 3, 4)))
    elif kind == 1:
        del lines[at : max(stop, at + 1)]
    elif kind == 2:
        lines[at:at] = lines[at:stop]
    elif kind == 3:
        by = choose.choice(("    ", "  ", "\t", " "))
        lines[at:stop] = [by + line for line in lines[at:stop]]
    elif kind == 4:
        by = choose.choice((1, 2, 4))
        lines[at:stop] = [line[by:] if not line[:by].strip() else line for line in lines[at:stop]]
    elif kind == 5:
        place = choose.randrange(len(lines[at]) + 1)
        put = choose.choice(
            [*"()[]{}\"'\\#:;,@x \t\r\f", '"""', "'''", "lambda: 1", "# cachelint: x", "\u00e9", "\r\n"]
        )
        lines[at] = lines[at][:place] + put + lines[at][place:]
    elif kind == 6:
        place = choose.randrange(len(lines[at]) + 1)
        lines[at] = lines[at][:place] + lines[at][place + choose.choice((1, 1, 2, 5)) :]
    elif kind == 7:
        other = choose.randrange(len(lines))
        lines[at:at] = lines[other : other + choose.randrange(1, 15)]
    else:
        body = choose.choice(("x = 1", "return lambda: 2", "with a: pass", "def more(self):\n%s    return 1"))
        blank = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        lines[at:at] = [blank + (body % blank if "%" in body else body)]
    return "\n".join(lines)


def whole(data: bytes) -> FileFacts | None:
    try:
        return extract(data)
    except FactsError:
        return None


def check(before: bytes, after: bytes, known: FileFacts | None = None) -> str:
    """ "same" for facts made of pieces, "" where the whole has to be parsed."""
    known = known or whole(before)
    if known is None:
        return ""
    found = renewed(before, known, after, facts_of_text)
    if found is None:
        return ""
    expected = whole(after)
    assert expected is not None, "a piece parses, the whole does not"
    assert encode(found) == encode(expected)
    return "same"


def variants(text: str) -> Iterator[Callable[[str], bytes]]:
    """The ways in which a text is kept in a file."""
    yield lambda text: text.encode()
    yield lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    yield lambda text: b"\xef\xbb\xbf" + text.encode()
    yield lambda text: text.replace("\n", "\r").encode()


def many(text: str, seed: int, rounds: int) -> tuple[int, int]:
    """(edits whose facts were made of pieces, edits that parse)."""
    choose = random.Random(seed)
    made = parsed = 0
    for written in variants(text):
        before = written(text)
        known = whole(before)
        for _ in range(rounds):
            after = written(edited(text, choose))
            result = check(before, after, known)
            made += result == "same"
            parsed += result == "same" or whole(after) is not None
    return made, parsed


@pytest.mark.parametrize("seed", range(4))
def test_random_edits_give_the_facts_of_a_whole_parse(seed: int) -> None:
    made, parsed = many(SOURCE, seed, 40)
    assert made > parsed * 0.6


@pytest.mark.parametrize("seed", range(3))
def test_random_edits_of_real_files(seed: int) -> None:
    choose = random.Random(seed)
    path = choose.choice([path for path in OWN if path.stat().st_size > 2_000])
    many(path.read_text(encoding="utf-8"), seed, 5)


def test_edits_of_edits() -> None:
    choose = random.Random(5)
    text = SOURCE
    known = whole(text.encode())
    for _ in range(100):
        after = edited(text, choose)
        facts = whole(after.encode())
        check(text.encode(), after.encode(), known)
        if facts is not None:
            text, known = (after, facts) if choose.random() < 0.9 else (SOURCE, whole(SOURCE.encode()))


def pieces_of(before: str, after: str) -> list[str]:
    """What is parsed for an edit."""
    known, parsed = extract(before.encode()), list[str]()

    def lower(text: str) -> FileFacts:
        parsed.append(text)
        return facts_of_text(text)

    assert renewed(before.encode(), known, after.encode(), lower) is not None
    return parsed


@pytest.mark.parametrize(
    ("old", "new", "piece"),
    [
        ("LIMIT = 10;", "LIMIT = 11;", "LIMIT = 11; OTHER = 20\n"),
        ("    field = models.", "    field = other.", "class _:\n    field = other.Field(default=lambda: None)\n"),
        ("\tone = 1\n", "\tone = 2\n", "class _:\n\tone = 2\n"),
        ("class Last:", "# one\nADDED = 1\nclass Last:", "# one\nADDED = 1\n"),
    ],
)  # fmt: skip
def test_only_what_changed_is_parsed(old: str, new: str, piece: str) -> None:
    assert pieces_of(SOURCE, SOURCE.replace(old, new))[-1] == piece


def test_a_method_more_at_the_end_is_a_piece_of_its_class() -> None:
    more = "    def more(self):\n        return 2\n"
    assert pieces_of(SOURCE, SOURCE + more) == ["class _:\n" + more]
