"""Labels that say what the rest of a line is about ("TTL: ...", "Client: ..."), and whom it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachelint.policy.attributes import Attributes, attributes
from cachelint.policy.durations import DURATION, seconds, unit_in
from cachelint.policy.headings import CACHING, mode_of
from cachelint.policy.meanings import Meaning, about, never
from cachelint.policy.model import (
    Caches,
    DefaultTtl,
    KeyExample,
    KeyFormat,
    OnError,
    Serializes,
    Statement,
    UsesStrategy,
)
from cachelint.policy.naming import CONDITIONS, cleaned, entities, parenthesis, why_no_entity
from cachelint.policy.sections import Item
from cachelint.policy.sentences import sentence
from cachelint.policy.templates import templates

_I = re.IGNORECASE
_LABEL = re.compile(
    r"(?P<label>[^:`]{1,80}?|`[^`]+`(?: \([^)]*\))?)\s*(?::(?=\s|$)|\s-+>?\s|\s=>?\s)\s*(?P<rest>.*)", re.DOTALL
)


def labelled(text: str) -> tuple[str, str]:
    """("User profiles", "1h TTL") of "User profiles: 1h TTL"; ("", text) without a label."""
    match = _LABEL.fullmatch(text)
    return (match["label"].strip(), match["rest"].strip()) if match else ("", text)


# Labels that say what the rest is about, and what then follows from it.
_TOPICS = (
    (
        re.compile(
            r"^(?:cache |redis |key )*(?:key )?(?:formats?|patterns?|naming(?: convention)?"
            r"|templates?|schema|convention)$|^(?:cache |redis )?keys?$",
            _I,
        ),
        "format",
    ),
    (re.compile(r"^(?:key )?examples?$|^e\.g\.?$", _I), "examples"),
    (
        re.compile(
            r"^(?:default |cache |fallback )*(?:ttls?|expiry|expiration)(?: by default)?$|^(?:the )?defaults?$", _I
        ),
        "ttl",
    ),
    (
        re.compile(
            r"^(?:cache |default )*invalidat(?:ion|ed?)(?: triggers?| strategy)?$|^(?:purge"
            r"|evict(?:ion)?|triggers?)$",
            _I,
        ),
        "invalidation",
    ),
    (re.compile(r"^(?:default |caching |cache )*(?:strategy|pattern|approach)$", _I), "strategy"),
    (
        re.compile(
            r"^(?:redis |cache )*(?:errors?|error handling|on (?:redis |cache )?errors?"
            r"|(?:on |redis |cache )*failures?|failure (?:rule|mode|handling|policy)"
            r"|outages?|resilience|availability)$",
            _I,
        ),
        "errors",
    ),
    (
        re.compile(r"^(?:default |value |cache )*(?:seriali[sz](?:ation|er|e)|encoding|value format)$", _I),
        "serialization",
    ),
    (
        re.compile(
            r"^(?:durable|permanent|no ttl|without (?:a )?ttl|never expires?"
            r"|persistent)(?: keys?| entries| data)?(?: \([^)]*\))?$",
            _I,
        ),
        "durable",
    ),
    (re.compile(r"^(?:what |data |things )*(?:we |to |is |are )*cache(?:d|able)?$", _I), "cached"),
    (
        re.compile(
            r"^(?:max(?:imum)?|longest) (?:cache )?(?:ttls?|lifetime|expiry|age)"
            r"(?: (?:of|for) (?:any|every|all|each|an|the) (?:cache )?(?:entry|entries|keys?|values?))?$",
            _I,
        ),
        "maximum",
    ),
    (
        re.compile(
            r"^(?:max(?:imum)? |stale |tolerated )*(?:stale(?:ness)?|stale[- ]tolerance"
            r"|tolerance)(?: tolerance| budget| limit)?$",
            _I,
        ),
        "stale",
    ),
)


# A piece of each of the topics' words: the quick look before the twelve patterns.
_HINT = re.compile(
    r"forma|pattern|nam|templ|schem|conv|key|exam|e\.g|ttl|expir|inval|purg|evict|trig|strat|appro|err|fail|outag|resil"
    r"|avail|serial|encod|durab|perm|with|never|persis|cache|life|age|stale|toler|tol|defa",
    _I,
)


def _topic_of(label: str) -> tuple[str, str] | None:
    """The topic that a label names, and the remark in its brackets."""
    if not _HINT.search(label):
        return None
    bare, inner = parenthesis(label)
    found = (topic for pattern, topic in _TOPICS if pattern.fullmatch(label) or pattern.fullmatch(bare))
    return next(((topic, inner) for topic in found), None)


def by_topic(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    named = _topic_of(label) if label else None
    if named is not None:
        return of_topic(named[0], item, rest, named[1])
    if (
        label
        and mode_of(label) == "never"
        and not re.search(r"\bcache[- ]?(?:aside|keys?)\b", label, _I)
        and why_no_entity(label)
    ):
        return never(rest) if rest else Meaning()
    # A line that ends in a colon only introduces what hangs on it.
    return Meaning() if label and not rest else None


def of_topic(topic: str, item: Item, rest: str, remark: str) -> Meaning | None:
    if not rest:
        return Meaning()
    owner = owner_of(item)
    if topic in ("format", "examples"):
        return about_keys(topic, owner, rest)
    if topic in ("ttl", "invalidation", "strategy"):
        return _for_owner(topic, item, owner, _with_unit(item, rest, remark))
    if topic == "errors":
        found = sentence(rest)
        ignores = re.search(
            r"\b(?:ignore|swallow|log|degrade|fall ?back|miss(?:es)?|never fail|bypass|continue)\b", rest, _I
        )
        is_plain = found is not None and any(isinstance(each, OnError) for each in found.statements)
        return Meaning((OnError(),)) if is_plain or (ignores and not CONDITIONS.search(rest)) else found
    if topic == "serialization":
        form = re.match(
            r"(?:always |use |as )*(json|orjson|ujson|msgpack|messagepack|pickle|protobuf|cbor)\b", rest, _I
        )
        return Meaning((Serializes(form=form[1].lower()),)) if form else None
    if topic == "cached":
        return plainly(rest)
    if topic == "durable":
        named = entities(rest)
        if named.unclear or not named.names:
            return Meaning(unclear=named.unclear or "names nothing")
        return Meaning(tuple(Caches(subject=name, durable=True) for name in named.names))
    return sentence(f"max ttl {rest}") if topic == "maximum" else sentence(f"stale tolerance {rest}")


def about_keys(topic: str, owner: str, rest: str) -> Meaning | None:
    examples_at = re.search(r"\(?\b(?:e\.g\.,?|examples?:?|such as)\s", rest, _I)
    formats = list(templates(rest[: examples_at.start()] if examples_at else rest))
    shown = list(templates(rest[examples_at.end() :])) if examples_at else []
    if topic == "examples":
        return Meaning(tuple(KeyExample(key=each) for each in (*formats, *shown))) if formats else None
    if owner and formats:
        return Meaning((Caches(subject=owner, key=formats[0]),))
    if not formats and re.match(r"hash", rest, _I) and owner:
        return Meaning((Caches(subject=owner, key=rest),))
    said: list[Statement] = list(keys(formats))
    return Meaning((*said, *(KeyExample(key=each) for each in shown))) if said else None


def keys(found: list[str]) -> Iterator[Statement]:
    """Templates with holes are formats, keys without any are examples."""
    for each in found:
        yield KeyFormat(template=each) if "{" in each or "*" in each else KeyExample(key=each)


def _with_unit(item: Item, rest: str, remark: str) -> str:
    """A bare number with the unit that its label or a heading above gives ("TTL (minutes): 5")."""
    unit = unit_for(item, f"({remark})")
    return f"{rest} {unit}" if unit and rest.isdigit() else rest


def unit_for(item: Item, label: str) -> str:
    """The unit that a label, or else the nearest heading about caching, gives bare numbers; "" when none does."""
    titles = (title for title in reversed(item.section) if CACHING.search(title))
    return next((unit for unit in map(unit_in, (label, *titles)) if unit), "")


def _for_owner(topic: str, item: Item, owner: str, rest: str) -> Meaning | None:
    """A TTL, trigger or strategy for the entity that the line hangs on, or for all."""
    said = attributes(rest if topic != "invalidation" else f"invalidation: {rest}")
    if said.unclear:
        return Meaning(unclear=said.unclear)
    if topic == "ttl" and said.ttl is None and not said.symbol and not said.durable:
        number = re.fullmatch(r"\d+", rest)
        said = Attributes(ttl=float(rest)) if number else said
    if CONDITIONS.search(", ".join(said.left)):
        return Meaning(unclear=f"what `{', '.join(said.left)}` means is unclear")
    if not said.says_something:
        return None
    if owner:
        return about(entities(owner), said)
    if topic == "ttl" and said.ttl is not None:
        return Meaning((DefaultTtl(ttl=said.ttl),), left=", ".join(said.left))
    if topic == "strategy" or (topic == "invalidation" and said.strategies):
        return Meaning(tuple(UsesStrategy(strategy=each) for each in said.strategies), left=", ".join(said.left))
    return Meaning((UsesStrategy(strategy="event"),)) if re.search(r"\bevents?\b", rest, _I) else None


def owner_of(item: Item) -> str:
    """The entity that a line hangs on: the list item above it, or a heading that names one ("User list caching")."""
    for parent in reversed(item.parents):
        label, _ = labelled(parent.rstrip(":") + (":" if parent.endswith(":") else ""))
        name = label or parent
        bare, _ = parenthesis(name.rstrip(": "))
        if bare and not why_no_entity(bare) and not any(p.fullmatch(bare) for p, _ in _TOPICS) and not mode_of(bare):
            return cleaned(bare)
        return ""
    title = item.section[-1] if item.section else ""
    bare, _ = parenthesis(title)
    bare = re.sub(r"^(?:paginated|cursor-based)\s+|\s+(?:cach(?:e|ing)|cache policy)$", "", bare, flags=_I)
    is_named = bool(CACHING.search(title)) and re.search(r"\S\s+cach(?:e|ing)$", parenthesis(title)[0], _I) is not None
    general = re.search(
        r"\b(?:redis|memcached|application|app|api|backend|our|general|http|cdn|django|server|data)\b", bare, _I
    )
    return bare if is_named and bare and not general and not why_no_entity(bare) else ""


def plainly(text: str) -> Meaning | None:
    """Entities below "What to cache", with nothing more said of them; a TTL may follow without a sign."""
    tail = re.fullmatch(rf"(?P<what>.+?)\s+(?:for\s+)?(?P<limit>{DURATION})", text, _I)
    if tail and not why_no_entity(tail["what"]):
        return about(entities(tail["what"]), Attributes(ttl=seconds(tail["limit"])))
    _, inner = parenthesis(text)
    if inner and re.search(DURATION, inner, _I):
        return Meaning(unclear="which of these its duration is meant for is unclear")
    named = entities(text)
    return about(named, Attributes()) if named.names and not named.unclear else Meaning(unclear=named.unclear)
