"""Key templates beside the formats that the policy gives keys."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cachelint.policy.model import Decision, KeyExample, KeyFormat
from cachelint.program.decided import Allows
from cachelint.program.effects import Event
from cachelint.program.values import Gap, Place, Text
from cachelint.program.writes import View, at_call, from_callers
from cachelint.vocabulary import CacheDelete, CacheGetOrSet, CacheRead, CacheWrite

if TYPE_CHECKING:
    from cachelint.program import Program

_KEYED = (CacheRead, CacheWrite, CacheGetOrSet, CacheDelete)
_HOLE = re.compile(r"\{[^{}]*\}")
_SEPARATORS = re.compile(r"[:/|]")
# Holes by these names may hold several segments.
_WIDE = re.compile(
    r"prefix|suffix|key|namespace|name$|path|base|pattern|^$|part|args|param|scope|template", re.IGNORECASE
)
# Formats name what stands in code as a word; these a program fills in.
_WORDS = frozenset(
    "service app application project entity model resource type kind domain namespace prefix module".split()
)


# Keys that only ask whether the server answers.
_PROBES = frozenset(("test", "ping", "probe", "health", "healthcheck", "check", "foo"))


class OffFormat(msgspec.Struct, frozen=True):
    """A key template that has none of the forms the policy allows. `decision` gives one of them; `others` are further
    places of the file with the same template."""

    event: Event
    place: Place
    template: str
    decision: Decision
    why: str
    others: tuple[Place, ...] = ()


def off_format(program: Program) -> Iterator[OffFormat]:
    """Every key template that breaks the policy's formats, once per file: its first place, the others with it. Of
    several that callers make of one piece of code the first stands for all."""
    if not program.decided.names_formats:
        return
    groups: dict[tuple[str, str], list[OffFormat]] = {}
    for found in _all(program):
        groups.setdefault((found.place.path, found.template), []).append(found)
    seen: set[Place] = set()
    for group in groups.values():
        group.sort(key=lambda each: each.place)
        others = tuple(dict.fromkeys(each.place for each in group if each.place != group[0].place))
        if group[0].place not in seen:
            yield replace(group[0], others=others)
        seen.add(group[0].place)


def _all(program: Program) -> Iterator[OffFormat]:
    for event in program.cache_events:
        if not isinstance(event.row, _KEYED) or event.key is None or _is_pattern(event) or program.is_bounded(event):
            continue
        if program.is_store(event):
            continue
        for view in _complete(program, at_call(event)):
            found = _judged(program, view)
            if found is not None:
                yield found


def _is_pattern(event: Event) -> bool:
    return isinstance(event.row, CacheDelete) and (event.row.pattern or event.row.everything)


def _complete(program: Program, view: View) -> Iterator[View]:
    """The views of a call in which the key is written out: a wrapper's own is only a part of it."""
    if not _is_handed_in(view):
        yield view
        return
    for outer in from_callers(program, view):
        yield from _complete(program, outer)


def _is_handed_in(view: View) -> bool:
    text = view.key.text
    if text is None:
        return True
    wide = [part for part in text.parts if isinstance(part, Gap) and (_WIDE.search(part.name) or not part.name)]
    return any(o.kind == "parameter" and o.direct for gap in wide for o in gap.value.origins)


def _judged(program: Program, view: View) -> OffFormat | None:
    path = view.place.path
    formats = program.decided.all_said(path, KeyFormat)
    if view.key.text is None or not formats:
        return None
    template = str(view.key.text)
    if _is_probe(template) or program.is_store_at(view):
        return None
    examples = [said.key for said, _ in program.decided.all_said(path, KeyExample)]
    allowed = program.decided.allows(path)
    if _is_open(view.key.text) or any(_follows_example(template, example) for example in examples):
        return None
    if any(each.names_given_key(template) for each in allowed) or _is_durable(allowed, template):
        return None
    whys = [why_not(template, said.template) for said, _ in formats]
    if not all(whys):
        return None
    place = next((part.place for part in view.key.text.parts if isinstance(part, Gap)), None)
    nearest = max(range(len(formats)), key=lambda index: _in_common(template, formats[index][0].template))
    return OffFormat(view.event, _inside(view, place), template, formats[nearest][1], whys[nearest])


def _in_common(template: str, form: str) -> int:
    """How many parts a key template has the same as a format, from the first."""
    pairs = zip(_segments(template), _segments(form), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _inside(view: View, place: Place | None) -> Place:
    """Where the template is written: at its first hole, else the key argument or the call."""
    if place is not None and place.path.endswith(".py"):
        return place
    return view.event.argument_place if not view.way and view.event.argument_place is not None else view.place


def _is_open(text: Text) -> bool:
    """Whether a hole may hold any number of segments, so that nothing can be said of the form."""
    return any(isinstance(part, Gap) and _WIDE.search(part.name) is not None for part in text.parts)


def _is_durable(allowed: list[Allows], template: str) -> bool:
    return any(each.said.durable and each.names_given_key(template) for each in allowed)


def why_not(template: str, form: str) -> str:
    """Why a key template has not the form of a format, "" when it has (or may have) it."""
    wanted, given = _segments(form), _segments(template)
    separator = _separator(form)
    if separator and len(given) == 1 and len(wanted) > 1:
        return f"it has no `{separator}`"
    if len(given) != len(wanted):
        return f"it has {len(given)} part{'s' * (len(given) != 1)}, the format has {len(wanted)}"
    for one, other in zip(given, wanted, strict=True):
        if not _fits(one, other):
            return f"`{one}` stands where the format has `{other}`"
    return ""


def _fits(given: str, wanted: str) -> bool:
    """Whether a segment of code may stand for a segment of the format."""
    if not _HOLE.search(wanted):
        return given == wanted or bool(_HOLE.fullmatch(given))
    name = wanted.strip("{}").lower()
    is_hole = _HOLE.fullmatch(given) is not None
    inner = given.strip("{}").rpartition(".")[2].lower()
    if name in _WORDS and is_hole:
        # A word of the program may come from a constant; an id in its place cannot.
        return not re.search(r"(?:^|_)(?:id|pk|uuid|hash|digest)$", inner)
    return True


def _follows_example(template: str, example: str) -> bool:
    """Whether a template has the form of an example: "user:profile:123" allows `team:member:{id}`."""
    given, shown = _segments(template), _segments(example)
    return len(given) == len(shown) and all(map(_like, given, shown))


def _like(given: str, shown: str) -> bool:
    """Words for words, holes (or numbers) for values."""
    is_value = re.search(r"\d", shown) is not None
    is_hole = _HOLE.search(given) is not None
    return is_value or not is_hole or given == shown


def _is_probe(template: str) -> bool:
    """Whether a key without a hole is there to see if the cache works: "ping", "shop_cache_test"."""
    return not _HOLE.search(template) and re.split(r"[^a-z]+", template.lower())[-1] in _PROBES


def may_be_same(one: str, other: str) -> bool:
    """Whether two key templates can name the same entry: word for word, a hole of either for anything; a key that is
    nothing but holes is no evidence."""
    if one == other:
        return True
    pairs = list(zip(_segments(one), _segments(other), strict=False))
    is_said = any(a == b and not _HOLE.search(a) for a, b in pairs)
    fits = all(a == b or _HOLE.search(a) or _HOLE.search(b) for a, b in pairs)
    return is_said and fits and len(_segments(one)) == len(_segments(other))


def _segments(template: str) -> list[str]:
    kept = _HOLE.sub(lambda match: match[0].replace(":", "\0").replace("/", "\1").replace("|", "\2"), template)
    return _SEPARATORS.split(kept)


def _separator(form: str) -> str:
    match = _SEPARATORS.search(_HOLE.sub("", form))
    return match[0] if match else ""
