"""aiohttp's server: route tables, views, requests. Path captures are always text."""

from __future__ import annotations

from cachelint.vocabulary import (
    Answers,
    AnyRow,
    Authenticates,
    Dialect,
    HandlerClass,
    Handles,
    Identity,
    Library,
    Obtains,
    Parameter,
    Passes,
    SetsHeader,
    Shelf,
    Type,
    UserInput,
)

REQUEST = "aiohttp.web.Request"
TABLE = "aiohttp.web.RouteTableDef"
DISPATCHER = "aiohttp.web.UrlDispatcher"
VIEW = "aiohttp.web.View"
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")

TYPES: tuple[AnyRow, ...] = (
    Type(name=REQUEST, aliases="aiohttp.web_request.Request aiohttp.web_request.BaseRequest"),
    Type(name="aiohttp.web.Response", aliases="aiohttp.web_response.Response"),
    Type(name=TABLE, aliases="aiohttp.web_routedef.RouteTableDef"),
    Type(name=DISPATCHER, aliases="aiohttp.web_urldispatcher.UrlDispatcher"),
    Type(name="aiohttp.web.Application", aliases="aiohttp.web_app.Application"),
    Type(name=VIEW, aliases="aiohttp.web_urldispatcher.View"),
    # The running application, and the one that is being set up.
    Shelf(names="app current_app application"),
    Obtains(on="aiohttp.web.Application", names="router", how="value", gives=DISPATCHER),
)

HANDLERS: tuple[AnyRow, ...] = (
    Dialect(name="aiohttp", request=REQUEST, others="none"),
    *(Handles(on=TABLE, names=name, params="path", method=name.upper(), dialect="aiohttp") for name in _METHODS),
    Handles(on=TABLE, names="route", params="method path", methods="method", dialect="aiohttp"),
    Handles(on=TABLE, names="view", params="path", default="*", dialect="aiohttp"),
    *(
        Handles(
            on="aiohttp.web",
            names=name,
            form="register",
            params="path handler",
            function="handler",
            method=name.upper(),
            dialect="aiohttp",
        )
        for name in _METHODS
    ),
    Handles(
        on="aiohttp.web",
        names="route",
        form="register",
        params="method path handler",
        function="handler",
        methods="method",
        dialect="aiohttp",
    ),
    Handles(
        on="aiohttp.web",
        names="view",
        form="register",
        params="path handler",
        function="handler",
        default="*",
        dialect="aiohttp",
    ),
    *(
        Handles(
            on=DISPATCHER,
            names=f"add_{name}",
            form="register",
            params="path handler",
            function="handler",
            method=name.upper(),
            dialect="aiohttp",
        )
        for name in _METHODS
    ),
    Handles(
        on=DISPATCHER,
        names="add_route",
        form="register",
        params="method path handler",
        function="handler",
        methods="method",
        dialect="aiohttp",
    ),
    Handles(
        on=DISPATCHER,
        names="add_view",
        form="register",
        params="path handler",
        function="handler",
        default="*",
        dialect="aiohttp",
    ),
    HandlerClass(
        on=VIEW,
        methods="get:GET post:POST put:PUT patch:PATCH delete:DELETE head:HEAD options:OPTIONS",
        dialect="aiohttp",
    ),
)

AIOHTTP_WEB = Library(
    name="aiohttp",
    packages="aiohttp aiohttp_security",
    rows=(
        Answers(
            on="aiohttp.web",
            names="HTTPFound HTTPSeeOther HTTPMovedPermanently HTTPTemporaryRedirect HTTPPermanentRedirect",
            kind="redirect",
        ),
        Answers(on="aiohttp.web", names="HTTPServiceUnavailable HTTPInternalServerError", kind="failure"),
        Answers(on="aiohttp.web", names="FileResponse", kind="file"),
        *TYPES,
        *HANDLERS,
        Obtains(on=VIEW, names="request", how="value", gives=REQUEST),
        Parameter(on="aiohttp.web", names="Request", kind="injected"),
        UserInput(on=REQUEST, names="match_info path path_qs raw_path", kind="path"),
        UserInput(on=REQUEST, names="query query_string rel_url", kind="query parameter"),
        UserInput(on=REQUEST, names="headers host url", kind="header"),
        UserInput(on=REQUEST, names="cookies", kind="cookie"),
        UserInput(on=REQUEST, names="remote", kind="client address"),
        UserInput(on=REQUEST, names="content", kind="body"),
        UserInput(on=REQUEST, names="json post text read multipart", kind="body", how="call"),
        Authenticates(
            on="aiohttp_security aiohttp_security.api", names="check_authorized check_permission", form="call"
        ),
        Identity(on="aiohttp_security aiohttp_security.api", names="authorized_userid check_authorized", how="call"),
        Passes(on="aiohttp.web", names="json_response", params="data", argument="data"),
        SetsHeader(on="aiohttp.web.Response", names="headers", used="item"),
    ),
)
