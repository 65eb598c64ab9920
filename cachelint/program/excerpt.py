"""A part of a program, around the functions that an edit changes: what they lead to and what leads to them.

Everything else is as an earlier run left it, and of that only what is asked for is read. A program like this answers
the questions of rules about its own handlers and cache calls as the whole one would; it has no others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from cachelint.program import newcomers
from cachelint.program.appearances import look_alike, look_at_hooks
from cachelint.program.askers import Askers
from cachelint.program.changes import Change, outermost
from cachelint.program.concern import Concern
from cachelint.program.configured import may_configure
from cachelint.program.decorators import applied
from cachelint.program.differences import (
    Differences,
    does_nothing,
    is_other,
    is_plain,
    look_at_builder,
    look_at_gone_class,
    look_at_marks,
)
from cachelint.program.earlier import Before, UnsureError
from cachelint.program.effects import Event, Summary
from cachelint.program.habits import GROWN
from cachelint.program.heads import Head, finished, heads, type_request
from cachelint.program.likeness import Likeness
from cachelint.program.partial import PartialGraph
from cachelint.program.pursuit import Pursuit
from cachelint.program.recalled import NOTHING, Recalled
from cachelint.program.routing import NewRoutes
from cachelint.program.sayers import Sayers, functions_of
from cachelint.program.serving import NewMethods
from cachelint.program.symbols import FunctionSymbol, ModuleSymbol
from cachelint.vocabulary import CacheWrite

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# In a project that uses caches in fewer files, an edit may bring the first use of one, or take the last one.
FEW_CACHED = 2
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
        self.recalled = Recalled(interpreter, before)
        self._changes = self.recalled.changes
        self._pursuit = Pursuit(self.recalled)
        self.found = self._pursuit.found
        self._heads: dict[FunctionSymbol, Head] = {}
        # What the top levels of files did that were followed again, and what they do.
        self.top_levels: dict[ModuleSymbol, tuple[Summary, Summary]] = {}
        self.likeness = Likeness(interpreter.memos.__contains__)
        self.matters = False
        # Whether the change may only bring what is said of uses of caches in the functions that it changes; whether all
        # ways by which functions were reached are still there; whether no entry gets out of step with its rows by it.
        self.only_uses_more_caches = self.loses_no_way = self.keeps_step = False
        # Whether what functions are called by may be another thing for them though the calls are the same.
        self._is_seen_from_below = True
        self.graph = PartialGraph(self.recalled, self.found, self._heads)
        self.known = self.recalled.known

    @property
    def serves_otherwise(self) -> bool:
        """Whether decorators make something else of a function than they did."""
        return bool(self._heads)

    @property
    def touched(self) -> tuple[list[FunctionSymbol], list[FunctionSymbol]]:
        """The functions that are not what they were: as they were, and as they are now."""
        return self.recalled.touched()

    def followed_alike(self) -> Iterator[FunctionSymbol]:
        """The functions that were followed again and are written as they were."""
        return (function for function in self.found if not self.recalled.is_changed(function))

    # ------------------------------------------------------------------------------------------------ following

    def follow(self) -> list[Summary]:
        """What the changed functions do now, and whoever asked one that gives something else, or says a name that means
        something else."""
        self._routes = {path: NewRoutes(self.recalled, change) for path, change in self._changes.items()}
        for path, change in self._changes.items():
            self._look_for_doubt(path, change)
        self._served = {path: NewMethods(self.recalled, change) for path, change in self._changes.items()}
        sayers = self._sayers()
        for path, change in self._changes.items():
            self.recalled.left(change.new)
            served = self._served[path]
            self.graph.rank(served.ranks)
            self._heads.update((head.function, head) for head in heads(self.interpreter, change, served.handlers))
            self._add_routed(self._routes[path])
        changed = {function for change in self._changes.values() for function in change.followed}
        changed |= {function for routes in self._routes.values() for function in routes.followed}
        self._pursuit.follow({*changed, *self._variants({outermost(each) for each in changed}), *sayers})
        if self.interpreter.configured:
            raise UnsureError("clients that are configured by calls")
        # The special cases of a function have its decorators as well.
        special = [function for function in self.found if function.original in self._heads]
        self._heads.update({function: Head(function) for function in special if function not in self._heads})
        self._heads.update({function: finished(self.interpreter, head) for function, head in self._heads.items()})
        if self._is_habit_open() and any(head.caches for head in self._heads.values()):
            raise UnsureError("the first use of a cache, or the last")
        self._compare()
        if self.matters or self._also:
            self.look_around(self._also)
        return [new for _, new in self.found.values()]

    def _add_routed(self, routes: NewRoutes) -> None:
        """Have functions serve requests by routes that were not there."""
        if any(function in self._heads for function in routes.handlers):
            raise UnsureError("a handler that is registered twice")
        self.graph.rank(routes.ranks)
        self.graph.add_events(routes.events)
        for function, handler in routes.handlers.items():
            if function.index < 0:  # It stands for a method of a library, and has no code.
                nothing = Summary(function, function.module)
                self.found[function] = nothing, nothing
            type_request(self.interpreter, handler, applied(self.interpreter, function))
            self._heads[function] = Head(function, (handler,), is_all=True)

    def _compare(self) -> None:
        """Note whether anything is done otherwise, and for whom that can matter."""
        found = Differences(self.likeness, self.leads_nowhere, self._is_habit_open())
        is_alike = self._look_alike()
        for old, new in (*self.found.values(), *self.recalled.gone()):
            found.look(old, new)
            if new.function is None or new.function.home not in self.recalled.fresh:
                look_at_builder(self.interpreter, old, new)
        self.matters = bool(self._heads) or not is_alike or found.is_any
        self.only_uses_more_caches = not self._heads and is_alike and found.only_uses_more_caches
        self.loses_no_way = not self._heads and not found.lost
        self._differences = found
        is_served_alike = all(map(self._is_new, self._heads))
        self._is_seen_from_below = not (is_alike and is_served_alike and found.is_seen_where_it_is)
        self.keeps_step = self.concern().keeps_step

    def _is_new(self, function: FunctionSymbol) -> bool:
        return function in self.found and self.found[function][0] is None

    def leads_nowhere(self, function: FunctionSymbol) -> bool:
        """Whether nothing that rules ask of is done in a function and whatever it calls: of a new one, in itself, as
        its calls are differences of their own."""
        if self.interpreter.tracks_loaders:
            return False  # What a policy says of data may be about the code of any function on the way.
        return self._is_quiet(function)

    def _is_quiet(self, function: FunctionSymbol) -> bool:
        index = self.recalled.index(function.original)
        if index >= 0:
            return index in self.recalled.left(function.module).quiet
        new = self.found.get(function)
        return new is not None and not (new[1].events or new[1].invocations)

    def _is_habit_open(self) -> bool:
        """Whether one use of a cache more, or less, may decide whether the project has any."""
        is_grown = self.known.handlers > GROWN
        return self.known.keeps_nothing or (is_grown and len(self.known.cached_in) < FEW_CACHED)

    def _look_alike(self) -> bool:
        """Whether code that rules read themselves is as it was."""
        units = ((change, each) for change in self._changes.values() for each in change.followed)
        checks = self.interpreter.catalogue.checks
        differing = [function for change, function in units if not look_alike(change, function, checks)]
        return not differing

    def _sayers(self) -> set[FunctionSymbol]:
        sayers = Sayers(self.interpreter.modules, self.recalled.before.texts, self._changes, self.recalled.takers)
        for change in self._changes.values():
            sayers.look(change, self._routes[change.new.source.path].lists)
            is_new = self.recalled.is_new(change.new.source.path)
            if not is_new and (change.marked or not all(map(does_nothing, change.loose))):
                sayers.top_levels.add(change.new)
        for module in sorted(sayers.top_levels, key=lambda each: each.source.path):
            self.look_at_top_level(module)
        askers = Askers(self.recalled)
        for path, change in self._changes.items():
            askers.look(change, self._served[path])
        units = sayers.functions | askers.functions | {outermost(f.original) for f in newcomers.askers(self.recalled)}
        return {*functions_of(units), *self._variants(units)}

    def _variants(self, units: set[FunctionSymbol]) -> Iterator[FunctionSymbol]:
        """The special cases of functions that the earlier run met."""
        for module in {unit.module for unit in units}:
            for each in self.recalled.left(module).followed:
                function = each.function
                if function is not None and outermost(function.original) in units:
                    yield function

    def look_at_top_level(self, module: ModuleSymbol) -> None:
        """Raise when the top level of a file does something else than it did."""
        self.recalled.left(module)
        old = self.recalled.then(module)
        self.recalled.taken.add(module)
        self.interpreter.module_summaries.pop(module, None)
        new = self.interpreter.module_summary(module)
        routes = self._routes.get(module.source.path)
        is_same = old is not None and (routes.is_all(old, new) if routes and routes.made else not is_other(old, new))
        if old is None or not is_same:
            raise UnsureError("what a file does by itself")
        self.top_levels[module] = old, new

    def look_around(self, names: Collection[Name] = (), fully: bool = False) -> None:
        """See what leads to the functions followed again, and to those with these names, and what they lead to; with
        `fully` also where the change cannot matter."""
        if fully:
            self.only_uses_more_caches = self.loses_no_way = self.keeps_step = False
            self._is_seen_from_below = True
        for function in self._named(names):
            if function not in self.found:
                same = self.interpreter.summary(function)
                self.found[function] = same, same
        self.matters = True
        self.graph.look_around()

    def _named(self, names: Collection[Name]) -> Iterator[FunctionSymbol]:
        for path in sorted({path for path, _ in names}):
            module = self.interpreter.modules.by_path.get(path)
            left = self.recalled.left(module) if module is not None else NOTHING
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

    def events(self) -> list[Event]:
        """What is done in the functions that the change can matter to."""
        return self.graph.events(self._led_to_otherwise(), self.only_uses_more_caches)

    def _led_to_otherwise(self) -> Collection[FunctionSymbol]:
        """The functions to which, and to all that these lead to, the change may be a difference as their caller."""
        if self._is_seen_from_below:
            return self.found
        return self.concern().called

    def all_events(self) -> list[Event]:
        """What is done in all files that use caches, and in those that have been read."""
        return self.graph.all_events(sorted({*self.known.cached_in, *self._changes}))

    def concern(self) -> Concern:
        """What the change, and the functions looked around, may have to do with entries and their rows."""
        serves_otherwise = not all(map(self._is_new, self._heads))
        return Concern(self.recalled, self.graph, self.found, self._differences, self._is_quiet, serves_otherwise)

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
        is_new = self.recalled.is_new(path)
        if (change.doubt and not is_new) or may_configure(self.interpreter, change, self.settings()):
            raise UnsureError(f"{path}: {change.doubt or 'settings'}")
        if path not in self.interpreter.modules.by_path:
            raise UnsureError(f"{path}: a file that goes")
        self._look_at_classes(change)
        look_at_hooks(change)
        if not all(map(is_plain, change.loose)):
            raise UnsureError("what a file does by itself")
        if is_new:
            newcomers.look_at_file(self.recalled, change)
        if self._patterns and change.followed - set(change.functions.values()):
            raise UnsureError("a function that may serve requests")

    def _look_at_classes(self, change: Change) -> None:
        """Raise where classes or their members are said by nobody and asked for all the same: by frameworks, by
        Python."""
        for symbol in change.old.classes:
            if symbol not in change.classes:
                look_at_gone_class(self.interpreter, symbol)
        for old, new in change.classes.items():
            if new in change.marked:
                look_at_marks(self.interpreter, new, old)
        newcomers.look_at_imports(self.recalled, change, self._routes[change.new.source.path].views)
