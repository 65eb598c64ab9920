"""For people on a terminal: each finding with its source lines, the way it takes and the way out."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from cachelint.finding import Location, Report, Reported, Step

Source = Callable[[str], Sequence[str]]

COLORS = {"error": "1;31", "warning": "1;33", "note": "1;36", "bold": "1", "frame": "34", "help": "1;32"}
TAB = "    "
# Wider source lines are cut to a window around the span.
WIDEST = 160
LEAD = 40


def render(report: Report, source: Source, *, color: bool, quiet: bool) -> str:
    """The findings with their source, what could not be analysed, and (unless `quiet`) a line that sums
    up."""
    paint = _painted if color else _plain
    blocks = ["\n".join(_finding(finding, source, paint)) + "\n" for finding in report.findings]
    blocks += _not_analysed(report, paint)
    if not quiet:
        blocks.append(_summary(report) + "\n")
    return "\n".join(blocks)


Paint = Callable[[str, str], str]


def _plain(text: str, color: str) -> str:
    return text


def _painted(text: str, color: str) -> str:
    return f"\x1b[{COLORS[color]}m{text}\x1b[0m"


def _finding(finding: Reported, source: Source, paint: Paint) -> Iterator[str]:
    steps = (*finding.trace, *finding.related)
    gutter = max(len(str(at.line)) for at in (finding.at, *(step.at for step in steps)))
    margin = " " * gutter
    severity = finding.severity.value
    yield paint(f"{severity}[{finding.rule}]", severity) + paint(f": {_printable(finding.message)}", "bold")
    yield from _place(finding.at, source, gutter, paint, "^", severity)
    for number, step in enumerate(finding.trace, 1):
        yield from _step(f"{number}. {step.note}", step, source, gutter, paint)
    for step in finding.related:
        yield from _step(f"see also: {step.note}", step, source, gutter, paint)
    yield f"{margin} {paint('=', 'frame')} {paint('help', 'help')}: {_printable(finding.help)}"


def _step(label: str, step: Step, source: Source, gutter: int, paint: Paint) -> Iterator[str]:
    yield f"{' ' * gutter} {paint('=', 'frame')} {_printable(label)}"
    yield from _place(step.at, source, gutter, paint, "-", "frame")


def _place(at: Location, source: Source, gutter: int, paint: Paint, mark: str, color: str) -> Iterator[str]:
    margin, bar = " " * gutter, paint("|", "frame")
    yield f"{margin}{paint('-->', 'frame')} {_printable(at.path)}:{at.line}:{at.column}"
    lines = source(at.path)
    if not 1 <= at.line <= len(lines):
        return
    shown, indent, width = _window(lines[at.line - 1], at)
    yield f"{margin} {bar}"
    yield f"{paint(str(at.line).rjust(gutter), 'frame')} {bar} {shown}".rstrip()
    yield f"{margin} {bar} {' ' * indent}{paint(mark * width, color)}"


def _window(line: str, at: Location) -> tuple[str, int, int]:
    """A source line ready to print, the cells before the marked span, and the cells of the span (at least 1).

    A span over several lines is marked to the end of its first one.
    """
    start = min(at.column - 1, len(line))
    end = len(line.rstrip()) if at.end_line > at.line else min(at.end_column - 1, len(line))
    cut = max(0, start - LEAD) if len(line) > WIDEST else 0
    shown, before, span = line[cut : cut + WIDEST], line[cut:start], line[start : min(end, cut + WIDEST)]
    left, right = "..." if cut else "", "..." if cut + WIDEST < len(line) else ""
    cells = len(left) + _cells(_printable(before))
    return f"{left}{_printable(shown)}{right}", cells, max(1, _cells(_printable(span)))


def _printable(text: str) -> str:
    """Text that cannot steer the terminal: tabs become spaces, other control characters a replacement
    mark."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == "\t":
        return TAB
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") else character


def _cells(text: str) -> int:
    """How many terminal cells a text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _not_analysed(report: Report, paint: Paint) -> list[str]:
    told = {(f.at.path, f.at.line, f.at.column) for f in report.findings if f.rule == "syntax-error"}
    return [
        f"{paint('not analysed', 'error')}: {_printable(f'{e.path}:{e.line}:{e.column}: {e.message}')}\n"
        if e.path
        else f"{paint('failed', 'error')}: {_printable(e.message)}\n"
        for e in report.errors
        if (e.path, e.line, e.column) not in told
    ]


def _summary(report: Report) -> str:
    counts = Counter(finding.severity.value for finding in report.findings)
    found = ", ".join(_counted(counts[name], name) for name in ("error", "warning", "note") if counts[name])
    line = f"{found or 'Nothing found'} in {_counted(report.summary.files, 'file')}"
    failed = len({error.path for error in report.errors if error.path})
    return f"{line}; {failed} not analysed" if failed else line


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
