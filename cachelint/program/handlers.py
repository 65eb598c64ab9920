"""Which functions serve a request: found through decorators, registrations, base classes and configuration."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.facts import model as facts
from cachelint.program import classes, delegates
from cachelint.program.decorators import applied
from cachelint.program.effects import Registration
from cachelint.program.http_methods import names, of_dispatch, restricted
from cachelint.program.mounts import handed_to_register, is_route, routes_of, unmounted
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import ClassRef, Decorator, FunctionRef, Instance, Place, Value, Wrapped
from cachelint.vocabulary import Delegates, GenericView, HandlerClass, Handles

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

SAFE = frozenset(("GET", "HEAD", "OPTIONS", "*"))
REGISTERING = frozenset(
    [
        "path",
        "re_path",
        "url",
        "add_url_rule",
        "add_api_route",
        "add_route",
        "add_get",
        "add_post",
        "add_put",
        "add_patch",
        "add_delete",
        "add_view",
        "add_resource",
        "register",
        "include_router",
        "register_blueprint",
        "Route",
    ]
)


class Handler(msgspec.Struct, frozen=True):
    """One function that serves requests.

    `methods` are HTTP methods, "*" any; `path` the URL pattern as written there ("" unknown); `dialect` how its
    parameters are filled; `layers` decorators put around it where it is registered."""

    function: FunctionSymbol
    methods: frozenset[str]
    path: str
    dialect: str
    place: Place
    owner: ClassSymbol | None = None
    layers: tuple[Decorator, ...] = ()
    raw_paths: tuple[str, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Whether it serves a safe method (GET, HEAD, OPTIONS)."""
        return bool(self.methods & SAFE)


def find(interpreter: Interpreter, patterns: Iterable[str]) -> list[Handler]:
    """All handlers of the project, in the order of their files. `patterns` are dotted names from the configuration."""
    found: list[Handler] = []
    for module in interpreter.modules:
        for function in module.functions:
            found.extend(_decorated(interpreter, function))
            if any(fnmatch.fnmatchcase(function.name, pattern) for pattern in patterns):
                place = Place(module.source.path, function.facts.at, function.facts.end)
                found.append(Handler(function, frozenset("*"), "", "none", place))
    made = list(registrations(interpreter))
    handed = list(handed_to_register(interpreter))
    registered = list(_registered(interpreter, made))
    registered += [each for given in handed for each in _of_class(interpreter, given.view, given.path, (), given.place)]
    idle = unmounted(interpreter, made)
    found.extend(handler for handler in registered if handler.place.path not in idle)
    routed = {handler.owner for handler in registered if handler.owner is not None}
    # Views of nothing but a queryset have no method of their own to be a handler.
    routed |= {given.view for given in handed} | {view for each in made for view in views_in(each)}
    interpreter.routes = routes = routes_of(interpreter, routed, made)
    for module in interpreter.modules:
        for symbol in module.classes:
            if symbol.facts.bases and symbol not in routed and routes.may_lead_to(symbol):
                place = Place(module.source.path, symbol.facts.at, 0)
                found.extend(_of_class(interpreter, symbol, _class_path(interpreter, symbol), (), place))
    return merged(interpreter, found)


def merged(interpreter: Interpreter, found: list[Handler]) -> list[Handler]:
    """One handler per function: the methods of all its routes, the first path; all paths kept for the converters."""
    by_function: dict[FunctionSymbol, list[Handler]] = {}
    for handler in found:
        by_function.setdefault(handler.function, []).append(handler)
    merged = []
    for function, group in by_function.items():
        first = max(group, key=lambda each: (_depth(interpreter, each.dialect), bool(each.path)))
        methods = frozenset().union(*(_methods_of(each) for each in group))
        if len(methods) > 1:
            methods -= {"*"}
        paths = tuple(dict.fromkeys(each.path for each in group if each.path))
        layers = first.layers if len(group) == 1 else _common_layers(group)
        path = first.path or next(iter(paths), "")
        merged.append(Handler(function, methods, path, first.dialect, first.place, first.owner, layers, paths))
    return merged


def _class_path(interpreter: Interpreter, symbol: ClassSymbol) -> str:
    """The path that a route decorator on a class gives to its methods."""
    decorators = applied(interpreter, symbol) if symbol.facts.decorators else ()
    return next((path_of(each.row, each.given) for each in decorators if isinstance(each.row, Handles)), "")


def _depth(interpreter: Interpreter, dialect: str) -> int:
    """How specific a framework's request type is: REST framework's is Django's and more."""
    row = interpreter.dialects.get(dialect)
    return len(interpreter.catalogue.lineage(row.request)) + 1 if row is not None and row.request else dialect != "none"


def _common_layers(group: list[Handler]) -> tuple[Decorator, ...]:
    with_layers = [each.layers for each in group if each.layers]
    return with_layers[0] if with_layers else ()


def _methods_of(handler: Handler) -> frozenset[str]:
    return handler.methods


# ------------------------------------------------------------------------------------------------ decorators


def _decorated(interpreter: Interpreter, function: FunctionSymbol) -> Iterator[Handler]:
    for each in applied(interpreter, function) if function.facts.decorators else ():
        if isinstance(each.row, Handles) and each.row.form in ("decorator", "bare"):
            yield _handler(interpreter, function, each.row, each.given, each.place)
    if function.owner is not None or not function.facts.decorators:
        return


def by_decorators(interpreter: Interpreter, function: FunctionSymbol) -> list[Handler]:
    """What a function serves by its own decorators."""
    return merged(interpreter, list(_decorated(interpreter, function)))


def _handler(
    interpreter: Interpreter, function: FunctionSymbol, row: Handles, given: dict[str, Value], place: Place
) -> Handler:
    methods = restricted(interpreter, function, _methods(row, given))
    return Handler(function, methods, path_of(row, given), row.dialect, place, function.owner)


def _methods(row: Handles, given: dict[str, Value]) -> frozenset[str]:
    if row.method:
        return frozenset(row.method.split())
    given_methods = names(given.get(row.methods)) if row.methods else []
    return frozenset(name.upper() for name in given_methods) or frozenset(row.default.split())


def path_of(row: Handles, given: dict[str, Value]) -> str:
    """The path that a route says, as far as it is written there; "" when it is not known."""
    value = given.get(row.path)
    if value is None:
        return ""
    if isinstance(value.constant, str):
        return value.constant
    if value.text is not None:
        return str(value.text)
    first = next((item.constant for _, item in value.items or () if isinstance(item.constant, str)), "")
    return first if isinstance(first, str) else ""


# --------------------------------------------------------------------------------------------- registrations


def registrations(interpreter: Interpreter) -> Iterator[Registration]:
    """Every registering call at the top level of a module or in a function that sets an application up."""
    for module in interpreter.modules:
        yield from interpreter.module_summary(module).registrations
        for function in module.functions:
            if _registers(function):
                yield from interpreter.summary(function).registrations


def _registers(function: FunctionSymbol) -> bool:
    return any(
        registering_name(call) in REGISTERING
        for statement in function.statements
        for call in _calls_listed(getattr(statement, "value", None))
    )


def _calls_listed(expression: facts.Expression | None) -> Iterator[facts.Call]:
    """A call, or the calls in a list of them: `return [path(...), path(...)] + super().get_urls()`."""
    if isinstance(expression, facts.Call):
        yield expression
    elif isinstance(expression, facts.Collection):
        for item in expression.items:
            yield from _calls_listed(item)
    elif isinstance(expression, facts.Binary):
        yield from _calls_listed(expression.left)
        yield from _calls_listed(expression.right)


def registering_name(call: facts.Call) -> str:
    """The last name of what is called."""
    func = call.func
    return func.attr if isinstance(func, facts.Attribute) else func.id if isinstance(func, facts.Name) else ""


def _registered(interpreter: Interpreter, made: Iterable[Registration]) -> Iterator[Handler]:
    for each in made:
        yield from of_registration(interpreter, each)


def of_registration(interpreter: Interpreter, made: Registration) -> Iterator[Handler]:
    """What serves requests by one registration."""
    row = made.row
    target = made.given.get(row.function) if isinstance(row, Handles) and is_route(made) else None
    if target is not None and isinstance(row, Handles):
        yield from _targets(interpreter, target, row, made.given, made.place, ())


def views_in(made: Registration) -> Iterator[ClassSymbol]:
    """The classes that a registration makes views of."""
    row = made.row
    target = made.given.get(row.function) if isinstance(row, Handles) and is_route(made) else None
    waiting = list(target.things) if target is not None else []
    while waiting:
        each = waiting.pop()
        if isinstance(each, ClassRef):
            yield each.symbol
        elif isinstance(each, Instance) and isinstance(each.type, ClassSymbol):
            yield each.type
        elif isinstance(each, Wrapped):
            waiting.extend(each.function.things)


def _targets(
    interpreter: Interpreter,
    target: Value,
    row: Handles,
    given: dict[str, Value],
    place: Place,
    layers: tuple[Decorator, ...],
) -> Iterator[Handler]:
    for each in target.things:
        if isinstance(each, FunctionRef):
            methods = restricted(interpreter, each.symbol, _methods(row, given))
            yield Handler(each.symbol, methods, path_of(row, given), row.dialect, place, each.symbol.owner, layers)
        elif isinstance(each, ClassRef):
            interpreter.class_layers.setdefault(each.symbol, layers)
            yield from _of_class(interpreter, each.symbol, path_of(row, given), layers, place, row)
        elif isinstance(each, Instance) and isinstance(each.type, ClassSymbol):
            yield from _of_class(interpreter, each.type, path_of(row, given), layers, place, row)
        elif isinstance(each, Wrapped):
            yield from _targets(interpreter, each.function, row, given, place, (*layers, *each.layers))


# --------------------------------------------------------------------------------------------------- classes


def _of_class(
    interpreter: Interpreter,
    symbol: ClassSymbol,
    path: str,
    layers: tuple[Decorator, ...],
    place: Place,
    registered: Handles | None = None,
) -> Iterator[Handler]:
    """What serves requests for a class: its own methods, and those of the classes that it leaves work to."""
    own = list(_own_methods(interpreter, symbol, path, layers, place, registered))
    yield from own
    methods = frozenset().union(*(each.methods for each in own))
    yield from _delegated(interpreter, symbol, path, layers, place, methods)


def _own_methods(
    interpreter: Interpreter,
    symbol: ClassSymbol,
    path: str,
    layers: tuple[Decorator, ...],
    place: Place,
    registered: Handles | None = None,
) -> Iterator[Handler]:
    """The methods of a class that serve requests, by its bases or by the module it is registered with."""
    seen: set[str] = set()
    allowed = of_dispatch(interpreter, symbol)
    modules = {name.rpartition(".")[0] for name in registered.on.split()} if registered is not None else set()
    for base in (*interpreter.hierarchy.library_bases(symbol), *sorted(modules)):
        for row in interpreter.catalogue.rows_on(base):
            if not isinstance(row, HandlerClass):
                continue
            for word in row.methods.split():
                name, _, method = word.partition(":")
                function = classes.find_method(interpreter, symbol, name)
                if function is None or name in seen:
                    continue
                seen.add(name)
                methods = restricted(interpreter, function, frozenset((method,)))
                if allowed is None or methods & allowed:
                    yield Handler(function, methods, path, row.dialect, place, symbol, layers)


def _delegated(
    interpreter: Interpreter,
    view: ClassSymbol,
    path: str,
    layers: tuple[Decorator, ...],
    place: Place,
    methods: frozenset[str],
) -> Iterator[Handler]:
    """The methods of the classes that a view leaves work to, by what it serves itself or inherits from a library."""
    rows = {row: 0 for base in interpreter.hierarchy.library_bases(view) for row in interpreter.catalogue.rows_on(base)}
    reads = bool(methods & SAFE) or any(isinstance(row, GenericView) for row in rows)
    writes = bool(methods - SAFE) or any(isinstance(row, HandlerClass) and row.writes for row in rows)
    for row in (each for each in rows if isinstance(each, Delegates)):
        for symbol in delegates.named_by(interpreter, view, row):
            for is_served, is_write, method in ((reads, False, "GET"), (writes, True, "POST")):
                for each in delegates.run_by(interpreter, symbol, row, writes=is_write) if is_served else ():
                    yield Handler(each, frozenset((method,)), path, "none", place, view, layers)


# ---------------------------------------------------------------------------------------------- URL patterns

_ANGLE = re.compile(r"<(?:(?P<before>[\w.-]+)(?:\([^)]*\))?:)?(?P<name>\w+)(?::(?P<after>[^<>]+))?>")
_BRACE = re.compile(r"\{(?P<name>\w+)(?::(?P<word>(?:[^{}]|\{[\d,]*\})+))?\}")
_GROUP = re.compile(r"\(\?P<(?P<name>\w+)>(?P<pattern>(?:[^()]|\([^()]*\))*)\)")


def captured(interpreter: Interpreter, handler: Handler, name: str) -> tuple[bool, bool] | None:
    """(safe, bounded) of a URL parameter by its converters; None when no known path captures it."""
    found = list(_by_lookup(interpreter, handler, name))
    for path in handler.raw_paths:
        for match in _GROUP.finditer(path):
            if match["name"] == name:
                from cachelint.program.checks import is_strict_pattern

                found.append((is_strict_pattern(match["pattern"]), False))
        for captured_name, word in _captures(interpreter, handler.dialect, _GROUP.sub("", path)):
            if captured_name == name:
                found.append(_converter(interpreter, handler.dialect, word))
    if not found:
        return None
    return all(safe for safe, _ in found), all(bounded for _, bounded in found)


def _captures(interpreter: Interpreter, dialect: str, path: str) -> Iterator[tuple[str, str]]:
    """The (name, converter or pattern) pairs of a path: `<int:pk>`, `<pk:int>`, `{pk:int}`, `{pk:[0-9]+}`."""
    for match in _BRACE.finditer(path):
        yield match["name"], match["word"] or ""
    words = {word for of, word in interpreter.catalogue.converters if of == dialect}
    for match in _ANGLE.finditer(path):
        before, name, after = match["before"] or "", match["name"], match["after"] or ""
        if before and (after or (name in words and before not in words)):
            yield before, after or name
        else:
            yield name, before or after


def _by_lookup(interpreter: Interpreter, handler: Handler, name: str) -> Iterator[tuple[bool, bool]]:
    """What a viewset says of its lookup: lookup_value_regex, lookup_value_converter."""
    if handler.owner is None or name not in ("pk", _lookup(interpreter, handler.owner, "lookup_field")):
        return
    pattern = _lookup(interpreter, handler.owner, "lookup_value_regex")
    if pattern:
        from cachelint.program.checks import is_strict_pattern

        yield is_strict_pattern(pattern), False
    word = _lookup(interpreter, handler.owner, "lookup_value_converter")
    if word:
        yield _converter(interpreter, "django", word)


def _lookup(interpreter: Interpreter, symbol: ClassSymbol, name: str) -> str:
    found = classes.find_in_class(interpreter, symbol, name)
    return found[1].constant if found is not None and isinstance(found[1].constant, str) else ""


def _converter(interpreter: Interpreter, dialect: str, word: str) -> tuple[bool, bool]:
    row = interpreter.catalogue.converters.get((dialect, word))
    if row is not None:
        return row.safe, row.bounded
    if dialect == "aiohttp" and word:
        from cachelint.program.checks import is_strict_pattern

        return is_strict_pattern(word), False
    # A converter of the project decides itself what it lets through: taken as strict. None at all is raw text.
    return bool(word), False
