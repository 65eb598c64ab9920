"""How deeply a text nests, estimated without parsing it.

libcst's parser recurses in native code, where too much nesting kills the process and a nested `case` pattern takes
exponential time. So the text is measured first.
"""

from __future__ import annotations

import re

from cachelint.facts.errors import FactsError

# Python's own tokenizer stops at 200 open brackets. Operator chains have no such bound, only time.
MAX_BRACKETS = 200
MAX_CHAIN = 2_500
MAX_CASE_BRACKETS = 12
DEEP = 60

_TOKEN = re.compile(
    r"""[A-Za-z]{0,2}(?:\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')"""
    r"""|\#[^\r\n]*|\\\r?\n|[\[({\])},;\n.+*/%@&^|~-]|\b(?:not|lambda|if|for|await|case)\b""",
    re.DOTALL,
)
_INSIDE = re.compile(r"[\[({\])},;\n.+*/%@&^|~-]|\b(?:not|lambda|if|for|await)\b")
_SKIPPED = frozenset("\"'#\\")


def check_nesting(text: str) -> bool:
    """True when the text nests so deeply that it needs a large stack; raises FactsError when it must not be parsed."""
    return _Measure(text).deep


class _Measure:
    """One pass over the brackets and operators; strings and comments are stepped over, f-strings looked into."""

    def __init__(self, text: str) -> None:
        self.deep = False
        self.text = text
        self.scan(_TOKEN, 0, len(text))

    def scan(self, pattern: re.Pattern[str], start: int, stop: int) -> None:
        chains = [0]
        total = 0
        case = False
        for match in pattern.finditer(self.text, start, stop):
            token = match[0]
            if token in "([{":
                chains[-1] += 1
                total += 1
                chains.append(0)
            elif token in ")]}":
                if len(chains) > 1:
                    total -= chains.pop()
            elif token in ",;\n":
                if token == "," or len(chains) == 1:
                    total -= chains[-1]
                    chains[-1] = 0
                    case = case and token == ","
                continue
            elif token[0] in "\"'#\\" or token[-1] in "\"'\n":
                if token[-1] in "\"'" and token[0] in "fFtTrR":
                    self.scan(_INSIDE, match.start() + 1, match.end())
                continue
            else:
                case = case or (token == "case" and len(chains) == 1)
                chains[-1] += 1
                total += 1
            if total > DEEP or case:
                self.judge(len(chains) - 1, total, case, match.start())

    def judge(self, brackets: int, total: int, case: bool, offset: int) -> None:
        self.deep = self.deep or total > DEEP
        limit = MAX_CASE_BRACKETS if case else MAX_BRACKETS
        if brackets > limit or total > MAX_CHAIN:
            before = self.text[:offset]
            line = before.count("\n") + 1
            raise FactsError("nested too deeply", line, offset - before.rfind("\n"))
