"""Who calls whom, callbacks and decorators included, and under which circumstances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from cachelint.program.decorators import applied
from cachelint.program.effects import TOP, CallEdge, Context, Event, Invocation, Summary
from cachelint.program.formatting import formatted
from cachelint.program.handlers import Handler
from cachelint.program.substitution import parameter_of
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import FunctionRef, Place, Value, Wrapped
from cachelint.vocabulary import CacheWrite, Memoizes

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

CALLBACK_DEPTH = 4


class Tables(NamedTuple):
    """What a call graph is made of, when it has been linked already."""

    callers: Any
    callees: Any
    invocations: Any
    events: Any
    told: Any


class CallGraph:
    """The calls of the whole project, from the summaries of all functions."""

    def __init__(
        self,
        interpreter: Interpreter,
        summaries: Iterable[Summary],
        handlers: list[Handler],
        tables: Tables | None = None,
    ) -> None:
        self.interpreter = interpreter
        self._entries: dict[FunctionSymbol, Context] = {}
        self._writes: dict[FunctionSymbol, bool] = {}
        self.callers: dict[FunctionSymbol, list[CallEdge]] = defaultdict(list)
        self.callees: dict[FunctionSymbol | None, list[CallEdge]] = defaultdict(list)
        self.invocations: dict[tuple[FunctionSymbol, str], list[Invocation]] = defaultdict(list)
        self.events: dict[FunctionSymbol | None, list[Event]] = defaultdict(list)
        # What the decorators of the project are told where they stand.
        self.told: dict[FunctionSymbol, list[dict[str, Value]]] = defaultdict(list)
        if tables is not None:
            self.callers, self.callees, self.invocations, self.events, self.told = tables
            return
        for summary in summaries:
            self._read(summary)
        self._link_callbacks()
        self._link_wrappers(handlers)
        self._note_memoized()

    def _read(self, summary: Summary) -> None:
        for edge in summary.calls:
            self._add(edge)
        for event in summary.events:
            self.events[event.function].append(event)
        for invocation in summary.invocations:
            what = invocation.origin.what
            if isinstance(what, tuple):
                self.invocations[what[0], what[1]].append(invocation)

    def _add(self, edge: CallEdge) -> None:
        self.callers[edge.callee].append(edge)
        self.callees[edge.caller].append(edge)

    # ------------------------------------------------------------------------------------------- callbacks

    def _link_callbacks(self) -> None:
        """A call of a parameter is a call of what the callers pass there."""
        for (function, name), invocations in sorted(
            self.invocations.items(),
            key=lambda item: (item[0][0].order, item[0][1]),
        ):
            for edge in list(self.callers.get(function, ())):
                given = edge.arguments.get(name)
                for target, outer in self._targets(given, edge, 0):
                    for invocation in invocations:
                        context = outer.context.within(invocation.context)
                        self._add(CallEdge(outer.caller, outer.module, target, {}, outer.place, context))

    def _targets(self, given: Value | None, edge: CallEdge, depth: int) -> Iterator[tuple[FunctionSymbol, CallEdge]]:
        """The functions that a value passed at an edge can be; followed outwards while it is itself a parameter."""
        if given is None or depth > CALLBACK_DEPTH:
            return
        yield from ((target, edge) for target in functions_in(given))
        for origin in given.origins:
            name = parameter_of(origin, edge.caller) if edge.caller is not None and origin.direct else None
            if name is None or edge.caller is None:
                continue
            for outer in self.callers.get(edge.caller, ()):
                composed = replace(outer, context=outer.context.within(edge.context))
                yield from self._targets(outer.arguments.get(name), composed, depth + 1)

    # ------------------------------------------------------------------------------------------ decorators

    def _link_wrappers(self, handlers: list[Handler]) -> None:
        """Who calls a decorated function also runs the wrapper that the project's decorator put around it."""
        for function in list(self.interpreter.functions()):
            for each in applied(self.interpreter, function) if function.facts.decorators else ():
                if each.wrapper is not None:
                    self._wrap(function, each.wrapper)
                if each.wrapper is not None and each.maker is not None:
                    self.told[each.maker].append(each.given)

    def _wrap(self, function: FunctionSymbol, wrapper: FunctionSymbol) -> None:
        for edge in self.callers.get(function, ()):
            self._add(CallEdge(edge.caller, edge.module, wrapper, {}, edge.place, edge.context))
        place = Place(function.module.source.path, function.facts.name_at, function.facts.name_at + 1)
        # A handler has no caller: the wrapper is then reached through the function itself.
        self._add(CallEdge(function, function.module, wrapper, {}, place, TOP))

    def entry(self, function: FunctionSymbol) -> Context:
        """The circumstances that a function's own decorators put it in: memoized, guarded by a wrapper."""
        if function not in self._entries:
            context = TOP
            for each in applied(self.interpreter, function) if function.facts.decorators else ():
                if isinstance(each.row, Memoizes) and is_on(each.row, each.given):
                    context = context._replace(in_loader=True)
                elif each.wrapper is not None:
                    inner = self._invoked_in(each.wrapper)
                    context = context.within(inner) if inner is not None else context
                elif each.row is None and "cache" in each.name.lower() and each.wrapper is None:
                    # An unknown decorator that calls itself a cache is believed.
                    context = context._replace(in_loader=True)
            self._entries[function] = context
        return self._entries[function]

    def _invoked_in(self, wrapper: FunctionSymbol) -> Context | None:
        """Under which circumstances a wrapper calls what it wraps; the weakest where it does so several times."""
        maker = wrapper.parent
        found: list[Context] = []
        while maker is not None:
            for parameter in maker.facts.parameters:
                invocations = self.invocations.get((maker, parameter.name), ())
                found.extend(each.context for each in invocations if each.function is wrapper)
            maker = maker.parent
        if not found:
            return None
        return Context(
            guards=min((each.guards for each in found), key=len),
            misses=frozenset().union(*(each.misses for each in found)),
            in_loader=all(each.in_loader for each in found),
            deferred=all(each.deferred for each in found),
        )

    def _note_memoized(self) -> None:
        """A caching decorator that can raise is a cache call of everyone who calls the function."""
        for function in list(self.interpreter.functions()):
            for event in memoized(self.interpreter, function):
                self.events[function].append(event)

    # ---------------------------------------------------------------------------------------------- cover

    def writes_back(self, function: FunctionSymbol, depth: int = 0) -> bool:
        """Whether a function stores something in a cache, itself or through what it calls."""
        if function in self._writes:
            return self._writes[function]
        self._writes[function] = False
        found = any(isinstance(event.row, CacheWrite) for event in self.events.get(function, ()))
        if not found and depth < 40:
            found = any(self.writes_back(edge.callee, depth + 1) for edge in self.callees.get(function, ()))
        self._writes[function] = found
        return found


def memoized(interpreter: Interpreter, function: FunctionSymbol) -> Iterator[Event]:
    """The uses of caches that a function's own decorators are."""
    for each in applied(interpreter, function) if function.facts.decorators else ():
        if isinstance(each.row, Memoizes) and is_on(each.row, each.given):
            name = each.name.rpartition(".")[2]
            event = Event(each.row, each.place, function.module, function, TOP, each.client, name)
            event.arguments, event.is_response = each.given, each.row.response
            event.key = _explicit_key(interpreter, function, each.row, each.given, each.place)
            yield event


def _explicit_key(
    interpreter: Interpreter, function: FunctionSymbol, row: Memoizes, given: dict[str, Value], place: Place
) -> Value | None:
    """The key that a caching decorator was told: a key function's result, or a template over the parameters."""
    for name in row.key_params.split():
        value = given.get(name)
        for builder in functions_in(value) if value is not None else ():
            return interpreter.summary(builder).returns
        if value is not None and isinstance(value.constant, str) and "{" in value.constant:
            filled = {p.name: (interpreter.parameter(function, p), place, p.name) for p in function.facts.parameters}
            return formatted(value.constant, [], filled, place)
    return None


def functions_in(value: Value) -> Iterator[FunctionSymbol]:
    """The project functions that a value can be, through wrappers of libraries."""
    for each in value.things:
        if isinstance(each, FunctionRef):
            yield each.symbol
        elif isinstance(each, Wrapped):
            yield from functions_in(each.function)


def is_on(row: Memoizes, given: dict[str, Value]) -> bool:
    """Whether the decorator caches at all as it is written (Litestar's needs `cache=`)."""
    return not row.when or (row.when in given and given[row.when].constant not in (False, None))
