"""django-ninja: operations typed by annotation, authentication by `auth=`."""

from __future__ import annotations

from cachelint.vocabulary import (
    Authenticates,
    Dialect,
    Handles,
    HasFields,
    Identity,
    Invokes,
    Library,
    Mounts,
    Parameter,
    Type,
)

ROUTERS = "ninja.NinjaAPI ninja.Router"
_MARKER = "default * alias title description gt ge lt le min_length max_length pattern"


def _operations() -> tuple[Handles, ...]:
    return tuple(
        Handles(on=ROUTERS, names=name, params="path * auth", method=name.upper(), auth="auth", dialect="ninja")
        for name in ("get", "post", "put", "patch", "delete")
    )


def _markers() -> tuple[Parameter, ...]:
    kinds = {
        "Query": "query parameter",
        "Path": "path",
        "Body": "body",
        "Form": "body",
        "Header": "header",
        "Cookie": "cookie",
        "File": "body",
    }
    return tuple(
        Parameter(on="ninja ninja.params", names=name, kind=kind, params=_MARKER, pattern="pattern")
        for name, kind in kinds.items()
    )


DJANGO_NINJA = Library(
    name="django-ninja",
    packages="ninja",
    rows=(
        Type(name="ninja.NinjaAPI", aliases="ninja.main.NinjaAPI"),
        Type(name="ninja.Router", aliases="ninja.router.Router"),
        HasFields(bases="ninja.Schema ninja.schema.Schema"),
        Dialect(name="ninja", request="django.http.HttpRequest", others="annotation", runs_queries=True),
        *_operations(),
        Handles(
            on=ROUTERS,
            names="api_operation",
            params="methods path * auth",
            methods="methods",
            auth="auth",
            dialect="ninja",
        ),
        Handles(
            on="ninja.Router",
            names="add_api_operation",
            form="register",
            params="path methods view_func * auth",
            methods="methods",
            function="view_func",
            auth="auth",
            dialect="ninja",
        ),
        Mounts(
            on=ROUTERS,
            names="add_router",
            params="prefix router * auth",
            router="router",
            path="prefix",
            auth="auth",
        ),
        Mounts(on="ninja", names="NinjaAPI Router", params="* auth", router="self", auth="auth"),
        *_markers(),
        # The result of `auth=` is put on Django's request.
        Identity(on="django.http.HttpRequest", names="auth"),
        Authenticates(
            on="ninja.security",
            names="HttpBearer HttpBasicAuth APIKeyQuery APIKeyHeader APIKeyCookie SessionAuth "
            "SessionAuthIsStaff SessionAuthSuperUser",
            form="base",
        ),
        Authenticates(
            on="ninja.security",
            names="django_auth django_auth_superuser django_auth_is_staff",
            form="dependency",
        ),
        Invokes(
            on="ninja.decorators",
            names="decorate_view",
            params="*decorators",
            function="decorators",
            gives="callable",
        ),
    ),
)
