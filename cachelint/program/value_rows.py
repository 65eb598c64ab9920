"""Rows about values: what is obtained, sanitised, passed on, invoked."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from cachelint.program import library
from cachelint.program.callsite import CallSite, constant_values, result_of
from cachelint.program.database_rows import narrow, of_number
from cachelint.program.effects import CallEdge, Event
from cachelint.program.frame import Frame
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import (
    ROWS,
    UNKNOWN,
    ClassRef,
    Instance,
    Thing,
    Value,
    Wrapped,
    boxed,
    carried,
    cleaned,
    content,
    derived,
    thing,
    trim,
    unboxed,
)
from cachelint.vocabulary import (
    Checks,
    Invokes,
    NamesModel,
    Obtains,
    Passes,
    Sanitizes,
)


def obtains(site: CallSite, row: Obtains) -> Value | None:
    if row.how != "call":
        return None
    value = result_of(site, row.gives, row.of)
    if row.gives == "element":
        narrow(site)
    given = {name: site.given[name] for name in row.options.split() if name in site.given}
    options = constant_values(given if row.options else site.given)
    things = tuple(
        replace(t, options=t.options + options, site=t.site or site.frame.place(site.node))
        if isinstance(t, Instance)
        else t
        for t in value.things
    )
    origins = value.origins | derived(site.receiver.origins) | derived(_source(site, row).origins)
    return Value(things=things, origins=trim(origins), items=value.items)


def _source(site: CallSite, row: Obtains) -> Value:
    """The argument that what is obtained works on: the rows that a paginator pages through."""
    name = row.of.removeprefix("argument:") if row.of.startswith("argument:") else ""
    return site.given.get(name, UNKNOWN)


def names_model(site: CallSite, row: NamesModel) -> Value | None:
    """The project's model of that name; a model that only a library has stays unknown."""
    _note_namer(site)
    given = [value.constant for value in site.given.values() if isinstance(value.constant, str)]
    name = site.frame.interpreter.setting(row.setting) if row.setting else ".".join(given)
    found = library.model_named(site.frame.interpreter, name) if name else None
    return thing(ClassRef(found)) if found is not None else None


def _note_namer(site: CallSite) -> None:
    """`def get_model(app, name): return apps.get_model(app, name)`: the project's function names models as well."""
    parameters = [o.name for value in site.given.values() for o in value.origins if o.kind == "parameter" and o.direct]
    if site.frame.function is not None and len(parameters) == len(site.given) > 0:
        site.frame.interpreter.model_namers[site.frame.function.original] = tuple(parameters)


def named_model(frame: Frame, function: FunctionSymbol, given: Mapping[str, Value]) -> Value | None:
    """The model that a call of a project's function names, where that function looks models up by their names."""
    texts = [given[name].constant for name in frame.interpreter.model_namers.get(function, ()) if name in given]
    named = ".".join(text for text in texts if isinstance(text, str))
    found = library.model_named(frame.interpreter, named) if named else None
    return thing(ClassRef(found)) if found is not None else None


def sanitized(value: Value, safe: bool, bounded: bool, things: tuple[Thing, ...] = ()) -> Value:
    """The value after a conversion."""
    return Value(things=things, origins=cleaned(value.origins, safe, bounded))


def sanitizes(site: CallSite, row: Sanitizes) -> Value:
    if row.argument == "self":
        value = site.receiver
    elif row.argument:
        value = site.given.get(row.argument, UNKNOWN)
    else:
        value = carried(*site.arguments.all())
    value = sanitized(value, row.safe, row.bounded)
    if row.hashes or row.counts:
        value = replace(value, origins=of_number(value.origins, ROWS | {"parameter"} if row.counts else ROWS))
    if row.gives and row.gives not in ("self", "scalar"):
        instance = Instance(site.frame.interpreter.catalogue.canonical(row.gives))
        return replace(value, things=(instance,))
    return value


def passes(site: CallSite, row: Passes) -> Value:
    value = carried(*site.arguments.all(), site.receiver)
    if row.argument == "self":
        value = carried(site.receiver)
    elif row.argument not in ("*", ""):
        value = carried(site.given.get(row.argument, UNKNOWN))
    if any(isinstance(each, ClassRef) for each in site.receiver.things):
        value = replace(value, origins=boxed(value.origins))
    if row.as_text:
        value = replace(value, origins=unboxed(value.origins), items=content(site.given.get(row.argument, UNKNOWN)))
    if row.gives.startswith("argument:"):
        given = site.given.get(row.gives.removeprefix("argument:"), UNKNOWN)
        return replace(given, origins=given.origins | value.origins)
    if row.gives and row.gives != "self":
        return replace(value, things=(Instance(row.gives),))
    return value


def invokes(site: CallSite, row: Invokes) -> Value:
    from cachelint.program.arguments import Arguments
    from cachelint.program.calls import call_value

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


def checks(site: CallSite, row: Checks) -> Value | None:
    return None
