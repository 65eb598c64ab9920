"""FastAPI: operations, parameters by annotation, dependencies, security.

Requests, responses and background tasks are Starlette's.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    AnyRow,
    Authenticates,
    Dialect,
    Handles,
    Library,
    Mounts,
    Parameter,
    Passes,
    Type,
)

ROUTERS = "fastapi.FastAPI fastapi.APIRouter"
_METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
_MARKERS = {
    "Query": "query parameter",
    "Path": "path",
    "Header": "header",
    "Cookie": "cookie",
    "Body": "body",
    "Form": "body",
    "File": "body",
}

HANDLERS: tuple[AnyRow, ...] = (
    Dialect(name="fastapi", others="annotation"),
    *(
        Handles(
            on=ROUTERS,
            names=name,
            params="path * dependencies",
            method=name.upper(),
            auth="dependencies",
            dialect="fastapi",
        )
        for name in _METHODS
    ),
    Handles(
        on=ROUTERS,
        names="api_route",
        params="path * dependencies methods",
        methods="methods",
        auth="dependencies",
        dialect="fastapi",
    ),
    Handles(
        on=ROUTERS,
        names="add_api_route",
        form="register",
        params="path endpoint * dependencies methods",
        function="endpoint",
        methods="methods",
        auth="dependencies",
        dialect="fastapi",
    ),
    Handles(
        on=ROUTERS,
        names="websocket",
        params="path name * dependencies",
        method="WEBSOCKET",
        auth="dependencies",
        dialect="fastapi",
    ),
    Mounts(
        on=ROUTERS,
        names="include_router",
        params="router * prefix dependencies",
        router="router",
        path="prefix",
        auth="dependencies",
    ),
    Mounts(
        on="fastapi",
        names="APIRouter",
        params="* prefix dependencies",
        router="self",
        path="prefix",
        auth="dependencies",
    ),
    Mounts(on="fastapi", names="FastAPI", params="* dependencies", router="self", auth="dependencies"),
)

PARAMETERS: tuple[AnyRow, ...] = (
    *(
        Parameter(
            on="fastapi fastapi.param_functions fastapi.params",
            names=name,
            kind=kind,
            params="default * alias min_length max_length pattern|regex",
            pattern="pattern",
        )
        for name, kind in _MARKERS.items()
    ),
    Parameter(
        on="fastapi fastapi.param_functions fastapi.params",
        names="Depends",
        kind="dependency",
        params="dependency * use_cache scope",
        function="dependency",
    ),
    Parameter(
        on="fastapi fastapi.param_functions fastapi.params",
        names="Security",
        kind="dependency",
        params="dependency * scopes use_cache",
        function="dependency",
    ),
    Parameter(on="fastapi.security", names="SecurityScopes", kind="injected"),
)

# A dependency that uses one of these, directly or through others, requires a login.
SECURITY = {
    "fastapi.security": "OAuth2 OAuth2PasswordBearer OAuth2AuthorizationCodeBearer HTTPBearer HTTPBasic "
    "HTTPDigest APIKeyHeader APIKeyQuery APIKeyCookie OpenIdConnect",
    "fastapi.security.oauth2": "OAuth2 OAuth2PasswordBearer OAuth2AuthorizationCodeBearer",
    "fastapi.security.http": "HTTPBearer HTTPBasic HTTPDigest",
    "fastapi.security.api_key": "APIKeyHeader APIKeyQuery APIKeyCookie",
    "fastapi.security.open_id_connect_url": "OpenIdConnect",
}

FASTAPI = Library(
    name="fastapi",
    packages="fastapi fastapi_users",
    rows=(
        Type(
            name="fastapi.FastAPI",
            aliases="fastapi.applications.FastAPI",
            bases="starlette.applications.Starlette",
        ),
        Type(name="fastapi.APIRouter", aliases="fastapi.routing.APIRouter", bases="starlette.routing.Router"),
        *HANDLERS,
        *PARAMETERS,
        *(Authenticates(on=on, names=names, form="dependency") for on, names in SECURITY.items()),
        Type(name="fastapi_users.FastAPIUsers", aliases="fastapi_users.fastapi_users.FastAPIUsers"),
        # current_user(optional=True) lets anyone in; rows cannot say it.
        Authenticates(on="fastapi_users.FastAPIUsers", names="current_user", form="dependency"),
        Passes(
            on="fastapi.encoders",
            names="jsonable_encoder",
            params="obj include exclude by_alias exclude_unset exclude_defaults exclude_none",
            argument="obj",
        ),
    ),
)
