"""asyncpg: connections, pools and prepared statements; execute() of a SELECT returns only a status."""

from __future__ import annotations

from cachelint.vocabulary import DbRead, DbWrite, Library, Obtains, Type

_CONNECTION = "asyncpg.Connection"
_POOL = "asyncpg.Pool"
_PREPARED = "asyncpg.prepared_stmt.PreparedStatement"
_BOTH = f"{_CONNECTION} {_POOL}"

ASYNCPG = Library(
    name="asyncpg",
    packages="asyncpg",
    rows=(
        Type(
            name=_CONNECTION,
            aliases="asyncpg.connection.Connection asyncpg.pool.PoolConnectionProxy",
        ),
        Type(name=_POOL, aliases="asyncpg.pool.Pool", receiver_names="pg_pool", name_evidence="asyncpg"),
        Type(name=_PREPARED),
        Obtains(on="asyncpg asyncpg.connection", names="connect", gives=_CONNECTION),
        Obtains(on="asyncpg asyncpg.pool", names="create_pool", gives=_POOL),
        Obtains(on=_POOL, names="acquire", gives=_CONNECTION),
        Obtains(on=_CONNECTION, names="prepare", params="query", gives=_PREPARED),
        # INSERT ... RETURNING goes through fetch as well: the text decides.
        DbRead(on=_BOTH, names="fetch fetchmany", params="query *args", statement="query"),
        DbRead(on=_BOTH, names="fetchrow fetchval", params="query *args", shape="row", statement="query"),
        DbRead(on=_PREPARED, names="fetch", params="*args"),
        DbRead(on=_PREPARED, names="fetchrow fetchval", params="*args", shape="row"),
        DbRead(on=_CONNECTION, names="cursor", params="query *args", statement="query"),
        DbRead(
            on=_BOTH,
            names="execute executemany",
            params="query *args",
            shape="statement",
            statement="query",
        ),
        DbWrite(
            on=_BOTH,
            names="copy_to_table copy_records_to_table",
            params="table_name",
            entity="table_name",
            bulk=True,
        ),
        # copy_from_* exports: nothing a request would cache.
    ),
)
