"""How deeply a text nests, estimated without parsing it.

libcst's parser recurses in native code, where too much nesting kills the process, and nested targets of `case`
and `del` take exponential time. So the text is measured first.
"""

from __future__ import annotations

import re

from cachelint.facts.errors import FactsError

# Python's own tokenizer stops at 200 open brackets. Operator chains have no such bound, only time.
MAX_BRACKETS = 200
MAX_CHAIN = 2_500
MAX_SLOW_BRACKETS = 8
# The tree of a literal takes some 4 kB for each of its items: a file of nothing but "1," would fill the memory.
MAX_TOKENS = 250_000
# The parser takes each token up once for every bracket around it (3.5 us), a pattern's four times as often with each.
# It cannot be interrupted meanwhile.
MAX_WORK = 3_000_000
DEEP = 60

_TOKEN = re.compile(
    r"""[A-Za-z]{0,2}(?:\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')"""
    r"""|\#[^\r\n]*|\\\r?\n|[\[({\])},;\n.+*/%@&^|~-]|\b(?:not|and|or|lambda|if|elif|for|await|case|del)\b""",
    re.DOTALL,
)
_INSIDE = re.compile(r"[\[({\])},;\n.+*/%@&^|~-]|\b(?:not|and|or|lambda|if|for|await)\b")
_SLOW = frozenset(("case", "del"))
_OPENING, _CLOSING, _ENDING = frozenset("([{"), frozenset(")]}"), frozenset(",;\n")


def check_nesting(text: str) -> bool:
    """True when the text needs a large stack; raises FactsError when it nests too deeply to be parsed."""
    measure = _Measure(text)
    measure.scan(_TOKEN, 0, len(text))
    return measure.deep


class _Measure:
    """One pass over brackets and operators; comments are stepped over, strings count as links of a chain.

    A chain ends at a comma, a semicolon or the end of its line. `total` adds up the chains around a place,
    which bounds the height of the tree there. An `elif` nests in the one before: a file's are one chain.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.deep = False
        self.elifs = 0
        self.tokens = MAX_TOKENS
        self.work = MAX_WORK

    def scan(self, pattern: re.Pattern[str], start: int, stop: int) -> None:
        chains = [0]
        total = 0
        slow = False
        for match in pattern.finditer(self.text, start, stop):
            token = match[0]
            self.tokens -= 1
            self.work -= len(chains)
            if token in _OPENING:
                chains[-1] += 1
                chains.append(0)
                total += 1
                self.work -= 4 ** min(len(chains), 20) if slow else 0
            elif token in _CLOSING:
                if len(chains) > 1:
                    total -= chains.pop()
            elif token in _ENDING:
                if token == "," or len(chains) == 1:
                    total -= chains[-1]
                    chains[-1] = 0
                    slow = slow and token == ","
            elif token[0] != "#" and token[0] != "\\":
                chains[-1] += 1
                total += 1
                slow = slow or (token in _SLOW and len(chains) == 1)
                self.look_into(token, match)
            if self.tokens < 0 or self.work < 0:
                raise self.too_much("too many brackets, commas and operators", match.start())
            if total > DEEP or slow:
                self.judge(len(chains) - 1, total, slow, match.start())

    def look_into(self, token: str, match: re.Match[str]) -> None:
        if token == "elif":
            self.elifs += 1
            if self.elifs > DEEP:
                self.judge(0, self.elifs, False, match.start())
        elif token[0] in "fFtTrR" and token[-1] in "\"'":
            self.scan(_INSIDE, match.start() + 1, match.end())

    def judge(self, brackets: int, total: int, slow: bool, offset: int) -> None:
        self.deep = self.deep or total > DEEP
        limit = MAX_SLOW_BRACKETS if slow else MAX_BRACKETS
        if brackets > limit or total > MAX_CHAIN:
            raise self.too_much("nested too deeply", offset)

    def too_much(self, what: str, offset: int) -> FactsError:
        before = self.text[:offset]
        return FactsError(what, before.count("\n") + 1, offset - before.rfind("\n"))
