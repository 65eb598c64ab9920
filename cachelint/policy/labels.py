"""Lines with a name and what is said of it ("User profiles: 1h TTL"), and bare lists of names."""

from __future__ import annotations

import re

from cachelint.policy.attributes import Attributes, attributes
from cachelint.policy.durations import DURATION
from cachelint.policy.headings import mode_of
from cachelint.policy.meanings import Meaning, about, never
from cachelint.policy.model import NotCheckable, UsesStrategy
from cachelint.policy.naming import CONDITIONS, cleaned, entities, parenthesis, split_list, why_no_entity
from cachelint.policy.sections import Item
from cachelint.policy.templates import templates
from cachelint.policy.topics import about_keys, keys, of_topic, owner_of, plainly

_I = re.IGNORECASE


def by_label(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    """ "User profiles: cache-aside, 1h TTL" and "Write-through - update cache on every write"."""
    if not label:
        return None
    strategies = attributes(label).strategies
    if strategies and attributes(label).left == ():
        return Meaning(tuple(UsesStrategy(strategy=each) for each in strategies), left=rest)
    if item.mode == "unclear":
        return Meaning(unclear="its heading may mean cached or not cached")
    named = entities(_in_full(item, label))
    said = attributes(rest)
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


_VIEWS = re.compile(
    r"(?:list|detail|index|search|count|summary|feed|item|single|overview)s?(?: (?:page|view|results?))?s?", _I
)


def _in_full(item: Item, label: str) -> str:
    """ "list" below "Products" is the product list."""
    owner = owner_of(item) if item.parents and _VIEWS.fullmatch(label) else ""
    return f"{owner} {label}" if owner else label


def _is_infrastructure(said: Attributes) -> bool:
    return bool(said.other) and said == Attributes(other=said.other, left=said.left)


def by_mode(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    """A bare list of entities, or attributes of the entity that the line hangs on."""
    owner = owner_of(item)
    parent_mode = mode_of(item.parents[-1].rstrip(": ")) if item.parents else ""
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
    bare, inner = parenthesis(text)
    inside = attributes(inner) if inner else Attributes()
    if inside.says_something and not inside.left and not inside.unclear and not why_no_entity(bare):
        return about(entities(bare), inside)
    if mode == "cache" and item.kind == "item":
        return plainly(text)
    return None
