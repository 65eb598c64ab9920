"""Relations that were loaded along with the rows they hang on: reading them runs no query of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cachelint.facts import model as facts
from cachelint.program.effects import CallEdge, Event
from cachelint.program.handlers import Handler
from cachelint.program.spelling import last_name
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.walking import names_in, nodes

if TYPE_CHECKING:
    from cachelint.program import Program


class _Relation(NamedTuple):
    """A relation that is read, `book.authors.all()`: of what, which, and by what."""

    holder: facts.Expression
    name: str
    reader: str


def is_preloaded(program: Program, handler: Handler, way: Sequence[CallEdge], event: Event) -> bool:
    """Whether a query reads all of a relation that the query for its holder names to be loaded along."""
    reads = frozenset().union(*program.interpreter.catalogue.preloads.values())
    relations = [each for each in _relations(event) if each.reader in reads]
    return bool(relations) and all(
        each.name in set(_loaded(program, _origin(handler, way, event, each))) for each in relations
    )


def _relations(event: Event) -> Iterator[_Relation]:
    """The relations that are read at the place of a query: `book.authors.all()`, also inside `tuple(...)`, but not
    `book.authors.all().filter(...)`."""
    body = event.function.facts.body if event.function is not None else ()
    inside = [node for node in nodes(body) if event.place.at <= node.at and node.end <= event.place.end]
    narrowed = {id(node.value) for node in inside if isinstance(node, facts.Attribute)}
    for node in inside:
        reader = node.func if isinstance(node, facts.Call) and id(node) not in narrowed else None
        if isinstance(reader, facts.Attribute) and isinstance(reader.value, facts.Attribute):
            yield _Relation(reader.value.value, reader.value.attr, reader.attr)


def _origin(handler: Handler, way: Sequence[CallEdge], event: Event, relation: _Relation) -> Iterator[object]:
    """The code that the holder of a relation comes from: in its function, and where that function has it from."""
    if event.function is None:
        return
    bound = _bindings(event.function)
    names, seen = list(_roots(relation.holder)), set[str]()
    for name in names:
        if name not in seen:
            seen.add(name)
            yield from bound[name]
            names.extend(root for each in bound[name] for root in _roots(each))
    if seen & {parameter.name for parameter in event.function.facts.parameters}:
        yield from _before(handler, way, event.function)


def _bindings(function: FunctionSymbol) -> dict[str, list[facts.Expression]]:
    """What the names of a function are assigned, and what they run over."""
    found: dict[str, list[facts.Expression]] = defaultdict(list)
    for node in nodes(function.facts.body):
        if isinstance(node, (facts.For, facts.ComprehensionLoop)):
            for name in names_in(node.target):
                found[name].append(node.iterable)
        elif isinstance(node, facts.Assign) and node.value is not None:
            for name in (name for target in node.targets for name in names_in(target)):
                found[name].append(node.value)
    return found


def _roots(expression: facts.Expression) -> Iterator[str]:
    """The names that the rows of an expression come from: `books` of `list(books.filter(shelf=shelf)[:3])`."""
    if isinstance(expression, facts.Name):
        yield expression.id
    elif isinstance(expression, (facts.Attribute, facts.Subscript, facts.Await)):
        yield from _roots(expression.value)
    elif isinstance(expression, facts.Call):
        is_method = isinstance(expression.func, facts.Attribute)
        inner = [expression.func] if is_method else [each.value for each in expression.arguments]
        for each in inner:
            yield from _roots(each)


def _before(handler: Handler, way: Sequence[CallEdge], function: FunctionSymbol) -> Iterator[object]:
    """The code from which a function has what it is handed: the way to it, and the handler's class."""
    functions = [handler.function, *(edge.callee for edge in way)]
    if handler.owner is not None:
        functions.extend(handler.owner.methods.values())
        yield from (assigned[-1].value for assigned in handler.owner.attributes.values())
    yield from (each.facts.body for each in functions if each.original is not function.original)


def _loaded(program: Program, code: Iterable[object]) -> Iterator[str]:
    """The relations that calls in some code name: `prefetch_related("authors__books")` loads both."""
    preloads = program.interpreter.catalogue.preloads
    for node in (node for piece in code for node in nodes(piece)):
        if isinstance(node, facts.Call) and last_name(node.func) in preloads:
            for inner in nodes(node.arguments):
                if isinstance(inner, facts.Constant) and isinstance(inner.value, str):
                    yield from inner.value.split("__")
