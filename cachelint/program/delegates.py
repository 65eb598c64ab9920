"""Classes that views leave work to, as REST framework's serializers: which, and which of their methods run when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import classes
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.spelling import last_name
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import ClassRef
from cachelint.program.walking import nodes
from cachelint.vocabulary import Delegates

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# A serializer in a serializer in a serializer: further down nobody looks.
DEPTH = 3


def row_of(interpreter: Interpreter, symbol: ClassSymbol) -> Delegates | None:
    """What a class is to the views that name it; None for one that they leave nothing to."""
    known = interpreter.catalogue.delegates
    return next((known[base] for base in interpreter.hierarchy.library_bases(symbol) if base in known), None)


def named_by(interpreter: Interpreter, view: ClassSymbol, row: Delegates) -> list[ClassSymbol]:
    """The classes that a view leaves work to: its attribute, and whatever the method that chooses one names."""
    found = classes.find_in_class(interpreter, view, row.source)
    symbols = [each.symbol for each in found[1].things if isinstance(each, ClassRef)] if found is not None else []
    builder = classes.find_method(interpreter, view, row.builder)
    if builder is not None:
        symbols += _classes_in(interpreter, builder.original.module, builder.facts.body)
    return [each for each in dict.fromkeys(symbols) if row_of(interpreter, each) is row]


def _classes_in(interpreter: Interpreter, module: ModuleSymbol, code: object) -> list[ClassSymbol]:
    frame = Frame(interpreter, module, None, Summary(None, module))
    names = (node for node in nodes(code) if isinstance(node, (facts.Name, facts.Attribute)))
    things = (each for node in names for each in frame.lookup_quietly(node).things)
    return [each.symbol for each in things if isinstance(each, ClassRef)]


def run_by(
    interpreter: Interpreter, symbol: ClassSymbol, row: Delegates, *, writes: bool, depth: int = 0
) -> Iterator[FunctionSymbol]:
    """The methods of such a class that run to read or to write, those of the ones it is made of included."""
    names = list(row.writes.split() if writes else (*row.reads.split(), *_of_fields(interpreter, symbol, row)))
    for name in dict.fromkeys(each for word in names for each in _matching(interpreter, symbol, word)):
        method = classes.find_method(interpreter, symbol, name)
        if method is not None:
            yield method
    for inner in _inner(interpreter, symbol, row) if depth < DEPTH else ():
        yield from run_by(interpreter, inner, row, writes=writes, depth=depth + 1)


def _lineage(interpreter: Interpreter, symbol: ClassSymbol) -> list[ClassSymbol]:
    return [each for each in interpreter.hierarchy.mro(symbol) if isinstance(each, ClassSymbol)]


def _matching(interpreter: Interpreter, symbol: ClassSymbol, word: str) -> list[str]:
    if not word.endswith("*"):
        return [word]
    return [name for each in _lineage(interpreter, symbol) for name in each.methods if name.startswith(word[:-1])]


def _calls(interpreter: Interpreter, symbol: ClassSymbol) -> Iterator[tuple[ClassSymbol, str, facts.Call]]:
    """The fields of a class: where each is written, its name, and the call that makes it."""
    for each in _lineage(interpreter, symbol):
        for name, assigned in each.attributes.items():
            value = assigned[-1].value
            if isinstance(value, facts.Call):
                yield each, name, value


def _of_fields(interpreter: Interpreter, symbol: ClassSymbol, row: Delegates) -> Iterator[str]:
    """The methods that fields name: `total = SerializerMethodField()` names `get_total`."""
    words = dict(word.split(":") for word in row.fields.split())
    for _, name, call in _calls(interpreter, symbol):
        if last_name(call.func) in words:
            given = [each.value for each in call.arguments if each.keyword in (None, "method_name")]
            said = given[0].value if given and isinstance(given[0], facts.Constant) else None
            yield said if isinstance(said, str) else words[last_name(call.func)] + name


def _inner(interpreter: Interpreter, symbol: ClassSymbol, row: Delegates) -> Iterator[ClassSymbol]:
    """The classes of the same kind that fields of a class are."""
    for home, _, call in _calls(interpreter, symbol):
        for each in _classes_in(interpreter, home.module, call.func):
            if each is not symbol and row_of(interpreter, each) is row:
                yield each
