"""Classes and files that an edit brings: to whom they can matter who does not say their names. That is code which asks
a class of the project for something that its heirs may have, whoever looks models up, and routes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, TypeGuard

import msgspec
from msgspec.structs import replace

from cachelint.program import classes, contexts, library, members, supers, variants
from cachelint.program.asked import is_view
from cachelint.program.changes import Change
from cachelint.program.decorators import applied
from cachelint.program.differences import is_other
from cachelint.program.earlier import UnsureError
from cachelint.program.effects import Registration, Summary
from cachelint.program.imports import imports_of, may_mean, named
from cachelint.program.lessons import teaches
from cachelint.program.mounts import imported_names, mentioned, registers
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import ClassRef, Thing
from cachelint.program.walking import names_in, nodes
from cachelint.vocabulary import Mounts

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter
    from cachelint.program.kept import Readers
    from cachelint.program.recalled import Recalled

_ENCODER = msgspec.msgpack.Encoder()
# Of the heirs of a class only the first few are asked what it lacks itself.
FIRST = max(contexts.HEIRS, members.OVERRIDES, supers.SUBCLASSES)


def bases_of(interpreter: Interpreter, symbol: ClassSymbol, fresh: Collection[ClassSymbol]) -> list[ClassSymbol]:
    """The classes of the project that a new one derives from and that were there before."""
    lineage = interpreter.hierarchy.mro(symbol)[1:]
    return [base for base in lineage if isinstance(base, ClassSymbol) and base not in fresh]


def concerned(
    interpreter: Interpreter, fresh: Collection[ClassSymbol], readers: Callable[[ClassSymbol], Readers]
) -> Iterator[FunctionSymbol]:
    """The functions that may do something else because there are new classes; `readers` tells who asks for which
    members of a class. Raises UnsureError where that cannot be said."""
    for symbol in fresh:
        for base in bases_of(interpreter, symbol, fresh):
            _refuse(interpreter, base, fresh)
            if symbol in interpreter.hierarchy.subclasses(base)[:FIRST]:
                for name in _overridden(interpreter, symbol, base):
                    yield from readers(base).get((base, name), ())
                yield from (method for method in base.methods.values() if _asks_heirs(interpreter, symbol, method))


def accessors(interpreter: Interpreter, symbol: ClassSymbol) -> set[str]:
    """The names by which a new model is reached beside its own: its own in small letters, as texts name it, and those
    of relations that lead to it."""
    index = library.relations_of(interpreter, symbol)
    return {symbol.facts.name.lower(), *(name for owner, name in index if owner is not symbol)}


def _refuse(interpreter: Interpreter, base: ClassSymbol, fresh: Collection[ClassSymbol]) -> None:
    """Raise where one heir more makes something else of a class itself."""
    heirs = interpreter.hierarchy.subclasses(base)
    before = sum(each not in fresh for each in heirs)
    if before <= variants.HEIRS < len(heirs):
        raise UnsureError("too many heirs of a class to follow its methods for each")
    if not before and not interpreter.hierarchy.library_bases(base):
        raise UnsureError("the first heir of a class")


def _overridden(interpreter: Interpreter, symbol: ClassSymbol, base: ClassSymbol) -> Iterator[str]:
    """The abstract methods of a class that a new heir may be asked for instead."""
    inherited = interpreter.hierarchy.mro(base)
    others = [each for each in interpreter.hierarchy.mro(symbol) if isinstance(each, ClassSymbol)]
    for name in sorted({name for each in others if each not in inherited for name in each.methods}):
        method = classes.find_method(interpreter, base, name)
        if method is not None and members.is_abstract(method):
            yield name


def _asks_heirs(interpreter: Interpreter, symbol: ClassSymbol, method: FunctionSymbol) -> bool:
    """Whether what a method does can depend on what its heirs are."""
    bases = interpreter.hierarchy.library_bases(symbol)
    is_rendered = any(method.facts.name in interpreter.catalogue.rendered(base) for base in bases)
    return is_rendered or "super" in names_in(tuple(method.facts.body))


# ------------------------------------------------------------------------------------------------ at a glance


def askers(recalled: Recalled) -> Iterator[FunctionSymbol]:
    """The functions to which the classes matter that were not there. Raises UnsureError where more depends on them."""
    for change in recalled.changes.values():
        for symbol in sorted(change.fresh, key=lambda each: each.index):
            _look_at_class(recalled, symbol)

    def readers(symbol: ClassSymbol) -> Readers:
        left = recalled.left(symbol.module)
        if any((symbol, name) in left.read_outside for each in recalled.fresh for name in _own(each)):
            raise UnsureError("a member that is asked for outside of functions")
        return left.readers

    yield from filter(recalled.is_there, concerned(recalled.interpreter, recalled.fresh, readers))


def look_at_file(recalled: Recalled, change: Change) -> None:
    """Raise for a file that was not there, if more of the project can see it than what imports it from now on."""
    path, module = change.new.source.path, change.new
    if path.endswith("/__init__.py") or may_mean(recalled.interpreter.modules, module, recalled.said.missing):
        raise UnsureError("a file that is imported before it is there")
    others = (each.new for other, each in recalled.changes.items() if other != path)
    if any(_imports(recalled, each, module) for each in others):
        raise UnsureError("a file that is imported before it is there")
    if any(registers(node) for node in nodes(module.facts.body)):
        raise UnsureError("what is registered")
    new = recalled.interpreter.module_summary(module)
    others_do = [each for each in new.registrations if not _makes_router(each)]
    bare = replace(new, calls=[], registrations=others_do)
    if is_other(Summary(None, module), bare) or any(map(teaches, new.calls)):
        raise UnsureError("what a file does by itself")


def look_at_imports(recalled: Recalled, change: Change, routed: Collection[ClassSymbol]) -> None:
    """Raise for a view class that is imported now and was imported nowhere: routes may lead to it. `routed` are those
    of which it is known."""
    names = set(imported_names(change.new)) - set(imported_names(change.old))
    for statement, each in ((s, each) for s, _ in imports_of(change.new) for each in s.names) if names else ():
        home = recalled.interpreter.modules.find(change.new.absolute(statement, each), change.new)
        if home is None or each.name not in names or each.name is None:
            continue
        symbols = (t.symbol for t in recalled.interpreter.names.global_value(home, each.name).things if _is_class(t))
        others = (symbol for symbol in symbols if symbol not in routed)
        if any(
            is_view(recalled.interpreter.hierarchy, symbol) and not recalled.was_led_to(symbol) for symbol in others
        ):
            raise UnsureError("a view that is imported")


def _is_class(thing: Thing) -> TypeGuard[ClassRef]:
    return isinstance(thing, ClassRef)


def _makes_router(made: Registration) -> bool:
    """Whether something is only made to which routes are added."""
    return isinstance(made.row, Mounts) and made.row.router == "self"


def _imports(recalled: Recalled, module: ModuleSymbol, home: ModuleSymbol) -> bool:
    names = {name for statement, _ in imports_of(module) for name in named(module, statement)}
    return any(recalled.interpreter.modules.find(name, module) is home for name in names)


def _look_at_class(recalled: Recalled, symbol: ClassSymbol) -> None:
    """Raise for a class that more leads to than code which says its name."""
    interpreter = recalled.interpreter
    marks = applied(interpreter, symbol) if symbol.facts.decorators else ()
    if any(each.row is not None or each.wrapper is not None or each.maker is not None for each in marks):
        raise UnsureError("the decorators of a class")
    if is_view(interpreter.hierarchy, symbol) and (marks or _may_be_routed(recalled, symbol.facts.name)):
        raise UnsureError("a view that comes with its route")
    if interpreter.hierarchy.is_model(symbol):
        _look_at_model(recalled, symbol)


def _may_be_routed(recalled: Recalled, name: str) -> bool:
    said, changes = recalled.said, recalled.changes.items()
    if said.is_open or name in said.routes or any(name in imported_names(change.new) for _, change in changes):
        return True
    return any(path in said.ranks and name in mentioned(change.new) for path, change in changes)


def _look_at_model(recalled: Recalled, symbol: ClassSymbol) -> None:
    """Raise where a model is named by a text, or anything is called as a relation that leads to it."""
    words = {_ENCODER.encode(name) for name in accessors(recalled.interpreter, symbol)}
    words.add(symbol.facts.name.encode("utf-8", "surrogatepass"))
    texts = (text for path, text in recalled.before.texts.items() if path not in recalled.changes)
    if any(word in text for text in texts for word in words):
        raise UnsureError("a model that is named already")


def _own(symbol: ClassSymbol) -> tuple[str, ...]:
    return (*symbol.methods, *symbol.attributes)
