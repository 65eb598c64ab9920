"""Litestar: handlers, controllers, guards, parameters by annotation.

Its response cache (`@get(cache=60)`) and its stores are in litestar_cache.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    Answers,
    AnyRow,
    Converter,
    Dialect,
    HandlerClass,
    Handles,
    Identity,
    Library,
    Mounts,
    Parameter,
    SetsHeader,
    Type,
    UserInput,
)

CONNECTION = "litestar.connection.ASGIConnection"
REQUEST = "litestar.connection.Request"
_MODULES = "litestar litestar.handlers"
_ROUTE = "path * cache cache_control cache_key_builder dependencies guards"
_TYPES_OF_PATHS = (
    ("str", False),
    ("path", False),
    ("int", True),
    ("float", True),
    ("uuid", True),
    ("decimal", True),
    ("date", True),
    ("datetime", True),
    ("time", True),
    ("timedelta", True),
)

HANDLERS: tuple[AnyRow, ...] = (
    Dialect(name="litestar", others="annotation"),
    *(
        Handles(on=_MODULES, names=name, params=_ROUTE, method=name.upper(), auth="guards", dialect="litestar")
        for name in ("get", "post", "put", "patch", "delete", "head")
    ),
    Handles(
        on=_MODULES,
        names="route",
        params=f"{_ROUTE} http_method",
        methods="http_method",
        auth="guards",
        dialect="litestar",
    ),
    # A controller's handlers carry the decorators above; the class adds its path and its guards.
    HandlerClass(on="litestar.Controller", methods="", dialect="litestar", auth="guards"),
    Mounts(
        on="litestar",
        names="Router",
        params="path * guards route_handlers",
        router="route_handlers",
        path="path",
        auth="guards",
    ),
    Mounts(
        on="litestar",
        names="Litestar",
        params="route_handlers * guards path",
        router="route_handlers",
        path="path",
        auth="guards",
    ),
    *(Converter(dialect="litestar", word=word, safe=safe) for word, safe in _TYPES_OF_PATHS),
)

PARAMETERS: tuple[AnyRow, ...] = (
    Parameter(
        on="litestar.params",
        names="Parameter",
        kind="query parameter",
        params="annotation * cookie header pattern query",
        pattern="pattern",
    ),
    Parameter(on="litestar.params", names="Body", kind="body", params="* pattern", pattern="pattern"),
    Parameter(on="litestar.params", names="QueryParameter", kind="query parameter"),
    Parameter(on="litestar.params", names="HeaderParameter", kind="header"),
    Parameter(on="litestar.params", names="CookieParameter", kind="cookie"),
    Parameter(on="litestar.params", names="PathParameter", kind="path"),
    Parameter(on="litestar.params", names="Dependency", kind="injected"),
    Parameter(on="litestar.connection", names="Request ASGIConnection", kind="injected"),
)

LITESTAR = Library(
    name="litestar",
    packages="litestar",
    rows=(
        Answers(on="litestar.response litestar.response.redirect", names="Redirect", kind="redirect"),
        Answers(on="litestar.response litestar.response.file", names="File", kind="file"),
        Type(name="litestar.Litestar", aliases="litestar.app.Litestar"),
        Type(name="litestar.Router", aliases="litestar.router.Router"),
        Type(name="litestar.Controller", aliases="litestar.controller.Controller"),
        Type(name="litestar.Response", aliases="litestar.response.Response litestar.response.base.Response"),
        Type(name=CONNECTION, aliases="litestar.connection.base.ASGIConnection"),
        Type(name=REQUEST, aliases="litestar.Request litestar.connection.request.Request", bases=CONNECTION),
        *HANDLERS,
        *PARAMETERS,
        UserInput(on=CONNECTION, names="query_params", kind="query parameter"),
        UserInput(on=CONNECTION, names="path_params", kind="path"),
        UserInput(on=CONNECTION, names="headers url base_url", kind="header"),
        UserInput(on=CONNECTION, names="cookies", kind="cookie"),
        UserInput(on=REQUEST, names="json form body stream", kind="body", how="call"),
        Identity(on=CONNECTION, names="user auth session"),
        SetsHeader(on="litestar.Response", names="headers", used="item"),
        SetsHeader(
            on="litestar.datastructures litestar.datastructures.headers",
            names="CacheControlHeader",
            params="* max_age s_maxage no_cache no_store private public must_revalidate",
            used="call",
        ),
    ),
)
