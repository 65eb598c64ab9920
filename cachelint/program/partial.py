"""The call graph around a few functions, linked file by file as it is asked for."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from cachelint.program.effects import CallEdge, Event, Summary
from cachelint.program.graph import Tables
from cachelint.program.handlers import Handler
from cachelint.program.symbols import FunctionSymbol, ModuleSymbol

if TYPE_CHECKING:
    from cachelint.program.excerpt import Excerpt


class PartialGraph:
    """What an excerpt knows of calls, events and handlers: everything about a function that somebody asks for."""

    def __init__(self, excerpt: Excerpt) -> None:
        self._excerpt = excerpt
        self._linked: set[ModuleSymbol] = set()
        self._above: set[FunctionSymbol] = set()
        self._below: set[FunctionSymbol] = set()
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
        left = self._excerpt.left(function.module)
        for path in left.called_from.get(self._excerpt.index(function.original), ()):
            if path in self._excerpt.interpreter.modules.by_path:
                self._link(self._excerpt.interpreter.modules.by_path[path])

    def _link(self, module: ModuleSymbol) -> None:
        """Add what a file calls and does to the call graph."""
        if module in self._linked:
            return
        self._linked.add(module)
        left = self._excerpt.left(module)
        for each in left.followed:
            function = each.summary.function
            again = self._excerpt.found.get(function) if function is not None else None
            self._add(again[1] if again is not None else each.summary)
        for edge in left.edges:
            self._add_edge(edge)
        for event in left.events:
            self.tables.events.rows[event.function].append(event)
        for maker, given in left.told:
            self.tables.told.rows[maker].extend(given)
        for function, handlers in left.handlers:
            self.handlers_by_function.rows[function].extend(handlers)

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

    def look_around(self) -> None:
        """Find the functions that lead to those followed again, and those that they lead to; both with themselves."""
        starts = list(self._excerpt.found)
        for function in starts:
            self._link(function.module)
            self._add_new(function)
        self._above = _reached(starts, self._calling)
        self._below = _reached(starts, lambda function: [e.callee for e in self.tables.callees.get(function, ())])

    def _calling(self, function: FunctionSymbol) -> list[FunctionSymbol]:
        return [edge.caller for edge in self.tables.callers.get(function, ()) if edge.caller is not None]

    def _add_new(self, function: FunctionSymbol) -> None:
        if self._excerpt.found[function][0] is None:
            self._add(self._excerpt.found[function][1])

    def handlers(self) -> list[Handler]:
        """The handlers that lead to the functions followed again."""
        found = {h.function: h for f in self._above for h in self.handlers_by_function.get(f, ()) or ()}
        return sorted(found.values(), key=lambda handler: handler.function.order)

    def cache_events(self, rows: tuple[type, ...]) -> list[Event]:
        """The calls on caches that the functions followed again lead to, and those beside them."""
        beside = {f for function in self._excerpt.found for f in function.module.functions}
        events = [e for f in self._below | beside for e in self.tables.events.get(f, ()) or ()]
        found = [
            e for e in events if isinstance(e.row, rows) and (e.client is None or e.client.type != "builtins.dict")
        ]
        return sorted(found, key=lambda event: (event.place, event.method))


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
