"""One library call being interpreted: its arguments by name, and what `gives` and `of` of a row mean there."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import library
from cachelint.program.effects import Event
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    NOTHING,
    UNKNOWN,
    ClassRef,
    External,
    Instance,
    Thing,
    Value,
    held,
    join,
    ranked,
    thing,
)
from cachelint.vocabulary import (
    Row,
)

if TYPE_CHECKING:
    from cachelint.program.arguments import Arguments


class CallSite(msgspec.Struct):
    """One library call being interpreted: where, on what, with which arguments by parameter name."""

    frame: Frame
    node: facts.Node
    name: str
    client: Instance | None
    receiver: Value
    arguments: Arguments
    given: dict[str, Value]
    row: Row

    def argument_node(self, row_params: str, parameter: str) -> facts.Node | None:
        """The expression given for a parameter of the row."""
        names = parameter_names(row_params)
        for word in names:
            if word[0] == parameter:
                for keyword in word:
                    if keyword in self.arguments.nodes:
                        return self.arguments.nodes[keyword]
                return self.arguments.nodes.get(names.index(word))
        return None


def parameter_names(params: str) -> list[list[str]]:
    """The positional parameters of a row, each with its alternative keywords; "*rest" keeps its star off."""
    names = []
    for word in params.split():
        if word == "*":
            break
        names.append(word.lstrip("*").split("|"))
    return names


class _Word(NamedTuple):
    """One word of a row's params: the names of a parameter, and whether it takes the rest."""

    names: tuple[str, ...]
    is_rest: bool


@lru_cache(maxsize=10_000)
def _words(params: str) -> tuple[_Word | None, ...]:
    """The words of a row's params, None for the star behind which there are only keywords."""
    words = params.split()
    return tuple(None if w == "*" else _Word(tuple(w.lstrip("*").split("|")), w.startswith("*")) for w in words)


def bind(params: str, arguments: Arguments) -> dict[str, Value]:
    """Arguments by the parameter names of a row."""
    given: dict[str, Value] = {}
    positional = list(arguments.positional)
    keyword_only = False
    for word in _words(params):
        if word is None:
            keyword_only = True
            continue
        name = word.names[0]
        if word.is_rest:
            rest = positional + ([arguments.spread] if arguments.spread is not None else [])
            if rest:
                given[name] = rest[0] if len(rest) == 1 else gathered(rest)
            positional = []
            keyword_only = True
        elif not keyword_only and positional:
            given[name] = positional.pop(0)
        for keyword in word.names if arguments.named else ():
            if keyword in arguments.named:
                given[name] = arguments.named[keyword]
    for keyword, value in arguments.named.items():
        given.setdefault(keyword, value)
    return given


def gathered(values: list[Value]) -> Value:
    """Several positional arguments as one collection."""
    joined = join(values)
    return replace(joined, items=held(tuple(enumerate(values))), text=None)


def constant_options(arguments: Arguments) -> tuple[tuple[str, object], ...]:
    """The keyword arguments that are constants."""
    return constant_values(arguments.named)


def constant_values(given: dict[str, Value]) -> tuple[tuple[str, object], ...]:
    """The values that are constants or names of library constants, by name."""
    found: list[tuple[str, object]] = []
    for name, value in given.items():
        if value.constant is not NOTHING and isinstance(value.constant, (str, int, float, bool, type(None))):
            found.append((name, value.constant))
        elif len(value.things) == 1 and isinstance(value.things[0], External):
            found.append((name, value.things[0].name))
    return tuple(found)


def result_of(site: CallSite, gives: str, of: str, shape: str = "") -> Value:
    """The value that a row's `gives` and `of` promise."""
    interpreter = site.frame.interpreter
    entity = entity_of(site, of)
    if gives in ("", "scalar", "result", "callable"):
        return UNKNOWN
    if gives == "self":
        return _builder(site, entity)
    if gives == "instance":
        return Value(things=tuple(_as_instance(each) for each in site.receiver.things if _as_instance(each)))  # type: ignore[misc]
    if gives.startswith("argument:"):
        return site.given.get(gives.removeprefix("argument:"), UNKNOWN)
    if gives.startswith("class:"):
        given = site.given.get(gives.removeprefix("class:"), UNKNOWN)
        return Value(things=tuple(Instance(e.symbol) for e in given.things if isinstance(e, ClassRef)))
    if gives == "element":
        return thing(Instance(entity)) if entity is not None else UNKNOWN
    if gives == "pair":
        element = thing(Instance(entity)) if entity is not None else UNKNOWN
        return Value(items=((0, element), (1, UNKNOWN)))
    value = library.gives(interpreter, gives, entity, site.frame.place(site.node))
    things: list[Thing] = []
    for each in value.things:
        if isinstance(each, Instance) and site.client is not None:
            site_of = site.client.site if site.client.site is not None else each.site
            each = replace(each, options=site.client.options, site=site_of)
        things.append(each)
    return replace(value, things=tuple(things))


def _as_instance(each: Thing) -> Instance | None:
    if isinstance(each, ClassRef):
        return Instance(each.symbol)
    return Instance(each.name) if isinstance(each, External) else None


def _builder(site: CallSite, entity: str | ClassSymbol | None) -> Value:
    classes = tuple(each for each in site.receiver.things if isinstance(each, ClassRef))
    if classes:
        return Value(things=classes)
    if site.client is None:
        return UNKNOWN
    # A queryset class of the project stays itself through filter() and order_by().
    things = tuple(each for each in site.receiver.things if isinstance(each, Instance)) or (site.client,)
    if entity is not None:
        things = tuple(replace(each, of=entity) for each in things)
    return Value(things=things)


def entity_of(site: CallSite, word: str) -> str | ClassSymbol | None:
    """The entity that a row's `of` points at."""
    if word.startswith("argument:"):
        name = word.removeprefix("argument:")
        value = site.given.get(name)
        node = site.argument_node(getattr(site.row, "params", ""), name)
        return entity_in(site.frame, value, node) if value is not None else None
    if word == "name":
        return site.name
    return site.client.of if site.client is not None else None


def entity_in(frame: Frame, value: Value, node: facts.Node | None = None) -> str | ClassSymbol | None:
    """The model that a value is about: a class, a query over it, an object or column of it, a table name."""
    for each in value.things:
        if isinstance(each, ClassRef):
            return each.symbol if _is_table(frame, each.symbol) else None
        if isinstance(each, Instance):
            if each.of is not None:
                return each.of
            if frame.interpreter.hierarchy.is_model(each.type):
                return each.type
        if isinstance(each, External) and not each.name.startswith(("builtins.", "typing.")):
            return each.name
    for _, item in value.items or ():
        found = entity_in(frame, item)
        if found is not None:
            return found
    types = frame.interpreter.catalogue.types
    names = [i.type for i in value.instances() if isinstance(i.type, str) and not i.type.startswith("builtins.")]
    if any(name in types for name in names):
        # A query whose own entity is unknown is not about what its conditions are compared with.
        return None
    for origin in ranked(value.origins):
        # A column named right here, not data of some row that a value was made from.
        is_here = node is None or node.at <= origin.place.at < node.end
        if origin.kind == "entity" and is_here:
            return origin.what  # type: ignore[return-value]
    if isinstance(value.constant, str) and value.constant.isidentifier():
        return value.constant
    return None


def _is_table(frame: Frame, symbol: ClassSymbol) -> bool:
    """A class is an entity, unless it is only what entities derive from."""
    interpreter = frame.interpreter
    return interpreter.hierarchy.is_model(symbol) or not interpreter.hierarchy.subclasses(symbol)


def record(site: CallSite, row: Row, **roles: Any) -> Event:
    client = site.client
    guessed = client is not None and bool(dict(client.options).get("guessed", False))
    event = Event(
        row=row,
        place=site.frame.place(site.node),
        module=site.frame.module,
        function=site.frame.function,
        context=site.frame.current(),
        client=client,
        method=site.name,
        certain=not guessed,
        **roles,
    )
    site.frame.summary.events.append(event)
    return event
