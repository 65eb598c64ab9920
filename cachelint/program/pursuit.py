"""Which functions have to be followed again after an edit: those it changes, and whoever asked one that gives something
else now."""

from __future__ import annotations

from collections.abc import Iterator

from cachelint.program.earlier import UnsureError
from cachelint.program.effects import Summary
from cachelint.program.lessons import lesson, taught_otherwise
from cachelint.program.likeness import Likeness
from cachelint.program.recalled import Recalled
from cachelint.program.symbols import FunctionSymbol

# Beyond so many functions followed again the whole program is as quick.
FUNCTIONS = 80
# How often functions are followed for what turned out about calls of them.
ROUNDS = 4


class Pursuit:
    """Follows functions again. `found` is what each did before (None for one that is new) and does now."""

    def __init__(self, recalled: Recalled) -> None:
        self._recalled, self._interpreter = recalled, recalled.interpreter
        self._likeness = Likeness(self._interpreter.memos.__contains__)
        self.found: dict[FunctionSymbol, tuple[Summary | None, Summary]] = {}

    def follow(self, waiting: set[FunctionSymbol]) -> None:
        """Follow functions until nobody asked one that gives something else, and calls teach what they taught."""
        for _ in range(ROUNDS):
            self._follow_users(waiting)
            waiting = self._learn()
            if not waiting:
                self._note_new_variants()
                return
        raise UnsureError("what call sites teach")

    def _note_new_variants(self) -> None:
        """Special cases that the earlier run did not meet are functions of their own, and new."""
        for function in [each for each in self._interpreter.summaries if each not in self._recalled.taken]:
            self.found.setdefault(function, (None, self._interpreter.summaries[function]))

    def _follow_users(self, waiting: set[FunctionSymbol]) -> None:
        """Follow functions, and whoever asked one that gives something else."""
        met = set(waiting)
        while waiting:
            if len(self.found.keys() | waiting) > FUNCTIONS:
                raise UnsureError("too much of the project")
            for function in sorted(waiting, key=lambda each: each.order):
                self._follow_one(function)
            if self._interpreter.incomplete:
                self._follow_again()
            more = [user for function in waiting for user in self._concerned(*self.found[function])]
            waiting = {user for user in more if user not in met}
            met |= waiting

    def _follow_one(self, function: FunctionSymbol) -> None:
        self._recalled.left(function.module)
        old = self.found[function][0] if function in self.found else self._recalled.then(function)
        if function in self.found or function in self._recalled.taken:
            self._interpreter.summaries.pop(function, None)
        self._recalled.taken.add(function)
        self.found[function] = old, self._interpreter.summary(function)

    def _follow_again(self) -> None:
        """Follow circles of calls once more, as a whole run does."""
        if not self._interpreter.incomplete <= self.found.keys():
            raise UnsureError("a circle of calls")
        self._interpreter.follow_again()
        for function, (old, _) in self.found.items():
            self.found[function] = old, self._interpreter.summary(function)

    # ------------------------------------------------------------------------------------------------ who asks

    def _concerned(self, old: Summary | None, new: Summary) -> Iterator[FunctionSymbol]:
        if old is None:
            if not self._recalled.known.taken.isdisjoint(new.kept):
                raise UnsureError("what a function leaves for others")
            return
        function = new.function
        assert function is not None
        if self._leaves_otherwise(old, new):
            raise UnsureError("what a function leaves for others")
        yield from self._readers(old, new)
        if new.gives_the_same(old):
            return
        recalled = self._recalled
        for path in recalled.left(function.module).asked_from.get(recalled.index(function.original), ()):
            for each in recalled.left(self._interpreter.modules.by_path[path]).followed:
                if function in each.asked:
                    if each.function is None:
                        raise UnsureError("what a file does by itself")
                    yield each.function

    def _leaves_otherwise(self, old: Summary, new: Summary) -> bool:
        """Whether a function keeps something else where others take it from, or asks its bases for something else."""
        slots = self._recalled.known.taken & {*old.kept, *new.kept}
        then, now = ({slot: each.kept.get(slot) for slot in slots} for each in (old, new))
        return not self._likeness.alike((then, old.asked_bases), (now, new.asked_bases))

    def _readers(self, old: Summary, new: Summary) -> Iterator[FunctionSymbol]:
        """Who asks what a function leaves on its object, where that is something else."""
        function = new.function
        names = {n for n in (*old.attributes, *new.attributes) if old.attributes.get(n) != new.attributes.get(n)}
        if not names or function is None or function.owner is None:
            return
        self._interpreter.instance_values.clear()
        for heir in (function.owner, *self._interpreter.hierarchy.subclasses(function.owner)):
            for (_, name), readers in self._recalled.left(heir.module).readers.items():
                yield from (each for each in readers if name in names and self._recalled.is_there(each))

    # ------------------------------------------------------------------------------------------------ lessons

    def _learn(self) -> set[FunctionSymbol]:
        """Note what calls teach now; the functions that this concerns."""
        concerned = set()
        keys = {key for old, new in self.found.values() for key in taught_otherwise(old, new)}
        for key in sorted(keys, key=lambda each: (each[0].order, each[1])):
            if self._interpreter.learning.is_open(*key):
                self._recalled.left(key[0].module)
                things = lesson(self._recalled, self.found, key)
                if things is None:
                    raise UnsureError("what call sites teach")
                if things != self._interpreter.parameter_things.get(key, ()):
                    self._interpreter.parameter_things[key] = things
                    concerned.add(key[0])
        if concerned:
            self._interpreter.applied.clear()
            self._interpreter.instance_values.clear()
        return concerned
