"""What code can do to data: the rows in which library knowledge is written.

A library file is a tuple of these rows, and nothing else; `program/` reads them, `rules/` never see them. The same
rows can be written in the configuration (`[[tool.cachelint.libraries]]`, field `row` names the class), so every field
is plain text, number, boolean or a list of those.

Common fields
    on      where the names live: a module ("django.shortcuts") or a type ("redis.Redis"); several, space separated.
    names   members of it, space separated: methods, attributes, functions, classes.
    params  the parameters of the call in order, space separated, without self: "key value timeout". `*keys` takes the
            rest of the positional arguments; names after a lone `*` are keyword-only. Fields that name a parameter
            (key, value, ttl ...) use these words. A parameter that may be passed under a second keyword is written
            "name|alias".
    gives   what the call (or attribute) is: "" unknown; "self" the receiver again (a builder); a type name of this
            catalogue (the element type travels along); "element" one object of the receiver's element type;
            "elements" a list of them; "scalar" a number, flag or string that is no row; "argument:NAME" whatever was
            passed there; "class:NAME" an instance of the class passed there; "instance" an instance of the class
            on which it is called; "type:NAME" the class NAME of this catalogue itself, to subclass or call;
            "pair" a tuple of one object of the receiver's element type and a flag.
    of      where the element type of the result comes from: "receiver" (default), "class" the class on which the
            attribute is read, "argument:NAME" (a class, something with an element type, or a constant that names
            the table), "name" the attribute's own name or the item's constant (`db.user`, `db["users"]`).

Special members in `names`: "__call__" calling an instance, "__init__" making one, "__getitem__" its subscript, "*" any
attribute that has no row of its own.
"""

from __future__ import annotations

import msgspec

from cachelint.vocabulary.caches import (
    CACHE_ROWS,
    Backend,
    CacheCount,
    CacheDelete,
    CacheExpire,
    CacheGetOrSet,
    CacheLock,
    CacheRead,
    CacheScan,
    CachesSite,
    CacheTouch,
    CacheWrite,
    Error,
    Mapping,
    Memoizes,
    Outage,
    StoreCall,
)
from cachelint.vocabulary.database import (
    DbLazy,
    DbRead,
    DbWrite,
    GenericView,
    NamesModel,
    Preloads,
    Renders,
    Statement,
)
from cachelint.vocabulary.plumbing import (
    PICKLED,
    Configures,
    Invokes,
    LimitsTime,
    Logs,
    Passes,
    Shelf,
    Suppresses,
    ValidatedFields,
)
from cachelint.vocabulary.row import Row
from cachelint.vocabulary.types import Obtains, Relation, Type
from cachelint.vocabulary.web import (
    Answers,
    Authenticates,
    CdnHeader,
    Checks,
    Converter,
    Delegates,
    Dialect,
    HandlerClass,
    Handles,
    HasFields,
    Identity,
    Mounts,
    Parameter,
    Restricts,
    Sanitizes,
    SetsHeader,
    UserInput,
    Validates,
)

__all__ = [
    "CACHE_ROWS",
    "PICKLED",
    "Answers",
    "AnyRow",
    "Authenticates",
    "Backend",
    "CacheCount",
    "CacheDelete",
    "CacheExpire",
    "CacheGetOrSet",
    "CacheLock",
    "CacheRead",
    "CacheScan",
    "CacheTouch",
    "CacheWrite",
    "CachesSite",
    "CdnHeader",
    "Checks",
    "Configures",
    "Converter",
    "DbLazy",
    "DbRead",
    "DbWrite",
    "Delegates",
    "Dialect",
    "Error",
    "GenericView",
    "HandlerClass",
    "Handles",
    "HasFields",
    "Identity",
    "Invokes",
    "Library",
    "LimitsTime",
    "Logs",
    "Mapping",
    "Memoizes",
    "Mounts",
    "NamesModel",
    "Obtains",
    "Outage",
    "Parameter",
    "Passes",
    "Preloads",
    "Relation",
    "Renders",
    "Restricts",
    "Row",
    "Sanitizes",
    "SetsHeader",
    "Shelf",
    "Statement",
    "StoreCall",
    "Suppresses",
    "Type",
    "UserInput",
    "ValidatedFields",
    "Validates",
]


class Library(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rows of one library. `packages` are its top-level import names."""

    name: str
    packages: str
    rows: tuple[AnyRow, ...]


AnyRow = (
    Type
    | Obtains
    | Relation
    | NamesModel
    | DbLazy
    | Preloads
    | DbRead
    | DbWrite
    | Statement
    | GenericView
    | Renders
    | CacheRead
    | CacheWrite
    | CacheGetOrSet
    | CacheDelete
    | CacheExpire
    | CacheCount
    | CacheTouch
    | CacheScan
    | CachesSite
    | CdnHeader
    | CacheLock
    | StoreCall
    | Memoizes
    | Mapping
    | Outage
    | Backend
    | Error
    | Handles
    | HandlerClass
    | Delegates
    | Dialect
    | Mounts
    | Restricts
    | Converter
    | UserInput
    | Parameter
    | Validates
    | HasFields
    | Answers
    | Identity
    | Authenticates
    | Sanitizes
    | Checks
    | SetsHeader
    | Invokes
    | Shelf
    | Passes
    | Configures
    | LimitsTime
    | ValidatedFields
    | Suppresses
    | Logs
)
