"""Ormar: `Model.objects` builders, coroutines that read and write. Here paginate() builds."""

from __future__ import annotations

from cachelint.vocabulary import DbLazy, DbRead, DbWrite, Library, Obtains, Relation, Type

_MODEL = "ormar.Model"
_QUERYSET = "ormar.QuerySet"

ORMAR = Library(
    name="ormar",
    packages="ormar",
    rows=(
        Type(name=_MODEL, aliases="ormar.models.Model ormar.models.model.Model", model=True),
        Type(name=_QUERYSET, aliases="ormar.queryset.QuerySet ormar.queryset.queryset.QuerySet"),
        Obtains(on=_MODEL, names="objects", how="value", gives=_QUERYSET, of="class"),
        DbLazy(on=_QUERYSET, names="filter exclude", params="*conditions", filters=True),
        DbLazy(
            on=_QUERYSET,
            names="select_related select_all prefetch_related order_by limit offset paginate fields exclude_fields",
            params="*args",
        ),
        DbRead(on=_QUERYSET, names="all", params="*conditions", gives="elements", filters=True),
        DbRead(on=_QUERYSET, names="iterate", params="*conditions", gives="elements", filters=True),
        DbRead(
            on=_QUERYSET,
            names="get get_or_none first first_or_none last",
            params="*conditions",
            shape="row",
            gives="element",
            filters=True,
        ),
        DbRead(on=_QUERYSET, names="values values_list", params="fields", gives="elements"),
        DbRead(on=_QUERYSET, names="exists", shape="exists", gives="scalar"),
        DbRead(
            on=_QUERYSET,
            names="count min max sum avg",
            params="columns",
            shape="aggregate",
            gives="scalar",
        ),
        DbRead(on=_MODEL, names="load load_all", shape="row", gives="self"),
        DbWrite(on=_MODEL, names="save update upsert", gives="self"),
        DbWrite(on=_MODEL, names="delete save_related"),
        DbWrite(on=_QUERYSET, names="create", gives="element"),
        DbWrite(on=_QUERYSET, names="update_or_create", gives="element"),
        DbWrite(on=_QUERYSET, names="get_or_create", gives="pair"),
        DbWrite(on=_QUERYSET, names="update delete", params="each", bulk=True, gives="scalar"),
        DbWrite(on=_QUERYSET, names="bulk_create bulk_update", params="objects", bulk=True),
        Relation(
            on="ormar ormar.fields",
            names="ForeignKey",
            params="to * related_name",
            target="to",
            reverse="related_name",
            reverse_type=_QUERYSET,
            default_reverse="{model}s",
        ),
        Relation(
            on="ormar ormar.fields",
            names="ManyToMany",
            params="to through * related_name",
            target="to",
            reverse="related_name",
            many_type=_QUERYSET,
            reverse_type=_QUERYSET,
            default_reverse="{model}s",
        ),
    ),
)
