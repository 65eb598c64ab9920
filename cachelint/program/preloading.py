"""Relations that were loaded along with the rows they hang on: reading them runs no query of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.effects import CallEdge, Event
from cachelint.program.handlers import Handler
from cachelint.program.spelling import last_name
from cachelint.program.symbols import ClassSymbol, nodes

if TYPE_CHECKING:
    from cachelint.program import Program


def is_preloaded(program: Program, handler: Handler, way: Sequence[CallEdge], event: Event) -> bool:
    """Whether a query reads all of a relation that code on its way, or the handler's class, names to be loaded."""
    reads = frozenset().union(*program.interpreter.catalogue.preloads.values())
    relations = {name for name, reader in _relations(event) if reader in reads}
    return bool(relations) and relations <= set(_loaded(program, _on_the_way(handler, way, event)))


def _relations(event: Event) -> Iterator[tuple[str, str]]:
    """The relations that are read at the place of a query, and by what: `book.authors.all()`, also inside `tuple(...)`,
    but not `book.authors.all().filter(...)`."""
    body = event.function.facts.body if event.function is not None else ()
    inside = [node for node in nodes(body) if event.place.at <= node.at and node.end <= event.place.end]
    narrowed = {id(node.value) for node in inside if isinstance(node, facts.Attribute)}
    for node in inside:
        reader = node.func if isinstance(node, facts.Call) and id(node) not in narrowed else None
        if isinstance(reader, facts.Attribute) and isinstance(reader.value, facts.Attribute):
            yield reader.value.attr, reader.attr


def _on_the_way(handler: Handler, way: Sequence[CallEdge], event: Event) -> Iterator[object]:
    """The code that leads to a query: bodies of functions, and those and the attributes of the handler's class."""
    yield handler.function.facts.body
    yield from (edge.callee.facts.body for edge in way)
    if event.function is not None:
        yield event.function.facts.body
    if handler.owner is not None:
        yield from _of_class(handler.owner)


def _of_class(owner: ClassSymbol) -> Iterator[object]:
    yield from (assigned[-1].value for assigned in owner.attributes.values())
    yield from (method.facts.body for method in owner.methods.values())


def _loaded(program: Program, code: Iterable[object]) -> Iterator[str]:
    """The relations that calls in some code name: `prefetch_related("authors__books")` loads both."""
    preloads = program.interpreter.catalogue.preloads
    for node in (node for piece in code for node in nodes(piece)):
        if isinstance(node, facts.Call) and last_name(node.func) in preloads:
            for inner in nodes(node.arguments):
                if isinstance(inner, facts.Constant) and isinstance(inner.value, str):
                    yield from inner.value.split("__")
