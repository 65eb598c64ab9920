"""Which functions say the names of a file's top level that an edit gives another meaning: what has to be followed
beside what was edited.

They are looked for where they are imported; who asks for members of classes, `askers.py` tells. Code outside of
functions is not followed: where it says such a name, only a whole run can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

import msgspec

from cachelint.facts import model as facts
from cachelint.program.changes import Change, outermost
from cachelint.program.earlier import UnsureError
from cachelint.program.imports import imports_of
from cachelint.program.modules import Modules
from cachelint.program.spelling import last_name
from cachelint.program.symbols import FunctionSymbol, ModuleSymbol
from cachelint.program.walking import blocks, nodes, walk

_ENCODER = msgspec.msgpack.Encoder()
_STAR = _ENCODER.encode("*")
Takers = Callable[[ModuleSymbol], Iterable[ModuleSymbol]]


class Sayers:
    """Looks for names in all files. `texts` are the encoded facts of files by path, `takers` tells which files import
    from one."""

    def __init__(
        self, modules: Modules, texts: Mapping[str, bytes], changes: Mapping[str, Change], takers: Takers
    ) -> None:
        self._modules, self._texts, self._changes, self._takers = modules, texts, changes, takers
        self._encoded: dict[FunctionSymbol, bytes] = {}
        self.functions: set[FunctionSymbol] = set()
        self.top_levels: set[ModuleSymbol] = set()

    def look(self, change: Change, harmless: Set[str]) -> None:
        """Find who says the names of a change, some `harmless` ones left out. Raises UnsureError where that can matter
        beyond functions: then in `functions` whose bodies say one, and `top_levels` of files that say a function which
        is only called in another way."""
        for name in sorted(change.bound - change.decorated - harmless):
            self._look_where_it_comes(name, change)

    def _look_where_it_comes(self, name: str, change: Change) -> None:
        """Follow a name of a file's top level through imports."""
        homes, seen = [change.new], {change.new}
        self._look_through(change.new, _Name(name, True, frozenset()), change)
        while homes:
            home = homes.pop()
            for module in self._takers(home):
                if module in seen or not self._may_take(module, name):
                    continue
                said, is_given_on = _taken(self._modules, module, home, name)
                if said.bare or said.dotted:
                    self._look_through(module, said, change)
                if is_given_on:
                    seen.add(module)
                    homes.append(module)

    def _may_take(self, module: ModuleSymbol, name: str) -> bool:
        """Whether a file says a name, or takes all names of some other one."""
        text = self._texts[module.source.path]
        return _ENCODER.encode(name) in text or _STAR in text

    def _look_through(self, module: ModuleSymbol, name: _Name, change: Change) -> None:
        """Note who says a name in a file."""
        own = self._changes.get(module.source.path)
        if own is not None and own.is_all_new:
            return
        for statement in walk(module.facts.body):
            if isinstance(statement, (facts.Define, facts.DefineClass, facts.Import)):
                continue
            if own is not None and statement in own.loose:
                continue  # what the top level of the file does now is compared with what it did
            if name.is_said_by(statement):
                self._note_top_level(module, name, change)
        for symbol in module.classes if own is None else [each for each in module.classes if each not in own.fresh]:
            head = (symbol.facts.bases, symbol.facts.decorators)
            if name.is_in(head) or any(name.is_said_by(each) for each in walk(symbol.facts.body)):
                raise UnsureError("a class that says a name which means something else")
        self._look_through_functions(module, name, own)

    def _look_through_functions(self, module: ModuleSymbol, name: _Name, own: Change | None) -> None:
        word = name.text.encode("utf-8", "surrogatepass")
        for function in module.functions:
            unit = outermost(function)
            if unit in self.functions or (own is not None and unit in own.followed):
                continue
            code = function.facts
            if word not in self._text_of(function):
                continue
            if name.is_in((code.parameters, code.decorators, code.returns)):
                raise UnsureError("a function whose head says a name which means something else")
            if name.is_in(code.body):
                self.functions.add(unit)

    def _text_of(self, function: FunctionSymbol) -> bytes:
        """A function's code as bytes, in which a word is found sooner than in its nodes."""
        if function not in self._encoded:
            self._encoded[function] = _ENCODER.encode(function.facts)
        return self._encoded[function]

    def _note_top_level(self, module: ModuleSymbol, name: _Name, change: Change) -> None:
        if name.text not in change.offered:
            raise UnsureError("a name that means something else, said outside of functions")
        self.top_levels.add(module)


class _Name(NamedTuple):
    """A name as a file can say it: `bare`, or `dotted`, behind one of these words and a dot."""

    text: str
    bare: bool
    dotted: frozenset[str]

    def is_in(self, code: object) -> bool:
        return any(self._is_said(node) for node in nodes(code))

    def _is_said(self, node: facts.Node) -> bool:
        if isinstance(node, facts.Name):
            return self.bare and node.id == self.text
        if isinstance(node, facts.Attribute):
            return node.attr == self.text and last_name(node.value) in self.dotted
        return isinstance(node, facts.Constant) and self._is_end_of(node.value)

    def _is_end_of(self, value: object) -> bool:
        is_whole = value == self.text and self.dotted != frozenset()
        return isinstance(value, str) and (value.endswith(f".{self.text}") or is_whole)

    def is_said_by(self, statement: facts.Statement) -> bool:
        """Whether a statement says it, blocks in it left out; to be given the name does not count."""
        if isinstance(statement, facts.Assign):
            targets = [target for target in statement.targets if not isinstance(target, facts.Name)]
            return any(self.is_in(each) for each in (*targets, statement.value, statement.annotation))
        inner = {id(each) for block in blocks(statement) for each in block}
        return any(self.is_in(each) for each in _parts(statement) if id(each) not in inner)


def _taken(modules: Modules, module: ModuleSymbol, home: ModuleSymbol, name: str) -> tuple[_Name, bool]:
    """How a file can say a name of another one, and whether others can take it from there. Raises UnsureError for a
    name that is taken under another one."""
    bare = is_given_on = False
    dotted: set[str] = set()
    for statement, is_top in imports_of(module):
        for each in statement.names:
            base = module.absolute(statement, each)
            is_from = each.name in (name, "*") and modules.find(base, module) is home
            if is_from and each.alias not in (None, name):
                raise UnsureError("a name that is taken under another one")
            bare |= is_from
            is_given_on |= is_from and is_top
            if not is_from and modules.find(base if each.name is None else f"{base}.{each.name}", module) is home:
                dotted.add(each.alias or each.name or each.module.rpartition(".")[2])
    return _Name(name, bare, frozenset(dotted)), is_given_on


def _parts(statement: facts.Statement) -> Iterator[object]:
    for field in statement.__struct_fields__[2:]:
        value = getattr(statement, field)
        yield from value if isinstance(value, tuple) else (value,)


def functions_of(units: Iterable[FunctionSymbol]) -> Iterator[FunctionSymbol]:
    """Functions with all that is defined in them."""
    for unit in units:
        yield from (each for each in unit.module.functions if outermost(each) is unit)
