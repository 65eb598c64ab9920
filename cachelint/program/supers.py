"""`super()`: the members that the bases of a method's class give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import library
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import UNKNOWN, ClassRef, FunctionRef, Instance, Value, thing

if TYPE_CHECKING:
    from cachelint.program.arguments import Arguments

MARK = ("super", True)
# A mixin's next base depends on the class that mixes it in; beyond so many they are alike.
SUBCLASSES = 5


def proxy(frame: Frame, arguments: Arguments) -> Value:
    """What `super()` or `super(Class, self)` gives here; UNKNOWN outside a class."""
    given = [each.symbol for value in arguments.positional[:1] for each in value.things if isinstance(each, ClassRef)]
    function = frame.function
    while function is not None and function.owner is None:
        function = function.parent
    if function is None or function.home is None:
        return thing(Instance(given[0], options=(MARK,))) if given else UNKNOWN
    home = given[0] if given else function.home
    return thing(Instance(home, options=(MARK, ("heir", function.owner))))


def member(frame: Frame, instance: Instance, name: str, receiver: Value, node: facts.Node) -> Value | None:
    """`super().name`: from the bases of the class, else from what follows it in a class that mixes it in."""
    home = instance.type
    assert isinstance(home, ClassSymbol)
    for symbol in _heirs(frame, instance, home):
        lineage = frame.interpreter.hierarchy.mro(symbol)
        found = _in(frame, symbol, lineage[lineage.index(home) + 1 :], name, receiver, node)
        if found is not None:
            return found
    return None


def _heirs(frame: Frame, instance: Instance, home: ClassSymbol) -> list[ClassSymbol]:
    """The classes whose lineage decides: the one that the method is followed for, else any that has it."""
    heir = dict(instance.options).get("heir")
    if isinstance(heir, ClassSymbol) and heir is not home and home in frame.interpreter.hierarchy.mro(heir):
        return [heir]
    return [home, *frame.interpreter.hierarchy.subclasses(home)[:SUBCLASSES]]


def _in(
    frame: Frame,
    heir: ClassSymbol,
    bases: tuple[ClassSymbol | str, ...],
    name: str,
    receiver: Value,
    node: facts.Node,
) -> Value | None:
    plain = Instance(heir)
    for base in bases:
        if isinstance(base, ClassSymbol):
            frame.interpreter.learning.note_reader(base, name, frame)
            if name in base.methods:
                method = frame.interpreter.variants.inherited(base.methods[name], heir)
                return thing(FunctionRef(method, receiver=plain))
            continue
        for type_ in frame.interpreter.catalogue.lineage(base):
            found = library.member_value(frame, replace(plain, type=type_), name, receiver, node, of_class=heir)
            if found is not None:
                return found
    return None
