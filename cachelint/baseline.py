"""A baseline: the findings a team has decided to live with for now, counted per file, rule and function.

There are no line numbers in it, so it survives code that moves; a second finding of a kind is beyond the count and is
reported. An entry that is no longer needed is stale: somebody mended something, and the baseline should shrink.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import msgspec

from cachelint.finding import Reported

VERSION = 1


class Entry(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """So many findings of a rule in a function ("" for the module's own code) are known."""

    path: str
    rule: str
    function: str
    count: int


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known, sorted."""

    version: int
    findings: tuple[Entry, ...] = ()


class BaselineError(Exception):
    """A file that is no baseline, and why."""


class Applied(msgspec.Struct, frozen=True):
    """`new` are the findings beyond the baseline, in their order; `stale` says by how much each entry counts too
    many."""

    new: tuple[Reported, ...]
    stale: tuple[Entry, ...]


def read(text: bytes) -> Baseline:
    """The baseline in a file. Raises BaselineError."""
    try:
        baseline = msgspec.json.decode(text, type=Baseline)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BaselineError(f"is no baseline: {error}") from None
    if baseline.version != VERSION:
        raise BaselineError(f"has version {baseline.version}, this cachelint reads version {VERSION}")
    return baseline


def written(baseline: Baseline) -> bytes:
    """A baseline as a file: one entry a line, so that changes to it can be reviewed."""
    lines = ",\n".join("    " + msgspec.json.encode(entry).decode() for entry in sorted(baseline.findings))
    entries = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {entries}\n}}\n'.encode()


def made_of(findings: Iterable[Reported], kept: Iterable[Entry] = ()) -> Baseline:
    """The baseline that covers these findings; `kept` are entries about what was not looked at."""
    counts = Counter((f.at.path, f.rule, f.function) for f in findings)
    return Baseline(VERSION, tuple(sorted([*kept, *(Entry(*kind, count) for kind, count in counts.items())])))


def applied(findings: Sequence[Reported], baseline: Baseline, was_looked_at: Callable[[Entry], bool]) -> Applied:
    """What is beyond the baseline, and what of it is stale among the entries that were looked at.

    Of several equals the last ones in a file are taken for the new ones.
    """
    known: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for entry in baseline.findings:
        known[entry.path, entry.rule, entry.function] += max(0, entry.count)
    new = []
    for finding in findings:
        kind = (finding.at.path, finding.rule, finding.function)
        known[kind] -= 1
        if known[kind] < 0:
            new.append(finding)
    left = (Entry(*kind, count) for kind, count in known.items() if count > 0)
    return Applied(tuple(new), tuple(sorted(entry for entry in left if was_looked_at(entry))))


def pruned(baseline: Baseline, stale: Iterable[Entry]) -> Baseline:
    """The baseline without what is stale."""
    excess = {(entry.path, entry.rule, entry.function): entry.count for entry in stale}
    counts: Counter[tuple[str, str, str]] = Counter()
    for entry in baseline.findings:
        counts[entry.path, entry.rule, entry.function] += entry.count
    left = {kind: count - excess.get(kind, 0) for kind, count in counts.items()}
    return Baseline(VERSION, tuple(sorted(Entry(*kind, count) for kind, count in left.items() if count > 0)))
