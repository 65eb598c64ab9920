"""Data that the policy forbids to cache, followed into cache writes and caching decorators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.policy import Word, in_key, in_name, in_route, words_of
from cachelint.program.decorators import Applied, applied
from cachelint.program.effects import Event
from cachelint.program.substitution import substitute
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import UNKNOWN, Instance, Origin, Place, Thing, Value
from cachelint.vocabulary import CacheGetOrSet, CacheWrite, Memoizes, Row, SetsHeader

if TYPE_CHECKING:
    from cachelint.program import Program

DEPTH = 6
PRIVATE = frozenset(("no-store", "private"))


@dataclass(frozen=True, slots=True)
class Forbidden:
    """One cache write or decorator that stores data the policy forbids.

    `what` names the data, `word` is the policy's own text, `source` where the policy says it."""

    event: Event
    place: Place
    what: str
    word: str
    source: str
    way: tuple[tuple[Place, str], ...]


@dataclass(frozen=True, slots=True)
class View:
    """A cache write as a caller sees it: the key and value as far as they are known there."""

    place: Place
    key: Value
    value: Value
    way: tuple[tuple[Place, str], ...]


def policy_words(program: Program) -> list[tuple[Word, str]]:
    """The forbidden entities with the place that forbids them, "file:line"."""
    config = program.config
    return [
        (Word(text, words_of(text)), f"{config.origin.path}:{config.origin.line('policy', 'never', index)}")
        for index, text in enumerate(config.policy.never)
    ]


def forbidden_writes(program: Program) -> Iterator[Forbidden]:
    """Every cache write and caching decorator that stores forbidden data, once per place."""
    words = policy_words(program)
    if not words:
        return
    seen: set[Place] = set()
    for event in program.cache_events:
        for found in _of_event(program, event, words):
            if found.place not in seen:
                seen.add(found.place)
                yield found
    for found in _registered(program, words):
        if found.place not in seen:
            seen.add(found.place)
            yield found


def _of_event(program: Program, event: Event, words: list[tuple[Word, str]]) -> Iterator[Forbidden]:
    if isinstance(event.row, Memoizes):
        yield from _memoized(program, event, words)
    elif isinstance(event.row, (CacheWrite, CacheGetOrSet)) and _is_cache(event) and not program.is_store(event):
        start = View(event.place, event.key or UNKNOWN, event.value or UNKNOWN, ())
        yield from _of_view(program, event, start, words, 0)


def _is_cache(event: Event) -> bool:
    """A plain dict of the process counts as no cache here, and a property lives with its object."""
    return event.client is None or event.client.type != "builtins.dict"


def _of_view(
    program: Program, event: Event, view: View, words: list[tuple[Word, str]], depth: int
) -> Iterator[Forbidden]:
    for word, source in words:
        what = _about(program, view, word)
        if what:
            way = (*view.way, (event.place, "stored here")) if view.way else ()
            yield Forbidden(event, view.place, what, word.text, source, way)
            return
    if depth >= DEPTH:
        return
    functions = {o.what[0] for value in (view.key, view.value) for o in _parameters(value)}  # type: ignore[index]
    for function in sorted(functions, key=lambda f: f.order):
        for edge in program.graph.callers.get(function, ()):
            key = substitute(view.key, function, edge.arguments)
            value = substitute(view.value, function, edge.arguments)
            value = Value(
                things=value.things or _things_of(view.value, function, edge.arguments), origins=value.origins
            )
            way = ((edge.place, f"passed to `{function.facts.name}`"), *view.way)
            yield from _of_view(program, event, View(edge.place, key, value, way), words, depth + 1)


def _parameters(value: Value) -> list[Origin]:
    return [o for o in value.origins if o.kind == "parameter" and isinstance(o.what, tuple)]


def _things_of(value: Value, function: object, arguments: dict[str, Value]) -> tuple[Thing, ...]:
    things: list[Thing] = []
    for origin in _parameters(value):
        if origin.what[0] is function and origin.what[1] in arguments:  # type: ignore[index]
            things.extend(arguments[origin.what[1]].things)  # type: ignore[index]
    return tuple(things)


def _about(program: Program, view: View, word: Word) -> str:
    """What of a view is the forbidden entity; "" when nothing is."""
    keys = [view.key] if view.key.text is not None else [item for _, item in view.key.items or ()]
    for key in keys:
        if key.text is not None and in_key(word, str(key.text)):
            return f"the key `{key.text}`"
    for name, _ in view.key.items or ():
        if isinstance(name, str) and in_key(word, name):
            return f"the key `{name}`"
    for name, item in view.value.items or ():
        if item.items is None and isinstance(name, str) and _entity_of(program, item, word):
            return _entity_of(program, item, word)
    return _entity_of(program, view.value, word)


def _entity_of(program: Program, value: Value, word: Word) -> str:
    for each in value.things:
        if isinstance(each, Instance):
            for type_ in (each.type, each.of):
                if type_ is not None and program.interpreter.is_model(type_) and is_about(type_, word):
                    return f"`{_name(type_)}` data"
    for origin in sorted(value.origins, key=lambda o: (o.name, o.place)):
        selects_only = origin.safe and origin.bounded and origin.boxed
        if origin.kind == "entity" and not selects_only and is_about(origin.what, word):
            return f"`{origin.name}` data"
        if origin.kind == "loader" and in_name(word, origin.name):
            return f"what `{origin.name}` loads"
    return ""


def is_about(entity: object, word: Word) -> bool:
    """Whether a model or table is the forbidden entity, by its class name or table name."""
    if isinstance(entity, ClassSymbol):
        return in_name(word, entity.facts.name) or any(in_name(word, name) for name in table_names(entity))
    return isinstance(entity, str) and in_name(word, entity.rpartition(".")[2])


def _name(entity: object) -> str:
    return entity.facts.name if isinstance(entity, ClassSymbol) else str(entity).rpartition(".")[2]


def table_names(symbol: ClassSymbol) -> list[str]:
    """The table a model says it is stored in: __tablename__, Meta.db_table, Meta.table."""
    names = []
    places = [symbol, symbol.nested("Meta")]
    for each in places:
        for attribute in ("__tablename__", "db_table", "table", "table_name"):
            for statement in each.attributes.get(attribute, ()) if each is not None else ():
                if isinstance(statement.value, facts.Constant) and isinstance(statement.value.value, str):
                    names.append(statement.value.value)
    return names


# ------------------------------------------------------------------------------------------------ decorators


def _memoized(program: Program, event: Event, words: list[tuple[Word, str]]) -> Iterator[Forbidden]:
    function = event.function
    if function is None or _is_property(event) or _is_private(program, event):
        return
    for word, source in words:
        what = ""
        returned = program.interpreter.summary(function).returns
        if _entity_of(program, returned, word):
            what = f"{_entity_of(program, returned, word)} that `{function.facts.name}` returns"
        elif in_name(word, function.facts.name) and not event.is_response:
            what = f"what `{function.facts.name}` loads"
        else:
            what = _route_or_key(program, event, word)
        if what:
            yield Forbidden(event, event.place, what, word.text, source, ())
            return


def _is_property(event: Event) -> bool:
    return event.method.endswith("property") or "cached_property" in getattr(event.row, "names", "")


def _route_or_key(program: Program, event: Event, word: Word) -> str:
    for value in event.arguments.values():
        if value.text is not None and in_key(word, str(value.text)):
            return f"the key `{value.text}`"
    assert event.function is not None
    for handler in program.handlers_of(event.function):
        for path in handler.raw_paths:
            if in_route(word, path):
                return f"the route `{path}`"
    return ""


def _is_private(program: Program, event: Event) -> bool:
    if event.function is None or not event.is_response:
        return False
    return any(_marks_private(each) for each in applied(program.interpreter, event.function))


def _marks_private(each: Applied) -> bool:
    if not isinstance(each.row, SetsHeader):
        return False
    named = {name.replace("_", "-") for name, value in each.given.items() if value.constant is True}
    return each.row.directive in PRIVATE or bool(named & PRIVATE)


def _registered(program: Program, words: list[tuple[Word, str]]) -> Iterator[Forbidden]:
    """`path("orders/", cache_page(60)(view))`, and caching decorators on a view's class."""
    for handler in program.handlers:
        marks: list[tuple[Row | None, Place]] = [(layer.row, layer.place) for layer in handler.layers]
        of_class = program.class_decorators(handler)
        marks.extend((each.row, each.place) for each in of_class)
        if any(_marks_private(each) for each in [*of_class, *applied(program.interpreter, handler.function)]):
            continue
        for row, place in marks:
            if isinstance(row, Memoizes):
                event = Event(row, handler.place, handler.function.module, handler.function, program.top)
                event.is_response = row.response
                for word, source in words:
                    if any(in_route(word, path) for path in handler.raw_paths):
                        what = f"the route `{handler.path}`"
                    else:
                        returned = program.interpreter.summary(handler.function).returns
                        what = _entity_of(program, returned, word)
                    if what:
                        at = place if handler.layers == () else handler.place
                        yield Forbidden(event, at, what, word.text, source, ())
                        break
