"""Members of classes that are asked for by their names alone: by Python, by frameworks, by the questions of rules. What
an edit makes of them, only the whole project can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import library
from cachelint.program.earlier import UnsureError
from cachelint.program.hierarchy import Hierarchy
from cachelint.program.occasions import SECRETS, SERVICES
from cachelint.program.purpose import words
from cachelint.program.spelling import last_name
from cachelint.program.symbols import ClassSymbol
from cachelint.program.tables import TELLING
from cachelint.program.walking import nodes
from cachelint.vocabulary import Delegates, GenericView, HandlerClass

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# Of the names that Python gives a meaning those that somebody asks for beside `x.name`.
PYTHON = frozenset(
    (
        "__new__ __call__ __enter__ __aenter__ __exit__ __aexit__ __init_subclass__ __class_getitem__ __setitem__ "
        "__getattr__ __getattribute__"
    ).split()
)
# Methods and attributes that the questions of rules look for by name, beside those that rows of libraries name.
ASKED_FOR = frozenset(
    (
        "dispatch render_to_response paginate_by filter_queryset get_queryset lookup_field lookup_value_regex "
        "lookup_value_converter permission_classes get_permissions decorators method_decorators"
    ).split()
)
TABLES = frozenset("__tablename__ db_table table table_name".split())
RIGHTS = frozenset(("permission", "permissions"))
TOLD = TELLING.union(SERVICES, *SECRETS)


class Members:
    """What is different in a class: `names` of members, with the class before and after. `bases` are its library bases
    and those of its heirs, `is_model` tells whether its objects, or theirs, are rows."""

    def __init__(
        self,
        interpreter: Interpreter,
        sides: Collection[ClassSymbol],
        names: Collection[str],
        bases: Collection[str],
        is_model: bool,
    ) -> None:
        self._interpreter, self._sides, self._names = interpreter, sides, names
        self._bases, self._is_model = bases, is_model

    def look(self) -> None:
        """Raise where any of them is asked for by its name alone."""
        names = set(self._names)
        if names & PYTHON:
            raise UnsureError("what Python calls by itself")
        if names & TABLES or (self._is_model and not all(map(self._is_plain_field, self._assigned()))):
            raise UnsureError("a field of a model")
        if names & self._asked() or any(RIGHTS & set(words(name)) for name in names):
            raise UnsureError("what a framework asks a class for")
        if names and not self._interpreter.catalogue.delegates.keys().isdisjoint(self._bases):
            raise UnsureError("what views leave to a class")
        if any(map(self._loads, self._assigned())):
            raise UnsureError("what a framework asks a class for")

    def _assigned(self) -> Iterator[tuple[ClassSymbol, str, facts.Assign]]:
        for symbol in self._sides:
            for name in self._names:
                yield from ((symbol, name, each) for each in symbol.attributes.get(name, ()))

    def _asked(self) -> set[str]:
        """What a framework, or a rule, looks for in classes with these bases."""
        catalogue = self._interpreter.catalogue
        found = {*ASKED_FOR, *catalogue.checks}
        for base in self._bases:
            for row in (*catalogue.own_rows(base), *catalogue.rows_on(base)):
                if isinstance(row, HandlerClass):
                    found.update(word.partition(":")[0] for word in row.methods.split())
                    found.update(row.renders.split())
                elif isinstance(row, GenericView):
                    found.update((*row.methods.split(), *row.sources.split(), row.builder))
                elif isinstance(row, Delegates):
                    found.update((row.source, row.builder))
        return found

    def _is_plain_field(self, given: tuple[ClassSymbol, str, facts.Assign]) -> bool:
        """Whether an attribute of a model is a column, and nothing that leads to other rows or stands for them."""
        symbol, name, assigned = given
        if TOLD & set(words(name)):
            return False
        if isinstance(assigned.value, facts.Constant):
            return True
        if not isinstance(assigned.value, facts.Call) or library.is_relation(self._interpreter, symbol, assigned.value):
            return False
        value = self._interpreter.hierarchy.class_value(symbol, name)
        kinds = value.instances() if value is not None else ()
        return not any(library.binds_owner(self._interpreter, each.type) for each in kinds)

    def _loads(self, given: tuple[ClassSymbol, str, facts.Assign]) -> bool:
        """Whether an attribute names relations that are loaded along with rows, for all methods of the class."""
        preloads = self._interpreter.catalogue.preloads
        return any(isinstance(node, facts.Call) and last_name(node.func) in preloads for node in nodes(given[2]))


def is_view(hierarchy: Hierarchy, symbol: ClassSymbol) -> bool:
    """Whether a class is one that frameworks make handlers of."""
    rows = (row for base in hierarchy.library_bases(symbol) for row in hierarchy.interpreter.catalogue.rows_on(base))
    return any(isinstance(row, (HandlerClass, GenericView)) for row in rows)
