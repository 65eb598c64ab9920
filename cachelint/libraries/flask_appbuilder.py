"""Flask-AppBuilder: views and APIs whose methods are exposed by a decorator (read in release 5.3.0)."""

from __future__ import annotations

from cachelint.vocabulary import Authenticates, Handles, Library, SetsHeader, Type

_EXPOSING = "flask_appbuilder flask_appbuilder.api flask_appbuilder.baseviews"

FLASK_APPBUILDER = Library(
    name="flask-appbuilder",
    packages="flask_appbuilder",
    rows=(
        Type(
            name="flask_appbuilder.baseviews.BaseView",
            aliases="flask_appbuilder.BaseView flask_appbuilder.views.BaseView",
        ),
        Type(name="flask_appbuilder.api.BaseApi"),
        Handles(on=_EXPOSING, names="expose", params="url methods", path="url", methods="methods", dialect="flask"),
        Handles(
            on="flask_appbuilder.baseviews",
            names="expose_api",
            params="name url methods description",
            path="url",
            methods="methods",
            dialect="flask",
        ),
        Authenticates(
            on="flask_appbuilder.security.decorators flask_appbuilder.api flask_appbuilder",
            names="has_access has_access_api protect",
        ),
        SetsHeader(on="flask_appbuilder.security.decorators", names="no_cache", directive="no-store", used="decorator"),
        # The models' own list and show endpoints (ModelRestApi, ModelView) read through a data interface that is
        # given to them as an object: rows cannot follow it.
    ),
)
