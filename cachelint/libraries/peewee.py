"""Peewee: reads run at iteration, writes built by insert(), update() and delete() run only at execute()."""

from __future__ import annotations

from cachelint.vocabulary import DbLazy, DbRead, DbWrite, Library, Relation, Type

_MODEL = "peewee.Model"
_SELECT = "peewee.ModelSelect"
_WRITE = "peewee._ModelWriteQueryHelper"
_DATABASE = "peewee.Database"

PEEWEE = Library(
    name="peewee",
    packages="peewee playhouse",
    rows=(
        Type(name=_MODEL, model=True),
        Type(name=_SELECT, evaluates="iterate len bool index"),
        Type(name=_WRITE, aliases="peewee.ModelInsert peewee.ModelUpdate peewee.ModelDelete"),
        Type(name=_DATABASE, aliases="peewee.SqliteDatabase peewee.PostgresqlDatabase peewee.MySQLDatabase"),
        DbLazy(on=_MODEL, names="select", params="*fields", gives=_SELECT, of="class"),
        DbLazy(
            on=_SELECT,
            names="join left_outer_join switch order_by limit offset paginate dicts tuples namedtuples "
            "objects group_by distinct select_extend with_cte alias",
            params="*args",
        ),
        DbLazy(on=_SELECT, names="where filter having orwhere", params="*expressions", filters=True),
        DbLazy(
            on=_MODEL,
            names="insert update delete replace insert_many replace_many insert_from",
            params="*args",
            gives=_WRITE,
            of="class",
        ),
        DbLazy(on=_WRITE, names="where", params="*expressions", filters=True),
        DbLazy(on=_WRITE, names="on_conflict on_conflict_ignore on_conflict_replace returning", params="*args"),
        DbRead(
            on=_MODEL,
            names="get get_or_none",
            params="*query",
            shape="row",
            gives="element",
            of="class",
            filters=True,
        ),
        DbRead(
            on=_MODEL,
            names="get_by_id __getitem__",
            params="pk",
            shape="row",
            gives="element",
            of="class",
            filters=True,
        ),
        DbRead(on=_SELECT, names="get get_or_none first", params="database", shape="row", gives="element"),
        DbRead(on=_SELECT, names="count", params="database", shape="aggregate", gives="scalar"),
        DbRead(on=_SELECT, names="exists", params="database", shape="exists", gives="scalar"),
        # Mostly select(fn.COUNT(...)).scalar().
        DbRead(on=_SELECT, names="scalar", params="database", shape="aggregate", gives="scalar"),
        DbRead(on=_SELECT, names="scalars execute aexecute", params="database", gives="elements"),
        DbRead(
            on=_DATABASE,
            names="execute_sql",
            params="sql params",
            shape="statement",
            statement="sql",
        ),
        DbWrite(on=_WRITE, names="execute aexecute", params="database", bulk=True),
        DbWrite(on=_MODEL, names="save", params="force_insert only"),
        DbWrite(on=_MODEL, names="delete_instance", params="recursive delete_nullable"),
        DbWrite(on=_MODEL, names="create", gives="element", of="class"),
        DbWrite(on=_MODEL, names="get_or_create", gives="pair", of="class"),
        DbWrite(on=_MODEL, names="bulk_create bulk_update", params="model_list", bulk=True, of="class"),
        DbWrite(on=_MODEL, names="set_by_id delete_by_id", params="pk", bulk=True, of="class"),
        Relation(
            on="peewee",
            names="ForeignKeyField",
            params="model field backref",
            target="model",
            reverse="backref",
            reverse_type=_SELECT,
            default_reverse="{model}_set",
        ),
    ),
)
