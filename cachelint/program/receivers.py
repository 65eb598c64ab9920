"""Calls of methods on what is not known by type: text, mappings, and receivers guessed by their name."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import classes, constants, database_rows, formatting, library, rows, tally
from cachelint.program.arguments import Arguments
from cachelint.program.credentials import called
from cachelint.program.frame import Frame
from cachelint.program.spelling import gap_name, last_name
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    NOTHING,
    UNKNOWN,
    ClassRef,
    Instance,
    Origin,
    Value,
    boxed,
    carried,
    cleaned,
    derived,
    join,
    parts_of,
    trim,
    unboxed,
)


class Receiver(NamedTuple):
    """What stands before the dot of a call, and whether its type was only guessed from its name."""

    value: Value
    guessed: bool


def receiver_of(frame: Frame, func: facts.Attribute) -> Receiver:
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


TAKING_IN = frozenset(("extend", "update", "join"))


def take_in(frame: Frame, func: facts.Attribute, receiver: Receiver, arguments: Arguments) -> None:
    """`names.extend(rows)`, `", ".join(rows)`: a query that is put into a list or a text runs."""
    if func.attr not in TAKING_IN:
        return
    if all(str(each.type).startswith("builtins.") for each in receiver.value.instances()):
        for position, given in enumerate(arguments.positional):
            library.consume(frame, given, "iterate", arguments.nodes.get(position, func))


def method_of_unknown(
    frame: Frame, func: facts.Attribute, receiver: Value, arguments: Arguments, node: facts.Call
) -> Value:
    """A method of something whose type is not known: text methods keep their sources, callbacks are noted."""
    special = _special_method(frame, func, receiver, arguments, node)
    if special is not None:
        return special
    if any(origin.kind == "entity" for origin in receiver.origins):
        # A condition on a column: what it is compared with says what selects the rows.
        given = cleaned(carried(*arguments.all()).origins, safe=True, bounded=True)
        held = database_rows.of_number(receiver.origins) if func.attr in NUMBERS else receiver.origins
        return Value(origins=derived(held) | given)
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


# What counts or sums rows, whatever the manager is that offers it.
NUMBERS = frozenset(("count", "exists", "acount", "aexists", "aggregate", "aaggregate", "estimated_document_count"))
GETTERS = frozenset(("get", "getlist", "getall", "getone", "get_list", "pop"))


def _renamed(origins: frozenset[Origin], method: str, arguments: Arguments) -> frozenset[Origin]:
    """`request.GET.get("term")`: from here on the input is called term."""
    name = arguments.positional[0].constant if arguments.positional else None
    if method not in GETTERS or not isinstance(name, str):
        return origins
    return called(origins, name)


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
    own = _own_rows(frame, func.attr, receiver, arguments, node)
    if own is not None:
        return own
    classes_in = [each for each in receiver.things if isinstance(each, ClassRef)]
    if classes_in and arguments.all():
        return Value(things=(Instance(classes_in[0].symbol),), origins=boxed(carried(*arguments.all()).origins))
    return None


OWN_ROWS = {"get_object": "row", "get_queryset": "rows", "filter_queryset": "rows", "paginate_queryset": "rows"}
HANDING_BACK = frozenset(("filter_queryset", "paginate_queryset"))


def _own_rows(frame: Frame, name: str, receiver: Value, arguments: Arguments, node: facts.Call) -> Value | None:
    """`self.get_object()` of a generic view: one of the rows that its get_queryset selects; `paginate_queryset(rows)`
    gives back what it was handed."""
    if name in HANDING_BACK and arguments.all():
        return arguments.all()[0]
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
    where = node if node is not None else call
    return value, frame.place(where), gap_name(node) if node is not None else ""


def count(frame: Frame, func: facts.Attribute, receiver: Receiver) -> None:
    """Tally this call for --statistics when its receiver is, or looks like, a cache, session, model or request."""
    kind = tally.receiver_kind(frame, receiver.value)
    resolved = bool(kind) and not receiver.guessed
    if not kind and not receiver.value.things:
        kind = tally.look_alike(last_name(func.value))
    if kind:
        counts = frame.summary.tally.setdefault(kind, [0, 0])
        counts[0] += resolved
        counts[1] += 1
