"""Starlette: routes, endpoints, requests, background work.

The request class is FastAPI's too; FastAPI's own names are in fastapi.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    Answers,
    AnyRow,
    Authenticates,
    Converter,
    Dialect,
    HandlerClass,
    Handles,
    Identity,
    Invokes,
    Library,
    Mounts,
    Obtains,
    Parameter,
    Passes,
    Renders,
    SetsHeader,
    Shelf,
    Type,
    UserInput,
)

CONNECTION = "starlette.requests.HTTPConnection"
REQUEST = "starlette.requests.Request"
RESPONSE = "starlette.responses.Response"
ROUTER = "starlette.routing.Router"
APPLICATION = "starlette.applications.Starlette"
ENDPOINT = "starlette.endpoints.HTTPEndpoint"
TASKS = "starlette.background.BackgroundTasks"

TYPES: tuple[AnyRow, ...] = (
    Type(name=APPLICATION),
    Type(name=ROUTER),
    Type(name=CONNECTION, aliases="fastapi.requests.HTTPConnection"),
    Type(name=REQUEST, aliases="fastapi.Request fastapi.requests.Request", bases=CONNECTION),
    Type(
        name="starlette.websockets.WebSocket",
        aliases="fastapi.WebSocket fastapi.websockets.WebSocket",
        bases=CONNECTION,
    ),
    Type(name="starlette.requests.State", aliases="starlette.datastructures.State"),
    Type(name=RESPONSE, aliases="fastapi.Response fastapi.responses.Response"),
    Type(name="starlette.responses.JSONResponse", aliases="fastapi.responses.JSONResponse", bases=RESPONSE),
    Type(name="starlette.responses.HTMLResponse", aliases="fastapi.responses.HTMLResponse", bases=RESPONSE),
    Type(
        name="starlette.responses.PlainTextResponse",
        aliases="fastapi.responses.PlainTextResponse",
        bases=RESPONSE,
    ),
    Type(name=ENDPOINT),
    Type(name=TASKS, aliases="fastapi.BackgroundTasks fastapi.background.BackgroundTasks"),
    Type(name="starlette.templating.Jinja2Templates", aliases="fastapi.templating.Jinja2Templates"),
)

HANDLERS: tuple[AnyRow, ...] = (
    Answers(on="starlette.responses fastapi.responses", names="RedirectResponse", kind="redirect"),
    Answers(on="starlette.responses fastapi.responses", names="FileResponse", kind="file"),
    Dialect(name="starlette", request=REQUEST, others="none"),
    Handles(
        on="starlette.routing",
        names="Route",
        form="register",
        params="path endpoint * methods name",
        function="endpoint",
        methods="methods",
        dialect="starlette",
    ),
    Handles(
        on=ROUTER,
        names="add_route",
        form="register",
        params="path endpoint methods name include_in_schema",
        function="endpoint",
        methods="methods",
        dialect="starlette",
    ),
    Handles(
        on=APPLICATION,
        names="add_route",
        form="register",
        params="path route methods name include_in_schema",
        function="route",
        methods="methods",
        dialect="starlette",
    ),
    # Gone from Starlette 1.0, still met in projects that pin an older one.
    Handles(
        on=f"{APPLICATION} {ROUTER}",
        names="route",
        params="path methods name include_in_schema",
        methods="methods",
        dialect="starlette",
    ),
    HandlerClass(
        on=ENDPOINT,
        methods="get:GET post:POST put:PUT patch:PATCH delete:DELETE head:HEAD options:OPTIONS",
        request="",
        dialect="starlette",
    ),
    Mounts(
        on="starlette.routing",
        names="Mount",
        params="path app routes name",
        router="routes",
        path="path",
    ),
    Mounts(on=f"{APPLICATION} {ROUTER}", names="mount", params="path app name", router="app", path="path"),
    *(
        Converter(dialect=dialect, word=word, safe=safe)
        for dialect in ("starlette", "fastapi")
        for word, safe in (("str", False), ("path", False), ("int", True), ("float", True), ("uuid", True))
    ),
)

INPUTS: tuple[AnyRow, ...] = (
    UserInput(on=CONNECTION, names="query_params", kind="query parameter"),
    UserInput(on=CONNECTION, names="path_params", kind="path"),
    UserInput(on=CONNECTION, names="headers url base_url", kind="header"),
    UserInput(on=CONNECTION, names="cookies", kind="cookie"),
    UserInput(on=CONNECTION, names="client", kind="client address"),
    UserInput(on=REQUEST, names="json form body stream", kind="body", how="call"),
    UserInput(
        on="starlette.websockets.WebSocket",
        names="receive receive_text receive_bytes receive_json iter_text iter_bytes iter_json",
        kind="message",
        how="call",
    ),
    Identity(on=CONNECTION, names="user auth session"),
    Obtains(on=CONNECTION, names="state", how="value", gives="starlette.requests.State"),
    Shelf(names="state"),
    Identity(on="starlette.requests.State", names="user"),
    Authenticates(on="starlette.authentication", names="requires"),
    Parameter(on="starlette.requests", names="Request HTTPConnection", kind="injected"),
    Parameter(on="starlette.websockets", names="WebSocket", kind="injected"),
    Parameter(on="starlette.responses", names="Response", kind="injected"),
    Parameter(on="starlette.background", names="BackgroundTasks", kind="injected"),
)

WORK: tuple[AnyRow, ...] = (
    Invokes(
        on="starlette.concurrency fastapi.concurrency",
        names="run_in_threadpool",
        params="func *args **kwargs",
        function="func",
    ),
    Invokes(on=TASKS, names="add_task", params="func *args **kwargs", function="func", deferred=True),
    Invokes(
        on="starlette.background",
        names="BackgroundTask",
        params="func *args **kwargs",
        function="func",
        deferred=True,
    ),
    Renders(
        on="starlette.templating.Jinja2Templates",
        names="TemplateResponse",
        params="request name context status_code headers media_type background",
        argument="context",
    ),
    Passes(
        on="starlette.responses",
        names="Response JSONResponse HTMLResponse PlainTextResponse",
        params="content status_code headers media_type background",
        argument="content",
    ),
    SetsHeader(on=RESPONSE, names="headers", used="item"),
    SetsHeader(
        on="starlette.responses",
        names="Response JSONResponse HTMLResponse PlainTextResponse",
        params="content status_code headers media_type background",
        used="call",
    ),
)

STARLETTE = Library(name="starlette", packages="starlette", rows=(*TYPES, *HANDLERS, *INPUTS, *WORK))
