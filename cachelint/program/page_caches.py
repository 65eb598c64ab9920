"""Whether the responses of handlers are cached as a whole: by decorators, by dispatch, by what stands before all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.program import (
    classes,
    headers,
)
from cachelint.program.decorators import Applied, applied
from cachelint.program.handlers import Handler
from cachelint.vocabulary import (
    CacheRead,
    CachesSite,
    Memoizes,
)

if TYPE_CHECKING:
    from cachelint.program import Program


def cached_sites(program: Program) -> frozenset[str]:
    """The types of the requests that pass through middleware which caches whole pages, by any layer of the settings."""
    rows = (row for row in program.interpreter.catalogue.rows if isinstance(row, CachesSite))
    return frozenset(row.request for row in rows if _is_listed(program, row))


def _is_listed(program: Program, row: CachesSite) -> bool:
    named = {text for name in row.settings.split() for text in program.settings.listed(name)}
    own = {f"{home}.{name}" for home in row.on.split() for name in row.names.split()}
    return not own.isdisjoint(named) or any(_is_kind_of(program, text, own) for text in named)


def _is_kind_of(program: Program, dotted: str, bases: set[str]) -> bool:
    """Whether a class of the project, by its dotted name, derives from one of the bases."""
    symbol = program.interpreter.modules.class_named(dotted) if "." in dotted else None
    return symbol is not None and not bases.isdisjoint(program.interpreter.hierarchy.mro(symbol))


def is_site_cached(program: Program, handler: Handler) -> bool:
    """Whether what serves the handler's requests caches all pages; what takes no request is served with its class.

    A shared cache in front of the application that all its responses speak to counts as well."""
    if headers.SHARED in program.said_by_everything:
        return True
    if not program.cached_sites:
        return False
    row = program.interpreter.dialects.get(handler.dialect)
    if row is None or not row.request:
        return True
    return not program.cached_sites.isdisjoint(program.interpreter.catalogue.lineage(row.request))


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
