"""Who asked for members of classes that an edit makes something else of: what has to be followed beside what was
edited. An earlier run noted who asks for which member of which class; code outside of functions is not followed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cachelint.facts import model as facts
from cachelint.program.asked import Members
from cachelint.program.changes import Change, outermost
from cachelint.program.earlier import UnsureError
from cachelint.program.likeness import Likeness
from cachelint.program.recalled import Recalled
from cachelint.program.serving import NewMethods
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.walking import nodes, walk
from cachelint.vocabulary import ValidatedFields

# What more classes than this inherit, the whole program tells as quickly.
HEIRS = 40


class Askers:
    """Looks for those who ask. `functions` are found, as the functions around them that are in no other."""

    def __init__(self, recalled: Recalled) -> None:
        self._recalled, self._interpreter = recalled, recalled.interpreter
        self._likeness = Likeness(lambda place: False)
        self.functions: set[FunctionSymbol] = set()

    def look(self, change: Change, served: NewMethods) -> None:
        """Find who asked for the members that a change is about; of the methods `served` it is known which requests
        they serve. Raises UnsureError where that can matter beyond functions."""
        before = {new: old for old, new in change.classes.items()}
        self._likeness = Likeness(self._interpreter.memos.__contains__, change.moved.place)
        for symbol, names in change.owned.items():
            if symbol not in before and symbol.module is change.new:
                continue  # Nobody can have asked a class that was not there.
            self._look_at_class(symbol, before.get(symbol), names, served.names(symbol))

    def _look_at_class(
        self, symbol: ClassSymbol, old: ClassSymbol | None, names: Collection[str], served: Collection[str]
    ) -> None:
        hierarchy, heirs = self._interpreter.hierarchy, self._recalled.heirs(symbol)
        sides = [each for each in (old, symbol) if each is not None]
        bases = heirs.bases.union(*map(hierarchy.library_bases, sides))
        is_model = heirs.has_model or any(map(hierarchy.is_model, sides))
        Members(self._interpreter, sides, {*names}.difference(served), bases, is_model).look()
        self._refuse_scope(sides, names)
        same = {name for name in names if self._is_same(sides, name)}
        if any(self._is_other_field(sides, name) for name in names):
            same.difference_update(names)
            names = {*names, *self._validated(bases)}
        if any(each.annotation is not None for s in sides for name in names for each in s.attributes.get(name, ())):
            names = {*names, "__init__"}
        self._ask(symbol, {*names} - same, {name for name in names if not _is_in_all(sides, name)})

    def _ask(self, symbol: ClassSymbol, names: set[str], moved: set[str]) -> None:
        """Note who asks a class or its heirs for some names, of which others have `moved`: the class has them now and
        had them not, or the other way round. What it inherits and asks for such a name is another thing for it."""
        seen: set[str] = set()
        while names:
            name = names.pop()
            seen.add(name)
            self._ask_heirs(symbol, name)
            if name in moved:
                inherited = set(self._inherited(symbol, name))
                names |= inherited - seen
                moved |= inherited
                self._refuse_asked(symbol, inherited)

    def _ask_heirs(self, symbol: ClassSymbol, name: str) -> None:
        heirs = self._interpreter.hierarchy.subclasses(symbol) if name in self._recalled.heirs(symbol).asked else ()
        for each in (symbol, *heirs):
            left = self._recalled.left(each.module)
            if (each, name) in left.read_outside:
                raise UnsureError("a member that is asked for outside of functions")
            readers = filter(self._recalled.is_there, left.readers.get((each, name), ()))
            self.functions |= {outermost(reader.original) for reader in readers}

    def _inherited(self, symbol: ClassSymbol, name: str) -> Iterator[str]:
        """The methods that a class and its heirs inherit in which their bases ask for a name; who asks them by `super`
        is noted."""
        hierarchy = self._interpreter.hierarchy
        heirs = [symbol, *hierarchy.subclasses(symbol)]
        if len(heirs) > HEIRS:
            raise UnsureError("too much of the project")
        lineage = {base for heir in heirs for base in hierarchy.mro(heir)[1:] if isinstance(base, ClassSymbol)}
        for base in sorted(lineage - {symbol}, key=lambda each: (each.module.source.path, each.index)):
            for reader in self._recalled.left(base.module).readers.get((base, name), ()):
                unit = outermost(reader.original)
                if unit.home in lineage:
                    yield unit.facts.name
                if unit.home is not None and symbol in hierarchy.mro(unit.home):
                    self.functions.add(unit)

    def _refuse_asked(self, symbol: ClassSymbol, names: Collection[str]) -> None:
        """Raise where what a class inherits, and is another thing for it now, is asked for by its name alone."""
        bases = self._recalled.heirs(symbol).bases.union(self._interpreter.hierarchy.library_bases(symbol))
        Members(self._interpreter, (), names, bases, False).look()

    def _refuse_scope(self, sides: Collection[ClassSymbol], names: Collection[str]) -> None:
        """Raise where the body of the class itself says a name, outside of its methods."""
        for symbol in sides:
            heads = [(m.facts.parameters, m.facts.decorators, m.facts.returns) for m in symbol.methods.values()]
            if any(isinstance(n, facts.Name) and n.id in names for c in (*heads, *_body(symbol)) for n in nodes(c)):
                raise UnsureError("a class that says a name which means something else")

    # ---------------------------------------------------------------------------------------------- attributes

    def _is_same(self, sides: Collection[ClassSymbol], name: str) -> bool:
        """Whether an attribute holds what it held, as far as that is known."""
        if not _is_in_all(sides, name) or any(name in each.methods for each in sides):
            return False
        if any(each.annotation is not None for symbol in sides for each in symbol.attributes[name]):
            return False
        old, new = (self._interpreter.hierarchy.class_value(each, name) for each in sides)
        return self._likeness.alike(old, new)

    def _is_other_field(self, sides: Collection[ClassSymbol], name: str) -> bool:
        """Whether a field of a form is of another kind than it was."""
        kinds = [[_kind(each.value) for each in symbol.attributes.get(name, ())] for symbol in sides]
        return len(kinds) == 1 or kinds[0] != kinds[1] or any(name in symbol.methods for symbol in sides)

    def _validated(self, bases: Collection[str]) -> Iterator[str]:
        """The members that hold what the fields of a form came to."""
        for base in bases:
            for row in self._interpreter.catalogue.own_rows(base):
                if isinstance(row, ValidatedFields):
                    yield from row.names.split()


def _is_in_all(sides: Collection[ClassSymbol], name: str) -> bool:
    return len(sides) > 1 and all(name in each.attributes or name in each.methods for each in sides)


def _body(symbol: ClassSymbol) -> Iterator[object]:
    """What the statements of a class's body say, the names that they give left out."""
    for each in walk(symbol.facts.body):
        yield (each.value, each.annotation) if isinstance(each, facts.Assign) else each


def _kind(value: facts.Expression | None) -> str:
    func = value.func if isinstance(value, facts.Call) else None
    return func.attr if isinstance(func, facts.Attribute) else getattr(func, "id", "")
