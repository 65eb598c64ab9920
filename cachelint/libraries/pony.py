"""Pony ORM: entities of a Database, queries from generators and lambdas, writes at commit."""

from __future__ import annotations

from cachelint.vocabulary import DbLazy, DbRead, DbWrite, Library, Obtains, Relation, Type

_MODULES = "pony.orm pony.orm.core"
_DB = "pony.orm.Database"
_ENTITY = "pony.orm.core.Entity"
_QUERY = "pony.orm.core.Query"

PONY = Library(
    name="pony",
    packages="pony",
    rows=(
        Type(name=_DB, aliases="pony.orm.core.Database"),
        Type(name=_ENTITY, model=True),
        Type(name=_QUERY, evaluates="iterate slice"),
        Obtains(on=_DB, names="Entity", how="value", gives=f"type:{_ENTITY}"),
        # The element is what the generator runs over: select(u for u in User if u.active).
        DbLazy(
            on=_MODULES,
            names="select",
            params="generator",
            gives=_QUERY,
            of="argument:generator",
            filters=True,
        ),
        DbLazy(on=_ENTITY, names="select", params="*args", gives=_QUERY, of="class", filters=True),
        DbLazy(on=_QUERY, names="filter where", params="*args", filters=True),
        DbLazy(on=_QUERY, names="order_by sort_by limit prefetch without_distinct for_update", params="*args"),
        DbRead(on=_QUERY, names="get first", shape="row", gives="element"),
        DbRead(on=_QUERY, names="exists", shape="exists", gives="scalar"),
        DbRead(on=_QUERY, names="count sum avg min max", params="*args", shape="aggregate", gives="scalar"),
        DbRead(on=_QUERY, names="page", params="pagenum pagesize", gives="elements"),
        DbRead(on=_QUERY, names="fetch", params="limit offset", gives="elements"),
        DbRead(
            on=_ENTITY,
            names="get __getitem__",
            params="*args",
            shape="row",
            gives="element",
            of="class",
            filters=True,
        ),
        DbRead(on=_ENTITY, names="exists", params="*args", shape="exists", gives="scalar", of="class"),
        DbRead(on=_ENTITY, names="select_by_sql", params="sql", gives="elements", of="class"),
        DbRead(on=_DB, names="select execute", params="sql", shape="statement", statement="sql"),
        DbRead(on=_DB, names="get", params="sql", shape="row", statement="sql"),
        DbRead(on=_DB, names="exists", params="sql", shape="exists", statement="sql", gives="scalar"),
        DbWrite(on=_ENTITY, names="__init__", pending=True, gives="element", of="class"),
        DbWrite(on=_ENTITY, names="delete set", pending=True),
        DbWrite(on=_QUERY, names="delete", params="bulk", bulk=True, gives="scalar"),
        DbWrite(on=_MODULES, names="commit flush", entity="*"),
        DbWrite(on=_DB, names="commit flush", entity="*"),
        # Required("User") and Optional("User") are relations only when the argument is an entity.
        Relation(
            on=_MODULES,
            names="Required Optional",
            params="py_type * reverse",
            target="py_type",
        ),
        Relation(on=_MODULES, names="Set", params="py_type * reverse", target="py_type", many_type="elements"),
    ),
)
