"""What an edit may have to do with entries of caches and the rows they are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

from cachelint.program.demands import TOP_LEVEL, Kept, Where
from cachelint.program.differences import Differences
from cachelint.program.effects import CallEdge, Event
from cachelint.program.lessons import Found
from cachelint.program.partial import PartialGraph
from cachelint.program.recalled import Recalled
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Value
from cachelint.vocabulary import CacheCount, CacheDelete, CacheRead, CacheWrite, DbRead, DbWrite

DROPS = (CacheCount, CacheDelete, CacheWrite)
# So many functions hand a key on.
STEPS = 3
IsQuiet = Callable[[FunctionSymbol], bool]


class Concern:
    """The look at an edit that `demands.Demands` asks for. `found` are the functions followed again or looked around,
    `is_quiet` tells of a function that nothing is done with libraries in it and whatever it calls, `serves_otherwise`
    whether a function that was there before serves other requests."""

    def __init__(
        self,
        recalled: Recalled,
        graph: PartialGraph,
        found: Found,
        differences: Differences,
        is_quiet: IsQuiet,
        serves_otherwise: bool,
    ) -> None:
        self._recalled, self._graph, self._found = recalled, graph, found
        self._differences, self._is_quiet, self._serves_otherwise = differences, is_quiet, serves_otherwise

    @property
    def index(self) -> Mapping[str, Kept]:
        """What a whole run left, by the words of data."""
        return self._recalled.known.demanded

    @property
    def looked(self) -> Collection[FunctionSymbol]:
        """The functions that the look is about."""
        return self._found

    @cached_property
    def changes_calls(self) -> bool:
        """Whether calls come or go that lead to anything, or what they lead to is begun by somebody else."""
        return self._serves_otherwise or bool(self._loud(*self._differences.lost, *self._differences.won))

    @property
    def keeps_step(self) -> bool:
        """Whether no entry can get out of step with its rows."""
        more = self._differences.more
        is_read = all(isinstance(each.row, (DbRead, CacheRead)) for each in more)
        if self._differences.gone or not is_read or self.changes_calls or self._loud(*self._differences.said):
            return False
        # Where rows are read, what lies in a cache is a copy of them.
        return not (self._recalled.known.keeps_objects and any(isinstance(each.row, DbRead) for each in more))

    @cached_property
    def around(self) -> list[Event]:
        """What is done where the edit can make something else of uses of caches: beside what is looked at, in what is
        called with something else, and where rows may now be read for it."""
        modules = {function.module for function in self._found} | {c.new for c in self._recalled.changes.values()}
        functions = {each for module in modules for each in module.functions} | {*self._found, *self.called}
        events = self.in_functions(functions)
        return [*events, *(event for event in self.in_functions([None]) if event.module in modules)]

    @cached_property
    def places(self) -> set[Where]:
        """Where in the earlier run all of this was."""
        found: set[Where] = set()
        for path, change in self._recalled.changes.items():
            found |= {(path, TOP_LEVEL), *((path, each.index) for each in change.old.functions)}
        for function in (*self._found, *self.called):
            index = self._recalled.index(function.original)
            if index >= 0:
                found.add((function.module.source.path, index))
        return found

    @cached_property
    def called(self) -> set[FunctionSymbol]:
        """The functions that are called otherwise than they were, with all that these lead to."""
        differences = self._differences
        starts = [edge.callee for edge in self._loud(*differences.lost, *differences.won, *differences.said)]
        if self._recalled.known.keeps_objects and any(
            isinstance(each.row, (DbRead, DbWrite)) for each in (*differences.gone, *differences.more)
        ):
            starts += self._found
        return self._graph.reached_from(starts)

    @property
    def drops_less(self) -> bool:
        """Whether some entries may not be dropped or written any more that were, wherever they are filled."""
        differences = self._differences
        calls = (*differences.lost, *differences.said)
        return any(isinstance(each.row, DROPS) for each in differences.gone) or any(
            self._is_told_keys(edge.callee, STEPS) for edge in calls
        )

    def _is_told_keys(self, function: FunctionSymbol, steps: int) -> bool:
        """Whether a function drops or writes entries under keys that its callers make."""
        events = (each for each in self.in_functions([function]) if isinstance(each.row, DROPS))
        if any(_is_given(each.key) for each in events):
            return True
        edges = self._graph.tables.callees.get(function, ()) if steps else ()
        return any(self._is_told_keys(e.callee, steps - 1) for e in edges if any(map(_is_given, e.arguments.values())))

    def _loud(self, *edges: CallEdge) -> list[CallEdge]:
        return [edge for edge in edges if not self._is_quiet(edge.callee)]

    def in_files(self, paths: Iterable[str]) -> list[Event]:
        """What is done in these files, and in all that have been read."""
        return self._graph.all_events(sorted(paths))

    def in_functions(self, functions: Iterable[FunctionSymbol | None]) -> list[Event]:
        """What is done in these functions; None stands for the top level of all files that have been read."""
        return [event for function in functions for event in self._graph.tables.events.get(function, ()) or ()]


def _is_given(value: Value | None) -> bool:
    """Whether callers say what something is."""
    return value is not None and any(origin.kind == "parameter" for origin in value.origins)
