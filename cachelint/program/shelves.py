"""Objects that one file keeps on the application and others take from there: `app.state.redis`, `app["redis"]`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from cachelint.facts import model as facts
from cachelint.program.spelling import last_name
from cachelint.program.symbols import FunctionSymbol, ModuleSymbol
from cachelint.program.values import UNKNOWN, External, Member, Value, join, trim
from cachelint.program.walking import walk

if TYPE_CHECKING:
    from cachelint.program.catalogue import Catalogue
    from cachelint.program.effects import Summary
    from cachelint.program.frame import Frame
    from cachelint.program.interpreter import Interpreter

Writer = FunctionSymbol | ModuleSymbol
# What is kept under one name by more places than this is a variable and no fixture.
WRITERS = 6


class Slot(NamedTuple):
    """One name on one shelf."""

    shelf: str
    name: str


class Shelves:
    """Who keeps what where, looked up on demand."""

    def __init__(self, interpreter: Interpreter, catalogue: Catalogue) -> None:
        self._interpreter = interpreter
        # The names that shelves go by, each with its shelf.
        self.names = {name: row.names.split()[0] for row in catalogue.shelves for name in row.names.split()}
        self._writers: dict[Slot, list[Writer]] | None = None
        # Says who writes, where an earlier run has looked through all files for it.
        self.known_writers: Callable[[Slot], list[Writer]] | None = None
        self._found: dict[Slot, Value] = {}
        self.readers: dict[Slot, set[FunctionSymbol]] = defaultdict(set)

    def forget(self) -> None:
        """Drop what was concluded; who writes stays known."""
        self._found.clear()

    def slot(self, node: facts.Expression) -> Slot | None:
        """The slot that an attribute or item expression names, if it is one."""
        if not isinstance(node, (facts.Attribute, facts.Subscript)):
            return None
        shelf = self.names.get(last_name(node.value))
        if shelf is None:
            return None
        name = _key(node.index) if isinstance(node, facts.Subscript) else node.attr
        return Slot(shelf, name) if name else None

    def keep(self, frame: Frame, target: facts.Expression, value: Value) -> None:
        """Note what an assignment puts into a slot."""
        slot = self.slot(target)
        asking = frozenset(origin for origin in value.origins if origin.kind == "identity")
        if slot is not None and (value.things or asking):
            frame.summary.kept.setdefault(slot, []).append(Value(things=value.things, origins=trim(asking)))

    def taken(self, frame: Frame, node: facts.Expression, known: Value) -> Value:
        """What an expression is by what is kept in its slot; `known` when something else says what it is."""
        slot = self.slot(node)
        if slot is None or any(not self._is_bare(each) for each in known.things):
            return known
        if frame.function is not None:
            self.readers[slot].add(frame.function)
        found = self._kept(slot)
        if not found.things and not found.origins:
            return known
        return Value(things=found.things or known.things, origins=trim(known.origins | found.origins))

    def readers_of_changed(self, old: Summary, new: Summary) -> set[FunctionSymbol]:
        """Who takes from a slot into which a function puts something else now."""
        slots = {slot for slot in (*old.kept, *new.kept) if old.kept.get(slot) != new.kept.get(slot)}
        return {reader for slot in slots for reader in self.readers.get(slot, ())}

    def _is_bare(self, each: object) -> bool:
        """A member of a library object of which nothing is known but its name."""
        if isinstance(each, External):
            return not self._interpreter.names.knows(each.name)
        if not isinstance(each, Member) or not isinstance(each.instance.type, str):
            return False
        return not self._interpreter.catalogue.member(each.instance.type, each.name)

    def _kept(self, slot: Slot) -> Value:
        if slot in self._found:
            self._interpreter.asking.give(slot)
        else:
            self._interpreter.asking.begin()
            self._found[slot] = UNKNOWN
            writers = self.writers.get(slot, []) if self.known_writers is None else self.known_writers(slot)
            values = [v for writer in writers[:WRITERS] for v in self._summary(writer).get(slot, ())]
            self._found[slot] = join(values) if len(writers) <= WRITERS else UNKNOWN
            self._interpreter.asking.keep(slot)
        return self._found[slot]

    def _summary(self, writer: Writer) -> dict[Slot, list[Value]]:
        interpreter = self._interpreter
        if isinstance(writer, FunctionSymbol):
            return interpreter.summary(writer).kept
        return interpreter.module_summary(writer).kept

    @property
    def writers(self) -> dict[Slot, list[Writer]]:
        """Who puts something into which slot, in the order of the files."""
        if self._writers is None:
            self._writers = defaultdict(list)
            for module in self._interpreter.modules:
                for slot, writer in self.writers_in(module):
                    self._writers[slot].append(writer)
        return self._writers

    def writers_in(self, module: ModuleSymbol) -> Iterator[tuple[Slot, Writer]]:
        """Who does so in one file: its top level first."""
        yield from ((slot, module) for slot in self._slots_in(walk(module.facts.body)))
        for function in module.functions:
            yield from ((slot, function) for slot in self._slots_in(function.statements))

    def _slots_in(self, statements: Iterable[facts.Statement]) -> set[Slot]:
        targets = (t for each in statements if isinstance(each, facts.Assign) for t in each.targets)
        return {slot for target in targets if (slot := self.slot(target)) is not None}


def _key(index: facts.Expression) -> str:
    if isinstance(index, facts.Constant):
        return index.value if isinstance(index.value, str) else ""
    return last_name(index)
