"""What following functions found out, as bytes: the part of linking that takes longest, kept for later runs.

The bytes are pickles, because nothing else is as quick with a graph of small values. They lie in a folder that anybody
could have written, so whatever reads them knows a closed list of plain value types, and functions that only look
symbols up: no pickle can name anything else.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from cachelint import vocabulary
from cachelint.program import effects, values
from cachelint.program.demands import TOP_LEVEL, Kept, Where
from cachelint.program.earlier import UnsureError
from cachelint.program.effects import CallEdge, Event, Summary
from cachelint.program.handlers import Handler, by_decorators
from cachelint.program.imports import Imported
from cachelint.program.served import Served
from cachelint.program.shelves import Slot, Writer
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.vocabulary import Row

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter
    from cachelint.program.questions import Program
    from cachelint.program.values import Place, Thing, Value

PROTOCOL = 5


# So many summaries are read at once.
TOGETHER = 8


Attribute = tuple[ClassSymbol, str]  # a member of a class
Readers = dict[Attribute, set[FunctionSymbol]]


class Followed(msgspec.Struct):
    """A function (None: the top level of a file) that was followed, the functions that were asked for it, and where in
    which of a file's parts its summary is."""

    function: FunctionSymbol | None
    module: ModuleSymbol
    asked: tuple[FunctionSymbol, ...]
    where: tuple[int, int]


class Heirs(msgspec.Struct):
    """The classes that derive from one: where they are, their library bases, the names of members that somebody asks of
    one of them, and whether objects of one are rows."""

    where: tuple[Where, ...] = ()
    bases: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    has_model: bool = False


class FileLeft(msgspec.Struct):
    """What is known of one file.

    What its functions do, what call sites teach about their parameters, for which users they are injected, the types
    of requests they get, which of them give answers, take what is kept on the application, look models up by name. Who
    asks for which members of its classes, and which are asked for outside of functions; what relations lead from those
    to others, which classes derive from them. Where its tests ask for what is kept for the whole process.
    Who asks for members is read where it is wanted (`asking`).

    The paths of the files that import it, or something of it.

    Of the call graph, what is not in the summaries: `edges` and `events`, the handlers that a function serves with
    their `ranks` (0 for those of decorators, else where it was found), what it is told as a decorator, and the paths of
    the files that call it, or ask what it does. `quiet` are the functions in which nothing is done with a library that
    rules ask of, or with what is passed, nor in what they call.

    Summaries are most of it, and few of them are asked for at a time: they are pickled in `parts`, which are read when
    one of them is wanted.
    """

    followed: list[Followed] = []
    parts: list[bytes] = []
    parameters: dict[tuple[FunctionSymbol, str], tuple[Thing, ...]] = {}
    dependencies: dict[FunctionSymbol, set[FunctionSymbol]] = {}
    requests: dict[FunctionSymbol, str] = {}
    answering: set[FunctionSymbol] = set()
    asking: bytes = b""
    related: dict[tuple[ClassSymbol, str], Value] = {}
    heirs: dict[int, Heirs] = {}
    takers: dict[Slot, set[FunctionSymbol]] = {}
    model_namers: dict[FunctionSymbol, tuple[str, ...]] = {}
    memos: set[Place] = set()
    taken_by: tuple[str, ...] = ()
    edges: list[CallEdge] = []
    events: list[Event] = []
    handlers: list[tuple[FunctionSymbol, list[Handler]]] = []
    ranks: dict[FunctionSymbol, int] = {}
    told: list[tuple[FunctionSymbol, list[dict[str, Value]]]] = []
    called_from: dict[int, tuple[str, ...]] = {}
    asked_from: dict[int, tuple[str, ...]] = {}
    quiet: frozenset[int] = frozenset()
    read: Callable[[bytes], object] | None = None
    opened: dict[int, list[Summary]] = {}
    asked: tuple[Readers, set[Attribute]] | None = None

    @property
    def readers(self) -> Readers:
        """Who asks for which members of its classes."""
        return self._asked()[0]

    @property
    def read_outside(self) -> set[Attribute]:
        """Which of them are asked for outside of functions."""
        return self._asked()[1]

    def _asked(self) -> tuple[Readers, set[Attribute]]:
        if self.asked is None:
            found = self.read(self.asking) if self.read is not None and self.asking else ({}, set())
            if not isinstance(found, tuple):
                raise UnsureError("nothing that can be read")
            self.asked = found
        return self.asked

    def summary(self, each: Followed) -> Summary:
        """What a function does. Raises UnsureError for what cannot be read."""
        number, index = each.where
        if number not in self.opened:
            part = self.read(self.parts[number]) if self.read is not None else None
            if not isinstance(part, list):
                raise UnsureError(f"{each.module.source.path}: nothing that can be read")
            self.opened[number] = part
        return self.opened[number][index]


class Known(msgspec.Struct):
    """What is known of the whole project: how clients are configured, its models by their names, the files of
    settings, the keys of stores, the files that fill caches, those whose clients are used as a database, whether there
    is any cache, the files that use caches, the data of which the policy says how entries are kept in step with its
    rows, whether any class or module keeps objects in a cache and nowhere else, how many handlers, who keeps something
    in which slot of the application (a function by its place, a file's top level by the index TOP_LEVEL), from which
    slots somebody takes, and what hooks around all responses say of caching."""

    configured: dict[str, dict[str, object]]
    models: dict[str, list[Where]]
    settings: tuple[str, ...]
    store_keys: frozenset[str]
    filled_in: frozenset[str]
    databases: frozenset[str]
    keeps_nothing: bool
    writes_unasked: bool
    cached_in: frozenset[str]
    demanded: dict[str, Kept]
    keeps_objects: bool
    handlers: int
    writers: dict[Slot, tuple[Where, ...]]
    taken: frozenset[Slot]
    said_by_everything: frozenset[str]


class Said(msgspec.Struct):
    """By which names code that was not there could be reached: those by which `routes` may lead to a view class (where
    it `is_open`, to any), the files that make routes by their paths, with where the handlers of each of their routes
    stand among all (`ranks`, 0 for a route that serves nothing of its own), and the dotted names of modules that
    imports name and that are `missing` in the project."""

    routes: frozenset[str] = frozenset()
    ranks: dict[str, tuple[int, ...]] = {}
    is_open: bool = True
    missing: frozenset[str] = frozenset()


class Symbols(Protocol):
    """Finds symbols by where they were when the bytes were written."""

    def module(self, path: str) -> ModuleSymbol: ...
    def function(self, path: str, index: int) -> FunctionSymbol: ...
    def variant(self, path: str, index: int, owner: ClassSymbol | None, switches: Any) -> FunctionSymbol: ...
    def class_(self, path: str, index: int) -> ClassSymbol: ...
    def place(self, path: str, at: int, end: int) -> Place: ...


# ------------------------------------------------------------------------------------------------ writing


def dump_known(program: Program) -> bytes:
    """What is known of the whole project."""
    interpreter = program.interpreter
    models = interpreter.hierarchy.models
    known = Known(
        interpreter.configured,
        {name: [_where(symbol) for symbol in symbols] for name, symbols in models.items()},
        tuple(module.source.path for module in program.settings.modules),
        program.store_keys,
        program.filled_in,
        program.databases,
        program.keeps_nothing,
        program.writes_unasked,
        program.cached_in,
        program.demands.index() if program.decided.names_strategies else {},
        any(program.only_homes.values()),
        program.handler_count,
        {slot: tuple(map(place_of_writer, writers)) for slot, writers in interpreter.shelves.writers.items()},
        frozenset(slot for slot, readers in interpreter.shelves.readers.items() if readers),
        program.said_by_everything,
    )
    return _Writer(interpreter).bytes(known)


def dump_served(program: Program) -> bytes:
    """What is known of who serves requests."""
    return _Writer(program.interpreter).bytes(program.served)


def dump_said(program: Program, imported: Imported) -> bytes:
    """By which names code that was not there could be reached."""
    served = program.served
    by_path = program.interpreter.modules.by_path
    places = {handler.place: rank for rank, handler in reversed([*enumerate(program.handlers, 1)])}
    ranks = {
        path: tuple(
            places.get(each.place, 0) for each in program.interpreter.module_summary(by_path[path]).registrations
        )
        for path in served.registering
        if path in by_path
    }
    said = Said(served.named, ranks, served.is_open, imported.missing)
    return _Writer(program.interpreter).bytes(said)


def dump_files(program: Program, imported: Imported) -> Iterator[tuple[str, bytes]]:
    """What is known of each file."""
    files: dict[str, FileLeft] = defaultdict(FileLeft)
    writer = _Writer(program.interpreter)
    _add_followed(files, program.interpreter, writer)
    _add_tables(files, program.interpreter)
    _add_classes(files, program.interpreter, writer)
    for path, takers in imported.takers.items():
        files[path].taken_by = tuple(sorted(takers))
    _add_graph(files, program)
    loud = _loud(program)
    for module in program.interpreter.modules:
        indexes = (each.index for each in module.functions if each not in loud)
        files[module.source.path].quiet = frozenset(indexes)
    for path, left in files.items():
        yield path, writer.bytes(left)


def place_of_writer(writer: Writer) -> Where:
    """Where a function or a file's top level is, as `Known.writers` has it."""
    return (writer.source.path, TOP_LEVEL) if isinstance(writer, ModuleSymbol) else _where(writer)


def _where(symbol: FunctionSymbol | ClassSymbol) -> Where:
    return symbol.module.source.path, symbol.index


def _path(symbol: FunctionSymbol | ClassSymbol) -> str:
    return symbol.module.source.path


def _add_followed(files: dict[str, FileLeft], interpreter: Interpreter, writer: _Writer) -> None:
    found: dict[str, list[Summary]] = defaultdict(list)
    for summary in (*interpreter.module_summaries.values(), *interpreter.summaries.values()):
        # Of a negative index is what stands for a method of a library, and has no code.
        if summary.function is None or summary.function.index >= 0:
            found[summary.module.source.path].append(summary)
    for path, summaries in found.items():
        left = files[path]
        for number, start in enumerate(range(0, len(summaries), TOGETHER)):
            part = summaries[start : start + TOGETHER]
            left.parts.append(writer.bytes(part))
            left.followed += [_followed(each, (number, i), interpreter) for i, each in enumerate(part)]


def _followed(summary: Summary, where: tuple[int, int], interpreter: Interpreter) -> Followed:
    user = summary.function if summary.function is not None else summary.module
    asked = tuple(interpreter.asking.asked.get(user, ()))
    return Followed(summary.function, summary.module, asked, where)


def _add_tables(files: dict[str, FileLeft], interpreter: Interpreter) -> None:
    for key, things in interpreter.parameter_things.items():
        files[_path(key[0])].parameters[key] = things
    for dependency, users in interpreter.dependencies.items():
        files[_path(dependency)].dependencies[dependency] = users
    for function, type_ in interpreter.request_types.items():
        files[_path(function)].requests[function] = type_
    for function in interpreter.answering:
        files[_path(function)].answering.add(function)
    for relation, value in (interpreter.related or {}).items():
        files[_path(relation[0])].related[relation] = value
    for slot, takers in interpreter.shelves.readers.items():
        for function in takers:
            files[_path(function)].takers.setdefault(slot, set()).add(function)
    for function, names in interpreter.model_namers.items():
        files[_path(function)].model_namers[function] = names
    asking: dict[FunctionSymbol, set[str]] = defaultdict(set)
    for user, asked in interpreter.asking.asked.items():
        path = user.source.path if isinstance(user, ModuleSymbol) else _path(user)
        for each in asked:
            asking[each.original].add(path)
    for function, paths in asking.items():
        files[_path(function)].asked_from[function.index] = tuple(sorted(paths))
    for place in interpreter.memos:
        files[place.path].memos.add(place)


def _add_classes(files: dict[str, FileLeft], interpreter: Interpreter, writer: _Writer) -> None:
    """Who asks for members of classes, and what derives from them."""
    learning = interpreter.learning
    asked: dict[str, tuple[Readers, set[Attribute]]] = defaultdict(lambda: ({}, set()))
    for attribute, readers in learning.readers_of.items():
        asked[_path(attribute[0])][0][attribute] = readers
    for attribute in learning.read_outside:
        asked[_path(attribute[0])][1].add(attribute)
    for path, of_path in asked.items():
        files[path].asking = writer.bytes(of_path)
    names_of: dict[ClassSymbol, set[str]] = defaultdict(set)
    for symbol, name in (*learning.readers_of, *learning.read_outside):
        names_of[symbol].add(name)
    for symbol, heirs in interpreter.hierarchy.all_subclasses().items():
        files[_path(symbol)].heirs[symbol.index] = _heirs(interpreter, heirs, names_of)


def _heirs(interpreter: Interpreter, heirs: list[ClassSymbol], names_of: Mapping[ClassSymbol, set[str]]) -> Heirs:
    hierarchy = interpreter.hierarchy
    bases = frozenset(base for heir in heirs for base in hierarchy.library_bases(heir))
    names = frozenset(name for heir in heirs for name in names_of.get(heir, ()))
    return Heirs(tuple(map(_where, heirs)), bases, names, any(map(hierarchy.is_model, heirs)))


def _add_graph(files: dict[str, FileLeft], program: Program) -> None:
    graph = program.graph
    known = {id(edge) for summary in program.summaries for edge in summary.calls}
    known |= {id(event) for summary in program.summaries for event in summary.events}
    calling: dict[FunctionSymbol, set[str]] = defaultdict(set)
    for callee, edges in graph.callers.items():
        for edge in edges:
            if callee.index >= 0:
                calling[callee.original].add(edge.module.source.path)
            if id(edge) not in known:
                files[edge.module.source.path].edges.append(edge)
    for function, paths in calling.items():
        files[_path(function)].called_from[function.index] = tuple(sorted(paths))
    for owner, events in graph.events.items():
        if owner is not None and owner.index >= 0:
            files[_path(owner)].events.extend(event for event in events if id(event) not in known)
    for maker, given in graph.told.items():
        files[_path(maker)].told.append((maker, given))
    for rank, handler in enumerate(program.handlers, 1):
        if handler.function.index >= 0:
            is_decorated = bool(by_decorators(program.interpreter, handler.function))
            files[_path(handler.function)].ranks[handler.function] = 0 if is_decorated else rank
    for function, handlers in program.handlers_by_function.items():
        if function.index >= 0:
            files[_path(function)].handlers.append((function, handlers))


def _loud(program: Program) -> set[FunctionSymbol]:
    """The functions that do something with libraries, or with what they are passed, or call one that does."""
    graph = program.graph
    own = [function for function, events in graph.events.items() if function is not None and events]
    waiting = [*own, *(function for function, _ in graph.invocations)]
    loud: set[FunctionSymbol] = set()
    while waiting:
        function = waiting.pop()
        if function not in loud:
            loud.add(function)
            waiting += [edge.caller for edge in graph.callers.get(function, ()) if edge.caller is not None]
    return {function.original for function in loud}


class _Writer:
    def __init__(self, interpreter: Interpreter) -> None:
        self._rows = {id(row): number for number, row in enumerate(interpreter.catalogue.rows)}
        self._reducers: dict[type, Callable[[Any], Any]] = {
            **copyreg.dispatch_table,
            FunctionSymbol: _reduced_function,
            ClassSymbol: _reduced_class,
            ModuleSymbol: _reduced_module,
            values.Place: _reduced_place,
            values.Value: _reduced_value,
            type(values.NOTHING): lambda value: "NOTHING",
            **dict.fromkeys(_ROWS, self._reduced_row),
        }

    def bytes(self, what: object) -> bytes:
        stream = io.BytesIO()
        pickler = pickle.Pickler(stream, PROTOCOL)
        pickler.dispatch_table = self._reducers
        pickler.dump(what)
        return stream.getvalue()

    def _reduced_row(self, row: Row) -> Any:
        number = self._rows.get(id(row))
        return row.__reduce__() if number is None else (_row, (number,))


def _named(name: str) -> Any:
    def stand_in(*arguments: object) -> object:
        raise TypeError(name)

    stand_in.__module__, stand_in.__qualname__, stand_in.__name__ = __name__, name, name
    return stand_in


_function, _variant, _class, _module, _place, _row = map(
    _named, ("_function", "_variant", "_class", "_module", "_place", "_row")
)
_ROWS = [each for each in vars(vocabulary).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)]


def _reduced_function(symbol: FunctionSymbol) -> Any:
    path = symbol.module.source.path
    if symbol.original is symbol:
        return _function, (path, symbol.index)
    return _variant, (path, symbol.index, symbol.owner, symbol.switches)


def _reduced_class(symbol: ClassSymbol) -> Any:
    return _class, (symbol.module.source.path, symbol.index)


def _reduced_module(symbol: ModuleSymbol) -> Any:
    return _module, (symbol.source.path,)


def _reduced_place(place: Place) -> Any:
    return _place, tuple(place)


def _reduced_value(value: values.Value) -> Any:
    return "UNKNOWN" if value is values.UNKNOWN else value.__reduce__()


# ------------------------------------------------------------------------------------------------ reading


class Reader:
    """Reads what a run wrote, with the symbols of another one. `moved` are the paths of files in which places are not
    where they were."""

    def __init__(self, symbols: Symbols, rows: Iterable[Row], moved: Iterable[str] = ()) -> None:
        numbered = tuple(rows)
        self._moved = [path.encode("utf-8", "surrogateescape") for path in moved]
        self._known: Mapping[tuple[str, str], object] = {
            **_PLAIN,
            (__name__, "_function"): symbols.function,
            (__name__, "_variant"): symbols.variant,
            (__name__, "_class"): symbols.class_,
            (__name__, "_module"): symbols.module,
            (__name__, "_place"): symbols.place,
            (__name__, "_row"): numbered.__getitem__,
        }
        # Most files say nothing of those that changed: their places need no look at all.
        self._as_it_is = {**self._known, (__name__, "_place"): values.Place}

    def known(self, data: bytes) -> Known | None:
        """What `dump_known` wrote; None for anything else."""
        found = self._read(data)
        return found if isinstance(found, Known) else None

    def served(self, data: bytes) -> Served | None:
        """What `dump_served` wrote; None for anything else."""
        found = self._read(data)
        return found if isinstance(found, Served) else None

    def said(self, data: bytes) -> Said | None:
        """What `dump_said` wrote; None for anything else."""
        found = self._read(data)
        return found if isinstance(found, Said) else None

    def file(self, data: bytes) -> FileLeft | None:
        """What `dump_files` wrote of one file; None for anything else."""
        found = self._read(data)
        if not isinstance(found, FileLeft):
            return None
        found.read = self._read
        return found

    def _read(self, data: bytes) -> object:
        is_here = not any(path in data for path in self._moved)
        try:
            return _Unpickler(io.BytesIO(data), self._as_it_is if is_here else self._known).load()
        except (ValueError, TypeError, LookupError, AttributeError, EOFError, RecursionError, pickle.UnpicklingError):
            return None


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, known: Mapping[tuple[str, str], object]) -> None:
        super().__init__(stream)
        self._known = known

    def find_class(self, module: str, name: str) -> Any:
        return self._known[module, name]


def _rebuilt(row: type, fields: dict[str, object]) -> object:
    """A row that was made while following, from its fields."""
    if row not in _ROWS:
        raise TypeError(row)
    return row(**fields)


_TYPES = (
    Known,
    FileLeft,
    Served,
    Said,
    Followed,
    Heirs,
    Kept,
    Handler,
    Slot,
    *(effects.Clause, effects.Guard, effects.Context, effects.Event, effects.CallEdge, effects.Registration),
    *(effects.Invocation, effects.Summary),
    *(values.Origin, values.Instance, values.ClassRef, values.FunctionRef, values.ModuleRef, values.External),
    *(values.Member, values.Decorator, values.Wrapped, values.Gap, values.Text, values.Value),
    *_ROWS,
)
_PLAIN: Mapping[tuple[str, str], object] = {
    **{(each.__module__, each.__qualname__): each for each in _TYPES},
    (values.__name__, "NOTHING"): values.NOTHING,
    (values.__name__, "UNKNOWN"): values.UNKNOWN,
    ("msgspec._utils", "rebuild"): _rebuilt,
    ("datetime", "timedelta"): timedelta,
}
