"""What names and targets hold after an assignment."""

from __future__ import annotations

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import items, library
from cachelint.program.frame import Frame
from cachelint.program.values import NOTHING, UNKNOWN, Value, boxed, carried, derived, held, trim


def walrus(frame: Frame, node: facts.Walrus) -> Value:
    value = frame.evaluate(node.value)
    frame.variables[node.target] = value
    return value


def bind(frame: Frame, target: facts.Expression, value: Value) -> None:
    """Assign a value to a target: a name, an attribute of self, a subscript, several names."""
    if isinstance(target, facts.Name):
        frame.variables[target.id] = value
        frame.remember(target.id, value)
    elif isinstance(target, facts.Starred):
        bind(frame, target.value, carried(value))
    elif isinstance(target, facts.Collection):
        for index, each in enumerate(target.items):
            item = value.item(index)
            if item is None and value.items is not None and not all(isinstance(k, int) for k, _ in value.items):
                item = None
            bind(frame, each, item if item is not None else _unpacked(frame, value, each))
    elif isinstance(target, facts.Attribute):
        frame.evaluate(target.value)
        if isinstance(target.value, facts.Name) and target.value.id == "self":
            chosen = value if frame.asking is None else replace(value, origins=value.origins | {frame.asking})
            frame.summary.attributes.setdefault(target.attr, []).append(chosen)
        frame.interpreter.shelves.keep(frame, target, value)
    elif isinstance(target, facts.Subscript):
        frame.interpreter.shelves.keep(frame, target, value)
        base = frame.evaluate(target.value)
        key = frame.evaluate(target.index) if not isinstance(target.index, facts.Slice) else UNKNOWN
        if items.by_own_method(frame, base, "__setitem__", [key, value], target) is not None:
            return
        written = items.mapping_access(frame, base, key, target, "write")
        if written is not None:
            frame.summary.events[-1].value = value
        elif isinstance(target.value, facts.Name) and target.value.id in frame.variables:
            _grow(frame, target.value.id, key, value)


def _grow(frame: Frame, name: str, key: Value, value: Value) -> None:
    """`data["x"] = order` puts the order's data into the dict."""
    before = frame.variables[name]
    items = before.items
    if items is not None and isinstance(key.constant, (str, int)):
        items = held((*(pair for pair in items if pair[0] != key.constant), (key.constant, value)))
    frame.variables[name] = replace(
        before, origins=trim(before.origins | boxed(value.origins)), items=items, constant=NOTHING
    )


def _unpacked(frame: Frame, value: Value, node: facts.Node) -> Value:
    element = library.element(frame, value, node)
    return element if element.things else Value(origins=derived(value.origins))
