"""SQLAlchemy 1.x and 2.x, synchronous and asyncio: sessions, queries, statements, results, connections."""

from __future__ import annotations

from cachelint.vocabulary import (
    DbLazy,
    DbRead,
    DbWrite,
    Invokes,
    Library,
    Obtains,
    Passes,
    Relation,
    Statement,
    Type,
)

_BASE = "sqlalchemy.orm.DeclarativeBase"
_REGISTRY = "sqlalchemy.orm.registry"
_SESSION = "sqlalchemy.orm.Session"
_ASYNC_SESSION = "sqlalchemy.ext.asyncio.AsyncSession"
_SCOPED = "sqlalchemy.orm.scoped_session"
_FACTORY = "sqlalchemy.orm.sessionmaker"
_ENGINE = "sqlalchemy.engine.Engine"
_CONNECTION = "sqlalchemy.engine.Connection"
_QUERY = "sqlalchemy.orm.Query"
_RESULT = "sqlalchemy.engine.Result"
_TABLE = "sqlalchemy.Table"
_COLUMNS = "sqlalchemy.sql.expression.ColumnCollection"
_COLUMN = "sqlalchemy.sql.expression.ColumnElement"
_SELECT = "sqlalchemy.sql.expression.Select"
_INSERT = "sqlalchemy.sql.expression.Insert"
_UPDATE = "sqlalchemy.sql.expression.Update"
_DELETE = "sqlalchemy.sql.expression.Delete"
_TEXT = "sqlalchemy.sql.expression.TextClause"
_EXISTS = "sqlalchemy.sql.expression.Exists"
_FUNCTIONS = "sqlalchemy.sql.functions._FunctionGenerator"
_AGGREGATE = "sqlalchemy.sql.functions.AggregateFunction"
_MODULES = "sqlalchemy sqlalchemy.sql sqlalchemy.sql.expression sqlalchemy.future"
_DIALECTS = (
    "sqlalchemy.dialects.postgresql sqlalchemy.dialects.mysql sqlalchemy.dialects.sqlite "
    "sqlalchemy.dialects.postgresql.dml sqlalchemy.dialects.mysql.dml sqlalchemy.dialects.sqlite.dml"
)

_TYPES = (
    Type(
        name=_BASE,
        aliases="sqlalchemy.orm.decl_api.DeclarativeBase sqlalchemy.orm.DeclarativeBaseNoMeta "
        "sqlalchemy.orm.decl_api.DeclarativeBaseNoMeta",
        model=True,
    ),
    Type(name=_REGISTRY, aliases="sqlalchemy.orm.decl_api.registry"),
    Type(
        name=_SESSION,
        aliases="sqlalchemy.orm.session.Session",
        receiver_names="session db_session async_session",
        name_evidence="sqlalchemy sqlmodel flask_sqlalchemy",
    ),
    Type(
        name=_ASYNC_SESSION,
        aliases="sqlalchemy.ext.asyncio.session.AsyncSession",
        bases=_SESSION,
        call_params="bind",
    ),
    # A scoped session hands every call on to the session of the thread or task.
    Type(
        name=_SCOPED,
        aliases="sqlalchemy.orm.scoping.scoped_session sqlalchemy.ext.asyncio.async_scoped_session "
        "sqlalchemy.ext.asyncio.scoping.async_scoped_session",
        bases=_SESSION,
    ),
    Type(
        name=_FACTORY,
        aliases="sqlalchemy.orm.session.sessionmaker sqlalchemy.ext.asyncio.async_sessionmaker "
        "sqlalchemy.ext.asyncio.session.async_sessionmaker",
    ),
    Type(
        name=_ENGINE,
        aliases="sqlalchemy.Engine sqlalchemy.engine.base.Engine sqlalchemy.ext.asyncio.AsyncEngine "
        "sqlalchemy.ext.asyncio.engine.AsyncEngine sqlalchemy.future.Engine",
    ),
    Type(
        name=_CONNECTION,
        aliases="sqlalchemy.Connection sqlalchemy.engine.base.Connection "
        "sqlalchemy.ext.asyncio.AsyncConnection sqlalchemy.ext.asyncio.engine.AsyncConnection",
    ),
    Type(name=_QUERY, aliases="sqlalchemy.orm.query.Query", evaluates="iterate index slice"),
    # Already executed: reading it costs nothing.
    Type(
        name=_RESULT,
        aliases="sqlalchemy.Result sqlalchemy.ScalarResult sqlalchemy.CursorResult sqlalchemy.MappingResult "
        "sqlalchemy.engine.ScalarResult sqlalchemy.engine.CursorResult sqlalchemy.engine.MappingResult "
        "sqlalchemy.engine.result.Result sqlalchemy.engine.result.ScalarResult "
        "sqlalchemy.ext.asyncio.AsyncResult sqlalchemy.ext.asyncio.AsyncScalarResult "
        "sqlalchemy.ext.asyncio.AsyncMappingResult",
    ),
    Type(name=_TABLE, aliases="sqlalchemy.schema.Table sqlalchemy.sql.schema.Table"),
    Type(name=_COLUMNS),
    Type(name=_COLUMN),
    Type(name=_SELECT, aliases="sqlalchemy.Select sqlalchemy.sql.Select sqlalchemy.sql.selectable.Select"),
    Type(name=_INSERT, aliases="sqlalchemy.Insert sqlalchemy.sql.Insert sqlalchemy.sql.dml.Insert"),
    Type(name=_UPDATE, aliases="sqlalchemy.Update sqlalchemy.sql.Update sqlalchemy.sql.dml.Update"),
    Type(name=_DELETE, aliases="sqlalchemy.Delete sqlalchemy.sql.Delete sqlalchemy.sql.dml.Delete"),
    Type(name=_TEXT, aliases="sqlalchemy.TextClause sqlalchemy.sql.elements.TextClause"),
    Type(name=_EXISTS, aliases="sqlalchemy.Exists sqlalchemy.sql.selectable.Exists", shape="exists"),
    Type(name=_FUNCTIONS),
    # select(func.count(User.id)) and query(func.count(User.id)) read a number, not rows.
    Type(name=_AGGREGATE, shape="aggregate"),
)

_VALUES = (
    Obtains(
        on="sqlalchemy.orm sqlalchemy.orm.decl_api sqlalchemy.ext.declarative sqlalchemy.ext.automap",
        names="declarative_base automap_base",
        gives=f"type:{_BASE}",
    ),
    Obtains(on=_REGISTRY, names="generate_base", gives=f"type:{_BASE}"),
    # @registry.mapped on a plain class is left out: no row says "this decorator makes an entity".
    Obtains(on=_FACTORY, names="__call__ begin", gives=_SESSION),
    # sessionmaker(class_=AsyncSession) makes asyncio sessions: the same rows hold for both.
    Obtains(on=_SCOPED, names="__call__", gives=_SESSION),
    Obtains(on=_SESSION, names="begin begin_nested", gives="self"),
    Obtains(on=_SESSION, names="sync_session", how="value", gives="self"),
    Obtains(on=_SESSION, names="connection", gives=_CONNECTION),
    Obtains(
        on="sqlalchemy sqlalchemy.engine sqlalchemy.ext.asyncio",
        names="create_engine create_async_engine engine_from_config async_engine_from_config",
        gives=_ENGINE,
    ),
    Obtains(on=_ENGINE, names="connect begin raw_connection", gives=_CONNECTION),
    Obtains(on=_CONNECTION, names="begin begin_nested execution_options", gives="self"),
    Obtains(
        on="sqlalchemy sqlalchemy.schema",
        names="Table",
        params="name metadata *columns",
        gives=_TABLE,
        of="argument:name",
    ),
    Obtains(on=_TABLE, names="c columns", how="value", gives=_COLUMNS),
    Obtains(on=_COLUMNS, names="*", how="value", gives=_COLUMN),
    Obtains(on=_MODULES, names="func", how="value", gives=_FUNCTIONS),
    Obtains(
        on=_FUNCTIONS,
        names="count sum avg min max",
        params="*columns",
        gives=_AGGREGATE,
        of="argument:columns",
    ),
    Obtains(on=_MODULES, names="exists", params="*entities", gives=_EXISTS, of="argument:entities"),
    Obtains(on=_RESULT, names="scalars mappings unique columns tuples yield_per partitions", gives="self"),
    Obtains(on=_RESULT, names="all fetchall fetchmany", gives="elements"),
    Obtains(
        on=_RESULT,
        names="first one one_or_none scalar scalar_one scalar_one_or_none fetchone",
        gives="element",
    ),
)

_STATEMENTS = (
    Statement(on=_MODULES, names="select", does="read", gives=_SELECT, params="*entities", of="argument:entities"),
    Statement(
        on=f"{_MODULES} {_DIALECTS}",
        names="insert",
        does="write",
        gives=_INSERT,
        params="table",
        of="argument:table",
    ),
    Statement(on=_MODULES, names="update", does="write", gives=_UPDATE, params="table", of="argument:table"),
    Statement(on=_MODULES, names="delete", does="write", gives=_DELETE, params="table", of="argument:table"),
    Statement(on=_MODULES, names="text", does="sql", gives=_TEXT, params="text"),
    Statement(on=_TABLE, names="select", does="read", gives=_SELECT, of="receiver"),
    Statement(on=_TABLE, names="insert", does="write", gives=_INSERT, of="receiver"),
    Statement(on=_TABLE, names="update", does="write", gives=_UPDATE, of="receiver"),
    Statement(on=_TABLE, names="delete", does="write", gives=_DELETE, of="receiver"),
)

_JOINS = (
    "join outerjoin options order_by group_by limit offset distinct with_for_update execution_options "
    "add_columns with_only_columns prefix_with union union_all correlate"
)
_LAZY = (
    DbLazy(on=_SESSION, names="query", params="*entities", gives=_QUERY, of="argument:entities"),
    DbLazy(on=_QUERY, names="filter filter_by where having", params="*criteria", filters=True),
    DbLazy(
        on=_QUERY,
        names=f"{_JOINS} slice yield_per with_entities enable_eagerloads populate_existing params",
        params="*args",
    ),
    # `select(func.count()).select_from(User)`: here the statement says what it is about.
    DbLazy(on=f"{_QUERY} {_SELECT}", names="select_from", params="*entities", of="argument:entities"),
    # Unlike Django's, Query.exists() builds an expression.
    DbLazy(on=_QUERY, names="exists", gives=_EXISTS),
    DbLazy(
        on=f"{_SELECT} {_UPDATE} {_DELETE} {_EXISTS}",
        names="where filter filter_by having",
        params="*criteria",
        filters=True,
    ),
    DbLazy(on=_SELECT, names=_JOINS, params="*args"),
    DbLazy(
        on=f"{_INSERT} {_UPDATE} {_DELETE} {_TEXT}",
        names="values returning on_conflict_do_update on_conflict_do_nothing on_duplicate_key_update "
        "execution_options from_select bindparams",
        params="*args",
    ),
    DbLazy(on=_EXISTS, names="select select_from", params="*args"),
)

_EXECUTORS = f"{_SESSION} {_CONNECTION} {_ENGINE}"
_READS = (
    DbRead(
        on=_EXECUTORS,
        names="execute scalars stream stream_scalars",
        params="statement|clause|object_ params",
        shape="statement",
        statement="statement",
        gives=_RESULT,
        of="argument:statement",
    ),
    DbRead(
        on=_EXECUTORS,
        names="scalar",
        params="statement|clause|object_ params",
        shape="row",
        statement="statement",
        gives="element",
        of="argument:statement",
    ),
    DbRead(
        on=_CONNECTION,
        names="exec_driver_sql",
        params="statement parameters",
        shape="statement",
        statement="statement",
        gives=_RESULT,
    ),
    DbRead(
        on=_SESSION,
        names="get get_one",
        params="entity ident",
        shape="row",
        gives="element",
        of="argument:entity",
        filters=True,
    ),
    DbRead(on=_SESSION, names="refresh", params="instance attribute_names", shape="row", of="argument:instance"),
    DbRead(on=_QUERY, names="all", shape="rows", gives="elements"),
    DbRead(on=_QUERY, names="first one one_or_none", shape="row", gives="element"),
    # Mostly one column of one row; an aggregate when the entity of the query is one.
    DbRead(on=_QUERY, names="scalar", shape="row", gives="element"),
    DbRead(on=_QUERY, names="get", params="ident", shape="row", gives="element", filters=True),
    DbRead(on=_QUERY, names="count", shape="aggregate", gives="scalar"),
)

_WRITES = (
    DbWrite(on=_SESSION, names="add", params="instance", entity="instance", pending=True),
    DbWrite(on=_SESSION, names="add_all", params="instances", entity="instances", pending=True),
    DbWrite(on=_SESSION, names="delete", params="instance", entity="instance", pending=True),
    DbWrite(on=_SESSION, names="delete_all", params="instances", entity="instances", pending=True),
    DbWrite(
        on=_SESSION,
        names="merge",
        params="instance",
        entity="instance",
        pending=True,
        gives="argument:instance",
    ),
    DbWrite(on=_SESSION, names="merge_all", params="instances", entity="instances", pending=True),
    # What was added is written by its own row; these write the mapped objects whose attributes were assigned.
    DbWrite(on=_SESSION, names="flush commit", entity="*"),
    DbWrite(on=_SESSION, names="bulk_save_objects", params="objects", entity="objects", bulk=True),
    DbWrite(
        on=_SESSION,
        names="bulk_insert_mappings bulk_update_mappings",
        params="mapper mappings",
        entity="mapper",
        bulk=True,
    ),
    DbWrite(on=_QUERY, names="update", params="values", bulk=True, gives="scalar"),
    DbWrite(on=_QUERY, names="delete", bulk=True, gives="scalar"),
)

_RELATIONS = (
    # One object or a list: the annotation Mapped[list["Order"]] or uselist tells, the call does not.
    Relation(
        on="sqlalchemy.orm sqlalchemy.orm.relationships",
        names="relationship dynamic_loader",
        params="argument secondary * uselist back_populates backref lazy",
        target="argument",
        reverse="backref",
        reverse_type="elements",
    ),
)

_CALLBACKS = (Invokes(on=f"{_ASYNC_SESSION} {_CONNECTION}", names="run_sync", params="fn *args", function="fn"),)

_CONDITIONS = (
    Passes(on=_MODULES, names="and_ or_ not_ literal bindparam cast desc asc case between", params="*clauses"),
)

SQLALCHEMY_ORM = Library(
    name="sqlalchemy",
    packages="sqlalchemy",
    rows=(*_TYPES, *_VALUES, *_STATEMENTS, *_LAZY, *_READS, *_WRITES, *_RELATIONS, *_CONDITIONS, *_CALLBACKS),
)
