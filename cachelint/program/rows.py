"""Calls of library functions and methods: looking the rows up, and handing each to what interprets its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import constants, library
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    UNKNOWN,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Member,
    Origin,
    Value,
    Wrapped,
    carried,
    cleaned,
    derived,
    join,
    thing,
    trim,
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
    NamesModel,
    Obtains,
    Parameter,
    Passes,
    Renders,
    Restricts,
    Row,
    Sanitizes,
    SetsHeader,
    Statement,
    StoreCall,
    UserInput,
)

if TYPE_CHECKING:
    from cachelint.program.arguments import Arguments
from cachelint.program.cache_rows import cache_call, configures, get_or_set, limits_time, memoizes, store_call
from cachelint.program.callsite import CallSite, bind, constant_values
from cachelint.program.database_rows import db_lazy, db_read, db_write, statement_built
from cachelint.program.value_rows import checks, invokes, names_model, obtains, passes, sanitizes
from cachelint.program.web_rows import decorated, identified, marker, renders, user_input

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


SELECTING = frozenset(("identity", "parameter", "hit"))
CONSUMED = {"len": "len", "bool": "bool", **dict.fromkeys(ITERATED, "iterate")}


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
    folded = constants.of_call(callee.name, arguments)
    if folded is not None:
        return folded
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
    from cachelint.program.checks import VALIDATING

    names = {word for t in predicate.things if isinstance(t, FunctionRef) for word in t.symbol.facts.name.split("_")}
    if not names & VALIDATING:
        return None
    return replace(given, origins=cleaned(given.origins, safe=True, bounded=False), items=None)


def with_loader(frame: Frame, value: Value, name: str, node: facts.Node) -> Value:
    """Where the policy forbids data by name, remember which loader a value came from."""
    if not frame.interpreter.tracks_loaders or name[:1].isupper() or _is_service(frame, value):
        return value
    origin = Origin("loader", name, name, frame.place(node), direct=False)
    return replace(value, origins=trim(value.origins | {origin}))


def _is_service(frame: Frame, value: Value) -> bool:
    """Whether a value is an object of a library (a session, a client) and no data."""
    types = [each.type for each in value.instances() if isinstance(each.type, str)]
    return any(not each.startswith("builtins.") and each in frame.interpreter.catalogue.types for each in types)


def call_member(frame: Frame, callee: Member, arguments: Arguments, node: facts.Node) -> Value:
    """Call a method of a library object."""
    assert isinstance(callee.instance.type, str)
    rows = frame.interpreter.catalogue.member(callee.instance.type, callee.name)
    result = _apply(frame, rows, node, callee.name, callee.instance, callee.receiver, arguments)
    if result is not None:
        return result
    # A method nobody described: what it was given may select what it gives (`db.and_(...)`), but is no text in it.
    given = frozenset(o for value in arguments.all() for o in value.origins if o.kind in SELECTING)
    return Value(origins=trim(derived(callee.receiver.origins) | cleaned(given, safe=True, bounded=True)))


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
    """An object of a project class is made as its library bases say, and rendered as the nearest of them says."""
    catalogue = frame.interpreter.catalogue
    bases = frame.interpreter.hierarchy.library_bases(symbol)
    for base in bases:
        note_construction(frame, base, instance, arguments, node)
    rendering = (tuple(row for row in catalogue.function(base) if isinstance(row, Renders)) for base in bases)
    _apply(frame, next(filter(None, rendering), ()), node, symbol.facts.name, instance, UNKNOWN, arguments)


def _unknown_call(arguments: Arguments) -> Value:
    """An external call nobody described: a decorator hands its function through, all else is unknown."""
    if len(arguments.positional) == 1 and not arguments.named:
        given = arguments.positional[0]
        if any(isinstance(each, (FunctionRef, ClassRef, Wrapped)) for each in given.things):
            return given
    # Who asks, given to a function nobody knows, still selects what it gives; text in it is another matter.
    asking = frozenset(o for value in arguments.all() for o in value.origins if o.kind in ("identity", "hit"))
    return Value(origins=cleaned(asking, safe=True, bounded=True)) if asking else UNKNOWN


HANDLERS: dict[type[Row], Callable[[CallSite, Any], Value | None]] = {
    Obtains: obtains,
    NamesModel: names_model,
    DbLazy: db_lazy,
    DbRead: db_read,
    DbWrite: db_write,
    Statement: statement_built,
    CacheRead: cache_call,
    CacheWrite: cache_call,
    CacheGetOrSet: get_or_set,
    Memoizes: memoizes,
    StoreCall: store_call,
    Handles: decorated,
    Mounts: decorated,
    Restricts: decorated,
    Authenticates: decorated,
    SetsHeader: decorated,
    Configures: configures,
    Parameter: marker,
    LimitsTime: limits_time,
    UserInput: user_input,
    Identity: identified,
    Sanitizes: sanitizes,
    Passes: passes,
    Invokes: invokes,
    Renders: renders,
    Checks: checks,
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
        HANDLERS[row_class] = cache_call


def text_method(frame: Frame, name: str, receiver: Value, arguments: Arguments, node: facts.Node) -> Value | None:
    """A method of text (`x.encode()`, `digest.hexdigest()`) that rows describe for str."""
    rows = frame.interpreter.catalogue.member("builtins.str", name)
    found = tuple([row for row in rows if isinstance(row, (Sanitizes, Passes))]) if rows else ()
    if not found:
        return None
    return _apply(frame, found, node, name, None, receiver, arguments)


_register_cache_calls()
