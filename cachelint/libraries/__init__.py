"""What libraries do, one module per library, each a tuple of vocabulary rows.

A new library is a new module here and an entry in LIBRARIES.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from cachelint.libraries.asyncpg import ASYNCPG
from cachelint.libraries.databases import DATABASES
from cachelint.libraries.dbapi import DBAPI
from cachelint.libraries.django_orm import DJANGO_ORM
from cachelint.libraries.django_rest_queries import DJANGO_REST_QUERIES
from cachelint.libraries.edgy import EDGY
from cachelint.libraries.flask_sqlalchemy import FLASK_SQLALCHEMY
from cachelint.libraries.mongo import BEANIE, MONGOENGINE, PYMONGO
from cachelint.libraries.ormar import ORMAR
from cachelint.libraries.peewee import PEEWEE
from cachelint.libraries.piccolo import PICCOLO
from cachelint.libraries.pony import PONY
from cachelint.libraries.prisma import PRISMA
from cachelint.libraries.sqlalchemy_orm import SQLALCHEMY_ORM
from cachelint.libraries.sqlmodel import SQLMODEL
from cachelint.libraries.tortoise import TORTOISE
from cachelint.vocabulary import Library

LIBRARIES: tuple[Library, ...] = (
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
)


def from_config(raw: Sequence[Mapping[str, object]]) -> tuple[Library, ...]:
    """The libraries that a project describes in its own configuration.

    Takes the tables of `[[tool.cachelint.libraries]]` in order, gives one Library for each. Raises ValueError with a
    message that names the library (by name, or by its 1-based place when it has none) and the field at fault.
    """
    return tuple(_library(table, place) for place, table in enumerate(raw, start=1))


def _library(table: Mapping[str, object], place: int) -> Library:
    try:
        return msgspec.convert(dict(table), Library)
    except msgspec.ValidationError as error:
        raise ValueError(f"library {table.get('name', f'number {place}')!r}: {error}") from error
