"""Objects made by calling a class, and what they hold."""

from __future__ import annotations

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import calls, callsite, classes, delegates, library, rows, value_rows
from cachelint.program.arguments import Arguments
from cachelint.program.effects import CallEdge
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import FunctionRef, Instance, Origin, Value, boxed, carried, held, trim


def rebind_self(frame: Frame, result: Value, target: FunctionRef) -> Value:
    """A method that returns self, called on a subclass's object, gives that object."""
    receiver = target.receiver
    if not isinstance(receiver, Instance) or target.symbol.owner is None:
        return result
    if receiver.of is not None:
        filled = (_of_receiver(frame, t, receiver) if isinstance(t, Instance) else t for t in result.things)
        result = replace(result, things=tuple(filled))
    if receiver.type is target.symbol.owner:
        return result
    things = tuple(
        receiver if isinstance(t, Instance) and t.type is target.symbol.owner and t.site is None else t
        for t in result.things
    )
    return replace(result, things=things)


def _of_receiver(frame: Frame, made: Instance, receiver: Instance) -> Instance:
    """What a method made of self, or a query that a manager made, is about what the receiver is about."""
    if made.of is not None:
        return made
    is_query = library.binds_owner(frame.interpreter, receiver.type) and bool(
        library.evaluation(frame.interpreter, made, "iterate")
    )
    return replace(made, of=receiver.of) if is_query or made.type is receiver.type else made


def construct(frame: Frame, symbol: ClassSymbol, arguments: Arguments, node: facts.Node) -> Value:
    """Make an object of a project class: runs __init__, keeps the arguments as what the object holds."""
    interpreter = frame.interpreter
    _run_delegate(frame, symbol, arguments, node)
    instance = Instance(symbol, site=frame.place(node), options=callsite.constant_options(arguments))
    interpreter.learning.note_reader(symbol, "__init__", frame)
    init = classes.find_method(interpreter, symbol, "__init__")
    if init is not None:
        calls.call_function(frame, FunctionRef(init, receiver=instance), arguments, node)
        rows.construct_base(frame, symbol, instance, arguments, node)
        return Value(things=(instance,), origins=_held(frame, arguments, node))
    rows.construct_base(frame, symbol, instance, arguments, node)
    if interpreter.hierarchy.is_a(symbol, "enum.Enum") and len(arguments.positional) == 1:
        return value_rows.sanitized(arguments.positional[0], safe=True, bounded=True, things=(instance,))
    fields = tuple(_fields(frame, symbol, arguments))
    return Value(things=(instance,), origins=_held(frame, arguments, node), items=held(fields) or None)


def _run_delegate(frame: Frame, symbol: ClassSymbol, arguments: Arguments, node: facts.Node) -> None:
    """A serializer made by a view is made to read or to write: its methods run for that view."""
    row = delegates.row_of(frame.interpreter, symbol)
    if row is None:
        return
    for method in delegates.run_by(frame.interpreter, symbol, row, writes=row.data in arguments.named):
        edge = CallEdge(frame.function, frame.module, method, {}, frame.place(node), frame.current())
        frame.summary.calls.append(edge)


def _held(frame: Frame, arguments: Arguments, node: facts.Node) -> frozenset[Origin]:
    """What an object made of these arguments holds: their data, and the rows of queries that have yet to run."""
    given = arguments.all()
    rows_of = (library.entity_origins(frame, value, node) for value in given if library.is_query(frame, value))
    return trim(boxed(carried(*given).origins.union(*rows_of)))


def _fields(frame: Frame, symbol: ClassSymbol, arguments: Arguments) -> list[tuple[object, Value]]:
    names = [name for name, assigned in symbol.attributes.items() if any(a.annotation is not None for a in assigned)]
    fields: list[tuple[object, Value]] = list(zip(names, arguments.positional, strict=False))
    fields.extend((name, value) for name, value in arguments.named.items())
    return fields
