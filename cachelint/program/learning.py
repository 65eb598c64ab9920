"""What the call sites teach about parameters, until nothing new is learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program.annotations import SILENT
from cachelint.program.effects import CallEdge, Summary
from cachelint.program.frame import Frame
from cachelint.program.substitution import substitute
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import (
    External,
    Instance,
    Thing,
    Value,
    join,
)

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

Users = dict[FunctionSymbol, set[FunctionSymbol]]
# How often one function is followed again for what was learned of others.
TIMES = 2


class Learning:
    """Follows functions again when something they depend on turns out to be something else."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.readers_of: dict[tuple[ClassSymbol, str], set[FunctionSymbol]] = defaultdict(set)
        # Members that code outside of functions asks for.
        self.read_outside: set[tuple[ClassSymbol, str]] = set()

    def learn_parameters(self, summaries: list[Summary]) -> bool:
        """Note what call sites pass to unannotated parameters; follow the functions this concerns anew. True if any."""
        concerned = set()
        for key, things in self.taught(summaries, lambda function: True).items():
            if self.interpreter.parameter_things.get(key) != things:
                self.interpreter.parameter_things[key] = things
                concerned.add(key[0])
        if concerned:
            self._follow_anew(concerned)
        return bool(concerned)

    def taught(
        self, summaries: list[Summary], may_learn: Callable[[FunctionSymbol], bool]
    ) -> dict[tuple[FunctionSymbol, str], tuple[Thing, ...]]:
        """What call sites pass to parameters of which nothing else says what they are."""
        seen: dict[tuple[FunctionSymbol, str], list[Value]] = defaultdict(list)
        for summary in summaries:
            for edge in summary.calls:
                given = [(name, value) for name, value in edge.arguments.items() if value.things]
                for name, value in given:
                    if name not in ("self", "cls") and may_learn(edge.callee):
                        seen[edge.callee, name].append(value)
        found = {}
        for (function, name), values in seen.items():
            things: tuple[Thing, ...] = tuple(t for t in join(values).things if isinstance(t, Instance))
            # A function for rows of any model is about none of them.
            is_clear = len({t.of for t in things if isinstance(t, Instance)}) <= 1
            if things and is_clear and self.is_open(function, name):
                found[function, name] = things
        return found

    def is_open(self, function: FunctionSymbol, name: str) -> bool:
        """Whether nothing but the call sites says what a parameter is."""
        for parameter in function.facts.parameters:
            if parameter.name == name and parameter.kind in ("plain", "positional", "keyword"):
                return parameter.annotation is None or self._says_nothing(function, parameter.annotation)
        return False

    def _says_nothing(self, function: FunctionSymbol, annotation: facts.Expression) -> bool:
        """`Any`, `object`: an annotation that leaves everything open."""
        if not isinstance(annotation, (facts.Name, facts.Attribute)):
            return False
        value = Frame(self.interpreter, function.module, None, Summary(None, function.module)).evaluate(annotation)
        return any(isinstance(each, External) and each.name in SILENT for each in value.things)

    def _follow_anew(self, functions: set[FunctionSymbol]) -> None:
        """Follow these functions again, and whoever uses one that then turns out to be something else."""
        self.interpreter.followed_again |= functions
        self.interpreter.forget_modules()
        self.interpreter.applied.clear()
        callers, inner = self._users()
        times: dict[FunctionSymbol, int] = defaultdict(int)
        waiting = functions
        while waiting:
            self.interpreter.instance_values.clear()
            self.interpreter.shelves.forget()
            before = {
                function: self.interpreter.summaries.pop(function)
                for function in waiting
                if function in self.interpreter.summaries
            }
            waiting = set()
            for function in sorted(before, key=lambda f: f.order):
                old, new = before[function], self.interpreter.summary(function)
                if not new.gives_the_same(old):
                    # Whoever is followed in this round, too, has seen it already, or waits for the end of a cycle.
                    asking = callers[function] - before.keys()
                    waiting |= {caller for caller in asking if self._gets_another(caller, old, new)}
                waiting |= set() if new.variables == old.variables else inner[function]
                waiting |= self.readers_of_changed(function, old, new)
                waiting |= self.interpreter.shelves.readers_of_changed(old, new)
                times[function] += 1
            for function in before:
                for edge in self.interpreter.summaries[function].calls:
                    callers[edge.callee].add(function)
            waiting = {function for function in waiting if times[function] < TIMES}
        self.interpreter.forget_modules()

    def _gets_another(self, caller: FunctionSymbol, old: Summary, new: Summary) -> bool:
        """Whether a caller sees that a function gives something else: not if all that differs is told by arguments."""
        summary, function = self.interpreter.summaries.get(caller), new.function
        if summary is None or function is None or not new.gives_the_same(replace(old, returns=new.returns)):
            return True
        # Into whom a framework injects it sees it as it is.
        is_injected = caller in self.interpreter.dependencies.get(function, ())
        return is_injected or any(_gives_another(each, old, new) for each in summary.calls if each.callee is function)

    def note_reader(self, symbol: ClassSymbol, name: str, frame: Frame) -> None:
        """Remember who asks for a member of a class, or of an object of it."""
        if frame.function is None or not self.interpreter._running:
            self.read_outside.add((symbol, name))
        else:
            self.readers_of[symbol, name].add(next(reversed(self.interpreter._running)))

    def readers_of_changed(self, writer: FunctionSymbol, old: Summary, new: Summary) -> set[FunctionSymbol]:
        """Who asked for an attribute that a method now sets to something else."""
        names = {name for name in {**old.attributes, **new.attributes} if _differs(name, old, new)}
        owner = writer.owner
        heirs = [owner, *self.interpreter.hierarchy.subclasses(owner)] if names and owner is not None else []
        return {reader for heir in heirs for name in names for reader in self.readers_of.get((heir, name), ())}

    def _users(self) -> tuple[Users, Users]:
        """Who calls a function, and which functions are defined in it, which see its variables."""
        callers: Users = defaultdict(set)
        inner: Users = defaultdict(set)
        for function, summary in self.interpreter.summaries.items():
            for edge in summary.calls:
                callers[edge.callee].add(function)
            if function.parent is not None:
                inner[function.parent].add(function)
        return callers, inner


def _gives_another(edge: CallEdge, old: Summary, new: Summary) -> bool:
    before, now = (substitute(each.returns, edge.callee, edge.arguments) for each in (old, new))
    return before != now


def _differs(attribute: str, old: Summary, new: Summary) -> bool:
    return old.attributes.get(attribute) != new.attributes.get(attribute)
