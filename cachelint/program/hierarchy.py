"""What classes are: their bases and heirs, whether they are models, what their attributes hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import classes
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    UNKNOWN,
    ClassRef,
    FunctionRef,
    Value,
    join,
    thing,
)

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

from cachelint.program.names import ASSIGNMENTS


class Hierarchy:
    """What was asked so far about classes, and the answers."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self._mro: dict[ClassSymbol, tuple[ClassSymbol | str, ...]] = {}
        self._library_bases: dict[ClassSymbol, tuple[tuple[ClassSymbol | str, ...], tuple[str, ...]]] = {}
        self._subclasses: dict[ClassSymbol, list[ClassSymbol]] | None = None
        # Where not all files are read: what an earlier run knew of the heirs of a class, and of models by their names.
        self.known_heirs: Callable[[ClassSymbol], list[ClassSymbol]] | None = None
        self.known_models: Callable[[str], list[ClassSymbol]] | None = None
        self._class_values: dict[tuple[ClassSymbol, str], Value] = {}
        self._models: dict[str, list[ClassSymbol]] | None = None
        self._classes_by_name: dict[str, ClassSymbol | None] = {}

    def mro(self, symbol: ClassSymbol) -> tuple[ClassSymbol | str, ...]:
        """A class and its bases, nearest first; a library base by its type name."""
        if symbol not in self._mro:
            self._mro[symbol] = (symbol,)
            self._mro[symbol] = classes.lineage(self.interpreter, symbol)
        return self._mro[symbol]

    def library_bases(self, type_: str | ClassSymbol) -> tuple[str, ...]:
        """The library types that an object of this type is."""
        if isinstance(type_, str):
            return self.interpreter.catalogue.lineage(type_)
        lineage = self.mro(type_)
        known = self._library_bases.get(type_)
        if known is None or known[0] is not lineage:  # inside a cycle of bases a lineage is not final
            bases = [base for base in lineage if isinstance(base, str)]
            known = lineage, tuple(each for base in bases for each in self.interpreter.catalogue.lineage(base))
            self._library_bases[type_] = known
        return known[1]

    def is_a(self, type_: str | ClassSymbol, base: str) -> bool:
        return base in self.library_bases(type_)

    def subclasses(self, symbol: ClassSymbol) -> list[ClassSymbol]:
        """The project's direct and indirect subclasses."""
        if self.known_heirs is not None:
            return self.known_heirs(symbol)
        return self.all_subclasses().get(symbol, [])

    def all_subclasses(self) -> dict[ClassSymbol, list[ClassSymbol]]:
        """Every class of the project from which others derive, with those."""
        if self._subclasses is None:
            self._subclasses = defaultdict(list)
            for module in self.interpreter.modules:
                for each in module.classes:
                    for base in self.mro(each)[1:]:
                        if isinstance(base, ClassSymbol):
                            self._subclasses[base].append(each)
        return self._subclasses

    def is_model(self, type_: str | ClassSymbol | None) -> bool:
        """Whether objects of this class are rows of a database."""
        if type_ is None:
            return False
        return not self.interpreter.catalogue.models.isdisjoint(self.library_bases(type_))

    def class_value(self, symbol: ClassSymbol, name: str) -> Value | None:
        """A class attribute or method defined in exactly this class, None when it defines none."""
        if name in symbol.methods:
            return thing(FunctionRef(symbol.methods[name]))
        key = (symbol, name)
        if key not in self._class_values:
            assigned = symbol.attributes.get(name)
            if not assigned:
                inner = symbol.nested(name)
                return thing(ClassRef(inner)) if inner else None
            self._class_values[key] = UNKNOWN
            self.interpreter.asking.begin()
            try:
                self._class_values[key] = self._class_assigned(symbol, assigned)
            finally:
                self.interpreter.asking.keep(key)
        else:
            self.interpreter.asking.give(key)
        return self._class_values[key]

    def _class_assigned(self, symbol: ClassSymbol, assigned: list[facts.Assign]) -> Value:
        frame = Frame(self.interpreter, symbol.module, None, Summary(None, symbol.module))
        frame.class_ = symbol
        found = []
        for statement in assigned[:ASSIGNMENTS]:
            value = frame.evaluate(statement.value) if statement.value is not None else UNKNOWN
            if not value.things and statement.annotation is not None:
                value = join([value, frame.annotated(statement.annotation)])
            found.append(value)
        return join(found)

    def models_named(self, name: str) -> list[ClassSymbol]:
        """The project's mapped classes of that name, whatever the case."""
        if self.known_models is not None:
            return self.known_models(name.lower())
        return self.models.get(name.lower(), [])

    @property
    def models(self) -> dict[str, list[ClassSymbol]]:
        """The project's mapped classes by their names in lower case."""
        if self._models is None:
            self._models = defaultdict(list)
            for module in self.interpreter.modules:
                for symbol in module.classes:
                    if symbol.facts.bases and self.is_model(symbol):
                        self._models[symbol.facts.name.lower()].append(symbol)
        return self._models

    def error_ancestors(self, error: str) -> set[str]:
        """An exception class of the project or a library, with all its known bases; always Exception."""
        if error not in self._classes_by_name:
            self._classes_by_name[error] = self.interpreter.modules.class_named(error)
        found = {"builtins.Exception", "builtins.BaseException"}
        symbol = self._classes_by_name[error]
        for base in self.mro(symbol) if symbol is not None else (error,):
            found |= {base.name} if isinstance(base, ClassSymbol) else self.interpreter.catalogue.ancestors(base)
        return found
