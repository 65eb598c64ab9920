"""The call graph around a few functions, linked file by file as it is asked for."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cachelint.program.decorators import applied
from cachelint.program.earlier import UnsureError
from cachelint.program.effects import CallEdge, Event, Summary
from cachelint.program.graph import Tables
from cachelint.program.handlers import Handler
from cachelint.program.heads import Head, is_wrapping, served_by
from cachelint.program.lessons import Found
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.vocabulary import Memoizes

if TYPE_CHECKING:
    from cachelint.program.recalled import Recalled


class PartialGraph:
    """What an excerpt knows of calls, events and handlers: everything about a function that somebody asks for."""

    def __init__(self, recalled: Recalled, found: Found, heads: Mapping[FunctionSymbol, Head]) -> None:
        self._recalled, self._found, self._heads = recalled, found, heads
        self._linked: set[ModuleSymbol] = set()
        self._sorted: dict[FunctionSymbol, int] = {}
        self._derived: set[int] = set()
        self._ranks: dict[FunctionSymbol, float] = {}
        self._starts: list[FunctionSymbol] = []
        self._added: set[FunctionSymbol] = set()
        self._above: set[FunctionSymbol] | None = None
        self.tables = Tables(
            callers=_Table(self._link_callers),
            callees=_Table(self._link_of),
            invocations=_Table(lambda key: self._link_of(key[0])),
            events=_Table(self._link_of),
            told=_Table(self._link_of),
        )
        self.handlers_by_function: Any = _Table(self._link_of)

    def _link_of(self, function: FunctionSymbol | None) -> None:
        if function is not None:
            self._link(function.module)

    def _link_callers(self, function: FunctionSymbol) -> None:
        left = self._recalled.left(function.module)
        for path in left.called_from.get(self._recalled.index(function.original), ()):
            if path in self._recalled.interpreter.modules.by_path:
                self._link(self._recalled.interpreter.modules.by_path[path])
        self._sort_callers(function)

    def _sort_callers(self, function: FunctionSymbol) -> None:
        """Bring the calls of a function into the order in which the whole graph has them: so the same way to it is the
        first one."""
        rows = self.tables.callers.rows.get(function, [])
        if len(rows) > 1 and self._sorted.get(function) != len(rows):
            self._sorted[function] = len(rows)
            rows.sort(key=self._rank)

    def _rank(self, edge: CallEdge) -> tuple[bool, bool, object]:
        caller = edge.caller
        order = caller.order if caller is not None else (edge.module.source.path, -1)
        return id(edge) in self._derived, caller is not None and caller.original is not caller, order

    def _link(self, module: ModuleSymbol) -> None:
        """Add what a file calls and does to the call graph."""
        if module in self._linked:
            return
        self._linked.add(module)
        left = self._recalled.left(module)
        for each in left.followed:
            function = each.function
            if function is None or self._recalled.is_there(function):
                again = self._found.get(function) if function is not None else None
                self._add(again[1] if again is not None else left.summary(each))
        for edge in left.edges:
            if edge.caller in self._heads and is_wrapping(edge):
                raise UnsureError("a decorator of the project")
            if edge.place.at >= 0 and (edge.caller is None or self._recalled.is_there(edge.caller)):
                self._derived.add(id(edge))
                self._add_edge(edge)
        for event in left.events:
            if event.function not in self._heads or not isinstance(event.row, Memoizes):
                self.tables.events.rows[event.function].append(event)
        for maker, given in left.told:
            self.tables.told.rows[maker].extend(given)
        for function, handlers in left.handlers:
            if function not in self._heads:
                self.handlers_by_function.rows[function].extend(handlers)
        self._ranks.update(left.ranks)
        self._add_heads(module, dict(left.handlers))

    def _add_heads(self, module: ModuleSymbol, kept: dict[FunctionSymbol, list[Handler]]) -> None:
        """Add what functions of a file are by their decorators, where these are not what they were."""
        for function, head in self._heads.items():
            if function.module is module:
                served = served_by(self._recalled.interpreter, head, kept.get(function, []))
                self.handlers_by_function.rows[function].extend(served)
                self.tables.events.rows[function].extend(head.caches)

    def _add(self, summary: Summary) -> None:
        for edge in summary.calls:
            self._add_edge(edge)
        for event in summary.events:
            self.tables.events.rows[event.function].append(event)
        for invocation in summary.invocations:
            if isinstance(invocation.origin.what, tuple):
                self.tables.invocations.rows[invocation.origin.what].append(invocation)

    def _add_edge(self, edge: CallEdge) -> None:
        self.tables.callers.rows[edge.callee].append(edge)
        self.tables.callees.rows[edge.caller].append(edge)

    def add_events(self, events: Iterable[Event]) -> None:
        """Add what is done that no code says."""
        for event in events:
            self.tables.events.rows[event.function].append(event)

    def rank(self, ranks: Mapping[FunctionSymbol, float]) -> None:
        """Note where handlers stand that were not there before."""
        self._ranks.update(ranks)

    def look_around(self) -> None:
        """Begin at the functions followed again, the new ones among them put into the graph."""
        self._starts = list(self._found)
        self._above = None
        for function in self._starts:
            self._link(function.module)
            if function not in self._added:
                self._add_new(function)
        for function in self._starts:
            self._add_wrappers(self._found[function][1])
        self._added.update(self._starts)

    def above(self) -> set[FunctionSymbol]:
        """The functions that lead to those followed again, these included."""
        if self._above is None:
            self._above = _reached(self._starts, self._calling)
        return self._above

    def reached_from(self, functions: Iterable[FunctionSymbol]) -> set[FunctionSymbol]:
        """What functions lead to, they themselves included."""
        return _reached(functions, self._called)

    def _called(self, function: FunctionSymbol) -> list[FunctionSymbol]:
        return [edge.callee for edge in self.tables.callees.get(function, ())]

    def _calling(self, function: FunctionSymbol) -> list[FunctionSymbol]:
        return [edge.caller for edge in self.tables.callers.get(function, ()) if edge.caller is not None]

    def _add_new(self, function: FunctionSymbol) -> None:
        if self._found[function][0] is None:
            self._add(self._found[function][1])

    def _add_wrappers(self, summary: Summary) -> None:
        """Who calls a decorated function also runs the wrapper around it: so for calls that were not there before."""
        for edge in summary.calls:
            for each in applied(self._recalled.interpreter, edge.callee) if edge.callee.facts.decorators else ():
                if each.wrapper is not None and not self._is_known(edge, each.wrapper):
                    added = CallEdge(edge.caller, edge.module, each.wrapper, {}, edge.place, edge.context)
                    self._derived.add(id(added))
                    self._add_edge(added)

    def _is_known(self, edge: CallEdge, wrapper: FunctionSymbol) -> bool:
        known = self.tables.callees.rows.get(edge.caller, ())
        return any(each.callee is wrapper and each.place == edge.place for each in known)

    def handlers(self) -> list[Handler]:
        """The handlers that lead to the functions followed again."""
        found = {h.function: h for f in self.above() for h in self.handlers_by_function.get(f, ()) or ()}
        return sorted(found.values(), key=self._order)

    def _order(self, handler: Handler) -> tuple[float, object]:
        """In the order of the whole: those of decorators file by file, then the registered ones as they were found."""
        return self._ranks.get(handler.function, 0), handler.function.order

    def handlers_of_classes(self) -> list[Handler]:
        """The same, with all that their classes serve."""
        found = {h.function: h for h in self.handlers()}
        for owner in dict.fromkeys(h.owner for h in found.values() if h.owner is not None):
            found.update((h.function, h) for h in self._of_class(owner))
        return sorted(found.values(), key=self._order)

    def _of_class(self, owner: ClassSymbol) -> Iterator[Handler]:
        for symbol in self._recalled.interpreter.hierarchy.mro(owner):
            if isinstance(symbol, ClassSymbol):
                self._link(symbol.module)
                special = (f for f in self.handlers_by_function.rows if f.home is symbol and f.owner is owner)
                for function in dict.fromkeys((*symbol.methods.values(), *special)):
                    yield from (h for h in self.handlers_by_function.get(function, ()) or () if h.owner is owner)

    def events(self, called: Iterable[FunctionSymbol], only_beside: bool) -> list[Event]:
        """What is done in the functions that the change can matter to: those that lead to the ones followed again,
        those that are `called` otherwise, with all that these lead to, and those beside them. Uses of caches more
        matter in what is followed again, and beside it."""
        found = {f for function in self._found for f in function.module.functions} | set(self._starts)
        if not only_beside:
            found |= self.above() | self.reached_from(called)
        # In the order of the whole: special cases last.
        places = sorted(found, key=lambda each: (each.original is not each, each.order))
        return [event for function in places for event in self.tables.events.get(function, ()) or ()]

    def all_events(self, paths: Iterable[str]) -> list[Event]:
        """What is done in these files, and in all that have been read."""
        for path in paths:
            if path in self._recalled.interpreter.modules.by_path:
                self._link(self._recalled.interpreter.modules.by_path[path])
        return [event for events in self.tables.events.rows.values() for event in events]


def _reached(
    starts: Iterable[FunctionSymbol], following: Callable[[FunctionSymbol], Iterable[FunctionSymbol]]
) -> set[FunctionSymbol]:
    seen = set(starts)
    queue = deque(seen)
    while queue:
        for each in following(queue.popleft()):
            if each not in seen:
                seen.add(each)
                queue.append(each)
    return seen


class _Table:
    """A table that is filled, file by file, when somebody asks for a key."""

    def __init__(self, need: Callable[[Any], object]) -> None:
        self.rows: dict[Any, list[Any]] = defaultdict(list)
        self._need = need

    def get(self, key: Any, default: Any = None) -> Any:
        self._need(key)
        return self.rows.get(key, default)

    def __getitem__(self, key: Any) -> Any:
        self._need(key)
        return self.rows[key]

    def __contains__(self, key: object) -> bool:
        self._need(key)
        return key in self.rows

    def items(self) -> Any:
        """What has been asked for so far."""
        return self.rows.items()

    def values(self) -> Any:
        return self.rows.values()
