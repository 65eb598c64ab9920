"""MongoDB: PyMongo (blocking and asyncio), Motor, Beanie, MongoEngine."""

from __future__ import annotations

from cachelint.vocabulary import DbLazy, DbRead, DbWrite, Library, Obtains, Relation, Type

_CLIENT = "pymongo.MongoClient"
_DATABASE = "pymongo.database.Database"
_COLLECTION = "pymongo.collection.Collection"
_CURSOR = "pymongo.cursor.Cursor"
_MOTOR = "motor.motor_asyncio.AsyncIOMotor"

_PYMONGO = (
    Type(
        name=_CLIENT,
        aliases="pymongo.mongo_client.MongoClient pymongo.AsyncMongoClient "
        f"pymongo.asynchronous.mongo_client.AsyncMongoClient {_MOTOR}Client",
    ),
    Type(
        name=_DATABASE,
        aliases=f"pymongo.synchronous.database.Database pymongo.asynchronous.database.AsyncDatabase {_MOTOR}Database",
    ),
    Type(
        name=_COLLECTION,
        aliases="pymongo.synchronous.collection.Collection pymongo.asynchronous.collection.AsyncCollection "
        f"pymongo.collection.AsyncCollection {_MOTOR}Collection",
    ),
    Type(
        name=_CURSOR,
        aliases="pymongo.synchronous.cursor.Cursor pymongo.asynchronous.cursor.AsyncCursor "
        f"pymongo.cursor.AsyncCursor {_MOTOR}Cursor",
        evaluates="iterate index",
    ),
    Obtains(on=_CLIENT, names="*", how="value", gives=_DATABASE),
    Obtains(on=_CLIENT, names="__getitem__", how="item", params="name", gives=_DATABASE),
    Obtains(on=_CLIENT, names="get_database get_default_database", params="name", gives=_DATABASE),
    Obtains(on=_DATABASE, names="*", how="value", gives=_COLLECTION, of="name"),
    Obtains(on=_DATABASE, names="__getitem__", how="item", params="name", gives=_COLLECTION, of="name"),
    Obtains(on=_DATABASE, names="get_collection", params="name", gives=_COLLECTION, of="argument:name"),
    DbLazy(on=_COLLECTION, names="find find_raw_batches", params="filter", gives=_CURSOR, filters=True),
    DbLazy(on=_CURSOR, names="sort limit skip batch_size hint allow_disk_use", params="*args"),
    DbRead(on=_CURSOR, names="to_list", params="length", gives="elements"),
    DbRead(on=_CURSOR, names="next", shape="row", gives="element"),
    DbRead(on=_COLLECTION, names="find_one", params="filter", shape="row", gives="element", filters=True),
    DbRead(
        on=_COLLECTION,
        names="count_documents estimated_document_count",
        params="filter",
        shape="aggregate",
        gives="scalar",
    ),
    DbRead(on=_COLLECTION, names="distinct", params="key filter", gives="elements"),
    # Motor sends the command at the first iteration, PyMongo here; either way it is written here.
    DbRead(on=_COLLECTION, names="aggregate", params="pipeline", shape="aggregate"),
    DbWrite(on=_COLLECTION, names="insert_one insert_many", params="document|documents"),
    DbWrite(on=_COLLECTION, names="update_one update_many replace_one", params="filter update|replacement"),
    DbWrite(on=_COLLECTION, names="delete_one delete_many", params="filter"),
    DbWrite(
        on=_COLLECTION,
        names="find_one_and_update find_one_and_replace find_one_and_delete",
        params="filter update|replacement",
        gives="element",
    ),
    DbWrite(on=_COLLECTION, names="bulk_write", params="requests", bulk=True),
    DbWrite(on=_COLLECTION, names="drop rename", bulk=True),
)

_DOCUMENT = "beanie.Document"
_MANY = "beanie.odm.queries.find.FindMany"
_ONE = "beanie.odm.queries.find.FindOne"
_PIPELINE = "beanie.odm.queries.aggregation.AggregationQuery"
_BEANIE_WRITES = "insert create save save_changes replace update set inc upsert delete"
_AGGREGATES = "count sum avg max min"

_BEANIE = (
    Type(name=_DOCUMENT, aliases="beanie.odm.documents.Document", model=True),
    Type(name=_MANY, evaluates="iterate"),
    Type(name=_ONE, evaluates="await", shape="row"),
    Type(name=_PIPELINE, evaluates="iterate", shape="aggregate"),
    DbLazy(on=_DOCUMENT, names="find find_many", params="*args", gives=_MANY, of="class", filters=True),
    DbLazy(on=_DOCUMENT, names="find_all all", gives=_MANY, of="class"),
    DbLazy(on=_DOCUMENT, names="find_one", params="*args", gives=_ONE, of="class", filters=True),
    DbLazy(on=_DOCUMENT, names="aggregate", params="pipeline", gives=_PIPELINE, of="class"),
    DbLazy(on=_MANY, names="find find_many", params="*args", filters=True),
    DbLazy(on=_MANY, names="find_one", params="*args", gives=_ONE, filters=True),
    DbLazy(on=_MANY, names="aggregate", params="pipeline", gives=_PIPELINE),
    DbLazy(on=_MANY, names="sort limit skip project", params="*args"),
    DbRead(on=_MANY, names="to_list", params="length", gives="elements"),
    DbRead(on=_PIPELINE, names="to_list", params="length", shape="aggregate", gives="elements"),
    DbRead(on=_MANY, names="first_or_none", shape="row", gives="element"),
    DbRead(on=_MANY, names="exists", shape="exists", gives="scalar"),
    DbRead(on=_MANY, names=_AGGREGATES, params="field", shape="aggregate", gives="scalar"),
    DbRead(on=_MANY, names="distinct", params="key", gives="elements"),
    DbRead(
        on=_DOCUMENT,
        names="get",
        params="document_id",
        shape="row",
        gives="element",
        of="class",
        filters=True,
    ),
    DbRead(on=_DOCUMENT, names="exists", shape="exists", gives="scalar", of="class"),
    DbRead(on=_DOCUMENT, names=_AGGREGATES, params="field", shape="aggregate", gives="scalar", of="class"),
    DbRead(on=_DOCUMENT, names="distinct", params="key", gives="elements", of="class"),
    DbRead(on=_DOCUMENT, names="fetch_link fetch_all_links sync", params="*args", shape="row"),
    DbWrite(on=_DOCUMENT, names=_BEANIE_WRITES, params="*args", gives="self"),
    DbWrite(
        on=_DOCUMENT,
        names="insert_one insert_many replace_many update_all delete_all",
        params="*args",
        bulk=True,
        of="class",
    ),
    DbWrite(on=f"{_MANY} {_ONE}", names="update set inc upsert delete update_all", params="*args", bulk=True),
)

_ENGINE_DOCUMENT = "mongoengine.Document"
_ENGINE_QUERYSET = "mongoengine.QuerySet"

_MONGOENGINE = (
    Type(
        name=_ENGINE_DOCUMENT,
        aliases="mongoengine.DynamicDocument mongoengine.document.Document mongoengine.document.DynamicDocument",
        model=True,
    ),
    Type(
        name=_ENGINE_QUERYSET,
        aliases="mongoengine.queryset.QuerySet mongoengine.queryset.queryset.QuerySet",
        evaluates="iterate bool len index string",
    ),
    Obtains(on=_ENGINE_DOCUMENT, names="objects", how="value", gives=_ENGINE_QUERYSET, of="class"),
    DbLazy(on=_ENGINE_QUERYSET, names="__call__ filter", params="*query", filters=True),
    DbLazy(
        on=_ENGINE_QUERYSET,
        names="all only exclude order_by skip limit no_cache no_dereference scalar values_list as_pymongo "
        "select_related clone hint batch_size",
        params="*args",
    ),
    DbRead(
        on=_ENGINE_QUERYSET,
        names="get first with_id",
        params="*query",
        shape="row",
        gives="element",
        filters=True,
    ),
    DbRead(on=_ENGINE_QUERYSET, names="count sum average", params="field", shape="aggregate", gives="scalar"),
    DbRead(on=_ENGINE_QUERYSET, names="aggregate", params="pipeline", shape="aggregate"),
    DbRead(on=_ENGINE_QUERYSET, names="in_bulk distinct to_json", params="*args", gives="elements"),
    DbRead(on=_ENGINE_DOCUMENT, names="reload select_related", params="*args", shape="row", gives="self"),
    DbWrite(on=_ENGINE_DOCUMENT, names="save", gives="self"),
    DbWrite(on=_ENGINE_DOCUMENT, names="update modify delete cascade_save", params="*args"),
    DbWrite(on=_ENGINE_DOCUMENT, names="drop_collection", bulk=True, of="class"),
    DbWrite(on=_ENGINE_QUERYSET, names="create upsert_one modify", params="*args", gives="element"),
    # No pre_save or post_save for these.
    DbWrite(on=_ENGINE_QUERYSET, names="insert", params="doc_or_docs", bulk=True),
    DbWrite(on=_ENGINE_QUERYSET, names="update update_one delete", params="*args", bulk=True, gives="scalar"),
    Relation(
        on="mongoengine mongoengine.fields",
        names="ReferenceField LazyReferenceField",
        params="document_type",
        target="document_type",
    ),
)

PYMONGO = Library(name="pymongo", packages="pymongo motor", rows=_PYMONGO)
BEANIE = Library(name="beanie", packages="beanie", rows=_BEANIE)
MONGOENGINE = Library(name="mongoengine", packages="mongoengine", rows=_MONGOENGINE)
