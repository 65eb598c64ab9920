"""Calls: who is called, with which arguments, and what comes back."""

from __future__ import annotations

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import classes, construction, contexts, receivers, rows, supers, value_rows
from cachelint.program.arguments import (
    NO_ARGUMENTS,
    Arguments,
    argument_places,
    evaluate_arguments,
    fill_defaults,
    note_checked,
    written,
)
from cachelint.program.credentials import are_all
from cachelint.program.decisions import switch
from cachelint.program.effects import CallEdge, Invocation
from cachelint.program.frame import Frame
from cachelint.program.members import attribute
from cachelint.program.rights import gives_verdict, is_asker, names_who_asks
from cachelint.program.substitution import bind_arguments, substitute
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    UNKNOWN,
    ClassRef,
    Decorator,
    External,
    FunctionRef,
    Instance,
    Member,
    Origin,
    Value,
    Wrapped,
    cleaned,
    join,
    thing,
    trim,
)
from cachelint.vocabulary import Memoizes

# Beyond this many possible callees a call says nothing.
CALLEES = 6


def evaluate_call(frame: Frame, node: facts.Call) -> Value:
    """The result of a call; records it."""
    if isinstance(node.func, facts.Attribute):
        receiver = receivers.receiver_of(frame, node.func)
        callee = attribute(frame, receiver.value, node.func.attr, node.func)
        arguments = evaluate_arguments(frame, node)
        receivers.count(frame, node.func, receiver)
        receivers.take_in(frame, node.func, receiver, arguments)
        if frame.makes_context:
            contexts.called(frame, node, arguments)
        if not callee.things:
            if receiver.value.things and any(supers.MARK in each.options for each in receiver.value.instances()):
                frame.summary.asked_bases.append((node.func.attr, frame.current()))
            return receivers.method_of_unknown(frame, node.func, receiver.value, arguments, node)
    else:
        callee = frame.evaluate(node.func)
        arguments = evaluate_arguments(frame, node)
    note_checked(frame, node, arguments)
    return call_value(frame, callee, arguments, node)


def call_value(frame: Frame, callee: Value, arguments: Arguments, node: facts.Node) -> Value:
    """Call whatever a value can be."""
    results = []
    for each in callee.things[:CALLEES]:
        if isinstance(each, FunctionRef):
            results.append(_of_who_asks(callee, call_function(frame, each, arguments, node)))
        elif isinstance(each, ClassRef):
            results.append(construction.construct(frame, each.symbol, arguments, node))
        elif isinstance(each, External) and each.name == "builtins.super":
            results.append(supers.proxy(frame, arguments))
        elif isinstance(each, External):
            results.append(_of_who_asks(callee, rows.call_name(frame, each, arguments, node)))
        elif isinstance(each, Member):
            results.append(rows.call_member(frame, each, arguments, node))
        elif isinstance(each, Decorator):
            if arguments.positional:
                results.append(thing(Wrapped(arguments.positional[0], layers=(each,))))
        elif isinstance(each, Wrapped):
            results.append(_call_wrapped(frame, each, arguments, node))
        elif isinstance(each, Instance):
            results.append(_call_object(frame, each, callee, arguments, node))
    if not callee.things:
        results.append(_invoked(frame, callee, arguments, node))
    return join(results)


def _of_who_asks(callee: Value, result: Value) -> Value:
    """`g.auth_user.may_read(...)`: what who asks is asked for is theirs, whatever class they are of."""
    if not callee.origins:
        return result
    asking = cleaned(frozenset(o for o in callee.origins if o.kind == "identity"), safe=True, bounded=True)
    return replace(result, origins=trim(result.origins | asking)) if asking else result


def _invoked(frame: Frame, callee: Value, arguments: Arguments, node: facts.Node) -> Value:
    """Call a parameter: what it gives depends on what the callers pass."""
    place, given = frame.place(node), tuple(arguments.all())
    called = [origin for origin in callee.origins if origin.kind == "parameter" and origin.direct]
    for origin in called:
        frame.summary.invocations.append(Invocation(origin, given, place, frame.current(), frame.function))
    return Value(origins=frozenset(Origin("result", origin.what, origin.name, place) for origin in called))


def call_function(frame: Frame, target: FunctionRef, arguments: Arguments, node: facts.Node) -> Value:
    """Call a project function: an edge, and its result seen from here."""
    bound = bind_arguments(target, arguments.positional, arguments.named, arguments.spread)
    given = frozenset(bound)
    fill_defaults(frame, target, bound)
    target = _switched(frame, target, arguments, given)
    edge = CallEdge(frame.function, frame.module, target.symbol, bound, frame.place(node), frame.current())
    edge.places = argument_places(frame, arguments, bound)
    frame.summary.calls.append(edge)
    summary = frame.interpreter.summary(target.symbol)
    result = substitute(summary.returns, target.symbol, bound)
    if not result.things:
        result = value_rows.named_model(frame, target.symbol.original, bound) or result
    if not result.things and target.symbol.facts.returns is not None:
        promise = frame.interpreter_frame(target.symbol.module).annotated(target.symbol.facts.returns)
        result = replace(result, things=promise.things)
    result = construction.rebind_self(frame, result, target)
    name = target.symbol.facts.name
    if names_who_asks(name) or gives_verdict(name) or _finds_asker(name, arguments):
        origin = Origin("verdict" if gives_verdict(name) else "identity", name, name, frame.place(node))
        result = replace(result, origins=result.origins | {origin})
    return rows.with_loader(frame, result, name, node)


def _finds_asker(name: str, arguments: Arguments) -> bool:
    """Whether a function named so finds out who asks from what it is handed: `get_user_from_header(headers)`."""
    return is_asker(name) and any(are_all(value.origins) for value in arguments.all())


def _switched(frame: Frame, target: FunctionRef, arguments: Arguments, given: frozenset[str]) -> FunctionRef:
    """The callee with the constants that this call, or a default, gives to its parameters."""
    if arguments is NO_ARGUMENTS:
        # Called by a framework, which fills the parameters itself.
        return target
    constants: dict[str, bool | None] = {}
    for name, node in written(target, arguments, given):
        known = switch(frame, node) if node is not None else None
        if known:
            constants[name] = known[0]
    symbol = frame.interpreter.variants.switched(target.symbol, constants) if constants else target.symbol
    return target if symbol is target.symbol else replace(target, symbol=symbol)


def _call_wrapped(frame: Frame, each: Wrapped, arguments: Arguments, node: facts.Node) -> Value:
    context = frame.context
    is_memoized = any(isinstance(layer.row, Memoizes) for layer in each.layers)
    frame.context = context._replace(
        deferred=context.deferred or each.deferred, in_loader=context.in_loader or is_memoized
    )
    result = call_value(frame, each.function, arguments, node)
    frame.context = context
    return UNKNOWN if each.deferred else result


def _call_object(frame: Frame, each: Instance, callee: Value, arguments: Arguments, node: facts.Node) -> Value:
    if isinstance(each.type, ClassSymbol):
        method = classes.find_method(frame.interpreter, each.type, "__call__")
        if method is not None:
            return call_function(frame, FunctionRef(method, receiver=each), arguments, node)
    for base in frame.interpreter.hierarchy.library_bases(each.type):
        if frame.interpreter.catalogue.member(base, "__call__"):
            member = Member(replace(each, type=base), "__call__", callee)
            return rows.call_member(frame, member, arguments, node)
    return UNKNOWN
