"""The cache map: every key template with who reads, writes and deletes it, how long it lives and what it holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cachelint.program import expiry
from cachelint.program.effects import Event
from cachelint.program.subjects import templates
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import Instance, Place, Value
from cachelint.program.writes import View, at_call, from_callers, is_write, parameters
from cachelint.vocabulary import (
    CacheCount,
    CacheDelete,
    CacheGetOrSet,
    CacheLock,
    CacheRead,
    CacheWrite,
    Memoizes,
)

if TYPE_CHECKING:
    from cachelint.program import Program

_HOLE = re.compile(r"\{[^{}]*\}")


class Use(msgspec.Struct, frozen=True):
    """One call on an entry, seen from where its key is made. `role` "read", "write", "delete" or "other"."""

    role: str
    method: str
    place: Place
    function: FunctionSymbol | None


class Entry(msgspec.Struct, frozen=True):
    """All of one key template. `key` is "" for keys that are not known, `name()` for what a decorator caches; `ttls`
    are in words ("1 h", "never"), `entities` the names of models and tables that the values are made of."""

    key: str
    kinds: tuple[str, ...]
    uses: tuple[Use, ...]
    ttls: tuple[str, ...]
    entities: tuple[str, ...]

    def by(self, role: str) -> list[Use]:
        """The uses in one role, by place."""
        return [use for use in self.uses if use.role == role]


class _Fact(msgspec.Struct, frozen=True):
    """What one call says of one key."""

    key: str
    event: Event
    uses: tuple[Use, ...]
    ttls: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()


def entries(program: Program) -> list[Entry]:
    """The entries of the project's caches by key; what is no cache (queues, sessions, locks) is left out."""
    facts: defaultdict[str, list[_Fact]] = defaultdict(list)
    # The same key is written with other names in other places: what tells keys apart is what stands between the holes.
    for event in program.cache_events:
        if not isinstance(event.row, CacheLock) and not program.is_store(event):
            for fact in _facts(program, event):
                facts[_HOLE.sub("{}", fact.key)].append(fact)
    return [_entry(program, facts[key]) for key in sorted(facts, key=lambda key: (not key, key))]


def _entry(program: Program, facts: list[_Fact]) -> Entry:
    key = min((fact.key for fact in facts), key=lambda key: ("{}" in key, "." in key, len(key), key))
    uses = dict.fromkeys(use for fact in facts for use in fact.uses)
    return Entry(
        key,
        tuple(sorted({program.client_kind(fact.event) for fact in facts})),
        tuple(sorted(uses, key=lambda use: (use.place, use.role, use.method))),
        tuple(dict.fromkeys(ttl for fact in facts for ttl in fact.ttls)),
        tuple(sorted({name for fact in facts for name in fact.entities})),
    )


def _facts(program: Program, event: Event) -> Iterator[_Fact]:
    if isinstance(event.row, Memoizes):
        yield from _of_decorator(program, event)
        return
    for view in _complete(program, at_call(event)):
        uses = tuple(Use(role, event.method, view.place, view.function) for role in _roles(event))
        ttls, entities = (_ttls(program, view), _entities(program, view.value)) if is_write(event) else ((), ())
        for key in [*dict.fromkeys(templates(view.key))] or [""]:
            yield _Fact(key, event, uses, ttls, entities)


def _complete(program: Program, view: View) -> Iterator[View]:
    """A call as those see it who make its key: wrappers that are handed a key are looked through."""
    outer = list(from_callers(program, view)) if any(origin.direct for origin in parameters(view.key)) else []
    if not outer:
        yield replace(view, seen=set())
    for each in outer:
        yield from _complete(program, each)


def _roles(event: Event) -> tuple[str, ...]:
    if isinstance(event.row, CacheGetOrSet):
        return "read", "write"
    if isinstance(event.row, CacheRead):
        return ("read",)
    if isinstance(event.row, (CacheWrite, CacheCount)):
        return ("write",)
    return ("delete",) if isinstance(event.row, CacheDelete) else ("other",)


def _of_decorator(program: Program, event: Event) -> Iterator[_Fact]:
    if event.function is None or (event.row.process and _is_of_object(event.function)):  # type: ignore[attr-defined]
        return
    found = expiry.of_decorator(program, event)
    key = next((str(value.text) for value in event.arguments.values() if value.text is not None), "")
    name = event.function.facts.qualname.rpartition("<locals>.")[2]
    uses = tuple(Use(role, event.method or "decorator", event.place, event.function) for role in ("read", "write"))
    returned = program.interpreter.summary(event.function).returns
    yield _Fact(key or f"{name}()", event, uses, _said([found]), _entities(program, returned))


def _is_of_object(function: FunctionSymbol) -> bool:
    """Whether a method without arguments keeps its answer on its object: no entry that anybody shares."""
    return function.owner is not None and [p.name for p in function.facts.parameters] == ["self"]


def _ttls(program: Program, view: View) -> tuple[str, ...]:
    return _said([expiry.of_view(program, each) for each in _with_ttl(program, view)])


def _with_ttl(program: Program, view: View) -> Iterator[View]:
    """The write as those see it who say its TTL."""
    is_open = view.ttl is not None and bool(parameters(view.ttl[1]))
    outer = list(from_callers(program, view)) if is_open else []
    if not outer:
        yield view
    for each in outer:
        yield from _with_ttl(program, each)


def _said(found: list[expiry.Expiry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(each).removeprefix("after ") for each in found))


def _entities(program: Program, value: Value) -> tuple[str, ...]:
    names = {program.entity_name(each) for each in _models(program, value)}
    names |= {origin.name for origin in value.origins if origin.kind == "entity" and not origin.safe}
    for _, item in value.items or ():
        names |= set(_entities(program, item))
    return tuple(sorted(names))


def _models(program: Program, value: Value) -> Iterator[ClassSymbol | str]:
    for each in value.things:
        if isinstance(each, Instance):
            for type_ in (each.type, each.of):
                if type_ is not None and program.interpreter.hierarchy.is_model(type_):
                    yield type_


def on_caches(events: Iterable[Event]) -> list[Event]:
    """The calls that are not on a plain dict, by place."""
    found = (event for event in events if event.client is None or event.client.type != "builtins.dict")
    return sorted(found, key=lambda event: (event.place, event.method))
