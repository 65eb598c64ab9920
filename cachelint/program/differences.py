"""What is different between two states of a function, a class or the top level of a file, and whether a look at what
lies around it is enough to judge that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from cachelint.facts import model as facts
from cachelint.program.appearances import says_what_is_read
from cachelint.program.asked import ASKED_FOR, is_view
from cachelint.program.decorators import applied
from cachelint.program.earlier import UnsureError
from cachelint.program.effects import CallEdge, Event, Summary
from cachelint.program.graph import functions_in
from cachelint.program.likeness import Likeness
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import Value
from cachelint.vocabulary import (
    CACHE_ROWS,
    CacheDelete,
    CacheExpire,
    CacheRead,
    CacheWrite,
    DbRead,
    DbWrite,
    Delegates,
    GenericView,
)

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# What these do is seen from around them; of an expiry that is not given any more that cannot be said.
CACHES = tuple(row for row in CACHE_ROWS if row is not CacheExpire)
SEEN = (DbRead, DbWrite, *CACHES)
Item = TypeVar("Item")


class Differences:
    """What functions do now and did, as far as anybody sees: the events that are `gone`, those there are `more`, and
    the calls `lost` and `won`; of a call `said` otherwise only a text that it hands on is another one. `leads_nowhere`
    tells of a function that nothing is done with caches, databases or callbacks in it and whatever it calls."""

    def __init__(self, likeness: Likeness, leads_nowhere: Callable[[FunctionSymbol], bool], is_first: bool) -> None:
        self._likeness, self._leads_nowhere, self._is_first = likeness, leads_nowhere, is_first
        self.gone: list[Event] = []
        self.more: list[Event] = []
        self.lost: list[CallEdge] = []
        self.won: list[CallEdge] = []
        self.said: list[CallEdge] = []

    @property
    def is_any(self) -> bool:
        """Whether anything is done otherwise."""
        return bool(self.gone or self.more or self.lost or self.won or self.said)

    @property
    def only_uses_more_caches(self) -> bool:
        """Whether nothing but uses of caches has come, and nothing has gone."""
        return not (self.gone or self.lost or self.won) and all(isinstance(each.row, CACHES) for each in self.more)

    @property
    def is_seen_where_it_is(self) -> bool:
        """Whether nothing is different for functions that are called as they were: what comes and goes is no lock and
        nothing else that callers do for them."""
        return all(isinstance(each.row, (DbRead, DbWrite, CacheRead, CacheWrite)) for each in (*self.gone, *self.more))

    def look(self, old: Summary | None, new: Summary) -> None:
        """Note what a function does otherwise. Raises UnsureError where that can matter to what lies elsewhere: keys of
        stores, calls of what is passed, what is registered; where any use of a cache may be the project's first or only
        one (`is_first`), that."""
        before, after = old or Summary(new.function, new.module), new
        gone, more = self._difference(before.events, after.events)
        for event in (*gone, *more):
            self._look_at_event(event, event in more)
        lost, won = self._difference(before.calls, after.calls)
        if any(True for edge in (*lost, *won) for value in edge.arguments.values() for _ in functions_in(value)):
            raise UnsureError("functions that are passed on")
        if any(self._difference(before.invocations, after.invocations)) or before.registrations or after.registrations:
            raise UnsureError("calls of what is passed")
        self.gone += gone
        self.more += more
        self._note_calls(lost, won)

    def _look_at_event(self, event: Event, is_new: bool) -> None:
        if self._is_first and isinstance(event.row, CACHES):
            raise UnsureError("the first use of a cache, or the last")
        if isinstance(event.row, CacheDelete) and event.row.everything:
            raise UnsureError("whether anything empties the cache")
        if not isinstance(event.row, SEEN) and not (isinstance(event.row, CacheExpire) and is_new):
            raise UnsureError(f"what is done with caches: {event.kind}")

    def _note_calls(self, lost: list[CallEdge], won: list[CallEdge]) -> None:
        for edge in [each for each in lost if not self._leads_nowhere(each.callee)]:
            again = next((each for each in won if self._is_said_again(edge, each)), None)
            if again is None:
                self.lost.append(edge)
            else:
                self.said.append(again)
                won = [each for each in won if each is not again]
        self.won += [each for each in won if not self._leads_nowhere(each.callee)]

    def _is_said_again(self, old: CallEdge, new: CallEdge) -> bool:
        """Whether one call is another one but for texts that it hands on."""
        is_same = old.callee is new.callee and old.arguments.keys() == new.arguments.keys()
        return (
            is_same
            and self._likeness.alike(old.context, new.context)
            and all(self._is_data(value, new.arguments[name]) for name, value in old.arguments.items())
        )

    def _is_data(self, old: Value, new: Value) -> bool:
        return self._likeness.alike((old.things, old.origins), (new.things, new.origins))

    def _difference(self, before: list[Item], after: list[Item]) -> tuple[list[Item], list[Item]]:
        return ([], []) if self._likeness.all_alike(before, after) else _difference(before, after)


def look_at_builder(interpreter: Interpreter, old: Summary | None, new: Summary) -> None:
    """Raise for a method whose result a generic view of a framework reads, where it is another one now."""
    function = new.function
    if function is None or function.home is None or (old is not None and new.gives_the_same(old)):
        return
    rows = [row for row in interpreter.catalogue.rows if isinstance(row, (Delegates, GenericView))]
    if function.facts.name in ASKED_FOR.union(row.builder for row in rows):
        raise UnsureError("what a framework reads from a method")


def is_other(old: Summary, new: Summary) -> bool:
    """Whether the top level of a file does something else than it did."""
    pairs: tuple[tuple[list[Any], list[Any]], ...] = (
        (old.events, new.events),
        (old.calls, new.calls),
        (old.invocations, new.invocations),
        (old.registrations, new.registrations),
    )
    if any(any(_difference(before, after)) for before, after in pairs):
        return True
    return old.attributes != new.attributes or old.kept != new.kept


def _difference(before: list[Item], after: list[Item]) -> tuple[list[Item], list[Item]]:
    """What is on the first side only, and on the second."""
    left, more = [(_fields(each), each) for each in before], []
    for each in after:
        own = _fields(each)
        index = next((i for i, (other, _) in enumerate(left) if other == own), None)
        if index is None:
            more.append(each)
        else:
            del left[index]
    return [each for _, each in left], more


def _fields(each: object) -> object:
    return [getattr(each, name) for name in each.__slots__]  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------------- statements


def does_nothing(statement: facts.Statement) -> bool:
    """Whether a statement only gives something a name."""
    if isinstance(statement, (facts.Define, facts.DefineClass, facts.Import, facts.Jump)):
        return True
    return isinstance(statement, facts.Assign) and isinstance(statement.value, facts.Constant)


def is_plain(statement: facts.Statement) -> bool:
    """Whether all that a statement does is seen in what its file, or the class it stands in, says."""
    return does_nothing(statement) or isinstance(statement, (facts.Assign, facts.Evaluate, facts.If, facts.Try))


# ------------------------------------------------------------------------------------------------------- classes


def look_at_gone_class(interpreter: Interpreter, symbol: ClassSymbol) -> None:
    """Raise for a class that goes and was more than what is said of it by name: a view, a model, an heir of another
    class of the project."""
    heritage = interpreter.hierarchy.mro(symbol)[1:]
    is_heir = any(isinstance(base, ClassSymbol) for base in heritage) or bool(symbol.facts.decorators)
    if is_heir or interpreter.hierarchy.is_model(symbol) or is_view(interpreter.hierarchy, symbol):
        raise UnsureError("a class that goes")


def look_at_marks(interpreter: Interpreter, symbol: ClassSymbol, old: ClassSymbol) -> None:
    """Raise for a decorator of a class that is told something else, where anybody knows what it does or reads what it
    is told."""
    known = (each for side in (old, symbol) for each in applied(interpreter, side))
    if any(each.row is not None or each.wrapper is not None or each.maker is not None for each in known):
        raise UnsureError("the decorators of a class")
    if any(says_what_is_read(each) for side in (old, symbol) for each in side.facts.decorators):
        raise UnsureError("the decorators of a class")
