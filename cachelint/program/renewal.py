"""Linking again after some files have changed: what functions do is taken from an earlier run, and only those are
followed again to which the changes can matter.

That are the functions whose code has changed, those that say a name which means something else now, and whoever asked
a function that turns out to do something else. Everything beside summaries (handlers, settings, the call graph) is
worked out anew: it costs little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cachelint.facts.model import FileFacts
from cachelint.files import SourceFile
from cachelint.program.changes import Change, outermost
from cachelint.program.effects import Summary
from cachelint.program.following import all_summaries
from cachelint.program.kept import Followed, Known, Reader
from cachelint.program.mentions import Mentions
from cachelint.program.settings import may_decide_settings
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, Modules, ModuleSymbol
from cachelint.program.values import Place

if TYPE_CHECKING:
    from cachelint.program.asking import User
    from cachelint.program.interpreter import Interpreter

NOTHING = FileFacts((0,), (), (), (), ())
# Beyond this share of the functions, following all of them is as quick.
MOST = 0.6
# How often one function is followed for what turned out about others.
TIMES = 3
ROUNDS = 3


class UnsureError(Exception):
    """Why what an earlier run left is not enough to link again."""


class Before:
    """What an earlier run left: `known` and, by path, the `summaries` as bytes; `files` holds those that have changed
    since as they were then, None for one that was not there. `texts` are the encoded facts of all files as they are
    now, to find names in."""

    def __init__(
        self,
        known: bytes,
        summaries: Callable[[str], bytes | None],
        files: Mapping[str, tuple[SourceFile, FileFacts] | None],
        texts: Mapping[str, bytes],
    ) -> None:
        self.known, self.summaries, self.files, self.texts = known, summaries, files, texts


def renew(interpreter: Interpreter, before: Before) -> list[Summary]:
    """What all functions do, followed again only where the changes since can matter. Raises UnsureError."""
    Renewal(interpreter, before).run()
    return all_summaries(interpreter)


class Renewal:
    """One linking that starts from an earlier one."""

    def __init__(self, interpreter: Interpreter, before: Before) -> None:
        self._interpreter = interpreter
        self._before = before
        self._changes = dict(_changes(interpreter.modules, before.files))
        self._reader = Reader(_Symbols(interpreter, self._changes), interpreter.catalogue.rows, self._changes)
        self._mentions = Mentions(interpreter, before.texts)
        self._replaced: dict[FunctionSymbol, Summary] = {}
        self._users: dict[FunctionSymbol, set[User]] = defaultdict(set)
        self._times: dict[FunctionSymbol, int] = defaultdict(int)
        self._touched: set[FunctionSymbol] = set()

    def run(self) -> None:
        """Bring the interpreter to where following all functions would bring it. Raises UnsureError where only that
        can."""
        known = self._reader.known(self._before.known)
        if known is None:
            raise UnsureError("nothing to start from")
        self._look_for_doubt(known)
        self._find_concerned(known)
        self._recall(known)
        waiting = {each for each in self._interpreter.functions() if self._is_concerned(each)}
        for _ in range(ROUNDS):
            self._follow(waiting)
            self._interpreter.follow_again()
            waiting = self._learn()
            if not waiting:
                break
        self._drop_unused_variants()

    @property
    def followed(self) -> set[FunctionSymbol]:
        """The functions that were followed again."""
        return set(self._times)

    # ----------------------------------------------------------------------------------------- what is concerned

    def _look_for_doubt(self, known: Known) -> None:
        for path, change in self._changes.items():
            if change.doubt:
                raise UnsureError(f"{path}: {change.doubt}")
            if any(may_decide_settings(module) for module in (change.old, change.new)):
                raise UnsureError(f"{path}: a settings module")
        if known.configured:
            raise UnsureError("clients that are configured by calls")

    def _find_concerned(self, known: Known) -> None:
        mentions = self._mentions
        for path, change in self._changes.items():
            mentions.functions |= change.followed
            mentions.modules.add(change.new)
            mentions.add(change.names, change.heirs)
            if not (path in self._interpreter.modules.by_path and self._before.files[path] is not None):
                mentions.add(change.new.name.split(".")[-1:], ())
        new, old = self._interpreter.request_types, known.requests
        asked = {function for function in new.keys() | old.keys() if new.get(function) != old.get(function)}
        asked |= self._interpreter.answering ^ known.answering
        mentions.functions |= {outermost(function) for function in asked}

    def _is_there(self, function: FunctionSymbol) -> bool:
        by_path = self._interpreter.modules.by_path
        owner = function.owner
        return by_path.get(function.module.source.path) is function.module and (
            owner is None or by_path.get(owner.module.source.path) is owner.module
        )

    def _is_concerned(self, function: FunctionSymbol) -> bool:
        return outermost(function.original) in self._mentions.functions or function.owner in self._mentions.heirs

    # --------------------------------------------------------------------------------------------- what is known

    def _recall(self, known: Known) -> None:
        """Take over what the earlier run knew."""
        for path in self._interpreter.modules.by_path:
            self._recall_file(path)
        interpreter = self._interpreter
        interpreter.parameter_things.update(
            (key, things) for key, things in known.parameters.items() if self._is_there(key[0])
        )
        for dependency, users in known.dependencies.items():
            left = {user for user in users if self._is_there(user) and not self._is_concerned(user)}
            if left:
                interpreter.dependencies.setdefault(dependency, set()).update(left)
        for key, readers in known.readers.items():
            interpreter.learning.readers_of[key] |= {each for each in readers if self._is_there(each)}
        interpreter.shelves.readers |= {each for each in known.takers if self._is_there(each)}
        for namer, names in known.model_namers.items():
            if self._is_there(namer) and not self._is_concerned(namer):
                interpreter.model_namers[namer] = names
        interpreter.memos |= {place for place in known.memos if place.at >= 0}

    def _recall_file(self, path: str) -> None:
        kept = self._before.summaries(path)
        if kept is None:
            if path not in self._before.files:
                raise UnsureError(f"{path}: no summaries")
            return
        found = self._reader.summaries(kept)
        if found is None:
            raise UnsureError(f"{path}: summaries that cannot be read")
        for each in found:
            self._take(each)

    def _take(self, followed: Followed) -> None:
        summary, interpreter = followed.summary, self._interpreter
        user: User = summary.function if summary.function is not None else summary.module
        if isinstance(user, FunctionSymbol) and not self._is_there(user):
            return
        for each in followed.asked:
            self._users[each].add(user)
        if isinstance(user, ModuleSymbol):
            if user not in self._mentions.modules:
                interpreter.module_summaries[user] = summary
                interpreter.asking.asked[user] = set(followed.asked)
        elif self._is_concerned(user):
            self._replaced[user] = summary
        else:
            interpreter.summaries[user] = summary
            interpreter.asking.asked[user] = set(followed.asked)

    # ------------------------------------------------------------------------------------------------- following

    def _follow(self, waiting: set[FunctionSymbol]) -> None:
        """Follow functions, and whoever asked one that turns out to do something else."""
        interpreter = self._interpreter
        while waiting:
            if len(self._times) > MOST * (len(interpreter.summaries) + len(waiting)):
                raise UnsureError("too much of the project")
            interpreter.instance_values.clear()
            interpreter.shelves.forget()
            for function in waiting & interpreter.summaries.keys():
                self._replaced[function] = interpreter.summaries.pop(function)
            more: set[FunctionSymbol] = set()
            for function in sorted(waiting, key=lambda each: each.order):
                more |= self._concerned_by(function, interpreter.summary(function))
                self._times[function] += 1
            waiting = {each for each in more if self._times[each] < TIMES}

    def _concerned_by(self, function: FunctionSymbol, new: Summary) -> set[FunctionSymbol]:
        """Whoever asked a function, if it does something else now."""
        old = self._replaced.get(function)
        self._touched.update(edge.callee for each in (old, new) if each is not None for edge in each.calls)
        if old is None:
            return set()
        users = self._users[function] | self._asking_now(function)
        found: set[User] = set()
        if not new.gives_the_same(old):
            found |= users
        if new.variables != old.variables:
            found |= {each for each in users if isinstance(each, FunctionSymbol) and _is_inside(each, function)}
        if new.kept != old.kept:
            found |= self._interpreter.shelves.readers
        found |= self._interpreter.learning.readers_of_changed(function, old, new)
        for module in [each for each in found if isinstance(each, ModuleSymbol)]:
            self._interpreter.module_summaries.pop(module, None)
        return {each for each in found if isinstance(each, FunctionSymbol)}

    def _asking_now(self, function: FunctionSymbol) -> set[User]:
        asked = self._interpreter.asking.asked
        return {user for user in self._times if function in asked.get(user, ())}

    # -------------------------------------------------------------------------------------------------- learning

    def _learn(self) -> set[FunctionSymbol]:
        """Note what the functions followed again pass to others; the functions that this concerns."""
        interpreter = self._interpreter
        known = interpreter.parameter_things
        taught = interpreter.learning.taught(all_summaries(interpreter), self._touched.__contains__)
        concerned = set()
        for key in [key for key in known if key[0] in self._touched and key not in taught]:
            del known[key]
            concerned.add(key[0])
        for key, things in taught.items():
            if known.get(key) != things:
                known[key] = things
                concerned.add(key[0])
        if concerned:
            interpreter.module_summaries.clear()
            interpreter.applied.clear()
        return concerned

    def _drop_unused_variants(self) -> None:
        """Forget special cases that somebody asked for and nobody asks for any more."""
        interpreter = self._interpreter
        while True:
            asked = {each for user in interpreter.asking.asked.values() for each in user}
            unused = [v for v in interpreter.variants if v in self._users and v not in asked]
            if not unused:
                return
            for variant in unused:
                interpreter.variants.drop(variant)
                interpreter.summaries.pop(variant, None)
                interpreter.asking.asked.pop(variant, None)
                del self._users[variant]


def _is_inside(function: FunctionSymbol, outer: FunctionSymbol) -> bool:
    each: FunctionSymbol | None = function
    while each is not None and each is not outer:
        each = each.parent
    return each is outer


def _changes(
    modules: Modules, files: Mapping[str, tuple[SourceFile, FileFacts] | None]
) -> Iterator[tuple[str, Change]]:
    for path, before in files.items():
        now = modules.by_path.get(path)
        if before is None:
            if now is not None:
                yield path, Change(ModuleSymbol(now.source, NOTHING), now)
        else:
            yield path, Change(ModuleSymbol(*before), now if now is not None else ModuleSymbol(before[0], NOTHING))


class _Symbols:
    """The symbols and places of now for those of an earlier run. What is gone keeps its old symbol."""

    def __init__(self, interpreter: Interpreter, changes: Mapping[str, Change]) -> None:
        self._modules, self._variants = interpreter.modules.by_path, interpreter.variants
        self._changes = changes

    def module(self, path: str) -> ModuleSymbol:
        change = self._changes.get(path)
        return self._modules[path] if change is None else change.new

    def function(self, path: str, index: int) -> FunctionSymbol:
        change = self._changes.get(path)
        if change is None:
            return self._modules[path].functions[index]
        old = change.old.functions[index]
        return change.functions.get(old, old)

    def variant(self, path: str, index: int, owner: ClassSymbol | None, switches: Any) -> FunctionSymbol:
        function = self.function(path, index)
        owner = owner if owner is not None else function.owner
        if self._is_gone(function.module) or (owner is not None and self._is_gone(owner.module)):
            return function.variant(owner, switches)
        return self._variants.variant(function, owner, switches)

    def _is_gone(self, module: ModuleSymbol) -> bool:
        return self._modules.get(module.source.path) is not module

    def class_(self, path: str, index: int) -> ClassSymbol:
        change = self._changes.get(path)
        if change is None:
            return self._modules[path].classes[index]
        old = change.old.classes[index]
        return change.classes.get(old, old)

    def place(self, path: str, at: int, end: int) -> Place:
        change = self._changes.get(path)
        place = Place(path, at, end)
        return place if change is None else change.moved.place(place)
