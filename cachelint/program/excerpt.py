"""A part of a program, around the functions that an edit changes: what they lead to and what leads to them.

Everything else is as an earlier run left it, and of that only what is asked for is read. A program like this answers
the questions of rules about its own handlers and cache calls as the whole one would; it has no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cachelint.facts import model as facts
from cachelint.program.changes import Change, outermost
from cachelint.program.earlier import Before, SymbolsNow, UnsureError, changes_since
from cachelint.program.effects import Summary
from cachelint.program.graph import functions_in
from cachelint.program.kept import FileLeft, Known, Reader
from cachelint.program.partial import PartialGraph
from cachelint.program.settings import may_decide_settings
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Instance, Value
from cachelint.vocabulary import DbRead, DbWrite

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# Beyond so many functions followed again, or files read, the whole program is as quick.
FUNCTIONS = 80
FILES = 220
NOTHING = FileLeft()
Item = TypeVar("Item")


class Excerpt:
    """What an edit changes in a program, and as much of the rest as is needed to judge it. Raises UnsureError where
    that is not enough. `patterns` are the names of handlers in the configuration."""

    def __init__(self, interpreter: Interpreter, before: Before, patterns: Sequence[str]) -> None:
        self.interpreter = interpreter
        self._patterns = patterns
        self._before = before
        self._changes = dict(changes_since(interpreter.modules, before.files))
        self._symbols = SymbolsNow(interpreter, self._changes)
        self._reader = Reader(self._symbols, interpreter.catalogue.rows, self._changes)
        self._left: dict[ModuleSymbol, FileLeft] = {}
        self._old: dict[FunctionSymbol, Summary] = {}
        self.found: dict[FunctionSymbol, tuple[Summary | None, Summary]] = {}
        self.matters = False
        self.graph = PartialGraph(self)
        self.known = self._read_known()
        interpreter.recall = self.left
        interpreter.hierarchy.known_heirs = self._heirs
        interpreter.hierarchy.known_models = self._models
        interpreter.related = _Related(self)  # type: ignore[assignment]

    def _read_known(self) -> Known:
        known = self._reader.known(self._before.known)
        if known is None or known.configured:
            raise UnsureError("nothing to start from")
        return known

    # ------------------------------------------------------------------------------------------------- reading

    def left(self, module: ModuleSymbol) -> FileLeft:
        """What the earlier run left of a file; its summaries are with the interpreter from then on."""
        known = self._left.get(module)
        if known is None:
            if len(self._left) > FILES:
                raise UnsureError("too much of the project")
            known = self._left[module] = self._read(module)
            self._take(known)
        return known

    def _read(self, module: ModuleSymbol) -> FileLeft:
        path = module.source.path
        kept = self._before.left(path)
        left = self._reader.file(kept) if kept is not None else NOTHING
        if left is None or (kept is None and path not in self._changes):
            raise UnsureError(f"{path}: nothing that can be read")
        return left

    def _take(self, left: FileLeft) -> None:
        interpreter = self.interpreter
        for each in left.followed:
            function = each.summary.function
            if function is None:
                interpreter.module_summaries[each.summary.module] = each.summary
            elif self.is_changed(function):
                self._old[function] = each.summary
            else:
                interpreter.summaries[function] = each.summary
                interpreter.asking.asked[function] = set(each.asked)
        interpreter.parameter_things.update(left.parameters)
        interpreter.request_types.update(left.requests)
        interpreter.answering |= left.answering
        for dependency, users in left.dependencies.items():
            interpreter.dependencies.setdefault(dependency, set()).update(users)
        interpreter.model_namers.update(left.model_namers)
        interpreter.memos |= left.memos

    def _heirs(self, symbol: ClassSymbol) -> list[ClassSymbol]:
        return [self._symbols.class_(*where) for where in self.left(symbol.module).heirs.get(self.index(symbol), ())]

    def _models(self, name: str) -> list[ClassSymbol]:
        return [self._symbols.class_(*where) for where in self.known.models.get(name, ())]

    def index(self, symbol: ClassSymbol | FunctionSymbol) -> int:
        """Where a symbol was when the earlier run wrote of it."""
        change = self._changes.get(symbol.module.source.path)
        if change is None:
            return symbol.index
        pairs = change.classes if isinstance(symbol, ClassSymbol) else change.functions
        return next((old.index for old, new in pairs.items() if new is symbol), -1)

    def is_changed(self, function: FunctionSymbol) -> bool:
        """Whether a function's own code is not what it was."""
        change = self._changes.get(function.module.source.path)
        return change is not None and outermost(function.original) in change.followed

    # ------------------------------------------------------------------------------------------------ following

    def follow(self) -> list[Summary]:
        """What the changed functions do now, and whoever asked one that gives something else."""
        for path, change in self._changes.items():
            self._look_for_doubt(path, change)
        waiting = [f for change in self._changes.values() for f in change.followed]
        found: dict[FunctionSymbol, tuple[Summary | None, Summary]] = {}
        while waiting:
            if len(found) + len(waiting) > FUNCTIONS:
                raise UnsureError("too much of the project")
            for function in sorted(waiting, key=lambda each: each.order):
                self.left(function.module)
                old = self._old.get(function) or self.interpreter.summaries.pop(function, None)
                found[function] = old, self.interpreter.summary(function)
            self._follow_again(found)
            waiting = [user for function in waiting for user in self._concerned(*found[function])]
            waiting = [user for user in dict.fromkeys(waiting) if user not in found]
        self.found = found
        for old, new in found.values():
            self.matters |= _look_at_difference(old, new)
        if self.matters:
            self.graph.look_around()
        return [new for _, new in found.values()]

    def _follow_again(self, found: dict[FunctionSymbol, tuple[Summary | None, Summary]]) -> None:
        """Follow once more, as a whole run does, what met an unfinished answer in a circle of calls."""
        circle = set(self.interpreter.incomplete)
        if not circle <= found.keys():
            raise UnsureError("a circle of calls")
        if circle:
            self.interpreter.follow_again()
        for function in circle:
            found[function] = found[function][0], self.interpreter.summaries[function]

    def settings(self) -> list[ModuleSymbol]:
        """The modules of settings."""
        return [self.interpreter.modules.by_path[path] for path in self.known.settings]

    # -------------------------------------------------------------------------------------------------- certainty

    def _look_for_doubt(self, path: str, change: Change) -> None:
        if change.doubt or may_decide_settings(change.old) or may_decide_settings(change.new):
            raise UnsureError(f"{path}: {change.doubt or 'settings'}")
        if path not in self.interpreter.modules.by_path or self._before.files[path] is None:
            raise UnsureError(f"{path}: a file that comes or goes")
        if change.heirs or self._are_said(change.names):
            raise UnsureError(f"{path}: names that mean something else")
        if not all(map(_does_nothing, change.loose)):
            raise UnsureError(f"{path}: what the file does by itself")

        known = set(change.functions.values())
        for function in change.followed - known:
            if function.parent is None and (function.facts.decorators or self._patterns):
                raise UnsureError(f"{path}: a function that may serve requests")

    def _are_said(self, names: set[str]) -> bool:
        """Whether any code says one of these names, its definition left out."""
        if not names:
            return False
        elsewhere = (text for path, text in self._before.texts.items() if path not in self._changes)
        if any(_times_said(name, text) for text in elsewhere for name in names):
            return True
        own = [(self._before.texts[path], change.new) for path, change in self._changes.items()]
        return any(_times_said(name, text) > _defined(module, name) for text, module in own for name in names)

    def _concerned(self, old: Summary | None, new: Summary) -> Iterator[FunctionSymbol]:
        if old is None:
            return
        function = new.function
        assert function is not None
        if new.kept != old.kept or new.attributes != old.attributes or new.asked_bases != old.asked_bases:
            raise UnsureError("what a function leaves for others")
        self._look_at_teaching(old, new)
        if new.gives_the_same(old):
            return
        for path in self.left(function.module).asked_from.get(self.index(function), ()):
            left = self.left(self.interpreter.modules.by_path[path])
            for each in left.followed:
                if function in each.asked:
                    if each.summary.function is None:
                        raise UnsureError("what a file does by itself")
                    yield each.summary.function

    def _look_at_teaching(self, old: Summary, new: Summary) -> None:
        """Raise when call sites teach something else about parameters than they did."""
        before, after = _taught(old), _taught(new)
        for key in before.keys() | after.keys():
            if before.get(key) != after.get(key):
                function, name = key
                known = self.left(function.module).parameters.get(key, ())
                things = {each for value in after.get(key, ()) for each in value.things if isinstance(each, Instance)}
                is_same = key in after and things <= set(known) and before.get(key, ()) != ()
                if not is_same and self.interpreter.learning.is_open(function, name):
                    raise UnsureError("what call sites teach")


HARMLESS = (DbRead, DbWrite)


def _look_at_difference(old: Summary | None, new: Summary) -> bool:
    """Whether a function does something else than it did, as far as anybody sees. Raises UnsureError where that can
    matter to what lies elsewhere: uses of caches, calls of what is passed, what is registered."""
    before, after = old or Summary(new.function, new.module), new
    events = _difference(before.events, after.events, _fields)
    if any(not isinstance(each.row, HARMLESS) for each in events if old is not None):
        raise UnsureError("what is done with caches")
    edges = _difference(before.calls, after.calls, _fields)
    if any(True for edge in edges for value in edge.arguments.values() for _ in functions_in(value)):
        raise UnsureError("functions that are passed on")
    if _difference(before.invocations, after.invocations, _fields) or before.registrations or after.registrations:
        raise UnsureError("calls of what is passed")
    return bool(events or edges)


def _difference(before: list[Item], after: list[Item], fields: Callable[[Item], object]) -> list[Item]:
    """What is on one side only."""
    left, more = [(fields(each), each) for each in before], []
    for each in after:
        own = fields(each)
        index = next((i for i, (other, _) in enumerate(left) if other == own), None)
        if index is None:
            more.append(each)
        else:
            del left[index]
    return [each for _, each in left] + more


def _fields(each: object) -> object:
    return [getattr(each, name) for name in each.__slots__]  # type: ignore[attr-defined]


def _times_said(name: str, text: bytes) -> int:
    """How often encoded facts hold a name, as a whole text or as the end of a dotted one."""
    return text.count(msgspec.msgpack.encode(name)) + text.count(b"." + name.encode())


def _defined(module: ModuleSymbol, name: str) -> int:
    """How often the definitions of a name say it: functions and classes twice, once qualified."""
    functions = sum(function.facts.name == name for function in module.functions)
    said = 2 * (functions + sum(symbol.facts.name == name for symbol in module.classes))
    if name in module.bindings:
        said += len(module.bindings[name].assigned) + len(module.bindings[name].imports)
    return said


def _does_nothing(statement: facts.Statement) -> bool:
    """Whether a statement only gives something a name."""
    if isinstance(statement, (facts.Define, facts.Import)):
        return True
    return isinstance(statement, facts.Assign) and isinstance(statement.value, facts.Constant)


def _taught(summary: Summary) -> dict[tuple[FunctionSymbol, str], list[Value]]:
    found: dict[tuple[FunctionSymbol, str], list[Value]] = {}
    for edge in summary.calls:
        for name, value in edge.arguments.items():
            if name not in ("self", "cls") and value.instances():
                found.setdefault((edge.callee, name), []).append(value)
    return found


class _Related:
    """Relations of models, read with the file of the model."""

    def __init__(self, excerpt: Excerpt) -> None:
        self._excerpt = excerpt

    def get(self, key: tuple[ClassSymbol | str, str]) -> Value | None:
        symbol, name = key
        return (
            self._excerpt.left(symbol.module).related.get((symbol, name)) if isinstance(symbol, ClassSymbol) else None
        )

    def __contains__(self, key: tuple[ClassSymbol | str, str]) -> bool:
        return self.get(key) is not None

    def __getitem__(self, key: tuple[ClassSymbol | str, str]) -> Value:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found
