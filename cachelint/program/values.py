"""What an expression can be and where its data comes from: the abstract values of the program layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Union

import msgspec
from msgspec.structs import replace

from cachelint.vocabulary import Row

if TYPE_CHECKING:
    from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol

# Beyond this many alternatives an expression says too little to be worth carrying around.
WIDTH = 8
# A value may come from many places; more origins than this add time and no knowledge.
ORIGINS = 24
TEMPLATE_PARTS = 40
# The same few sets of origins are asked about again and again: answers about so many are remembered.
SETS = 50_000
# Values double when code puts them together with themselves: beyond these sizes they are unknown.
TEMPLATE_LENGTH = 10_000
HELD = 1_000


class Place(NamedTuple):
    """A span of a file: path relative to the project and character offsets, the end exclusive."""

    path: str
    at: int
    end: int


class Origin(msgspec.Struct, frozen=True, cache_hash=True):
    """One place where data comes from.

    kind: "parameter" (what = (function, name)), "input" (user input; what = word for messages), "identity",
    "verdict" (whether who asks may), "result" (of calling the parameter that what names), "entity" (what = class
    symbol or dotted name), "hit" (a cache read; what = its place), "digest".
    `safe`: can only hold harmless characters by now; `bounded`: takes finitely many values by now.
    `direct`: the value itself and not something computed from it. `boxed`: held inside an object made from it.
    `part`: one part of it (an attribute, an item), so of a text nothing, of a mapping anything.
    `far`: a part of a part of a row, or something computed from a column: no longer data of that row.
    """

    kind: str
    what: object
    name: str
    place: Place
    safe: bool = False
    bounded: bool = False
    direct: bool = True
    boxed: bool = False
    part: bool = False
    far: bool = False


class Instance(msgspec.Struct, frozen=True, cache_hash=True):
    """An object. `type` is a library type name or a project class; `of` the element type of a query or collection;
    `site` where it was constructed and `options` the constants given there."""

    type: str | ClassSymbol
    of: str | ClassSymbol | None = None
    site: Place | None = None
    options: tuple[tuple[str, object], ...] = ()


class ClassRef(msgspec.Struct, frozen=True, cache_hash=True):
    """A class of the project, as a value."""

    symbol: ClassSymbol


class FunctionRef(msgspec.Struct, frozen=True, cache_hash=True):
    """A function of the project, with the receiver it is bound to and arguments already supplied (partial)."""

    symbol: FunctionSymbol
    receiver: Instance | ClassRef | None = None
    bound: tuple[tuple[str, Value], ...] = ()


class ModuleRef(msgspec.Struct, frozen=True, cache_hash=True):
    """A module of the project."""

    symbol: ModuleSymbol


class External(msgspec.Struct, frozen=True, cache_hash=True):
    """Something outside the project, by its canonical dotted name."""

    name: str


class Member(msgspec.Struct, frozen=True, cache_hash=True):
    """A member of a library object: the `get` of a client. `receiver` is the object's value."""

    instance: Instance
    name: str
    receiver: Value


class Decorator(msgspec.Struct, frozen=True, cache_hash=True):
    """What a called library decorator gives, before it is applied: `cache_page(60)`. `row` says what it does, `name` is
    what it is called."""

    row: Row
    place: Place
    arguments: tuple[tuple[str, Value], ...] = ()
    client: Instance | None = None
    name: str = ""


class Wrapped(msgspec.Struct, frozen=True, cache_hash=True):
    """The callable that a higher-order library call made of another one; calling it calls `function`."""

    function: Value
    deferred: bool = False
    layers: tuple[Decorator, ...] = ()


Thing = Union[Instance, ClassRef, FunctionRef, ModuleRef, External, Member, Decorator, Wrapped]


class Gap(msgspec.Struct, frozen=True, cache_hash=True):
    """A hole of a template: what fills it, where, and a short name for people."""

    value: Value
    place: Place
    name: str


class Text(msgspec.Struct, frozen=True, cache_hash=True):
    """A string known in parts: literal text and gaps."""

    parts: tuple[str | Gap, ...]

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else "{" + part.name + "}" for part in self.parts)


class _Missing:
    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = _Missing()


class Value(msgspec.Struct, frozen=True, cache_hash=True):
    """What is known about an expression. Empty things mean unknown, never absent.

    `constant` is a Python constant or NOTHING; `items` the known content of a display as (key or index, value) pairs.
    """

    things: tuple[Thing, ...] = ()
    origins: frozenset[Origin] = frozenset()
    text: Text | None = None
    constant: object = NOTHING
    items: tuple[tuple[object, Value], ...] | None = None

    def item(self, key: object) -> Value | None:
        """The known content under a key or index, if any."""
        if self.items is None:
            return None
        for name, value in self.items:
            if name == key and type(name) is type(key):
                return value
        return None

    def instances(self) -> list[Instance]:
        return [thing for thing in self.things if isinstance(thing, Instance)] if self.things else []


Items = tuple[tuple[object, Value], ...]
# The option of a list that names what the dicts in it hold.
FIELDS = "fields"


def content(value: Value) -> Items | None:
    """What a value holds under names: its items, or those of each dict in a list, of which only the names are known."""
    if value.items is not None:
        return value.items
    names = [name for each in value.instances() for name in dict(each.options).get(FIELDS, ())]  # type: ignore[attr-defined]
    return tuple((name, UNKNOWN) for name in names) or None


NO_ORIGINS: frozenset[Origin] = frozenset()
UNKNOWN = Value()
NONE = Value(constant=None)


def thing(*things: Thing) -> Value:
    """The value that is one of `things`."""
    return Value(things=things)


def constant(value: object) -> Value:
    """A literal; text also becomes a template without gaps."""
    return Value(constant=value, text=Text((value,)) if isinstance(value, str) else None)


def text_of(parts: Sequence[str | Gap]) -> Text | None:
    """A text made of these parts, neighbouring literal ones made one; None for more than anybody writes as a key."""
    length = sum(len(part) for part in parts if isinstance(part, str))
    return Text(_merged(parts)) if len(parts) <= TEMPLATE_PARTS and length <= TEMPLATE_LENGTH else None


def _merged(parts: Sequence[str | Gap]) -> tuple[str | Gap, ...]:
    merged: list[str | Gap] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return tuple(merged)


def held(items: Items | None) -> Items | None:
    """The content of a display; None when it holds, all levels together, more than is worth carrying around."""
    room, levels = HELD, [items or ()]
    while levels:
        level = levels.pop()
        room -= len(level)
        if room < 0:
            return None
        levels.extend(value.items for _, value in level if value.items)
    return items


def join(values: list[Value]) -> Value:
    """The value that may be any of `values`. None and unknown alternatives do not hide what the others are."""
    if len(values) == 1:
        return NONE if _is_none(values[0]) else values[0]
    if not values:
        return UNKNOWN
    known = [value for value in dict.fromkeys(values) if value is not UNKNOWN and not _is_none(value)]
    if not known:
        return NONE if all(map(_is_none, values)) else UNKNOWN
    if len(known) == 1:
        return known[0]
    things = tuple(dict.fromkeys([thing for value in known for thing in value.things]))
    origins = united([value.origins for value in known])
    texts = list(dict.fromkeys([value.text for value in known if value.text is not None]))
    return Value(
        things=things if len(things) <= WIDTH else (),
        origins=trim(origins),
        text=texts[0] if len(texts) == 1 and all(value.text or not value.origins for value in known) else None,
        items=next((value.items for value in known if value.items is not None), None),
    )


def _is_none(value: Value) -> bool:
    return value.constant is None and value == NONE


def united(sets: list[frozenset[Origin]]) -> frozenset[Origin]:
    """All origins of several sets; the very set where only one has any."""
    filled = [each for each in sets if each]
    if len(filled) > 1:
        return filled[0].union(*filled[1:])
    return filled[0] if filled else NO_ORIGINS


def trim(origins: frozenset[Origin]) -> frozenset[Origin]:
    """At most ORIGINS of them, the same ones every time: who asks is forgotten last, what is there already first."""
    if len(origins) <= ORIGINS:
        return origins
    times: dict[tuple[str, str], int] = {}
    kept: list[tuple[bool, int, int, Origin]] = []
    for origin in ranked(origins):
        before = times.get((origin.kind, origin.name), 0)
        times[origin.kind, origin.name] = before + 1
        kept.append((origin.kind != "identity", before, len(kept), origin))
    return frozenset(origin for *_, origin in sorted(kept, key=lambda each: each[:3])[:ORIGINS])


def ranked(origins: Iterable[Origin]) -> list[Origin]:
    """Origins in one order for every run, the nearest to the value itself first."""
    if len(found := list(origins)) < 2:
        return found
    return sorted(
        found,
        key=lambda o: (o.kind, o.name, o.place, not o.direct, o.part, o.boxed, o.safe, o.bounded, o.far, _told(o.what)),
    )


def _told(what: object) -> str:
    """What an origin is, in words that are the same in every run."""
    if isinstance(what, tuple) and not isinstance(what, Place):
        return f"{what[0].order}"
    return str(what if isinstance(what, (str, Place)) else getattr(what, "name", ""))


def derived(origins: frozenset[Origin]) -> frozenset[Origin]:
    """The same sources, but no longer the value itself."""
    return _derived(origins) if origins else origins


@lru_cache(maxsize=SETS)
def _derived(origins: frozenset[Origin]) -> frozenset[Origin]:
    if not any(origin.direct for origin in origins):
        return origins
    return frozenset([replace(origin, direct=False) if origin.direct else origin for origin in origins])


def cleaned(origins: frozenset[Origin], safe: bool, bounded: bool) -> frozenset[Origin]:
    """The same sources after a conversion that makes text safe or bounded."""
    return _cleaned(origins, safe, bounded) if origins else origins


@lru_cache(maxsize=SETS)
def _cleaned(origins: frozenset[Origin], safe: bool, bounded: bool) -> frozenset[Origin]:
    return frozenset([replace(o, safe=o.safe or safe, bounded=o.bounded or bounded, direct=False) for o in origins])


# Origins that say which rows something holds.
ROWS = frozenset(("entity", "loader"))
SPREADS = ROWS | {"parameter"}


def parts_of(origins: frozenset[Origin]) -> frozenset[Origin]:
    """The sources of an attribute or item of something."""
    return _parts_of(origins) if origins else origins


@lru_cache(maxsize=SETS)
def _parts_of(origins: frozenset[Origin]) -> frozenset[Origin]:
    if all(origin.part and not origin.direct and not _is_column(origin) for origin in origins):
        return origins
    return frozenset([replace(o, direct=False, part=True, far=o.far or _is_column(o)) for o in origins])


def _is_column(origin: Origin) -> bool:
    """Whether a source is one part of what may be a row, held by nothing: a step further leads away from it."""
    return origin.kind in SPREADS and origin.part and not origin.far and not origin.boxed


def unboxed(origins: frozenset[Origin]) -> frozenset[Origin]:
    """The sources of a text made of all that a collection holds."""
    return frozenset(replace(origin, direct=False, boxed=False) for origin in origins)


def boxed(origins: frozenset[Origin]) -> frozenset[Origin]:
    """The same sources, held inside an object that was constructed from them."""
    return _boxed(origins) if origins else origins


@lru_cache(maxsize=SETS)
def _boxed(origins: frozenset[Origin]) -> frozenset[Origin]:
    return frozenset([replace(origin, direct=False, boxed=True) for origin in origins])


def forget_sets() -> None:
    """Drop the answers about sets of origins: they hold on to the project that they are about."""
    for known in (_derived, _cleaned, _parts_of, _boxed):
        known.cache_clear()


def carried(*values: Value) -> Value:
    """Something made of `values`: their data, none of their types."""
    return Value(origins=trim(derived(united([value.origins for value in values]))))
