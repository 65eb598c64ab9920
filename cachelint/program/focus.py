"""A part of a project: the functions that an edit of some files can matter to, so that only those need be followed.

A full run leaves behind who uses whom (`Known`). From the functions of the edited files this leads backwards to the
handlers; what they call is followed on demand, as always. Whatever else an edit can reach (a setting, a model, a name
that other files import) makes the focus `UnsureError`: then only a full run can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from cachelint.facts import model as facts
from cachelint.facts.model import FileFacts
from cachelint.program.settings import is_settings
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Instance, Thing

if TYPE_CHECKING:
    from cachelint.program import Program
    from cachelint.program.handlers import Handler
    from cachelint.program.interpreter import Interpreter

Name = tuple[str, str]  # a function or class: its file and its qualified name


class UnsureError(Exception):
    """Why a part of the project is not enough to judge an edit."""


class Type(msgspec.Struct, frozen=True, array_like=True):
    """An object that call sites pass: a library type or a class, and the same for its elements."""

    library: str
    class_: Name | None
    of_library: str
    of_class: Name | None


class Known(msgspec.Struct, frozen=True, array_like=True):
    """What a full run leaves for later ones. Functions are numbered by `functions`.

    `users[n]` are the functions to which it matters what function n does, `handlers` those that serve requests,
    `learned` the types that call sites were seen to pass, `filled` the files in which something is stored in a cache.
    """

    functions: tuple[Name, ...] = ()
    users: tuple[tuple[int, ...], ...] = ()
    handlers: tuple[int, ...] = ()
    learned: tuple[tuple[int, str, tuple[Type, ...]], ...] = ()
    filled: frozenset[str] = frozenset()


def name_of(symbol: FunctionSymbol | ClassSymbol) -> Name:
    """The file and qualified name of a definition; several of one name are taken as one."""
    return symbol.module.source.path, symbol.facts.qualname


def known(program: Program) -> Known:
    """What a fully linked program leaves behind."""
    numbers: dict[Name, int] = {}

    def number(function: FunctionSymbol) -> int:
        return numbers.setdefault(name_of(function), len(numbers))

    users: dict[int, set[int]] = defaultdict(set)
    for callee, user in _uses(program):
        users[number(callee)].add(number(user))
    handlers = {number(handler.function) for handler in program.handlers}
    learned = [(number(f), name, types) for f, name, types in _learned(program.interpreter)]
    return Known(
        tuple(numbers),
        tuple(tuple(sorted(users[n])) for n in range(len(numbers))),
        tuple(sorted(handlers)),
        tuple(learned),
        program.filled_in,
    )


def _uses(program: Program) -> Iterator[tuple[FunctionSymbol, FunctionSymbol]]:
    for callee, edges in program.graph.callers.items():
        for edge in edges:
            if edge.caller is not None:
                yield callee, edge.caller
    yield from program.interpreter.learning.readers()
    for function in program.interpreter.functions():
        if function.parent is not None:
            yield function.parent, function


def _learned(interpreter: Interpreter) -> Iterator[tuple[FunctionSymbol, str, tuple[Type, ...]]]:
    for (function, name), things in interpreter.parameter_things.items():
        types = [_type(each) for each in things]
        if function.original is function and all(types):
            yield function, name, tuple(each for each in types if each is not None)


def _type(each: Thing) -> Type | None:
    """A type that can be written down; None for an object whose place or options matter."""
    if not isinstance(each, Instance) or each.site is not None or each.options:
        return None
    library, class_ = _split(each.type)
    of_library, of_class = _split(each.of)
    return Type(library, class_, of_library, of_class)


def _split(type_: str | ClassSymbol | None) -> tuple[str, Name | None]:
    return ("", name_of(type_)) if isinstance(type_, ClassSymbol) else (type_ or "", None)


class Focus:
    """The part of a project that edits of some files can matter to.

    `before` holds the facts of those files as they were when `known` was drawn up, None for one that was not there.
    """

    def __init__(self, known: Known, before: Mapping[str, FileFacts | None]) -> None:
        self._known = known
        self._before = before
        self._wanted: set[Name] = {known.functions[n] for n in _reached(known, before)}

    def settle(self, interpreter: Interpreter, handlers: Sequence[Handler]) -> list[Handler]:
        """Choose the handlers that matter, and take over what call sites were seen to pass. Raises UnsureError."""
        serving = {
            base for each in handlers if each.owner is not None for base in interpreter.hierarchy.mro(each.owner)
        }
        for path in self._before:
            if path not in interpreter.modules.by_path:
                raise UnsureError("a file that is gone")
            self._check(interpreter, interpreter.modules.by_path[path], serving)
        self._teach(interpreter)
        return [handler for handler in handlers if self._is_concerned(interpreter, handler)]

    def wants(self, function: FunctionSymbol) -> bool:
        """Whether a function is to be followed although nobody has asked for it yet."""
        each: FunctionSymbol | None = function
        while each is not None:
            if name_of(each) in self._wanted or each.module.source.path in self._before:
                return True
            each = each.parent
        return False

    def wants_class(self, interpreter: Interpreter, symbol: ClassSymbol) -> bool:
        """Whether the edits can matter to what a class does by itself (the query of a generic view)."""
        lineage = [each for each in interpreter.hierarchy.mro(symbol) if isinstance(each, ClassSymbol)]
        return any(each.module.source.path in self._before for each in lineage) or any(
            self.wants(method) for each in lineage for method in each.methods.values()
        )

    @property
    def filled(self) -> frozenset[str]:
        """The files out of focus in which something is stored in a cache."""
        return self._known.filled - self._before.keys()

    def may_learn(self, function: FunctionSymbol) -> bool:
        """Whether all callers of a function are in focus, so that they tell what it is given."""
        return function.module.source.path in self._before

    def _is_concerned(self, interpreter: Interpreter, handler: Handler) -> bool:
        name = name_of(handler.function)
        is_new = name not in self._served
        inherits = handler.owner is not None and any(
            isinstance(base, ClassSymbol) and base.module.source.path in self._before
            for base in interpreter.hierarchy.mro(handler.owner)
        )
        if is_new or inherits or handler.place.path in self._before:
            self._wanted.add(name)
        return self.wants(handler.function)

    @property
    def _served(self) -> set[Name]:
        return {self._known.functions[n] for n in self._known.handlers}

    # -------------------------------------------------------------------------------------------- certainty

    def _check(self, interpreter: Interpreter, module: ModuleSymbol, serving: set[ClassSymbol | str]) -> None:
        old = self._before[module.source.path]
        if is_settings(module):
            raise UnsureError("a settings module")
        before, after = _offers(ModuleSymbol(module.source, old)) if old is not None else {}, _offers(module)
        changed, added = _changed(before, after), after.keys() - before.keys()
        # What a class that serves requests says of itself matters to its handlers only, and those are in focus.
        changed -= {each.facts.name for each in serving if isinstance(each, ClassSymbol) and each.module is module}
        for other in interpreter.modules:
            if other is not module and (
                (changed and _takes(interpreter, other, module)) or _names(interpreter, other, module, changed | added)
            ):
                raise UnsureError(f"{other.source.path} uses what changed")
        for symbol in module.classes:
            if symbol.facts.name in changed and interpreter.hierarchy.is_model(symbol):
                raise UnsureError("a model")

    # ------------------------------------------------------------------------------------------- parameters

    def _teach(self, interpreter: Interpreter) -> None:
        functions = {name_of(function): function for module in interpreter.modules for function in module.functions}
        classes = {name_of(symbol): symbol for module in interpreter.modules for symbol in module.classes}
        for number, name, types in self._known.learned:
            function = functions.get(self._known.functions[number])
            things = [_instance(each, classes) for each in types]
            if function is not None and all(things):
                interpreter.parameter_things[function, name] = tuple(each for each in things if each is not None)


def _instance(each: Type, classes: Mapping[Name, ClassSymbol]) -> Instance | None:
    type_ = classes.get(each.class_) if each.class_ else each.library
    of = classes.get(each.of_class) if each.of_class else each.of_library or None
    return None if type_ is None else Instance(type_, of)


def _reached(known: Known, paths: Iterable[str]) -> set[int]:
    """The functions in these files and all to which it matters, directly or not, what those do."""
    edited = set(paths)
    queue = [number for number, (path, _) in enumerate(known.functions) if path in edited]
    seen = set(queue)
    while queue:
        for user in known.users[queue.pop()]:
            if user not in seen:
                seen.add(user)
                queue.append(user)
    return seen


# ------------------------------------------------------------------------------------- what a module offers


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """The top-level names that are gone or mean something else now, be it for what they are made of. What functions do
    does not count: that is followed."""
    other = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    while more := {name for name, shape in after.items() if name not in other and other & set(_mentioned(shape))}:
        other |= more
    return other & before.keys()


def _mentioned(shape: object) -> Iterator[str]:
    """The variables in a shape."""
    if isinstance(shape, (tuple, list)):
        if len(shape) == 2 and shape[0] == "Name":
            yield str(shape[1])
        for each in shape:
            yield from _mentioned(each)
    elif isinstance(shape, dict):
        yield from _mentioned(tuple(shape.values()))


def _offers(module: ModuleSymbol) -> dict[str, object]:
    offers: dict[str, object] = {}
    for name, binding in module.bindings.items():
        assigned = [shape(expression) for _, expression in binding.assigned]
        items = [(shape(target), shape(expression)) for target, expression in binding.items]
        imports = [(statement.level, each.module, each.name) for statement, each in binding.imports]
        class_ = _class_shape(binding.class_) if binding.class_ is not None else None
        offers[name] = (assigned, items, imports, class_, binding.function is not None)
    offers["*"] = [(statement.level, each.module) for statement, each in module.stars]
    return offers


def _class_shape(symbol: ClassSymbol) -> object:
    """A class without its methods: bases, decorators, attributes, the classes inside it."""
    attributes = {name: [shape(each) for each in assigned] for name, assigned in symbol.attributes.items()}
    inner = [symbol.module.classes[s.class_] for s in symbol.facts.body if isinstance(s, facts.DefineClass)]
    return (
        [shape(each) for each in (*symbol.facts.bases, *symbol.facts.decorators)],
        attributes,
        [_class_shape(each) for each in inner],
    )


def shape(node: object) -> object:
    """A piece of facts without its positions."""
    if isinstance(node, facts.Node):
        fields = node.__struct_fields__[2:]
        return (type(node).__name__, *(shape(getattr(node, field)) for field in fields))
    return tuple(shape(each) for each in node) if isinstance(node, tuple) else node


def _takes(interpreter: Interpreter, other: ModuleSymbol, module: ModuleSymbol) -> bool:
    """Whether a module imports another one itself, so that it may use any name of it."""
    find = interpreter.modules.find
    for statement, each in _imports(other):
        base = other.absolute(statement, each)
        if find(base if each.name is None else f"{base}.{each.name}", other) is module:
            return True
    return False


def _names(interpreter: Interpreter, other: ModuleSymbol, module: ModuleSymbol, names: Collection[str]) -> bool:
    """Whether a module imports one of these names of another one, by its name or with all others."""
    find = interpreter.modules.find
    return any(find(other.absolute(*pair), other) is module for pair in other.stars) or any(
        each.name in names and find(other.absolute(statement, each), other) is module
        for statement, each in _imports(other)
    )


def _imports(module: ModuleSymbol) -> Iterator[tuple[facts.Import, facts.ImportedName]]:
    return (pair for binding in module.bindings.values() for pair in binding.imports)
