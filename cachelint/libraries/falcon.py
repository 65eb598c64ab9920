"""Falcon: resources without a base class, requests, typed parameters.

A resource is any class; it becomes one by `app.add_route("/x/{id:int}", Resource())`. Logins are middleware.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    Converter,
    Dialect,
    HandlerClass,
    Handles,
    Invokes,
    Library,
    Sanitizes,
    SetsHeader,
    Type,
    UserInput,
)

REQUEST = "falcon.Request"
_FLAGS = "name required store default"

FALCON = Library(
    name="falcon",
    packages="falcon",
    rows=(
        Type(name="falcon.App", aliases="falcon.app.App falcon.API falcon.asgi.App falcon.asgi.app.App"),
        Type(name=REQUEST, aliases="falcon.request.Request falcon.asgi.Request falcon.asgi.request.Request"),
        Type(name="falcon.Response", aliases="falcon.response.Response falcon.asgi.Response"),
        Dialect(name="falcon", request=REQUEST),
        Handles(
            on="falcon.App",
            names="add_route",
            form="register",
            params="uri_template resource * suffix",
            path="uri_template",
            function="resource",
            default="*",
            dialect="falcon",
        ),
        # On the module: it speaks of every class that the row above registers.
        HandlerClass(
            on="falcon",
            methods="on_get:GET on_post:POST on_put:PUT on_patch:PATCH on_delete:DELETE on_head:HEAD",
            request="",
            dialect="falcon",
        ),
        *(
            Converter(dialect="falcon", word=word, safe=safe)
            for word, safe in (("int", True), ("float", True), ("uuid", True), ("dt", True), ("path", False))
        ),
        UserInput(on=REQUEST, names="params query_string", kind="query parameter"),
        UserInput(on=REQUEST, names="media stream bounded_stream", kind="body"),
        UserInput(on=REQUEST, names="headers host url uri forwarded_uri user_agent referer", kind="header"),
        UserInput(on=REQUEST, names="cookies", kind="cookie"),
        UserInput(on=REQUEST, names="path relative_uri", kind="path"),
        UserInput(on=REQUEST, names="remote_addr access_route", kind="client address"),
        UserInput(on=REQUEST, names="get_media", kind="body", how="call", params="default_when_empty"),
        UserInput(on=REQUEST, names="get_param", kind="query parameter", how="call", params=_FLAGS),
        UserInput(on=REQUEST, names="get_param_as_list", kind="query parameter", how="call", params="name transform"),
        UserInput(on=REQUEST, names="get_header", kind="header", how="call", params="name required default"),
        UserInput(on=REQUEST, names="get_cookie_values", kind="cookie", how="call", params="name"),
        Sanitizes(
            on=REQUEST,
            names="get_param_as_int get_param_as_float get_param_as_uuid get_param_as_date "
            "get_param_as_datetime get_header_as_int get_header_as_datetime",
            gives="scalar",
        ),
        Sanitizes(on=REQUEST, names="get_param_as_bool", bounded=True, gives="scalar"),
        Invokes(on="falcon falcon.hooks", names="before", params="action *args **kwargs", function="action"),
        SetsHeader(on="falcon.Response", names="cache_control", used="assign"),
        SetsHeader(on="falcon.Response", names="set_header append_header", params="name value", used="call"),
    ),
)
