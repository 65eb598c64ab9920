"""Lines with a name and what is said of it ("User profiles: 1h TTL"), and bare lists of names."""

from __future__ import annotations

import re

from cachelint.policy.attributes import Attributes, attributes
from cachelint.policy.durations import DURATION, seconds
from cachelint.policy.headings import mode_within
from cachelint.policy.meanings import Meaning, about, never
from cachelint.policy.model import NotCheckable, UsesStrategy
from cachelint.policy.naming import CONDITIONS, cleaned, entities, parenthesis, split_list, why_no_entity
from cachelint.policy.sections import Item
from cachelint.policy.templates import templates
from cachelint.policy.topics import about_keys, keys, labelled, of_topic, owner_of, plainly, unit_for

_I = re.IGNORECASE


def by_label(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    """ "User profiles: cache-aside, 1h TTL" and "Write-through - update cache on every write"."""
    if not label or _TALK.fullmatch(label):
        return None
    strategies = attributes(label).strategies
    if strategies and attributes(label).left == ():
        return Meaning(tuple(UsesStrategy(strategy=each) for each in strategies), left=rest)
    if item.mode == "unclear":
        return Meaning(unclear="its heading may mean cached or not cached")
    lasts = _LASTS.fullmatch(label)
    if lasts and item.mode != "never":
        return about(entities(rest), Attributes(ttl=seconds(lasts["limit"])))
    named = entities(_in_full(item, label))
    said = _timed(item, label, rest)
    if item.mode == "never" and not said.never:
        timed = re.search(DURATION, rest, _I) or said.says_something
        return Meaning(unclear="it stands below a heading that forbids caching") if timed else never(label)
    if item.mode == "keys" and not said.says_something:
        return about_keys("format", "" if named.unclear else cleaned(label), rest)
    if said.unclear or not said.says_something:
        found = list(templates(rest))
        if found and not named.unclear and len(split_list(rest)) == 1:
            return about(named, Attributes(key=found[0]))
        return Meaning(unclear=said.unclear) if said.unclear else None
    if CONDITIONS.search(", ".join(said.left)):
        return Meaning(unclear=f"what `{', '.join(said.left)}` means is unclear")
    if _is_infrastructure(said):
        return Meaning((NotCheckable(why="a setting outside of this code"),))
    return about(named, said)


# Labels that say how long what follows lives: "Cached for 24h: countries, currencies".
_LASTS = re.compile(rf"(?:cached? )?(?:for )?(?P<limit>{DURATION})(?: ttls?)?", _I)


def _timed(item: Item, label: str, rest: str) -> Attributes:
    """What is said of a name; a bare number is a TTL where a heading gives it a unit ("TTLs (in seconds)")."""
    number = rest.replace("_", "").replace(" ", "")
    if not number.isdigit():
        return attributes(rest)
    unit = unit_for(item, label)
    return Attributes(ttl=seconds(f"{number} {unit}")) if unit else attributes(rest)


_VIEWS = re.compile(
    r"(?:list|detail|index|search|count|summary|feed|item|single|overview)s?(?: (?:page|view|results?))?s?", _I
)


def _in_full(item: Item, label: str) -> str:
    """ "list" below "Products" is the product list."""
    owner = owner_of(item) if item.parents and _VIEWS.fullmatch(label) else ""
    return f"{owner} {label}" if owner else label


# Labels of remarks: no kind of data.
_TALK = re.compile(
    r"(?:out of|in|not in) scope|scope|notes?|todos?|fixme|owners?|contacts?|links?|docs?|see(?: also)?|status|version"
    r"|last updated|tickets?|goals?|non-goals?|summary|tl;?dr|examples?|warning|important|tip|hint|questions?",
    re.IGNORECASE,
)
_TIER = re.compile(
    r"(?:(?:very|ultra|extra|super)[- ])?(?:short|medium|mid|long|hot|warm|cold|fast|slow|static|dynamic"
    r"|volatile|stable"
    r"|rare|frequent|default|standard|low|high|tier|level|class|group|bucket)(?:[- ](?:lived|living|term|range|changing"
    r"|churn|ttls?|tier|level|cache|data|\w|\d+))*",
    re.IGNORECASE,
)


def tier(text: str) -> Attributes | None:
    """What a line that names a tier ("Short (30 seconds)", "Long: 1 day") says of the names below it."""
    label, rest = labelled(text)
    bare, inner = parenthesis(text)
    name, said = (label, rest) if label else (bare, inner)
    if not said or not _TIER.fullmatch(name.strip(" :")):
        return None
    found = attributes(said)
    return found if found.says_something and not found.left and not found.unclear else None


def _is_infrastructure(said: Attributes) -> bool:
    return bool(said.other) and said == Attributes(other=said.other, left=said.left)


def by_mode(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    """A bare list of entities, or attributes of the entity that the line hangs on."""
    owner = owner_of(item)
    parent_mode = mode_within(item.parents[-1].rstrip(": ")) if item.parents else ""
    mode = parent_mode or item.mode
    said = attributes(text)
    if said.unclear:
        return Meaning(unclear=said.unclear)
    if owner and said.says_something and mode != "never":
        if CONDITIONS.search(", ".join(said.left)):
            return Meaning(unclear=f"what `{', '.join(said.left)}` means is unclear")
        return about(entities(owner), said)
    if mode == "never":
        return never(text)
    if mode == "durable":
        return of_topic("durable", item, text, "")
    if mode == "unclear" and not entities(text).unclear:
        return Meaning(unclear="its heading may mean cached or not cached")
    if mode == "keys":
        found = list(templates(text))
        return Meaning(tuple(keys(found))) if found and not CONDITIONS.search(text) else None
    titles = (*item.section[-1:], *item.parents[-1:])
    above = next((given for title in reversed(titles) if (given := tier(title)) is not None), None)
    if above is not None and not why_no_entity(text):
        return about(entities(text), above)
    bare, inner = parenthesis(text)
    inside = attributes(inner) if inner else Attributes()
    if inside.says_something and not inside.left and not inside.unclear and not why_no_entity(bare):
        return about(entities(bare), inside)
    if mode == "cache" and item.kind == "item":
        return plainly(text)
    return None
