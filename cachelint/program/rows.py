"""Calls of library functions and methods: each kind of row says what is recorded and what comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cachelint.facts import model as facts
from cachelint.program import library
from cachelint.program.effects import CallEdge, Event, Registration
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    NOTHING,
    UNKNOWN,
    ClassRef,
    Decorator,
    External,
    FunctionRef,
    Instance,
    Member,
    Origin,
    Thing,
    Value,
    Wrapped,
    boxed,
    carried,
    cleaned,
    derived,
    join,
    ranked,
    thing,
    trim,
    unboxed,
)
from cachelint.vocabulary import (
    Authenticates,
    CacheGetOrSet,
    CacheRead,
    CacheWrite,
    Checks,
    Configures,
    DbLazy,
    DbRead,
    DbWrite,
    Handles,
    Identity,
    Invokes,
    LimitsTime,
    Memoizes,
    Mounts,
    Obtains,
    Outage,
    Parameter,
    Passes,
    Renders,
    Restricts,
    Row,
    Sanitizes,
    SetsHeader,
    Statement,
    Type,
    UserInput,
)

if TYPE_CHECKING:
    from cachelint.program.calls import Arguments

ITERATED = frozenset(
    [
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "sum",
        "max",
        "min",
        "any",
        "all",
        "dict",
        "enumerate",
        "zip",
        "map",
        "filter",
        "reversed",
        "iter",
        "next",
    ]
)
CONSUMED = {"len": "len", "bool": "bool", **dict.fromkeys(ITERATED, "iterate")}
TABLE = re.compile(r"\b(?:from|into|update|join)\s+[\"'`\[]?([A-Za-z_][\w.]*)", re.IGNORECASE)
# The word that decides what a raw SQL statement does; WITH may introduce either.
SQL_WRITES = (
    "insert",
    "update",
    "delete",
    "replace",
    "merge",
    "create",
    "drop",
    "alter",
    "truncate",
    "set",
    "begin",
)


@dataclass(slots=True)
class CallSite:
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


def bind(params: str, arguments: Arguments) -> dict[str, Value]:
    """Arguments by the parameter names of a row."""
    given: dict[str, Value] = {}
    words = params.split()
    positional = list(arguments.positional)
    keyword_only = False
    for word in words:
        if word == "*":
            keyword_only = True
            continue
        name, *others = word.lstrip("*").split("|")
        if word.startswith("*"):
            rest = positional + ([arguments.spread] if arguments.spread is not None else [])
            if rest:
                given[name] = rest[0] if len(rest) == 1 else gathered(rest)
            positional = []
            keyword_only = True
        elif not keyword_only and positional:
            given[name] = positional.pop(0)
        for keyword in (name, *others):
            if keyword in arguments.named:
                given[name] = arguments.named[keyword]
    for keyword, value in arguments.named.items():
        given.setdefault(keyword, value)
    return given


def gathered(values: list[Value]) -> Value:
    """Several positional arguments as one collection."""
    joined = join(values)
    return replace(joined, items=tuple(enumerate(values)), text=None)


# ------------------------------------------------------------------------------------------------ entrances


def call_name(frame: Frame, callee: External, arguments: Arguments, node: facts.Node) -> Value:
    """Call something external by its dotted name."""
    interpreter = frame.interpreter
    how = CONSUMED.get(callee.name.removeprefix("builtins."), "") if callee.name.startswith("builtins.") else ""
    if how and arguments.positional:
        after = library.consume(frame, arguments.positional[0], how, node)
        if after is not arguments.positional[0]:
            _rebind(frame, arguments.nodes.get(0), after)
            if how == "iterate":
                of = next((each.of for each in after.instances() if each.of is not None), None)
                return replace(after, things=(Instance("builtins.list", of=of),))
    if callee.name == "builtins.filter" and len(arguments.positional) == 2:
        chosen = _filtered(arguments.positional[0], arguments.positional[1])
        if chosen is not None:
            return chosen
    rows = interpreter.catalogue.function(callee.name)
    results = _apply(frame, rows, node, callee.name.rpartition(".")[2], None, UNKNOWN, arguments)
    if results is not None:
        return results
    if callee.name in interpreter.catalogue.types:
        return _instantiate(frame, callee.name, arguments, node)
    if how == "iterate":
        return carried(*arguments.all())
    return with_loader(frame, _unknown_call(arguments), callee.name.rpartition(".")[2], node)


def _filtered(predicate: Value, given: Value) -> Value | None:
    """`filter(is_valid_name, names)`: a check of the project's own limits each of them."""
    from cachelint.program.branches import VALIDATING

    names = {word for t in predicate.things if isinstance(t, FunctionRef) for word in t.symbol.facts.name.split("_")}
    if not names & VALIDATING:
        return None
    return replace(given, origins=cleaned(given.origins, safe=True, bounded=False), items=None)


def with_loader(frame: Frame, value: Value, name: str, node: facts.Node) -> Value:
    """Where the policy forbids data by name, remember which loader a value came from."""
    if not frame.interpreter.tracks_loaders:
        return value
    origin = Origin("loader", name, name, frame.place(node), direct=False)
    return replace(value, origins=trim(value.origins | {origin}))


def call_member(frame: Frame, callee: Member, arguments: Arguments, node: facts.Node) -> Value:
    """Call a method of a library object."""
    assert isinstance(callee.instance.type, str)
    rows = frame.interpreter.catalogue.member(callee.instance.type, callee.name)
    result = _apply(frame, rows, node, callee.name, callee.instance, callee.receiver, arguments)
    if result is not None:
        return result
    return Value(origins=derived(callee.receiver.origins))


def _rebind(frame: Frame, node: facts.Expression | None, after: Value) -> None:
    """A variable whose query has run holds rows from here on."""
    if isinstance(node, facts.Name) and node.id in frame.variables:
        frame.variables[node.id] = after


def _apply(
    frame: Frame,
    rows: tuple[Row, ...],
    node: facts.Node,
    name: str,
    client: Instance | None,
    receiver: Value,
    arguments: Arguments,
) -> Value | None:
    results = []
    for row in rows:
        handler = HANDLERS.get(type(row))
        if handler is None:
            continue
        site = CallSite(
            frame, node, name, client, receiver, arguments, bind(getattr(row, "params", ""), arguments), row
        )
        result = handler(site, row)
        if result is not None:
            results.append(result)
    return join(results) if results else None


def _instantiate(frame: Frame, name: str, arguments: Arguments, node: facts.Node) -> Value:
    row = frame.interpreter.catalogue.types[name]
    given = bind(row.call_params, arguments)
    instance = Instance(name, of=None, site=frame.place(node), options=constant_values(given))
    note_construction(frame, name, instance, arguments, node)
    return thing(instance)


def note_construction(frame: Frame, type_name: str, instance: Instance, arguments: Arguments, node: facts.Node) -> None:
    """Apply the rows about making an object of a type (`__init__`)."""
    rows = frame.interpreter.catalogue.member(type_name, "__init__")
    if rows:
        _apply(frame, rows, node, "__init__", instance, UNKNOWN, arguments)


def construct_base(
    frame: Frame, symbol: ClassSymbol, instance: Instance, arguments: Arguments, node: facts.Node
) -> None:
    """A project class with its own __init__ still is what its library bases are."""
    for base in frame.interpreter.library_bases(symbol):
        note_construction(frame, base, instance, arguments, node)


def _unknown_call(arguments: Arguments) -> Value:
    """An external call nobody described: a decorator hands its function through, all else is unknown."""
    if len(arguments.positional) == 1 and not arguments.named:
        given = arguments.positional[0]
        if any(isinstance(each, (FunctionRef, ClassRef, Wrapped)) for each in given.things):
            return given
    # Who asks, given to a function nobody knows, still selects what it gives; text in it is another matter.
    asking = frozenset(o for value in arguments.all() for o in value.origins if o.kind in ("identity", "hit"))
    return Value(origins=cleaned(asking, safe=True, bounded=True)) if asking else UNKNOWN


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


# ------------------------------------------------------------------------------------------- what rows give


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
            if frame.interpreter.is_model(each.type):
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
    return interpreter.is_model(symbol) or not interpreter.subclasses(symbol)


# ---------------------------------------------------------------------------------------------- row handlers


def _event(site: CallSite, row: Row, **roles: Any) -> Event:
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


def _cache_call(site: CallSite, row: Any) -> Value:
    key_name = getattr(row, "key", "") or getattr(row, "pattern", "")
    key = site.given.get(key_name) if isinstance(key_name, str) and key_name else None
    event = _event(site, row, key=_key_of_many(row, key), value=site.given.get(getattr(row, "value", "")))
    event.ttl = _ttl(row, site.given)
    event.flags = dict(constant_values(site.given))
    node = site.argument_node(row.params, key_name) if isinstance(key_name, str) else None
    if node is not None:
        event.argument_place = site.frame.place(node)
    if isinstance(row, CacheRead):
        hit = Origin("hit", event.place, site.name, event.place)
        return Value(origins=frozenset((hit,)))
    return UNKNOWN


def _key_of_many(row: Any, key: Value | None) -> Value | None:
    """A mapping given as several entries stands for its keys."""
    if key is None or not getattr(row, "many", False) or key.items is None:
        return key
    if all(isinstance(name, int) for name, _ in key.items):
        return join([item for _, item in key.items])
    return key


def _ttl(row: Any, given: dict[str, Value]) -> tuple[str, Value] | None:
    for word in getattr(row, "ttl", "").split():
        name, _, unit = word.partition(":")
        if name in given:
            return unit or "s", given[name]
    return None


def _get_or_set(site: CallSite, row: CacheGetOrSet) -> Value:
    loader = site.given.get(row.loader, UNKNOWN)
    event = _event(site, row, key=site.given.get(row.key), value=loader)
    event.ttl = _ttl(row, site.given)
    node = site.argument_node(row.params, row.key)
    if node is not None:
        event.argument_place = site.frame.place(node)
    called = _call_back(site, loader, in_loader=True)
    event.value = called if called.things or called.origins else loader
    hit = Origin("hit", event.place, site.name, event.place)
    return Value(things=called.things, origins=called.origins | {hit}, items=called.items)


def _call_back(site: CallSite, function: Value, in_loader: bool = False, deferred: bool = False) -> Value:
    """Call a callable argument with unknown arguments under changed circumstances."""
    from cachelint.program.calls import NO_ARGUMENTS, call_value

    frame = site.frame
    context = frame.context
    frame.context = context._replace(in_loader=context.in_loader or in_loader, deferred=context.deferred or deferred)
    try:
        return call_value(frame, function, NO_ARGUMENTS, site.node)
    finally:
        frame.context = context


def _obtains(site: CallSite, row: Obtains) -> Value | None:
    if row.how != "call":
        return None
    value = result_of(site, row.gives, row.of)
    if row.gives == "element":
        _narrow(site)
    given = {name: site.given[name] for name in row.options.split() if name in site.given}
    options = constant_values(given if row.options else site.given)
    things = tuple(
        replace(t, options=t.options + options, site=t.site or site.frame.place(site.node))
        if isinstance(t, Instance)
        else t
        for t in value.things
    )
    return Value(things=things, origins=trim(value.origins | derived(site.receiver.origins)), items=value.items)


def _narrow(site: CallSite) -> None:
    """`execute(...).scalar_one()`: of the rows that were read only one is wanted."""
    read = dict(site.client.options).get("read") if site.client is not None else None
    for event in site.frame.summary.events if read is not None else ():
        if event.place == read and event.shape == "rows":
            event.shape = "row"


def _db_lazy(site: CallSite, row: DbLazy) -> Value:
    value = result_of(site, row.gives, row.of)
    sources = [site.receiver, *site.arguments.all()]
    return replace(value, origins=carried(*sources).origins)


def _statement(site: CallSite, row: Statement) -> Value:
    value = result_of(site, row.gives, row.of)
    does, table = row.does, None
    if row.does == "sql":
        does, table = sql_meaning(site.arguments.positional[0] if site.arguments.positional else UNKNOWN)
    things = []
    for each in value.things:
        if isinstance(each, Instance):
            options = (("does", does), *_aggregate_shape(site))
            each = replace(each, options=options, of=each.of if each.of is not None else table)
        things.append(each)
    return Value(things=tuple(things), origins=carried(*site.arguments.all(), site.receiver).origins)


def _aggregate_shape(site: CallSite) -> tuple[tuple[str, object], ...]:
    """select(func.count()) reads a number: the shape of what is selected is the shape of the statement."""
    types = site.frame.interpreter.catalogue.types
    for value in site.arguments.positional:
        for each in value.instances():
            row = types.get(each.type) if isinstance(each.type, str) else None
            if row is not None and row.shape != "rows":
                return (("shape", row.shape),)
    return ()


def sql_meaning(value: Value) -> tuple[str, str | None]:
    """("read" | "write" | "unknown", table) of SQL text."""
    text = str(value.text) if value.text is not None else ""
    words = text.split(None, 1)
    if not words:
        return "unknown", None
    found = TABLE.search(text)
    table = found.group(1) if found else None
    first = words[0].lower().lstrip("(")
    if first in SQL_WRITES:
        return "write", table
    if first == "with":
        writes = any(re.search(rf"\b{word}\b", text, re.IGNORECASE) for word in ("insert", "update", "delete"))
        return ("write" if writes else "read"), table
    return ("read" if first == "select" else "unknown"), table


def _db_read(site: CallSite, row: DbRead) -> Value:
    entity = entity_of(site, row.of)
    shape, does = row.shape, "read"
    if row.statement:
        does, shape, entity = _of_statement(site, row, entity)
    origins = carried(site.receiver, *site.arguments.all()).origins
    if shape == "rows" and site.client is not None:
        inherited = dict(site.client.options).get("shape")
        shape = str(inherited) if inherited else shape
    if does == "write":
        _event(site, DbWrite(on=row.on, names=site.name), entity=entity, origins=origins)
        return UNKNOWN
    if does == "read":
        asking = frozenset((site.frame.asking,)) if site.frame.asking is not None else frozenset()
        _event(site, row, entity=entity, shape=shape, origins=origins | asking)
    value = result_of(site, row.gives, row.of)
    if not value.things and row.gives in ("element", "elements") and entity is not None:
        value = thing(Instance(entity) if row.gives == "element" else Instance("builtins.list", of=entity))
    here = ("read", site.frame.place(site.node))
    things = tuple(
        replace(t, options=(here,)) if isinstance(t, Instance) and row.gives not in ("element", "elements") else t
        for t in value.things
    )
    value = Value(things=things, items=value.items)
    source = Value(things=(Instance("builtins.list", of=entity),) if entity is not None else (), origins=origins)
    return replace(value, origins=library.entity_origins(site.frame, source, site.node))


def _of_statement(
    site: CallSite, row: DbRead, entity: str | ClassSymbol | None
) -> tuple[str, str, str | ClassSymbol | None]:
    """(does, shape, entity) as the statement argument decides."""
    value = site.given.get(row.statement, UNKNOWN)
    shape = "rows" if row.shape == "statement" else row.shape
    for each in value.instances():
        options = dict(each.options)
        if "does" in options:
            own = str(options.get("shape", shape))
            return (
                str(options["does"]),
                own if own != "rows" else shape,
                each.of if each.of is not None else entity,
            )
    if value.text is not None:
        does, table = sql_meaning(value)
        return does, shape, table if entity is None or isinstance(entity, str) else entity
    return "unknown", shape, entity


def _db_write(site: CallSite, row: DbWrite) -> Value:
    entity: str | ClassSymbol | None = None
    if row.entity and row.entity != "*":
        value = site.given.get(row.entity)
        entity = entity_in(site.frame, value) if value is not None else None
    elif not row.entity and site.client is not None:
        entity = site.client.of
        if entity is None or site.frame.interpreter.is_model(site.client.type):
            entity = next((e.type for e in site.receiver.instances() if isinstance(e.type, ClassSymbol)), entity)
    _event(site, row, entity=entity, origins=carried(site.receiver, *site.arguments.all()).origins)
    value = result_of(site, row.gives, row.of)
    if row.gives in ("element", "pair", "elements") and entity is not None:
        source = Value(things=(Instance("builtins.list", of=entity),))
        value = replace(value, origins=library.entity_origins(site.frame, source, site.node))
    return value


def _memoizes(site: CallSite, row: Memoizes) -> Value | None:
    if row.when and row.when not in site.given:
        return None
    layer = Decorator(row, site.frame.place(site.node), tuple(site.given.items()), site.client)
    first = site.arguments.positional[0] if site.arguments.positional else UNKNOWN
    is_bare = any(isinstance(each, (FunctionRef, Wrapped)) for each in first.things)
    if is_bare and row.used in ("bare", "both"):
        return thing(Wrapped(first, layers=(layer,)))
    return thing(layer)


def _decorator(site: CallSite, row: Row) -> Value | None:
    """A routing, header or login decorator: applied at once to a function, or waiting for it."""
    if isinstance(row, (Handles, Mounts)):
        _register(site, row)
        if isinstance(row, Mounts) or row.form == "register":
            return None
    first = site.arguments.positional[0] if site.arguments.positional else UNKNOWN
    if any(isinstance(each, (FunctionRef, ClassRef, Wrapped)) for each in first.things):
        return first if not isinstance(row, Handles) else None
    return thing(Decorator(row, site.frame.place(site.node), tuple(site.given.items()), site.client))


def _register(site: CallSite, row: Row) -> None:
    place = site.frame.place(site.node)
    registration = Registration(row, site.given, site.client, place, site.frame.function)
    site.frame.summary.registrations.append(registration)


def _user_input(site: CallSite, row: UserInput) -> Value | None:
    if row.how != "call":
        return None
    if row.type_param and row.type_param in site.given:
        converter = site.given[row.type_param]
        value = library.user_input(row, site.name, site.frame.place(site.node))
        return sanitized(value, *_converter_strength(site, converter))
    first = site.arguments.positional[0].constant if site.arguments.positional else NOTHING
    name = first if isinstance(first, str) else site.name
    return library.user_input(row, name, site.frame.place(site.node))


def _converter_strength(site: CallSite, converter: Value) -> tuple[bool, bool]:
    validated = site.frame.interpreter.catalogue.validated
    for each in converter.things:
        if isinstance(each, External) and each.name in validated:
            return validated[each.name].safe, validated[each.name].bounded
        if isinstance(each, ClassRef) and site.frame.interpreter.is_a(each.symbol, "enum.Enum"):
            return True, True
    return False, False


def _identity(site: CallSite, row: Identity) -> Value | None:
    return library.identity(row, site.name, site.frame.place(site.node)) if row.how == "call" else None


def sanitized(value: Value, safe: bool, bounded: bool, things: tuple[Thing, ...] = ()) -> Value:
    """The value after a conversion."""
    return Value(things=things, origins=cleaned(value.origins, safe, bounded))


def _sanitizes(site: CallSite, row: Sanitizes) -> Value:
    if row.argument == "self":
        value = site.receiver
    elif row.argument:
        value = site.given.get(row.argument, UNKNOWN)
    else:
        value = carried(*site.arguments.all())
    value = sanitized(value, row.safe, row.bounded)
    if row.gives and row.gives not in ("self", "scalar"):
        instance = Instance(site.frame.interpreter.catalogue.canonical(row.gives))
        return replace(value, things=(instance,))
    return value


def _passes(site: CallSite, row: Passes) -> Value:
    value = carried(*site.arguments.all(), site.receiver)
    if row.argument == "self":
        value = carried(site.receiver)
    elif row.argument not in ("*", ""):
        value = carried(site.given.get(row.argument, UNKNOWN))
    if any(isinstance(each, ClassRef) for each in site.receiver.things):
        value = replace(value, origins=boxed(value.origins))
    if row.as_text:
        value = replace(value, origins=unboxed(value.origins))
    if row.gives.startswith("argument:"):
        given = site.given.get(row.gives.removeprefix("argument:"), UNKNOWN)
        return replace(given, origins=given.origins | value.origins)
    if row.gives and row.gives != "self":
        return replace(value, things=(Instance(row.gives),))
    return value


def _invokes(site: CallSite, row: Invokes) -> Value:
    from cachelint.program.calls import Arguments, call_value

    function = site.given.get(row.function, UNKNOWN)
    if row.deferred:
        _defer(site)
    if row.gives == "callable":
        return thing(Wrapped(function, deferred=row.deferred)) if function.things else function
    frame = site.frame
    rest = Arguments(
        positional=[value for value in site.arguments.positional if value is not function],
        named={name: value for name, value in site.arguments.named.items() if value is not function},
    )
    context = frame.context
    frame.context = context._replace(deferred=context.deferred or row.deferred)
    try:
        result = call_value(frame, function, rest, site.node)
    finally:
        frame.context = context
    return UNKNOWN if row.deferred else result


def _defer(site: CallSite) -> None:
    """create_task(f(x)): the call in the arguments only made a coroutine, which runs on its own."""
    here = site.frame.place(site.node)
    made: list[Event | CallEdge] = [*site.frame.summary.events, *site.frame.summary.calls]
    for each in made:
        if each.place.path == here.path and here.at <= each.place.at < here.end:
            each.context = each.context._replace(deferred=True)


def _renders(site: CallSite, row: Renders) -> Value | None:
    if row.when:
        flag = site.given.get(row.when)
        if flag is None or flag.constant is not True:
            return None
    values = site.arguments.all() if row.argument == "*" else [site.given.get(row.argument, UNKNOWN)]
    for value in values:
        hand_over(site, value)
    return None


def hand_over(site: CallSite, value: Value) -> None:
    """Lazy values inside what is handed to a template or serializer run there; the place is their expression."""
    for _, item in value.items or ():
        if any(isinstance(each, Instance) for each in item.things):
            library.consume(site.frame, item, "iterate", _node_of(site, item))
    library.consume(site.frame, value, "iterate", _node_of(site, value))


def _node_of(site: CallSite, value: Value) -> facts.Node:
    """The expression inside the call that made a value, else the call."""
    for argument in site.arguments.nodes.values():
        if isinstance(argument, facts.Dictionary):
            for each in argument.values:
                if isinstance(each, (facts.Name, facts.Call, facts.Attribute)) and _same(site.frame, each, value):
                    return each
        elif _same(site.frame, argument, value):
            return argument
    return site.node


def _same(frame: Frame, node: facts.Expression, value: Value) -> bool:
    if isinstance(node, facts.Name):
        return frame.variables.get(node.id) is value
    return frame.evaluated.get((node.at, node.end)) is value


def _marker(site: CallSite, row: Parameter) -> Value | None:
    """`Depends(f)` in a list of dependencies: remember what is depended on, by name."""
    if row.kind != "dependency":
        return None
    node = site.argument_node(row.params, row.function)
    func = node.func if isinstance(node, facts.Call) else node
    name = func.attr if isinstance(func, facts.Attribute) else getattr(func, "id", "")
    origin = Origin("dependency", name, str(name), site.frame.place(site.node))
    return Value(origins=frozenset((origin,)))


def _configures(site: CallSite, row: Configures) -> Value | None:
    """A call that sets options of a client made elsewhere: they hold for every client of that type."""
    for type_name in row.on.split():
        known = site.frame.interpreter.configured.setdefault(type_name, {})
        known.update(constant_values({name: site.given[name] for name in row.options.split() if name in site.given}))
    return None


def _limits_time(site: CallSite, row: LimitsTime) -> Value | None:
    """wait_for(call): the calls in its arguments can now raise a timeout as well."""
    here = site.frame.place(site.node)
    for event in site.frame.summary.events:
        if event.place.path == here.path and here.at <= event.place.at < here.end:
            event.extra_errors |= frozenset(row.raises.split())
    return site.arguments.positional[0] if site.arguments.positional else None


def _checks(site: CallSite, row: Checks) -> Value | None:
    return None


HANDLERS: dict[type[Row], Callable[[CallSite, Any], Value | None]] = {
    Obtains: _obtains,
    DbLazy: _db_lazy,
    DbRead: _db_read,
    DbWrite: _db_write,
    Statement: _statement,
    CacheRead: _cache_call,
    CacheWrite: _cache_call,
    CacheGetOrSet: _get_or_set,
    Memoizes: _memoizes,
    Handles: _decorator,
    Mounts: _decorator,
    Restricts: _decorator,
    Authenticates: _decorator,
    SetsHeader: _decorator,
    Configures: _configures,
    Parameter: _marker,
    LimitsTime: _limits_time,
    UserInput: _user_input,
    Identity: _identity,
    Sanitizes: _sanitizes,
    Passes: _passes,
    Invokes: _invokes,
    Renders: _renders,
    Checks: _checks,
}


def _register_cache_calls() -> None:
    from cachelint import vocabulary as words

    for row_class in (
        words.CacheDelete,
        words.CacheExpire,
        words.CacheCount,
        words.CacheTouch,
        words.CacheScan,
        words.CacheLock,
    ):
        HANDLERS[row_class] = _cache_call


_register_cache_calls()


# ------------------------------------------------------------------------------------------ text and tallies


def text_method(frame: Frame, name: str, receiver: Value, arguments: Arguments, node: facts.Node) -> Value | None:
    """A method of text (`x.encode()`, `digest.hexdigest()`) that rows describe for str."""
    rows = frame.interpreter.catalogue.member("builtins.str", name)
    found = [row for row in rows if isinstance(row, (Sanitizes, Passes))]
    if not found:
        return None
    return _apply(frame, tuple(found), node, name, None, receiver, arguments)


KINDS: tuple[tuple[str, tuple[type[Row], ...]], ...] = (
    ("cache", (Outage,)),
    ("session", (DbRead, DbLazy, DbWrite)),
    ("request", (UserInput,)),
)
LOOK_ALIKES = {
    "cache": [
        "cache",
        "redis",
        "redis_client",
        "redis_conn",
        "memcache",
        "memcached",
        "cache_client",
        "_redis",
        "_cache",
    ],
    "session": ["session", "db_session", "async_session", "_session"],
    "model": ["objects", "query", "_default_manager"],
    "request": ["request", "req"],
}


def receiver_kind(frame: Frame, receiver: Value) -> str:
    """Whether a receiver is a cache, a session, a model or a request; "" for anything else."""
    for each in receiver.things:
        if isinstance(each, ClassRef) and frame.interpreter.is_model(each.symbol):
            return "model"
        if not isinstance(each, Instance):
            continue
        if frame.interpreter.is_model(each.type) or (each.of is not None and _is_query(frame, each)):
            return "model"
        for base in frame.interpreter.library_bases(each.type):
            rows = frame.interpreter.catalogue.rows_on(base)
            for kind, row_types in KINDS:
                if any(isinstance(row, row_types) for row in rows):
                    return kind
    return ""


def _is_query(frame: Frame, instance: Instance) -> bool:
    for base in frame.interpreter.library_bases(instance.type):
        row: Type | None = frame.interpreter.catalogue.types.get(base)
        if row is not None and (row.evaluates or row.binds_owner):
            return True
    return False


def look_alike(name: str) -> str:
    """The kind that a variable name suggests, for the honest denominator of --statistics."""
    return next((kind for kind, names in LOOK_ALIKES.items() if name in names), "")
