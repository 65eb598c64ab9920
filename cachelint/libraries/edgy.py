"""Edgy and its predecessor Saffier: `Model.query` builders that are awaited, coroutines that run at once."""

from __future__ import annotations

from cachelint.vocabulary import DbLazy, DbRead, DbWrite, Library, Obtains, Relation, Type

_MODEL = "edgy.Model"
_QUERYSET = "edgy.QuerySet"

EDGY = Library(
    name="edgy",
    packages="edgy saffier",
    rows=(
        Type(name=_MODEL, aliases="saffier.Model edgy.core.db.models.Model", model=True),
        Type(
            name=_QUERYSET,
            aliases="edgy.core.db.querysets.QuerySet saffier.core.db.querysets.QuerySet saffier.QuerySet",
            evaluates="await iterate",
        ),
        Obtains(on=_MODEL, names="query query_related", how="value", gives=_QUERYSET, of="class"),
        DbLazy(on=_QUERYSET, names="filter exclude", params="*conditions", filters=True),
        DbLazy(
            on=_QUERYSET,
            names="all order_by limit offset only defer select_related prefetch_related distinct using",
            params="*args",
        ),
        DbRead(
            on=_QUERYSET,
            names="get get_or_none",
            params="*conditions",
            shape="row",
            gives="element",
            filters=True,
        ),
        DbRead(on=_QUERYSET, names="first last", shape="row", gives="element"),
        DbRead(on=_QUERYSET, names="exists contains", params="*args", shape="exists", gives="scalar"),
        DbRead(on=_QUERYSET, names="count", shape="aggregate", gives="scalar"),
        DbRead(on=_QUERYSET, names="values values_list", params="fields", gives="elements"),
        DbRead(on=_MODEL, names="load", shape="row"),
        DbWrite(on=_MODEL, names="save", gives="self"),
        DbWrite(on=_MODEL, names="update delete"),
        DbWrite(on=_QUERYSET, names="create", gives="element"),
        DbWrite(on=_QUERYSET, names="get_or_create update_or_create", params="defaults", gives="pair"),
        DbWrite(on=_QUERYSET, names="update delete", bulk=True, gives="scalar"),
        DbWrite(on=_QUERYSET, names="bulk_create bulk_update", params="objects", bulk=True),
        Relation(
            on="edgy edgy.fields saffier saffier.fields",
            names="ForeignKey OneToOne OneToOneField",
            params="to * related_name",
            target="to",
            reverse="related_name",
            reverse_type=_QUERYSET,
            default_reverse="{model}s_set",
        ),
        Relation(
            on="edgy edgy.fields saffier saffier.fields",
            names="ManyToMany ManyToManyField",
            params="to * related_name",
            target="to",
            reverse="related_name",
            many_type=_QUERYSET,
            reverse_type=_QUERYSET,
            default_reverse="{model}s_set",
        ),
    ),
)
