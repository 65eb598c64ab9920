"""What `value.name` is: members of modules, classes, project objects and library objects."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import classes, library, strengths, supers
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import (
    NOTHING,
    ROWS,
    SPREADS,
    UNKNOWN,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Member,
    ModuleRef,
    Origin,
    Thing,
    Value,
    cleaned,
    derived,
    join,
    parts_of,
    thing,
    trim,
)
from cachelint.vocabulary import Identity, UserInput

# An abstract method is what it is in heirs; beyond so many they are alike.
OVERRIDES = 5
PROPERTIES = frozenset(
    [
        "builtins.property",
        "functools.cached_property",
        "django.utils.functional.cached_property",
        "sqlalchemy.ext.hybrid.hybrid_property",
        "werkzeug.utils.cached_property",
    ]
)


def attribute(frame: Frame, receiver: Value, name: str, node: facts.Node) -> Value:
    """The value of an attribute, by everything the receiver can be. Data keeps its sources."""
    if name == "value" and isinstance(receiver.constant, str) and not receiver.things:
        return receiver  # of a text only a member of an Enum has one
    if not receiver.things and receiver.items is None:
        return Value(origins=_of_unknown(frame, receiver, name)) if receiver.origins else UNKNOWN
    found = [_of_thing(frame, each, receiver, name, node) for each in receiver.things]
    if receiver.items is not None:
        found.append(receiver.item(name))
    value = join([each for each in found if each is not None])
    if value is UNKNOWN:
        return Value(origins=_of_unknown(frame, receiver, name)) if receiver.origins else UNKNOWN
    if receiver.origins and not value.origins and any(isinstance(t, (Instance, Member)) for t in receiver.things):
        return replace(value, origins=_seen_from(frame, value, receiver))
    if not receiver.origins:
        return value
    asking = frozenset(origin for origin in receiver.origins if origin.kind in ("identity", "verdict"))
    return replace(value, origins=trim(value.origins | parts_of(asking))) if asking - value.origins else value


def _of_unknown(frame: Frame, receiver: Value, name: str) -> frozenset[Origin]:
    """The sources of an attribute that nobody knows; of an object of the project, made of rows, it may be anything."""
    origins = _across_relations(frame, receiver.origins, name)
    if not receiver.things or not any(_is_made(frame, each) for each in receiver.instances()):
        return origins
    return frozenset(replace(o, far=True) if o.kind in SPREADS else o for o in origins)


def _is_made(frame: Frame, each: Instance) -> bool:
    """Whether an object is of a class of the project's own (no model, no serializer) that declares no fields."""
    if not isinstance(each.type, ClassSymbol) or frame.interpreter.hierarchy.is_model(each.type):
        return False
    if frame.interpreter.hierarchy.library_bases(each.type):
        return False
    return not strengths.has_fields(frame.interpreter, each.type)


def _seen_from(frame: Frame, value: Value, receiver: Value) -> frozenset[Origin]:
    """The sources of an attribute. A related row (`order.event`) is no data of the row it is related to."""
    related = [each.type for each in value.instances() if frame.interpreter.hierarchy.is_model(each.type)]
    origins = parts_of(receiver.origins)
    return frozenset(o for o in origins if o.kind not in ROWS or o.what in related) if related else origins


def _across_relations(frame: Frame, origins: frozenset[Origin], name: str) -> frozenset[Origin]:
    """The sources of an attribute of something whose type is not known, its rows those that a relation leads to."""
    if not any(o.kind == "entity" for o in origins):
        return parts_of(origins)
    relations = library.relations(frame.interpreter)
    crossed = [(o, relations[o.what, name]) for o in origins if (o.what, name) in relations]  # type: ignore[index]
    if not crossed:
        return parts_of(origins)
    found = {o for o in parts_of(origins) if o.kind not in ROWS}
    for origin, related in crossed:
        for each in related.instances():
            model = each.of if each.of is not None else each.type
            found.add(Origin("entity", model, library.entity_name(model), origin.place, direct=False))
    return frozenset(found)


def _of_thing(frame: Frame, each: Thing, receiver: Value, name: str, node: facts.Node) -> Value | None:
    interpreter = frame.interpreter
    if isinstance(each, Instance):
        if supers.MARK in each.options:
            return supers.member(frame, each, name, receiver, node)
        if isinstance(each.type, ClassSymbol):
            return _of_object(frame, each, each.type, name, receiver, node)
        return library.member_value(frame, each, name, receiver, node)
    if isinstance(each, External):
        return interpreter.names.module_or_external(f"{each.name}.{name}", frame.module)
    if isinstance(each, ClassRef):
        return of_class(frame, each.symbol, name, receiver, node)
    return _of_module(frame, each, name) if isinstance(each, ModuleRef) else None


def _of_module(frame: Frame, module: ModuleRef, name: str) -> Value:
    value = frame.interpreter.names.global_value(module.symbol, name)
    if value is UNKNOWN and not frame.interpreter.names.defines(module.symbol, name):
        found = frame.interpreter.modules.find(f"{module.symbol.name}.{name}", module.symbol)
        return thing(ModuleRef(found)) if found else UNKNOWN
    return value


def of_class(frame: Frame, symbol: ClassSymbol, name: str, receiver: Value, node: facts.Node) -> Value | None:
    """`Class.name`: a manager, a method, a column, a library member."""
    interpreter = frame.interpreter
    interpreter.learning.note_reader(symbol, name, frame)
    found = classes.find_in_class(interpreter, symbol, name)
    if found is not None:
        return _class_member(frame, symbol, found[1], name, node)
    for base in interpreter.hierarchy.library_bases(symbol):
        value = library.member_value(frame, Instance(base, of=symbol), name, receiver, node, of_class=symbol)
        if value is not None:
            return value
    return library.relations(interpreter).get((symbol, name))


def _class_member(frame: Frame, symbol: ClassSymbol, value: Value, name: str, node: facts.Node) -> Value:
    interpreter = frame.interpreter
    things: list[Thing] = []
    for each in value.things:
        is_manager = isinstance(each, Instance) and each.of is None and library.binds_owner(interpreter, each.type)
        if is_manager and isinstance(each, Instance) and interpreter.hierarchy.is_model(symbol):
            things.append(replace(each, of=symbol))
        elif isinstance(each, FunctionRef) and _is_classmethod(each.symbol):
            things.append(replace(each, receiver=ClassRef(symbol)))
        else:
            things.append(each)
    is_column = not any(
        isinstance(t, (FunctionRef, ClassRef)) or (isinstance(t, Instance) and t.of is not None) for t in things
    )
    if interpreter.hierarchy.is_model(symbol) and is_column:
        origin = Origin("entity", symbol, symbol.facts.name, frame.place(node), direct=False)
        return Value(things=tuple(things), origins=value.origins | {origin})
    return replace(value, things=tuple(things))


def _is_classmethod(function: FunctionSymbol) -> bool:
    return any(isinstance(each, facts.Name) and each.id == "classmethod" for each in function.facts.decorators)


def _is_static(function: FunctionSymbol) -> bool:
    return any(isinstance(each, facts.Name) and each.id == "staticmethod" for each in function.facts.decorators)


def _of_object(
    frame: Frame, instance: Instance, symbol: ClassSymbol, name: str, receiver: Value, node: facts.Node
) -> Value | None:
    interpreter = frame.interpreter
    interpreter.learning.note_reader(symbol, name, frame)
    method = classes.find_method(interpreter, symbol, name)
    if method is not None:
        return _method(frame, instance, symbol, method, receiver, node)
    value = classes.instance_value(interpreter, symbol, name)
    in_class = classes.find_in_class(interpreter, symbol, name)
    related = library.relations(interpreter).get((symbol, name))
    if related is not None:
        return related
    if in_class is not None and value is UNKNOWN and receiver.origins:
        strength = strengths.field_strength(interpreter, instance, name)
        if strength is not None:
            origins = parts_of(receiver.origins)
            origins = cleaned(origins, *strength) if any(strength) else origins
            declared = _instance_member(frame, symbol, in_class[1], name, node, receiver)
            if strengths.has_fields(interpreter, symbol):
                # What the class says is only the default.
                declared = replace(declared, constant=NOTHING, text=None, items=None)
            named = frozenset(replace(o, name=f"{o.name}.{name}") if o.kind == "input" else o for o in origins)
            return replace(declared, origins=declared.origins | named)
    if in_class is not None:
        declared = _instance_member(frame, symbol, in_class[1], name, node, receiver)
        value = join([value, declared, *_still_asked(frame, instance, in_class[0], name, receiver, node)])
    if value is not UNKNOWN:
        return value
    for base in interpreter.hierarchy.library_bases(symbol):
        library_value = library.member_value(frame, replace(instance, type=base), name, receiver, node, of_class=symbol)
        if library_value is not None:
            return library_value
    return None


def _still_asked(
    frame: Frame, instance: Instance, home: ClassSymbol, name: str, receiver: Value, node: facts.Node
) -> Iterator[Value]:
    """`user: Member` in a project's own request class only says a type: the attribute still is who asks, or input."""
    if any(statement.value is not None for statement in home.attributes.get(name, ())):
        return
    for base in frame.interpreter.hierarchy.library_bases(home):
        rows = frame.interpreter.catalogue.member(base, name)
        if any(isinstance(row, (Identity, UserInput)) for row in rows):
            said = library.member_value(frame, replace(instance, type=base), name, receiver, node)
            if said is not None:
                yield Value(origins=said.origins)
            return


def _instance_member(
    frame: Frame, symbol: ClassSymbol, value: Value, name: str, node: facts.Node, receiver: Value
) -> Value:
    if frame.interpreter.hierarchy.is_model(symbol):
        return Value(origins=derived(receiver.origins) | _own_entity(frame, symbol, node))
    return _class_member(frame, symbol, value, name, node)


def _own_entity(frame: Frame, symbol: ClassSymbol, node: facts.Node) -> frozenset[Origin]:
    return frozenset((Origin("entity", symbol, symbol.facts.name, frame.place(node), direct=False, part=True),))


def _method(
    frame: Frame,
    instance: Instance,
    symbol: ClassSymbol,
    method: FunctionSymbol,
    receiver: Value,
    node: facts.Node,
) -> Value:
    if method.facts.decorators:
        if _is_static(method):
            return thing(FunctionRef(method))
        if _is_classmethod(method):
            return thing(FunctionRef(method, receiver=ClassRef(symbol)))
        if is_property(frame, method):
            from cachelint.program import calls
            from cachelint.program.arguments import NO_ARGUMENTS

            return calls.call_function(frame, FunctionRef(method, receiver=instance), NO_ARGUMENTS, node)
    bound = instance if instance.type is symbol else replace(instance, type=symbol)
    if is_abstract(method):
        overrides = [
            classes.find_method(frame.interpreter, each, method.facts.name)
            for each in frame.interpreter.hierarchy.subclasses(symbol)[:OVERRIDES]
        ]
        found = dict.fromkeys(each for each in overrides if each is not None and each is not method)
        if found:
            return Value(things=tuple(FunctionRef(each, receiver=bound) for each in found))
    return thing(FunctionRef(method, receiver=bound))


def is_property(frame: Frame, method: FunctionSymbol) -> bool:
    """Whether reading the method as an attribute calls it."""
    for decorator in method.facts.decorators:
        if isinstance(decorator, (facts.Name, facts.Attribute)):
            value = frame.interpreter_frame(method.module).evaluate(decorator)
            if any(isinstance(each, External) and each.name in PROPERTIES for each in value.things):
                return True
    return False


def is_abstract(method: FunctionSymbol) -> bool:
    """A body that does nothing but raise, pass or `...`: the subclass's method is meant."""
    return all(_says_nothing(each) for each in method.facts.body)


def _says_nothing(statement: facts.Statement) -> bool:
    if isinstance(statement, facts.Evaluate):
        return isinstance(statement.value, (facts.Constant, facts.Unknown))
    return isinstance(statement, facts.Raise) or (isinstance(statement, facts.Jump) and statement.kind == "pass")
