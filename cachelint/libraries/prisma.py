"""Prisma Client Python: `db.<model>.find_many()`, where the attribute's name is the model's."""

from __future__ import annotations

from cachelint.vocabulary import DbRead, DbWrite, Library, Obtains, Type

_CLIENT = "prisma.Prisma"
_ACTIONS = "prisma.actions.Actions"

PRISMA = Library(
    name="prisma",
    packages="prisma",
    rows=(
        Type(
            name=_CLIENT,
            aliases="prisma.client.Prisma prisma.Client prisma.client.Client",
            receiver_names="prisma prisma_client",
            name_evidence="prisma",
        ),
        Type(name=_ACTIONS),
        Obtains(on=_CLIENT, names="*", how="value", gives=_ACTIONS, of="name"),
        # A transaction and a batch offer the same models.
        Obtains(on=_CLIENT, names="tx batch_", gives="self"),
        Obtains(on="prisma prisma.client", names="get_client", gives=_CLIENT),
        # `User.prisma()` on a generated model class.
        Obtains(on="prisma.models", names="prisma", gives=_ACTIONS, of="class"),
        DbRead(
            on=_ACTIONS,
            names="find_unique find_unique_or_raise find_first find_first_or_raise",
            params="* where include",
            shape="row",
            gives="element",
            filters=True,
        ),
        DbRead(
            on=_ACTIONS,
            names="find_many",
            params="take skip * where include order",
            gives="elements",
            filters=True,
        ),
        DbRead(on=_ACTIONS, names="count", params="select * where", shape="aggregate", gives="scalar"),
        DbRead(on=_ACTIONS, names="group_by", params="by * where", shape="aggregate", gives="elements"),
        DbRead(
            on=f"{_CLIENT} {_ACTIONS}",
            names="query_raw",
            params="query *args",
            statement="query",
            gives="elements",
        ),
        DbRead(
            on=f"{_CLIENT} {_ACTIONS}",
            names="query_first",
            params="query *args",
            shape="row",
            statement="query",
            gives="element",
        ),
        DbRead(on=_CLIENT, names="execute_raw", params="query *args", shape="statement", statement="query"),
        DbWrite(on=_ACTIONS, names="create upsert update delete", params="data where", gives="element"),
        DbWrite(
            on=_ACTIONS,
            names="create_many update_many delete_many",
            params="data where",
            bulk=True,
            gives="scalar",
        ),
    ),
)
