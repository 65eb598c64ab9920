"""Tornado: request handlers and their arguments. URL groups are text."""

from __future__ import annotations

from cachelint.vocabulary import (
    Authenticates,
    Dialect,
    HandlerClass,
    Identity,
    Invokes,
    Library,
    Obtains,
    Renders,
    SetsHeader,
    Type,
    UserInput,
)

HANDLER = "tornado.web.RequestHandler"
REQUEST = "tornado.httputil.HTTPServerRequest"

TORNADO = Library(
    name="tornado",
    packages="tornado",
    rows=(
        Type(name=HANDLER),
        Type(name=REQUEST),
        Type(name="tornado.ioloop.IOLoop"),
        Dialect(name="tornado"),
        HandlerClass(
            on=HANDLER,
            methods="get:GET post:POST put:PUT patch:PATCH delete:DELETE head:HEAD options:OPTIONS",
            dialect="tornado",
        ),
        Obtains(on=HANDLER, names="request", how="value", gives=REQUEST),
        UserInput(
            on=HANDLER,
            names="get_argument get_query_argument",
            kind="query parameter",
            how="call",
            params="name default strip",
        ),
        UserInput(
            on=HANDLER,
            names="get_arguments get_query_arguments",
            kind="query parameter",
            how="call",
            params="name strip",
        ),
        UserInput(on=HANDLER, names="get_body_argument", kind="body", how="call", params="name default strip"),
        UserInput(on=HANDLER, names="get_body_arguments", kind="body", how="call", params="name strip"),
        # get_signed_cookie is tamper-proof and has no row.
        UserInput(on=HANDLER, names="get_cookie", kind="cookie", how="call", params="name default"),
        UserInput(on=HANDLER, names="cookies", kind="cookie"),
        UserInput(on=HANDLER, names="path_args path_kwargs", kind="path"),
        UserInput(on=REQUEST, names="arguments query_arguments query", kind="query parameter"),
        UserInput(on=REQUEST, names="body body_arguments", kind="body"),
        UserInput(on=REQUEST, names="files", kind="file name"),
        UserInput(on=REQUEST, names="headers host host_name", kind="header"),
        UserInput(on=REQUEST, names="cookies", kind="cookie"),
        UserInput(on=REQUEST, names="path uri", kind="path"),
        UserInput(on=REQUEST, names="remote_ip", kind="client address"),
        UserInput(on=REQUEST, names="full_url", kind="header", how="call"),
        Identity(on=HANDLER, names="current_user"),
        Authenticates(on="tornado.web", names="authenticated"),
        Renders(on=HANDLER, names="render render_string", params="template_name **kwargs", argument="*"),
        SetsHeader(on=HANDLER, names="set_header add_header", params="name value", used="call"),
        Invokes(
            on="tornado.ioloop.IOLoop",
            names="run_in_executor",
            params="executor func *args",
            function="func",
        ),
        Invokes(
            on="tornado.ioloop.IOLoop",
            names="add_callback spawn_callback",
            params="callback *args **kwargs",
            function="callback",
            deferred=True,
        ),
    ),
)
