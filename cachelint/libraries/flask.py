"""Flask, and Quart which repeats its names: routes, views, requests, logins.

A `before_request` hook that checks a login is invisible at the view; rows cannot say it.
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
    Passes,
    Renders,
    SetsHeader,
    Shelf,
    Type,
    UserInput,
)

MULTI_DICT = "werkzeug.datastructures.MultiDict"
CACHE_CONTROL = "werkzeug.datastructures.ResponseCacheControl"
_ROUTE = "rule * methods endpoint defaults **options"
_INPUT_KINDS = {
    "args query_string": "query parameter",
    "form values json data stream": "body",
    "files": "file name",
    "headers referrer user_agent authorization": "header",
    "host host_url base_url url url_root": "header",
    "remote_addr access_route": "client address",
    "cookies": "cookie",
    "view_args path full_path": "path",
}


def _types(package: str) -> tuple[AnyRow, ...]:
    application = f"{package}.{package.capitalize()}"
    return (
        Type(name=application, aliases=f"{package}.app.{package.capitalize()}"),
        Type(name=f"{package}.Blueprint", aliases=f"{package}.blueprints.Blueprint"),
        Type(name=f"{package}.Request", aliases=f"{package}.wrappers.Request"),
        Type(
            name=f"{package}.Response",
            aliases=f"{package}.wrappers.Response",
        ),
        Type(name=f"{package}.views.View"),
        Type(name=f"{package}.views.MethodView", bases=f"{package}.views.View"),
    )


def _handlers(package: str) -> tuple[AnyRow, ...]:
    scaffolds = f"{package}.{package.capitalize()} {package}.Blueprint"
    return (
        Handles(on=scaffolds, names="route", params=_ROUTE, path="rule", methods="methods", dialect="flask"),
        *(
            Handles(on=scaffolds, names=name, params=_ROUTE, path="rule", method=name.upper(), dialect="flask")
            for name in ("get", "post", "put", "patch", "delete")
        ),
        Handles(
            on=scaffolds,
            names="add_url_rule",
            form="register",
            params="rule endpoint view_func provide_automatic_options * methods **options",
            path="rule",
            function="view_func",
            methods="methods",
            dialect="flask",
        ),
        Mounts(
            on=scaffolds,
            names="register_blueprint",
            params="blueprint * url_prefix **options",
            router="blueprint",
            path="url_prefix",
        ),
        HandlerClass(
            on=f"{package}.views.MethodView",
            methods="get:GET post:POST put:PUT patch:PATCH delete:DELETE head:HEAD options:OPTIONS",
            request="",
            dialect="flask",
            auth="decorators",
        ),
        HandlerClass(
            on=f"{package}.views.View",
            methods="dispatch_request:GET",
            request="",
            dialect="flask",
            auth="decorators",
        ),
    )


def _inputs(package: str) -> tuple[AnyRow, ...]:
    request = f"{package}.Request"
    return (
        Obtains(on=f"{package}.views.View", names="as_view", params="name *args **kwargs", gives="self"),
        Obtains(on=package, names="request", how="value", gives=request),
        *(UserInput(on=request, names=names, kind=kind) for names, kind in _INPUT_KINDS.items()),
        UserInput(on=request, names="get_json get_data", kind="body", how="call"),
        Obtains(on=request, names="args form values", how="value", gives=MULTI_DICT),
        Obtains(on=package, names="make_response jsonify", gives=f"{package}.Response"),
        Obtains(on=f"{package}.Response", names="cache_control", how="value", gives=CACHE_CONTROL),
        Obtains(on=package, names="current_app", how="value", gives=f"{package}.{package.capitalize()}"),
        Identity(on=package, names="session"),
        Identity(on=f"{package}.g", names="user"),
        Passes(on=f"{package} {package}.json", names="jsonify", params="*values **fields", argument="*"),
        Passes(on=package, names="make_response", params="*values", argument="*"),
        Renders(
            on=f"{package} {package}.templating",
            names="render_template render_template_string",
            params="template **context",
            argument="*",
        ),
        SetsHeader(on=f"{package}.Response", names="headers", used="item"),
    )


CONVERTERS: tuple[AnyRow, ...] = tuple(
    Converter(dialect="flask", word=word, safe=safe, bounded=word == "any")
    for word, safe in (
        ("string", False),
        ("default", False),
        ("path", False),
        ("int", True),
        ("float", True),
        ("uuid", True),
        ("any", True),
    )
)

# A failed conversion gives the default, so the result is of the type or the default: never the text.
ARGUMENTS: tuple[AnyRow, ...] = (
    Type(
        name=MULTI_DICT,
        aliases="werkzeug.datastructures.structures.MultiDict werkzeug.datastructures.ImmutableMultiDict",
    ),
    *(
        SetsHeader(on=CACHE_CONTROL, names=names, directive=directive, used="assign")
        for names, directive in (
            ("public s_maxage", "public"),
            ("private", "private"),
            ("no_store", "no-store"),
            ("max_age", "max-age"),
        )
    ),
    Type(name=CACHE_CONTROL, aliases="werkzeug.datastructures.cache_control.ResponseCacheControl"),
    UserInput(
        on=MULTI_DICT,
        names="get",
        kind="query parameter",
        how="call",
        params="key default type",
        type_param="type",
    ),
    UserInput(
        on=MULTI_DICT,
        names="getlist",
        kind="query parameter",
        how="call",
        params="key type",
        type_param="type",
    ),
)

FLASK_LOGINS: tuple[AnyRow, ...] = (
    Identity(on="flask_login", names="current_user"),
    Identity(on="flask_security", names="current_user"),
    Identity(on="flask_jwt_extended", names="current_user"),
    Identity(on="flask_jwt_extended", names="get_jwt_identity get_current_user get_jwt", how="call"),
    Authenticates(on="flask_login", names="login_required fresh_login_required"),
    # jwt_required(optional=True) lets anyone in; rows cannot say it.
    Authenticates(on="flask_jwt_extended", names="jwt_required"),
    Authenticates(on="flask_jwt_extended", names="verify_jwt_in_request", form="call"),
    *(Type(name=f"flask_httpauth.{name}") for name in ("HTTPBasicAuth", "HTTPDigestAuth", "HTTPTokenAuth")),
    Type(name="flask_httpauth.MultiAuth"),
    Authenticates(
        on="flask_httpauth.HTTPBasicAuth flask_httpauth.HTTPDigestAuth flask_httpauth.HTTPTokenAuth "
        "flask_httpauth.MultiAuth",
        names="login_required",
    ),
    Identity(
        on="flask_httpauth.HTTPBasicAuth flask_httpauth.HTTPDigestAuth flask_httpauth.HTTPTokenAuth "
        "flask_httpauth.MultiAuth",
        names="current_user username",
        how="call",
    ),
    Authenticates(
        on="flask_security flask_security.decorators",
        names="auth_required auth_token_required http_auth_required roles_required roles_accepted "
        "permissions_required permissions_accepted",
    ),
)

FLASK = Library(
    name="flask",
    packages="flask werkzeug flask_login flask_jwt_extended flask_httpauth flask_security",
    rows=(
        Answers(on="flask werkzeug.utils", names="redirect", kind="redirect"),
        Answers(on="flask werkzeug.utils", names="send_file send_from_directory", kind="file"),
        Dialect(name="flask"),
        Shelf(names="app current_app application"),
        Shelf(names="extensions"),
        Shelf(names="g"),
        *_types("flask"),
        *_handlers("flask"),
        *_inputs("flask"),
        *CONVERTERS,
        *ARGUMENTS,
        *FLASK_LOGINS,
    ),
)

QUART = Library(
    name="quart",
    packages="quart quart_auth",
    rows=(
        Answers(on="quart quart.utils", names="redirect", kind="redirect"),
        Answers(on="quart quart.helpers", names="send_file send_from_directory", kind="file"),
        *_types("quart"),
        *_handlers("quart"),
        *_inputs("quart"),
        Authenticates(on="quart_auth", names="login_required"),
        Identity(on="quart_auth", names="current_user"),
        Invokes(
            on="quart.Quart",
            names="add_background_task",
            params="func *args **kwargs",
            function="func",
            deferred=True,
        ),
        Invokes(on="quart.utils", names="run_sync", params="func", function="func", gives="callable"),
    ),
)
