"""What is different between two states of one file: which functions do something else, which names mean something
else, and where everything that stayed the same has moved to."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TypeVar

from cachelint.facts import model as facts
from cachelint.facts.moving import Mover
from cachelint.facts.pieces import made_of
from cachelint.program.spelling import last_name
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Place
from cachelint.program.walking import blocks, nodes

Statements = Sequence[facts.Statement]
INDEXES = ("parent", "owner", "name_at")
Symbol = TypeVar("Symbol", FunctionSymbol, ClassSymbol)
Guessed = Callable[[Set[str]], Set[str]]


class Moved:
    """Where the unchanged pieces of a file are now."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._pieces: list[tuple[int, int, int]] = []

    def add(self, start: int, end: int, by: int) -> None:
        """What lay between two offsets (the end exclusive) has moved by so many characters."""
        self._pieces.append((start, end, by))
        self._starts.clear()

    def place(self, place: Place) -> Place:
        """Where a place is now; one before the file where the code there is not what it was."""
        if not self._starts:
            self._pieces = list(_outermost(self._pieces))
            self._starts = [start for start, _, _ in self._pieces]
        # Pieces do not overlap, except that a place may end where one begins.
        index = bisect_right(self._starts, place.at) - 1
        if index >= 0:
            start, end, by = self._pieces[index]
            if start <= place.at <= end and place.end <= end:
                return Place(place.path, place.at + by, place.end + by if place.end else 0)
        return place if place.at == place.end == 0 else Place(place.path, -1 - place.at, -1 - place.end)


def _outermost(pieces: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """The pieces in their order, without those inside of others: a class in a function that has moved as a whole."""
    stop = -1
    for start, end, by in sorted(pieces, key=lambda each: (each[0], -each[1])):
        if end > stop:
            yield start, end, by
            stop = end


class Change:
    """One file before and after. `functions` and `classes` map the old symbols to the new ones, `followed` are the new
    functions whose code is not what it was (with all that is defined in them), `names` what means something else or
    is new or gone; of these, `members` belong to classes, `offered` are functions at the top level that are only called
    in another way, and of `decorated` nothing has changed but decorators. `heirs` are the classes whose own or
    inherited members are not what they were, `owned` the names of these by the class that has or had them, `bound` the
    names of the file's top level, `loose` the statements outside of functions that differ, `marked` the classes of
    which decorators are told something else. `doubt` is why nothing less than the whole project can tell what the
    change means, "" where it can be told.

    `guessed` tells which names of variables say what they hold where a file imports one of some packages."""

    def __init__(self, old: ModuleSymbol, new: ModuleSymbol, guessed: Guessed) -> None:
        self.old, self.new = old, new
        self.functions: dict[FunctionSymbol, FunctionSymbol] = {}
        self.classes: dict[ClassSymbol, ClassSymbol] = {}
        self.fresh: set[ClassSymbol] = set()
        self.followed: set[FunctionSymbol] = set()
        self.names: set[str] = set()
        self.members: set[str] = set()
        self.offered: set[str] = set()
        self.decorated: set[str] = set()
        self.heirs: set[ClassSymbol] = set()
        self.owned: dict[ClassSymbol, set[str]] = defaultdict(set)
        self.bound: set[str] = set()
        self.marked: set[ClassSymbol] = set()
        self.moved = Moved()
        self.doubt = ""
        self._code = _Code(old.facts, new.facts)
        self._ends = _Ends(old.facts, new.facts)
        self._match_classes()
        self._match_functions()
        self._compare_bindings()
        self.decorated -= self.names
        self.names |= self.decorated
        self._note_guesses(guessed(old.used_packages ^ new.used_packages))
        self.loose: list[facts.Statement] = []
        for before, after in self._bodies():
            self.loose += self._align(before, after)

    @property
    def is_all_new(self) -> bool:
        """Whether the file said nothing before."""
        before = self.old.facts
        return not (before.body or before.functions or before.classes)

    # ---------------------------------------------------------------------------------------------- functions

    def _match_functions(self) -> None:
        before, after = _by_name(self.old.functions), _by_name(self.new.functions)
        self.functions = {before[name]: after[name] for name in before.keys() & after.keys()}
        for name in before.keys() ^ after.keys():
            gone_or_new = before.get(name) or after[name]
            self._note_definition(gone_or_new)
        units = {name for name, each in after.items() if each.parent is None}
        for name, new in after.items():
            if name in units and not self._is_same(before.get(name), new):
                self._note_changed(before.get(name), new)

    def _is_same(self, old: FunctionSymbol | None, new: FunctionSymbol) -> bool:
        if old is None:
            return False
        by = new.facts.at - old.facts.at
        if not self._ends.hold(old.index, new.index) and not self._code.same(old.facts, new.facts, by):
            return False
        start = min([old.facts.at, *(each.at for each in old.facts.decorators)])
        self.moved.add(start, old.facts.end, new.facts.at - old.facts.at)
        return True

    def _note_changed(self, old: FunctionSymbol | None, new: FunctionSymbol) -> None:
        self.followed.update(each for each in self.new.functions if outermost(each) is new)
        if old is not None and _offer(old) == _offer(new):
            if _decorators(old) != _decorators(new) and new.parent is None:
                self.decorated.add(new.facts.name)
                if new.home is not None:
                    self.members.add(new.facts.name)
                    self._note_class(new.home)
        else:
            self._note_definition(new)
            if old is not None and new.parent is None and new.home is None:
                self.offered.add(new.facts.name)
        if old is not None:
            self._align_functions(old, new)

    def _note_definition(self, function: FunctionSymbol) -> None:
        """A function that is new, gone, or called in another way."""
        if function.parent is not None or function.home in self.fresh:
            return
        self.names.add(function.facts.name)
        if function.home is None:
            self.bound.add(function.facts.name)
        else:
            self.members.add(function.facts.name)
            self._note_class(function.home)
            self._own(function.home, function.facts.name)

    def _align_functions(self, old: FunctionSymbol, new: FunctionSymbol) -> None:
        pairs: list[tuple[facts.Node | None, facts.Node | None]] = [(old.facts.returns, new.facts.returns)]
        pairs += zip(old.facts.decorators, new.facts.decorators, strict=False)
        pairs += zip(old.facts.parameters, new.facts.parameters, strict=False)
        for one, other in pairs:
            self._piece(one, other)
        name, now = old.facts.name_at, new.facts.name_at
        if old.facts.name == new.facts.name and name >= 0:
            self.moved.add(name, name + len(old.facts.name), now - name)
        self._align(old.facts.body, new.facts.body)

    # ------------------------------------------------------------------------------------------------ classes

    def _match_classes(self) -> None:
        before, after = _by_name(self.old.classes), _by_name(self.new.classes)
        self.classes = {before[name]: after[name] for name in before.keys() & after.keys()}
        self.fresh = {after[name] for name in after.keys() - before.keys()}
        for name in before.keys() ^ after.keys():
            symbol = before.get(name) or after[name]
            self.names.add(symbol.facts.name)
            if symbol not in self.fresh:
                self.names.update((*symbol.attributes, *symbol.methods))
                self.members.update((*symbol.attributes, *symbol.methods))
                self._own(symbol, *symbol.attributes, *symbol.methods)
            if symbol.facts.owner >= 0:
                self._note_owner(symbol)
                self._own(symbol.module.classes[symbol.facts.owner], symbol.facts.name)
            else:
                self.bound.add(symbol.facts.name)
        for old, new in self.classes.items():
            self._compare_class(old, new)

    def _compare_class(self, old: ClassSymbol, new: ClassSymbol) -> None:
        if _head(old) != _head(new):
            self.doubt = "the bases of a class"
        elif _marks(old) != _marks(new):
            self.marked.add(new)
        before, after = _attributes(old), _attributes(new)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        self.names |= changed
        self.members |= changed
        self._own(new, *changed)
        for symbol in (old, new):
            for name in changed & symbol.attributes.keys():
                self.names.update(_texts(symbol.attributes[name]))
                self.members.update(_texts(symbol.attributes[name]))
        if changed:
            self._note_class(new)
        if changed and new.facts.owner >= 0:
            self._note_owner(new)
        at, now = old.facts.name_at, new.facts.name_at
        self.moved.add(at, at + len(old.facts.name), now - at)
        for one, other in zip(old.facts.bases, new.facts.bases, strict=False):
            self._piece(one, other)
        for decorator, other_decorator in zip(old.facts.decorators, new.facts.decorators, strict=False):
            self._piece(decorator, other_decorator)

    def _note_class(self, symbol: ClassSymbol) -> None:
        new = self.classes.get(symbol, symbol)
        if new.module is self.new:
            self.heirs.add(new)

    def _own(self, symbol: ClassSymbol, *names: str) -> None:
        if names:
            self.owned[self.classes.get(symbol, symbol)].update(names)

    def _note_owner(self, symbol: ClassSymbol) -> None:
        """What a class inside another one says, says something of that one."""
        owner = symbol.module.classes[symbol.facts.owner]
        self.names.add(owner.facts.name)
        self._note_class(owner)

    # ------------------------------------------------------------------------------------------------- module

    def _note_guesses(self, names: Set[str]) -> None:
        """What a file imports says what the names in it are likely to be."""
        said = {outermost(each) for each in self.new.functions if names and _says(each, names)}
        self.followed.update(each for each in self.new.functions if said and outermost(each) in said)

    def _compare_bindings(self) -> None:
        before, after = _bindings(self.old), _bindings(self.new)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        if "__all__" in changed or _stars(self.old) != _stars(self.new):
            self.doubt = "what star imports take"
        self.names |= changed
        self.bound |= changed

    def _bodies(self) -> Iterator[tuple[Statements, Statements]]:
        yield self.old.facts.body, self.new.facts.body
        for old, new in self.classes.items():
            yield old.facts.body, new.facts.body

    # ---------------------------------------------------------------------------------------------- alignment

    def _align(self, old: Statements, new: Statements) -> list[facts.Statement]:
        """Note where equal statements have moved to: those at both ends, and inside of those between. What is between
        is given back."""
        head = 0
        while head < min(len(old), len(new)) and self._piece(old[head], new[head]):
            head += 1
        tail = 0
        while tail < min(len(old), len(new)) - head and self._piece(old[-1 - tail], new[-1 - tail]):
            tail += 1
        between = old[head : len(old) - tail], new[head : len(new) - tail]
        return self._align_between(*between) if all(between) else [*between[0], *between[1]]

    def _align_between(self, old: Statements, new: Statements) -> list[facts.Statement]:
        """The same where something is different at both ends: equal statements in their order."""
        before, after = list(map(self._code.of_old, old)), list(map(self._code.of_new, new))
        loose: list[facts.Statement] = []
        i = j = 0
        for match in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
            for one, other in zip(old[i : match.a], new[j : match.b], strict=False):
                if type(one) is type(other):
                    for block, other_block in zip(blocks(one), blocks(other), strict=False):
                        self._align(block, other_block)
            loose += [*old[i : match.a], *new[j : match.b]]
            i, j = match.a + match.size, match.b + match.size
            for one, other in zip(old[match.a : i], new[match.b : j], strict=True):
                self._piece(one, other)
        return loose

    def _piece(self, old: facts.Node | None, new: facts.Node | None) -> bool:
        if old is None or new is None:
            return old is new
        if isinstance(old, (facts.Define, facts.DefineClass)):
            return type(old) is type(new) and self._code.is_definition_of(old, new)
        is_same = self._code.same(old, new, new.at - old.at)
        if is_same:
            self.moved.add(old.at, old.end, new.at - old.at)
        return is_same


class _Ends:
    """Functions at both ends of a file that are the same code, told without going through them node by node in Python.

    "No" is the answer in all doubt: a function may be among them only with all that it refers to by index."""

    def __init__(self, old: facts.FileFacts, new: facts.FileFacts) -> None:
        count, self._by = len(old.functions), len(new.functions) - len(old.functions)
        made = made_of(old, new)
        self._head = made.head if made is not None else _equal(old.functions, new.functions)
        at = count - (made.tail if made is not None else self._moved(old, new))
        # The first one is left out: what its decorators and defaults refer to lies before it.
        self._tail = next((i + 1 for i in range(at, count) if old.functions[i].name != "<lambda>"), count)
        self._stops = _stops(old)
        # What classes defined in functions hold is not looked at here.
        self._doubtful = {each.parent for each in (*old.classes, *new.classes)}

    def _moved(self, old: facts.FileFacts, new: facts.FileFacts) -> int:
        """How many functions at the end have only moved."""
        if not old.functions or not new.functions or len(old.classes) != len(new.classes):
            return 0
        mover = Mover(new.functions[-1].at - old.functions[-1].at, lambda i: i + self._by if i >= 0 else i, lambda i: i)
        return _equal(map(mover.move, reversed(old.functions)), reversed(new.functions))

    def hold(self, old: int, new: int) -> bool:
        """Whether two functions that are in no other are surely the same code."""
        inside = range(old, self._stops.get(old, old))
        if (
            not inside
            or not self._doubtful.isdisjoint(inside)
            or not self._doubtful.isdisjoint(range(new, new + len(inside)))
        ):
            return False
        return (old == new and inside.stop <= self._head) or (new - old == self._by and old >= self._tail)


def _equal(some: Iterable[facts.Function], others: Iterable[facts.Function]) -> int:
    """How many are equal before the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False)))


def _stops(file: facts.FileFacts) -> dict[int, int]:
    """For each function that is in no other, the index after those in it."""
    outer = [i for i, each in enumerate(file.functions) if each.parent < 0]
    return dict(zip(outer, [*outer[1:], len(file.functions)], strict=False))


class _Code:
    """Whether pieces of two files are the same code, only moved."""

    def __init__(self, old: facts.FileFacts, new: facts.FileFacts) -> None:
        self._old, self._new = old, new

    def of_old(self, statement: facts.Statement) -> object:
        """A statement of the old file, to be compared with those of the new one."""
        return _about(statement, self._old)

    def of_new(self, statement: facts.Statement) -> object:
        """A statement of the new file."""
        return _about(statement, self._new)

    def is_definition_of(self, old: facts.Node, new: facts.Node) -> bool:
        """Whether two `def` or `class` statements define something of one name."""
        if isinstance(old, facts.Define) and isinstance(new, facts.Define):
            return self._old.functions[old.function].qualname == self._new.functions[new.function].qualname
        if isinstance(old, facts.DefineClass) and isinstance(new, facts.DefineClass):
            return self._old.classes[old.class_].qualname == self._new.classes[new.class_].qualname
        return False

    def same(self, old: object, new: object, by: int) -> bool:
        """Whether the second is the first, moved by so many characters."""
        if isinstance(old, tuple):
            return (
                isinstance(new, tuple)
                and len(old) == len(new)
                and all(self.same(one, other, by) for one, other in zip(old, new, strict=True))
            )
        if not isinstance(old, facts.Node):
            return type(old) is type(new) and old == new
        if type(old) is not type(new) or not isinstance(new, facts.Node):
            return False
        if new.at - old.at != by or new.end - old.end != by:
            return False
        return self._same_fields(old, new, by)

    def _same_fields(self, old: facts.Node, new: facts.Node, by: int) -> bool:
        if isinstance(old, (facts.Define, facts.Lambda)) and isinstance(new, (facts.Define, facts.Lambda)):
            return self.same(self._old.functions[old.function], self._new.functions[new.function], by)
        if isinstance(old, facts.DefineClass) and isinstance(new, facts.DefineClass):
            return self.same(self._old.classes[old.class_], self._new.classes[new.class_], by)
        return all(
            name in INDEXES or self.same(getattr(old, name), getattr(new, name), by)
            for name in old.__struct_fields__[2:]
        )


def _says(function: FunctionSymbol, names: Set[str]) -> bool:
    """Whether a function's own code has one of these names as a word."""
    code = function.facts
    said = nodes((code.parameters, code.decorators, code.body))
    return any(isinstance(each, (facts.Name, facts.Attribute)) and last_name(each) in names for each in said)


def outermost(function: FunctionSymbol) -> FunctionSymbol:
    """The function around a function that is in no other."""
    while function.parent is not None:
        function = function.parent
    return function


def _by_name(symbols: Sequence[Symbol]) -> dict[tuple[str, int], Symbol]:
    """Symbols by qualified name; several of one name are told apart by their order."""
    counts: dict[str, int] = defaultdict(int)
    found = {}
    for symbol in symbols:
        name = symbol.facts.qualname
        found[name, counts[name]] = symbol
        counts[name] += 1
    return found


def _about(statement: facts.Statement, file: facts.FileFacts) -> object:
    """What a statement says; of a definition only what it defines."""
    if isinstance(statement, facts.Define):
        return "def", file.functions[statement.function].qualname
    if isinstance(statement, facts.DefineClass):
        return "class", file.classes[statement.class_].qualname
    return repr(shape(statement, file))


def shape(node: object, file: facts.FileFacts) -> object:
    """A piece of a file's facts without its positions, what lambdas in it do included."""
    if isinstance(node, facts.Lambda):
        function = file.functions[node.function]
        return "Lambda", shape(function.parameters, file), shape(function.body, file)
    if isinstance(node, facts.Node):
        fields = node.__struct_fields__[2:]
        return (type(node).__name__, *(shape(getattr(node, field), file) for field in fields))
    return tuple(shape(each, file) for each in node) if isinstance(node, tuple) else node


def _offer(function: FunctionSymbol) -> object:
    """What callers and frameworks see of a function without following it, decorators left out."""
    code = function.facts
    head = shape((code.parameters, code.returns), function.module.facts)
    return head, code.is_async, code.is_generator, function.declares_globals


def _decorators(function: FunctionSymbol) -> object:
    return shape(function.facts.decorators, function.module.facts)


def _head(symbol: ClassSymbol) -> object:
    """The bases of a class, and its decorators without what they are told."""
    marks = (each.func if isinstance(each, facts.Call) else each for each in symbol.facts.decorators)
    return shape((symbol.facts.bases, tuple(marks)), symbol.module.facts)


def _marks(symbol: ClassSymbol) -> object:
    return shape(symbol.facts.decorators, symbol.module.facts)


def _attributes(symbol: ClassSymbol) -> dict[str, object]:
    file = symbol.module.facts
    return {name: [shape(each, file) for each in assigned] for name, assigned in symbol.attributes.items()}


def _texts(assigned: Sequence[facts.Assign]) -> Iterator[str]:
    """The texts in what an attribute is made of, sentences left out: by them a relation says how it is called on the
    other side."""
    for each in assigned:
        for node in nodes(each):
            if isinstance(node, facts.Constant) and isinstance(node.value, str):
                word = node.value.rpartition(".")[2]
                if word and not any(map(str.isspace, word)):
                    yield word


def _bindings(module: ModuleSymbol) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, binding in module.bindings.items():
        assigned = [shape(expression, module.facts) for _, expression in binding.assigned]
        items = [shape(pair, module.facts) for pair in binding.items]
        # The same import a second time gives the name no other meaning.
        imports = dict.fromkeys((statement.level, each.module, each.name) for statement, each in binding.imports)
        found[name] = (assigned, items, list(imports), binding.class_ is not None, binding.function is not None)
    return found


def _stars(module: ModuleSymbol) -> list[tuple[int, str]]:
    return [(statement.level, each.module) for statement, each in module.stars]
