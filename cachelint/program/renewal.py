"""Linking again after some files have changed: what functions do is taken from an earlier run, and only those are
followed again to which the changes can matter.

That are the functions whose code has changed, those that say a name which means something else now, and whoever asked
a function that turns out to do something else. Who serves requests is taken over, too, where nothing can matter to
that; settings and the call graph are worked out anew: it costs little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.program import newcomers
from cachelint.program.changes import Change, outermost
from cachelint.program.earlier import Before, SymbolsNow, UnsureError, changes_since
from cachelint.program.effects import Summary
from cachelint.program.following import all_summaries
from cachelint.program.handlers import Handler
from cachelint.program.imports import imported
from cachelint.program.kept import FileLeft, Followed, Known, Reader, Readers
from cachelint.program.lessons import Key, taught_otherwise
from cachelint.program.mentions import Mentions
from cachelint.program.served import Served, take_over
from cachelint.program.settings import may_decide_settings
from cachelint.program.standing import imported_inside
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Place

if TYPE_CHECKING:
    from cachelint.program.asking import User
    from cachelint.program.interpreter import Interpreter

# Beyond this share of the functions, following all of them is as quick.
MOST = 0.6
# How often one function is followed for what turned out about others.
TIMES = 3
ROUNDS = 3


class Renewal:
    """One linking that starts from an earlier one."""

    def __init__(self, interpreter: Interpreter, before: Before) -> None:
        self._interpreter = interpreter
        self._before = before
        self._changes = dict(changes_since(interpreter, before.files))
        self._reader = Reader(SymbolsNow(interpreter, self._changes), interpreter.catalogue.rows, self._changes)
        self._mentions = Mentions(interpreter, before.texts)
        self._replaced: dict[FunctionSymbol, Summary] = {}
        self._users: dict[FunctionSymbol, set[User]] = defaultdict(set)
        self._times: dict[FunctionSymbol, int] = defaultdict(int)
        # The parameters of which calls teach something else than they did.
        self._touched: set[Key] = set()

    def served(self) -> Served | None:
        """Who serves requests, where the earlier run has told it and nothing since can matter to it. What is known of
        requests by that is taken over then."""
        kept = self._before.served()
        served = self._reader.served(kept) if kept is not None else None
        if served is None or not served.registering.isdisjoint(self._changes):
            return None
        if any(not served.named.issuperset(imported_inside(change)) for change in self._changes.values()):
            return None
        placed = [self._placed(each) for each in served.handlers]
        served.handlers = [each for each in placed if each is not None]
        if len(served.handlers) < len(placed):
            return None
        interpreter = self._interpreter
        for left in self._left.values():
            interpreter.request_types.update((k, v) for k, v in left.requests.items() if self._is_there(k))
            interpreter.answering |= {each for each in left.answering if self._is_there(each)}
        take_over(interpreter, served)
        return served

    def _placed(self, handler: Handler) -> Handler | None:
        """A handler with the place that it has now; None where that is not known."""
        place = handler.place
        if place.at >= 0:
            return handler
        # One by its class has the place where that begins, which is no piece of code that moves.
        classes = self._changes[place.path].classes.items()
        now = next((new for old, new in classes if Place(place.path, -1 - old.facts.at, -1) == place), None)
        return replace(handler, place=Place(place.path, now.facts.at, 0)) if now is not None else None

    def summaries(self) -> list[Summary]:
        """What all functions do, followed again only where the changes since can matter. Raises UnsureError."""
        self.run()
        return all_summaries(self._interpreter)

    def run(self) -> None:
        """Bring the interpreter to where following all functions would bring it. Raises UnsureError where only that
        can."""
        known = self._reader.known(self._before.known)
        if known is None:
            raise UnsureError("nothing to start from")
        self._look_for_doubt(known)
        self._find_concerned()
        self._recall()
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
            if change.doubt or change.marked:
                raise UnsureError(f"{path}: {change.doubt or 'the decorators of a class'}")
            if any(may_decide_settings(module) for module in (change.old, change.new)):
                raise UnsureError(f"{path}: a settings module")
        if known.configured:
            raise UnsureError("clients that are configured by calls")

    def _find_concerned(self) -> None:
        mentions = self._mentions
        for path, change in self._changes.items():
            mentions.functions |= change.followed
            mentions.modules.add(change.new)
            mentions.add(self._names(path, change), change.heirs)
        mentions.functions |= {outermost(each.original) for each in self._concerned_by_classes()}
        new = self._interpreter.request_types
        old = {function: type_ for left in self._left.values() for function, type_ in left.requests.items()}
        asked = {function for function in new.keys() | old.keys() if new.get(function) != old.get(function)}
        answering = {function for left in self._left.values() for function in left.answering}
        asked |= self._interpreter.answering ^ answering
        mentions.functions |= {outermost(function.original) for function in asked}

    def _names(self, path: str, change: Change) -> set[str]:
        """The names that mean something else by a change. What a file defines that nobody imports, nobody can say,
        unless it is a model: these are found by what they are called."""
        by_path, hierarchy = self._interpreter.modules.by_path, self._interpreter.hierarchy
        models = filter(hierarchy.is_model, change.fresh)
        found = {name for symbol in models for name in newcomers.accessors(self._interpreter, symbol)}
        is_new, is_gone = self._before.files[path] is None, path not in by_path
        if is_new and not self._takers.get(path):
            return found
        if is_new or is_gone:
            found.add(change.new.name.rpartition(".")[2])
        return found | change.names

    def _concerned_by_classes(self) -> Iterator[FunctionSymbol]:
        fresh = {each for change in self._changes.values() for each in change.fresh}

        def readers(symbol: ClassSymbol) -> Readers:
            left = self._left.get(symbol.module.source.path)
            return left.readers if left is not None else {}

        for each in newcomers.concerned(self._interpreter, fresh, readers):
            if self._is_there(each):
                yield each

    @cached_property
    def _takers(self) -> dict[str, set[str]]:
        return imported(self._interpreter.modules).takers

    def _is_there(self, function: FunctionSymbol) -> bool:
        by_path = self._interpreter.modules.by_path
        owner = function.owner
        return by_path.get(function.module.source.path) is function.module and (
            owner is None or by_path.get(owner.module.source.path) is owner.module
        )

    def _is_concerned(self, function: FunctionSymbol) -> bool:
        return outermost(function.original) in self._mentions.functions or function.owner in self._mentions.heirs

    # --------------------------------------------------------------------------------------------- what is known

    def _recall(self) -> None:
        """Take over what the earlier run knew."""
        for left in self._left.values():
            for each in left.followed:
                self._take(each, left.summary(each))
            self._take_tables(left)

    def _take_tables(self, left: FileLeft) -> None:
        interpreter = self._interpreter
        interpreter.parameter_things.update((k, v) for k, v in left.parameters.items() if self._is_there(k[0]))
        for dependency, users in left.dependencies.items():
            stay = {user for user in users if self._is_there(user) and not self._is_concerned(user)}
            if stay:
                interpreter.dependencies.setdefault(dependency, set()).update(stay)
        for key, readers in left.readers.items():
            interpreter.learning.readers_of[key] |= {each for each in readers if self._is_there(each)}
        for slot, takers in left.takers.items():
            interpreter.shelves.readers[slot] |= {each for each in takers if self._is_there(each)}
        for namer, names in left.model_namers.items():
            if self._is_there(namer) and not self._is_concerned(namer):
                interpreter.model_namers[namer] = names
        interpreter.memos |= {place for place in left.memos if place.at >= 0}

    @cached_property
    def _left(self) -> dict[str, FileLeft]:
        """What is known of each file. Raises UnsureError where it cannot be read."""
        found = {}
        for path in {**self._interpreter.modules.by_path, **self._changes}:
            kept = self._before.left(path)
            left = self._reader.file(kept) if kept is not None else None
            if left is not None:
                found[path] = left
            elif kept is not None or path not in self._before.files:
                raise UnsureError(f"{path}: nothing that can be read")
        return found

    def _take(self, followed: Followed, summary: Summary) -> None:
        interpreter = self._interpreter
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
            if len(self._times.keys() | waiting) > MOST * (len(interpreter.summaries) + len(waiting)):
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
        self._touched.update(taught_otherwise(old, new))
        if old is None:
            return set()
        users = self._users.get(function, set()) | self._asking_now(function)
        found: set[User] = set()
        if not new.gives_the_same(old):
            found |= users
        if new.variables != old.variables:
            found |= {each for each in users if isinstance(each, FunctionSymbol) and _is_inside(each, function)}
        found |= self._interpreter.shelves.readers_of_changed(old, new)
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
        callees = {function for function, _ in self._touched}
        taught = interpreter.learning.taught(all_summaries(interpreter), callees.__contains__)
        concerned = set()
        # What else they teach, they taught before, and it was not learned: a run over everything would not either.
        for key in sorted(self._touched, key=lambda each: (each[0].order, each[1])):
            things = taught.get(key)
            if known.get(key) != things:
                concerned.add(key[0])
                if things is None:
                    del known[key]
                else:
                    known[key] = things
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
