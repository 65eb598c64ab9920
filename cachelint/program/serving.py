"""A method more by which a class serves requests: which routes lead to it, other methods of the class say."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from cachelint.program.asked import ASKED_FOR, RIGHTS
from cachelint.program.changes import Change
from cachelint.program.handlers import Handler, by_decorators
from cachelint.program.http_methods import of_dispatch, restricted
from cachelint.program.purpose import words
from cachelint.program.recalled import Recalled
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.walking import names_in
from cachelint.vocabulary import GenericView, HandlerClass


class NewMethods:
    """The new methods of a changed file that its classes serve by. `ranks` are where their handlers stand among all."""

    def __init__(self, recalled: Recalled, change: Change) -> None:
        self._recalled, self._interpreter, self._change = recalled, recalled.interpreter, change
        self.handlers: dict[FunctionSymbol, Handler] = {}
        self.ranks: dict[FunctionSymbol, float] = {}
        for symbol, names in change.owned.items():
            if symbol in change.classes.values() and self._is_alone(symbol):
                for name in sorted(names):
                    self._look(symbol, name)

    def names(self, symbol: ClassSymbol) -> set[str]:
        """Those of a class."""
        return {function.facts.name for function in self.handlers if function.home is symbol}

    def _is_alone(self, symbol: ClassSymbol) -> bool:
        """Whether no other class has what it has, and nothing around it limits what it serves."""
        return not self._recalled.heirs(symbol).where and of_dispatch(self._interpreter, symbol) is None

    def _look(self, symbol: ClassSymbol, name: str) -> None:
        function = symbol.methods.get(name)
        found = next(((row, method) for word, row, method in self._words(symbol) if word == name), None)
        if function is None or found is None or not self._is_new(symbol, function):
            return
        beside = self._beside(symbol, name)
        if beside is not None:
            row, method = found
            like, rank = beside
            methods = restricted(self._interpreter, function, frozenset((method,)))
            self.handlers[function] = replace(like, function=function, methods=methods, dialect=row.dialect)
            self.ranks[function] = rank

    def _is_new(self, symbol: ClassSymbol, function: FunctionSymbol) -> bool:
        """Whether a method was not there, in no base of the project either, and is asked for by nobody else."""
        name = function.facts.name
        if name in ASKED_FOR or RIGHTS & set(words(name)) or function in self._change.functions.values():
            return False
        others = [each for each in self._interpreter.hierarchy.mro(symbol)[1:] if isinstance(each, ClassSymbol)]
        old = next(old for old, new in self._change.classes.items() if new is symbol)
        if any(name in each.methods or name in each.attributes for each in (old, *others)):
            return False
        return not by_decorators(self._interpreter, function) and not self._is_read(symbol, function)

    def _is_read(self, symbol: ClassSymbol, function: FunctionSymbol) -> bool:
        """Whether a framework reads rows in the method that this one stands for, if it still asks for that."""
        catalogue = self._interpreter.catalogue
        bases = self._interpreter.hierarchy.library_bases(symbol)
        rows = [row for base in bases for row in catalogue.own_rows(base) if isinstance(row, GenericView)]
        name = function.facts.name
        if any(name == row.builder or name in row.sources.split() for row in rows):
            return True
        is_generic = any(name in row.methods.split() for row in rows)
        return is_generic and "super" in names_in(tuple(function.facts.body))

    def _words(self, symbol: ClassSymbol) -> Iterator[tuple[str, HandlerClass, str]]:
        """The methods by which a class may serve, in the order in which they are looked for: name, row, HTTP method."""
        for base in self._interpreter.hierarchy.library_bases(symbol):
            for row in self._interpreter.catalogue.rows_on(base):
                if isinstance(row, HandlerClass):
                    for word in row.methods.split():
                        name, _, method = word.partition(":")
                        yield name, row, method

    def _beside(self, symbol: ClassSymbol, name: str) -> tuple[Handler, float] | None:
        """The handler of another method of the class, the nearest one in order, and where the new one belongs."""
        left = self._recalled.left(symbol.module)
        kept = dict(left.handlers)
        order = list(dict.fromkeys(word for word, _, _ in self._words(symbol)))
        at = order.index(name)
        nearest = [*((n, 0.5) for n in reversed(order[:at])), *((n, -0.5) for n in order[at + 1 :])]
        for other, by in nearest:
            function = symbol.methods.get(other)
            handlers = kept.get(function, []) if function is not None else []
            if function is not None and len(handlers) == 1 and handlers[0].owner is symbol and left.ranks.get(function):
                return handlers[0], left.ranks[function] + by
        return None
