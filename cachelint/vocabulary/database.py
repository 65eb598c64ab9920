"""Rows about databases: queries, writes, and the queries that views and templates run."""

from __future__ import annotations

from cachelint.vocabulary.row import Row


class NamesModel(Row, frozen=True, kw_only=True, tag=True):
    """A call that gives a mapped class by its name: `get_model("shop", "Order")`, `get_model("shop.Order")`.

    `setting` is the setting that holds the name, for a call without one (get_user_model)."""

    on: str
    names: str
    params: str = ""
    setting: str = ""


class DbLazy(Row, frozen=True, kw_only=True, tag=True):
    """A builder: no query runs. `filters` tells that its arguments restrict the rows."""

    on: str
    names: str
    params: str = ""
    gives: str = "self"
    of: str = "receiver"
    filters: bool = False


class Preloads(Row, frozen=True, kw_only=True, tag=True):
    """A call that names relations to load along with the rows of a query, in texts. Each of `reads` then gives what is
    there already, where it is all that is asked of a relation: no query of its own runs."""

    on: str
    names: str
    reads: str


class DbRead(Row, frozen=True, kw_only=True, tag=True):
    """A query runs. `shape`: "rows" a list, "row" one object, "aggregate" a number over many rows, "exists" a test,
    "statement" decided by the statement argument (`statement` names it: select/insert/update/delete or SQL text).
    Another shape with a `statement`: the argument decides between read and write, and a read has this shape."""

    on: str
    names: str
    params: str = ""
    shape: str = "rows"
    gives: str = ""
    of: str = "receiver"
    statement: str = ""
    filters: bool = False


class DbWrite(Row, frozen=True, kw_only=True, tag=True):
    """Rows change. `pending` until a flush or commit; `entity` names the argument that is the object or class,
    "" means the receiver, "*" the objects assigned to before (commit, flush); `bulk` bypasses per-object signals;
    `gives` as everywhere."""

    on: str
    names: str
    params: str = ""
    pending: bool = False
    entity: str = ""
    bulk: bool = False
    gives: str = ""
    of: str = "receiver"


class Statement(Row, frozen=True, kw_only=True, tag=True):
    """A function that builds a statement: sqlalchemy.select(User) reads, update(User) writes.

    `does` is "read", "write" or "sql" (decided by the text of the first argument)."""

    on: str
    names: str
    does: str
    gives: str
    params: str = ""
    of: str = ""


class GenericView(Row, frozen=True, kw_only=True, tag=True):
    """A class-based view that reads the database by itself.

    A subclass of `on` reads `shape` in its `methods` from the class attributes `sources` (first found; "model",
    "queryset") or the method `builder` when the project defines it."""

    on: str
    methods: str
    shape: str
    sources: str = "queryset model"
    builder: str = "get_queryset"


class Renders(Row, frozen=True, kw_only=True, tag=True):
    """A call that evaluates lazy values handed to it inside `argument` (a dict or a plain value): template
    rendering, serializers. "*" means every argument. `when` names a keyword that must be True (many=True), ""
    always."""

    on: str
    names: str
    params: str
    argument: str
    when: str = ""
