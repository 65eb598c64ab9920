"""Modules, classes and functions of the project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from cachelint.facts import model as facts
from cachelint.facts.model import FileFacts
from cachelint.files import SourceFile
from cachelint.program.toplevel import TopLevel
from cachelint.program.walking import walk

# What a symbol has once its file is read.
_PROMISED = frozenset("facts home inner methods owner parent _attributes _nested _statements".split())


class FunctionSymbol:
    """One def or lambda. Compared by identity.

    A method that a class inherits, and a function whose caller decides its branches, may have symbols of their own
    (program/variants.py): `original` is then the symbol of the definition, `owner` the class that inherits it and
    `switches` the constants that parameters have."""

    __slots__ = ("_statements", "facts", "home", "index", "inner", "module", "original", "owner", "parent", "switches")

    def __init__(self, module: ModuleSymbol, index: int, function: facts.Function) -> None:
        self.module = module
        self.index = index
        self.facts = function
        self.owner: ClassSymbol | None = None
        self.home: ClassSymbol | None = None
        self.parent: FunctionSymbol | None = None
        self.inner: list[FunctionSymbol] = []
        self.original = self
        self.switches: tuple[tuple[str, bool | None], ...] = ()
        self._statements: tuple[facts.Statement, ...] | None = None

    @staticmethod
    def promised(module: ModuleSymbol, index: int) -> FunctionSymbol:
        """The symbol of a function whose file is read when more than its place is asked for."""
        made = FunctionSymbol.__new__(FunctionSymbol)
        made.module, made.index, made.original, made.switches = module, index, made, ()
        return made

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Only called for what is not there yet.
            if name not in _PROMISED or self.index >= len(self.module.functions):
                raise AttributeError(name)
            if self.original is not self:
                self._complete()
            return getattr(self, name)

    def variant(self, owner: ClassSymbol | None, switches: tuple[tuple[str, bool | None], ...]) -> FunctionSymbol:
        """The same definition, seen from another class or with these constants."""
        made = FunctionSymbol.promised(self.module, self.index)
        made.original, made.owner, made.switches = self.original, owner, switches
        if self.module.is_read:
            made._complete()
        return made

    def _complete(self) -> None:
        original = self.original
        self.facts, self.home, self.parent, self.inner = original.facts, original.home, original.parent, original.inner
        self._statements = None

    @property
    def statements(self) -> tuple[facts.Statement, ...]:
        """Every statement of its body and of the blocks in it, but not of nested functions or classes."""
        original = self.original
        if original._statements is None:
            original._statements = tuple(walk(self.facts.body))
        return original._statements

    @property
    def order(self) -> tuple[str, int, str, str]:
        """A key that sorts functions the same way in every run."""
        owner = self.owner.name if self.owner is not None and self.owner is not self.home else ""
        return self.module.source.path, self.index, owner, repr(self.switches)

    @property
    def name(self) -> str:
        """Its dotted name, "package.module.Class.method"."""
        return f"{self.module.name}.{self.facts.qualname}" if self.module.name else self.facts.qualname

    @property
    def declares_globals(self) -> bool:
        """Whether it assigns names of its module: a value computed once may be kept in one."""
        return any(isinstance(each, facts.Scope) and each.kind == "global" for each in self.statements)

    @property
    def is_lambda(self) -> bool:
        return self.facts.name == "<lambda>"

    def __repr__(self) -> str:
        return f"<function {self.name}>"


class ClassSymbol:
    """One class. Compared by identity."""

    __slots__ = ("_attributes", "_nested", "facts", "index", "methods", "module", "parent")

    def __init__(self, module: ModuleSymbol, index: int, class_: facts.Class) -> None:
        self.module = module
        self.index = index
        self.facts = class_
        self.parent: FunctionSymbol | None = None
        self.methods: dict[str, FunctionSymbol] = {}
        self._attributes: dict[str, list[facts.Assign]] | None = None
        self._nested: dict[str, ClassSymbol] | None = None

    @staticmethod
    def promised(module: ModuleSymbol, index: int) -> ClassSymbol:
        """The symbol of a class whose file is read when more than its place is asked for."""
        made = ClassSymbol.__new__(ClassSymbol)
        made.module, made.index = module, index
        return made

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Only called for what is not there yet.
            if name not in _PROMISED or self.index >= len(self.module.classes):
                raise AttributeError(name)
            return getattr(self, name)

    @property
    def name(self) -> str:
        """Its dotted name, "package.module.Class"."""
        return f"{self.module.name}.{self.facts.qualname}" if self.module.name else self.facts.qualname

    @property
    def attributes(self) -> dict[str, list[facts.Assign]]:
        """Assignments in the class body, by attribute."""
        if self._attributes is None:
            self._attributes = defaultdict(list)
            for statement in walk(self.facts.body):
                if isinstance(statement, facts.Assign):
                    for target in statement.targets:
                        if isinstance(target, facts.Name):
                            self._attributes[target.id].append(statement)
        return self._attributes

    def nested(self, name: str) -> ClassSymbol | None:
        """The class of that name defined in this class's body (Meta, Config)."""
        if self._nested is None:
            defined = [each.class_ for each in self.facts.body if isinstance(each, facts.DefineClass)]
            inner = [self.module.classes[index] for index in reversed(defined)]
            self._nested = {each.facts.name: each for each in inner}
        return self._nested.get(name)

    def __repr__(self) -> str:
        return f"<class {self.name}>"


_READ = frozenset(("bindings", "classes", "facts", "functions", "stars", "used_packages"))


class ModuleSymbol:
    """One file: its definitions and the meaning of its top-level names. Read when first asked for.

    `grown` are the names that its functions put something into, once somebody has asked (program/memos.py)."""

    __slots__ = (
        *("_promised_classes", "_promised_functions", "_read", "bindings", "classes", "facts", "functions", "grown"),
        *("is_read", "source", "stars", "used_packages"),
    )

    def __init__(self, source: SourceFile, file_facts: FileFacts | Callable[[], FileFacts]) -> None:
        self.source = source
        self.grown: frozenset[str] | None = None
        self._read = file_facts
        self.is_read = False
        self._promised_functions: dict[int, FunctionSymbol] = {}
        self._promised_classes: dict[int, ClassSymbol] = {}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Only called for what is not there yet.
            if name not in _READ:
                raise AttributeError(name)
            self._fill(self._read() if callable(self._read) else self._read)
            return getattr(self, name)

    def function_at(self, index: int) -> FunctionSymbol:
        """A function by its index, for which the file is read when more is asked of it."""
        if self.is_read:
            return self.functions[index]
        if index not in self._promised_functions:
            self._promised_functions[index] = FunctionSymbol.promised(self, index)
        return self._promised_functions[index]

    def class_at(self, index: int) -> ClassSymbol:
        """A class in the same way."""
        if self.is_read:
            return self.classes[index]
        if index not in self._promised_classes:
            self._promised_classes[index] = ClassSymbol.promised(self, index)
        return self._promised_classes[index]

    def _fill(self, file_facts: FileFacts) -> None:
        self.is_read = True
        self.facts = file_facts
        self.functions = _kept(FunctionSymbol, self, file_facts.functions, self._promised_functions)
        self.classes = _kept(ClassSymbol, self, file_facts.classes, self._promised_classes)
        self._nest()
        top = TopLevel(self.functions, self.classes, file_facts.body)
        self.bindings, self.stars, self.used_packages = top.bindings, top.stars, top.used_packages

    @property
    def name(self) -> str:
        return self.source.module

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.source.is_package else self.name.rpartition(".")[0]

    def _nest(self) -> None:
        for class_ in self.classes:
            if class_.facts.parent >= 0:
                class_.parent = self.functions[class_.facts.parent]
        for function in self.functions:
            if function.facts.parent >= 0:
                function.parent = self.functions[function.facts.parent]
                function.parent.inner.append(function)
            if function.facts.owner >= 0 and not function.is_lambda:
                function.owner = function.home = self.classes[function.facts.owner]
                function.owner.methods[function.facts.name] = function

    def exports(self, name: str) -> bool:
        """Whether a star import takes the name: one that `__all__` lists, else one without an underscore."""
        listed: set[object] = set()
        for _, value in self.bindings["__all__"].assigned if "__all__" in self.bindings else ():
            items = value.items if isinstance(value, facts.Collection) else ()
            listed |= {item.value for item in items if isinstance(item, facts.Constant)}
        return name in listed or not name.startswith("_")

    def enclosing(self, offset: int) -> FunctionSymbol | None:
        """The innermost function around a character offset."""
        around = [f for f in self.functions if f.facts.at <= offset < f.facts.end]
        return max(around, key=lambda function: function.facts.at) if around else None

    def absolute(self, statement: facts.Import, imported: facts.ImportedName) -> str:
        """The absolute dotted name of the module that an import names."""
        if statement.level == 0:
            return imported.module
        base = self.package.split(".") if self.package else []
        if statement.level > 1 and statement.level > len(base) and self.source.root:
            base = [*self.source.root.split("/"), *base]
        base = base[: len(base) - statement.level + 1] if statement.level > 1 else base
        return ".".join([*base, imported.module] if imported.module else base)


Symbol = TypeVar("Symbol", FunctionSymbol, ClassSymbol)


def _kept(
    kind: type[Symbol], module: ModuleSymbol, definitions: Sequence[Any], promised: dict[int, Symbol]
) -> list[Symbol]:
    """The symbols of a file, those that somebody holds already among them."""
    symbols = [promised.get(index) or kind.__new__(kind) for index in range(len(definitions))]
    for index, (symbol, definition) in enumerate(zip(symbols, definitions, strict=True)):
        symbol.__init__(module, index, definition)  # type: ignore[misc]
    return symbols
