"""Bottle: routes on the module or an application, the global request."""

from __future__ import annotations

from cachelint.vocabulary import (
    Answers,
    AnyRow,
    Authenticates,
    Converter,
    Dialect,
    Handles,
    Library,
    Mounts,
    Obtains,
    Renders,
    SetsHeader,
    Type,
    UserInput,
)

REQUEST = "bottle.BaseRequest"
RESPONSE = "bottle.BaseResponse"
VALUES = "bottle.FormsDict"

HANDLERS: tuple[AnyRow, ...] = (
    Dialect(name="bottle"),
    Handles(
        on="bottle bottle.Bottle",
        names="route",
        params="path method callback",
        methods="method",
        dialect="bottle",
    ),
    *(
        Handles(
            on="bottle bottle.Bottle",
            names=name,
            params="path method callback",
            method=name.upper(),
            dialect="bottle",
        )
        for name in ("get", "post", "put", "patch", "delete")
    ),
    Mounts(on="bottle bottle.Bottle", names="mount", params="prefix app", router="app", path="prefix"),
    *(
        Converter(dialect="bottle", word=word, safe=safe)
        for word, safe in (("re", False), ("path", False), ("int", True), ("float", True))
    ),
)

BOTTLE = Library(
    name="bottle",
    packages="bottle",
    rows=(
        Answers(on="bottle", names="redirect", kind="redirect"),
        Answers(on="bottle", names="static_file", kind="file"),
        Type(name="bottle.Bottle"),
        Type(name=REQUEST, aliases="bottle.Request bottle.LocalRequest"),
        Type(name=RESPONSE, aliases="bottle.Response bottle.LocalResponse"),
        Type(name=VALUES, aliases="bottle.MultiDict"),
        *HANDLERS,
        Obtains(on="bottle", names="request", how="value", gives=REQUEST),
        Obtains(on="bottle", names="response", how="value", gives=RESPONSE),
        Obtains(on=REQUEST, names="query forms params", how="value", gives=VALUES),
        UserInput(on=REQUEST, names="query query_string params", kind="query parameter"),
        UserInput(on=REQUEST, names="forms json body POST", kind="body"),
        UserInput(on=REQUEST, names="files", kind="file name"),
        UserInput(on=REQUEST, names="headers url urlparts", kind="header"),
        UserInput(on=REQUEST, names="cookies", kind="cookie"),
        UserInput(on=REQUEST, names="url_args path fullpath", kind="path"),
        UserInput(on=REQUEST, names="remote_addr remote_route", kind="client address"),
        UserInput(on=REQUEST, names="get_header", kind="header", how="call", params="name default"),
        # With a secret the cookie is signed; without one it is the client's.
        UserInput(on=REQUEST, names="get_cookie", kind="cookie", how="call", params="key default secret digestmod"),
        UserInput(
            on=VALUES,
            names="get",
            kind="query parameter",
            how="call",
            params="key default index type",
            type_param="type",
        ),
        Authenticates(on="bottle", names="auth_basic"),
        Renders(on="bottle", names="template", params="template **context", argument="*"),
        SetsHeader(on=RESPONSE, names="set_header add_header", params="name value", used="call"),
        SetsHeader(on=RESPONSE, names="headers", used="item"),
    ),
)
