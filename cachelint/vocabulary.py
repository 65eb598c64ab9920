"""What code can do to data: the rows in which library knowledge is written.

A library file is a tuple of these rows, and nothing else; `program/` reads them, `rules/` never see them. The same
rows can be written in the configuration (`[[tool.cachelint.libraries]]`, field `row` names the class), so every field
is plain text, number, boolean or a list of those.

Common fields
    on      where the names live: a module ("django.shortcuts") or a type ("redis.Redis"); several, space separated.
    names   members of it, space separated: methods, attributes, functions, classes.
    params  the parameters of the call in order, space separated, without self: "key value timeout". `*keys` takes the
            rest of the positional arguments; names after a lone `*` are keyword-only. Fields that name a parameter
            (key, value, ttl ...) use these words. A parameter that may be passed under a second keyword is written
            "name|alias".
    gives   what the call (or attribute) is: "" unknown; "self" the receiver again (a builder); a type name of this
            catalogue (the element type travels along); "element" one object of the receiver's element type;
            "elements" a list of them; "scalar" a number, flag or string that is no row; "argument:NAME" whatever was
            passed there; "class:NAME" an instance of the class passed there; "instance" an instance of the class
            on which it is called; "type:NAME" the class NAME of this catalogue itself, to subclass or call;
            "pair" a tuple of one object of the receiver's element type and a flag.
    of      where the element type of the result comes from: "receiver" (default), "class" the class on which the
            attribute is read, "argument:NAME" (a class, something with an element type, or a constant that names
            the table), "name" the attribute's own name or the item's constant (`db.user`, `db["users"]`).

Special members in `names`: "__call__" calling an instance, "__init__" making one, "__getitem__" its subscript, "*" any
attribute that has no row of its own.
"""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, tag_field="row", tag=True, forbid_unknown_fields=True):
    """One statement about a library."""


class Type(Row, frozen=True, kw_only=True, tag=True):
    """A class of the library.

    `name` is its canonical dotted name, `aliases` other import paths of the same class (space separated), `bases`
    types whose rows apply too. Calling the class gives an instance; `call_params` names constructor parameters that
    later rows refer to as options. `evaluates` lists what runs the query of a lazy value: "iterate", "len", "bool",
    "index", "slice", "await", "string". `shape` is what an evaluation reads ("rows", "row", "aggregate").
    `binds_owner` marks a type whose instances, read as a class attribute, take that class as element (managers).
    `model` marks the base of mapped classes: a subclass is an entity. `class_call` False: calling it is no instance.
    `receiver_names`: variable or attribute names by which an *unresolved* receiver may be taken for this type, at
    lower confidence; `name_evidence`: it needs the file or project to import one of these packages. `bounded` marks a
    cache in this process or on this disk that limits its own size, so that entries leave it even without a TTL.
    """

    name: str
    aliases: str = ""
    bases: str = ""
    call_params: str = ""
    evaluates: str = ""
    shape: str = "rows"
    binds_owner: bool = False
    model: bool = False
    receiver_names: str = ""
    name_evidence: str = ""
    bounded: bool = False


class Obtains(Row, frozen=True, kw_only=True, tag=True):
    """How one gets a value that matters: reading an attribute, calling a function, taking an item.

    `how` is "value" (attribute or module variable), "call" or "item" (`caches["x"]`, `params` then names the index).
    `options` names parameters whose constant values become options of the client (see Outage.unless).
    """

    on: str
    names: str
    gives: str
    how: str = "call"
    params: str = ""
    of: str = "receiver"
    options: str = ""


class Relation(Row, frozen=True, kw_only=True, tag=True):
    """A field that points to another entity: ForeignKey(to, related_name=...), relationship("Order").

    On the declaring class the attribute is one object, or `many_type` when `many`; on the target the attribute
    `reverse` (parameter name of the explicit reverse name; "{model}_set" by default when `default_reverse`) is
    `reverse_type`.
    """

    on: str
    names: str
    params: str
    target: str
    reverse: str = ""
    many_type: str = ""
    reverse_type: str = ""
    default_reverse: str = ""


# -------------------------------------------------------------------------------------------------- database


class NamesModel(Row, frozen=True, kw_only=True, tag=True):
    """A call that gives a mapped class by its name: `get_model("shop", "Order")`, `get_model("shop.Order")`.

    `setting` is the setting that holds the name, for a call without one (get_user_model)."""

    on: str
    names: str
    params: str = ""
    setting: str = ""


class DbLazy(Row, frozen=True, kw_only=True, tag=True):
    """A builder: no query runs. `filters` tells that its arguments restrict the rows."""

    on: str
    names: str
    params: str = ""
    gives: str = "self"
    of: str = "receiver"
    filters: bool = False


class DbRead(Row, frozen=True, kw_only=True, tag=True):
    """A query runs. `shape`: "rows" a list, "row" one object, "aggregate" a number over many rows, "exists" a test,
    "statement" decided by the statement argument (`statement` names it: select/insert/update/delete or SQL text).
    Another shape with a `statement`: the argument decides between read and write, and a read has this shape."""

    on: str
    names: str
    params: str = ""
    shape: str = "rows"
    gives: str = ""
    of: str = "receiver"
    statement: str = ""
    filters: bool = False


class DbWrite(Row, frozen=True, kw_only=True, tag=True):
    """Rows change. `pending` until a flush or commit; `entity` names the argument that is the object or class,
    "" means the receiver, "*" the objects assigned to before (commit, flush); `bulk` bypasses per-object signals;
    `gives` as everywhere."""

    on: str
    names: str
    params: str = ""
    pending: bool = False
    entity: str = ""
    bulk: bool = False
    gives: str = ""
    of: str = "receiver"


class Statement(Row, frozen=True, kw_only=True, tag=True):
    """A function that builds a statement: sqlalchemy.select(User) reads, update(User) writes.

    `does` is "read", "write" or "sql" (decided by the text of the first argument)."""

    on: str
    names: str
    does: str
    gives: str
    params: str = ""
    of: str = ""


class GenericView(Row, frozen=True, kw_only=True, tag=True):
    """A class-based view that reads the database by itself.

    A subclass of `on` reads `shape` in its `methods` from the class attributes `sources` (first found; "model",
    "queryset") or the method `builder` when the project defines it."""

    on: str
    methods: str
    shape: str
    sources: str = "queryset model"
    builder: str = "get_queryset"


class Renders(Row, frozen=True, kw_only=True, tag=True):
    """A call that evaluates lazy values handed to it inside `argument` (a dict or a plain value): template
    rendering, serializers. "*" means every argument. `when` names a keyword that must be True (many=True), ""
    always."""

    on: str
    names: str
    params: str
    argument: str
    when: str = ""


# ---------------------------------------------------------------------------------------------------- caches


class CacheRead(Row, frozen=True, kw_only=True, tag=True):
    """A read. `key` names the key parameter, `many` when it is a list of keys; `misses` lists how a miss shows:
    "none", "default", "raises:KeyError", "sentinel:dogpile.cache.api.NO_VALUE", "instance:dogpile.cache.api.NoValue"
    (the class of the sentinel), "false" (has_key, exists), "empty"."""

    on: str
    names: str
    params: str
    key: str = "key"
    many: bool = False
    misses: str = "none"


class CacheWrite(Row, frozen=True, kw_only=True, tag=True):
    """A write. `ttl` names the TTL parameters that can give one, space separated, each with its unit as "ex:s px:ms"
    ("at" for a point in time); a bare name is seconds. `omitted`, `none`, `zero` say what leaving it out, None and 0
    mean: "never" (no expiry),
    "default" (the library's or settings' default), "drop" (not stored or deleted), "error", "expired".
    `default_ttl` in seconds when `omitted` is "default" (0 when unknown). `only_new` for add/setnx."""

    on: str
    names: str
    params: str
    key: str = "key"
    value: str = "value"
    ttl: str = ""
    omitted: str = "never"
    none: str = "never"
    zero: str = "error"
    default_ttl: int = 0
    many: bool = False
    only_new: bool = False
    keeps_ttl: str = ""


class CacheGetOrSet(Row, frozen=True, kw_only=True, tag=True):
    """Read, and on a miss call `loader` and write its result."""

    on: str
    names: str
    params: str
    key: str = "key"
    loader: str = "default"
    ttl: str = ""
    omitted: str = "default"
    none: str = "never"
    zero: str = "drop"
    default_ttl: int = 0


class CacheDelete(Row, frozen=True, kw_only=True, tag=True):
    """A delete. `pattern` when the key argument is a glob; `everything` for clear/flush."""

    on: str
    names: str
    params: str = ""
    key: str = ""
    many: bool = False
    pattern: bool = False
    everything: bool = False


class CacheExpire(Row, frozen=True, kw_only=True, tag=True):
    """Sets or prolongs a TTL."""

    on: str
    names: str
    params: str
    key: str = "key"
    ttl: str = ""


class CacheCount(Row, frozen=True, kw_only=True, tag=True):
    """incr, decr, append: changes a value in place."""

    on: str
    names: str
    params: str
    key: str = "key"


class CacheTouch(Row, frozen=True, kw_only=True, tag=True):
    """Any other call that talks to the cache server about one key or the server (ttl, exists, ping, execute)."""

    on: str
    names: str
    params: str = ""
    key: str = ""


class CacheScan(Row, frozen=True, kw_only=True, tag=True):
    """keys, scan_iter: walks the key space by pattern."""

    on: str
    names: str
    params: str
    pattern: str = ""


class CacheLock(Row, frozen=True, kw_only=True, tag=True):
    """Makes a lock; `ttl` names the parameter that bounds it."""

    on: str
    names: str
    params: str
    key: str = "name"
    ttl: str = ""


class StoreCall(Row, frozen=True, kw_only=True, tag=True):
    """A call on the same server that is no cache use: queues, pub/sub, streams, sets used as the only store."""

    on: str
    names: str


class Memoizes(Row, frozen=True, kw_only=True, tag=True):
    """A decorator (or wrapping call) that caches what the function returns.

    `used` is "bare" (@cached), "called" (@cached(60)) or "both". `key_params` names parameters that hold an explicit
    key or key builder; `key_from` says what the default key is made of, space separated words of: args, path, query,
    url, user, vary, none. `ttl` as in CacheWrite. `swallows` True when an outage never reaches the caller. `process`
    True for in-process memory. `response` True when it caches whole HTTP responses. `key_option` is an option that
    widens the default key, as "query_string=True:path query". `when` names a keyword without which nothing is cached
    (Litestar's `cache`)."""

    on: str
    names: str
    params: str = ""
    used: str = "both"
    key_option: str = ""
    when: str = ""
    key_params: str = ""
    key_from: str = "args"
    ttl: str = ""
    omitted: str = "never"
    swallows: bool = False
    process: bool = False
    response: bool = False


class Mapping(Row, frozen=True, kw_only=True, tag=True):
    """A type used as `c[key]`, `c[key] = v`, `key in c`, `del c[key]`: read, write, test and delete of a cache."""

    on: str


class Outage(Row, frozen=True, kw_only=True, tag=True):
    """What a cache call raises when the server is down.

    `on` are client types, `raises` the exception classes (canonical dotted names) that an outage can produce,
    `root` the class that users should catch, `kind` the words for messages ("Redis", "Memcached", "Django cache").
    `settings` names the settings-borne decision ("django-caches", "flask-caching") when the verdict depends on it.
    An empty `raises` means it never raises. `names` restricts the row to these methods (and wins over a row without).
    `unless` names a constructor option, as "ignore_exc=True" or "suppress=True", under which the row does not hold;
    `when` one that must hold."""

    on: str
    raises: str = ""
    root: str = ""
    kind: str = ""
    names: str = ""
    settings: str = ""
    unless: str = ""
    when: str = ""


class Backend(Row, frozen=True, kw_only=True, tag=True):
    """A cache backend named in settings: `path` as written there, `client` the type whose Outage rows apply,
    "" for one that cannot raise. `safe_option` is the OPTIONS or settings entry that makes `safe_names` not raise."""

    path: str
    client: str = ""
    safe_option: str = ""
    safe_setting: str = ""
    safe_names: str = ""


class Error(Row, frozen=True, kw_only=True, tag=True):
    """An exception class: canonical `name`, `bases` and `aliases` (dotted, space separated)."""

    name: str
    bases: str = "builtins.Exception"
    aliases: str = ""


# ------------------------------------------------------------------------------------------------------- web


class Handles(Row, frozen=True, kw_only=True, tag=True):
    """A decorator or registering call that makes a function a request handler.

    `form`: "decorator" (@app.get("/x")), "register" (add_url_rule("/x", view_func=f), path("x", view), Route("/x", f)),
    "bare" (@api_view without path).
    `method` fixes the HTTP methods ("GET"), or `methods` names the parameter that lists them, `default` when absent
    ("GET", or "*" for any method). `path` and `function` name the parameters. `auth` names parameters that carry
    authentication (dependencies, auth, guards), `dialect` says how the function's parameters are filled: the name of a
    Dialect row."""

    on: str
    names: str
    form: str = "decorator"
    params: str = ""
    method: str = ""
    methods: str = ""
    default: str = "GET"
    path: str = "path"
    function: str = ""
    auth: str = ""
    dialect: str = "none"


class HandlerClass(Row, frozen=True, kw_only=True, tag=True):
    """A base class whose subclasses handle requests by methods: `methods` maps "name:HTTP" pairs, space separated
    ("get:GET post:POST list:GET retrieve:GET"). `request` is the attribute that holds the request, "" when it is the
    first parameter. `auth` names class attributes that carry authentication (permission_classes, decorators).
    `renders` lists the methods whose returned mapping is handed to a template."""

    on: str
    methods: str
    renders: str = ""
    request: str = "request"
    dialect: str = "django"
    auth: str = ""


class Dialect(Row, frozen=True, kw_only=True, tag=True):
    """How a framework fills a handler's parameters.

    `request` is the type of the first parameter (after self) even without an annotation, "" when there is none.
    `others` says where further parameters come from: "path" (captured by the URL, raw unless a converter limits
    them), "annotation" (by their types and markers), "none"."""

    name: str
    request: str = ""
    others: str = "path"


class Mounts(Row, frozen=True, kw_only=True, tag=True):
    """A call that puts handlers under a path or under authentication: include_router(router, prefix="/x", auth=...).

    `router` names the parameter with what is mounted (a router, a URL module, a list of handlers), "self" when the call
    makes the router itself (APIRouter(dependencies=[...])), "" for a decorator on a handler (@permission_classes).
    `path` and `auth` name parameters as in Handles."""

    on: str
    names: str
    params: str
    router: str = ""
    path: str = ""
    auth: str = ""


class Restricts(Row, frozen=True, kw_only=True, tag=True):
    """A decorator that limits the HTTP methods: `methods` fixed, or `param` names the argument that lists them."""

    on: str
    names: str
    methods: str = ""
    params: str = ""
    param: str = ""


class Converter(Row, frozen=True, kw_only=True, tag=True):
    """A URL converter: `word` in `<word:name>` / `{name:word}`, `safe` when it limits the character set, `bounded`
    when the value set is finite. `dialect` as in Handles."""

    dialect: str
    word: str
    safe: bool
    bounded: bool = False


class UserInput(Row, frozen=True, kw_only=True, tag=True):
    """Attributes and methods of a request object whose value an attacker chooses. Everything derived from it stays
    raw. `kind` is the word for messages ("query parameter", "header", "path", "body", "cookie"). `how` as in Obtains.
    `type_param` names a parameter that converts (`request.args.get(k, type=int)`)."""

    on: str
    names: str
    kind: str
    how: str = "value"
    params: str = ""
    type_param: str = ""


class Parameter(Row, frozen=True, kw_only=True, tag=True):
    """A marker in a handler's signature: `fastapi.Query(...)`, `Depends(f)`. `kind` is the input kind, or
    "dependency" (then `function` names the parameter with the callable), "injected" for a trusted object, or "" when
    it says nothing about the origin. `pattern` names a parameter with a regular expression the value must match."""

    on: str
    names: str
    kind: str
    params: str = ""
    function: str = ""
    pattern: str = ""


class Validates(Row, frozen=True, kw_only=True, tag=True):
    """An annotation type: a handler parameter annotated so is `safe` (and `bounded`) or raw text; subclasses too."""

    types: str
    safe: bool
    bounded: bool = False


class Identity(Row, frozen=True, kw_only=True, tag=True):
    """A value that says who asks: request.user, flask_login.current_user, get_jwt_identity()."""

    on: str
    names: str
    how: str = "value"
    gives: str = ""


class Authenticates(Row, frozen=True, kw_only=True, tag=True):
    """A decorator, base class, dependency or call that requires a login. `form`: "decorator", "base", "dependency",
    "call", "middleware", "setting", or "exempt" for what opts out of a login required elsewhere (AllowAny)."""

    on: str
    names: str
    form: str = "decorator"


class Sanitizes(Row, frozen=True, kw_only=True, tag=True):
    """A call after which text is `safe` in a key (limited characters) and/or `bounded` (finite set of values).

    Neither: a function that looks like one and is not. `argument` names the sanitised parameter ("" the first, "self"
    for a method on the value itself). `hashes` marks a digest."""

    on: str
    names: str
    params: str = ""
    argument: str = ""
    safe: bool = True
    bounded: bool = False
    hashes: bool = False
    gives: str = ""


class Checks(Row, frozen=True, kw_only=True, tag=True):
    """A test on text that makes it safe in the branch where it holds: `x.isdigit()`, `re.fullmatch(pattern, x)`.
    `argument` names the checked parameter, "self" for the receiver; `pattern` the one with a regular expression."""

    on: str
    names: str
    params: str = ""
    argument: str = "self"
    pattern: str = ""
    bounded: bool = False


class SetsHeader(Row, frozen=True, kw_only=True, tag=True):
    """Sets HTTP caching headers. `used` is "call", "decorator", "both", "assign"
    (response.cache_control.private = x) or "item" (response.headers["Cache-Control"] = text: `names` is "headers", or
    "self" for the response itself). `directive`: "public", "private", "no-store", "max-age", "vary", "vary-cookie", or
    "" when `params` keywords (or the text) name directives themselves (cache_control(private=True))."""

    on: str
    names: str
    directive: str = ""
    params: str = ""
    used: str = "both"


# --------------------------------------------------------------------------------------------------- plumbing


class Invokes(Row, frozen=True, kw_only=True, tag=True):
    """A call that runs the callable passed as `function` now, with the remaining arguments, and gives its result:
    run_in_threadpool(f, x), sync_to_async(f)(x) (`gives`="callable"). `deferred` True when it runs later, outside the
    request (background tasks, Thread, on_commit): errors there do not fail the request."""

    on: str
    names: str
    params: str = ""
    function: str = "function"
    deferred: bool = False
    gives: str = "result"


class Shelf(Row, frozen=True, kw_only=True, tag=True):
    """An object on which projects keep things of their own for other files to find: `app.state.redis = client`,
    `app["redis"] = client`. `names` are what code calls that object, all of them the same one."""

    names: str


class Passes(Row, frozen=True, kw_only=True, tag=True):
    """A call whose result carries the data of an argument: json.dumps(x), dict(x), model_to_dict(x), list(x), copy(x).
    `argument` names it, "*" all; `gives` "" or "argument:NAME" when the type travels too. `as_text`: the result is text
    made of everything the argument holds."""

    on: str
    names: str
    params: str = ""
    argument: str = "*"
    gives: str = ""
    as_text: bool = False


class Configures(Row, frozen=True, kw_only=True, tag=True):
    """A call that sets options of clients of these types after they were made: `cache.setup(url, suppress=False)`."""

    on: str
    names: str
    params: str = ""
    options: str = ""


class LimitsTime(Row, frozen=True, kw_only=True, tag=True):
    """A call that adds a timeout error to what the awaited calls in its arguments raise: asyncio.wait_for."""

    on: str
    names: str
    raises: str
    params: str = ""


class ValidatedFields(Row, frozen=True, kw_only=True, tag=True):
    """A mapping of validated values by field: `form.cleaned_data`. Its items are the class attributes made by calls;
    those of the field classes named in `raw` stay free text, all others are limited by their type; `bounded` names
    those with a finite set of values."""

    on: str
    names: str
    kind: str
    raw: str
    bounded: str = ""


class Suppresses(Row, frozen=True, kw_only=True, tag=True):
    """A context manager that swallows the exceptions passed to it: contextlib.suppress."""

    on: str
    names: str


class Logs(Row, frozen=True, kw_only=True, tag=True):
    """A call that reports a problem to people: logger.exception, sentry_sdk.capture_exception, metrics."""

    on: str
    names: str


class Library(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rows of one library. `packages` are its top-level import names."""

    name: str
    packages: str
    rows: tuple[AnyRow, ...]


AnyRow = (
    Type
    | Obtains
    | Relation
    | NamesModel
    | DbLazy
    | DbRead
    | DbWrite
    | Statement
    | GenericView
    | Renders
    | CacheRead
    | CacheWrite
    | CacheGetOrSet
    | CacheDelete
    | CacheExpire
    | CacheCount
    | CacheTouch
    | CacheScan
    | CacheLock
    | StoreCall
    | Memoizes
    | Mapping
    | Outage
    | Backend
    | Error
    | Handles
    | HandlerClass
    | Dialect
    | Mounts
    | Restricts
    | Converter
    | UserInput
    | Parameter
    | Validates
    | Identity
    | Authenticates
    | Sanitizes
    | Checks
    | SetsHeader
    | Invokes
    | Shelf
    | Passes
    | Configures
    | LimitsTime
    | ValidatedFields
    | Suppresses
    | Logs
)
