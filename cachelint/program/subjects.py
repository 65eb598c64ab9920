"""What code is about, in the words of a policy: models, tables, keys, routes and loaders of an entity's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.policy import Word, ends_route, in_field, in_key, in_loader, in_name, in_route
from cachelint.policy.numbers import agree, of_key, of_loader
from cachelint.program.effects import Event
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import NOTHING, Instance, Value, content
from cachelint.program.writes import View

if TYPE_CHECKING:
    from cachelint.program import Program


def about(program: Program, view: View, word: Word) -> str:
    """What of a cache write is the entity, for people; "" when nothing is."""
    if word.route:
        return ""
    template = next((each for each in templates(view.key) if in_key(word, each)), None)
    if template is not None:
        return f"the key `{template}`"
    if not _agrees(program, view, word):
        return ""
    for name, item in view.value.items or ():
        if item.items is None and isinstance(name, str) and entity_of(program, item, word):
            return entity_of(program, item, word)
    return entity_of(program, view.value, word)


# Levels of dicts in dicts in which fields are looked for.
LEVELS = 3


def field_of(value: Value, word: Word, level: int = LEVELS) -> str:
    """The field of a dict, or of a dict in it, that holds what a word says; a constant there holds nothing."""
    for name, item in content(value) or ():
        if isinstance(name, str) and in_field(word, name) and item.constant is NOTHING and not _is_only_told(item):
            return name
        inner = field_of(item, word, level - 1) if level else ""
        if inner:
            return inner
    return ""


def _is_only_told(value: Value) -> bool:
    """Whether a value tells something about data (a number, a yes or no) and holds none of it."""
    return bool(value.origins) and all(origin.safe and origin.bounded for origin in value.origins)


def _agrees(program: Program, view: View, word: Word) -> bool:
    """Whether what is stored may be as many of something as a word speaks of, by its type or else by its key."""
    if not word.number:
        return True
    by_key = (of_key(each, word.bare[-1]) for each in templates(view.key))
    return agree(word.number, _number_of(program, view.value) or next(filter(None, by_key), ""))


def _number_of(program: Program, value: Value) -> str:
    """Whether a value is a row or many of them, "" when its type does not say."""
    rows = [each for each in value.things if isinstance(each, Instance)]
    is_model = program.interpreter.hierarchy.is_model
    found = {"many" if each.of is not None else "one" for each in rows if each.of is not None or is_model(each.type)}
    return found.pop() if len(found) == 1 else ""


def templates(key: Value) -> Iterator[str]:
    """The key templates of a key, or of the keys of a mapping."""
    for each in [key] if key.text is not None else [item for _, item in key.items or ()]:
        if each.text is not None:
            yield str(each.text)
    for name, _ in key.items or ():
        if isinstance(name, str):
            yield name


def entity_of(program: Program, value: Value, word: Word) -> str:
    """What of a value is rows of the entity or was loaded by a function of its name; "" when nothing is."""
    for each in value.things:
        if isinstance(each, Instance):
            for type_ in (each.type, each.of):
                if type_ is not None and program.interpreter.hierarchy.is_model(type_) and is_about(type_, word):
                    return f"`{_name(type_)}` data"
    for origin in sorted(value.origins, key=lambda o: (o.name, o.place)):
        # What selected rows, or what was decided by them, is none of their data.
        selects_only = origin.safe and origin.bounded
        if origin.far or selects_only:
            continue
        if origin.kind == "entity" and is_about(origin.what, word):
            return f"`{origin.name}` data"
        # What hangs on what was loaded, and was handed on inside something else, may be anything.
        is_far = origin.part and origin.boxed
        if origin.kind == "loader" and not is_far and in_loader(word, origin.name):
            return f"what `{origin.name}` loads"
    return ""


def is_about(entity: object, word: Word) -> bool:
    """Whether a model or table is the entity, by its class name or table name."""
    if word.route:
        return False
    if isinstance(entity, ClassSymbol):
        return in_name(word, entity.facts.name) or any(in_name(word, name) for name in table_names(entity))
    return isinstance(entity, str) and in_name(word, entity.rpartition(".")[2])


# How many rows a query of a shape reads, in the words of `policy.numbers`.
_NUMBERS = {"rows": "many", "row": "one"}


def is_read(event: Event, word: Word) -> bool:
    """Whether a query reads what a word speaks of, as many as it speaks of."""
    is_number = not word.number or _NUMBERS.get(event.shape) == word.number
    return is_number and event.entity is not None and is_about(event.entity, word)


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


def decorated(program: Program, event: Event, word: Word, whole: bool = False) -> str:
    """What of a decorated function is the entity: what it returns, its name, its key or its route; with `whole` a route
    to its end."""
    assert event.function is not None
    name = event.function.facts.name
    returns = program.interpreter.summary(event.function).returns
    is_number = not word.number or agree(word.number, _number_of(program, returns) or of_loader(name, word.bare[-1]))
    returned = entity_of(program, returns, word) if is_number and not word.route else ""
    if returned:
        return f"{returned} that `{name}` returns"
    if not word.route and in_loader(word, name) and not event.is_response:
        return f"what `{name}` loads"
    return _route_or_key(program, event, word, whole)


def _route_or_key(program: Program, event: Event, word: Word, whole: bool) -> str:
    for value in event.arguments.values():
        if value.text is not None and not word.route and in_key(word, str(value.text)):
            return f"the key `{value.text}`"
    assert event.function is not None
    for handler in program.handlers_of(event.function):
        for path in handler.raw_paths:
            if in_route(word, path, whole) if word.route else ends_route(word, path):
                return f"the route `{path}`"
    return ""
