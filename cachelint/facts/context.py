"""What the lowering of one file carries around: places, the flat lists, and the scope being lowered."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cachelint.facts import model
from cachelint.facts.nodes import CSTNode, Module

# Readers of facts walk them recursively, and so does msgspec: no function's facts nest deeper than this.
MAX_DEPTH = 200
TOO_DEEP = "nested too deeply"


class Scope(NamedTuple):
    """Where a definition stands: indexes of enclosing function and owning class, and the name prefix."""

    function: int = -1
    owner: int = -1
    prefix: str = ""


ExpressionTable = dict[type[CSTNode], Callable[["Context", Any, int, int], model.Expression]]
StatementTable = dict[type[CSTNode], Callable[["Context", Any, int, int], model.Statement]]


class Context:
    """The mutable state of one lowering."""

    def __init__(
        self,
        module: Module,
        text: str,
        spans: dict[int, tuple[int, int]],
        offsets: list[int],
        expressions: ExpressionTable,
        statements: StatementTable,
    ) -> None:
        self.module = module
        self.text = text
        self.spans = spans
        self.offsets = offsets
        self.expressions = expressions
        self.statements = statements
        self.functions: list[model.Function] = []
        self.classes: list[model.Class] = []
        self.scope = Scope()
        self.depth = 0
        self.yields = False
        self.globals: set[str] = set()

    def span(self, node: CSTNode) -> tuple[int, int]:
        """Start and end offset of a node, without its parentheses and surrounding whitespace."""
        start, end = self.spans[id(node)]
        return self.offsets[start], self.offsets[end]

    def expression(self, node: CSTNode) -> model.Expression:
        """Lower one expression; what has no lowering or nests too deeply becomes Unknown."""
        start, end = self.spans[id(node)]
        at, end = self.offsets[start], self.offsets[end]
        lower = self.expressions.get(type(node))
        if lower is None:
            return model.Unknown(at, end, type(node).__name__)
        if self.depth >= MAX_DEPTH:
            return model.Unknown(at, end, TOO_DEEP)
        self.depth += 1
        lowered = lower(self, node, at, end)
        self.depth -= 1
        return lowered

    def optional(self, node: CSTNode | None) -> model.Expression | None:
        """Lower an expression that may be missing."""
        return None if node is None else self.expression(node)

    def block(self, suite: CSTNode | None) -> tuple[model.Statement, ...]:
        """Lower the body of a compound statement, an `else:` or a `finally:`; nothing for None."""
        if suite is None:
            return ()
        inner = getattr(suite, "body", ())
        if isinstance(inner, CSTNode):
            return self.block(inner)
        return self.body(inner)

    def body(self, nodes: Sequence[CSTNode]) -> tuple[model.Statement, ...]:
        """Lower statements, those sharing a line one by one."""
        lowered: list[model.Statement] = []
        for node in nodes:
            if type(node) in self.statements:
                lowered.append(self.statement(node))
            else:
                lowered.extend(self.statement(small) for small in getattr(node, "body", ()))
        return tuple(lowered)

    def statement(self, node: CSTNode) -> model.Statement:
        """Lower one statement; its end leaves out a semicolon and what follows it."""
        at, end = self.span(node)
        text = self.text
        while end > at and text[end - 1] in "; \t\f\\\r\n":
            end -= 1
        lower = self.statements.get(type(node))
        if lower is None:
            return model.Evaluate(at, end, model.Unknown(at, end, type(node).__name__))
        if self.depth >= MAX_DEPTH:
            return model.Evaluate(at, end, model.Unknown(at, end, TOO_DEEP))
        self.depth += 1
        lowered = lower(self, node, at, end)
        self.depth -= 1
        return lowered

    def inside_string(self, at: int, end: int) -> Context:
        """A context for code quoted in the string at these offsets: everything in it stands there."""
        quoted = copy.copy(self)
        quoted.spans = _Anywhere()
        quoted.offsets = [at, end]
        return quoted


class _Anywhere(dict[int, tuple[int, int]]):
    def __missing__(self, key: int) -> tuple[int, int]:
        return (0, 1)
