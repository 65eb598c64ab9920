"""What the top level of a file binds names to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program.walking import walk

if TYPE_CHECKING:
    from cachelint.program.symbols import ClassSymbol, FunctionSymbol


class Binding:
    """What a module-level name may be: definitions, assignments and imports, in source order."""

    __slots__ = ("assigned", "class_", "function", "imports", "items")

    def __init__(self) -> None:
        self.function: FunctionSymbol | None = None
        self.class_: ClassSymbol | None = None
        self.assigned: list[tuple[facts.Assign, facts.Expression]] = []
        self.items: list[tuple[facts.Subscript, facts.Expression]] = []
        self.imports: list[tuple[facts.Import, facts.ImportedName]] = []

    @property
    def is_imported(self) -> bool:
        """Whether nothing but imports binds the name."""
        return bool(self.imports) and self.function is None and self.class_ is None and not self.assigned


class TopLevel:
    """The names of one file: `bindings` by name, star imports, and the libraries it imports from."""

    def __init__(
        self, functions: Sequence[FunctionSymbol], classes: Sequence[ClassSymbol], body: Sequence[facts.Statement]
    ) -> None:
        self._functions = functions
        self._classes = classes
        self.bindings: dict[str, Binding] = defaultdict(Binding)
        self.stars: list[tuple[facts.Import, facts.ImportedName]] = []
        self.used_packages: set[str] = set()
        self._bind(body)
        for function in functions:
            self._bind_globals(function)

    def _bind(self, body: Sequence[facts.Statement]) -> None:
        for statement in walk(body):
            if isinstance(statement, facts.Define):
                function = self._functions[statement.function]
                self.bindings[function.facts.name].function = function
            elif isinstance(statement, facts.DefineClass):
                self.bindings[self._classes[statement.class_].facts.name].class_ = self._classes[statement.class_]
            elif isinstance(statement, facts.Assign):
                nothing = facts.Unknown(statement.at, statement.end, "no value")
                self._bind_targets(statement, statement.value if statement.value is not None else nothing)
            elif isinstance(statement, facts.AugmentedAssign):
                self._bind_augmented(statement)
            elif isinstance(statement, facts.Import):
                self._bind_import(statement)

    def _bind_globals(self, function: FunctionSymbol) -> None:
        """What a function assigns to names it declares global: the lazily made client of a module."""
        declared = {n for each in function.statements if isinstance(each, facts.Scope) for n in each.names}
        for each in function.statements if declared & self.bindings.keys() else ():
            if isinstance(each, facts.Assign) and each.value is not None:
                names = tuple(t for t in each.targets if isinstance(t, facts.Name) and t.id in declared)
                self._bind_targets(replace(each, targets=names), each.value)

    def _bind_targets(self, statement: facts.Assign, value: facts.Expression) -> None:
        for target in statement.targets:
            if isinstance(target, facts.Name):
                self.bindings[target.id].assigned.append((statement, value))
            elif isinstance(target, facts.Subscript) and isinstance(target.value, facts.Name):
                self.bindings[target.value.id].items.append((target, value))
            elif isinstance(target, facts.Collection) and isinstance(value, facts.Collection):
                for each, part in zip(target.items, value.items, strict=False):
                    if isinstance(each, facts.Name):
                        self.bindings[each.id].assigned.append((statement, part))

    def _bind_augmented(self, statement: facts.AugmentedAssign) -> None:
        if isinstance(statement.target, facts.Name):
            as_assign = facts.Assign(statement.at, statement.end, (statement.target,), statement.value)
            self.bindings[statement.target.id].assigned.append((as_assign, statement.value))

    def _bind_import(self, statement: facts.Import) -> None:
        for imported in statement.names:
            if statement.level == 0:
                self.used_packages.add(imported.module.partition(".")[0])
            if imported.name == "*":
                self.stars.append((statement, imported))
            elif imported.name is None:
                self.bindings[imported.alias or imported.module.partition(".")[0]].imports.append((statement, imported))
            else:
                self.bindings[imported.alias or imported.name].imports.append((statement, imported))
