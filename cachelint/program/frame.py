"""The state while one body is followed: variables, circumstances, and where to record what is seen."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.effects import TOP, Context, Summary
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import UNKNOWN, Origin, Place, Value, join

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# What Place(...) does, without the call in between.
_new = tuple.__new__
BUILTINS = frozenset(dir(builtins))
# Expressions that leave nothing to be recorded.
DOING_NOTHING = frozenset((facts.Name, facts.Constant))


class Frame:
    """One body being followed. `variables` change as statements run; `context` is replaced, never changed."""

    __slots__ = (
        "acquired",
        "asking",
        "chosen",
        "class_",
        "context",
        "enclosing",
        "evaluated",
        "function",
        "global_names",
        "interpreter",
        "lookups",
        "makes_context",
        "module",
        "summary",
        "switches",
        "top_level",
        "unsafe",
        "variables",
    )

    def __init__(
        self,
        interpreter: Interpreter,
        module: ModuleSymbol,
        function: FunctionSymbol | None,
        summary: Summary,
    ) -> None:
        self.interpreter = interpreter
        self.module = module
        self.function = function
        self.summary = summary
        self.variables: dict[str, Value] = {}
        self.switches: dict[str, Value] = {}
        self.enclosing: dict[str, Value] = {}
        self.global_names: set[str] = set()
        self.evaluated: dict[tuple[int, int], Value] = {}
        self.lookups: dict[str, frozenset[str]] = {}
        self.class_: ClassSymbol | None = None
        self.context: Context = TOP
        self.acquired: frozenset[Place] = frozenset()
        self.unsafe = False
        self.chosen = False
        self.asking: Origin | None = None
        self.top_level = False
        self.makes_context = False

    def closure_of(self, parent: FunctionSymbol | None) -> None:
        """Make the variables of the enclosing function visible."""
        if parent is not None:
            self.enclosing = self.interpreter.scope(parent)
            outer = parent.parent
            while outer is not None:
                self.enclosing = {**self.interpreter.scope(outer), **self.enclosing}
                outer = outer.parent

    def place(self, node: facts.Node) -> Place:
        return _new(Place, (self.module.source.path, node.at, node.end))

    def lookup(self, name: str) -> Value:
        """What a name means here: local, enclosing, class body, module, builtin."""
        if name in self.variables and name not in self.global_names:
            return self.variables[name]
        if name in self.enclosing:
            return self.enclosing[name]
        if self.class_ is not None and (name in self.class_.attributes or name in self.class_.methods):
            value = self.interpreter.hierarchy.class_value(self.class_, name)
            if value is not None:
                return value
        value = self.interpreter.names.global_value(self.module, name)
        if value is UNKNOWN and name in BUILTINS and not self.interpreter.names.defines(self.module, name):
            return self.interpreter.names.external(f"builtins.{name}")
        return value

    def evaluate(self, expression: facts.Expression) -> Value:
        """What an expression is, recording the calls it makes."""
        return self.interpreter.evaluators[type(expression)](self, expression)

    def run(self, body: Sequence[facts.Statement]) -> bool:
        """Follow statements in order; whether every way through them leaves."""
        return self.interpreter.run(self, body)

    def lookup_quietly(self, expression: facts.Expression) -> Value:
        """What an expression is, without recording what it does a second time."""
        if type(expression) in DOING_NOTHING:
            return self.evaluate(expression)
        kept, variables = self.summary, self.variables
        self.summary, self.variables = Summary(self.function, self.module), dict(variables)
        try:
            return self.evaluate(expression)
        finally:
            self.summary, self.variables = kept, variables

    def remember(self, name: str, value: Value) -> None:
        """Keep a local for nested functions, which see every value it ever has."""
        if self.function is not None:
            known = self.summary.variables
            known[name] = value if name not in known else join([known[name], value])

    def annotated(self, annotation: facts.Expression) -> Value:
        """What an annotation promises: an instance."""
        from cachelint.program.annotations import promised

        return promised(self, annotation)

    def interpreter_frame(self, module: ModuleSymbol) -> Frame:
        """A bare frame at the top level of a module, for its decorators and annotations."""
        return Frame(self.interpreter, module, None, Summary(None, module))

    def current(self) -> Context:
        """The circumstances right here, early exits included."""
        if self.acquired - self.context.misses or self.unsafe or self.chosen:
            misses = self.context.misses | self.acquired
            unsafe, chosen = self.context.unsafe or self.unsafe, self.context.chosen or self.chosen
            return self.context._replace(misses=misses, unsafe=unsafe, chosen=chosen)
        return self.context
