"""The same function as different callers see it: inherited by a class that overrides what it uses, or told by a
constant argument which of its branches runs.

A body is followed once for all callers (a summary). Where that would mix what only one of them can reach, the function
gets a symbol of its own per case: `Base.get` as `Child` inherits it calls `Child.get_queryset`, and
`load(use_cache=False)` does not read the cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.walking import nodes

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# A base of more classes than this is a framework of the project's own: its methods are followed once for all.
HEIRS = 60
# No more parameters than these are told apart: the cases would be too many.
SWITCHES = 3
Switches = tuple[tuple[str, "bool | None"], ...]


class Variants:
    """All symbols made for special cases, each once."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._made: dict[tuple[FunctionSymbol, ClassSymbol | None, Switches], FunctionSymbol] = {}
        self._own_names: dict[FunctionSymbol, frozenset[str]] = {}
        self._tested: dict[FunctionSymbol, frozenset[str]] = {}
        self._given_on: dict[FunctionSymbol, frozenset[str]] = {}
        self._depends: dict[tuple[FunctionSymbol, ClassSymbol], bool] = {}

    def __iter__(self) -> Iterator[FunctionSymbol]:
        return iter(sorted(self._made.values(), key=lambda function: function.order))

    def inherited(self, method: FunctionSymbol, heir: ClassSymbol) -> FunctionSymbol:
        """A method as a class inherits it; itself where nothing that it uses is different there."""
        home = method.home
        if home is None or home is heir or method.owner is heir:
            return method
        original = method.original
        if len(self._interpreter.hierarchy.subclasses(home)) > HEIRS or not self._differs(original, heir, set()):
            return original
        return self.variant(original, heir, ())

    def switched(self, function: FunctionSymbol, constants: Mapping[str, bool | None]) -> FunctionSymbol:
        """A function with constants for the parameters that its tests ask; itself where it asks none of them."""
        tested, handed_on = self._tests(function.original), self._hands_on(function.original)
        known = [name for name in sorted(constants) if name in tested]
        known += [name for name in sorted(constants) if name in handed_on - tested and _is_flag(constants[name])]
        # What its own tests ask comes first: flags, then what is left out.
        known.sort(key=lambda name: (name not in tested, not _is_flag(constants[name])))
        switches = tuple((name, constants[name]) for name in sorted(known[:SWITCHES]))
        if not switches:
            return function
        return self.variant(function.original, function.owner, switches)

    def variant(self, original: FunctionSymbol, owner: ClassSymbol | None, switches: Switches) -> FunctionSymbol:
        """The symbol of one special case."""
        key = (original, owner, switches)
        if key not in self._made:
            self._made[key] = original.variant(owner, switches)
        return self._made[key]

    def drop(self, variant: FunctionSymbol) -> None:
        """Forget a symbol."""
        self._made.pop((variant.original, variant.owner, variant.switches), None)

    # ------------------------------------------------------------------------------------------- inheritance

    def _differs(self, method: FunctionSymbol, heir: ClassSymbol, seen: set[FunctionSymbol]) -> bool:
        """Whether something that a method reaches through self is another thing for an heir than in its own class."""
        key = (method, heir)
        if key not in self._depends:
            if method in seen:
                return False
            seen.add(method)
            self._depends[key] = any(self._is_other(method, name, heir, seen) for name in sorted(self._uses(method)))
        return self._depends[key]

    def _is_other(self, method: FunctionSymbol, name: str, heir: ClassSymbol, seen: set[FunctionSymbol]) -> bool:
        home = method.home
        assert home is not None
        if name == "super":
            return self._after(home, home) != self._after(heir, home)
        there, here = self._definer(heir, name), self._definer(home, name)
        if there is not here:
            return True
        if there is None:
            return self._is_of_library(heir, home, name)
        inner = there.methods.get(name)
        return inner is not None and self._differs(inner, heir, seen)

    def _after(self, heir: ClassSymbol, home: ClassSymbol) -> tuple[ClassSymbol | str, ...]:
        lineage = self._interpreter.hierarchy.mro(heir)
        return lineage[lineage.index(home) + 1 :] if home in lineage else ()

    def _definer(self, symbol: ClassSymbol, name: str) -> ClassSymbol | None:
        for each in self._interpreter.hierarchy.mro(symbol):
            if isinstance(each, ClassSymbol) and (name in each.methods or name in each.attributes):
                return each
        return None

    def _is_of_library(self, heir: ClassSymbol, home: ClassSymbol, name: str) -> bool:
        """A mixin's `self.request`: only a class that mixes it into a library's view has one."""
        known = set(self._interpreter.hierarchy.library_bases(home))
        added = [base for base in self._interpreter.hierarchy.library_bases(heir) if base not in known]
        return any(self._interpreter.catalogue.member(base, name) for base in added)

    def _uses(self, method: FunctionSymbol) -> frozenset[str]:
        """The names that a method takes from self, and "super" where it asks its bases."""
        if method not in self._own_names:
            parameters = method.facts.parameters
            first = parameters[0].name if parameters else ""
            self._own_names[method] = frozenset(_taken(first, node) for node in _code(method)) - {""}
        return self._own_names[method]

    # ----------------------------------------------------------------------------------------------- switches

    def _tests(self, function: FunctionSymbol) -> frozenset[str]:
        """The parameters that tests of a function ask by themselves: `if fresh`, `if client is None`."""
        if function not in self._tested:
            names = {parameter.name for parameter in function.facts.parameters}
            asked = {name for node in nodes(function.facts.body) for name in _asked(node)}
            self._tested[function] = frozenset(names & asked)
        return self._tested[function]

    def _hands_on(self, function: FunctionSymbol) -> frozenset[str]:
        """The parameters that a function gives to what it calls, as they are."""
        if function not in self._given_on:
            names = {parameter.name for parameter in function.facts.parameters}
            arguments = (node.value for node in nodes(function.facts.body) if isinstance(node, facts.Argument))
            given = {value.id for value in arguments if isinstance(value, facts.Name)}
            self._given_on[function] = frozenset(names & given)
        return self._given_on[function]


def _is_flag(constant: bool | None) -> bool:
    return constant is not None


def _code(method: FunctionSymbol) -> Iterator[facts.Node]:
    yield from nodes(method.facts.body)
    for function in method.inner:
        yield from _code(function)


def _taken(first: str, node: facts.Node) -> str:
    if isinstance(node, facts.Attribute) and isinstance(node.value, facts.Name) and node.value.id == first:
        return node.attr
    return "super" if isinstance(node, facts.Name) and node.id == "super" else ""


def _asked(node: facts.Node) -> Iterator[str]:
    if isinstance(node, (facts.If, facts.Conditional)):
        yield from _asked_by(node.test)


def _asked_by(test: facts.Expression) -> Iterator[str]:
    if isinstance(test, facts.Name):
        yield test.id
    elif isinstance(test, facts.Not):
        yield from _asked_by(test.value)
    elif isinstance(test, facts.Boolean):
        for each in test.values:
            yield from _asked_by(each)
    elif isinstance(test, facts.Compare) and len(test.operators) == 1:
        yield from _asked_by(test.left)
