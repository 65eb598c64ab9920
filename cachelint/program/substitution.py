"""A callee's value seen from a call site: parameters replaced by the arguments given there."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import (
    NOTHING,
    ROWS,
    SPREADS,
    UNKNOWN,
    FunctionRef,
    Gap,
    Items,
    Origin,
    Text,
    Value,
    boxed,
    derived,
    held,
    join,
    text_of,
    trim,
)

DEPTH = 12


def substitute(value: Value, function: FunctionSymbol, arguments: Mapping[str, Value], depth: int = 0) -> Value:
    """`value`, computed inside `function`, with the function's parameters replaced by `arguments`."""
    if not value.origins and value.text is None and value.items is None:
        return value
    if depth > DEPTH:
        return UNKNOWN
    direct = _direct_argument(value.origins, function, arguments)
    if direct is not None and value.text is None and value.items is None:
        return direct if direct.things else replace(direct, things=value.things)
    origins: set[Origin] = set()
    for origin in value.origins:
        origins.update(_origins(origin, function, arguments))
    return replace(
        value,
        origins=trim(frozenset(origins)),
        text=_text(value.text, function, arguments, depth),
        items=_items(value, function, arguments, depth),
    )


def parameter_of(origin: Origin, function: FunctionSymbol) -> str | None:
    """The name of the parameter of `function` that an origin is, if it is one."""
    if origin.kind == "parameter" and isinstance(origin.what, tuple) and origin.what[0] is function:
        return str(origin.what[1])
    return None


def _direct_argument(
    origins: frozenset[Origin], function: FunctionSymbol, arguments: Mapping[str, Value]
) -> Value | None:
    if len(origins) != 1:
        return None
    (origin,) = origins
    name = parameter_of(origin, function)
    if name is None or not origin.direct or origin.safe or name not in arguments:
        return None
    return arguments[name]


def _origins(origin: Origin, function: FunctionSymbol, arguments: Mapping[str, Value]) -> frozenset[Origin]:
    name = parameter_of(origin, function)
    if name is None:
        return frozenset((origin,))
    argument = arguments.get(name)
    if argument is None:
        return frozenset()
    given = argument.origins if origin.direct else derived(argument.origins)
    if origin.part or origin.boxed:
        # A part of a column, or what was made of one, is no longer data of the row.
        given = frozenset(replace(each, far=True) if each.kind in ROWS and each.part else each for each in given)
    if origin.part:
        # A part of a part of something is too far from it to say what it holds.
        given = frozenset(replace(each, boxed=each.boxed or each.part) for each in given)
    if not (origin.safe or origin.bounded or origin.boxed or origin.part or origin.far):
        return given
    return frozenset(
        replace(
            each,
            safe=each.safe or origin.safe,
            bounded=each.bounded or origin.bounded,
            boxed=each.boxed or origin.boxed,
            part=each.part or origin.part,
            far=each.far or (origin.far and each.kind in SPREADS),
        )
        for each in given
    )


def _text(text: Text | None, function: FunctionSymbol, arguments: Mapping[str, Value], depth: int) -> Text | None:
    if text is None:
        return None
    parts: list[str | Gap] = []
    for part in text.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        filled = substitute(part.value, function, arguments, depth + 1)
        is_passed_on = _direct_argument(part.value.origins, function, arguments) is not None
        if is_passed_on and filled.text is not None:
            parts.extend(filled.text.parts)
        elif filled.constant is not NOTHING and isinstance(filled.constant, (str, int)):
            parts.append(str(filled.constant))
        else:
            parts.append(Gap(filled, part.place, part.name))
    return text_of(parts)


def _items(value: Value, function: FunctionSymbol, arguments: Mapping[str, Value], depth: int) -> Items | None:
    if value.items is None:
        return None
    return held(tuple((key, substitute(each, function, arguments, depth + 1)) for key, each in value.items))


def bind_arguments(
    target: FunctionRef, positional: list[Value], named: Mapping[str, Value], spread: Value | None = None
) -> dict[str, Value]:
    """Arguments by parameter name, as Python would bind them. Surplus positionals are joined into `*args`.

    `spread` is what a `*x` or `**x` argument may put into parameters not given otherwise."""
    parameters = target.symbol.facts.parameters
    bound: dict[str, Value] = dict(target.bound)
    open_positions = [p for p in parameters if p.kind in ("positional", "plain")]
    if target.receiver is not None and open_positions:
        bound[open_positions[0].name] = Value(things=(target.receiver,))
        open_positions = open_positions[1:]
    open_positions = [p for p in open_positions if p.name not in bound]
    for parameter, argument in zip(open_positions, positional, strict=False):
        bound[parameter.name] = argument
    rest = positional[len(open_positions) :]
    names = {p.name for p in parameters}
    for parameter in parameters:
        if parameter.kind == "star" and rest:
            bound[parameter.name] = join(rest)
        elif parameter.kind == "starstar":
            extra = {name: argument for name, argument in named.items() if name not in names}
            if extra:
                bound[parameter.name] = Value(
                    items=tuple(extra.items()),
                    origins=trim(frozenset().union(*(v.origins for v in extra.values()))),
                )
    bound.update((name, argument) for name, argument in named.items() if name in names)
    if spread is not None:
        for parameter in parameters:
            if parameter.name not in bound and parameter.name not in ("self", "cls"):
                given = spread.item(parameter.name)
                bound[parameter.name] = given if given is not None else Value(origins=boxed(spread.origins))
    return bound
