"""What a project's own classes make of a library's clients: backends in the settings, clients it derives from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.walking import nodes
from cachelint.vocabulary import Backend

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter


def backend_of(interpreter: Interpreter, path: str) -> tuple[Backend | None, frozenset[str]]:
    """The row of a backend by its dotted path, for a subclass in the project that of what it derives from; and the
    methods that the subclass makes guarded."""
    rows = interpreter.catalogue.backends
    if path in rows:
        return rows[path], frozenset()
    symbol = _class_of(interpreter, path)
    lineage = interpreter.hierarchy.mro(symbol) if symbol is not None else ()
    backend = next((rows[base] for base in lineage if isinstance(base, str) and base in rows), None)
    own = [each for each in lineage if isinstance(each, ClassSymbol)]
    return backend, _guarded(own, backend.built_of if backend is not None else "")


def _class_of(interpreter: Interpreter, path: str) -> ClassSymbol | None:
    module_name, _, name = path.rpartition(".")
    found = (each for module in interpreter.modules if module.name == module_name for each in module.classes)
    return next((symbol for symbol in found if symbol.facts.name == name), None)


def _guarded(lineage: list[ClassSymbol], built_of: str) -> frozenset[str]:
    """The methods of a project's own classes that deal with errors: by a `try`, by a decorator (which may do anything),
    or by calling nothing but such methods of their own; and those that the library makes of these."""
    methods: dict[str, FunctionSymbol] = {}
    for symbol in reversed(lineage):
        methods.update(symbol.methods)
    guarded = {name for name, method in methods.items() if _is_guarded(method)}
    for _ in methods:
        guarded |= {name for name, method in methods.items() if _only_calls(method, guarded)}
    for name, _, parts in (each.partition("=") for each in built_of.split()):
        if name not in methods and guarded.issuperset(parts.split("+")):
            guarded.add(name)
    return frozenset(guarded)


def _is_guarded(method: FunctionSymbol) -> bool:
    tries = (each for each in method.statements if isinstance(each, facts.Try))
    return bool(method.facts.decorators) or any(each.handlers for each in tries)


def _only_calls(method: FunctionSymbol, guarded: set[str]) -> bool:
    """Whether a method asks others of its own object, and these are all guarded: none of the base class's."""
    functions = [node.func for node in nodes(method.facts.body) if isinstance(node, facts.Call)]
    asked = {each.attr for each in functions if isinstance(each, facts.Attribute)}
    return bool(asked & guarded) and not any(_is_of_base(each) for each in functions)


def _is_of_base(function: facts.Expression) -> bool:
    return isinstance(function, facts.Name) and function.id == "super"


def overridden(interpreter: Interpreter) -> frozenset[tuple[str, str]]:
    """The methods of library types that classes of the project make their own, each as type and name."""
    found: set[tuple[str, str]] = set()
    for symbol in (each for module in interpreter.modules for each in module.classes if each.facts.bases):
        methods = symbol.methods.keys()
        found.update((base, name) for base in interpreter.hierarchy.library_bases(symbol) for name in methods)
    return frozenset(found)
