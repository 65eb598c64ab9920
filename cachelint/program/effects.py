"""What a function does, as recorded while its body is followed: events, calls, returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import UNKNOWN, Instance, Origin, Place, Value
from cachelint.vocabulary import Row

if TYPE_CHECKING:
    from cachelint.program.shelves import Slot


class Clause(NamedTuple):
    """One `except` clause (or suppress(), or a `finally` that returns).

    `types` are canonical dotted names; `raises` is "" when the error ends here, "same" when it goes on, else the
    dotted name of what is raised instead ("?" when unknown). `quiet`: nobody is told (no log, no call at all)."""

    types: tuple[str, ...]
    raises: str
    quiet: bool
    place: Place


class Guard(NamedTuple):
    """One `try` around a piece of code: its clauses in order, and how many calls it guards."""

    clauses: tuple[Clause, ...]
    place: Place
    calls: int = 1


class Context(NamedTuple):
    """Under which circumstances a piece of a function runs.

    `guards` are the surrounding tries, outermost first; `misses` the cache reads known to have missed; `unsafe` tells
    that only unsafe HTTP methods come here; `chosen` that who asks decides whether it runs; `deferred` that it runs
    after the request; `in_loader` that it is a get-or-set's loader; `depth` counts loops; `handling` is the try whose
    failure it handles."""

    guards: tuple[Guard, ...] = ()
    misses: frozenset[Place] = frozenset()
    unsafe: bool = False
    chosen: bool = False
    deferred: bool = False
    in_loader: bool = False
    depth: int = 0
    handling: Place | None = None

    def within(self, inner: Context) -> Context:
        """The circumstances of something that runs in `inner`, itself reached in these circumstances."""
        return Context(
            self.guards + inner.guards,
            self.misses | inner.misses,
            self.unsafe or inner.unsafe,
            self.chosen or inner.chosen,
            self.deferred or inner.deferred,
            self.in_loader or inner.in_loader,
            self.depth + inner.depth,
            inner.handling or self.handling,
        )


TOP = Context()


class Event(msgspec.Struct, eq=False):
    """One use of a library that a row describes.

    `client` is the object used, `certain` whether its type is known (not guessed from a name). `key`, `value`, `ttl`
    are the arguments of those roles; `entity` the model of a query or write; `shape` what a query reads; `origins`
    everything that shaped a query. `text` is the source of a key as people would write it."""

    row: Row
    place: Place
    module: ModuleSymbol
    function: FunctionSymbol | None
    context: Context
    client: Instance | None = None
    method: str = ""
    certain: bool = True
    key: Value | None = None
    value: Value | None = None
    ttl: tuple[str, Value] | None = None
    entity: ClassSymbol | str | None = None
    shape: str = ""
    origins: frozenset[Origin] = frozenset()
    argument_place: Place | None = None
    flags: dict[str, object] = {}
    arguments: dict[str, Value] = {}
    is_response: bool = False
    extra_errors: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        return type(self.row).__name__


class CallEdge(msgspec.Struct, eq=False):
    """A call of a project function. `arguments` by parameter name; "self" included when bound."""

    caller: FunctionSymbol | None
    module: ModuleSymbol
    callee: FunctionSymbol
    arguments: dict[str, Value]
    place: Place
    context: Context
    places: dict[str, Place] = {}


class Registration(msgspec.Struct, eq=False):
    """A call that makes something a handler or mounts it: `path("x", view)`, `include_router(router)`."""

    row: Row
    given: dict[str, Value]
    client: Instance | None
    place: Place
    function: FunctionSymbol | None


class Invocation(msgspec.Struct, eq=False):
    """A call of something that came in as a parameter (a callback, the function a decorator was given)."""

    origin: Origin
    arguments: tuple[Value, ...]
    place: Place
    context: Context
    function: FunctionSymbol | None


class Summary(msgspec.Struct, eq=False):
    """All that following one body found out. `asked_bases` are the calls of `super().name(...)` that lead out of the
    project, and under which circumstances; `kept` what it leaves on the application for others."""

    function: FunctionSymbol | None
    module: ModuleSymbol
    returns: Value = UNKNOWN
    events: list[Event] = []
    calls: list[CallEdge] = []
    invocations: list[Invocation] = []
    attributes: dict[str, list[Value]] = {}
    variables: dict[str, Value] = {}
    registrations: list[Registration] = []
    tally: dict[str, list[int]] = {}
    yields: list[tuple[Value, Context]] = []
    returned: list[tuple[Value, Place]] = []
    asked_bases: list[tuple[str, Context]] = []
    kept: dict[Slot, list[Value]] = {}

    def gives_the_same(self, other: Summary) -> bool:
        """Whether callers see no difference."""
        return (
            self.returns == other.returns
            and self.yields == other.yields
            and [value.constant for value, _ in self.returned] == [value.constant for value, _ in other.returned]
        )
