"""For Claude, which reads it once and alone: each finding with place, way, remedy and policy line; facts, no orders.

What a hook says reaches the model uncut and unfiltered, so the text keeps itself short and plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from cachelint.finding import Location, Reported, Step
from cachelint.plain import one_line

Source = Callable[[str], Sequence[str]]

MOST_FINDINGS = 10
MOST_BYTES = 4000
# A way longer than this is shown by its two ends.
MOST_STEPS = 6
MOST_CHARACTERS = 400
# Where a message says which line of a policy it goes by.
POLICY_LINE = re.compile(r"([\w./-]+\.(?:md|toml|cfg|txt)):(\d+)")


def render(findings: Sequence[Reported], source: Source, *, opening: str) -> str:
    """The findings as text of at most MOST_BYTES bytes, under one opening sentence; ends in a newline."""
    text, shown = opening + "\n", 0
    for number, finding in enumerate(findings[:MOST_FINDINGS], 1):
        block = "\n" + "\n".join(_block(number, finding, source)) + "\n"
        left = _rest(findings[number:])
        if shown and _size(text + block + left) > MOST_BYTES:
            break
        text, shown = text + block, number
    return _cut(text, MOST_BYTES - _size(_rest(findings[shown:]))) + _rest(findings[shown:])


def _rest(findings: Sequence[Reported]) -> str:
    if not findings:
        return ""
    places = ", ".join(dict.fromkeys(one_line(finding.at.path)[:80] for finding in findings[:3]))
    return f"\nNot shown: {len(findings)} more, in {places}{' and others' if len(findings) > 3 else ''}.\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _cut(text: str, limit: int) -> str:
    if _size(text) <= limit:
        return text
    return text.encode("utf-8", "replace")[: limit - 5].decode("utf-8", "ignore") + "...\n"


def _block(number: int, finding: Reported, source: Source) -> Iterator[str]:
    at = finding.at
    yield f"{number}. {_place(at)}: {finding.severity.value} {finding.rule}: {_short(finding.message)}"
    yield from _quoted("   code: ", at, source)
    for step in _way(finding.trace):
        yield f"   way:  {_step(step, source)}" if step else "   way:  ..."
    for step in finding.related:
        yield f"   see:  {_step(step, source)}"
    yield f"   fix:  {_short(finding.help)}"
    for policy in _policy_lines(finding):
        yield from _quoted(f"   policy, {_place(policy)}: ", policy, source)
    yield f"   or, if it is right here, on line {at.line}: # cachelint: ignore[{finding.rule}] and the reason"


def _place(at: Location) -> str:
    return f"{one_line(at.path)}:{at.line}"


def _short(text: str) -> str:
    plain = one_line(text)
    return plain if len(plain) <= MOST_CHARACTERS else plain[: MOST_CHARACTERS - 3] + "..."


def _quoted(label: str, at: Location, source: Source) -> Iterator[str]:
    lines = source(at.path)
    if 1 <= at.line <= len(lines) and lines[at.line - 1].strip():
        yield f"{label}{_short(lines[at.line - 1])}"


def _way(trace: Sequence[Step]) -> list[Step | None]:
    """The steps to show, None standing for those left out."""
    if len(trace) <= MOST_STEPS:
        return list(trace)
    return [*trace[: MOST_STEPS // 2], None, *trace[-(MOST_STEPS // 2) :]]


def _step(step: Step, source: Source) -> str:
    quoted = "".join(_quoted("", step.at, source))
    return f"{_place(step.at)} {_short(step.note)}" + (f": {quoted}" if quoted else "")


def _policy_lines(finding: Reported) -> Iterator[Location]:
    for path, line in POLICY_LINE.findall(finding.message):
        yield Location(path, int(line), 1, int(line), 1)
