"""What two lists of findings have not in common, before they are reported: by what the findings are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator

import msgspec

from cachelint.suppress import Named


def without(findings: Iterable[Named], others: Iterable[Named]) -> list[Named]:
    """The findings that others do not account for, each of these for one that would be shown to the same readers;
    those that stand for others, one by one."""
    left = Counter(map(_about, _apart(others)))
    found = []
    for named in _apart(findings):
        about = _about(named)
        if left[about]:
            left[about] -= 1
        else:
            found.append(named)
    return found


def could_be(gone: Iterable[Named], new: Collection[Named]) -> Iterator[Named]:
    """Of the findings that are gone those that a new one may be, moved or in other words."""
    looks = {look for named in new for look in _looks(named)}
    yield from (named for named in gone if not looks.isdisjoint(_looks(named)))


def alike(findings: Iterable[Named], others: Iterable[Named]) -> tuple[Named, ...]:
    """The findings that are about the same as some of the others."""
    wanted = {_same(named) for named in _apart(others)}
    return tuple(_only(findings, wanted))


def _only(findings: Iterable[Named], wanted: Collection[Hashable]) -> Iterator[Named]:
    for rule, finding in findings:
        parts = tuple(part for part in finding.parts if _same((rule, part)) in wanted)
        if parts or (not finding.parts and _same((rule, finding)) in wanted):
            yield rule, msgspec.structs.replace(finding, parts=parts)


def _apart(findings: Iterable[Named]) -> Iterator[Named]:
    for rule, finding in findings:
        yield from ((rule, each) for each in finding.parts or (finding,))


def _same(named: Named) -> Hashable:
    rule, finding = named
    return rule, finding.at.path, finding.function, finding.subject


def _about(named: Named) -> Hashable:
    finding = named[1]
    return _same(named), finding.severity, finding.confidence, finding.persona


def _looks(named: Named) -> Iterator[Hashable]:
    """By what `compare.subtract` takes a finding for one that was there before."""
    rule, finding = named
    yield "in file", rule, finding.at.path, finding.subject
    yield "in function", rule, finding.function, finding.subject
    yield "at place", rule, finding.at.path, finding.function
