"""Django's ORM: models, managers, querysets, relations, generic views, raw cursors."""

from __future__ import annotations

from cachelint.vocabulary import (
    DbLazy,
    DbRead,
    DbWrite,
    GenericView,
    Invokes,
    Library,
    NamesModel,
    Obtains,
    Passes,
    Preloads,
    Relation,
    Type,
)

_MODEL = "django.db.models.Model"
_MANAGER = "django.db.models.Manager"
_RELATED = "django.db.models.fields.related_descriptors.RelatedManager"
_QUERYSET = "django.db.models.QuerySet"
_SOURCES = f"{_QUERYSET} {_MANAGER}"
_PAGINATOR = "django.core.paginator.Paginator"
_CONNECTION = "django.db.backends.base.base.BaseDatabaseWrapper"
_CURSOR = "django.db.backends.utils.CursorWrapper"
_FIELDS = "django.db.models django.db.models.fields.related django.contrib.gis.db.models"
_RELATION_PARAMS = "to on_delete related_name related_query_name limit_choices_to parent_link to_field db_constraint"
_BUILDERS = (
    "all order_by reverse distinct annotate alias values values_list dates datetimes extra defer only using "
    "select_related prefetch_related select_for_update iterator aiterator"
)
_RESTRICTIONS = "filter exclude complex_filter"
_COMBINATIONS = "union intersection difference raw"

_TYPES = (
    Type(name=_MODEL, aliases="django.db.models.base.Model django.contrib.gis.db.models.Model", model=True),
    Type(
        name=_MANAGER,
        aliases="django.db.models.manager.Manager django.db.models.manager.BaseManager "
        "django.contrib.gis.db.models.Manager",
        binds_owner=True,
    ),
    Type(name=_RELATED, bases=_MANAGER),
    Type(
        name=_QUERYSET,
        # A RawQuerySet runs at iteration like any other.
        aliases="django.db.models.query.QuerySet django.db.models.query.RawQuerySet",
        evaluates="iterate len bool index string",
        # `objects = PostQuerySet.as_manager()` is a manager with the methods of the queryset.
        binds_owner=True,
    ),
    Type(
        name=_PAGINATOR,
        aliases="django.core.paginator.AsyncPaginator",
        call_params="object_list per_page orphans allow_empty_first_page error_messages",
    ),
    Type(name=_CONNECTION),
    Type(name=_CURSOR),
)

_VALUES = (
    Obtains(on=_MODEL, names="objects _default_manager _base_manager", how="value", gives=_MANAGER, of="class"),
    Obtains(on=_QUERYSET, names="as_manager", gives="instance"),
    # Which model a manager works on is not known inside its own methods; that it is one is.
    Obtains(on=f"{_MANAGER} {_QUERYSET}", names="model", how="value", gives=f"type:{_MODEL}"),
    Obtains(
        on=_MANAGER,
        names="from_queryset",
        params="queryset_class class_name",
        gives="argument:queryset_class",
    ),
    Obtains(
        on="django.core.paginator",
        names="Paginator AsyncPaginator",
        params="object_list per_page orphans allow_empty_first_page",
        gives=_PAGINATOR,
        of="argument:object_list",
    ),
    NamesModel(on="django.apps.apps django.apps.registry.apps", names="get_model", params="app_label model_name"),
    NamesModel(on="django.contrib.auth", names="get_user_model", setting="AUTH_USER_MODEL"),
    Obtains(on="django.db", names="connection", how="value", gives=_CONNECTION),
    Obtains(on="django.db", names="connections", how="item", params="alias", gives=_CONNECTION),
    Obtains(on=_CONNECTION, names="cursor chunked_cursor", gives=_CURSOR),
    Obtains(on=_CURSOR, names="fetchone", gives="element"),
)

_LAZY = (
    DbLazy(on=_QUERYSET, names=_BUILDERS, params="*fields"),
    DbLazy(on=_QUERYSET, names=_RESTRICTIONS, params="*conditions", filters=True),
    DbLazy(on=_QUERYSET, names=_COMBINATIONS, params="*others"),
    DbLazy(on=_MANAGER, names=f"{_BUILDERS} get_queryset", params="*fields", gives=_QUERYSET),
    DbLazy(on=_MANAGER, names=_RESTRICTIONS, params="*conditions", gives=_QUERYSET, filters=True),
    DbLazy(on=_MANAGER, names=_COMBINATIONS, params="*others", gives=_QUERYSET),
    # Nothing ever runs for none(): its result is no queryset that could be evaluated.
    DbLazy(on=_SOURCES, names="none", gives=""),
    Preloads(on=_SOURCES, names="prefetch_related", reads="all"),
    Preloads(on="django.db.models", names="Prefetch prefetch_related_objects", reads="all"),
    # A slice without step is a builder: hence no "slice" in `evaluates`. With a step it runs; that is rare.
)

_READS = (
    DbRead(on=_SOURCES, names="get aget", params="*conditions", shape="row", gives="element", filters=True),
    DbRead(on=_SOURCES, names="first last afirst alast", shape="row", gives="element"),
    DbRead(on=_SOURCES, names="latest earliest alatest aearliest", params="*fields", shape="row", gives="element"),
    DbRead(on=_SOURCES, names="exists aexists", shape="exists", gives="scalar"),
    DbRead(on=_SOURCES, names="contains acontains", params="obj", shape="exists", gives="scalar"),
    DbRead(on=_SOURCES, names="count acount", shape="aggregate", gives="scalar"),
    DbRead(on=_SOURCES, names="aggregate aaggregate", params="*args", shape="aggregate", gives="scalar"),
    DbRead(on=_SOURCES, names="in_bulk ain_bulk", params="id_list field_name", shape="rows", gives="elements"),
    DbRead(on=_MODEL, names="refresh_from_db arefresh_from_db", params="using fields", shape="row"),
    DbRead(
        on="django.shortcuts",
        names="get_object_or_404 aget_object_or_404",
        params="klass *conditions",
        shape="row",
        gives="element",
        of="argument:klass",
        filters=True,
    ),
    DbRead(
        on="django.shortcuts",
        names="get_list_or_404 aget_list_or_404",
        params="klass *conditions",
        shape="rows",
        gives="elements",
        of="argument:klass",
        filters=True,
    ),
    DbRead(on=_PAGINATOR, names="page get_page apage aget_page", params="number", gives="elements"),
    DbRead(on=_CURSOR, names="execute executemany", params="sql params", shape="statement", statement="sql"),
    # explain() is left out: it reads a plan, and nobody would cache it. So is reading a foreign key or a
    # deferred field: whether that runs a query depends on select_related, which is not followed yet.
)

_WRITES = (
    DbWrite(on=_MODEL, names="save asave delete adelete"),
    # The receiver of user_logged_in updates last_login.
    DbWrite(on="django.contrib.auth", names="login alogin", gives="scalar"),
    DbWrite(on=_SOURCES, names="create acreate", gives="element"),
    DbWrite(
        on=_SOURCES,
        names="get_or_create update_or_create aget_or_create aupdate_or_create",
        params="defaults",
        gives="pair",
    ),
    # delete() sends pre_delete and post_delete for every row; these three send nothing.
    DbWrite(on=_SOURCES, names="bulk_create abulk_create", params="objs", bulk=True, gives="elements"),
    DbWrite(on=_SOURCES, names="bulk_update abulk_update", params="objs fields", bulk=True, gives="scalar"),
    DbWrite(on=_SOURCES, names="update aupdate", bulk=True, gives="scalar"),
    DbWrite(on=_QUERYSET, names="delete adelete", gives="scalar"),
    # m2m_changed is all they send.
    DbWrite(on=_RELATED, names="add aadd remove aremove", params="*objs", bulk=True),
    DbWrite(on=_RELATED, names="set aset", params="objs", bulk=True),
    DbWrite(on=_RELATED, names="clear aclear", bulk=True),
    # callproc is left out: a procedure's name does not tell whether it writes.
)

_RELATIONS = (
    Relation(
        on=_FIELDS,
        names="ForeignKey",
        params=_RELATION_PARAMS,
        target="to",
        reverse="related_name",
        reverse_type=_RELATED,
        default_reverse="{model}_set",
    ),
    Relation(
        on=_FIELDS,
        names="OneToOneField",
        params=_RELATION_PARAMS,
        target="to",
        reverse="related_name",
        reverse_type="element",
        default_reverse="{model}",
    ),
    Relation(
        on=_FIELDS,
        names="ManyToManyField",
        params="to related_name related_query_name limit_choices_to symmetrical through through_fields",
        target="to",
        reverse="related_name",
        many_type=_RELATED,
        reverse_type=_RELATED,
        default_reverse="{model}_set",
    ),
    # GenericForeignKey is left out: its target is data.
)

_VIEWS = (
    GenericView(
        on="django.views.generic.ListView django.views.generic.list.ListView django.views.generic.list.BaseListView",
        methods="get",
        shape="rows",
    ),
    GenericView(
        on="django.views.generic.DetailView django.views.generic.detail.DetailView "
        "django.views.generic.detail.BaseDetailView django.views.generic.DateDetailView "
        "django.views.generic.dates.DateDetailView",
        methods="get",
        shape="row",
    ),
    GenericView(
        on="django.views.generic.ArchiveIndexView django.views.generic.YearArchiveView "
        "django.views.generic.MonthArchiveView django.views.generic.WeekArchiveView "
        "django.views.generic.DayArchiveView django.views.generic.TodayArchiveView "
        "django.views.generic.dates.ArchiveIndexView django.views.generic.dates.YearArchiveView "
        "django.views.generic.dates.MonthArchiveView django.views.generic.dates.WeekArchiveView "
        "django.views.generic.dates.DayArchiveView django.views.generic.dates.TodayArchiveView",
        methods="get",
        shape="rows",
    ),
    GenericView(
        on="django.views.generic.UpdateView django.views.generic.edit.UpdateView "
        "django.views.generic.DeleteView django.views.generic.edit.DeleteView",
        methods="get",
        shape="row",
    ),
    # CreateView reads nothing by itself. ModelAdmin is left out: nobody caches the admin.
)

_CONDITIONS = (
    Passes(on="django.db.models", names="Q F Subquery OuterRef Exists Case When Value Prefetch", params="*args"),
)

_HOOKS = (
    Invokes(
        on="django.db.transaction",
        names="on_commit",
        params="func using robust",
        function="func",
        deferred=True,
    ),
)

DJANGO_ORM = Library(
    name="django-orm",
    packages="django",
    rows=(*_TYPES, *_VALUES, *_LAZY, *_READS, *_WRITES, *_RELATIONS, *_VIEWS, *_CONDITIONS, *_HOOKS),
)
