"""What people decided about stored findings, and the precision that follows from it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
FINDING = re.compile(
    r"(?P<path>.+?):(?P<line>\d+):\d+ (?P<rule>[\w-]+) (?P<severity>\w+) .*\[(?P<fingerprint>\w{12})\]"
)


class Kept(NamedTuple):
    """One line of a stored result. `fingerprint` is the first 12 digits."""

    path: str
    line: int
    rule: str
    severity: str
    fingerprint: str
    text: str


class Verdict(NamedTuple):
    """What a person decided about one finding. `fingerprint` is the first 12 digits."""

    path: str
    line: int
    rule: str
    fingerprint: str
    right: bool
    reason: str


def stored(name: str, where: Path = HERE) -> Path:
    """The file that holds a project's findings; `where` is the folder of a set of runs."""
    return where / f"{name}.txt"


def kept(name: str, where: Path = HERE) -> list[Kept]:
    """The stored findings of a project, without the files that could not be analysed."""
    file = stored(name, where)
    text = file.read_text("utf-8") if file.exists() else ""
    found = [(line, FINDING.fullmatch(line)) for line in text.splitlines()]
    return [Kept(m["path"], int(m["line"]), m["rule"], m["severity"], m["fingerprint"], at) for at, m in found if m]


def share(part: int, whole: int) -> str:
    """A share in percent; "-" of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else "-"


def verdicts(name: str, where: Path = HERE) -> list[Verdict]:
    """What was decided about a project's findings. Raises ValueError for an entry that is not well-formed."""
    file = where / "verdicts" / f"{name}.jsonl"
    text = file.read_text("utf-8") if file.exists() else ""
    return [verdict(json.loads(line)) for line in text.splitlines() if line.strip()]


def verdict(entry: dict[str, Any]) -> Verdict:
    """One verdict from its JSON object. Raises ValueError."""
    if set(entry) != {"fingerprint", "rule", "path", "line", "verdict", "reason"}:
        raise ValueError(f"other keys than expected: {sorted(entry)}")
    if entry["verdict"] not in ("right", "wrong") or not entry["reason"] or len(entry["fingerprint"]) < 12:
        raise ValueError(f"verdict, reason or fingerprint is not usable: {entry}")
    right = entry["verdict"] == "right"
    return Verdict(entry["path"], int(entry["line"]), entry["rule"], entry["fingerprint"][:12], right, entry["reason"])


def judged(findings: list[Kept], decided: list[Verdict]) -> Iterator[tuple[Kept, Verdict | None]]:
    """Each finding with its verdict: by fingerprint, else by rule and place (pinned files do not move)."""
    prints = {(v.rule, v.fingerprint): v for v in decided}
    # A verdict on another finding of the same line must not be taken for one on this.
    found = {(f.rule, f.fingerprint) for f in findings}
    places = {(v.rule, v.path, v.line): v for v in decided if (v.rule, v.fingerprint) not in found}
    for finding in findings:
        by_print = prints.get((finding.rule, finding.fingerprint))
        yield finding, by_print or places.get((finding.rule, finding.path, finding.line))


def print_verdicts(names: list[str], where: Path = HERE) -> None:
    """Print the precision per rule and severity over the stored findings, then what is wrong, lost or open."""
    pairs = [(name, f, v) for name in names for f, v in judged(kept(name, where), verdicts(name, where))]
    tally = Counter((f.rule, f.severity, v.right if v else None) for _, f, v in pairs)
    print(f"{'rule':28}{'severity':10}{'right':>6}{'wrong':>6}{'open':>6}  precision")
    for rule, severity in sorted({key[:2] for key in tally}):
        right, wrong, unjudged = (tally[rule, severity, value] for value in (True, False, None))
        print(f"{rule:28}{severity:10}{right:6}{wrong:6}{unjudged:6}  {share(right, right + wrong)}")
    print_list("judged wrong", (f"{name}: {f.text}\n    {v.reason}" for name, f, v in pairs if v and not v.right))
    met = {v for _, _, v in pairs if v}
    gone = ((name, v) for name in names for v in verdicts(name, where) if v.right and v not in met)
    print_list("judged right, no longer found", (f"{name}: {v.path}:{v.line} {v.rule} {v.reason}" for name, v in gone))
    print_list("not judged", (f"{name}: {f.text}" for name, f, v in pairs if not v))


def print_list(title: str, entries: Iterable[str]) -> None:
    listed = list(entries)
    print("\n".join(["", f"{title}: {len(listed)}", *(f"  {entry}" for entry in listed)]))
