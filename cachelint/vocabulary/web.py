"""Rows about serving requests: handlers, what clients fill in, who asks, and what a check makes of text."""

from __future__ import annotations

from cachelint.vocabulary.row import Row


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
    `renders` lists the methods whose returned mapping is handed to a template. With `edits` a page of it is a form by
    which something is changed; with `writes` it has methods by which clients write, without a line of the project's.
    `checks` are the methods that the framework calls before, to turn people away."""

    on: str
    methods: str
    checks: str = ""
    renders: str = ""
    edits: bool = False
    writes: bool = False
    request: str = "request"
    dialect: str = "django"
    auth: str = ""


class Delegates(Row, frozen=True, kw_only=True, tag=True):
    """Views (`on`) that leave work to a class, of the bases `to`, which their attribute `source` or their method
    `builder` names. Its methods run while a view answers: `reads` for safe methods, `writes` for the others; a name
    ending in "*" stands for all that begin so. `fields` makes fields that name a method to read, as
    "SerializerMethodField:get_": by the first argument, else by the field's name behind that word. `data` is the
    parameter of its constructor by which it is made to write."""

    on: str
    to: str
    source: str
    builder: str
    reads: str
    writes: str
    fields: str = ""
    data: str = ""


class Dialect(Row, frozen=True, kw_only=True, tag=True):
    """How a framework fills a handler's parameters.

    `request` is the type of the first parameter (after self) even without an annotation, "" when there is none.
    `others` says where further parameters come from: "path" (captured by the URL, raw unless a converter limits
    them), "annotation" (by their types and markers), "none". With `runs_queries` a lazy query that a handler returns
    is run to make the response."""

    name: str
    request: str = ""
    others: str = "path"
    runs_queries: bool = False


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


class HasFields(Row, frozen=True, kw_only=True, tag=True):
    """Base classes of data models: the annotated attributes of a subclass are fields, filled for each object when it is
    made."""

    bases: str


class Answers(Row, frozen=True, kw_only=True, tag=True):
    """A call that makes a response of a special kind. `kind`: "redirect" for one that sends clients elsewhere, "file"
    for one to keep rather than to look at, "failure" for one that says that the service does not work."""

    on: str
    names: str
    kind: str


class Identity(Row, frozen=True, kw_only=True, tag=True):
    """A value that says who asks: request.user, flask_login.current_user, get_jwt_identity()."""

    on: str
    names: str
    how: str = "value"
    gives: str = ""


class Authenticates(Row, frozen=True, kw_only=True, tag=True):
    """A decorator, base class, dependency or call that requires a login. `form`: "decorator", "base", "dependency",
    "call", "middleware", "setting", or "exempt" for what opts out of a login required elsewhere (AllowAny). `tests`
    names the parameter with a test that users have to pass, `checks` the methods of a base class that turn people away
    before the view's own method runs, `applies` the views that a setting ("NAME.KEY") holds for."""

    on: str
    names: str
    form: str = "decorator"
    tests: str = ""
    checks: str = ""
    applies: str = ""


class Sanitizes(Row, frozen=True, kw_only=True, tag=True):
    """A call after which text is `safe` in a key (limited characters) and/or `bounded` (finite set of values).

    Neither: a function that looks like one and is not. `argument` names the sanitised parameter ("" the first, "self"
    for a method on the value itself). `hashes` marks a digest, `counts` a number of things."""

    on: str
    names: str
    params: str = ""
    argument: str = ""
    safe: bool = True
    bounded: bool = False
    hashes: bool = False
    counts: bool = False
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


class CdnHeader(Row, frozen=True, kw_only=True, tag=True):
    """Headers (`names`, in lower case) by which an application tells the shared cache in front of it what to keep and
    what to drop; nobody else reads them."""

    names: str
