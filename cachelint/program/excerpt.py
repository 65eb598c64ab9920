"""A part of a program, around the functions that an edit changes: what they lead to and what leads to them.

Everything else is as an earlier run left it, and of that only what is asked for is read. A program like this answers
the questions of rules about its own handlers and cache calls as the whole one would; it has no others.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from cachelint.program.appearances import look_alike
from cachelint.program.changes import Change, outermost
from cachelint.program.differences import (
    Differences,
    does_nothing,
    is_other,
    is_plain,
    look_at_builder,
    look_at_class,
    look_at_imports,
    look_at_new_class,
)
from cachelint.program.earlier import Before, SymbolsNow, UnsureError, changes_since
from cachelint.program.effects import Event, Summary
from cachelint.program.habits import HANDLERS
from cachelint.program.heads import Head, finished, heads
from cachelint.program.kept import TOP_LEVEL, FileLeft, Followed, Known, Reader, Where, place_of_writer
from cachelint.program.lessons import lesson, taught_otherwise
from cachelint.program.likeness import Likeness
from cachelint.program.partial import PartialGraph
from cachelint.program.sayers import Sayers, functions_of
from cachelint.program.settings import may_decide_settings
from cachelint.program.shelves import Slot, Writer
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Value
from cachelint.vocabulary import CacheWrite

if TYPE_CHECKING:
    from cachelint.program.asking import User
    from cachelint.program.interpreter import Interpreter

# Beyond so many functions followed again, files read, or seconds of computing, the whole program is as quick.
FUNCTIONS = 80
FILES = 220
SECONDS = 1.0
# How often functions are followed for what turned out about calls of them.
ROUNDS = 4
# In a project that uses caches in fewer files, an edit may bring the first use of one, or take the last one.
FEW_CACHED = 2
NOTHING = FileLeft()
Name = tuple[str, str]  # a function: the path of its file, and its qualified name


class Excerpt:
    """What an edit changes in a program, and as much of the rest as is needed to judge it. Raises UnsureError where
    that is not enough. `patterns` are the names of handlers in the configuration; `also` names functions to look
    around, changed or not."""

    def __init__(
        self,
        interpreter: Interpreter,
        before: Before,
        patterns: Sequence[str],
        also: Collection[Name] = (),
    ) -> None:
        self.interpreter = interpreter
        self._patterns = patterns
        self._also = also
        self._before = before
        self._changes = dict(changes_since(interpreter, before.files))
        self._symbols = SymbolsNow(interpreter, self._changes)
        self._reader = Reader(self._symbols, interpreter.catalogue.rows, self._changes)
        self._left: dict[ModuleSymbol, FileLeft] = {}
        self._end = time.process_time() + SECONDS
        self._followed: dict[User, tuple[FileLeft, Followed]] = {}
        self.found: dict[FunctionSymbol, tuple[Summary | None, Summary]] = {}
        # What has been taken over, or is to be followed again.
        self._recalled: set[User] = set()
        self.heads: dict[FunctionSymbol, Head] = {}
        self.matters = False
        # Whether the change may only bring what is said of uses of caches in the functions that it changes; whether all
        # ways by which functions were reached are still there; whether no entry gets out of step with its rows by it.
        self.only_uses_more_caches = self.loses_no_way = self.keeps_step = False
        self.graph = PartialGraph(self)
        self.known = self._read_known()
        interpreter.recall = self.recall
        interpreter.hierarchy.known_heirs = self._heirs
        interpreter.hierarchy.known_models = self._models
        interpreter.shelves.known_writers = self._writers
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
            if len(self._left) > FILES or time.process_time() > self._end:
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
        if user in self._recalled:
            return
        summary = None if isinstance(user, FunctionSymbol) and self.is_changed(user) else self._then(user)
        if summary is not None:
            self._recalled.add(user)
            if isinstance(user, ModuleSymbol):
                self.interpreter.module_summaries[user] = summary
            else:
                self.interpreter.summaries[user] = summary

    def _then(self, user: User) -> Summary | None:
        """What a function or a file's top level did."""
        left, each = self._followed.get(user, (NOTHING, None))
        return left.summary(each) if each is not None else None

    def _heirs(self, symbol: ClassSymbol) -> list[ClassSymbol]:
        return [self._symbols.class_(*where) for where in self.left(symbol.module).heirs.get(self.index(symbol), ())]

    def _takers(self, module: ModuleSymbol) -> list[ModuleSymbol]:
        """The files that may import something of another one, or the other one."""
        paths = {*self.left(module).taken_by, *self._changes}
        return [self.interpreter.modules.by_path[path] for path in sorted(paths)]

    def _writers(self, slot: Slot) -> list[Writer]:
        then = [where for where in self.known.writers.get(slot, ()) if where[0] not in self._changes]
        found: list[tuple[Where, Writer]] = [(where, self._writer(*where)) for where in then]
        for change in self._changes.values():
            own = [each for name, each in self.interpreter.shelves.writers_in(change.new) if name == slot]
            found += [(place_of_writer(each), each) for each in own]
        return [writer for _, writer in sorted(found, key=lambda each: each[0])]

    def _writer(self, path: str, index: int) -> Writer:
        return self._symbols.module(path) if index == TOP_LEVEL else self._symbols.function(path, index)

    def _models(self, name: str) -> list[ClassSymbol]:
        return [self._symbols.class_(*where) for where in self.known.models.get(name, ())]

    def index(self, symbol: ClassSymbol | FunctionSymbol) -> int:
        """Where a symbol was when the earlier run wrote of it."""
        change = self._changes.get(symbol.module.source.path)
        if change is None:
            return symbol.index
        pairs = change.classes if isinstance(symbol, ClassSymbol) else change.functions
        return next((old.index for old, new in pairs.items() if new is symbol), -1)

    def touched(self) -> Iterator[FunctionSymbol]:
        """The functions that are not what they were: as they are now, and as they were."""
        for change in self._changes.values():
            yield from change.followed
            for old in change.old.functions:
                if change.functions.get(old) is None or change.functions[old] in change.followed:
                    yield old

    def is_changed(self, function: FunctionSymbol) -> bool:
        """Whether a function's own code is not what it was."""
        change = self._changes.get(function.module.source.path)
        return change is not None and outermost(function.original) in change.followed

    # ------------------------------------------------------------------------------------------------ following

    def follow(self) -> list[Summary]:
        """What the changed functions do now, and whoever asked one that gives something else, or says a name that means
        something else."""
        for path, change in self._changes.items():
            self._look_for_doubt(path, change)
        sayers = self._sayers()
        for change in self._changes.values():
            self.left(change.new)
            self.heads.update((head.function, head) for head in heads(self.interpreter, change))
        changed = {function for change in self._changes.values() for function in change.followed}
        self._follow({*changed, *self._variants({outermost(each) for each in changed}), *sayers})
        self._note_new_variants()
        if self.interpreter.configured:
            raise UnsureError("clients that are configured by calls")
        self.heads = {function: finished(self.interpreter, head) for function, head in self.heads.items()}
        self._compare()
        if self.matters or self._also:
            self.look_around(self._also)
        return [new for _, new in self.found.values()]

    def _compare(self) -> None:
        """Note whether anything is done otherwise, and for whom that can matter."""
        likeness = Likeness(self.interpreter.memos.__contains__)
        found = Differences(likeness, self._leads_nowhere, self._is_habit_open())
        is_alike = self._look_alike()
        for old, new in (*self.found.values(), *self._gone()):
            found.look(old, new)
            look_at_builder(self.interpreter, old, new)
        self.matters = bool(self.heads) or not is_alike or found.is_any
        self.only_uses_more_caches = not self.heads and is_alike and found.only_uses_more_caches
        self.loses_no_way = not self.heads and not found.lost
        self.keeps_step = found.only_reads_more and all(map(self._is_new, self.heads))

    def _is_new(self, function: FunctionSymbol) -> bool:
        return function in self.found and self.found[function][0] is None

    def _leads_nowhere(self, function: FunctionSymbol) -> bool:
        """Whether nothing that rules ask of is done in a function and whatever it calls: of a new one, in itself, as
        its calls are differences of their own."""
        if self.interpreter.tracks_loaders:
            return False  # What a policy says of data may be about the code of any function on the way.
        index = self.index(function.original)
        if index >= 0:
            return index in self.left(function.module).quiet
        new = self.found.get(function)
        return new is not None and not (new[1].events or new[1].invocations)

    def _is_habit_open(self) -> bool:
        """Whether one use of a cache more, or less, may decide whether the project has any."""
        is_large = self.known.handlers > HANDLERS
        return self.known.does_without_cache or (is_large and len(self.known.cached_in) < FEW_CACHED)

    def _note_new_variants(self) -> None:
        """Special cases that the earlier run did not meet are functions of their own, and new."""
        for function in [each for each in self.interpreter.summaries if each not in self._recalled]:
            self.found.setdefault(function, (None, self.interpreter.summaries[function]))

    def _look_alike(self) -> bool:
        """Whether code that rules read themselves is as it was."""
        units = ((change, each) for change in self._changes.values() for each in change.followed)
        differing = [function for change, function in units if not look_alike(change, function)]
        return not differing

    def _gone(self) -> Iterator[tuple[Summary, Summary]]:
        """What functions did that are not there any more, and what is left of that."""
        for change in self._changes.values():
            for each in self.left(change.new).followed:
                function = each.function
                if function is not None and not self.is_there(function):
                    yield self.left(change.new).summary(each), Summary(function, function.module)

    def is_there(self, function: FunctionSymbol) -> bool:
        """Whether a function of the earlier run is still there."""
        return self.interpreter.modules.by_path.get(function.module.source.path) is function.module

    def _sayers(self) -> set[FunctionSymbol]:
        sayers = Sayers(self.interpreter.modules, self._before.texts, self._changes, self._takers)
        for change in self._changes.values():
            sayers.look(change)
            if not all(map(does_nothing, change.loose)):
                sayers.top_levels.add(change.new)
        for module in sorted(sayers.top_levels, key=lambda each: each.source.path):
            self._look_at_top_level(module)
        return {*functions_of(sayers.functions), *self._variants(sayers.functions)}

    def _variants(self, units: set[FunctionSymbol]) -> Iterator[FunctionSymbol]:
        """The special cases of functions that the earlier run met."""
        for module in {unit.module for unit in units}:
            for each in self.left(module).followed:
                function = each.function
                if function is not None and outermost(function.original) in units:
                    yield function

    def _look_at_top_level(self, module: ModuleSymbol) -> None:
        """Raise when the top level of a file does something else than it did."""
        self.left(module)
        old = self._then(module)
        self._recalled.add(module)
        self.interpreter.module_summaries.pop(module, None)
        new = self.interpreter.module_summary(module)
        if old is None or is_other(old, new):
            raise UnsureError("what a file does by itself")

    def _follow(self, waiting: set[FunctionSymbol]) -> None:
        for _ in range(ROUNDS):
            self._follow_users(waiting)
            waiting = self._learn()
            if not waiting:
                return
        raise UnsureError("what call sites teach")

    def _follow_users(self, waiting: set[FunctionSymbol]) -> None:
        """Follow functions, and whoever asked one that gives something else."""
        met = set(waiting)
        while waiting:
            if len(self.found.keys() | waiting) > FUNCTIONS:
                raise UnsureError("too much of the project")
            for function in sorted(waiting, key=lambda each: each.order):
                self._follow_one(function)
            if self.interpreter.incomplete:
                self._follow_again()
            more = [user for function in waiting for user in self._concerned(*self.found[function])]
            waiting = {user for user in more if user not in met}
            met |= waiting

    def _follow_one(self, function: FunctionSymbol) -> None:
        self.left(function.module)
        old = self.found[function][0] if function in self.found else self._then(function)
        if function in self.found or function in self._recalled:
            self.interpreter.summaries.pop(function, None)
        self._recalled.add(function)
        self.found[function] = old, self.interpreter.summary(function)

    def _learn(self) -> set[FunctionSymbol]:
        """Note what calls teach now; the functions that this concerns."""
        concerned = set()
        keys = {key for old, new in self.found.values() for key in taught_otherwise(old, new)}
        for key in sorted(keys, key=lambda each: (each[0].order, each[1])):
            if self.interpreter.learning.is_open(*key):
                self.left(key[0].module)
                things = lesson(self, key)
                if things is None:
                    raise UnsureError("what call sites teach")
                if things != self.interpreter.parameter_things.get(key, ()):
                    self.interpreter.parameter_things[key] = things
                    concerned.add(key[0])
        if concerned:
            self.interpreter.applied.clear()
            self.interpreter.instance_values.clear()
        return concerned

    def calling(self, function: FunctionSymbol) -> list[str]:
        """The files that call a function, as far as is known by now."""
        paths = set(self.left(function.module).called_from.get(self.index(function.original), ()))
        paths |= {each.module.source.path for each in self.found}
        return sorted(path for path in paths if path in self.interpreter.modules.by_path)

    def _follow_again(self) -> None:
        """Follow circles of calls once more, as a whole run does."""
        if not self.interpreter.incomplete <= self.found.keys():
            raise UnsureError("a circle of calls")
        self.interpreter.follow_again()
        for function, (old, _) in self.found.items():
            self.found[function] = old, self.interpreter.summary(function)

    def look_around(self, names: Collection[Name] = (), fully: bool = False) -> None:
        """See what leads to the functions followed again, and to those with these names, and what they lead to; with
        `fully` also where the change cannot matter."""
        if fully:
            self.only_uses_more_caches = self.loses_no_way = self.keeps_step = False
        for function in self._named(names):
            if function not in self.found:
                same = self.interpreter.summary(function)
                self.found[function] = same, same
        self.matters = True
        self.graph.look_around()

    def _named(self, names: Collection[Name]) -> Iterator[FunctionSymbol]:
        for path in sorted({path for path, _ in names}):
            module = self.interpreter.modules.by_path.get(path)
            left = self.left(module) if module is not None else NOTHING
            followed = [each.function for each in left.followed if each.function is not None]
            own = module.functions if module is not None else ()
            for function in dict.fromkeys((*own, *followed)):
                if function.module is module and (path, function.facts.qualname) in names:
                    yield function

    @property
    def names(self) -> frozenset[Name]:
        """The functions that have been looked around, and those that are not there any more."""
        gone = [f for change in self._changes.values() for f in change.old.functions if f not in change.functions]
        return frozenset((each.module.source.path, each.facts.qualname) for each in (*self.found, *gone))

    def all_events(self) -> list[Event]:
        """What is done in all files that use caches, and in those that have been read."""
        return self.graph.all_events(sorted({*self.known.cached_in, *self._changes}))

    def demanded_events(self) -> list[Event]:
        """What is done in the files where the policy asks that entries are kept in step, unless they are as before."""
        return [] if self.keeps_step else self.graph.all_events(sorted({*self.known.demanded_in, *self._changes}))

    def filled_in(self) -> frozenset[str]:
        """The files in which something is stored in a cache, those that have changed included."""
        found = set(self.known.filled_in) - self._changes.keys()
        for path, change in self._changes.items():
            events = (event for function in change.new.functions for event in self.graph.tables.events[function])
            if any(isinstance(event.row, CacheWrite) for event in events):
                found.add(path)
        return frozenset(found)

    def settings(self) -> list[ModuleSymbol]:
        """The modules of settings."""
        return [self.interpreter.modules.by_path[path] for path in self.known.settings]

    # -------------------------------------------------------------------------------------------------- certainty

    def _look_for_doubt(self, path: str, change: Change) -> None:
        if change.doubt or may_decide_settings(change.old) or may_decide_settings(change.new):
            raise UnsureError(f"{path}: {change.doubt or 'settings'}")
        if path not in self.interpreter.modules.by_path or self._before.files[path] is None:
            raise UnsureError(f"{path}: a file that comes or goes")
        self._look_at_classes(change)
        if not all(map(is_plain, change.loose)):
            raise UnsureError("what a file does by itself")
        if self._patterns and change.followed - set(change.functions.values()):
            raise UnsureError("a function that may serve requests")

    def _look_at_classes(self, change: Change) -> None:
        """Raise where classes or their members are said by nobody and asked for all the same: by frameworks, by
        Python."""
        for symbol in change.heirs:
            look_at_class(self.interpreter, symbol, change)
        for symbol in (*change.new.classes, *change.old.classes):
            if symbol not in change.classes and symbol not in change.classes.values():
                look_at_new_class(self.interpreter, symbol)
        look_at_imports(self.interpreter, change)

    def _concerned(self, old: Summary | None, new: Summary) -> Iterator[FunctionSymbol]:
        if old is None:
            if new.kept:
                raise UnsureError("what a function leaves for others")
            return
        function = new.function
        assert function is not None
        if new.kept != old.kept or new.asked_bases != old.asked_bases:
            raise UnsureError("what a function leaves for others")
        yield from self._readers(old, new)
        if new.gives_the_same(old):
            return
        for path in self.left(function.module).asked_from.get(self.index(function.original), ()):
            left = self.left(self.interpreter.modules.by_path[path])
            for each in left.followed:
                if function in each.asked:
                    if each.function is None:
                        raise UnsureError("what a file does by itself")
                    yield each.function

    def _readers(self, old: Summary, new: Summary) -> Iterator[FunctionSymbol]:
        """Who asks what a function leaves on its object, where that is something else."""
        function = new.function
        names = {n for n in (*old.attributes, *new.attributes) if old.attributes.get(n) != new.attributes.get(n)}
        if not names or function is None or function.owner is None:
            return
        self.interpreter.instance_values.clear()
        for heir in (function.owner, *self.interpreter.hierarchy.subclasses(function.owner)):
            for (_, name), readers in self.left(heir.module).readers.items():
                yield from (each for each in readers if name in names and self.is_there(each))


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
