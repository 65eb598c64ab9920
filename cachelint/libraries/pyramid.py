"""Pyramid: view configuration, requests, permissions.

The path of a view is the pattern that `config.add_route(name, pattern)` gives to its `route_name`.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    Answers,
    Authenticates,
    Dialect,
    Handles,
    Identity,
    Library,
    Mounts,
    SetsHeader,
    Type,
    UserInput,
)

REQUEST = "pyramid.request.Request"
CONFIGURATOR = "pyramid.config.Configurator"

PYRAMID = Library(
    name="pyramid",
    packages="pyramid webob",
    rows=(
        Answers(
            on="pyramid.httpexceptions",
            names="HTTPFound HTTPSeeOther HTTPMovedPermanently HTTPTemporaryRedirect HTTPPermanentRedirect",
            kind="redirect",
        ),
        Answers(on="pyramid.httpexceptions", names="HTTPServiceUnavailable HTTPInternalServerError", kind="failure"),
        Answers(on="pyramid.response", names="FileResponse FileIter", kind="file"),
        Type(name=REQUEST, aliases="webob.Request webob.request.Request"),
        Type(name="pyramid.response.Response", aliases="webob.Response webob.response.Response"),
        Type(name=CONFIGURATOR),
        Dialect(name="pyramid", request=REQUEST, others="none"),
        Handles(
            on="pyramid.view",
            names="view_config",
            params="* route_name request_method permission http_cache renderer name",
            methods="request_method",
            default="*",
            path="route_name",
            auth="permission",
            dialect="pyramid",
        ),
        Mounts(
            on="pyramid.view",
            names="view_defaults",
            params="* route_name permission",
            path="route_name",
            auth="permission",
        ),
        Handles(
            on=CONFIGURATOR,
            names="add_view",
            form="register",
            params="view name for_ permission request_type route_name request_method",
            methods="request_method",
            default="*",
            path="route_name",
            function="view",
            auth="permission",
            dialect="pyramid",
        ),
        UserInput(on=REQUEST, names="matchdict path path_info path_qs path_url", kind="path"),
        UserInput(on=REQUEST, names="params GET query_string", kind="query parameter"),
        UserInput(on=REQUEST, names="POST json_body json text body", kind="body"),
        UserInput(on=REQUEST, names="headers host host_url url application_url", kind="header"),
        UserInput(on=REQUEST, names="cookies", kind="cookie"),
        UserInput(on=REQUEST, names="client_addr remote_addr", kind="client address"),
        Identity(on=REQUEST, names="authenticated_userid unauthenticated_userid identity session"),
        Authenticates(on="pyramid.security", names="NO_PERMISSION_REQUIRED", form="exempt"),
        SetsHeader(on="pyramid.response.Response", names="headers", used="item"),
        SetsHeader(on="pyramid.view", names="view_config", params="* http_cache", used="decorator"),
    ),
)
