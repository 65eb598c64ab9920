"""What lists, dictionaries and comprehensions hold."""

from __future__ import annotations

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import bindings, library
from cachelint.program.branches import knowledge
from cachelint.program.frame import Frame
from cachelint.program.values import FIELDS, NOTHING, UNKNOWN, Instance, Origin, Value, boxed, derived, held, trim


def collection(frame: Frame, node: facts.Collection) -> Value:
    values = []
    has_star = False
    for item in node.items:
        if isinstance(item, facts.Starred):
            has_star = True
            inner = library.consume(frame, frame.evaluate(item.value), "iterate", item)
            values.append(library.element(frame, inner, item))
        else:
            values.append(frame.evaluate(item))
    origins = trim(boxed(frozenset().union(*(value.origins for value in values)))) if values else frozenset()
    elements = {i.type for v in values for i in v.instances()}
    of = elements.pop() if len(elements) == 1 else None
    items = None if has_star else held(tuple(enumerate(values)))
    return Value(things=(Instance("builtins.list", of=of),), origins=origins, items=items)


def dictionary(frame: Frame, node: facts.Dictionary) -> Value:
    items: list[tuple[object, Value]] = []
    complete = True
    origins: set[Origin] = set()
    for key, value_node in zip(node.keys, node.values, strict=False):
        name = frame.evaluate(key) if key is not None else None
        value = frame.evaluate(value_node)
        origins |= value.origins
        if name is not None and isinstance(name.constant, (str, int, bool)):
            items.append((name.constant, value))
        elif key is None and value.items is not None:
            items.extend(value.items)
        else:
            complete = complete and key is not None and False
    site = frame.place(node) if frame.function is None else None
    instance = Instance("builtins.dict", site=site)
    known = held(tuple(items)) if complete and items else None
    return Value(things=(instance,), origins=trim(boxed(frozenset(origins))), items=known)


def comprehension(frame: Frame, node: facts.Comprehension) -> Value:
    outer = dict(frame.variables)
    context = frame.context
    hits: set[Origin] = set()
    for loop in node.loops:
        iterable = library.consume(frame, frame.evaluate(loop.iterable), "iterate", loop.iterable)
        if isinstance(loop.iterable, facts.Name) and loop.iterable.id in outer:
            outer[loop.iterable.id] = iterable
        bindings.bind(frame, loop.target, library.element(frame, iterable, loop))
        frame.context = frame.context._replace(depth=frame.context.depth + 1)
        for condition in loop.conditions:
            known = knowledge(frame, condition)
            # What is left after such a condition may be what was found or what was missed.
            hits |= {replace(each, boxed=True) for each in known.value.origins if each.kind == "hit"}
            for name, value in known.when_true.variables.items():
                frame.variables[name] = value
    element = frame.evaluate(node.element)
    value = frame.evaluate(node.value) if node.value is not None else UNKNOWN
    frame.variables, frame.context = outer, context
    origins = trim(derived(element.origins | value.origins | hits))
    if node.kind == "dict":
        return Value(things=(Instance("builtins.dict"),), origins=origins)
    elements = element.instances()
    of = elements[0].type if len(elements) == 1 else None
    return Value(things=(Instance("builtins.list", of=of, options=_fields(element)),), origins=origins)


def _fields(element: Value) -> tuple[tuple[str, object], ...]:
    """The names of what each dict of a list holds; a constant there holds nothing."""
    names = tuple(name for name, item in element.items or () if isinstance(name, str) and item.constant is NOTHING)
    return ((FIELDS, names),) if names else ()


def starred(frame: Frame, node: facts.Starred) -> Value:
    return frame.evaluate(node.value)
