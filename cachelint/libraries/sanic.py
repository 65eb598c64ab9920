"""Sanic: routes, blueprints, class views, requests.

Logins are middleware and decorators of the project; only what they leave on the request can be said here.
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
    Obtains,
    Passes,
    Shelf,
    Type,
    UserInput,
)

REQUEST = "sanic.request.Request"
ROUTERS = "sanic.Sanic sanic.Blueprint"

HANDLERS: tuple[AnyRow, ...] = (
    Dialect(name="sanic", request=REQUEST),
    Handles(on=ROUTERS, names="route", params="uri methods", path="uri", methods="methods", dialect="sanic"),
    *(
        Handles(on=ROUTERS, names=name, params="uri", path="uri", method=name.upper(), dialect="sanic")
        for name in ("get", "post", "put", "patch", "delete", "head", "options")
    ),
    Handles(
        on=ROUTERS,
        names="add_route",
        form="register",
        params="handler uri methods",
        path="uri",
        function="handler",
        methods="methods",
        dialect="sanic",
    ),
    Mounts(on="sanic.Sanic", names="blueprint", params="blueprint * url_prefix", router="blueprint"),
    Obtains(on="sanic.views.HTTPMethodView", names="as_view", params="*args **kwargs", gives="self"),
    HandlerClass(
        on="sanic.views.HTTPMethodView",
        methods="get:GET post:POST put:PUT patch:PATCH delete:DELETE head:HEAD options:OPTIONS",
        request="",
        dialect="sanic",
        auth="decorators",
    ),
    *(
        Converter(dialect="sanic", word=word, safe=safe)
        for word, safe in (
            ("str", False),
            ("strorempty", False),
            ("path", False),
            ("ext", False),
            ("slug", True),
            ("alpha", True),
            ("int", True),
            ("float", True),
            ("ymd", True),
            ("uuid", True),
        )
    ),
)

SANIC = Library(
    name="sanic",
    packages="sanic sanic_ext",
    rows=(
        Answers(on="sanic sanic.response", names="redirect", kind="redirect"),
        Answers(on="sanic sanic.response", names="file file_stream", kind="file"),
        Type(name="sanic.Sanic", aliases="sanic.app.Sanic"),
        Type(name="sanic.Blueprint", aliases="sanic.blueprints.Blueprint"),
        Type(name=REQUEST, aliases="sanic.Request sanic.request.types.Request"),
        Type(name="sanic.request.Request.ctx"),
        Shelf(names="ctx"),
        Type(name="sanic.views.HTTPMethodView"),
        *HANDLERS,
        UserInput(on=REQUEST, names="args query_args query_string", kind="query parameter"),
        UserInput(on=REQUEST, names="json form body", kind="body"),
        UserInput(on=REQUEST, names="files", kind="file name"),
        UserInput(on=REQUEST, names="headers host forwarded url", kind="header"),
        UserInput(on=REQUEST, names="cookies", kind="cookie"),
        UserInput(on=REQUEST, names="match_info path", kind="path"),
        UserInput(on=REQUEST, names="ip remote_addr", kind="client address"),
        UserInput(on=REQUEST, names="get_args get_query_args", kind="query parameter", how="call"),
        Identity(on=REQUEST, names="token credentials"),
        Obtains(on=REQUEST, names="ctx", how="value", gives="sanic.request.Request.ctx"),
        Identity(on="sanic.request.Request.ctx", names="user"),
        Passes(on="sanic.response sanic", names="json text html", params="body", argument="body"),
    ),
)
