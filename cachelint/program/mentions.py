"""Which code a change of names can matter to: whatever says such a name, and whatever is made of that.

Names are looked for as words, wherever they are bound: more is found than is meant, and nothing is missed that has to
say a name to reach what it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.changes import outermost
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.walking import blocks, names_in, nodes, walk

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter


class Mentions:
    """What has to be followed again for names that mean something else: `functions` (whole ones, with all that is
    defined in them), `modules` for what their top level does, and methods of `heirs`."""

    def __init__(self, interpreter: Interpreter, texts: Mapping[str, bytes]) -> None:
        self._interpreter = interpreter
        self._texts = texts
        self.functions: set[FunctionSymbol] = set()
        self.modules: set[ModuleSymbol] = set()
        self.heirs: set[ClassSymbol] = set()
        self._names: set[str] = set()
        self._fresh: set[str] = set()

    def add(self, names: Iterable[str], heirs: Iterable[ClassSymbol]) -> None:
        """Names that mean something else, and classes whose members do."""
        self._fresh.update(name for name in names if name not in self._names)
        for symbol in heirs:
            self._add_heir(symbol)
        while self._fresh:
            names_now, self._fresh = self._fresh, set()
            self._names |= names_now
            for module in self._saying(names_now):
                self._look_through(module, names_now)

    def _add_heir(self, symbol: ClassSymbol) -> None:
        for each in (symbol, *self._interpreter.hierarchy.subclasses(symbol)):
            if each in self.heirs:
                continue
            self.heirs.add(each)
            self.functions.update(outermost(method) for method in each.methods.values())
            if not self._interpreter.hierarchy.is_model(each) and each.facts.name not in self._names:
                self._fresh.add(each.facts.name)

    def _saying(self, names: set[str]) -> Iterator[ModuleSymbol]:
        words = [name.encode() for name in names]
        for path, text in self._texts.items():
            if any(word in text for word in words) and path in self._interpreter.modules.by_path:
                yield self._interpreter.modules.by_path[path]

    def _look_through(self, module: ModuleSymbol, names: set[str]) -> None:
        for name in self._bound(module.facts.body, names):
            self.modules.add(module)
            self._add_name(name)
        if any(_says(each, names) for each in _simple(module.facts.body)):
            self.modules.add(module)
        for symbol in module.classes:
            self._look_through_class(symbol, names)
        for function in module.functions:
            if function.parent is None and function not in self.functions:
                self._look_through_function(function, names)

    def _add_name(self, name: str) -> None:
        if name not in self._names:
            self._fresh.add(name)

    def _bound(self, body: Sequence[facts.Statement], names: set[str]) -> Iterator[str]:
        """What statements bind that say one of the names."""
        for statement in walk(body):
            if isinstance(statement, facts.Import):
                for each in statement.names:
                    if each.alias and (each.name in names or not names.isdisjoint(each.module.split("."))):
                        yield each.alias
            elif isinstance(statement, facts.Assign) and _says((statement.value, statement.annotation), names):
                for target in statement.targets:
                    yield from names_in(target)
            elif isinstance(statement, facts.AugmentedAssign) and _says(statement.value, names):
                yield from names_in(statement.target)

    def _look_through_class(self, symbol: ClassSymbol, names: set[str]) -> None:
        bound = list(self._bound(symbol.facts.body, names))
        if symbol not in self.heirs and _says((symbol.facts.bases, symbol.facts.decorators), names):
            bound.append(symbol.facts.name)
        for name in bound:
            self._add_name(name)
        if bound:
            self._add_heir(symbol)

    def _look_through_function(self, function: FunctionSymbol, names: set[str]) -> None:
        code = function.facts
        head = (code.parameters, code.decorators, code.returns)
        if _says(head, names):
            self.functions.add(function)
            self._add_name(code.name)
        elif any(_says(each.facts.body, names) for each in _inside(function)):
            self.functions.add(function)


def _inside(function: FunctionSymbol) -> Iterator[FunctionSymbol]:
    yield function
    for each in function.module.functions:
        if each.parent is not None and outermost(each) is function:
            yield each


def _simple(body: Sequence[facts.Statement]) -> Iterator[object]:
    """The statements of a block that hold no others, and what compound ones test."""
    for statement in walk(body):
        if not any(True for _ in blocks(statement)):
            yield statement
        else:
            yield getattr(statement, "test", None)


def _says(code: object, names: set[str]) -> bool:
    return any(not names.isdisjoint(_words(node)) for node in nodes(code))


def _words(node: facts.Node) -> tuple[str, ...]:
    if isinstance(node, facts.Name):
        return (node.id,)
    if isinstance(node, facts.Attribute):
        return (node.attr,)
    if isinstance(node, facts.Constant):
        return (node.value.rpartition(".")[2],) if isinstance(node.value, str) else ()
    if isinstance(node, facts.ImportedName):
        return (node.name or "", *node.module.split("."))
    return ()
