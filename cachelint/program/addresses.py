"""The whole paths of routes: the path of a handler behind all that its routers and URL modules are mounted under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.program import handlers, mounts
from cachelint.program.decorators import applied
from cachelint.program.effects import Registration
from cachelint.program.handlers import Handler
from cachelint.program.symbols import ClassSymbol, ModuleSymbol
from cachelint.program.values import Instance, Place, Value
from cachelint.vocabulary import Handles, Mounts

if TYPE_CHECKING:
    from cachelint.program import Program

# Names under which routers take their own prefix when they are made.
PREFIXES = ("prefix", "url_prefix", "path")
# Here the prefix given where a blueprint is registered replaces its own.
REPLACING = frozenset(("flask", "quart"))
DEPTH = 8


class Addresses:
    """Where routers (by the place where they are made) and URL modules (by file) are mounted."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._mounted: defaultdict[Place | str, list[tuple[str, Place | str | None]]] = defaultdict(list)
        self._views: defaultdict[ClassSymbol, list[tuple[str, str]]] = defaultdict(list)
        made = list(handlers.registrations(program.interpreter))
        for each in made:
            self._note_views(each)
            if isinstance(each.row, Mounts) and each.row.router not in ("", "self"):
                self._note_mount(each, made)

    def of(self, handler: Handler) -> list[str]:
        """The paths under which a handler is reached; [""] when nothing is known of it."""
        paths = list(handler.raw_paths) or [handler.path]
        prefixes = [p for router in self._routers(handler) if router for p in self._prefixes(router, handler)]
        if prefixes:
            return list(dict.fromkeys(join(prefix, path) for prefix in prefixes for path in paths))
        if handler.owner is not None and not any(paths):
            views = self._views.get(handler.owner, ())
            return [whole for path, file in views for whole in self._in_module(file, path)] or [""]
        return [whole for path in paths for whole in self._in_module(handler.place.path, path)]

    def _routers(self, handler: Handler) -> Iterator[Instance | None]:
        for mark in applied(self._program.interpreter, handler.function):
            if isinstance(mark.row, Handles):
                yield mark.client

    def _prefixes(self, router: Instance, handler: Handler) -> list[str]:
        own = next((str(value) for name, value in router.options if name in PREFIXES and isinstance(value, str)), "")
        above = self._above(router.site, 0) if router.site is not None else []
        if handler.dialect in REPLACING and any(above):
            return above
        return [join(prefix, own) for prefix in above or [""]]

    def _in_module(self, file: str, path: str) -> list[str]:
        return [join(prefix, path) for prefix in self._above(file, 0) or [""]]

    def _above(self, mounted: Place | str | None, depth: int) -> list[str]:
        """What stands before the own path of a router or module, once for each place where it is mounted."""
        if mounted is None or depth > DEPTH:
            return []
        found = []
        for prefix, outer in self._mounted.get(mounted, ()):
            found += [join(above, prefix) for above in self._above(outer, depth + 1) or [""]]
        return list(dict.fromkeys(found))

    # ------------------------------------------------------------------------------------------------ gathering

    def _note_views(self, made: Registration) -> None:
        row = made.row
        if isinstance(row, Handles):
            for view in handlers.views_in(made):
                self._views[view].append((handlers.path_of(row, made.given), made.place.path))

    def _note_mount(self, made: Registration, all_: list[Registration]) -> None:
        row = made.row
        assert isinstance(row, Mounts)
        value = made.given.get(row.router)
        prefix = _text(made.given.get(row.path)) if row.path else self._around(made, all_)
        outer = made.client.site if made.client is not None and made.client.site is not None else made.place.path
        for each in value.things if value is not None else ():
            if isinstance(each, Instance) and each.site is not None:
                self._mounted[each.site].append((prefix, outer))
        module = self._program.interpreter.modules.by_path.get(made.place.path)
        for found in mounts.modules_in(self._program.interpreter, module, value) if module is not None else ():
            if isinstance(found, ModuleSymbol) and found.source.path != made.place.path:
                self._mounted[found.source.path].append((prefix, made.place.path))

    def _around(self, made: Registration, all_: list[Registration]) -> str:
        """The path of the call that an include() stands in."""
        for each in all_:
            is_same = each.place.path == made.place.path and each is not made
            if is_same and isinstance(each.row, Handles) and each.place.at <= made.place.at < each.place.end:
                return handlers.path_of(each.row, each.given)
        return ""


def _text(value: Value | None) -> str:
    if value is None:
        return ""
    return value.constant if isinstance(value.constant, str) else str(value.text) if value.text is not None else ""


def join(prefix: str, path: str) -> str:
    """A path behind what it is mounted under; of patterns, the mark of their beginning goes."""
    if not prefix:
        return path
    rest = path.removeprefix("^")
    return prefix[:-1] + rest if prefix.endswith("/") and rest.startswith("/") else prefix + rest
