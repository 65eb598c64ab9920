"""Whether the responses of class-based handlers are cached as a whole, by decorators or by dispatch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cachelint.program import (
    classes,
)
from cachelint.program.decorators import Applied, applied
from cachelint.program.handlers import Handler
from cachelint.vocabulary import (
    CacheRead,
    Memoizes,
)

if TYPE_CHECKING:
    from cachelint.program import Program


def is_class_cached(program: Program, handler: Handler) -> bool:
    """Whether a decorator on the handler's class or its dispatch, or a dispatch of its own, caches responses."""
    dispatch = classes.find_method(program.interpreter, handler.owner, "dispatch") if handler.owner else None
    if dispatch is not None and any(isinstance(e.row, CacheRead) for e in program.graph.events.get(dispatch, ())):
        return True
    marks = class_decorators(program, handler)
    if any(isinstance(each.row, Memoizes) or "cache" in each.name.rpartition(".")[2].lower() for each in marks):
        return True
    return _is_cached_mixin(program, handler)


def _is_cached_mixin(program: Program, handler: Handler) -> bool:
    """Whether a handler of a mixin serves only in classes that cache their responses."""
    owner = handler.owner
    if owner is None or program.interpreter.hierarchy.library_bases(owner):
        return False
    heirs = [replace(handler, owner=each) for each in program.interpreter.hierarchy.subclasses(owner)]
    return bool(heirs) and all(is_class_cached(program, each) for each in heirs)


def class_decorators(program: Program, handler: Handler) -> list[Applied]:
    """Decorators of the handler's class and of its dispatch method."""
    if handler.owner is None:
        return []
    found = list(applied(program.interpreter, handler.owner))
    dispatch = handler.owner.methods.get("dispatch")
    if dispatch is not None:
        found.extend(applied(program.interpreter, dispatch))
    return found
