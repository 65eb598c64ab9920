"""DB-API drivers and their asyncio relatives: psycopg, psycopg2, sqlite3, MySQL. The SQL text decides."""

from __future__ import annotations

from cachelint.vocabulary import DbRead, Library, Obtains, Type

_CONNECTION = "psycopg.Connection"
_CURSOR = "psycopg.Cursor"
_MODULES = "psycopg psycopg2 sqlite3 MySQLdb pymysql mysql.connector"

DBAPI = Library(
    name="dbapi",
    packages="psycopg psycopg2 psycopg_pool sqlite3 MySQLdb pymysql mysql",
    rows=(
        Type(
            name=_CONNECTION,
            aliases="psycopg.AsyncConnection psycopg2.extensions.connection sqlite3.Connection "
            "MySQLdb.connections.Connection pymysql.connections.Connection pymysql.Connection",
        ),
        Type(
            name=_CURSOR,
            aliases="psycopg.AsyncCursor psycopg2.extensions.cursor sqlite3.Cursor MySQLdb.cursors.Cursor "
            "pymysql.cursors.Cursor pymysql.cursors.DictCursor",
            receiver_names="cursor cur",
            name_evidence="psycopg psycopg2 sqlite3 MySQLdb pymysql mysql",
        ),
        Type(
            name="psycopg_pool.ConnectionPool",
            aliases="psycopg_pool.AsyncConnectionPool psycopg_pool.NullConnectionPool",
        ),
        Obtains(on=_MODULES, names="connect", gives=_CONNECTION),
        Obtains(on=_CONNECTION, names="connect", gives=_CONNECTION),
        Obtains(on="psycopg_pool.ConnectionPool", names="connection getconn", gives=_CONNECTION),
        Obtains(on=_CONNECTION, names="cursor", gives=_CURSOR),
        # The query runs in execute(); fetchone(), fetchall() and iteration only hand its rows out.
        Obtains(on=_CURSOR, names="fetchone", gives="element"),
        DbRead(
            on=_CURSOR,
            names="execute executemany executescript stream",
            params="query|sql|operation params",
            shape="statement",
            statement="query",
            gives=_CURSOR,
        ),
        DbRead(
            on=_CONNECTION,
            names="execute executemany executescript",
            params="query|sql params",
            shape="statement",
            statement="query",
            gives=_CURSOR,
        ),
        # commit() is left out: the execute before it already is the write, and names the table.
    ),
)
