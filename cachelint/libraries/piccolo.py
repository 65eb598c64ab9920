"""Piccolo: query objects that run when awaited or by run() and run_sync()."""

from __future__ import annotations

from cachelint.vocabulary import DbLazy, DbRead, DbWrite, Library, Relation, Type

_TABLE = "piccolo.table.Table"
_SELECT = "piccolo.query.Select"
_OBJECTS = "piccolo.query.Objects"
_FIRST = "piccolo.query.proxy.Proxy"
_COUNT = "piccolo.query.Count"
_EXISTS = "piccolo.query.Exists"
_ROWS = f"{_SELECT} {_OBJECTS}"

PICCOLO = Library(
    name="piccolo",
    packages="piccolo",
    rows=(
        Type(name=_TABLE, model=True),
        Type(name=_SELECT, aliases="piccolo.query.methods.select.Select", evaluates="await"),
        Type(name=_OBJECTS, aliases="piccolo.query.methods.objects.Objects", evaluates="await"),
        Type(name=_FIRST, evaluates="await", shape="row"),
        Type(name=_COUNT, aliases="piccolo.query.methods.count.Count", evaluates="await", shape="aggregate"),
        Type(name=_EXISTS, aliases="piccolo.query.methods.exists.Exists", evaluates="await", shape="exists"),
        DbLazy(on=_TABLE, names="select", params="*columns", gives=_SELECT, of="class"),
        DbLazy(on=_TABLE, names="objects", params="*prefetch", gives=_OBJECTS, of="class"),
        DbLazy(on=_TABLE, names="count", params="column", gives=_COUNT, of="class"),
        DbLazy(on=_TABLE, names="exists", gives=_EXISTS, of="class"),
        DbLazy(on=_TABLE, names="raw", params="sql *args", gives=_SELECT, of="class"),
        DbLazy(on=f"{_ROWS} {_COUNT} {_EXISTS}", names="where", params="*conditions", filters=True),
        DbLazy(
            on=_ROWS,
            names="order_by limit offset columns output prefetch group_by distinct lock_rows callback",
            params="*args",
        ),
        DbLazy(on=_ROWS, names="first", gives=_FIRST),
        DbLazy(on=_OBJECTS, names="get", params="where", gives=_FIRST, filters=True),
        DbRead(on=_ROWS, names="run run_sync", gives="elements"),
        DbRead(on=_FIRST, names="run run_sync", shape="row", gives="element"),
        DbRead(on=_COUNT, names="run run_sync", shape="aggregate", gives="scalar"),
        DbRead(on=_EXISTS, names="run run_sync", shape="exists", gives="scalar"),
        DbRead(on=_TABLE, names="refresh", params="columns", shape="row"),
        DbRead(on=_TABLE, names="get_related", params="foreign_key", shape="row"),
        DbRead(on=_TABLE, names="get_m2m", params="m2m"),
        # These build a query too, but nobody builds one without running it.
        DbWrite(on=_TABLE, names="insert", params="*rows", bulk=True, of="class"),
        DbWrite(on=_TABLE, names="update", params="values", bulk=True, of="class"),
        DbWrite(on=_TABLE, names="delete", params="force", bulk=True, of="class"),
        DbWrite(on=_TABLE, names="save", params="columns"),
        DbWrite(on=_TABLE, names="remove add_m2m remove_m2m", params="*rows"),
        Relation(
            on="piccolo.columns piccolo.columns.column_types",
            names="ForeignKey",
            params="references",
            target="references",
        ),
    ),
)
