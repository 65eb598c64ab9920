"""Displays and comprehensions -> facts; DISPLAYS says which node type goes where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cachelint.facts import model
from cachelint.facts import nodes as cst
from cachelint.facts.context import Context, ExpressionTable

MAX_ITEMS = 2_000


def _elements(context: Context, nodes: Sequence[Any], at: int, end: int) -> tuple[model.Expression, ...]:
    """The items of a display; a very long one is cut and says so."""
    items = [
        context.expression(node) if isinstance(node, cst.StarredElement) else context.expression(node.value)
        for node in nodes[:MAX_ITEMS]
    ]
    if len(nodes) > MAX_ITEMS:
        items.append(model.Unknown(at, end, "long display"))
    return tuple(items)


def _starred(context: Context, node: cst.StarredElement, at: int, end: int) -> model.Expression:
    return model.Starred(at, end, context.expression(node.value))


def _tuple(context: Context, node: cst.Tuple, at: int, end: int) -> model.Expression:
    return model.Collection(at, end, "tuple", _elements(context, node.elements, at, end))


def _list(context: Context, node: cst.List, at: int, end: int) -> model.Expression:
    return model.Collection(at, end, "list", _elements(context, node.elements, at, end))


def _set(context: Context, node: cst.Set, at: int, end: int) -> model.Expression:
    return model.Collection(at, end, "set", _elements(context, node.elements, at, end))


def _dict(context: Context, node: cst.Dict, at: int, end: int) -> model.Expression:
    keys: list[model.Expression | None] = []
    values: list[model.Expression] = []
    for element in node.elements[:MAX_ITEMS]:
        keys.append(context.expression(element.key) if isinstance(element, cst.DictElement) else None)
        values.append(context.expression(element.value))
    if len(node.elements) > MAX_ITEMS:
        keys.append(None)
        values.append(model.Unknown(at, end, "long display"))
    return model.Dictionary(at, end, tuple(keys), tuple(values))


def _loops(context: Context, node: cst.CompFor | None) -> tuple[model.ComprehensionLoop, ...]:
    """The `for` clauses of a comprehension, outermost first."""
    lowered: list[model.ComprehensionLoop] = []
    while node is not None:
        target, iterable = context.expression(node.target), context.expression(node.iter)
        conditions = tuple(context.expression(clause.test) for clause in node.ifs)
        end = conditions[-1].end if conditions else iterable.end
        is_async = node.asynchronous is not None
        lowered.append(model.ComprehensionLoop(target.at, end, target, iterable, conditions, is_async))
        node = node.inner_for_in
    return tuple(lowered)


def _comprehension(kind: str) -> Any:
    def lower(context: Context, node: Any, at: int, end: int) -> model.Expression:
        element = context.expression(node.elt)
        return model.Comprehension(at, end, kind, element, _loops(context, node.for_in))

    return lower


def _dict_comprehension(context: Context, node: cst.DictComp, at: int, end: int) -> model.Expression:
    key, value = context.expression(node.key), context.expression(node.value)
    return model.Comprehension(at, end, "dict", key, _loops(context, node.for_in), value)


def _starred_dict_comprehension(context: Context, node: Any, at: int, end: int) -> model.Expression:
    value = context.expression(node.value)
    element = model.Starred(value.at, value.end, value)
    return model.Comprehension(at, end, "dict", element, _loops(context, node.for_in))


DISPLAYS: ExpressionTable = {
    cst.Tuple: _tuple,
    cst.List: _list,
    cst.Set: _set,
    cst.Dict: _dict,
    cst.StarredElement: _starred,
    cst.ListComp: _comprehension("list"),
    cst.SetComp: _comprehension("set"),
    cst.GeneratorExp: _comprehension("generator"),
    cst.DictComp: _dict_comprehension,
}

# Younger than the oldest libcst allowed.
if hasattr(cst, "StarredDictComp"):
    DISPLAYS[cst.StarredDictComp] = _starred_dict_comprehension
