"""Facts as they are when the text before them has become longer or shorter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import astuple, replace

from cachelint.facts import model

# What is no part of the tree: kept as it is.
_ATOMS = frozenset((str, int, bool, float, type(None)))
_Move = Callable[[Any], Any]


class Mover:
    """Moves facts by a number of characters; `function` and `class_` give the new indexes of definitions."""

    def __init__(self, by: int, function: Callable[[int], int], class_: Callable[[int], int]) -> None:
        self.by, self.function, self.class_ = by, function, class_
        self._special: dict[type, _Move] = {
            model.Lambda: self._reference,
            model.Define: self._reference,
            model.DefineClass: self._class_reference,
            model.Function: self._function,
            model.Class: self._class,
        }

    def move(self, value: Any) -> Any:
        """A node, or a tuple of nodes, as it is then; anything else unchanged."""
        kind = type(value)
        if kind in _ATOMS:
            return value
        if kind is tuple:
            return tuple(map(self.move, value)) if value else value
        if kind in self._special:
            return self._special[kind](value)
        at, end, *rest = astuple(value)
        return kind(at + self.by, end + self.by, *map(self.move, rest))

    def _reference(self, node: model.Lambda | model.Define) -> model.Node:
        return type(node)(node.at + self.by, node.end + self.by, self.function(node.function))

    def _class_reference(self, node: model.DefineClass) -> model.DefineClass:
        return model.DefineClass(node.at + self.by, node.end + self.by, self.class_(node.class_))

    def _function(self, node: model.Function) -> model.Function:
        moved: model.Function = self._definition(node)
        return replace(moved, parameters=self.move(node.parameters), returns=self.move(node.returns))

    def _class(self, node: model.Class) -> model.Class:
        moved: model.Class = self._definition(node)
        return replace(moved, bases=self.move(node.bases))

    def _definition(self, node: Any) -> Any:
        return replace(
            node,
            at=node.at + self.by,
            end=node.end + self.by,
            name_at=node.name_at + self.by,
            decorators=self.move(node.decorators),
            body=self.move(node.body),
            parent=self.function(node.parent),
            owner=self.class_(node.owner),
        )
