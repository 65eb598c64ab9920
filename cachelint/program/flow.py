"""Where data comes from, followed backwards: from a key to the request that fills it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cachelint.program.effects import CallEdge, Event
from cachelint.program.graph import functions_in
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import UNKNOWN, Gap, Instance, Origin, Place, Text, Value, ranked
from cachelint.vocabulary import Memoizes

if TYPE_CHECKING:
    from cachelint.program import Program

DEPTH = 40
# How far up, and to how many callers of each function, it is asked who passes something.
CALLERS_UP = 8
CALLERS = 12
# What frameworks call the path without its query string: a route has matched it.
ROUTED_PATH = frozenset(("path", "path_info"))
# What they call the query string, and the path, as a whole.
WHOLE_QUERY = frozenset(("GET", "args", "query_params", "query_string"))
WHOLE_PATH = frozenset(
    "path path_info get_full_path get_full_path_info fullpath full_path path_qs path_url raw_path".split()
)
CONSTRUCTIONS = 3


class Arrival(msgspec.Struct, frozen=True):
    """User input that reaches a key: where it enters the template, the template as far as known, the way there.

    `is_whole`: it is the whole key, without a template; `is_exact`: every call on the way hands on just this value."""

    origin: Origin
    place: Place
    template: str
    way: tuple[tuple[Place, str], ...]
    event: Event
    is_whole: bool = False
    is_exact: bool = True

    @property
    def spoken(self) -> str:
        """The user input in words: "query parameter `page`", "the query string"."""
        return _spoken(self.origin)

    @property
    def is_whole_query(self) -> bool:
        """Whether it is the query string as a whole."""
        return self.origin.name in WHOLE_QUERY

    @property
    def is_routed_path(self) -> bool:
        """Whether it is the path without its query string, which led to a route."""
        return self.origin.what == "path" and self.origin.name in ROUTED_PATH


class _Search(msgspec.Struct, frozen=True):
    """One step of the way back from a key."""

    value: Value
    place: Place
    template: str
    way: tuple[tuple[Place, str], ...]
    in_template: bool
    depth: int
    is_exact: bool = True


def arrivals(program: Program, event: Event) -> Iterator[Arrival]:
    """Every raw input that reaches the key of a cache call, each entrance once."""
    key = event.key
    if key is None:
        yield from _into_default_key(program, event)
        return
    sink = ((event.place, f"used as a cache key by `{event.method}`"),)
    seen: set[tuple[object, Place]] = set()
    for start in _entrances(key, event.argument_place or event.place, _template(key), sink, 0):
        yield from _sources(program, event, start, seen)


def is_default_key(event: Event) -> bool:
    """Whether a caching decorator makes the key itself, of the arguments as they are."""
    row = event.row
    if not isinstance(row, Memoizes) or not row.spells or event.key is not None:
        return False
    return not any(name in event.arguments for name in row.key_params.split())


def _into_default_key(program: Program, event: Event) -> Iterator[Arrival]:
    function = event.function
    if function is None or not is_default_key(event):
        return
    sink = ((event.place, f"the default key of `{event.method or 'the decorator'}` holds the arguments"),)
    seen: set[tuple[object, Place]] = set()
    for parameter in function.facts.parameters:
        origin = Origin("parameter", (function, parameter.name), parameter.name, event.place)
        template = f"{function.facts.name}:{{{parameter.name}}}"
        step = _Search(UNKNOWN, event.place, template, sink, True, 0)
        yield from _through_parameter(program, event, origin, step, seen)


def _template(value: Value) -> str:
    return str(value.text) if value.text is not None else ""


def _entrances(
    value: Value,
    place: Place,
    template: str,
    way: tuple[tuple[Place, str], ...],
    depth: int,
    whole: bool = False,
) -> Iterator[_Search]:
    """The gaps of a template, or the value itself."""
    gaps = [part for part in value.text.parts if isinstance(part, Gap)] if value.text is not None else []
    if not gaps:
        if value.text is None:
            yield _Search(value, place, template, way, False, depth)
        return
    is_template = len(value.text.parts) > 1 if value.text is not None else False
    for gap in gaps:
        yield _Search(gap.value, gap.place if is_template or not whole else place, template, way, True, depth)


def parameter_in(origin: Origin) -> tuple[FunctionSymbol, str]:
    """The function and parameter name that an origin of kind "parameter" stands for."""
    assert isinstance(origin.what, tuple)
    function, name = origin.what
    assert isinstance(function, FunctionSymbol)
    return function, str(name)


def _sources(program: Program, event: Event, step: _Search, seen: set[tuple[object, Place]]) -> Iterator[Arrival]:
    if step.depth > DEPTH:
        return
    for origin in ranked(step.value.origins):
        if origin.safe or origin.boxed or (origin.what, step.place) in seen:
            continue
        seen.add((origin.what, step.place))
        if origin.kind == "input":
            if not program.is_converted(origin):
                yield _arrival(event, origin, step)
        elif origin.kind == "parameter" and isinstance(origin.what, tuple):
            yield from _through_parameter(program, event, origin, step, seen)
        elif origin.kind == "result" and isinstance(origin.what, tuple):
            yield from _through_result(program, event, origin, step, seen)


def _through_result(
    program: Program, event: Event, origin: Origin, step: _Search, seen: set[tuple[object, Place]]
) -> Iterator[Arrival]:
    """On through the functions that callers, or decorators, pass for a parameter that makes the value."""
    function, name = parameter_in(origin)
    passed = [edge.arguments.get(name) for edge in program.graph.callers.get(function, ())]
    passed += [given.get(name) for given in program.graph.told.get(function, ())]
    makers = dict.fromkeys(each for value in passed if value is not None for each in functions_in(value))
    for maker in makers:
        for value, place in program.interpreter.summary(maker).returned:
            way = (*step.way, (place, f"made by `{maker.facts.name}`"))
            for inner in _entrances(value, place, step.template or _template(value), way, step.depth + 1):
                yield from _sources(program, event, inner, seen)


def _spoken(origin: Origin) -> str:
    """User input in words: "query parameter `page`", "the query string"."""
    if origin.name in WHOLE_QUERY:
        return "the query string"
    if origin.what == "path":
        return "the path" if origin.name in WHOLE_PATH else f"path parameter `{origin.name}`"
    return f"{origin.what} `{origin.name}`"


def _arrival(event: Event, origin: Origin, step: _Search) -> Arrival:
    start = (origin.place, f"user input enters here: {_spoken(origin)}")
    template = step.template or "{" + origin.name + "}"
    return Arrival(
        origin, step.place, template, (start, *reversed(step.way)), event, not step.in_template, step.is_exact
    )


def _through_parameter(
    program: Program, event: Event, origin: Origin, step: _Search, seen: set[tuple[object, Place]]
) -> Iterator[Arrival]:
    function, name = parameter_in(origin)
    entering = program.input_of(function, name, origin.name)
    if entering is not None:
        # An object made from the request is no text; only its fields are.
        is_field = origin.part or not step.is_exact
        if not entering.safe and (is_field or not entering.boxed):
            yield _arrival(event, entering, step)
        return
    edges = program.graph.callers.get(function, ())
    if function.facts.name == "__init__" and len(edges) > CONSTRUCTIONS:
        # Which of so many objects this is, nobody can say.
        return
    for edge in edges:
        argument = edge.arguments.get(name)
        if argument is not None and program.effort.spend(event.place):
            for each in _at_call(program, function, name, edge, argument, origin, step):
                yield from _sources(program, event, each, seen)


def _declared(program: Program, function: FunctionSymbol, name: str) -> list[Instance]:
    """What a parameter is by its annotation."""
    for parameter in function.facts.parameters:
        if parameter.name == name:
            return program.interpreter.parameter(function, parameter).instances()
    return []


def _at_call(
    program: Program,
    function: FunctionSymbol,
    name: str,
    edge: CallEdge,
    argument: Value,
    origin: Origin,
    step: _Search,
) -> Iterator[_Search]:
    note = f"passed to `{function.facts.name}` here"
    way = (*step.way, (edge.place, note)) if step.way[-1][0] != edge.place else step.way
    given = edge.places.get(name, edge.place)
    if origin.direct and argument.text is not None and any(isinstance(p, Gap) for p in argument.text.parts):
        template = step.template.replace("{" + name + "}", str(argument.text)) or str(argument.text)
        if _is_single_gap(argument.text) and step.in_template:
            yield _Search(argument.text.parts[0].value, step.place, template, way, True, step.depth + 1)  # type: ignore[union-attr]
            return
        yield from _entrances(argument, given, template, way, step.depth + 1)
        return
    place = step.place if step.in_template else given
    if origin.part and not step.in_template:
        return
    is_exact = step.is_exact and origin.direct
    if origin.part:
        # An object of the project holds more than what it was made from: only one that came as it is counts.
        is_object = any(
            isinstance(i.type, ClassSymbol) for i in (*argument.instances(), *_declared(program, function, name))
        )
        whole = frozenset(o for o in argument.origins if not o.part and (o.direct or not is_object))
        argument = replace(argument, origins=whole)
    yield _Search(argument, place, step.template, way, step.in_template, step.depth + 1, is_exact)


def _is_single_gap(text: Text) -> bool:
    return len(text.parts) == 1 and isinstance(text.parts[0], Gap)


def comes_from(program: Program, origins: frozenset[Origin], kind: str) -> bool:
    """Whether data of that kind ("identity") is among the sources, in this function or as passed by any caller."""
    seen: set[tuple[FunctionSymbol, str]] = set()
    for _ in range(CALLERS_UP):
        if any(origin.kind == kind for origin in origins):
            return True
        parameters = {parameter_in(o) for o in origins if o.kind == "parameter" and isinstance(o.what, tuple)} - seen
        if kind == "identity" and any(is_identity_name(name) for _, name in parameters):
            return True
        seen |= parameters
        origins = frozenset().union(*(_given(program, function, name) for function, name in parameters))
    return False


def _given(program: Program, function: FunctionSymbol, name: str) -> frozenset[Origin]:
    """What some of the callers pass to a parameter."""
    edges = program.graph.callers.get(function, ())[:CALLERS]
    return frozenset().union(*(edge.arguments[name].origins for edge in edges if name in edge.arguments))


def is_identity_name(name: str) -> bool:
    """A parameter that by its name is who asks: current_user, request_user."""
    return name in ("current_user", "request_user", "requesting_user", "auth_user", "user_context", "viewer")
