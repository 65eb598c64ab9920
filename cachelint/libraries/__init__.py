"""What libraries do, one module per library, each a tuple of vocabulary rows.

A new library is a new module here and an entry in LIBRARIES.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from cachelint.libraries.aiocache import AIOCACHE
from cachelint.libraries.aiohttp_web import AIOHTTP_WEB
from cachelint.libraries.aiomcache import AIOMCACHE
from cachelint.libraries.async_lru import ASYNC_LRU
from cachelint.libraries.asyncpg import ASYNCPG
from cachelint.libraries.beaker import BEAKER
from cachelint.libraries.bottle import BOTTLE
from cachelint.libraries.cachelib import CACHELIB
from cachelint.libraries.cacheops import CACHEOPS
from cachelint.libraries.cacheout import CACHEOUT
from cachelint.libraries.cachetools import CACHETOOLS
from cachelint.libraries.cashews import CASHEWS
from cachelint.libraries.cdn import CDN
from cachelint.libraries.coredis_client import COREDIS
from cachelint.libraries.databases import DATABASES
from cachelint.libraries.dbapi import DBAPI
from cachelint.libraries.diskcache import DISKCACHE
from cachelint.libraries.django_cache import DJANGO_CACHE
from cachelint.libraries.django_http import DJANGO_HTTP
from cachelint.libraries.django_ninja import DJANGO_NINJA
from cachelint.libraries.django_orm import DJANGO_ORM
from cachelint.libraries.django_redis import DJANGO_REDIS
from cachelint.libraries.django_rest import DJANGO_REST
from cachelint.libraries.django_rest_queries import DJANGO_REST_QUERIES
from cachelint.libraries.dogpile import DOGPILE
from cachelint.libraries.edgy import EDGY
from cachelint.libraries.falcon import FALCON
from cachelint.libraries.fastapi import FASTAPI
from cachelint.libraries.fastapi_cache import FASTAPI_CACHE
from cachelint.libraries.fastapi_redis_sdk import FASTAPI_REDIS_SDK
from cachelint.libraries.flask import FLASK, QUART
from cachelint.libraries.flask_appbuilder import FLASK_APPBUILDER
from cachelint.libraries.flask_caching import FLASK_CACHING
from cachelint.libraries.flask_resources import FLASK_RESTFUL, FLASK_RESTX
from cachelint.libraries.flask_sqlalchemy import FLASK_SQLALCHEMY
from cachelint.libraries.functools_cache import FUNCTOOLS
from cachelint.libraries.graphql import GRAPHENE, STRAWBERRY
from cachelint.libraries.litestar import LITESTAR
from cachelint.libraries.litestar_cache import LITESTAR_CACHE
from cachelint.libraries.logs import LOGGING
from cachelint.libraries.mongo import BEANIE, MONGOENGINE, PYMONGO
from cachelint.libraries.ormar import ORMAR
from cachelint.libraries.peewee import PEEWEE
from cachelint.libraries.piccolo import PICCOLO
from cachelint.libraries.pony import PONY
from cachelint.libraries.prisma import PRISMA
from cachelint.libraries.pylibmc import PYLIBMC
from cachelint.libraries.pymemcache import PYMEMCACHE
from cachelint.libraries.pyramid import PYRAMID
from cachelint.libraries.python_memcached import PYTHON_MEMCACHED
from cachelint.libraries.redis_client import REDIS
from cachelint.libraries.redis_errors import REDIS_ERRORS
from cachelint.libraries.requests_cache import REQUESTS_CACHE
from cachelint.libraries.sanic import SANIC
from cachelint.libraries.sanitizers import SANITIZERS
from cachelint.libraries.sqlalchemy_orm import SQLALCHEMY_ORM
from cachelint.libraries.sqlmodel import SQLMODEL
from cachelint.libraries.starlette import STARLETTE
from cachelint.libraries.stdlib import STDLIB
from cachelint.libraries.stdlib_errors import STDLIB_ERRORS
from cachelint.libraries.tornado import TORNADO
from cachelint.libraries.tortoise import TORTOISE
from cachelint.libraries.validation import VALIDATION
from cachelint.libraries.valkey_client import VALKEY
from cachelint.libraries.walrus import WALRUS
from cachelint.vocabulary import Library

LIBRARIES: tuple[Library, ...] = (
    DJANGO_HTTP,
    DJANGO_REST,
    DJANGO_NINJA,
    FLASK,
    FLASK_APPBUILDER,
    QUART,
    FLASK_RESTFUL,
    FLASK_RESTX,
    STARLETTE,
    FASTAPI,
    LITESTAR,
    AIOHTTP_WEB,
    SANIC,
    TORNADO,
    FALCON,
    BOTTLE,
    PYRAMID,
    GRAPHENE,
    STRAWBERRY,
    VALIDATION,
    SANITIZERS,
    STDLIB,
    STDLIB_ERRORS,
    LOGGING,
    DJANGO_ORM,
    DJANGO_REST_QUERIES,
    SQLALCHEMY_ORM,
    FLASK_SQLALCHEMY,
    SQLMODEL,
    TORTOISE,
    PEEWEE,
    PONY,
    PICCOLO,
    ORMAR,
    EDGY,
    PRISMA,
    PYMONGO,
    BEANIE,
    MONGOENGINE,
    ASYNCPG,
    DBAPI,
    DATABASES,
    REDIS,
    REDIS_ERRORS,
    VALKEY,
    COREDIS,
    PYMEMCACHE,
    PYTHON_MEMCACHED,
    PYLIBMC,
    AIOMCACHE,
    DJANGO_CACHE,
    DJANGO_REDIS,
    FLASK_CACHING,
    CACHELIB,
    AIOCACHE,
    CASHEWS,
    FASTAPI_CACHE,
    FASTAPI_REDIS_SDK,
    LITESTAR_CACHE,
    DOGPILE,
    CACHETOOLS,
    FUNCTOOLS,
    ASYNC_LRU,
    DISKCACHE,
    CACHEOPS,
    REQUESTS_CACHE,
    WALRUS,
    CACHEOUT,
    BEAKER,
    CDN,
)


def from_config(raw: Sequence[Mapping[str, object]]) -> tuple[Library, ...]:
    """The libraries that a project describes in its own configuration.

    Takes the tables of `[[tool.cachelint.libraries]]` in order, gives one Library for each. Raises ValueError
    with a message that names the library (by name, or by its 1-based place when it has none) and the field.
    """
    return tuple(_library(table, place) for place, table in enumerate(raw, start=1))


def _library(table: Mapping[str, object], place: int) -> Library:
    try:
        return msgspec.convert(dict(table), Library)
    except msgspec.ValidationError as error:
        raise ValueError(f"library {table.get('name', f'number {place}')!r}: {error}") from error
