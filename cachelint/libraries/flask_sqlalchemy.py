"""Flask-SQLAlchemy: `db = SQLAlchemy()`, `db.Model`, `db.session`, `Model.query`, pagination."""

from __future__ import annotations

from cachelint.vocabulary import DbRead, Library, Obtains, Relation, Statement, Type

_DB = "flask_sqlalchemy.SQLAlchemy"
_MODEL = "flask_sqlalchemy.model.Model"
_QUERY = "flask_sqlalchemy.query.Query"
_PAGINATION = "flask_sqlalchemy.pagination.Pagination"
_SQL = "sqlalchemy.sql.expression"

FLASK_SQLALCHEMY = Library(
    name="flask-sqlalchemy",
    packages="flask_sqlalchemy",
    rows=(
        Type(
            name=_DB,
            aliases="flask_sqlalchemy.extension.SQLAlchemy",
            receiver_names="db",
            name_evidence="flask_sqlalchemy",
        ),
        Type(name=_MODEL, model=True),
        Type(name=_QUERY, aliases="flask_sqlalchemy.BaseQuery", bases="sqlalchemy.orm.Query"),
        # Holds rows that were read when it was made.
        Type(name=_PAGINATION, aliases="flask_sqlalchemy.Pagination"),
        Obtains(on=_DB, names="Model", how="value", gives=f"type:{_MODEL}"),
        Obtains(on=_DB, names="session", how="value", gives="sqlalchemy.orm.scoped_session"),
        Obtains(on=_DB, names="create_scoped_session", gives="sqlalchemy.orm.scoped_session"),
        Obtains(on=_DB, names="engine", how="value", gives="sqlalchemy.engine.Engine"),
        Obtains(on=_DB, names="get_engine", gives="sqlalchemy.engine.Engine"),
        Obtains(on=_DB, names="Table", params="name *columns", gives="sqlalchemy.Table", of="argument:name"),
        Obtains(on=_MODEL, names="query", how="value", gives=_QUERY, of="class"),
        Obtains(on=_PAGINATION, names="items", how="value", gives="elements"),
        Relation(
            on=_DB,
            names="relationship dynamic_loader",
            params="argument secondary * uselist back_populates backref lazy",
            target="argument",
            reverse="backref",
            reverse_type="elements",
        ),
        Statement(
            on=_DB,
            names="select",
            does="read",
            gives=f"{_SQL}.Select",
            params="*entities",
            of="argument:entities",
        ),
        Statement(on=_DB, names="insert", does="write", gives=f"{_SQL}.Insert", params="table", of="argument:table"),
        Statement(on=_DB, names="update", does="write", gives=f"{_SQL}.Update", params="table", of="argument:table"),
        Statement(on=_DB, names="delete", does="write", gives=f"{_SQL}.Delete", params="table", of="argument:table"),
        Statement(on=_DB, names="text", does="sql", gives=f"{_SQL}.TextClause", params="text"),
        Obtains(on=_DB, names="func", how="value", gives="sqlalchemy.sql.functions._FunctionGenerator"),
        DbRead(on=_QUERY, names="get_or_404", params="ident", shape="row", gives="element", filters=True),
        DbRead(on=_QUERY, names="first_or_404 one_or_404", shape="row", gives="element"),
        DbRead(on=_QUERY, names="paginate", params="page per_page error_out max_per_page", gives=_PAGINATION),
        DbRead(
            on=_DB,
            names="get_or_404",
            params="entity ident",
            shape="row",
            gives="element",
            of="argument:entity",
            filters=True,
        ),
        DbRead(
            on=_DB,
            names="first_or_404 one_or_404",
            params="statement",
            shape="row",
            statement="statement",
            gives="element",
            of="argument:statement",
        ),
        DbRead(on=_DB, names="paginate", params="select * page per_page", gives=_PAGINATION, of="argument:select"),
    ),
)
