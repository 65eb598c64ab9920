"""What decorators that an edit adds, changes or takes away make of a function: a handler, one that is cached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import handlers
from cachelint.program.changes import Change, shape
from cachelint.program.decorators import Applied, applied
from cachelint.program.earlier import UnsureError
from cachelint.program.effects import CallEdge, Event
from cachelint.program.graph import functions_in, memoized
from cachelint.program.handlers import Handler
from cachelint.program.http_methods import restricted
from cachelint.program.inputs import dialect_of
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.walking import nodes
from cachelint.vocabulary import HandlerClass, Restricts

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter


# Decorators by which callers get something else than a call of the function.
BINDING = frozenset(
    "property cached_property setter classmethod staticmethod contextmanager asynccontextmanager".split()
)


class Head(NamedTuple):
    """What a function serves and what it caches by its decorators of now, and whether those of before made it serve;
    `is_all` of one that serves nothing else."""

    function: FunctionSymbol
    serves: tuple[Handler, ...] = ()
    caches: tuple[Event, ...] = ()
    has_served: bool = False
    is_all: bool = False


def heads(interpreter: Interpreter, change: Change, serving: Mapping[FunctionSymbol, Handler]) -> Iterator[Head]:
    """The functions of a file whose decorators are not what they were, and those new ones that serve by their class.
    Raises UnsureError where more depends on them than the function itself."""
    before = {new: old for old, new in change.functions.items()}
    for function in sorted(change.followed, key=lambda each: each.order):
        old = before.get(function)
        then = old.facts.decorators if old is not None else ()
        if _shapes(old) == _shapes(function) and function not in serving:
            continue
        now = applied(interpreter, function)
        _refuse(interpreter, function, then, now)
        served = handlers.by_decorators(interpreter, function)
        served += [serving[function]] if function in serving else []
        interpreter.request_types.pop(function, None)
        for handler in served:
            type_request(interpreter, handler, now)
        has_served = old is not None and bool(handlers.by_decorators(interpreter, old))
        yield Head(function, tuple(served), has_served=has_served)


def finished(interpreter: Interpreter, head: Head) -> Head:
    """A head with what it caches, once functions have been followed: keys are made by functions."""
    return head._replace(caches=tuple(memoized(interpreter, head.function)))


def served_by(interpreter: Interpreter, head: Head, kept: list[Handler]) -> list[Handler]:
    """What a function serves now, `kept` as an earlier run saw it: what it is registered for elsewhere, and what its
    decorators say. Raises UnsureError where it is both."""
    if head.is_all:
        return list(head.serves)
    elsewhere = [each for each in kept if not head.has_served or not _is_by_decorator(head.function, each)]
    if (elsewhere and head.serves) or (head.has_served and _may_be_asked_for(interpreter, head.function)):
        raise UnsureError("a handler that is registered twice")
    limited = [replace(each, methods=restricted(interpreter, head.function, each.methods)) for each in elsewhere]
    return [*limited, *head.serves]


def _may_be_asked_for(interpreter: Interpreter, function: FunctionSymbol) -> bool:
    """Whether a function may serve by its name alone, too, as a method of a view."""
    rows = (row for row in interpreter.catalogue.rows if isinstance(row, HandlerClass))
    names = {word.partition(":")[0] for row in rows for word in row.methods.split()}
    return function.owner is not None and function.facts.name in names


def _is_by_decorator(function: FunctionSymbol, handler: Handler) -> bool:
    """Whether a route was written at the function: there, or where there is other code now."""
    at, start = handler.place.at, min([function.facts.at, *(each.at for each in function.facts.decorators)])
    is_here = handler.place.path == function.module.source.path
    return is_here and (at < 0 or start <= at < function.facts.name_at)


def is_wrapping(edge: CallEdge) -> bool:
    """Whether an edge stands for a decorator of the project, and for no call that is written."""
    return edge.caller is not None and edge.place.end - edge.place.at == 1 and not edge.arguments


def _shapes(function: FunctionSymbol | None) -> list[object]:
    return [] if function is None else [shape(each, function.module.facts) for each in function.facts.decorators]


def _refuse(
    interpreter: Interpreter, function: FunctionSymbol, then: tuple[facts.Expression, ...], now: list[Applied]
) -> None:
    """Raise for a wrapper of the project, and for a limit of methods: what they are put around is kept elsewhere."""
    if any(each.wrapper is not None or each.maker is not None for each in now):
        raise UnsureError("a decorator of the project")
    last = {getattr(node, "attr", getattr(node, "id", "")) for each in then for node in nodes(each)}
    rows = interpreter.catalogue.rows
    limits = {name.rpartition(".")[2] for row in rows if isinstance(row, Restricts) for name in row.names.split()}
    if last & limits:
        raise UnsureError("a decorator that limited methods")
    new = {getattr(node, "attr", getattr(node, "id", "")) for each in function.facts.decorators for node in nodes(each)}
    if ((function.home is None or then) and (last ^ new) & BINDING) or function.facts.name == "dispatch":
        raise UnsureError("a decorator that says how a function is called")


def type_request(interpreter: Interpreter, handler: Handler, now: list[Applied]) -> None:
    """Its first parameter is a request, and what it returns is answered."""
    dialect = dialect_of(interpreter, handler.dialect)
    if dialect.request:
        interpreter.request_types[handler.function] = dialect.request
        if any(True for each in now for value in each.given.values() for _ in functions_in(value)):
            raise UnsureError("a decorator that is told a function")
    if dialect.runs_queries:
        interpreter.answering.add(handler.function)
