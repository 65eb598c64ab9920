"""What is handed to a call, and which parameters take it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program.frame import Frame
from cachelint.program.spelling import last_name
from cachelint.program.values import FunctionRef, Place, Value, join, ranked


class Arguments(msgspec.Struct):
    """The evaluated arguments of one call, each with its node."""

    positional: list[Value] = []
    named: dict[str, Value] = {}
    spread: Value | None = None
    nodes: dict[int | str, facts.Expression] = {}

    def all(self) -> list[Value]:
        """Every argument value, the spread ones included."""
        given = [*self.positional, *self.named.values()]
        return given if self.spread is None else [*given, self.spread]


NO_ARGUMENTS = Arguments()


# Defaults of parameters that are known without running anything.
DEFAULTS = (facts.Constant, facts.Name, facts.Attribute, facts.Binary, facts.Unary)


CHECKING = frozenset("check verify ensure require assert validate authorize guard".split())


@lru_cache(maxsize=10_000)
def _checks(name: str) -> bool:
    return not CHECKING.isdisjoint(name.lower().split("_"))


def note_checked(frame: Frame, node: facts.Call, arguments: Arguments) -> None:
    """`verify_owner(flow_id, current_user)`: past it, what is named there belongs to who asks."""
    if not _checks(last_name(node.func)):
        return
    asking = [o for value in arguments.all() for o in ranked([o for o in value.origins if o.kind == "identity"])]
    for given in arguments.nodes.values() if asking else ():
        if isinstance(given, facts.Name) and given.id in frame.variables:
            known = frame.variables[given.id]
            frame.variables[given.id] = replace(known, origins=known.origins | {asking[0]})


def evaluate_arguments(frame: Frame, node: facts.Call) -> Arguments:
    """The arguments of a call, evaluated in order; displays behind stars are spread."""
    arguments = Arguments()
    for each in node.arguments:
        value = frame.evaluate(each.value)
        if not each.star:
            if each.keyword is not None:
                arguments.named[each.keyword] = value
                arguments.nodes[each.keyword] = each.value
            else:
                arguments.nodes[len(arguments.positional)] = each.value
                arguments.positional.append(value)
        elif each.star == 1 and value.items is not None:
            arguments.positional.extend(item for _, item in value.items)
        elif each.star == 2 and value.items is not None and all(isinstance(k, str) for k, _ in value.items):
            arguments.named.update((str(key), item) for key, item in value.items)
        else:
            arguments.spread = value if arguments.spread is None else join([arguments.spread, value])
    return arguments


def written(
    target: FunctionRef, arguments: Arguments, given: frozenset[str]
) -> Iterator[tuple[str, facts.Expression | None]]:
    """What a call writes for each parameter, the default where it gives nothing."""
    position = 0 if target.receiver is None else -1
    for parameter in target.symbol.facts.parameters:
        is_positional = parameter.kind in ("positional", "plain")
        if parameter.name in arguments.named:
            yield parameter.name, arguments.nodes.get(parameter.name)
        elif is_positional and not target.bound and 0 <= position < len(arguments.positional):
            yield parameter.name, arguments.nodes.get(position)
        elif parameter.name not in given and arguments.spread is None:
            yield parameter.name, parameter.default
        position += is_positional


def fill_defaults(frame: Frame, target: FunctionRef, bound: dict[str, Value]) -> None:
    """Parameters left out have their default, where that is a constant or a name."""
    for parameter in target.symbol.facts.parameters:
        if parameter.name not in bound and isinstance(parameter.default, DEFAULTS):
            is_literal = isinstance(parameter.default, facts.Constant)
            home = frame if is_literal else frame.interpreter_frame(target.symbol.module)
            bound[parameter.name] = home.evaluate(parameter.default)


def argument_places(frame: Frame, arguments: Arguments, bound: dict[str, Value]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    if not arguments.nodes:
        return places
    for name, value in bound.items():
        for index, given in enumerate(arguments.positional):
            if given is value and index in arguments.nodes:
                places[name] = frame.place(arguments.nodes[index])
        if name in arguments.named and name in arguments.nodes:
            places[name] = frame.place(arguments.nodes[name])
    return places
