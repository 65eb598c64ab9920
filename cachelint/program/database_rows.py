"""Rows about databases: builders, statements, reads and writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.program import library
from cachelint.program.effects import Event
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    ROWS,
    UNKNOWN,
    Instance,
    Origin,
    Value,
    carried,
    thing,
)
from cachelint.vocabulary import (
    DbLazy,
    DbRead,
    DbWrite,
    Statement,
)

if TYPE_CHECKING:
    pass
from cachelint.program.callsite import CallSite, entity_in, entity_of, record, result_of

ONE_ROW = re.compile(r"\blimit\s+1\s*;?\s*$", re.IGNORECASE)
TABLE = re.compile(r"\b(?:from|into|update|join)\s+[\"'`\[]?([A-Za-z_][\w.]*)", re.IGNORECASE)

# SQL text that asks for a number over many rows.
COUNTS = re.compile(r"\s*select\s+(?:count|sum|avg|min|max)\s*\(", re.IGNORECASE)

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


def narrow(site: CallSite) -> None:
    """`execute(...).scalar_one()`: of the rows that were read only one is wanted."""
    read = dict(site.client.options).get("read") if site.client is not None else None
    events = site.frame.summary.events
    wanted = [each for each in events if each.place == read] if read is not None else _last_on(site)
    for event in wanted:
        if event.shape == "rows":
            event.shape = "row"


def _last_on(site: CallSite) -> list[Event]:
    """`cursor.execute(...)`, then `cursor.fetchone()`: the query before it, unless a loop takes row after row of it."""
    client, at = site.client, site.node.at
    here = [
        each
        for each in site.frame.summary.events
        if isinstance(each.row, DbRead) and each.client is not None and client is not None and each.place.at < at
        if each.client.type == client.type
    ]
    last = max(here, key=lambda each: each.place.at, default=None)
    return [last] if last is not None and last.context.depth == site.frame.context.depth else []


def db_lazy(site: CallSite, row: DbLazy) -> Value:
    value = result_of(site, row.gives, row.of)
    sources = [site.receiver, *site.arguments.all()]
    shape = () if row.filters else _aggregates_only(site)
    things = tuple(replace(t, options=t.options + shape) if isinstance(t, Instance) else t for t in value.things)
    return replace(value, things=things if shape else value.things, origins=carried(*sources).origins)


def statement_built(site: CallSite, row: Statement) -> Value:
    value = result_of(site, row.gives, row.of)
    does, table = row.does, None
    if row.does == "sql":
        does, table = sql_meaning(site.arguments.positional[0] if site.arguments.positional else UNKNOWN)
    things = []
    for each in value.things:
        if isinstance(each, Instance):
            options = (("does", does), *_shape_of(site, row))
            each = replace(each, options=options, of=each.of if each.of is not None else table)
        things.append(each)
    return Value(things=tuple(things), origins=carried(*site.arguments.all(), site.receiver).origins)


def _shape_of(site: CallSite, row: Statement) -> tuple[tuple[str, object], ...]:
    text = site.arguments.positional[0] if row.does == "sql" and site.arguments.positional else UNKNOWN
    shape = _sql_shape(text)
    return (("shape", shape),) if shape else _aggregate_shape(site)


def _sql_shape(value: Value) -> str:
    """ "row" for SQL text that asks for one row only, "" where the text does not say."""
    return "row" if value.text is not None and ONE_ROW.search(str(value.text)) else ""


def _aggregate_shape(site: CallSite) -> tuple[tuple[str, object], ...]:
    """select(func.count()) reads a number: the shape of what is selected is the shape of the statement."""
    # SQLAlchemy 1.x wants a list: select([func.count()]).
    selected = (each for value in site.arguments.positional for each in (value, *(v for _, v in value.items or ())))
    shapes = (_shape_of_selected(site, value) for value in selected)
    return next(((("shape", shape),) for shape in shapes if shape), ())


def _aggregates_only(site: CallSite) -> tuple[tuple[str, object], ...]:
    """query(func.count(User.id)) reads a number; query(User.name, func.count()) rows with numbers."""
    shapes = {_shape_of_selected(site, value) for value in site.arguments.positional}
    return (("shape", shapes.pop()),) if len(shapes) == 1 and "" not in shapes else ()


def _shape_of_selected(site: CallSite, value: Value) -> str:
    """The shape that a type of SQL expressions gives what selects it, "" for rows."""
    types = site.frame.interpreter.catalogue.types
    rows = (types.get(each.type) for each in value.instances() if isinstance(each.type, str))
    return next((row.shape for row in rows if row is not None and row.shape != "rows"), "")


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


def db_read(site: CallSite, row: DbRead) -> Value:
    entity = entity_of(site, row.of)
    shape, does = row.shape, "read"
    if row.statement:
        does, shape, entity = _of_statement(site, row, entity)
    origins = carried(site.receiver, *site.arguments.all()).origins
    if shape in ("rows", "row") and site.client is not None:
        inherited = dict(site.client.options).get("shape")
        shape = str(inherited) if inherited and (shape == "rows" or inherited == "aggregate") else shape
    if does == "write":
        record(site, DbWrite(on=row.on, names=site.name), entity=entity, origins=origins)
        return UNKNOWN
    if does == "read":
        asking = frozenset((site.frame.asking,)) if site.frame.asking is not None else frozenset()
        record(site, row, entity=entity, shape=shape, origins=origins | asking)
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
    found = library.entity_origins(site.frame, source, site.node)
    return replace(value, origins=of_number(found) if shape in ("aggregate", "exists") else found)


def of_number(origins: frozenset[Origin], kinds: frozenset[str] = ROWS) -> frozenset[Origin]:
    """A count or a sum over rows was selected by them, and holds none of them."""
    return frozenset(replace(o, safe=True, bounded=True, boxed=True) if o.kind in kinds else o for o in origins)


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
        shape = _sql_shape(value) or shape
        if COUNTS.match(str(value.text)):
            shape = "aggregate"
        return does, shape, table if entity is None or isinstance(entity, str) else entity
    return "unknown", shape, entity


def db_write(site: CallSite, row: DbWrite) -> Value:
    entity: str | ClassSymbol | None = None
    if row.entity and row.entity != "*":
        value = site.given.get(row.entity)
        entity = entity_in(site.frame, value) if value is not None else None
    elif not row.entity and site.client is not None:
        entity = site.client.of
        if entity is None or site.frame.interpreter.hierarchy.is_model(site.client.type):
            entity = next((e.type for e in site.receiver.instances() if isinstance(e.type, ClassSymbol)), entity)
    record(site, row, entity=entity, origins=carried(site.receiver, *site.arguments.all()).origins)
    value = result_of(site, row.gives, row.of)
    if row.gives in ("element", "pair", "elements") and entity is not None:
        source = Value(things=(Instance("builtins.list", of=entity),))
        value = replace(value, origins=library.entity_origins(site.frame, source, site.node))
    return value
