"""encode/databases: SQL text or SQLAlchemy Core statements on a Database."""

from __future__ import annotations

from cachelint.vocabulary import DbRead, Library, Obtains, Type

_DATABASE = "databases.Database"

DATABASES = Library(
    name="databases",
    packages="databases",
    rows=(
        Type(
            name=_DATABASE,
            aliases="databases.core.Database databases.core.Connection",
            receiver_names="database",
            name_evidence="databases",
        ),
        Obtains(on=_DATABASE, names="connection", gives=_DATABASE),
        DbRead(
            on=_DATABASE,
            names="fetch_all iterate",
            params="query values",
            statement="query",
            gives="elements",
            of="argument:query",
        ),
        DbRead(
            on=_DATABASE,
            names="fetch_one fetch_val",
            params="query values",
            shape="row",
            statement="query",
            gives="element",
            of="argument:query",
        ),
        DbRead(
            on=_DATABASE,
            names="execute execute_many",
            params="query values",
            shape="statement",
            statement="query",
            of="argument:query",
        ),
    ),
)
