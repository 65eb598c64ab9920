"""Items of caching sections -> Lines: what each says, or why it cannot be relied on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachelint.policy.durations import DURATION, seconds
from cachelint.policy.model import (
    Caches,
    DefaultTtl,
    ExpiresAll,
    KeyExample,
    KeyFormat,
    Line,
    Never,
    NoRawInput,
    NotCheckable,
    OnError,
    Scope,
    Serializes,
    Source,
    Stampede,
    Statement,
    Status,
    UsesStrategy,
)
from cachelint.policy.phrases import (
    CONDITIONS,
    Attributes,
    attributes,
    cleaned,
    entities,
    parenthesis,
    split_list,
    templates,
    why_no_entity,
)
from cachelint.policy.plain import is_forbidding_mark, is_struck, plain
from cachelint.policy.sections import CACHING, Item, items, mode_of
from cachelint.policy.sentences import Meaning, about, never, sentence, sentences
from cachelint.policy.tables import row

_I = re.IGNORECASE
EVERYWHERE = Scope()
# Longer lines are no rules.
LONGEST = 1200
_LABEL = re.compile(
    r"(?P<label>[^:`]{1,80}?|`[^`]+`(?: \([^)]*\))?)\s*(?::(?=\s|$)|\s-+>?\s|\s=>?\s)\s*(?P<rest>.*)", re.DOTALL
)
_LEFT_OPEN = re.compile(r"\b(?:must|never|always|should|shall|required?|forbidden|do not|don't|ttl|every)\b", _I)
_STANDALONE = (Never, ExpiresAll, OnError, NoRawInput, Stampede)
_FAILURE = re.compile(r"\b(?:cache|redis|valkey|memcached|errors?|failures?|outages?|down)\b", _I)


def lines(text: str, path: str, scope: Scope = EVERYWHERE) -> list[Line]:
    """Every line of the caching sections of a Markdown text, and lines elsewhere that forbid or demand something."""
    found = []
    for item in items(text):
        line = read(item, path, scope)
        if line.in_section or _stands_alone(line):
            found.append(line)
    return found


def _stands_alone(line: Line) -> bool:
    """Outside of caching sections only what is said in full counts."""
    is_timed = any(isinstance(each, Caches) and each.ttl is not None for each in line.statements)
    return (
        line.status == "understood"
        and not line.left
        and (is_timed or all(isinstance(each, _STANDALONE) for each in line.statements))
    )


def read(item: Item, path: str, scope: Scope = EVERYWHERE) -> Line:
    """What one item says."""
    statements, status, left = _said(item)
    source = Source(path, item.line, plain(item.raw) if item.kind != "row" else item.raw)
    return Line(source, item.end_line, status, item.section, statements, left, item.in_section, scope)


def _said(item: Item) -> tuple[tuple[Statement, ...], Status, str]:
    if item.kind == "heading":
        return (), "heading", ""
    if item.kind == "comment":
        return (), "prose", ""
    if item.kind == "code":
        return _code(item)
    if item.kind == "row":
        return _judged(item, row(item), True)
    if is_struck(item.raw) or item.mode == "prose":
        return (), "prose", ""
    if len(item.text) > LONGEST:
        return (), "not-understood", "longer than any rule"
    return _judged(item, _meaning(item), item.kind == "item")


def _judged(item: Item, found: Meaning | None, is_rule: bool) -> tuple[tuple[Statement, ...], Status, str]:
    if found is not None and found.statements and not found.unclear:
        forbids = any(isinstance(each, Never) for each in found.statements)
        if is_forbidding_mark(item.raw) and not forbids:
            return (), "not-understood", "it is marked as forbidden, but reads as allowed"
        if all(isinstance(each, NotCheckable) for each in found.statements):
            return found.statements, "not-checkable", found.left
        return found.statements, "understood", found.left
    if found is not None and found.unclear and item.is_parent and not why_no_entity(item.text):
        return (), "heading", ""
    if found is not None and (found.unclear or not found.statements):
        return (), "not-understood" if found.unclear else "heading", found.unclear
    if item.is_parent and not why_no_entity(parenthesis(item.text.rstrip(": "))[0]):
        return (), "heading", ""
    if is_rule or _LEFT_OPEN.search(item.text):
        return (), "not-understood", "none of the forms that cachelint knows"
    return (), "prose", ""


def _code(item: Item) -> tuple[tuple[Statement, ...], Status, str]:
    """A block of code is an example, unless it holds nothing but key templates in a section about keys."""
    rows = [each.strip() for each in item.raw.splitlines() if each.strip()]
    found = [list(templates(f"`{each}`")) for each in rows]
    lead = item.parents[-1] if item.parents else ""
    if rows and all(found) and (item.mode == "keys" or re.search(r"\b(?:formats?|patterns?)\b", lead, _I)):
        return tuple(_keys([key for each in found for key in each])), "understood", ""
    return (), "example", ""


# ------------------------------------------------------------------------------------------------- meanings


def _meaning(item: Item) -> Meaning | None:
    """What a list item or plain line says; None for nothing known."""
    text = item.text.strip().rstrip(".;")
    pieces = [piece for part in _glued(text) for piece in sentences(part)]
    if len(pieces) == 1:
        return _one(item, pieces[0])
    found = [(piece, _one(item, piece)) for piece in pieces]
    said = [meaning for _, meaning in found if meaning is not None and meaning.statements and not meaning.unclear]
    unclear = next((m.unclear for _, m in found if m is not None and m.unclear), "")
    others = [piece for piece, meaning in found if meaning is None or not meaning.statements]
    if unclear or not said:
        return Meaning(unclear=unclear) if unclear else None
    if any(CONDITIONS.search(each) for each in others) and not all(
        isinstance(s, (NoRawInput, OnError)) for m in said for s in m.statements
    ):
        return Meaning(unclear=f"what `{others[0]}` changes is unclear")
    return Meaning(
        tuple(s for m in said for s in m.statements), left=". ".join([*others, *(m.left for m in said if m.left)])
    )


def _glued(text: str) -> list[str]:
    """List items that lost their line breaks: "Client: a.py (singleton) - Default serialization: JSON"."""
    return re.split(r"(?<=[\w)}`])\s+-\s+(?=[A-Z][a-z]+(?: [a-z]+){0,2}:\s|Never |Do not |Always )", text)


def _one(item: Item, text: str) -> Meaning | None:
    label, rest = labelled(text)
    for read_form in (_by_topic, _by_sentence, _by_label, _by_mode):
        found = read_form(item, text, label, rest)
        if found is not None:
            return found
    return None


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
    (re.compile(r"^(?:default |cache |fallback )*(?:ttls?|expiry|expiration)(?: by default)?$", _I), "ttl"),
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
    (re.compile(r"^(?:max(?:imum)? )(?:cache )?(?:ttls?|lifetime|expiry)$", _I), "maximum"),
    (
        re.compile(
            r"^(?:max(?:imum)? |stale |tolerated )*(?:stale(?:ness)?|stale[- ]tolerance"
            r"|tolerance)(?: tolerance| budget| limit)?$",
            _I,
        ),
        "stale",
    ),
)


def _by_topic(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    bare, inner = parenthesis(label)
    for pattern, topic in _TOPICS:
        if label and (pattern.fullmatch(label) or pattern.fullmatch(bare)):
            return _topic(topic, item, rest, inner)
    if (
        label
        and mode_of(label) == "never"
        and not re.search(r"\bcache[- ]?(?:aside|keys?)\b", label, _I)
        and why_no_entity(label)
    ):
        return never(rest) if rest else Meaning()
    # A line that ends in a colon only introduces what hangs on it.
    return Meaning() if label and not rest else None


def _topic(topic: str, item: Item, rest: str, remark: str) -> Meaning | None:
    if not rest:
        return Meaning()
    owner = _owner(item)
    if topic in ("format", "examples"):
        return _about_keys(topic, owner, rest)
    if topic in ("ttl", "invalidation", "strategy"):
        return _for_owner(topic, item, owner, rest)
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
        return _plainly(rest)
    if topic == "durable":
        named = entities(rest)
        if named.unclear or not named.names:
            return Meaning(unclear=named.unclear or "names nothing")
        return Meaning(tuple(Caches(subject=name, durable=True) for name in named.names))
    return sentence(f"max ttl {rest}") if topic == "maximum" else sentence(f"stale tolerance {rest}")


def _about_keys(topic: str, owner: str, rest: str) -> Meaning | None:
    examples_at = re.search(r"\(?\b(?:e\.g\.,?|examples?:?|such as)\s", rest, _I)
    formats = list(templates(rest[: examples_at.start()] if examples_at else rest))
    shown = list(templates(rest[examples_at.end() :])) if examples_at else []
    if topic == "examples":
        return Meaning(tuple(KeyExample(key=each) for each in (*formats, *shown))) if formats else None
    if owner and formats:
        return Meaning((Caches(subject=owner, key=formats[0]),))
    if not formats and re.match(r"hash", rest, _I) and owner:
        return Meaning((Caches(subject=owner, key=rest),))
    said: list[Statement] = list(_keys(formats))
    return Meaning((*said, *(KeyExample(key=each) for each in shown))) if said else None


def _keys(found: list[str]) -> Iterator[Statement]:
    """Templates with holes are formats, keys without any are examples."""
    for each in found:
        yield KeyFormat(template=each) if "{" in each or "*" in each else KeyExample(key=each)


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


def _owner(item: Item) -> str:
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


def _by_sentence(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    found = sentence(text)
    if found is None and item.mode == "keys" and re.search(r"\b(?:never|no|not)\b.*\b(?:raw|user)\b", text, _I):
        return Meaning((NoRawInput(),))
    if found is not None and any(isinstance(each, OnError) for each in found.statements):
        return found if _FAILURE.search(text) else None
    return found


def _by_label(item: Item, text: str, label: str, rest: str) -> Meaning | None:
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
        return _about_keys("format", "" if named.unclear else cleaned(label), rest)
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
    owner = _owner(item) if item.parents and _VIEWS.fullmatch(label) else ""
    return f"{owner} {label}" if owner else label


def _is_infrastructure(said: Attributes) -> bool:
    return bool(said.other) and said == Attributes(other=said.other, left=said.left)


def _by_mode(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    """A bare list of entities, or attributes of the entity that the line hangs on."""
    owner = _owner(item)
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
        return _topic("durable", item, text, "")
    if mode == "unclear" and not entities(text).unclear:
        return Meaning(unclear="its heading may mean cached or not cached")
    if mode == "keys":
        found = list(templates(text))
        return Meaning(tuple(_keys(found))) if found and not CONDITIONS.search(text) else None
    bare, inner = parenthesis(text)
    inside = attributes(inner) if inner else Attributes()
    if inside.says_something and not inside.left and not inside.unclear and not why_no_entity(bare):
        return about(entities(bare), inside)
    if mode == "cache" and item.kind == "item":
        return _plainly(text)
    return None


def _plainly(text: str) -> Meaning | None:
    """Entities below "What to cache", with nothing more said of them; a TTL may follow without a sign."""
    tail = re.fullmatch(rf"(?P<what>.+?)\s+(?:for\s+)?(?P<limit>{DURATION})", text, _I)
    if tail and not why_no_entity(tail["what"]):
        return about(entities(tail["what"]), Attributes(ttl=seconds(tail["limit"])))
    _, inner = parenthesis(text)
    if inner and re.search(DURATION, inner, _I):
        return Meaning(unclear="which of these its duration is meant for is unclear")
    named = entities(text)
    return about(named, Attributes()) if named.names and not named.unclear else Meaning(unclear=named.unclear)
