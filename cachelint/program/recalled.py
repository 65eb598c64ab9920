"""What an earlier run left, read file by file as it is asked for, with the symbols of now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from cachelint.program.changes import outermost
from cachelint.program.demands import TOP_LEVEL, Where
from cachelint.program.earlier import Before, SymbolsNow, UnsureError, changes_since
from cachelint.program.effects import Summary
from cachelint.program.kept import FileLeft, Followed, Heirs, Known, Reader, Said, place_of_writer
from cachelint.program.library import relations_of
from cachelint.program.shelves import Slot, Writer
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Value

if TYPE_CHECKING:
    from cachelint.program.asking import User
    from cachelint.program.interpreter import Interpreter

# Beyond so many files read, or seconds of computing, the whole program is as quick.
FILES = 220
SECONDS = 1.0
NOTHING, NO_HEIRS = FileLeft(), Heirs()


class Recalled:
    """The earlier run as an excerpt asks for it. The interpreter is given what it asks of the whole project; `known`
    is what is known of that, `changes` tells what is different by the paths of files."""

    def __init__(self, interpreter: Interpreter, before: Before) -> None:
        self.interpreter = interpreter
        self.before = before
        self.changes = dict(changes_since(interpreter, before.files))
        # The classes that were not there.
        self.fresh = {symbol for change in self.changes.values() for symbol in change.fresh}
        self._symbols = SymbolsNow(interpreter, self.changes)
        self._reader = Reader(self._symbols, interpreter.catalogue.rows, self.changes)
        self._left: dict[ModuleSymbol, FileLeft] = {}
        self._end = time.process_time() + SECONDS
        self._followed: dict[User, tuple[FileLeft, Followed]] = {}
        # What has been taken over, or is to be followed again.
        self.taken: set[User] = set()
        self.known = self._read_known()
        interpreter.recall = self.recall
        interpreter.hierarchy.known_heirs = self._heirs
        interpreter.hierarchy.known_models = self._models
        interpreter.shelves.known_writers = self._writers
        interpreter.related = _Related(self)  # type: ignore[assignment]

    def _read_known(self) -> Known:
        known = self._reader.known(self.before.known)
        if known is None or known.configured:
            raise UnsureError("nothing to start from")
        return known

    def left(self, module: ModuleSymbol) -> FileLeft:
        """What the earlier run left of a file; its summaries are with the interpreter from then on."""
        change = self.changes.get(module.source.path)
        module = change.new if change is not None else module
        known = self._left.get(module)
        if known is None:
            if len(self._left) > FILES or time.process_time() > self._end:
                raise UnsureError("too much of the project")
            known = self._left[module] = self._read(module)
            self._take(known)
        return known

    def _read(self, module: ModuleSymbol) -> FileLeft:
        path = module.source.path
        kept = self.before.left(path)
        left = self._reader.file(kept) if kept is not None else NOTHING
        if left is None or (kept is None and path not in self.changes):
            raise UnsureError(f"{path}: nothing that can be read")
        return left

    def _take(self, left: FileLeft) -> None:
        interpreter = self.interpreter
        for each in left.followed:
            function = each.function
            if function is None:
                self._followed[each.module] = left, each
            elif self.is_there(function):
                self._followed[function] = left, each
                if not self.is_changed(function):
                    interpreter.asking.asked[function] = set(each.asked)
        interpreter.parameter_things.update(left.parameters)
        interpreter.request_types.update(left.requests)
        interpreter.answering |= left.answering
        for dependency, users in left.dependencies.items():
            interpreter.dependencies.setdefault(dependency, set()).update(users)
        interpreter.model_namers.update(left.model_namers)
        interpreter.memos |= left.memos

    def recall(self, user: User) -> None:
        """Take over what a function or a file's top level did, where it is not to be followed again."""
        self.left(user if isinstance(user, ModuleSymbol) else user.module)
        if user in self.taken:
            return
        summary = None if isinstance(user, FunctionSymbol) and self.is_changed(user) else self.then(user)
        if summary is not None:
            self.taken.add(user)
            if isinstance(user, ModuleSymbol):
                self.interpreter.module_summaries[user] = summary
            else:
                self.interpreter.summaries[user] = summary

    def then(self, user: User) -> Summary | None:
        """What a function or a file's top level did."""
        left, each = self._followed.get(user, (NOTHING, None))
        return left.summary(each) if each is not None else None

    def takers(self, module: ModuleSymbol) -> list[ModuleSymbol]:
        """The files that may import something of another one, or the other one."""
        paths = {*self.left(module).taken_by, *self.changes}
        return [self.interpreter.modules.by_path[path] for path in sorted(paths)]

    def heirs(self, symbol: ClassSymbol) -> Heirs:
        """What derives from a class."""
        return self.left(symbol.module).heirs.get(self.index(symbol), NO_HEIRS)

    def _heirs(self, symbol: ClassSymbol) -> list[ClassSymbol]:
        found = [self._symbols.class_(*where) for where in self.heirs(symbol).where]
        more = [each for each in self.fresh if symbol in self.interpreter.hierarchy.mro(each)[1:]]
        return sorted((*found, *more), key=_order) if more else found

    def _writers(self, slot: Slot) -> list[Writer]:
        then = [where for where in self.known.writers.get(slot, ()) if where[0] not in self.changes]
        found: list[tuple[Where, Writer]] = [(where, self._writer(*where)) for where in then]
        for change in self.changes.values():
            own = [each for name, each in self.interpreter.shelves.writers_in(change.new) if name == slot]
            found += [(place_of_writer(each), each) for each in own]
        return [writer for _, writer in sorted(found, key=lambda each: each[0])]

    def _writer(self, path: str, index: int) -> Writer:
        return self._symbols.module(path) if index == TOP_LEVEL else self._symbols.function(path, index)

    def _models(self, name: str) -> list[ClassSymbol]:
        found = [self._symbols.class_(*where) for where in self.known.models.get(name, ())]
        called = [each for each in self.fresh if each.facts.name.lower() == name]
        more = [each for each in called if self.interpreter.hierarchy.is_model(each)]
        return sorted((*found, *more), key=_order) if more else found

    @cached_property
    def said(self) -> Said:
        """By which names code that was not there could be reached."""
        kept = self.before.said()
        said = self._reader.said(kept) if kept is not None else None
        if said is None:
            raise UnsureError("nothing that can be read")
        return said

    def was_led_to(self, symbol: ClassSymbol) -> bool:
        """Whether routes may have led to a class that none of them named."""
        return self.said.is_open or bool(symbol.facts.decorators) or symbol.facts.name in self.said.routes

    def is_new(self, path: str) -> bool:
        """Whether a file was not there."""
        return path in self.interpreter.modules.by_path and self.before.files.get(path, path) is None

    def index(self, symbol: ClassSymbol | FunctionSymbol) -> int:
        """Where a symbol was when the earlier run wrote of it."""
        change = self.changes.get(symbol.module.source.path)
        if change is None or symbol.module is change.old:
            return symbol.index
        pairs = change.classes if isinstance(symbol, ClassSymbol) else change.functions
        return next((old.index for old, new in pairs.items() if new is symbol), -1)

    def touched(self) -> tuple[list[FunctionSymbol], list[FunctionSymbol]]:
        """The functions that are not what they were: as they were, and as they are now."""
        changes = self.changes.values()
        old = [(change, each) for change in changes for each in change.old.functions]
        before = [each for c, each in old if c.functions.get(each) is None or c.functions[each] in c.followed]
        return before, [each for change in changes for each in change.followed]

    def gone(self) -> Iterator[tuple[Summary, Summary]]:
        """What functions did that are not there any more, and what is left of that."""
        for change in self.changes.values():
            for each in self.left(change.new).followed:
                function = each.function
                if function is not None and not self.is_there(function):
                    yield self.left(change.new).summary(each), Summary(function, function.module)

    def is_changed(self, function: FunctionSymbol) -> bool:
        """Whether a function's own code is not what it was."""
        change = self.changes.get(function.module.source.path)
        return change is not None and outermost(function.original) in change.followed

    def is_there(self, function: FunctionSymbol) -> bool:
        """Whether a function of the earlier run is still there."""
        return self.interpreter.modules.by_path.get(function.module.source.path) is function.module


def _order(symbol: ClassSymbol) -> tuple[str, int]:
    return symbol.module.source.path, symbol.index


class _Related:
    """Relations of models, read with the file of the model."""

    def __init__(self, recalled: Recalled) -> None:
        self._recalled = recalled

    def get(self, key: tuple[ClassSymbol | str, str]) -> Value | None:
        symbol, name = key
        if not isinstance(symbol, ClassSymbol):
            return None
        kept = self._recalled.left(symbol.module).related.get((symbol, name))
        return kept if kept is not None or not self._recalled.fresh else self._made.get((symbol, name))

    @cached_property
    def _made(self) -> dict[tuple[ClassSymbol, str], Value]:
        """What the models make of it that were not there."""
        interpreter = self._recalled.interpreter
        models = sorted(filter(interpreter.hierarchy.is_model, self._recalled.fresh), key=_order)
        return {key: value for symbol in models for key, value in relations_of(interpreter, symbol).items()}

    def __contains__(self, key: tuple[ClassSymbol | str, str]) -> bool:
        return self.get(key) is not None

    def __getitem__(self, key: tuple[ClassSymbol | str, str]) -> Value:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found
