"""Queries that class-based views run without a visible call: ListView, DRF's generic views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.program import classes
from cachelint.program.annotations import element_type
from cachelint.program.effects import TOP, Context, Event
from cachelint.program.handlers import Handler
from cachelint.program.http_methods import of_dispatch
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import ClassRef, Instance, Origin, Place, Value
from cachelint.program.walking import nodes
from cachelint.vocabulary import DbRead, GenericView

if TYPE_CHECKING:
    from cachelint.program import Program
    from cachelint.program.interpreter import Interpreter


def add_reads(program: Program) -> None:
    """Note the implicit query of every generic view, and the handler that runs it."""
    interpreter = program.interpreter
    known = {handler.function: handler for handler in program.handlers}
    for module in interpreter.modules:
        for symbol in module.classes:
            if not symbol.facts.bases or (interpreter.routes and not interpreter.routes.may_lead_to(symbol)):
                continue
            for handler, events in reads(interpreter, symbol):
                program.graph.events[handler.function].extend(events)
                if handler.function not in known:
                    known[handler.function] = replace(handler, path=_path_of(program, symbol))
                    program.handlers.append(known[handler.function])


def reads(interpreter: Interpreter, symbol: ClassSymbol) -> Iterator[tuple[Handler, list[Event]]]:
    """The queries that a view runs without a visible call, each with what serves requests by it; the path is left
    out."""
    for row in _generic_rows(interpreter, symbol):
        yield from _reads(interpreter, symbol, row)


def _generic_rows(interpreter: Interpreter, symbol: ClassSymbol) -> list[GenericView]:
    for base in interpreter.hierarchy.library_bases(symbol):
        rows = [row for row in interpreter.catalogue.own_rows(base) if isinstance(row, GenericView)]
        if rows:
            return rows
    return []


def _reads(interpreter: Interpreter, symbol: ClassSymbol, row: GenericView) -> Iterator[tuple[Handler, list[Event]]]:
    for name in row.methods.split():
        own = classes.find_method(interpreter, symbol, name)
        if own is not None and not _calls_super(own, name):
            continue
        if _answers_alone(interpreter, symbol, row) or not _serves_get(interpreter, symbol):
            continue
        found = _source(interpreter, symbol, row)
        if found is None:
            continue
        value, place, builder = found
        entity = _entity(interpreter, value)
        if entity is None:
            continue
        function = own or builder or _stand_in(symbol, name)
        event = Event(
            row=DbRead(on=row.on, names=name, shape=row.shape),
            place=place,
            module=symbol.module,
            function=function,
            context=TOP,
            client=None,
            method=name,
            entity=entity,
            shape=row.shape,
            origins=value.origins | _reassigned(interpreter, symbol, row),
        )
        events = [replace(event, context=context) for context in _circumstances(interpreter, own, name)]
        layers = interpreter.class_layers.get(symbol, ())
        yield Handler(function, frozenset(("GET",)), "", "none", place, symbol, layers), events


def _circumstances(interpreter: Interpreter, own: FunctionSymbol | None, name: str) -> list[Context]:
    """Under which circumstances the inherited method runs: those in which the class's own one asks for it."""
    if own is None:
        return [TOP]
    asked = interpreter.summary(own).asked_bases
    return [context for asked_for, context in asked if asked_for == name] or [TOP]


def _path_of(program: Program, symbol: ClassSymbol) -> str:
    return next((h.path for h in program.handlers if h.owner is symbol and h.path), "")


def _calls_super(function: FunctionSymbol, name: str) -> bool:
    import msgspec

    return "super" in str(msgspec.to_builtins(function.facts.body))


def _serves_get(interpreter: Interpreter, symbol: ClassSymbol) -> bool:
    allowed = of_dispatch(interpreter, symbol)
    return allowed is None or "GET" in allowed


def _answers_alone(interpreter: Interpreter, symbol: ClassSymbol, row: GenericView) -> bool:
    """Whether `render_to_response` leaves the context alone: a lazy list in it is then never read."""
    answers = classes.find_method(interpreter, symbol, "render_to_response")
    pages = classes.find_in_class(interpreter, symbol, "paginate_by")
    if answers is None or pages is not None or row.shape != "rows" or len(answers.facts.parameters) < 2:
        return False
    read = {answers.facts.parameters[1].name, "object_list", "super"}
    words = (getattr(node, "id", getattr(node, "attr", "")) for node in nodes(answers.facts.body))
    return not any(word in read for word in words)


def _source(
    interpreter: Interpreter, symbol: ClassSymbol, row: GenericView
) -> tuple[Value, Place, FunctionSymbol | None] | None:
    """The queryset of a view, the line to mend, and the builder method that makes it (None for an attribute)."""
    builder = classes.find_method(interpreter, symbol, row.builder)
    line: Place | None = None
    declared: Value | None = None
    for each in interpreter.hierarchy.mro(symbol):
        if not isinstance(each, ClassSymbol):
            continue
        for name in row.sources.split():
            value = interpreter.hierarchy.class_value(each, name)
            if value is not None and name in each.attributes and value.things:
                statement = each.attributes[name][-1]
                line = Place(each.module.source.path, statement.at, statement.end)
                declared = value
                break
        if line is not None:
            break
    if builder is not None:
        returned = interpreter.summary(builder).returns
        if line is None or not _uses_declared(builder):
            line = _class_line(symbol)
        if not returned.things and declared is not None:
            returned = Value(things=declared.things, origins=returned.origins)
        return returned, line, builder
    return (declared, line, None) if declared is not None and line is not None else None


def _uses_declared(builder: FunctionSymbol) -> bool:
    """Whether get_queryset starts from the class's own `queryset` or `model`, by name or through super()."""
    import msgspec

    body = str(msgspec.to_builtins(builder.facts.body))
    return any(f"'{name}'" in body for name in ("queryset", "model", "super"))


def _class_line(symbol: ClassSymbol) -> Place:
    return Place(symbol.module.source.path, symbol.facts.name_at, symbol.facts.name_at + len(symbol.facts.name))


def _reassigned(interpreter: Interpreter, symbol: ClassSymbol, row: GenericView) -> frozenset[Origin]:
    """What a mixin narrows `self.queryset` by, before the view reads it."""
    values = [classes.instance_value(interpreter, symbol, name) for name in row.sources.split()]
    narrowing = classes.find_method(interpreter, symbol, "filter_queryset")
    if narrowing is not None:
        values.append(interpreter.summary(narrowing).returns)
    return frozenset().union(*(value.origins for value in values))


def _entity(interpreter: Interpreter, value: Value) -> ClassSymbol | str | None:
    for each in value.things:
        if isinstance(each, ClassRef) and interpreter.hierarchy.is_model(each.symbol):
            return each.symbol
        if isinstance(each, Instance) and each.of is not None:
            return each.of
    found = element_type(value)
    return found if found is not None and interpreter.hierarchy.is_model(found) else None


def _stand_in(symbol: ClassSymbol, name: str) -> FunctionSymbol:
    """The inherited library method, as a function of the class without a body."""
    from cachelint.facts import model as facts

    where = symbol.facts
    function = facts.Function(
        at=where.at,
        end=where.at,
        name=name,
        qualname=f"{where.qualname}.{name}",
        name_at=where.name_at,
        parameters=(),
        decorators=(),
        returns=None,
        body=(),
        parent=-1,
        owner=symbol.index,
        is_async=False,
        is_generator=False,
    )
    stand_in = FunctionSymbol(symbol.module, -1, function)
    stand_in.owner = symbol
    return stand_in
