"""What is taken out of something by a key or an index, caches used like dictionaries included."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import classes, library
from cachelint.program.arguments import Arguments
from cachelint.program.credentials import called
from cachelint.program.effects import Event
from cachelint.program.frame import Frame
from cachelint.program.rights import is_asker
from cachelint.program.spelling import last_name
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    NOTHING,
    UNKNOWN,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Member,
    Origin,
    Value,
    cleaned,
    derived,
    join,
    parts_of,
)
from cachelint.vocabulary import CacheDelete, CacheRead, CacheWrite, Mapping, Obtains


def subscript(frame: Frame, node: facts.Subscript) -> Value:
    base = frame.evaluate(node.value)
    if isinstance(node.index, facts.Slice):
        for bound in (node.index.lower, node.index.upper, node.index.step):
            if bound is not None:
                frame.evaluate(bound)
        if _takes_one(node.index):
            one = (("shape", "row"),)
            things = tuple(replace(t, options=t.options + one) if isinstance(t, Instance) else t for t in base.things)
            base = replace(base, things=things)
        after = library.consume(frame, base, "slice", node)
        return replace(after, text=None, items=None, constant=NOTHING, origins=derived(after.origins))
    index = frame.evaluate(node.index)
    if any(isinstance(each, (ClassRef, External)) for each in base.things) and not base.items:
        found = _generic_or_item(frame, base, index, node)
        if found is not None:
            return found
    item = base.item(index.constant) if base.items is not None and index.constant is not NOTHING else None
    if item is not None:
        return item
    own = by_own_method(frame, base, "__getitem__", [index], node)
    if own is not None:
        return own
    mapped = mapping_access(frame, base, index, node, "read")
    if mapped is not None:
        return join([mapped, *(each for _, each in base.items or ())])
    if base.items is not None:
        bounded = join([each for _, each in base.items])
        return replace(bounded, origins=bounded.origins | cleaned(derived(index.origins), safe=True, bounded=True))
    obtained = _item(frame, base, index, node)
    if obtained is not None:
        return obtained
    before = base
    base = library.consume(frame, base, "index", node)
    element = library.element(frame, base, node) if base.things else UNKNOWN
    if before is not base and any(i.type != "builtins.list" and i.of is None for i in base.instances()):
        element = base
    origins = parts_of(base.origins)
    name = index.constant if isinstance(index.constant, str) else None
    if name is not None:
        origins = called(origins, name)
        if is_asker(name) and _is_resolvers_context(node.value):
            origins |= {Origin("identity", name, name, frame.place(node))}
    kept = frozenset(o for o in element.origins if o.kind != "input")
    return frame.interpreter.shelves.taken(frame, node, replace(element, origins=kept | origins, text=None))


def _is_resolvers_context(node: facts.Expression) -> bool:
    """`info.context`: what a GraphQL resolver knows of its request."""
    return isinstance(node, facts.Attribute) and node.attr == "context" and last_name(node.value) == "info"


def _takes_one(index: facts.Slice) -> bool:
    """`[:1]`, `[0:1]`: one row at most, often only to see whether there is any."""
    lower, upper = index.lower, index.upper
    starts = lower is None or (isinstance(lower, facts.Constant) and lower.value == 0)
    return starts and isinstance(upper, facts.Constant) and upper.value == 1


def _generic_or_item(frame: Frame, base: Value, index: Value, node: facts.Subscript) -> Value | None:
    """`caches["x"]` of a library; `Repository[User]` stays the class."""
    item = _item(frame, base, index, node)
    if item is not None:
        return item
    return base if all(isinstance(each, (ClassRef, External)) for each in base.things) else None


def _item(frame: Frame, base: Value, index: Value, node: facts.Subscript) -> Value | None:
    catalogue = frame.interpreter.catalogue
    for each in base.things:
        if isinstance(each, External):
            found = catalogue.function(each.name)
        elif isinstance(each, Instance):
            bases = frame.interpreter.hierarchy.library_bases(each.type)
            found = next((r for b in bases if (r := catalogue.member(b, "__getitem__"))), ())
        else:
            continue
        for row in found:
            if isinstance(row, Obtains) and (row.how == "item" or isinstance(each, Instance)):
                return _obtained_item(frame, row, each, index, node)
    return None


def _obtained_item(frame: Frame, row: Obtains, each: object, index: Value, node: facts.Node) -> Value:
    name = index.constant if isinstance(index.constant, str) else None
    of = name if row.of == "name" else each.of if isinstance(each, Instance) else None
    value = library.gives(frame.interpreter, row.gives, of, frame.place(node))
    options = tuple((option, name) for option in row.options.split() if name is not None)
    return Value(things=tuple(replace(t, options=options) if isinstance(t, Instance) else t for t in value.things))


def by_own_method(frame: Frame, base: Value, name: str, given: list[Value], node: facts.Node) -> Value | None:
    """`store[key]`, `key in store` on an object of the project: the method that its class has for it runs."""
    if not base.things:
        return None
    from cachelint.program import calls

    found = []
    for each in base.instances():
        if not isinstance(each.type, ClassSymbol):
            continue
        frame.interpreter.learning.note_reader(each.type, name, frame)
        method = classes.find_method(frame.interpreter, each.type, name)
        if method is not None:
            arguments = Arguments(positional=given)
            found.append(calls.call_function(frame, FunctionRef(method, receiver=each), arguments, node))
    return join(found) if found else None


def is_mapping(frame: Frame, value: Value) -> Instance | None:
    """The cache used like a dict that a value is, if it is one; a module's own dict counts."""
    for each in value.instances():
        if each.type == "builtins.dict" and each.site is not None:
            return each
        if any(
            isinstance(row, Mapping)
            for b in frame.interpreter.hierarchy.library_bases(each.type)
            for row in _on(frame, b)
        ):
            return each
    return None


def _on(frame: Frame, base: str) -> list[Any]:
    return frame.interpreter.catalogue.rows_on(base)


def mapping_access(frame: Frame, base: Value, key: Value, node: facts.Node, how: str) -> Value | None:
    """`cache[key]`, `cache[key] = v`, `key in cache`, `del cache[key]` on a mapping cache; None for anything else."""
    client = is_mapping(frame, base)
    if client is None:
        return None
    on = str(client.type)
    row: CacheRead | CacheWrite | CacheDelete
    if how == "write":
        row = CacheWrite(on=on, names="__setitem__", params="key value", omitted="default")
    elif how == "delete":
        row = CacheDelete(on=on, names="__delitem__", params="key", key="key")
    else:
        misses = "raises:KeyError" if how == "read" else "false"
        row = CacheRead(on=on, names="__getitem__", params="key", misses=misses)
    place = frame.place(node)
    event = Event(row, place, frame.module, frame.function, frame.current(), client, row.names, key=key)
    frame.summary.events.append(event)
    if how in ("read", "test"):
        return Value(origins=frozenset((Origin("hit", place, row.names, place),)))
    return UNKNOWN


def contains(frame: Frame, container: Value, key: Value, node: facts.Expression) -> Value | None:
    """`key in cache` of a client that has a row for it, or of an object whose class says it."""
    own = by_own_method(frame, container, "__contains__", [key], node)
    if own is not None:
        return own
    from cachelint.program import rows

    for each in container.instances():
        for base in frame.interpreter.hierarchy.library_bases(each.type):
            if frame.interpreter.catalogue.member(base, "__contains__"):
                member = Member(replace(each, type=base), "__contains__", container)
                return rows.call_member(frame, member, Arguments(positional=[key]), node)
    return None
