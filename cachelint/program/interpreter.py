"""Follows code on demand: what a name means, what a function does, what an attribute is. Results are kept.

Everything is lazy: asking for the summary of a function follows its body once, asking in turn for what it calls. A
cycle is answered with what is known so far; functions that met such an answer are followed again at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import bodies, classes, statements
from cachelint.program.annotations import SILENT
from cachelint.program.catalogue import Catalogue
from cachelint.program.effects import Summary
from cachelint.program.expressions import EVALUATORS
from cachelint.program.frame import Frame
from cachelint.program.shelves import Shelves
from cachelint.program.symbols import Binding, ClassSymbol, FunctionSymbol, Modules, ModuleSymbol
from cachelint.program.values import (
    UNKNOWN,
    ClassRef,
    Decorator,
    External,
    FunctionRef,
    Instance,
    ModuleRef,
    Origin,
    Place,
    Thing,
    Value,
    join,
    thing,
)
from cachelint.program.variants import Variants

if TYPE_CHECKING:
    from cachelint.program.decorators import Applied
    from cachelint.program.mounts import Routes

# Longer assignment histories of one name say nothing about its type.
ASSIGNMENTS = 12
# How often one function is followed again for what was learned of others.
TIMES = 2
Users = dict[FunctionSymbol, set[FunctionSymbol]]


class Interpreter:
    """The memory of an analysis: what has been asked so far, and the answers."""

    def __init__(self, modules: Modules, catalogue: Catalogue) -> None:
        self.modules = modules
        self.catalogue = catalogue
        modules.libraries |= {name.partition(".")[0] for name in catalogue.types}
        self.summaries: dict[FunctionSymbol, Summary] = {}
        self.module_summaries: dict[ModuleSymbol, Summary] = {}
        self.parameter_things: dict[tuple[FunctionSymbol, str], tuple[Thing, ...]] = {}
        self._running: dict[FunctionSymbol, Summary] = {}
        self.incomplete: set[FunctionSymbol] = set()
        self._variables: dict[tuple[ModuleSymbol, str], Value] = {}
        self._resolving: set[tuple[ModuleSymbol, str]] = set()
        self._class_values: dict[tuple[ClassSymbol, str], Value] = {}
        self._mro: dict[ClassSymbol, tuple[ClassSymbol | str, ...]] = {}
        self._library_bases: dict[ClassSymbol, tuple[tuple[ClassSymbol | str, ...], tuple[str, ...]]] = {}
        self._subclasses: dict[ClassSymbol, list[ClassSymbol]] | None = None
        self.attribute_writers: dict[ClassSymbol, dict[str, list[FunctionSymbol]]] = {}
        self.instance_values: dict[tuple[ClassSymbol, str], Value] = {}
        self._readers: dict[tuple[ClassSymbol, str], set[FunctionSymbol]] = defaultdict(set)
        self.applied: dict[FunctionSymbol | ClassSymbol, list[Applied]] = {}
        self.dialects = {row.name: row for row in catalogue.dialects}
        self.request_types: dict[FunctionSymbol, str] = {}
        self.configured: dict[str, dict[str, object]] = {}
        self.class_layers: dict[ClassSymbol, tuple[Decorator, ...]] = {}
        self.revealed: list[tuple[Place, Value]] | None = None
        self.tracks_loaders = False
        self.dependencies: set[FunctionSymbol] = set()
        self.related: dict[tuple[ClassSymbol, str], Value] | None = None
        self._models: dict[str, list[ClassSymbol]] | None = None
        self._classes_by_name: dict[str, ClassSymbol] | None = None
        self.routes: Routes | None = None
        self.variants = Variants(self)
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
        if function in self.summaries:
            return self.summaries[function]
        if function in self._running:
            self.incomplete.update(self._running)
            return self._running[function]
        summary = Summary(function, function.module)
        self._running[function] = summary
        try:
            bodies.follow(self, function, summary)
        finally:
            del self._running[function]
        self.summaries[function] = summary
        return summary

    def learn_parameters(self, summaries: list[Summary], may_learn: Callable[[FunctionSymbol], bool]) -> bool:
        """Note what call sites pass to unannotated parameters; follow the functions this concerns anew. True if any."""
        seen: dict[tuple[FunctionSymbol, str], list[Value]] = defaultdict(list)
        for summary in summaries:
            for edge in summary.calls:
                for name, value in edge.arguments.items():
                    if value.things and name not in ("self", "cls") and may_learn(edge.callee):
                        seen[edge.callee, name].append(value)
        concerned = set()
        for (function, name), values in seen.items():
            things = tuple(t for t in join(values).things if isinstance(t, Instance))
            if len({t.of for t in things if isinstance(t, Instance)}) > 1:
                # A function for rows of any model is about none of them.
                continue
            if things and self.parameter_things.get((function, name)) != things and self._is_open(function, name):
                self.parameter_things[function, name] = things
                concerned.add(function)
        if concerned:
            self._follow_anew(concerned)
        return bool(concerned)

    def _is_open(self, function: FunctionSymbol, name: str) -> bool:
        """Whether nothing but the call sites says what a parameter is."""
        for parameter in function.facts.parameters:
            if parameter.name == name and parameter.kind in ("plain", "positional", "keyword"):
                return parameter.annotation is None or self._says_nothing(function, parameter.annotation)
        return False

    def _says_nothing(self, function: FunctionSymbol, annotation: facts.Expression) -> bool:
        """`Any`, `object`: an annotation that leaves everything open."""
        if not isinstance(annotation, (facts.Name, facts.Attribute)):
            return False
        value = Frame(self, function.module, None, Summary(None, function.module)).evaluate(annotation)
        return any(isinstance(each, External) and each.name in SILENT for each in value.things)

    def forget_all(self) -> None:
        """Drop every conclusion about functions, before something they all depend on changes."""
        self.summaries.clear()
        self.incomplete.clear()
        self.instance_values.clear()
        self.module_summaries.clear()
        self.shelves.forget()

    def _follow_anew(self, functions: set[FunctionSymbol]) -> None:
        """Follow these functions again, and whoever uses one that then turns out to be something else."""
        self.module_summaries.clear()
        self.applied.clear()
        callers, inner = self._users()
        times: dict[FunctionSymbol, int] = defaultdict(int)
        waiting = functions
        while waiting:
            self.instance_values.clear()
            self.shelves.forget()
            before = {function: self.summaries.pop(function) for function in waiting if function in self.summaries}
            waiting = set()
            for function in sorted(before, key=lambda f: f.order):
                old, new = before[function], self.summary(function)
                waiting |= set() if new.gives_the_same(old) else callers[function]
                waiting |= set() if new.variables == old.variables else inner[function]
                waiting |= self._readers_of(function, old, new)
                waiting |= set() if new.kept == old.kept else self.shelves.readers
                times[function] += 1
            for function in before:
                for edge in self.summaries[function].calls:
                    callers[edge.callee].add(function)
            waiting = {function for function in waiting if times[function] < TIMES}

    def note_reader(self, key: tuple[ClassSymbol, str]) -> None:
        """Remember which function asks what an attribute of self was set to."""
        if self._running:
            self._readers[key].add(next(reversed(self._running)))

    def readers(self) -> Iterator[tuple[FunctionSymbol, FunctionSymbol]]:
        """Pairs of a method that sets an attribute of self and a function that asked for its value."""
        for (symbol, name), readers in self._readers.items():
            for base in self.mro(symbol):
                writers = classes.writers(self, base).get(name, ()) if isinstance(base, ClassSymbol) else ()
                yield from ((writer, reader) for writer in writers for reader in readers)

    def _readers_of(self, writer: FunctionSymbol, old: Summary, new: Summary) -> set[FunctionSymbol]:
        """Who asked for an attribute that a method now sets to something else."""
        names = {name for name in {**old.attributes, **new.attributes} if _differs(name, old, new)}
        owner = writer.owner
        heirs = [owner, *self.subclasses(owner)] if names and owner is not None else []
        return {reader for heir in heirs for name in names for reader in self._readers.get((heir, name), ())}

    def _users(self) -> tuple[Users, Users]:
        """Who calls a function, and which functions are defined in it, which see its variables."""
        callers: Users = defaultdict(set)
        inner: Users = defaultdict(set)
        for function, summary in self.summaries.items():
            for edge in summary.calls:
                callers[edge.callee].add(function)
            if function.parent is not None:
                inner[function.parent].add(function)
        return callers, inner

    def scope(self, function: FunctionSymbol) -> dict[str, Value]:
        """The variables of a function as nested functions see them."""
        if function in self._running:
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
            summary = Summary(function, function.module)
            self._running[function] = summary
            try:
                bodies.follow(self, function, summary)
            finally:
                del self._running[function]
            self.summaries[function] = summary
        self.incomplete = set()

    def module_summary(self, module: ModuleSymbol) -> Summary:
        """What the top level of a module does."""
        if module not in self.module_summaries:
            summary = self.module_summaries[module] = Summary(None, module)
            frame = Frame(self, module, None, summary)
            frame.top_level = True
            statements.run(frame, module.facts.body)
        return self.module_summaries[module]

    # ----------------------------------------------------------------------------------------------- names

    def global_value(self, module: ModuleSymbol, name: str) -> Value:
        """What a top-level name of a module is; UNKNOWN when it is not defined there or only through itself."""
        key = (module, name)
        if key in self._variables:
            return self._variables[key]
        if key in self._resolving:
            return UNKNOWN
        self._resolving.add(key)
        try:
            value = self._resolve(module, name)
        finally:
            self._resolving.discard(key)
        self._variables[key] = value
        return value

    def defines(self, module: ModuleSymbol, name: str) -> bool:
        """Whether the name has a meaning at the top level of the module (star imports not counted)."""
        return name in module.bindings

    def _resolve(self, module: ModuleSymbol, name: str) -> Value:
        binding = module.bindings.get(name)
        if binding is None:
            return self._from_stars(module, name)
        found: list[Value] = []
        if binding.function is not None:
            found.append(thing(FunctionRef(binding.function)))
        if binding.class_ is not None:
            found.append(thing(ClassRef(binding.class_)))
        for statement, imported in binding.imports:
            found.append(self.imported(module, statement, imported))
        found.extend(self._assigned(module, binding))
        return join(found)

    def _assigned(self, module: ModuleSymbol, binding: Binding) -> Iterator[Value]:
        frame = Frame(self, module, None, Summary(None, module))
        for statement, expression in binding.assigned[:ASSIGNMENTS]:
            value = frame.evaluate(expression)
            if not value.things and statement.annotation is not None:
                value = join([value, frame.annotated(statement.annotation)])
            yield value

    def _from_stars(self, module: ModuleSymbol, name: str) -> Value:
        found = []
        for statement, imported in module.stars:
            target = self.modules.find(module.absolute(statement, imported), module)
            if target is not None and target is not module and target.exports(name):
                found.append(self.global_value(target, name))
            elif target is None and not name.startswith("_"):
                dotted = f"{imported.module}.{name}" if statement.level == 0 else ""
                if dotted and self.knows(dotted):
                    found.append(self.external(dotted))
        return join(found)

    def knows(self, dotted: str) -> bool:
        """Whether the catalogue has something to say about a dotted name."""
        name = self.catalogue.canonical(dotted)
        return name in self.catalogue.types or name in self.catalogue.errors or bool(self.catalogue.function(name))

    def imported(self, module: ModuleSymbol, statement: facts.Import, imported: facts.ImportedName) -> Value:
        """What an imported name is: a module, a definition in the project, or something external."""
        base = module.absolute(statement, imported)
        if imported.name is None:
            target = base if imported.alias else base.partition(".")[0]
            return self.module_or_external(target, module)
        return self.member_of(base, imported.name, module)

    def module_or_external(self, name: str, seen_from: ModuleSymbol) -> Value:
        found = self.modules.find(name, seen_from)
        if found is not None:
            return thing(ModuleRef(found))
        return self.external(name)

    def member_of(self, module_name: str, name: str, seen_from: ModuleSymbol) -> Value:
        """`from module_name import name`."""
        found = self.modules.find(module_name, seen_from)
        if found is not None:
            value = self.global_value(found, name)
            # `from . import views` in a package names the submodule, although it also binds the name there.
            if value is not UNKNOWN or (name in found.bindings and not found.bindings[name].is_imported):
                return value
        submodule = self.modules.find(f"{module_name}.{name}", seen_from)
        if submodule is not None:
            return thing(ModuleRef(submodule))
        if found is not None:
            return UNKNOWN
        return self.external(f"{module_name}.{name}")

    def external(self, dotted: str) -> Value:
        """Something outside the project: a value that rows know (django.core.cache.cache), or just its name."""
        from cachelint.program.library import value_of_name

        return value_of_name(self, self.catalogue.canonical(dotted))

    # --------------------------------------------------------------------------------------------- classes

    def mro(self, symbol: ClassSymbol) -> tuple[ClassSymbol | str, ...]:
        """A class and its bases, nearest first; a library base by its type name."""
        if symbol not in self._mro:
            self._mro[symbol] = (symbol,)
            self._mro[symbol] = classes.lineage(self, symbol)
        return self._mro[symbol]

    def library_bases(self, type_: str | ClassSymbol) -> tuple[str, ...]:
        """The library types that an object of this type is."""
        if isinstance(type_, str):
            return self.catalogue.lineage(type_)
        lineage = self.mro(type_)
        known = self._library_bases.get(type_)
        if known is None or known[0] is not lineage:  # inside a cycle of bases a lineage is not final
            bases = [base for base in lineage if isinstance(base, str)]
            known = lineage, tuple(each for base in bases for each in self.catalogue.lineage(base))
            self._library_bases[type_] = known
        return known[1]

    def is_a(self, type_: str | ClassSymbol, base: str) -> bool:
        return base in self.library_bases(type_)

    def subclasses(self, symbol: ClassSymbol) -> list[ClassSymbol]:
        """The project's direct and indirect subclasses."""
        if self._subclasses is None:
            self._subclasses = defaultdict(list)
            for module in self.modules:
                for each in module.classes:
                    for base in self.mro(each)[1:]:
                        if isinstance(base, ClassSymbol):
                            self._subclasses[base].append(each)
        return self._subclasses.get(symbol, [])

    def is_model(self, type_: str | ClassSymbol | None) -> bool:
        """Whether objects of this class are rows of a database."""
        if type_ is None:
            return False
        types = self.catalogue.types
        return any(types[base].model for base in self.library_bases(type_) if base in types)

    def class_value(self, symbol: ClassSymbol, name: str) -> Value | None:
        """A class attribute or method defined in exactly this class, None when it defines none."""
        if name in symbol.methods:
            return thing(FunctionRef(symbol.methods[name]))
        key = (symbol, name)
        if key not in self._class_values:
            assigned = symbol.attributes.get(name)
            if not assigned:
                inner = symbol.nested(name)
                return thing(ClassRef(inner)) if inner else None
            self._class_values[key] = UNKNOWN
            self._class_values[key] = self._class_assigned(symbol, assigned)
        return self._class_values[key]

    def _class_assigned(self, symbol: ClassSymbol, assigned: list[facts.Assign]) -> Value:
        frame = Frame(self, symbol.module, None, Summary(None, symbol.module))
        frame.class_ = symbol
        found = []
        for statement in assigned[:ASSIGNMENTS]:
            value = frame.evaluate(statement.value) if statement.value is not None else UNKNOWN
            if not value.things and statement.annotation is not None:
                value = join([value, frame.annotated(statement.annotation)])
            found.append(value)
        return join(found)

    # ------------------------------------------------------------------------------------------- parameters

    def parameter(self, function: FunctionSymbol, parameter: facts.Parameter) -> Value:
        """What a parameter is on entry: by annotation, by its default, by what the call sites were seen to pass."""
        place = Place(function.module.source.path, parameter.at, parameter.end)
        origin = Origin("parameter", (function, parameter.name), parameter.name, place)
        things = self._parameter_things(function, parameter)
        return Value(things=things, origins=frozenset((origin,)))

    def _parameter_things(self, function: FunctionSymbol, parameter: facts.Parameter) -> tuple[Thing, ...]:
        frame = Frame(self, function.module, None, Summary(None, function.module))
        frame.closure_of(function.parent)
        frame.class_ = function.owner
        if parameter.annotation is not None:
            value = frame.annotated(parameter.annotation)
            if value.things:
                return value.things
        request = self.request_types.get(function)
        if request and parameter is request_parameter(function):
            return (Instance(request),)
        seen = self.parameter_things.get((function, parameter.name), ())
        if parameter.default is not None and not seen:
            return tuple(t for t in frame.evaluate(parameter.default).things if isinstance(t, (Instance, External)))
        return seen

    def scratch(self, module: ModuleSymbol) -> Summary:
        """A summary to record what need not be kept."""
        return Summary(None, module)

    def models_named(self, name: str) -> list[ClassSymbol]:
        """The project's mapped classes of that name, whatever the case."""
        if self._models is None:
            self._models = defaultdict(list)
            for module in self.modules:
                for symbol in module.classes:
                    if symbol.facts.bases and self.is_model(symbol):
                        self._models[symbol.facts.name.lower()].append(symbol)
        return self._models.get(name.lower(), [])

    def setting(self, name: str) -> str:
        """The text that some module of the project gives to a setting, "" when none does."""
        for module in self.modules:
            for _, expression in module.bindings[name].assigned if name in module.bindings else ():
                if isinstance(expression, facts.Constant) and isinstance(expression.value, str):
                    return expression.value
        return ""

    def alias_home(
        self, module: ModuleSymbol, name: str, seen: frozenset[tuple[ModuleSymbol, str]] = frozenset()
    ) -> tuple[ModuleSymbol, facts.Expression] | None:
        """Where a type alias that a module imports is written, and what it stands for; None for a circle of imports."""
        binding = module.bindings.get(name) if (module, name) not in seen else None
        for statement, imported in binding.imports if binding is not None else ():
            home = self.modules.find(module.absolute(statement, imported), module)
            if home is None or imported.name is None or imported.name not in home.bindings:
                continue
            target = home.bindings[imported.name]
            if target.assigned:
                return home, target.assigned[-1][1]
            return self.alias_home(home, imported.name, seen | {(module, name)})
        return None

    def error_ancestors(self, error: str) -> set[str]:
        """An exception class of the project or a library, with all its known bases; always Exception."""
        if self._classes_by_name is None:
            self._classes_by_name = {symbol.name: symbol for module in self.modules for symbol in module.classes}
        found = {"builtins.Exception", "builtins.BaseException"}
        symbol = self._classes_by_name.get(error)
        for base in self.mro(symbol) if symbol is not None else (error,):
            found |= {base.name} if isinstance(base, ClassSymbol) else self.catalogue.ancestors(base)
        return found

    def place(self, module: ModuleSymbol, node: facts.Node) -> Place:
        return Place(module.source.path, node.at, node.end)


def _differs(attribute: str, old: Summary, new: Summary) -> bool:
    return old.attributes.get(attribute) != new.attributes.get(attribute)


def request_parameter(function: FunctionSymbol) -> facts.Parameter | None:
    """The first parameter after self."""
    parameters = function.facts.parameters
    start = 1 if function.owner is not None else 0
    return parameters[start] if len(parameters) > start else None
