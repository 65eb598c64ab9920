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
from cachelint.program.effects import Summary
from cachelint.program.shelves import Slot
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.vocabulary import Row

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter
    from cachelint.program.values import Place, Thing

PROTOCOL = 5


class Known(msgspec.Struct):
    """What is known beside summaries: what call sites teach about parameters, what is injected for which users, the
    types of requests and whose results are answers, who reads what is set on self or kept on the application, how
    clients are configured, which functions look models up by name, where tests ask for what is kept for the whole
    process."""

    parameters: dict[tuple[FunctionSymbol, str], tuple[Thing, ...]]
    dependencies: dict[FunctionSymbol, set[FunctionSymbol]]
    requests: dict[FunctionSymbol, str]
    answering: set[FunctionSymbol]
    readers: dict[tuple[ClassSymbol, str], set[FunctionSymbol]]
    takers: set[FunctionSymbol]
    configured: dict[str, dict[str, object]]
    model_namers: dict[FunctionSymbol, tuple[str, ...]]
    memos: set[Place]


class Followed(msgspec.Struct):
    """A summary, and the functions that were asked for it."""

    summary: Summary
    asked: tuple[FunctionSymbol, ...]


class Symbols(Protocol):
    """Finds symbols by where they were when the bytes were written."""

    def module(self, path: str) -> ModuleSymbol: ...
    def function(self, path: str, index: int) -> FunctionSymbol: ...
    def variant(self, path: str, index: int, owner: ClassSymbol | None, switches: Any) -> FunctionSymbol: ...
    def class_(self, path: str, index: int) -> ClassSymbol: ...
    def place(self, path: str, at: int, end: int) -> Place: ...


# ------------------------------------------------------------------------------------------------ writing


def dump_known(interpreter: Interpreter) -> bytes:
    """What is known beside summaries."""
    known = Known(
        dict(interpreter.parameter_things),
        interpreter.dependencies,
        interpreter.request_types,
        interpreter.answering,
        dict(interpreter.learning.readers_of),
        interpreter.shelves.readers,
        interpreter.configured,
        interpreter.model_namers,
        interpreter.memos,
    )
    return _Writer(interpreter).bytes(known)


def dump_summaries(interpreter: Interpreter) -> Iterator[tuple[str, bytes]]:
    """The summaries of each file, special cases of its functions included."""
    by_path: dict[str, list[Followed]] = defaultdict(list)
    for summary in (*interpreter.module_summaries.values(), *interpreter.summaries.values()):
        user = summary.function if summary.function is not None else summary.module
        if isinstance(user, FunctionSymbol) and user.index < 0:
            continue  # stands for a method of a library, and has no code
        asked = interpreter.asking.asked.get(user, ())
        by_path[summary.module.source.path].append(Followed(summary, tuple(asked)))
    writer = _Writer(interpreter)
    for path, found in by_path.items():
        yield path, writer.bytes(found)


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
    owner = None if symbol.owner is symbol.home else symbol.owner
    return _variant, (path, symbol.index, owner, symbol.switches)


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

    def summaries(self, data: bytes) -> list[Followed] | None:
        """What `dump_summaries` wrote of one file; None for anything else."""
        found = self._read(data)
        return found if isinstance(found, list) and all(isinstance(each, Followed) for each in found) else None

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
    Followed,
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
