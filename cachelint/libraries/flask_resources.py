"""Flask-RESTful and flask-restx: resources, namespaces.

`RequestParser.parse_args()` has no row on purpose: each argument has the type that `add_argument(type=...)`
gave it.
"""

from __future__ import annotations

from cachelint.vocabulary import AnyRow, HandlerClass, Handles, Library, Mounts, Passes, Type

_METHODS = "get:GET post:POST put:PUT patch:PATCH delete:DELETE head:HEAD options:OPTIONS"


def _resource(package: str, api: str, resource: str) -> tuple[AnyRow, ...]:
    return (
        Type(name=f"{package}.Api", aliases=api),
        Type(name=f"{package}.Resource", aliases=resource, bases="flask.views.MethodView"),
        HandlerClass(
            on=f"{package}.Resource",
            methods=_METHODS,
            request="",
            dialect="flask",
            auth="method_decorators decorators",
        ),
        Handles(
            on=f"{package}.Api",
            names="add_resource",
            form="register",
            params="resource *urls",
            path="urls",
            function="resource",
            default="*",
            dialect="flask",
        ),
        Passes(
            on=package,
            names="marshal",
            params="data fields envelope",
            argument="data",
        ),
    )


FLASK_RESTFUL = Library(
    name="flask-restful",
    packages="flask_restful",
    rows=(
        *_resource("flask_restful", api="", resource=""),
        Handles(
            on="flask_restful.Api",
            names="resource",
            params="*urls",
            path="urls",
            default="*",
            dialect="flask",
        ),
    ),
)

FLASK_RESTX = Library(
    name="flask-restx",
    packages="flask_restx",
    rows=(
        *_resource("flask_restx", api="flask_restx.api.Api", resource="flask_restx.resource.Resource"),
        Type(name="flask_restx.Namespace", aliases="flask_restx.namespace.Namespace"),
        Handles(
            on="flask_restx.Namespace flask_restx.Api",
            names="route",
            params="*urls",
            path="urls",
            default="*",
            dialect="flask",
        ),
        Handles(
            on="flask_restx.Namespace",
            names="add_resource",
            form="register",
            params="resource *urls",
            path="urls",
            function="resource",
            default="*",
            dialect="flask",
        ),
        Mounts(on="flask_restx.Api", names="add_namespace", params="ns path", router="ns", path="path"),
    ),
)
