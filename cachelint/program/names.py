"""What names mean: at the top level of a module, across files, through imports and stars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.symbols import ModuleSymbol
from cachelint.program.toplevel import Binding
from cachelint.program.values import (
    UNKNOWN,
    ClassRef,
    FunctionRef,
    ModuleRef,
    Value,
    join,
    thing,
)

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# Longer assignment histories of one name say nothing about its type.
ASSIGNMENTS = 12


class Names:
    """What was asked so far about names, and the answers."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self._variables: dict[tuple[ModuleSymbol, str], Value] = {}
        self._resolving: set[tuple[ModuleSymbol, str]] = set()
        self._externals: dict[str, Value] = {}

    def global_value(self, module: ModuleSymbol, name: str) -> Value:
        """What a top-level name of a module is; UNKNOWN when it is not defined there or only through itself."""
        key = (module, name)
        if key in self._variables:
            self.interpreter.asking.give(key)
            return self._variables[key]
        if key in self._resolving:
            return UNKNOWN
        self._resolving.add(key)
        self.interpreter.asking.begin()
        try:
            value = self._resolve(module, name)
        finally:
            self._resolving.discard(key)
            self.interpreter.asking.keep(key)
        self._variables[key] = value
        return value

    def defines(self, module: ModuleSymbol, name: str) -> bool:
        """Whether the name has a meaning at the top level of the module (star imports not counted)."""
        return name in module.bindings

    def _resolve(self, module: ModuleSymbol, name: str) -> Value:
        binding = module.bindings.get(name)
        if binding is None:
            return self._from_stars(module, name)
        found: list[Value] = []
        if binding.function is not None:
            found.append(thing(FunctionRef(binding.function)))
        if binding.class_ is not None:
            found.append(thing(ClassRef(binding.class_)))
        for statement, imported in binding.imports:
            found.append(self.imported(module, statement, imported))
        found.extend(self._assigned(module, binding))
        return join(found)

    def _assigned(self, module: ModuleSymbol, binding: Binding) -> Iterator[Value]:
        frame = Frame(self.interpreter, module, None, Summary(None, module))
        for statement, expression in binding.assigned[:ASSIGNMENTS]:
            value = frame.evaluate(expression)
            if not value.things and statement.annotation is not None:
                value = join([value, frame.annotated(statement.annotation)])
            yield value

    def _from_stars(self, module: ModuleSymbol, name: str) -> Value:
        found = []
        for statement, imported in module.stars:
            target = self.interpreter.modules.find(module.absolute(statement, imported), module)
            if target is not None and target is not module and target.exports(name):
                found.append(self.global_value(target, name))
            elif target is None and not name.startswith("_"):
                dotted = f"{imported.module}.{name}" if statement.level == 0 else ""
                if dotted and self.knows(dotted):
                    found.append(self.external(dotted))
        return join(found)

    def knows(self, dotted: str) -> bool:
        """Whether the catalogue has something to say about a dotted name."""
        name = self.interpreter.catalogue.canonical(dotted)
        return (
            name in self.interpreter.catalogue.types
            or name in self.interpreter.catalogue.errors
            or bool(self.interpreter.catalogue.function(name))
        )

    def imported(self, module: ModuleSymbol, statement: facts.Import, imported: facts.ImportedName) -> Value:
        """What an imported name is: a module, a definition in the project, or something external."""
        base = module.absolute(statement, imported)
        if imported.name is None:
            target = base if imported.alias else base.partition(".")[0]
            return self.module_or_external(target, module)
        return self.member_of(base, imported.name, module)

    def module_or_external(self, name: str, seen_from: ModuleSymbol) -> Value:
        found = self.interpreter.modules.find(name, seen_from)
        if found is not None:
            return thing(ModuleRef(found))
        return self.external(name)

    def member_of(self, module_name: str, name: str, seen_from: ModuleSymbol) -> Value:
        """`from module_name import name`."""
        found = self.interpreter.modules.find(module_name, seen_from)
        if found is not None:
            value = self.global_value(found, name)
            # `from . import views` in a package names the submodule, although it also binds the name there.
            if value is not UNKNOWN or (name in found.bindings and not found.bindings[name].is_imported):
                return value
        submodule = self.interpreter.modules.find(f"{module_name}.{name}", seen_from)
        if submodule is not None:
            return thing(ModuleRef(submodule))
        if found is not None:
            return UNKNOWN
        return self.external(f"{module_name}.{name}")

    def external(self, dotted: str) -> Value:
        """Something outside the project: a value that rows know (django.core.cache.cache), or just its name."""
        if dotted not in self._externals:
            from cachelint.program.library import value_of_name

            name = self.interpreter.catalogue.canonical(dotted)
            self._externals[dotted] = value_of_name(self.interpreter, name)
        return self._externals[dotted]

    def alias_home(
        self, module: ModuleSymbol, name: str, seen: frozenset[tuple[ModuleSymbol, str]] = frozenset()
    ) -> tuple[ModuleSymbol, facts.Expression] | None:
        """Where a type alias that a module imports is written, and what it stands for; None for a circle of imports."""
        binding = module.bindings.get(name) if (module, name) not in seen else None
        for statement, imported in binding.imports if binding is not None else ():
            home = self.interpreter.modules.find(module.absolute(statement, imported), module)
            if home is None or imported.name is None or imported.name not in home.bindings:
                continue
            target = home.bindings[imported.name]
            if target.assigned:
                return home, target.assigned[-1][1]
            return self.alias_home(home, imported.name, seen | {(module, name)})
        return None
