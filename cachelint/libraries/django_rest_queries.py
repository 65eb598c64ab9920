"""Django REST framework: generic views and viewsets that query the database by themselves."""

from __future__ import annotations

from cachelint.vocabulary import GenericView, Library

_LISTING = "rest_framework.viewsets.ModelViewSet rest_framework.viewsets.ReadOnlyModelViewSet"
_MIXINS = "rest_framework.mixins"

DJANGO_REST_QUERIES = Library(
    name="django-rest-queries",
    packages="rest_framework",
    rows=(
        GenericView(
            on="rest_framework.generics.ListAPIView rest_framework.generics.ListCreateAPIView",
            methods="get",
            shape="rows",
            sources="queryset",
        ),
        GenericView(
            on="rest_framework.generics.RetrieveAPIView rest_framework.generics.RetrieveUpdateAPIView "
            "rest_framework.generics.RetrieveDestroyAPIView "
            "rest_framework.generics.RetrieveUpdateDestroyAPIView",
            methods="get",
            shape="row",
            sources="queryset",
        ),
        GenericView(on=f"{_LISTING} {_MIXINS}.ListModelMixin", methods="list", shape="rows", sources="queryset"),
        GenericView(on=f"{_LISTING} {_MIXINS}.RetrieveModelMixin", methods="retrieve", shape="row", sources="queryset"),
        # update, partial_update and destroy read the row first; a write handler is nobody's cache.
    ),
)
