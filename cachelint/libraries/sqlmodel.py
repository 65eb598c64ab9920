"""SQLModel: SQLAlchemy with pydantic models and `Session.exec`."""

from __future__ import annotations

from cachelint.vocabulary import DbRead, HasFields, Library, Obtains, Statement, Type

_SESSION = "sqlmodel.Session"
_ASYNC_SESSION = "sqlmodel.ext.asyncio.session.AsyncSession"
_SQL = "sqlalchemy.sql.expression"
_MODULES = "sqlmodel sqlmodel.sql.expression"

SQLMODEL = Library(
    name="sqlmodel",
    packages="sqlmodel",
    rows=(
        # Without table=True a subclass is only a schema; nobody queries it, so the difference never shows.
        Type(name="sqlmodel.SQLModel", aliases="sqlmodel.main.SQLModel", model=True),
        HasFields(bases="sqlmodel.SQLModel"),
        Type(name=_SESSION, aliases="sqlmodel.orm.session.Session", bases="sqlalchemy.orm.Session"),
        Type(name=_ASYNC_SESSION, bases="sqlalchemy.ext.asyncio.AsyncSession"),
        Obtains(on="sqlmodel", names="create_engine", gives="sqlalchemy.engine.Engine"),
        Obtains(on="sqlmodel", names="func", how="value", gives="sqlalchemy.sql.functions._FunctionGenerator"),
        Statement(
            on=_MODULES,
            names="select",
            does="read",
            gives=f"{_SQL}.Select",
            params="*entities",
            of="argument:entities",
        ),
        Statement(
            on=_MODULES,
            names="insert",
            does="write",
            gives=f"{_SQL}.Insert",
            params="table",
            of="argument:table",
        ),
        Statement(
            on=_MODULES,
            names="update",
            does="write",
            gives=f"{_SQL}.Update",
            params="table",
            of="argument:table",
        ),
        Statement(
            on=_MODULES,
            names="delete",
            does="write",
            gives=f"{_SQL}.Delete",
            params="table",
            of="argument:table",
        ),
        Statement(on=_MODULES, names="text", does="sql", gives=f"{_SQL}.TextClause", params="text"),
        DbRead(
            on=f"{_SESSION} {_ASYNC_SESSION}",
            names="exec",
            params="statement",
            shape="statement",
            statement="statement",
            gives="sqlalchemy.engine.Result",
            of="argument:statement",
        ),
        # Relationship() is left out: its target is in the annotation, which Relation cannot name.
    ),
)
