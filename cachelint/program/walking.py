"""Walking over code: its statements, its nodes, the names it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from cachelint.facts import model as facts

COMPOUND = (facts.If, facts.For, facts.While, facts.Try, facts.With, facts.Match)


def walk(body: Iterable[facts.Statement]) -> Iterator[facts.Statement]:
    """Every statement of a block and of the blocks in it, but not of nested functions or classes."""
    for statement in body:
        yield statement
        if isinstance(statement, COMPOUND):
            for block in blocks(statement):
                yield from walk(block)


# Fields that hold no code. Whatever a field's type says else may.
_PLAIN = frozenset(("int", "str", "bool", "str | None", "tuple[str, ...]", "bool | int | float | str | None"))
# Which fields of a kind of node hold further nodes, the last one first.
_INNER: dict[type, tuple[str, ...]] = {
    kind: tuple(name for name in reversed(kind.__struct_fields__[2:]) if kind.__annotations__[name] not in _PLAIN)
    for kind in facts.Node.__subclasses__()
}
_LEAVES = frozenset(kind for kind, names in _INNER.items() if not names)
_ONE = {kind: attrgetter(*names) for kind, names in _INNER.items() if len(names) == 1}
_MORE = {kind: attrgetter(*names) for kind, names in _INNER.items() if len(names) > 1}


def nodes(node: object) -> Iterator[facts.Node]:
    """Every node of a piece of code, outermost first; not the bodies of nested functions and classes."""
    waiting: list[Any] = [node]
    while waiting:
        each = waiting.pop()
        kind = type(each)
        if kind is tuple:
            waiting.extend(each[::-1])
        elif kind in _LEAVES:
            yield each
        elif kind in _ONE:
            yield each
            waiting.append(_ONE[kind](each))
        elif kind in _MORE:
            yield each
            waiting.extend(_MORE[kind](each))


def names_in(code: object) -> Iterator[str]:
    """The variables that a piece of code names, each as often as it does."""
    return (node.id for node in nodes(code) if isinstance(node, facts.Name))


def blocks(statement: facts.Statement) -> Iterator[Sequence[facts.Statement]]:
    """The blocks directly inside a statement."""
    if isinstance(statement, (facts.If, facts.For, facts.While)):
        yield statement.body
        yield statement.orelse
    elif isinstance(statement, facts.Try):
        yield statement.body
        for handler in statement.handlers:
            yield handler.body
        yield statement.orelse
        yield statement.final
    elif isinstance(statement, facts.With):
        yield statement.body
    elif isinstance(statement, facts.Match):
        for case in statement.cases:
            yield case.body
