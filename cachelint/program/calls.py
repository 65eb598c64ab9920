"""Calls: who is called, with what, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import (
    callsite,
    classes,
    constants,
    contexts,
    formatting,
    library,
    rows,
    supers,
    tally,
    value_rows,
)
from cachelint.program.decisions import switch
from cachelint.program.effects import CallEdge, Invocation
from cachelint.program.frame import Frame
from cachelint.program.members import attribute
from cachelint.program.substitution import bind_arguments, substitute
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    NOTHING,
    UNKNOWN,
    ClassRef,
    Decorator,
    External,
    FunctionRef,
    Instance,
    Member,
    Origin,
    Place,
    Value,
    Wrapped,
    boxed,
    carried,
    cleaned,
    derived,
    join,
    parts_of,
    ranked,
    thing,
    trim,
    unboxed,
)
from cachelint.vocabulary import Memoizes

# Beyond this many possible callees a call says nothing.
CALLEES = 6


@dataclass(slots=True)
class Arguments:
    """The evaluated arguments of one call, each with its node."""

    positional: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    spread: Value | None = None
    nodes: dict[int | str, facts.Expression] = field(default_factory=dict)

    def all(self) -> list[Value]:
        """Every argument value, the spread ones included."""
        return [*self.positional, *self.named.values(), *([self.spread] if self.spread is not None else [])]


NO_ARGUMENTS = Arguments()
# Defaults of parameters that are known without running anything.
DEFAULTS = (facts.Constant, facts.Name, facts.Attribute, facts.Binary, facts.Unary)


class Receiver(NamedTuple):
    """What stands before the dot of a call, and whether its type was only guessed from its name."""

    value: Value
    guessed: bool


def evaluate_call(frame: Frame, node: facts.Call) -> Value:
    """The result of a call; records it."""
    if isinstance(node.func, facts.Attribute):
        receiver = _receiver(frame, node.func)
        callee = attribute(frame, receiver.value, node.func.attr, node.func)
        arguments = evaluate_arguments(frame, node)
        _count(frame, node.func, receiver)
        if frame.makes_context:
            contexts.called(frame, node, arguments)
        if not callee.things:
            if any(supers.MARK in each.options for each in receiver.value.instances()):
                frame.summary.asked_bases.append((node.func.attr, frame.current()))
            return _method_of_unknown(frame, node.func, receiver.value, arguments, node)
    else:
        callee = frame.evaluate(node.func)
        arguments = evaluate_arguments(frame, node)
    _note_checked(frame, node, arguments)
    return call_value(frame, callee, arguments, node)


CHECKING = frozenset("check verify ensure require assert validate authorize guard".split())


def _note_checked(frame: Frame, node: facts.Call, arguments: Arguments) -> None:
    """`verify_owner(flow_id, current_user)`: past it, what is named there belongs to who asks."""
    if not CHECKING & set(last_name(node.func).lower().split("_")):
        return
    asking = [o for value in arguments.all() for o in ranked(value.origins) if o.kind == "identity"]
    for given in arguments.nodes.values() if asking else ():
        if isinstance(given, facts.Name) and given.id in frame.variables:
            known = frame.variables[given.id]
            frame.variables[given.id] = replace(known, origins=known.origins | {asking[0]})


def evaluate_arguments(frame: Frame, node: facts.Call) -> Arguments:
    """The arguments of a call, evaluated in order; displays behind stars are spread."""
    arguments = Arguments()
    for each in node.arguments:
        value = frame.evaluate(each.value)
        if each.star == 1 and value.items is not None:
            arguments.positional.extend(item for _, item in value.items)
        elif each.star == 2 and value.items is not None and all(isinstance(k, str) for k, _ in value.items):
            arguments.named.update((str(key), item) for key, item in value.items)
        elif each.star:
            arguments.spread = value if arguments.spread is None else join([arguments.spread, value])
        elif each.keyword is not None:
            arguments.named[each.keyword] = value
            arguments.nodes[each.keyword] = each.value
        else:
            arguments.nodes[len(arguments.positional)] = each.value
            arguments.positional.append(value)
    return arguments


def call_value(frame: Frame, callee: Value, arguments: Arguments, node: facts.Node) -> Value:
    """Call whatever a value can be."""
    results = []
    for each in callee.things[:CALLEES]:
        if isinstance(each, FunctionRef):
            results.append(call_function(frame, each, arguments, node))
        elif isinstance(each, ClassRef):
            results.append(construct(frame, each.symbol, arguments, node))
        elif isinstance(each, External) and each.name == "builtins.super":
            results.append(supers.proxy(frame, arguments))
        elif isinstance(each, External):
            results.append(rows.call_name(frame, each, arguments, node))
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
        _note_invocation(frame, callee, arguments, node)
    return join(results)


def _note_invocation(frame: Frame, callee: Value, arguments: Arguments, node: facts.Node) -> None:
    for origin in callee.origins:
        if origin.kind == "parameter" and origin.direct:
            given = tuple(arguments.all())
            frame.summary.invocations.append(
                Invocation(origin, given, frame.place(node), frame.current(), frame.function)
            )


def call_function(frame: Frame, target: FunctionRef, arguments: Arguments, node: facts.Node) -> Value:
    """Call a project function: an edge, and its result seen from here."""
    bound = bind_arguments(target, arguments.positional, arguments.named, arguments.spread)
    given = frozenset(bound)
    _fill_defaults(frame, target, bound)
    target = _switched(frame, target, arguments, given)
    edge = CallEdge(frame.function, frame.module, target.symbol, bound, frame.place(node), frame.current())
    edge.places = _argument_places(frame, arguments, bound)
    frame.summary.calls.append(edge)
    summary = frame.interpreter.summary(target.symbol)
    result = substitute(summary.returns, target.symbol, bound)
    if not result.things and target.symbol.facts.returns is not None:
        promise = frame.interpreter_frame(target.symbol.module).annotated(target.symbol.facts.returns)
        result = replace(result, things=promise.things)
    from cachelint.program import inputs

    result = _rebind_self(frame, result, target)
    if inputs.names_who_asks(target.symbol.facts.name):
        origin = Origin("identity", target.symbol.facts.name, target.symbol.facts.name, frame.place(node))
        result = replace(result, origins=result.origins | {origin})
    return rows.with_loader(frame, result, target.symbol.facts.name, node)


def _switched(frame: Frame, target: FunctionRef, arguments: Arguments, given: frozenset[str]) -> FunctionRef:
    """The callee with the constants that this call, or a default, gives to its parameters."""
    if arguments is NO_ARGUMENTS:
        # Called by a framework, which fills the parameters itself.
        return target
    constants: dict[str, bool | None] = {}
    for name, node in _written(target, arguments, given):
        known = switch(frame, node) if node is not None else None
        if known:
            constants[name] = known[0]
    symbol = frame.interpreter.variants.switched(target.symbol, constants) if constants else target.symbol
    return target if symbol is target.symbol else replace(target, symbol=symbol)


def _written(
    target: FunctionRef, arguments: Arguments, given: frozenset[str]
) -> Iterator[tuple[str, facts.Expression | None]]:
    """What a call writes for each parameter, the default where it gives nothing."""
    position = 0 if target.receiver is None else -1
    for parameter in target.symbol.facts.parameters:
        is_positional = parameter.kind in ("positional", "plain")
        if parameter.name in arguments.named:
            yield parameter.name, arguments.nodes.get(parameter.name)
        elif is_positional and not target.bound and 0 <= position < len(arguments.positional):
            yield parameter.name, arguments.nodes.get(position)
        elif parameter.name not in given and arguments.spread is None:
            yield parameter.name, parameter.default
        position += is_positional


def _fill_defaults(frame: Frame, target: FunctionRef, bound: dict[str, Value]) -> None:
    """Parameters left out have their default, where that is a constant or a name."""
    for parameter in target.symbol.facts.parameters:
        if parameter.name not in bound and isinstance(parameter.default, DEFAULTS):
            bound[parameter.name] = frame.interpreter_frame(target.symbol.module).evaluate(parameter.default)


def _argument_places(frame: Frame, arguments: Arguments, bound: dict[str, Value]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for name, value in bound.items():
        for index, given in enumerate(arguments.positional):
            if given is value and index in arguments.nodes:
                places[name] = frame.place(arguments.nodes[index])
        if name in arguments.named and name in arguments.nodes:
            places[name] = frame.place(arguments.nodes[name])
    return places


def _rebind_self(frame: Frame, result: Value, target: FunctionRef) -> Value:
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
    instance = Instance(symbol, site=frame.place(node), options=callsite.constant_options(arguments))
    init = classes.find_method(interpreter, symbol, "__init__")
    if init is not None:
        call_function(frame, FunctionRef(init, receiver=instance), arguments, node)
        rows.construct_base(frame, symbol, instance, arguments, node)
        return Value(things=(instance,), origins=_held(frame, arguments, node))
    rows.construct_base(frame, symbol, instance, arguments, node)
    if interpreter.is_a(symbol, "enum.Enum") and len(arguments.positional) == 1:
        return value_rows.sanitized(arguments.positional[0], safe=True, bounded=True, things=(instance,))
    fields = tuple(_fields(frame, symbol, arguments))
    return Value(things=(instance,), origins=_held(frame, arguments, node), items=fields or None)


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
    for base in frame.interpreter.library_bases(each.type):
        if frame.interpreter.catalogue.member(base, "__call__"):
            member = Member(replace(each, type=base), "__call__", callee)
            return rows.call_member(frame, member, arguments, node)
    return UNKNOWN


# ---------------------------------------------------------------------------------------- unknown receivers


def _receiver(frame: Frame, func: facts.Attribute) -> Receiver:
    value = frame.evaluate(func.value)
    if value.things:
        return Receiver(value, False)
    guess = _guess(frame, func)
    if guess is None:
        return Receiver(value, False)
    return Receiver(replace(value, things=(guess,)), True)


def _guess(frame: Frame, func: facts.Attribute) -> Instance | None:
    """The library object that a variable of this name usually is, where the file imports that library."""
    name = last_name(func.value)
    if not name:
        return None
    for row in frame.interpreter.catalogue.named_like(name):
        evidence = set(row.name_evidence.split())
        is_known = bool(frame.interpreter.catalogue.member(row.name, func.attr))
        if is_known and (not evidence or evidence & frame.module.used_packages):
            return Instance(row.name, options=(("guessed", True),))
    return None


def last_name(expression: facts.Expression) -> str:
    """The last word of a dotted expression: "redis_client" of self.redis_client."""
    if isinstance(expression, facts.Name):
        return expression.id
    return expression.attr if isinstance(expression, facts.Attribute) else ""


def _method_of_unknown(
    frame: Frame, func: facts.Attribute, receiver: Value, arguments: Arguments, node: facts.Call
) -> Value:
    """A method of something whose type is not known: text methods keep their sources, callbacks are noted."""
    special = _special_method(frame, func, receiver, arguments, node)
    if special is not None:
        return special
    if any(origin.kind == "entity" for origin in receiver.origins):
        # A condition on a column: what it is compared with says what selects the rows.
        given = cleaned(carried(*arguments.all()).origins, safe=True, bounded=True)
        return Value(origins=derived(receiver.origins) | given)
    checked = rows.text_method(frame, func.attr, receiver, arguments, node)
    if checked is not None:
        return checked
    if func.attr == "join" and isinstance(receiver.constant, str) and arguments.positional:
        return _joined(frame, receiver.constant, arguments.positional[0], node)
    if receiver.text is not None or (receiver.constant is not None and isinstance(receiver.constant, str)):
        return carried(receiver, *arguments.all())
    is_text = func.attr in TEXT_METHODS
    origins = derived(receiver.origins) if is_text else parts_of(receiver.origins)
    if not is_text:
        # What it was given may select what it gives (a queryset's own method), but is no text in it.
        given = frozenset(o for value in arguments.all() for o in value.origins if o.kind in rows.SELECTING)
        origins = trim(origins | cleaned(given, safe=True, bounded=True))
    return Value(origins=_renamed(origins, func.attr, arguments))


def _joined(frame: Frame, separator: str, given: Value, node: facts.Call) -> Value:
    """`":".join(parts)`: a template where the parts are known, else text made of what they hold."""
    if given.items and all(isinstance(key, int) for key, _ in given.items):
        filled = [(value, frame.place(node), "") for _, value in given.items]
        pattern = separator.replace("%", "%%").join(["%s"] * len(filled))
        return formatting.interpolated(pattern, filled) or UNKNOWN
    return Value(origins=unboxed(given.origins))


TEXT_METHODS = frozenset(
    (
        "strip lstrip rstrip lower upper casefold title capitalize replace encode decode removeprefix removesuffix "
        "zfill ljust rjust center swapcase translate expandtabs format split rsplit splitlines partition rpartition "
        "copy"
    ).split()
)
GETTERS = frozenset(("get", "getlist", "getall", "getone", "get_list", "pop"))


def _renamed(origins: frozenset[Origin], method: str, arguments: Arguments) -> frozenset[Origin]:
    """`request.GET.get("term")`: from here on the input is called term."""
    name = arguments.positional[0].constant if arguments.positional else None
    if method not in GETTERS or not isinstance(name, str):
        return origins
    return frozenset(replace(o, name=name) if o.kind == "input" else o for o in origins)


def _special_method(
    frame: Frame, func: facts.Attribute, receiver: Value, arguments: Arguments, node: facts.Call
) -> Value | None:
    """Methods of dicts, formats and classes of the project that no row describes."""
    if func.attr == "format" and isinstance(receiver.constant, str):
        positional = [_filled(frame, v, arguments.nodes.get(i), node) for i, v in enumerate(arguments.positional)]
        named = {n: _filled(frame, v, arguments.nodes.get(n), node) for n, v in arguments.named.items()}
        return formatting.formatted(receiver.constant, positional, named, frame.place(node))
    if func.attr in ("encode", "decode") and receiver.text is not None:
        return receiver
    if func.attr in ("get", "pop", "setdefault") and receiver.items is not None and arguments.positional:
        key = arguments.positional[0].constant
        known = receiver.item(key) if key is not NOTHING else join([item for _, item in receiver.items])
        return join([each for each in (known, *arguments.positional[1:2]) if each is not None])
    folded = constants.of_method(receiver, func.attr)
    if folded is not None:
        return folded
    own = _own_rows(frame, func.attr, receiver, node)
    if own is not None:
        return own
    classes_in = [each for each in receiver.things if isinstance(each, ClassRef)]
    if classes_in and arguments.all():
        return Value(things=(Instance(classes_in[0].symbol),), origins=boxed(carried(*arguments.all()).origins))
    return None


OWN_ROWS = {"get_object": "row", "get_queryset": "rows", "filter_queryset": "rows", "paginate_queryset": "rows"}


def _own_rows(frame: Frame, name: str, receiver: Value, node: facts.Call) -> Value | None:
    """`self.get_object()` of a generic view: one of the rows that its get_queryset selects."""
    for each in receiver.instances():
        builder = (
            classes.find_method(frame.interpreter, each.type, "get_queryset")
            if isinstance(each.type, ClassSymbol)
            else None
        )
        if name not in OWN_ROWS or builder is None:
            continue
        rows_of_view = frame.interpreter.summary(builder).returns
        if OWN_ROWS[name] == "rows":
            return rows_of_view
        return Value(
            things=library.element(frame, rows_of_view, node).things,
            origins=library.entity_origins(frame, rows_of_view, node),
        )
    return None


def _filled(frame: Frame, value: Value, node: facts.Expression | None, call: facts.Call) -> formatting.Filled:
    from cachelint.program.expressions import gap_name

    where = node if node is not None else call
    return value, frame.place(where), gap_name(node) if node is not None else ""


def _count(frame: Frame, func: facts.Attribute, receiver: Receiver) -> None:
    """Tally this call for --statistics when its receiver is, or looks like, a cache, session, model or request."""
    kind = tally.receiver_kind(frame, receiver.value)
    resolved = bool(kind) and not receiver.guessed
    if not kind and not receiver.value.things:
        kind = tally.look_alike(last_name(func.value))
    if kind:
        counts = frame.summary.tally.setdefault(kind, [0, 0])
        counts[0] += resolved
        counts[1] += 1


def parameter_origin(value: Value) -> Origin | None:
    """The parameter that a value simply is, if it is one."""
    if len(value.origins) == 1:
        (origin,) = value.origins
        if origin.kind == "parameter" and origin.direct:
            return origin
    return None
