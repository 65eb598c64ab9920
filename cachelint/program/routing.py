"""Routes that an edit adds to a file that makes routes: what serves requests by them that served none before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import generic, handlers
from cachelint.program.decorators import applied
from cachelint.program.earlier import UnsureError
from cachelint.program.effects import Event, Registration, Summary
from cachelint.program.handlers import Handler
from cachelint.program.lessons import teaches
from cachelint.program.likeness import Likeness
from cachelint.program.mounts import is_route
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Place

if TYPE_CHECKING:
    from cachelint.program.changes import Change
    from cachelint.program.recalled import Recalled

# What is served by a generic view alone comes after all that is written.
LAST = float("inf")
# More routes than this are not added in one edit.
MANY = 10_000
Item = TypeVar("Item")


class NewRoutes:
    """The routes that a change adds at the top level of its file. `handlers` serve by them, with `ranks` where they
    stand among all; `events` are the queries that views run unseen; `made` are the registrations."""

    def __init__(self, recalled: Recalled, change: Change) -> None:
        self._recalled, self._interpreter, self._change = recalled, recalled.interpreter, change
        self.handlers: dict[FunctionSymbol, Handler] = {}
        self.ranks: dict[FunctionSymbol, float] = {}
        self.events: list[Event] = []
        self.made: list[Registration] = []
        if not change.is_all_new and change.new.source.path in recalled.said.ranks:
            self._look()

    @property
    def views(self) -> set[ClassSymbol]:
        """The classes that serve by them."""
        return {view for each in self.made for view in handlers.views_in(each)}

    @property
    def followed(self) -> set[FunctionSymbol]:
        """The functions with code that serve by them, or in which a view reads rows."""
        found = {*self.handlers, *(each.function for each in self.events)}
        return {function for function in found if function is not None and function.index >= 0}

    @property
    def lists(self) -> set[str]:
        """The names of the file that only hold routes: who says one of them gets no other view by that."""
        return {name for name in self._change.bound if self._holds_routes(name)} if self.made else set()

    def _holds_routes(self, name: str) -> bool:
        sides = [side.bindings[name] for side in (self._change.old, self._change.new) if name in side.bindings]
        given = [expression for binding in sides for _, expression in binding.assigned]
        is_assigned = len(sides) == 2 and all(not (each.imports or each.class_ or each.function) for each in sides)
        return is_assigned and all(map(_lists_routes, given))

    def is_all(self, old: Summary, new: Summary) -> bool:
        """Whether a top level does what it did, but for these routes."""
        likeness, more = Likeness(_never), list(_added(old.registrations, new.registrations))
        if {each.place for _, each in more} != {each.place for each in self.made}:
            return False
        calls = _more(old.calls, new.calls, likeness.fields_alike)
        if calls is None or any(teaches(edge) for _, edge in calls):
            return False
        return likeness.alike(_rest(old), _rest(new))

    def _look(self) -> None:
        module = self._change.new
        self._recalled.left(module)
        old = self._recalled.then(module)
        ranks = self._recalled.said.ranks.get(module.source.path, ())
        for number, each in _added(old.registrations if old is not None else (), self._now(module)):
            if not is_route(each):
                raise UnsureError("what is mounted")
            self.made.append(each)
            for handler in self._served_by(each):
                self._add(handler, _rank(ranks, number) + len(self.made) / MANY)
        for view in sorted(self.views, key=lambda symbol: (symbol.module.source.path, symbol.index)):
            self._add_reads(view)

    def _served_by(self, made: Registration) -> list[Handler]:
        return handlers.merged(self._interpreter, list(handlers.of_registration(self._interpreter, made)))

    def _now(self, module: ModuleSymbol) -> list[Registration]:
        self._recalled.taken.add(module)
        self._interpreter.module_summaries.pop(module, None)
        return self._interpreter.module_summary(module).registrations

    def _add(self, handler: Handler, rank: float) -> None:
        function = handler.function
        left = self._recalled.left(function.module)
        served = dict(left.handlers).get(function, [])
        if function in self.handlers or len(served) > 1 or (served and not left.ranks.get(function)):
            raise UnsureError("a handler that is registered twice")
        if any(each.wrapper is not None or each.maker is not None for each in applied(self._interpreter, function)):
            raise UnsureError("a decorator of the project")
        self.handlers[function] = self._together(handler, rank, served, left.ranks.get(function, 0))
        self.ranks[function] = min(rank, left.ranks[function]) if served else rank

    def _together(self, handler: Handler, rank: float, served: Sequence[Handler], before: float) -> Handler:
        """A handler with what its function serves by other routes already: in several classes, say, that inherit it."""
        group = [*served, handler] if before < rank else [handler, *served]
        if not served:
            return handler
        if any(each.owner is not None and not each.path for each in group):
            raise UnsureError("a view that served by its name")
        merged = handlers.merged(self._interpreter, group)[0]
        paths = (path for each in group for path in each.raw_paths or (each.path,) if path)
        return replace(merged, raw_paths=tuple(dict.fromkeys(paths)))

    def _add_reads(self, view: ClassSymbol) -> None:
        """The queries that a generic view runs unseen."""
        if self._recalled.was_led_to(view):
            raise UnsureError("a view that served by its name")
        path = next((each.path for each in self.handlers.values() if each.owner is view), "")
        for handler, events in generic.reads(self._interpreter, view):
            function = handler.function
            left = self._recalled.left(function.module)
            is_served = function in self.handlers or any(each is function for each, _ in left.handlers)
            self.events += events
            if not is_served:
                self.handlers[function] = replace(handler, path=path)
                self.ranks[function] = LAST


def _added(old: Sequence[Registration], new: Sequence[Registration]) -> Iterator[tuple[int, Registration]]:
    """The registrations that come, each with the number of those before it that were there. Raises UnsureError where
    one has gone."""
    more = _more(old, new, _is_same_route)
    if more is None:
        raise UnsureError("a route that goes")
    yield from more


def _more(
    old: Sequence[Item], new: Sequence[Item], alike: Callable[[Item, Item], bool]
) -> list[tuple[int, Item]] | None:
    """What comes, each with the number of those before it that were there; None where one has gone."""
    found, more = 0, []
    for each in new:
        if found < len(old) and alike(old[found], each):
            found += 1
        else:
            more.append((found, each))
    return more if found == len(old) else None


def _is_same_route(old: Registration, new: Registration) -> bool:
    """Whether a registration is one that was there. What lies in a list that is mounted is registered itself."""
    likeness = Likeness(_never)
    if old.row != new.row or old.given.keys() != new.given.keys() or not likeness.alike(old.client, new.client):
        return False
    sides = ([(each[name].things, each[name].constant) for name in old.given] for each in (old.given, new.given))
    return likeness.alike(*sides)


def _rest(summary: Summary) -> object:
    """What a top level does beside calls and registrations."""
    return summary.attributes, summary.kept, summary.events, summary.invocations


def _never(place: Place) -> bool:
    return False


def _rank(ranks: Sequence[int], number: int) -> float:
    """Where a route stands that comes after so many of its file. Raises UnsureError where none of the file serves."""
    before = [rank for rank in ranks[:number] if rank]
    after = [rank for rank in ranks[number:] if rank]
    if not before and not after:
        raise UnsureError("routes that nothing leads to")
    return before[-1] if before else after[0] - 1


def _lists_routes(expression: facts.Expression) -> bool:
    """Whether an expression only makes a list of routes."""
    if isinstance(expression, facts.Binary):
        return _lists_routes(expression.left) and _lists_routes(expression.right)
    return isinstance(expression, facts.Collection) and all(
        isinstance(each, facts.Call) and handlers.registering_name(each) in handlers.REGISTERING
        for each in expression.items
    )
