"""`super()`: the members that the bases of a method's class give it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import library
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import UNKNOWN, ClassRef, FunctionRef, Instance, Value, thing

if TYPE_CHECKING:
    from cachelint.program.calls import Arguments

MARK = ("super", True)
# A mixin's next base depends on the class that mixes it in; beyond so many they are alike.
SUBCLASSES = 5


def proxy(frame: Frame, arguments: Arguments) -> Value:
    """What `super()` or `super(Class, self)` gives here; UNKNOWN outside a class."""
    given = [each.symbol for value in arguments.positional[:1] for each in value.things if isinstance(each, ClassRef)]
    function = frame.function
    while function is not None and function.owner is None:
        function = function.parent
    owner = given[0] if given else function.owner if function is not None else None
    return thing(Instance(owner, options=(MARK,))) if owner is not None else UNKNOWN


def member(frame: Frame, instance: Instance, name: str, receiver: Value, node: facts.Node) -> Value | None:
    """`super().name`: from the bases of the class, else from what follows it in a class that mixes it in."""
    owner = instance.type
    assert isinstance(owner, ClassSymbol)
    for symbol in (owner, *frame.interpreter.subclasses(owner)[:SUBCLASSES]):
        lineage = frame.interpreter.mro(symbol)
        found = _in(frame, owner, lineage[lineage.index(owner) + 1 :], name, receiver, node)
        if found is not None:
            return found
    return None


def _in(
    frame: Frame,
    owner: ClassSymbol,
    bases: tuple[ClassSymbol | str, ...],
    name: str,
    receiver: Value,
    node: facts.Node,
) -> Value | None:
    plain = Instance(owner)
    for base in bases:
        if isinstance(base, ClassSymbol):
            if name in base.methods:
                return thing(FunctionRef(base.methods[name], receiver=plain))
            continue
        for type_ in frame.interpreter.catalogue.lineage(base):
            found = library.member_value(frame, replace(plain, type=type_), name, receiver, node, of_class=owner)
            if found is not None:
                return found
    return None
