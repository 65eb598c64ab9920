"""Tortoise ORM: nothing runs before `await` or `async for`, not even get()."""

from __future__ import annotations

from cachelint.vocabulary import DbLazy, DbRead, DbWrite, Library, Relation, Type

_MODEL = "tortoise.models.Model"
_QUERYSET = "tortoise.queryset.QuerySet"
_SINGLE = "tortoise.queryset.QuerySetSingle"
_COUNT = "tortoise.queryset.CountQuery"
_EXISTS = "tortoise.queryset.ExistsQuery"
_REVERSE = "tortoise.fields.relational.ReverseRelation"
_BUILDERS = (
    "all raw values values_list annotate order_by limit offset prefetch_related select_related distinct only "
    "group_by select_for_update using_db"
)

_TYPES = (
    Type(name=_MODEL, aliases="tortoise.Model", model=True),
    Type(name=_QUERYSET, evaluates="await iterate"),
    Type(name=_SINGLE, evaluates="await", shape="row"),
    Type(name=_COUNT, evaluates="await", shape="aggregate"),
    Type(name=_EXISTS, evaluates="await", shape="exists"),
    Type(
        name=_REVERSE,
        aliases="tortoise.fields.ReverseRelation tortoise.fields.ManyToManyRelation",
        bases=_QUERYSET,
        evaluates="await iterate",
    ),
)

_LAZY = (
    DbLazy(on=_MODEL, names="all raw select_for_update annotate", gives=_QUERYSET, of="class"),
    DbLazy(
        on=_MODEL,
        names="filter exclude",
        params="*conditions",
        gives=_QUERYSET,
        of="class",
        filters=True,
    ),
    DbLazy(
        on=_MODEL,
        names="get get_or_none",
        params="*conditions",
        gives=_SINGLE,
        of="class",
        filters=True,
    ),
    DbLazy(on=_MODEL, names="first last latest earliest", params="*orderings", gives=_SINGLE, of="class"),
    DbLazy(on=_MODEL, names="exists", params="*conditions", gives=_EXISTS, of="class", filters=True),
    DbLazy(on=_QUERYSET, names=_BUILDERS, params="*args"),
    DbLazy(on=_QUERYSET, names="filter exclude", params="*conditions", filters=True),
    DbLazy(on=_QUERYSET, names="get get_or_none", params="*conditions", gives=_SINGLE, filters=True),
    DbLazy(on=_QUERYSET, names="first last latest earliest", params="*orderings", gives=_SINGLE),
    DbLazy(on=_QUERYSET, names="count", gives=_COUNT),
    DbLazy(on=_QUERYSET, names="exists", gives=_EXISTS),
    DbLazy(on=_SINGLE, names="prefetch_related select_related annotate only values values_list", params="*args"),
)

_ACCESS = (
    DbRead(on=_MODEL, names="in_bulk", params="id_list field_name", gives="elements", of="class"),
    DbRead(on=_QUERYSET, names="in_bulk", params="id_list field_name", gives="elements"),
    DbRead(on=_MODEL, names="fetch_related refresh_from_db", params="*args", shape="row"),
    DbRead(on=_MODEL, names="fetch_for_list", params="instance_list *args", of="argument:instance_list"),
    DbWrite(on=_MODEL, names="save delete"),
    DbWrite(on=_MODEL, names="create", gives="element", of="class"),
    DbWrite(on=_MODEL, names="get_or_create update_or_create", params="defaults", gives="pair", of="class"),
    DbWrite(on=_MODEL, names="bulk_create bulk_update", params="objects", bulk=True, of="class"),
    DbWrite(on=_QUERYSET, names="update delete", bulk=True, gives="scalar"),
    # What follows works on a relation: `await user.groups.add(group)`.
    DbWrite(on=_REVERSE, names="add remove", params="*instances", bulk=True),
    DbWrite(on=_REVERSE, names="clear", bulk=True),
)

_FIELDS = "tortoise.fields tortoise.fields.relational"
_RELATIONS = (
    # The target is written "app.Model": its last part is the class.
    Relation(
        on=_FIELDS,
        names="ForeignKeyField",
        params="to|model_name related_name on_delete",
        target="to",
        reverse="related_name",
        reverse_type=_REVERSE,
        default_reverse="{model}s",
    ),
    Relation(
        on=_FIELDS,
        names="OneToOneField",
        params="to|model_name related_name on_delete",
        target="to",
        reverse="related_name",
        reverse_type=_SINGLE,
        default_reverse="{model}",
    ),
    Relation(
        on=_FIELDS,
        names="ManyToManyField",
        params="to|model_name through forward_key backward_key related_name",
        target="to",
        reverse="related_name",
        many_type=_REVERSE,
        reverse_type=_REVERSE,
        default_reverse="{model}s",
    ),
)

TORTOISE = Library(name="tortoise", packages="tortoise", rows=(*_TYPES, *_LAZY, *_ACCESS, *_RELATIONS))
