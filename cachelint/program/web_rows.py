"""Rows about the web: routes, user input, identity, dependencies, rendering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import library
from cachelint.program.effects import Registration
from cachelint.program.frame import Frame
from cachelint.program.values import (
    NOTHING,
    UNKNOWN,
    ClassRef,
    Decorator,
    External,
    FunctionRef,
    Instance,
    Origin,
    Value,
    Wrapped,
    thing,
)
from cachelint.vocabulary import (
    Authenticates,
    Handles,
    Identity,
    Mounts,
    Parameter,
    Renders,
    Row,
    SetsHeader,
    UserInput,
)

if TYPE_CHECKING:
    pass
from cachelint.program.callsite import CallSite
from cachelint.program.value_rows import sanitized


def decorated(site: CallSite, row: Row) -> Value | None:
    """A routing, header or login decorator: applied at once to a function, or waiting for it."""
    if isinstance(row, (Handles, Mounts)):
        _register(site, row)
        if isinstance(row, Mounts) or row.form == "register":
            return None
    first = site.arguments.positional[0] if site.arguments.positional else UNKNOWN
    if any(isinstance(each, (FunctionRef, ClassRef, Wrapped)) for each in first.things):
        if isinstance(row, (SetsHeader, Authenticates)):
            layer = Decorator(row, site.frame.place(site.node), tuple(site.given.items()), site.client, site.name)
            return thing(Wrapped(first, layers=(layer,)))
        return first if not isinstance(row, Handles) else None
    return thing(Decorator(row, site.frame.place(site.node), tuple(site.given.items()), site.client, site.name))


def _register(site: CallSite, row: Row) -> None:
    place = site.frame.place(site.node)
    registration = Registration(row, site.given, site.client, place, site.frame.function)
    site.frame.summary.registrations.append(registration)


def user_input(site: CallSite, row: UserInput) -> Value | None:
    if row.how != "call":
        return None
    if row.type_param and row.type_param in site.given:
        converter = site.given[row.type_param]
        value = library.user_input(row, site.name, site.frame.place(site.node))
        return sanitized(value, *_converter_strength(site, converter))
    first = site.arguments.positional[0].constant if site.arguments.positional else NOTHING
    name = first if isinstance(first, str) else site.name
    return library.user_input(row, name, site.frame.place(site.node))


def _converter_strength(site: CallSite, converter: Value) -> tuple[bool, bool]:
    validated = site.frame.interpreter.catalogue.validated
    for each in converter.things:
        if isinstance(each, External) and each.name in validated:
            return validated[each.name].safe, validated[each.name].bounded
        if isinstance(each, ClassRef) and site.frame.interpreter.hierarchy.is_a(each.symbol, "enum.Enum"):
            return True, True
    return False, False


def identified(site: CallSite, row: Identity) -> Value | None:
    return library.identity(row, site.name, site.frame.place(site.node)) if row.how == "call" else None


def renders(site: CallSite, row: Renders) -> Value | None:
    if row.when:
        flag = site.given.get(row.when)
        if flag is None or flag.constant is not True:
            return None
    values = site.arguments.all() if row.argument == "*" else [site.given.get(row.argument, UNKNOWN)]
    for value in values:
        hand_over(site, value)
    return None


def hand_over(site: CallSite, value: Value) -> None:
    """Lazy values inside what is handed to a template or serializer run there; the place is their expression."""
    for _, item in value.items or ():
        if any(isinstance(each, Instance) for each in item.things):
            library.consume(site.frame, item, "iterate", _node_of(site, item))
    library.consume(site.frame, value, "iterate", _node_of(site, value))


def _node_of(site: CallSite, value: Value) -> facts.Node:
    """The expression inside the call that made a value, else the call."""
    for argument in site.arguments.nodes.values():
        if isinstance(argument, facts.Dictionary):
            for each in argument.values:
                if isinstance(each, (facts.Name, facts.Call, facts.Attribute)) and _same(site.frame, each, value):
                    return each
        elif _same(site.frame, argument, value):
            return argument
    return site.node


def _same(frame: Frame, node: facts.Expression, value: Value) -> bool:
    if isinstance(node, facts.Name):
        return frame.variables.get(node.id) is value
    return frame.evaluated.get((node.at, node.end)) is value


def marker(site: CallSite, row: Parameter) -> Value | None:
    """`Depends(f)` in a list of dependencies: remember what is depended on, by name."""
    if row.kind != "dependency":
        return None
    node = site.argument_node(row.params, row.function)
    func = node.func if isinstance(node, facts.Call) else node
    name = func.attr if isinstance(func, facts.Attribute) else getattr(func, "id", "")
    origin = Origin("dependency", name, str(name), site.frame.place(site.node))
    return Value(origins=frozenset((origin,)))
