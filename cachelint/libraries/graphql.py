"""Strawberry and Graphene: resolvers as handlers.

A query resolver counts as a safe method, a mutation as an unsafe one, whatever HTTP method carries them.
Graphene's `resolve_<field>` methods and strawberry's `info.context` need names that rows cannot say.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    Authenticates,
    Dialect,
    HandlerClass,
    Handles,
    Library,
    Type,
    Validates,
)

STRAWBERRY = Library(
    name="strawberry",
    packages="strawberry",
    rows=(
        Dialect(name="graphql", others="annotation"),
        Type(name="strawberry.permission.BasePermission", aliases="strawberry.BasePermission"),
        Handles(
            on="strawberry",
            names="field",
            form="bare",
            params="resolver * name permission_classes",
            method="GET",
            function="resolver",
            auth="permission_classes",
            dialect="graphql",
        ),
        Handles(
            on="strawberry",
            names="mutation",
            form="bare",
            params="resolver * name permission_classes",
            method="POST",
            function="resolver",
            auth="permission_classes",
            dialect="graphql",
        ),
        Authenticates(on="strawberry.permission", names="BasePermission", form="base"),
        Validates(types="strawberry.ID strawberry.scalars.ID", safe=False),
    ),
)

GRAPHENE = Library(
    name="graphene",
    packages="graphene",
    rows=(
        Type(name="graphene.Mutation", aliases="graphene.types.mutation.Mutation"),
        HandlerClass(on="graphene.Mutation", methods="mutate:POST", request="", dialect="none"),
    ),
)
