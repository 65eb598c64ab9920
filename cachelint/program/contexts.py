"""What a class-based view's context hands to its template: `context["rows"] = Row.objects.all()` runs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import library
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import Value

if TYPE_CHECKING:
    from cachelint.program.arguments import Arguments
    from cachelint.program.interpreter import Interpreter

# A mixin's hook is one for the classes that mix it in; beyond so many they are alike.
HEIRS = 5


def makes_context(interpreter: Interpreter, function: FunctionSymbol) -> bool:
    """Whether the mapping that a method returns is rendered, by a row about a base of its class or of its heirs."""
    if function.owner is None:
        return False
    name, owner = function.facts.name, function.owner
    if _renders(interpreter, owner, name):
        return True
    return any(_renders(interpreter, heir, name) for heir in interpreter.hierarchy.subclasses(owner)[:HEIRS])


def _renders(interpreter: Interpreter, symbol: ClassSymbol, name: str) -> bool:
    bases = interpreter.hierarchy.library_bases(symbol)
    return any(name in interpreter.catalogue.rendered(base) for base in bases)


def assigned(frame: Frame, statement: facts.Assign, value: Value) -> Value:
    """The value of `context["name"] = value`, run where it is written."""
    is_named = any(isinstance(t, facts.Subscript) and isinstance(t.index, facts.Constant) for t in statement.targets)
    if not is_named or statement.value is None:
        return value
    return library.consume(frame, value, "iterate", statement.value)


def called(frame: Frame, call: facts.Call, arguments: Arguments) -> None:
    """`context.update(rows=...)`, `super().get_context_data(rows=...)`."""
    assert frame.function is not None
    name = call.func.attr if isinstance(call.func, facts.Attribute) else ""
    if name not in ("update", frame.function.facts.name):
        return
    for word, value in arguments.named.items():
        if word in arguments.nodes:
            library.consume(frame, value, "iterate", arguments.nodes[word])
    for value in arguments.positional[:1]:
        displayed(frame, arguments.nodes.get(0), value)


def displayed(frame: Frame, node: facts.Expression | None, value: Value) -> None:
    """`return {"rows": ..., **super().get_context_data()}`."""
    if not isinstance(node, facts.Dictionary):
        return
    for key, value_node in zip(node.keys, node.values, strict=False):
        if isinstance(key, facts.Constant):
            item = value.item(key.value)
            library.consume(frame, item or frame.lookup_quietly(value_node), "iterate", value_node)
