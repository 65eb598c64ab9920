"""What library rows make of names, members and lazy values: the only reader of the catalogue's meanings for values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program.credentials import with_asker
from cachelint.program.effects import Event
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import (
    UNKNOWN,
    ClassRef,
    External,
    Instance,
    Member,
    Origin,
    Place,
    Value,
    derived,
    join,
    thing,
)
from cachelint.vocabulary import DbRead, Identity, Obtains, Relation, Row, UserInput, ValidatedFields

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

NOWHERE = Place("", 0, 0)


def value_of_name(interpreter: Interpreter, name: str) -> Value:
    """A name from outside the project: a variable that rows describe, or the name itself."""
    for row in interpreter.catalogue.function(name):
        if isinstance(row, Obtains) and row.how == "value":
            return gives(interpreter, row.gives, None, Place(name, 0, 0))
        if isinstance(row, Identity) and row.how == "value":
            return identity(row, name.rpartition(".")[2], NOWHERE)
        if isinstance(row, UserInput) and row.how == "value":
            return user_input(row, name.rpartition(".")[2], NOWHERE)
    return thing(External(name))


def gives(interpreter: Interpreter, word: str, of: str | ClassSymbol | None, site: Place) -> Value:
    """The value a row's `gives` names when no receiver or argument is involved."""
    if not word or word in ("scalar", "result", "callable"):
        return UNKNOWN
    if word.startswith("type:"):
        return thing(External(word.removeprefix("type:")))
    if word == "element":
        return thing(Instance(of)) if of is not None else UNKNOWN
    if word in ("elements", "pair"):
        return thing(Instance("builtins.list", of=of))
    return thing(Instance(interpreter.catalogue.canonical(word), of=of, site=site))


def identity(row: Identity, name: str, place: Place) -> Value:
    origin = Origin("identity", name, name, place)
    things = (Instance(row.gives),) if row.gives else ()
    return Value(things=things, origins=frozenset((origin,)))


def user_input(row: UserInput, name: str, place: Place) -> Value:
    return Value(origins=with_asker(frozenset((Origin("input", row.kind, name, place),))))


def member_value(
    frame: Frame,
    instance: Instance,
    name: str,
    receiver: Value,
    node: facts.Node,
    of_class: ClassSymbol | None = None,
) -> Value | None:
    """`object.name` for a library object: a value that rows describe, or the member itself to be called."""
    assert isinstance(instance.type, str)
    interpreter = frame.interpreter
    rows = interpreter.catalogue.member(instance.type, name)
    found = [_member_by_row(frame, row, instance, name, receiver, node, of_class) for row in rows]
    values = [value for value in found if value is not None]
    if values:
        return join(values)
    if not rows and (of_class is not None or instance.type not in interpreter.catalogue.types):
        return None
    return Value(things=(Member(instance, name, receiver),), origins=derived(receiver.origins))


def _member_by_row(
    frame: Frame,
    row: Row,
    instance: Instance,
    name: str,
    receiver: Value,
    node: facts.Node,
    of_class: ClassSymbol | None,
) -> Value | None:
    if isinstance(row, Obtains) and row.how == "value":
        of = _of(row.of, instance, name, of_class)
        if row.gives == "self":
            return Value(things=(replace(instance, of=of),), origins=receiver.origins)
        value = gives(frame.interpreter, row.gives, of, frame.place(node))
        if row.gives in ("element", "elements"):
            return value
        things = tuple(
            replace(t, site=instance.site or t.site, options=instance.options) if isinstance(t, Instance) else t
            for t in value.things
        )
        return Value(things=things, origins=derived(receiver.origins))
    if isinstance(row, UserInput) and row.how == "value":
        return user_input(row, name, frame.place(node))
    if isinstance(row, Identity) and row.how == "value":
        return identity(row, name, frame.place(node))
    if isinstance(row, ValidatedFields):
        return _validated_fields(frame, row, of_class, node)
    return None


def _validated_fields(frame: Frame, row: ValidatedFields, symbol: ClassSymbol | None, node: facts.Node) -> Value | None:
    """The fields of a form or serializer as items of what it validated; a field of unknown kind is left out."""
    items: list[tuple[object, Value]] = []
    methods = (
        {
            name
            for each in frame.interpreter.hierarchy.mro(symbol)
            if isinstance(each, ClassSymbol)
            for name in each.methods
        }
        if symbol
        else set()
    )
    for each in frame.interpreter.hierarchy.mro(symbol) if symbol is not None else ():
        for name, assigned in each.attributes.items() if isinstance(each, ClassSymbol) else ():
            call = assigned[-1].value
            if not isinstance(call, facts.Call) or methods & {"clean", "validate", f"clean_{name}", f"validate_{name}"}:
                # A check of the project's own may limit the text further: how, nobody can say.
                continue
            kind = call.func.attr if isinstance(call.func, facts.Attribute) else getattr(call.func, "id", "")
            origin = Origin("input", row.kind, name, frame.place(node))
            if kind not in row.raw.split():
                origin = replace(origin, safe=True, bounded=kind in row.bounded.split())
            items.append((name, Value(origins=frozenset((origin,)))))
    return Value(things=(Instance("builtins.dict"),), items=tuple(items) or None)


def _of(word: str, instance: Instance, name: str, of_class: ClassSymbol | None) -> str | ClassSymbol | None:
    if word == "class":
        return of_class if of_class is not None else instance.of
    if word == "name":
        return name
    return instance.of


def binds_owner(interpreter: Interpreter, type_: str | ClassSymbol) -> bool:
    """Whether such an object, read as a class attribute, works on that class (a manager)."""
    types = interpreter.catalogue.types
    return any(types[base].binds_owner for base in interpreter.hierarchy.library_bases(type_) if base in types)


# ------------------------------------------------------------------------------------------------ lazy values


def consume(frame: Frame, value: Value, how: str, node: facts.Node) -> Value:
    """Use a value in a way that may run its query ("iterate", "len", "bool", "index", "slice", "await", "string").

    Records the query. The result is the value after it, so that a second use of it costs nothing more."""
    after = []
    for each in value.things:
        shape = evaluation(frame.interpreter, each, how) if isinstance(each, Instance) else ""
        if not shape or not isinstance(each, Instance):
            after.append(each)
            continue
        asked = dict(each.options).get("asked")
        if asked is not None and how == "bool":
            after.append(each)
            continue
        if asked is not None:
            _becomes_list(frame, asked, shape)
        else:
            record_read(frame, each, how, "exists" if how == "bool" else shape, value.origins, node)
        if how == "bool":
            # Only asked whether there are rows, until something reads them.
            after.append(replace(each, options=(*each.options, ("asked", frame.place(node)))))
            continue
        done = (*each.options, ("evaluated", True))
        after.append(replace(each, options=done) if shape == "rows" else Instance(each.of or "row"))
    if tuple(after) == value.things:
        return value
    return Value(things=tuple(after), origins=entity_origins(frame, value, node))


def _becomes_list(frame: Frame, asked: object, shape: str) -> None:
    """The rows that a truth test fetched are read after all."""
    for event in frame.summary.events:
        if event.place == asked and event.shape == "exists":
            event.shape = shape


def evaluation(interpreter: Interpreter, instance: Instance, how: str) -> str:
    """What running the query of a lazy object this way reads; "" when nothing runs."""
    for base in interpreter.hierarchy.library_bases(instance.type):
        row = interpreter.catalogue.types.get(base)
        if row is not None and row.evaluates:
            options = dict(instance.options)
            if options.get("evaluated"):
                return ""
            shape = str(options.get("shape", row.shape))
            shape = "row" if how == "index" and shape == "rows" else shape
            return shape if how in row.evaluates.split() else ""
    return ""


def is_query(frame: Frame, value: Value) -> bool:
    """Whether a value is a query that has yet to run."""
    return any(evaluation(frame.interpreter, each, "iterate") for each in value.instances())


def record_read(
    frame: Frame, instance: Instance, how: str, shape: str, origins: frozenset[Origin], node: facts.Node
) -> None:
    """Note a query that a lazy value runs here."""
    options = dict(instance.options)
    if options.get("does") == "write":
        return
    frame.summary.events.append(
        Event(
            row=DbRead(on=str(instance.type), names=how, shape=shape),
            place=frame.place(node),
            module=frame.module,
            function=frame.function,
            context=frame.current(),
            client=instance,
            method=how,
            entity=instance.of,
            shape=shape,
            origins=origins if frame.asking is None else origins | {frame.asking},
            certain=not options.get("guessed", False),
        )
    )


def entity_origins(frame: Frame, value: Value, node: facts.Node) -> frozenset[Origin]:
    """Where rows come from: their model, and the identity that selected them. What filtered them is forgotten."""
    kept = {origin for origin in value.origins if origin.kind in ("identity", "hit")}
    # A parameter in the conditions is no text in the rows, but when callers pass who asks, it selects them.
    selecting = (origin for origin in value.origins if origin.kind == "parameter")
    kept.update(replace(o, safe=True, bounded=True, boxed=True) for o in selecting)
    for each in value.instances():
        if each.of is not None and not _is_builtin(each.of):
            kept.add(Origin("entity", each.of, entity_name(each.of), frame.place(node), direct=False))
    return derived(frozenset(kept))


def _is_builtin(type_: str | ClassSymbol) -> bool:
    return isinstance(type_, str) and type_.startswith("builtins.")


def entity_name(entity: str | ClassSymbol) -> str:
    """The model's or table's own name."""
    return entity.facts.name if isinstance(entity, ClassSymbol) else entity.rpartition(".")[2]


def element(frame: Frame, value: Value, node: facts.Node) -> Value:
    """One item of an iterable."""
    if value.items is not None:
        return join([each for _, each in value.items])
    models = [
        each.symbol
        for each in value.things
        if isinstance(each, ClassRef) and frame.interpreter.hierarchy.is_model(each.symbol)
    ]
    if models:
        return thing(Instance(models[0]))
    things = tuple(
        Instance(each.of) for each in value.instances() if each.of is not None and each.type != "builtins.dict"
    )
    return Value(things=things, origins=derived(value.origins))


# ------------------------------------------------------------------------------------------------- relations


def relations(interpreter: Interpreter) -> dict[tuple[ClassSymbol, str], Value]:
    """Attributes that lead from one model to another, in both directions, over the whole project."""
    if interpreter.related is None:
        interpreter.related = {}
        for module in interpreter.modules:
            for symbol in module.classes:
                if symbol.facts.bases and interpreter.hierarchy.is_model(symbol):
                    _relate(interpreter, symbol, interpreter.related)
    return interpreter.related


def relations_of(interpreter: Interpreter, symbol: ClassSymbol) -> dict[tuple[ClassSymbol, str], Value]:
    """The attributes that the relations of one model make, of it and of others."""
    found: dict[tuple[ClassSymbol, str], Value] = {}
    _relate(interpreter, symbol, found)
    return found


def _relate(interpreter: Interpreter, symbol: ClassSymbol, index: dict[tuple[ClassSymbol, str], Value]) -> None:
    frame = Frame(interpreter, symbol.module, None, interpreter.scratch(symbol.module))
    frame.class_ = symbol
    for name, assigned in symbol.attributes.items():
        call = assigned[-1].value
        if not isinstance(call, facts.Call):
            continue
        for row in _relation_rows(frame, call):
            _relate_field(frame, symbol, name, call, row, index)


def is_relation(interpreter: Interpreter, symbol: ClassSymbol, call: facts.Call) -> bool:
    """Whether a call in a model's class leads to rows of another one."""
    frame = Frame(interpreter, symbol.module, None, interpreter.scratch(symbol.module))
    frame.class_ = symbol
    return any(True for _ in _relation_rows(frame, call))


def _relation_rows(frame: Frame, call: facts.Call) -> Iterator[Relation]:
    for each in frame.evaluate(call.func).things:
        catalogue = frame.interpreter.catalogue
        rows = catalogue.function(each.name) if isinstance(each, External) else _member_rows(frame, each)
        yield from (row for row in rows if isinstance(row, Relation))


def _member_rows(frame: Frame, each: object) -> tuple[Row, ...]:
    if isinstance(each, Member) and isinstance(each.instance.type, str):
        return frame.interpreter.catalogue.member(each.instance.type, each.name)
    return ()


def _relate_field(
    frame: Frame,
    symbol: ClassSymbol,
    name: str,
    call: facts.Call,
    row: Relation,
    index: dict[tuple[ClassSymbol, str], Value],
) -> None:
    given = named_arguments(call, row.params)
    target = _target(frame, symbol, given.get(row.target))
    if target is None:
        return
    index[symbol, name] = gives(frame.interpreter, row.many_type or "element", target, NOWHERE)
    if not row.reverse_type:
        return
    explicit = given.get(row.reverse) if row.reverse else None
    reverse = row.default_reverse.replace("{model}", symbol.facts.name.lower())
    if isinstance(explicit, facts.Constant) and isinstance(explicit.value, str):
        reverse = explicit.value
    if reverse and not reverse.endswith("+"):
        index[target, reverse] = gives(frame.interpreter, row.reverse_type, symbol, NOWHERE)


def named_arguments(call: facts.Call, params: str) -> dict[str, facts.Expression]:
    """The argument expressions of a call by the names of a row's params."""
    names = [word.split("|")[0] for word in params.split() if not word.startswith("*")]
    given: dict[str, facts.Expression] = {}
    positions = iter(names)
    for argument in call.arguments:
        if argument.keyword:
            given[argument.keyword] = argument.value
        elif not argument.star:
            given[next(positions, "")] = argument.value
    return given


def _target(frame: Frame, symbol: ClassSymbol, expression: facts.Expression | None) -> ClassSymbol | None:
    if isinstance(expression, facts.Constant) and isinstance(expression.value, str):
        return _named_model(frame, symbol, expression.value)
    if expression is None:
        return None
    for each in frame.evaluate(expression).things:
        if isinstance(each, ClassRef):
            return each.symbol
        if isinstance(each, Instance) and isinstance(each.type, ClassSymbol):
            return each.type
    return None


def _named_model(frame: Frame, symbol: ClassSymbol, name: str) -> ClassSymbol | None:
    """A model named by a string: "self", "Order", "shop.Order", "package.module.Order"."""
    if name == "self":
        return symbol
    return model_named(frame.interpreter, name, symbol)


def model_named(interpreter: Interpreter, name: str, near: ClassSymbol | None = None) -> ClassSymbol | None:
    """The project's model that "Order", "shop.Order" or "package.module.Order" means, first in the module of `near`."""
    label, _, last = name.rpartition(".")
    candidates = interpreter.hierarchy.models_named(last)
    same_module = [each for each in candidates if near is not None and each.module is near.module]
    if same_module:
        return same_module[0]
    app = label.partition(".")[0]
    in_app = [each for each in candidates if app and f".{app}." in f".{each.module.name}."]
    if in_app:
        return in_app[0]
    return candidates[0] if len(candidates) == 1 else None
