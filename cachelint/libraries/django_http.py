"""Django without its ORM: URLs, views, requests, logins, page caching, rendering.

Generic views read the database by themselves: see django_orm. `form.cleaned_data` has no row on purpose:
its type depends on the field (an IntegerField is harmless), and rows cannot follow fields.
"""

from __future__ import annotations

from cachelint.vocabulary import (
    Answers,
    AnyRow,
    Authenticates,
    CachesSite,
    Converter,
    Dialect,
    HandlerClass,
    Handles,
    Identity,
    Invokes,
    Library,
    Memoizes,
    Mounts,
    Obtains,
    Outage,
    Passes,
    Renders,
    Restricts,
    SetsHeader,
    Shelf,
    Type,
    UserInput,
    ValidatedFields,
)

REQUEST = "django.http.HttpRequest"
RESPONSE = "django.http.HttpResponse"
VIEW = "django.views.generic.base.View"
FORM = "django.forms.BaseForm"
MODEL_ADMIN = "django.contrib.admin.options.ModelAdmin"
ADMIN_SITE = "django.contrib.admin.sites.AdminSite"

# Generic views by module of django.views.generic: subclassing one is subclassing View.
_GENERIC = {
    "base": "TemplateView RedirectView",
    "list": "BaseListView ListView",
    "detail": "BaseDetailView DetailView",
    "edit": "FormView CreateView UpdateView DeleteView",
    "dates": "ArchiveIndexView YearArchiveView MonthArchiveView WeekArchiveView DayArchiveView "
    "TodayArchiveView DateDetailView",
}
_LISTING = (
    "django.views.generic.ListView django.views.generic.list.BaseListView "
    "django.views.generic.ArchiveIndexView django.views.generic.YearArchiveView "
    "django.views.generic.MonthArchiveView django.views.generic.WeekArchiveView "
    "django.views.generic.DayArchiveView django.views.generic.TodayArchiveView"
)
_SHOWING = (
    "django.views.generic.DetailView django.views.generic.detail.BaseDetailView django.views.generic.DateDetailView"
)
_EDITING = (
    "django.views.generic.FormView django.views.generic.CreateView django.views.generic.UpdateView "
    "django.views.generic.DeleteView"
)


def _short(name: str) -> str:
    """The package re-exports every generic view but the Base* ones."""
    return "" if name.startswith("Base") else f"django.views.generic.{name}"


TYPES: tuple[AnyRow, ...] = (
    Type(
        name=REQUEST,
        aliases="django.http.request.HttpRequest django.core.handlers.wsgi.WSGIRequest "
        "django.core.handlers.asgi.ASGIRequest",
    ),
    Type(name=RESPONSE, aliases="django.http.response.HttpResponse"),
    Type(name="django.http.JsonResponse", aliases="django.http.response.JsonResponse", bases=RESPONSE),
    Type(name="django.template.response.TemplateResponse", bases=RESPONSE),
    Type(name="django.template.backends.django.Template"),
    Type(name=VIEW, aliases="django.views.View django.views.generic.View"),
    *(
        Type(name=f"django.views.generic.{module}.{name}", aliases=_short(name), bases=VIEW)
        for module, names in _GENERIC.items()
        for name in names.split()
    ),
    Type(name=FORM, aliases="django.forms.forms.BaseForm"),
    Type(name="django.forms.Form", aliases="django.forms.forms.Form", bases=FORM),
    Type(name="django.forms.ModelForm", aliases="django.forms.models.ModelForm", bases=FORM),
)

URLS: tuple[AnyRow, ...] = (
    Dialect(name="django", request=REQUEST),
    Handles(
        on="django.urls django.urls.conf",
        names="path re_path",
        form="register",
        params="route view kwargs name",
        path="route",
        function="view",
        default="*",
        dialect="django",
    ),
    Handles(
        on="django.conf.urls",
        names="url",
        form="register",
        params="regex view kwargs name",
        path="regex",
        function="view",
        default="*",
        dialect="django",
    ),
    Mounts(
        on="django.urls django.urls.conf django.conf.urls",
        names="include",
        params="arg namespace",
        router="arg",
    ),
    # DRF and django-ninja take their URLs from Django, so the converters are theirs too.
    *(
        Converter(dialect=dialect, word=word, safe=safe)
        for dialect in ("django", "drf", "ninja")
        for word, safe in (("int", True), ("slug", True), ("uuid", True), ("str", False), ("path", False))
    ),
)

VIEWS: tuple[AnyRow, ...] = (
    HandlerClass(
        on=VIEW,
        methods="get:GET post:POST put:PUT patch:PATCH delete:DELETE head:HEAD options:OPTIONS trace:TRACE",
    ),
    # Hooks that the inherited get() or post() calls: they serve the request although no URL names them.
    HandlerClass(
        on="django.views.generic.TemplateView",
        methods="get_context_data:GET get_template_names:GET render_to_response:GET",
        renders="get_context_data",
        dialect="none",
    ),
    HandlerClass(
        on=_LISTING,
        methods="get_context_data:GET get_queryset:GET get_ordering:GET render_to_response:GET",
        renders="get_context_data",
        dialect="none",
    ),
    HandlerClass(
        on=_SHOWING,
        methods="get_context_data:GET get_queryset:GET get_object:GET render_to_response:GET",
        renders="get_context_data",
        dialect="none",
    ),
    HandlerClass(
        on=_EDITING,
        methods="get_context_data:GET get_initial:GET form_valid:POST form_invalid:POST get_success_url:POST",
        renders="get_context_data",
        edits=True,
        dialect="none",
    ),
    Obtains(on=VIEW, names="as_view", params="**initkwargs", gives="self"),
    Obtains(on=VIEW, names="request", how="value", gives=REQUEST),
    UserInput(on=VIEW, names="kwargs args", kind="path"),
    Restricts(
        on="django.views.decorators.http",
        names="require_http_methods",
        params="request_method_list",
        param="request_method_list",
    ),
    Restricts(on="django.views.decorators.http", names="require_GET", methods="GET"),
    Restricts(on="django.views.decorators.http", names="require_POST", methods="POST"),
    Restricts(on="django.views.decorators.http", names="require_safe", methods="GET HEAD"),
    # Views of a ModelAdmin's own: their routes stand in get_urls, in the admin's module.
    Type(name=MODEL_ADMIN, aliases="django.contrib.admin.ModelAdmin"),
    Type(
        name=ADMIN_SITE, aliases="django.contrib.admin.AdminSite", receiver_names="admin_site", name_evidence="django"
    ),
    Obtains(on=MODEL_ADMIN, names="admin_site", how="value", gives=ADMIN_SITE),
    Obtains(on="django.contrib.admin", names="site", how="value", gives=ADMIN_SITE),
    Invokes(on=ADMIN_SITE, names="admin_view", params="view cacheable", function="view", gives="callable"),
    Invokes(
        on="django.utils.decorators",
        names="method_decorator",
        params="decorator name",
        function="decorator",
        gives="callable",
    ),
    Invokes(
        on="asgiref.sync",
        names="sync_to_async SyncToAsync",
        params="func * thread_sensitive executor context",
        function="func",
        gives="callable",
    ),
    Invokes(
        on="asgiref.sync",
        names="async_to_sync AsyncToSync",
        params="awaitable force_new_loop",
        function="awaitable",
        gives="callable",
    ),
)

INPUTS: tuple[AnyRow, ...] = (
    UserInput(on=REQUEST, names="GET", kind="query parameter"),
    UserInput(on=REQUEST, names="POST body", kind="body"),
    UserInput(on=REQUEST, names="FILES", kind="file name"),
    UserInput(on=REQUEST, names="COOKIES", kind="cookie"),
    UserInput(on=REQUEST, names="META headers", kind="header"),
    UserInput(on=REQUEST, names="path path_info resolver_match", kind="path"),
    UserInput(on=REQUEST, names="read readline readlines", kind="body", how="call"),
    UserInput(on=REQUEST, names="get_full_path get_full_path_info", kind="path", how="call"),
    UserInput(on=REQUEST, names="build_absolute_uri get_host get_port", kind="header", how="call", params="location"),
    UserInput(on=FORM, names="data", kind="body"),
    # Validated, but text fields stay free text (stripped at most).
    ValidatedFields(
        on=FORM,
        names="cleaned_data",
        kind="form field",
        raw="CharField EmailField URLField JSONField FileField ImageField FilePathField MultiValueField",
        bounded="BooleanField NullBooleanField ChoiceField TypedChoiceField MultipleChoiceField",
    ),
    # Middleware and decorators keep there what views take: `request.tenant = ...`.
    Shelf(names="request"),
    # A session may hold what a user typed, but it says first of all who asks.
    Identity(on=REQUEST, names="user session"),
    Identity(on=REQUEST, names="auser", how="call"),
)

LOGINS: tuple[AnyRow, ...] = (
    Authenticates(on="django.contrib.auth.decorators", names="login_required permission_required"),
    Authenticates(on="django.contrib.auth.decorators", names="user_passes_test", tests="test_func"),
    Authenticates(on="django.contrib.admin.views.decorators", names="staff_member_required"),
    Authenticates(on="django.contrib.auth.mixins", names="LoginRequiredMixin", form="base"),
    Authenticates(
        on="django.contrib.auth.mixins",
        names="PermissionRequiredMixin",
        form="base",
        checks="has_permission",
    ),
    Authenticates(
        on="django.contrib.auth.mixins braces.views",
        names="UserPassesTestMixin",
        form="base",
        checks="test_func",
    ),
    Authenticates(on="django.contrib.auth.middleware", names="LoginRequiredMiddleware", form="middleware"),
    Authenticates(on="django.contrib.auth.decorators", names="login_not_required", form="exempt"),
)

PAGES: tuple[AnyRow, ...] = (
    # Its cache calls are not guarded: an outage is a 500 for every page under it.
    Outage(
        on="django.views.decorators.cache",
        names="cache_page",
        raises="redis.exceptions.ConnectionError redis.exceptions.TimeoutError",
        root="redis.exceptions.RedisError",
        kind="Django cache",
        settings="django-caches",
    ),
    # The key has no user, and `Vary` only as seen inside the decorator: measured.
    Memoizes(
        on="django.views.decorators.cache",
        names="cache_page",
        params="timeout * cache key_prefix",
        used="called",
        key_from="url query vary",
        ttl="timeout",
        response=True,
    ),
    # It serves every GET from the default cache, unless a view says that it is never to be cached.
    CachesSite(
        on="django.middleware.cache wagtailcache.cache",
        names="FetchFromCacheMiddleware CacheMiddleware",
        settings="MIDDLEWARE MIDDLEWARE_CLASSES",
        request=REQUEST,
    ),
    SetsHeader(on="django.views.decorators.cache", names="cache_control", params="**directives", used="decorator"),
    SetsHeader(on="django.views.decorators.cache", names="never_cache", directive="no-store", used="decorator"),
    SetsHeader(on="django.views.decorators.vary", names="vary_on_cookie", directive="vary-cookie", used="decorator"),
    SetsHeader(
        on="django.views.decorators.vary",
        names="vary_on_headers",
        directive="vary",
        params="*headers",
        used="decorator",
    ),
    SetsHeader(on="django.utils.cache", names="patch_cache_control", params="response **directives", used="call"),
    SetsHeader(
        on="django.utils.cache",
        names="patch_response_headers",
        directive="max-age",
        params="response cache_timeout",
        used="call",
    ),
    SetsHeader(
        on="django.utils.cache",
        names="add_never_cache_headers",
        directive="no-store",
        params="response",
        used="call",
    ),
    SetsHeader(
        on="django.utils.cache",
        names="patch_vary_headers",
        directive="vary",
        params="response newheaders",
        used="call",
    ),
    SetsHeader(on=RESPONSE, names="self headers", used="item"),
)

RENDERING: tuple[AnyRow, ...] = (
    Renders(
        on="django.shortcuts",
        names="render",
        params="request template_name context content_type status using",
        argument="context",
    ),
    Renders(
        on="django.template.loader",
        names="render_to_string",
        params="template_name context request using",
        argument="context",
    ),
    Renders(
        on="django.template.response",
        names="TemplateResponse",
        params="request template context content_type status charset using headers",
        argument="context",
    ),
    Obtains(
        on="django.template.loader",
        names="get_template select_template",
        gives="django.template.backends.django.Template",
    ),
    Renders(
        on="django.template.backends.django.Template",
        names="render",
        params="context request",
        argument="context",
    ),
    Passes(on="django.http", names="HttpResponse", params="content", argument="content"),
    Passes(on="django.http", names="JsonResponse", params="data encoder safe", argument="data"),
    Passes(
        on="django.forms.models django.forms",
        names="model_to_dict",
        params="instance fields exclude",
        argument="instance",
    ),
)

ANSWERS = (
    Answers(on="django.shortcuts", names="redirect", kind="redirect"),
    Answers(
        on="django.http django.http.response",
        names="HttpResponseRedirect HttpResponsePermanentRedirect",
        kind="redirect",
    ),
    Answers(on="django.http django.http.response", names="FileResponse", kind="file"),
    Answers(on="django.http django.http.response", names="HttpResponseServerError", kind="failure"),
)

DJANGO_HTTP = Library(
    name="django-http",
    packages="django asgiref",
    rows=(*TYPES, *URLS, *VIEWS, *INPUTS, *LOGINS, *PAGES, *RENDERING, *ANSWERS),
)
