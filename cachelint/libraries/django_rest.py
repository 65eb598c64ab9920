"""Django REST framework and drf-extensions: views, inputs, permissions, serializers.

The queries that its generic views run by themselves are in django_orm's neighbourhood, as GenericView rows.
`serializer.validated_data` has no row on purpose: its type depends on the serializer's fields.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    Authenticates,
    Delegates,
    Dialect,
    HandlerClass,
    Handles,
    Identity,
    Library,
    Memoizes,
    Mounts,
    Obtains,
    Passes,
    Renders,
    Type,
    UserInput,
    ValidatedFields,
)

REQUEST = "rest_framework.request.Request"
API_VIEW = "rest_framework.views.APIView"
VIEW_SET = "rest_framework.viewsets.ViewSetMixin"
GENERIC = "rest_framework.generics.GenericAPIView"
SERIALIZER = "rest_framework.serializers.BaseSerializer"
ROUTER = "rest_framework.routers.BaseRouter"
PERMISSION = "rest_framework.permissions"
_AUTH = "permission_classes authentication_classes"

TYPES = (
    Type(name=REQUEST, bases="django.http.HttpRequest"),
    Type(name="rest_framework.response.Response", bases="django.http.HttpResponse"),
    Type(name=API_VIEW, bases="django.views.generic.base.View"),
    Type(name=GENERIC, bases=API_VIEW),
    *(
        Type(name=f"rest_framework.generics.{name}", bases=GENERIC)
        for name in (
            "CreateAPIView",
            "ListAPIView",
            "RetrieveAPIView",
            "DestroyAPIView",
            "UpdateAPIView",
            "ListCreateAPIView",
            "RetrieveUpdateAPIView",
            "RetrieveDestroyAPIView",
            "RetrieveUpdateDestroyAPIView",
        )
    ),
    Type(name=VIEW_SET),
    Type(name="rest_framework.viewsets.ViewSet", bases=f"{VIEW_SET} {API_VIEW}"),
    Type(name="rest_framework.viewsets.GenericViewSet", bases=f"{VIEW_SET} {GENERIC}"),
    Type(name="rest_framework.viewsets.ReadOnlyModelViewSet", bases="rest_framework.viewsets.GenericViewSet"),
    Type(name="rest_framework.viewsets.ModelViewSet", bases="rest_framework.viewsets.GenericViewSet"),
    Type(name=ROUTER),
    Type(name="rest_framework.routers.SimpleRouter", bases=ROUTER),
    Type(name="rest_framework.routers.DefaultRouter", bases=ROUTER),
    Type(name=SERIALIZER),
    Type(name="rest_framework.serializers.Serializer", bases=SERIALIZER),
    Type(name="rest_framework.serializers.ModelSerializer", bases="rest_framework.serializers.Serializer"),
    Type(
        name="rest_framework.serializers.HyperlinkedModelSerializer",
        bases="rest_framework.serializers.ModelSerializer",
    ),
    Type(name="rest_framework.serializers.ListSerializer", bases=SERIALIZER),
)

HANDLERS = (
    Dialect(name="drf", request=REQUEST),
    HandlerClass(
        on=API_VIEW,
        methods="get:GET post:POST put:PUT patch:PATCH delete:DELETE head:HEAD options:OPTIONS trace:TRACE",
        checks="initial check_permissions",
        dialect="drf",
        auth=_AUTH,
    ),
    HandlerClass(
        on=VIEW_SET,
        methods="list:GET retrieve:GET create:POST update:PUT partial_update:PATCH destroy:DELETE",
        dialect="drf",
        auth=_AUTH,
    ),
    HandlerClass(
        on="rest_framework.viewsets.ModelViewSet rest_framework.mixins.CreateModelMixin "
        "rest_framework.generics.CreateAPIView rest_framework.generics.ListCreateAPIView "
        "rest_framework.generics.UpdateAPIView rest_framework.generics.RetrieveUpdateAPIView "
        "rest_framework.generics.RetrieveUpdateDestroyAPIView",
        methods="",
        writes=True,
        dialect="none",
    ),
    # Hooks of the generic views: the framework calls them, no URL names them, and none takes the request.
    HandlerClass(
        on=GENERIC,
        methods="get_queryset:GET get_object:GET filter_queryset:GET get_serializer_context:GET "
        "perform_create:POST perform_update:PUT perform_destroy:DELETE",
        dialect="none",
        auth=_AUTH,
    ),
    Delegates(
        on=GENERIC,
        to=SERIALIZER,
        source="serializer_class",
        builder="get_serializer_class",
        reads="to_representation",
        writes="to_internal_value validate validate_* create update save",
        fields="SerializerMethodField:get_",
        data="data",
    ),
    Handles(
        on="rest_framework.decorators",
        names="api_view",
        form="bare",
        params="http_method_names",
        methods="http_method_names",
        dialect="drf",
    ),
    Handles(
        on="rest_framework.decorators",
        names="action",
        form="bare",
        params="methods detail url_path url_name **kwargs",
        methods="methods",
        auth="permission_classes authentication_classes",
        dialect="drf",
    ),
    Handles(
        on=ROUTER,
        names="register",
        form="register",
        params="prefix viewset basename",
        path="prefix",
        function="viewset",
        default="*",
        dialect="drf",
    ),
    Mounts(
        on="rest_framework.decorators",
        names="permission_classes",
        params="permission_classes",
        auth="permission_classes",
    ),
    Mounts(
        on="rest_framework.decorators",
        names="authentication_classes",
        params="authentication_classes",
        auth="authentication_classes",
    ),
)

INPUTS = (
    Obtains(on=f"{API_VIEW} {VIEW_SET}", names="request", how="value", gives=REQUEST),
    UserInput(on=f"{API_VIEW} {VIEW_SET}", names="kwargs args", kind="path"),
    UserInput(on=REQUEST, names="query_params", kind="query parameter"),
    UserInput(on=REQUEST, names="data", kind="body"),
    UserInput(on=SERIALIZER, names="initial_data", kind="body"),
    ValidatedFields(
        on=SERIALIZER,
        names="validated_data",
        kind="body",
        raw="CharField EmailField URLField JSONField DictField FileField ImageField FilePathField",
        bounded="BooleanField NullBooleanField ChoiceField MultipleChoiceField",
    ),
    Identity(on=REQUEST, names="user auth"),
    # The request is in it, and with it who asks.
    Identity(on=SERIALIZER, names="context"),
)

PERMISSIONS = (
    Authenticates(
        on=PERMISSION,
        names="IsAuthenticated IsAdminUser DjangoModelPermissions DjangoObjectPermissions",
        form="base",
    ),
    # A safe method passes without a login here, so neither counts as one.
    Authenticates(
        on=PERMISSION,
        names="AllowAny IsAuthenticatedOrReadOnly DjangoModelPermissionsOrAnonReadOnly",
        form="exempt",
    ),
    Authenticates(
        on="django.conf.settings",
        names="REST_FRAMEWORK.DEFAULT_PERMISSION_CLASSES",
        form="setting",
        applies=API_VIEW,
    ),
)

VALUES = (
    # `.data` runs the query of what the serializer was given; many=True says that it is a list.
    Renders(
        on="rest_framework.serializers",
        names="BaseSerializer Serializer ModelSerializer HyperlinkedModelSerializer",
        params="instance data * many context partial",
        argument="instance",
        when="many",
    ),
    Passes(
        on="rest_framework.serializers",
        names="BaseSerializer Serializer ModelSerializer HyperlinkedModelSerializer ListSerializer",
        params="instance data * many context partial",
        argument="instance",
    ),
    # A page, or what filters leave, of the rows that were handed in.
    Passes(
        on=GENERIC,
        names="filter_queryset paginate_queryset",
        params="queryset",
        argument="queryset",
        gives="argument:queryset",
    ),
    Passes(on=GENERIC, names="get_serializer", params="instance data * many context", argument="instance"),
    Renders(
        on=GENERIC,
        names="get_serializer",
        params="instance data * many context",
        argument="instance",
        when="many",
    ),
    Passes(
        on="rest_framework.response",
        names="Response",
        params="data status template_name headers exception content_type",
        argument="data",
    ),
    # No pk, no query string, no user in the default key; it stores error responses too.
    Memoizes(
        on="rest_framework_extensions.cache.decorators",
        names="cache_response CacheResponse",
        params="timeout key_func cache cache_errors",
        key_params="key_func",
        key_from="none",
        ttl="timeout",
        omitted="default",
        response=True,
    ),
)

DJANGO_REST = Library(
    name="django-rest-framework",
    packages="rest_framework rest_framework_extensions",
    rows=(*TYPES, *HANDLERS, *INPUTS, *PERMISSIONS, *VALUES),
)
