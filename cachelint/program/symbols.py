"""Modules, classes and functions of the project, and what a name means in each: across files, aliases and stars."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.facts.model import FileFacts
from cachelint.files import SourceFile

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
        self.bindings: dict[str, Binding] = defaultdict(Binding)
        self.stars: list[tuple[facts.Import, facts.ImportedName]] = []
        self.used_packages: set[str] = set()
        self._bind(file_facts.body)
        for function in self.functions:
            self._bind_globals(function)

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

    def _bind(self, body: Sequence[facts.Statement]) -> None:
        for statement in walk(body):
            if isinstance(statement, facts.Define):
                function = self.functions[statement.function]
                self.bindings[function.facts.name].function = function
            elif isinstance(statement, facts.DefineClass):
                self.bindings[self.classes[statement.class_].facts.name].class_ = self.classes[statement.class_]
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


class Modules:
    """All modules, found by dotted name from a given file's point of view."""

    def __init__(self, files: Sequence[tuple[SourceFile, FileFacts | Callable[[], FileFacts]]]) -> None:
        self.by_path = {source.path: ModuleSymbol(source, file_facts) for source, file_facts in files}
        self._by_name: dict[str, list[ModuleSymbol]] = defaultdict(list)
        self._packages: set[str] = set()
        self._found: dict[tuple[str, ModuleSymbol], ModuleSymbol | None] = {}
        self.libraries: frozenset[str] = frozenset(sys.stdlib_module_names)
        for module in self.by_path.values():
            self._by_name[module.name].append(module)
            parts = module.name.split(".")
            self._packages.update(".".join(parts[:length]) for length in range(1, len(parts)))

    def __iter__(self) -> Iterator[ModuleSymbol]:
        return iter(self.by_path.values())

    def class_named(self, name: str) -> ClassSymbol | None:
        """The class of that dotted name, module included; of several, the last."""
        parts = name.split(".")
        for length in range(len(parts)):
            home, qualname = ".".join(parts[:length]), ".".join(parts[length:])
            for module in reversed(self._by_name.get(home, ())):
                for symbol in reversed(module.classes):
                    if symbol.facts.qualname == qualname:
                        return symbol
        return None

    def find(self, name: str, seen_from: ModuleSymbol) -> ModuleSymbol | None:
        """The module of that dotted name; of several, the one in the same root."""
        key = (name, seen_from)
        if key not in self._found:
            self._found[key] = self._find(name, seen_from)
        return self._found[key]

    def _find(self, name: str, seen_from: ModuleSymbol) -> ModuleSymbol | None:
        candidates = self._by_name.get(name) or self._beside(name, seen_from)
        if not candidates:
            return self._around(name, seen_from)
        for candidate in candidates:
            if candidate.source.root == seen_from.source.root:
                return candidate
        return candidates[0]

    def _beside(self, name: str, seen_from: ModuleSymbol) -> list[ModuleSymbol]:
        """Modules of that name from the folders around a file: a script's imports start in its own folder.

        Such folders are no packages, and what is a library's name stays the library's."""
        if name.partition(".")[0] in self.libraries:
            return []
        folder = seen_from.package
        while folder and not any(each.source.is_package for each in self._by_name.get(folder, ())):
            found = [each for each in self._by_name.get(f"{folder}.{name}", ()) if each is not seen_from]
            if found:
                return found
            folder = folder.rpartition(".")[0]
        return []

    def _around(self, name: str, seen_from: ModuleSymbol) -> ModuleSymbol | None:
        """The module that a name is when it starts in a folder around a file: not every package has an __init__.py,
        so a module's own name may start too low. Folders that are packages are no starting points."""
        if name.partition(".")[0] in self.libraries:
            return None
        folder = seen_from.source.path
        while folder:
            folder = folder.rpartition("/")[0]
            prefix = f"{folder}/" if folder else ""
            if f"{prefix}__init__.py" not in self.by_path:
                path = prefix + name.replace(".", "/")
                found = self.by_path.get(f"{path}.py") or self.by_path.get(f"{path}/__init__.py")
                if found is not None:
                    return found
        return None

    def is_package(self, name: str) -> bool:
        """Whether some module lies below that dotted name (a namespace package counts)."""
        return name in self._packages
