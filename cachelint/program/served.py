"""What serves requests, as an earlier run found it: for runs after changes that cannot matter to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from cachelint.program.handlers import Handler, find
from cachelint.program.mounts import Routes
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import Decorator

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter


class Served(msgspec.Struct):
    """All handlers in their order, the decorators around classes where they are registered, and what is known of
    routes: the classes they lead to, the names by which they may lead to others, and the files that make them."""

    handlers: list[Handler] = []
    layers: dict[ClassSymbol, tuple[Decorator, ...]] = {}
    routed: list[ClassSymbol] = []
    named: frozenset[str] = frozenset()
    registering: frozenset[str] = frozenset()
    is_open: bool = False


def found(interpreter: Interpreter, patterns: Iterable[str]) -> Served:
    """Who serves requests, as the code of now says. `patterns` are dotted names from the configuration."""
    handlers = find(interpreter, patterns)
    routes = interpreter.routes
    assert routes is not None
    routed = sorted(routes.routed, key=lambda each: (each.module.source.path, each.index))
    return Served(handlers, interpreter.class_layers, routed, routes.named, routes.registering, routes.is_open)


def take_over(interpreter: Interpreter, served: Served) -> None:
    """Have it all as an earlier run found it."""
    interpreter.class_layers.update(served.layers)
    routed = frozenset(served.routed)
    interpreter.routes = Routes(interpreter, routed, served.named, served.registering, served.is_open)
