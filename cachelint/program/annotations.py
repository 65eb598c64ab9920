"""What an annotation promises about the value it annotates."""

from __future__ import annotations

from cachelint.facts import model as facts
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import UNKNOWN, ClassRef, External, Instance, Value, join, thing
from cachelint.vocabulary import Parameter

TRANSPARENT = frozenset(
    [
        "typing.Optional",
        "typing.Annotated",
        "typing_extensions.Annotated",
        "typing.Awaitable",
        "typing.Coroutine",
        "typing.AsyncGenerator",
        "typing.Generator",
        "typing.AsyncIterator",
        "typing.Final",
        "typing.ClassVar",
        "typing.Union",
        "sqlalchemy.orm.Mapped",
        "collections.abc.AsyncGenerator",
        "collections.abc.Generator",
        "collections.abc.AsyncIterator",
        "collections.abc.Awaitable",
        "contextlib.AbstractContextManager",
        "contextlib.AbstractAsyncContextManager",
    ]
)
ITERATORS = frozenset(["typing.Iterator", "collections.abc.Iterator"])
CONTAINERS = frozenset(
    [
        "builtins.list",
        "builtins.set",
        "builtins.tuple",
        "builtins.frozenset",
        "typing.List",
        "typing.Set",
        "typing.Tuple",
        "typing.Sequence",
        "typing.Iterable",
        "typing.Collection",
        "typing.FrozenSet",
        "collections.abc.Sequence",
        "collections.abc.Iterable",
        "collections.abc.Collection",
    ]
)
# These say what can be done with a value, not what it is.
SILENT = frozenset(["typing.Any", "builtins.object", "typing.Callable", "collections.abc.Callable", "typing.Hashable"])
CLASS_OBJECTS = frozenset(["builtins.type", "typing.Type"])


def promised(frame: Frame, annotation: facts.Expression) -> Value:
    """The instance that a value with this annotation is; UNKNOWN when the annotation says nothing usable."""
    if isinstance(annotation, facts.Binary) and annotation.operator == "|":
        return join([promised(frame, annotation.left), promised(frame, annotation.right)])
    if isinstance(annotation, facts.Subscript):
        return _generic(frame, annotation)
    if isinstance(annotation, (facts.Name, facts.Attribute)):
        return _plain(frame.evaluate(annotation))
    return UNKNOWN


def _plain(value: Value) -> Value:
    found: list[Instance | ClassRef] = []
    for each in value.things:
        if isinstance(each, ClassRef):
            found.append(Instance(each.symbol))
        elif isinstance(each, External) and each.name not in SILENT:
            found.append(Instance(each.name))
        elif isinstance(each, Instance) and isinstance(each.type, str) and each.type.startswith("class:"):
            found.append(Instance(each.type.removeprefix("class:")))
        elif isinstance(each, Instance) and each.type == "alias":
            found.append(Instance(each.of or "alias"))
    return thing(*found) if found else UNKNOWN


def _generic(frame: Frame, annotation: facts.Subscript) -> Value:
    outer = frame.evaluate(annotation.value)
    names = {each.name for each in outer.things if isinstance(each, External)}
    index = annotation.index
    arguments = index.items if isinstance(index, facts.Collection) else (index,)
    if not arguments:
        return UNKNOWN
    if "typing.Union" in names:
        return join([promised(frame, each) for each in arguments])
    if names & TRANSPARENT or names & ITERATORS or _are_markers(frame, names):
        return promised(frame, arguments[0])
    if names & CLASS_OBJECTS:
        return _class_object(promised(frame, arguments[0]))
    element = element_type(promised(frame, arguments[0]))
    if names & CONTAINERS:
        return thing(Instance("builtins.list", of=element))
    return Value(things=tuple(Instance(each.type, of=element) for each in _plain(outer).instances()))


def _are_markers(frame: Frame, names: set[str]) -> bool:
    """`Query[Filters]` of django-ninja says where the value comes from, not what it is."""
    return any(isinstance(row, Parameter) for name in names for row in frame.interpreter.catalogue.function(name))


def _class_object(value: Value) -> Value:
    return Value(things=tuple(ClassRef(e.type) for e in value.instances() if isinstance(e.type, ClassSymbol)))


def element_type(value: Value) -> str | ClassSymbol | None:
    """The type of the one instance that a value is, if it is one."""
    instances = value.instances()
    return instances[0].type if len(instances) == 1 else None
