"""Follows code on demand: what a name means, what a function does, what an attribute is. Results are kept.

Everything is lazy: asking for the summary of a function follows its body once, asking in turn for what it calls. A
cycle is answered with what is known so far; functions that met such an answer are followed again at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import bodies, statements
from cachelint.program.asking import Asking
from cachelint.program.catalogue import Catalogue
from cachelint.program.effects import Summary
from cachelint.program.expressions import EVALUATORS
from cachelint.program.frame import Frame
from cachelint.program.hierarchy import Hierarchy
from cachelint.program.learning import Learning
from cachelint.program.modules import Modules
from cachelint.program.names import Names
from cachelint.program.shelves import Shelves
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import (
    Decorator,
    External,
    Instance,
    Origin,
    Place,
    Thing,
    Value,
)
from cachelint.program.variants import Variants

if TYPE_CHECKING:
    from cachelint.program.decorators import Applied
    from cachelint.program.mounts import Routes

# Calls are followed so deep at once; what lies deeper counts as a cycle until it has been followed by itself.
DEEPEST = 500


class Interpreter:
    """The memory of an analysis: what has been asked so far, and the answers.

    What following a function leaves here, and not in its summary, has to be in `kept.Known` as well: a later run takes
    it over from there.
    """

    def __init__(self, modules: Modules, catalogue: Catalogue) -> None:
        self.modules = modules
        self.catalogue = catalogue
        modules.libraries |= {name.partition(".")[0] for name in catalogue.types}
        self.summaries: dict[FunctionSymbol, Summary] = {}
        self.module_summaries: dict[ModuleSymbol, Summary] = {}
        self.parameter_things: dict[tuple[FunctionSymbol, str], tuple[Thing, ...]] = {}
        self._running: dict[FunctionSymbol, Summary] = {}
        self.incomplete: set[FunctionSymbol] = set()
        self.too_deep: dict[FunctionSymbol, Place] = {}
        self.attribute_writers: dict[ClassSymbol, dict[str, list[FunctionSymbol]]] = {}
        self.instance_values: dict[tuple[ClassSymbol, str], Value] = {}
        self.applied: dict[FunctionSymbol | ClassSymbol, list[Applied]] = {}
        self.dialects = {row.name: row for row in catalogue.dialects}
        self.request_types: dict[FunctionSymbol, str] = {}
        self.answering: set[FunctionSymbol] = set()
        self.configured: dict[str, dict[str, object]] = {}
        self.class_layers: dict[ClassSymbol, tuple[Decorator, ...]] = {}
        self.revealed: list[tuple[Place, Value]] | None = None
        self.tracks_loaders = False
        # What is injected into whose parameters: a function that a framework calls, and the functions that ask for it.
        self.dependencies: dict[FunctionSymbol, set[FunctionSymbol]] = {}
        self.related: dict[tuple[ClassSymbol, str], Value] | None = None
        self.routes: Routes | None = None
        # Functions that look a model up by the names in these parameters.
        self.model_namers: dict[FunctionSymbol, tuple[str, ...]] = {}
        # Where tests ask whether something kept for the whole process is there yet.
        self.memos: set[Place] = set()
        self.asking = Asking()
        # Functions that what the top levels of modules do may have been worked out too early for.
        self.followed_again: set[FunctionSymbol] = set()
        # Takes over what an earlier run left of a function or a file's top level, where not all of it is read at once.
        self.recall: Callable[[FunctionSymbol | ModuleSymbol], object] | None = None
        self.variants = Variants(self)
        self.names = Names(self)
        self.hierarchy = Hierarchy(self)
        self.learning = Learning(self)
        self.shelves = Shelves(self, catalogue)
        self.evaluators = EVALUATORS
        self.run = statements.run
        self.lambda_scopes: dict[FunctionSymbol, dict[str, Value]] = {}

    # ------------------------------------------------------------------------------------------- functions

    def functions(self) -> Iterator[FunctionSymbol]:
        """Every function of the project, then the special cases of them that were met so far."""
        for module in self.modules:
            yield from module.functions
        yield from self.variants

    def summary(self, function: FunctionSymbol) -> Summary:
        """What a function does. Inside a cycle: what is known of it so far."""
        self.asking.note(function)
        if function in self.summaries:
            return self.summaries[function]
        if function in self._running:
            self.incomplete.update(self._running)
            return self._running[function]
        if self.recall is not None:
            self.recall(function)
            if function in self.summaries:
                return self.summaries[function]
        if len(self._running) >= DEEPEST:
            self.incomplete.update(self._running)
            return Summary(function, function.module)
        return self._follow(function)

    def _follow(self, function: FunctionSymbol) -> Summary:
        summary = Summary(function, function.module)
        self._running[function] = summary
        if function in self.asking.asked:
            self.followed_again.add(function)
        self.asking.begin()
        try:
            bodies.follow(self, function, summary)
        except RecursionError:
            if len(self._running) > 1:
                raise
            summary = Summary(function, function.module)
            self.too_deep[function] = Place(function.module.source.path, function.facts.at, function.facts.at)
        finally:
            self.asking.end(function)
            del self._running[function]
        self.summaries[function] = summary
        return summary

    def forget_all(self) -> None:
        """Drop every conclusion about functions, and made of them, before something they all depend on changes."""
        self.summaries.clear()
        self.incomplete.clear()
        self.instance_values.clear()
        self.module_summaries = {m: summary for m, summary in self.module_summaries.items() if not self.asking.asked[m]}
        self.shelves.forget()

    def forget_modules(self) -> None:
        """Drop what was concluded about modules that asked functions which were followed again since."""
        stale = [m for m in self.module_summaries if not self.followed_again.isdisjoint(self.asking.asked.get(m, ()))]
        for module in stale:
            del self.module_summaries[module]
        self.followed_again.clear()

    def scope(self, function: FunctionSymbol) -> dict[str, Value]:
        """The variables of a function as nested functions see them."""
        if function in self._running:
            self.asking.note(function)
            return self._running[function].variables
        return self.summary(function).variables

    def follow_again(self) -> None:
        """Follow the functions once more that met an unfinished answer in a call cycle."""
        unfinished, self.incomplete = (
            sorted(self.incomplete, key=lambda function: function.order),
            set(),
        )
        self.instance_values.clear()
        for function in unfinished:
            self._follow(function)
        self.incomplete = set()

    def module_summary(self, module: ModuleSymbol) -> Summary:
        """What the top level of a module does."""
        if module not in self.module_summaries and self.recall is not None:
            self.recall(module)
        if module not in self.module_summaries:
            summary = self.module_summaries[module] = Summary(None, module)
            frame = Frame(self, module, None, summary)
            frame.top_level = True
            self.asking.begin()
            try:
                statements.run(frame, module.facts.body)
            finally:
                self.asking.end(module)
        return self.module_summaries[module]

    # ------------------------------------------------------------------------------------------- parameters

    def parameter(self, function: FunctionSymbol, parameter: facts.Parameter) -> Value:
        """What a parameter is on entry: by annotation, by its default, by what the call sites were seen to pass."""
        place = Place(function.module.source.path, parameter.at, parameter.end)
        origin = Origin("parameter", (function, parameter.name), parameter.name, place)
        things = self._parameter_things(function, parameter)
        return Value(things=things, origins=frozenset((origin,)))

    def _parameter_things(self, function: FunctionSymbol, parameter: facts.Parameter) -> tuple[Thing, ...]:
        if parameter.annotation is not None:
            value = self._outside(function).annotated(parameter.annotation)
            if value.things:
                return value.things
        request = self.request_types.get(function)
        if request and parameter is request_parameter(function):
            return (Instance(request),)
        seen = self.parameter_things.get((function, parameter.name), ())
        if parameter.default is not None and not seen:
            value = self._outside(function).evaluate(parameter.default)
            return tuple(t for t in value.things if isinstance(t, (Instance, External)))
        return seen

    def _outside(self, function: FunctionSymbol) -> Frame:
        """A frame where the annotations and defaults of a function are looked up."""
        frame = Frame(self, function.module, None, Summary(None, function.module))
        frame.closure_of(function.parent)
        frame.class_ = function.owner
        return frame

    def scratch(self, module: ModuleSymbol) -> Summary:
        """A summary to record what need not be kept."""
        return Summary(None, module)

    def setting(self, name: str) -> str:
        """The text that some module of the project gives to a setting, "" when none does."""
        for module in self.modules:
            for _, expression in module.bindings[name].assigned if name in module.bindings else ():
                if isinstance(expression, facts.Constant) and isinstance(expression.value, str):
                    return expression.value
        return ""

    def place(self, module: ModuleSymbol, node: facts.Node) -> Place:
        return Place(module.source.path, node.at, node.end)


def request_parameter(function: FunctionSymbol) -> facts.Parameter | None:
    """The first parameter after self."""
    parameters = function.facts.parameters
    start = 1 if function.owner is not None else 0
    return parameters[start] if len(parameters) > start else None
