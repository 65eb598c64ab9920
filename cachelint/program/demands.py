"""What the policy demands of writes of rows, and which cache calls store or drop the entries of their data.

A whole run leaves where both stand, by kind of data: so a look at an edit reads no other files than those that have to
do with data that the edit can matter to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from cachelint.policy import Word, in_key
from cachelint.policy.model import Decision, UsesStrategy
from cachelint.program import expiry
from cachelint.program.cache_map import on_caches
from cachelint.program.effects import Event
from cachelint.program.purpose import words
from cachelint.program.subjects import about, is_about
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.writes import at_call, is_write
from cachelint.vocabulary import CacheDelete, CacheGetOrSet, DbWrite

if TYPE_CHECKING:
    from cachelint.program import Program

THROUGH = frozenset(("write-through", "write-behind"))
# Writes that make new rows, and functions that do by their name: there is no entry yet to keep in step.
_MAKES = frozenset(
    (
        "create acreate bulk_create abulk_create add add_all aadd insert insert_one insert_many copy_to_table __init__"
    ).split()
)
_MAKERS = frozenset("create insert add new register import seed init migrate populate bootstrap setup load".split())
Where = tuple[str, int]  # a function: the path of its file, and its index there
TOP_LEVEL = -1


class Demand(NamedTuple):
    """Strategies for data of a word, and the line that names the first of them."""

    word: Word
    strategies: frozenset[str]
    decision: Decision


class Entries(NamedTuple):
    """The cache calls about one kind of data: those that store on a miss, those that store, those that drop."""

    fills: list[Event]
    stores: list[Event]
    drops: list[Event]

    @property
    def filled(self) -> list[Event]:
        """All that store."""
        return [*self.fills, *self.stores]


class Kept(msgspec.Struct, frozen=True):
    """One kind of data in a whole project: the files that write its rows, the functions that store or drop its entries
    (TOP_LEVEL for the top level of a file), whether there are any entries (`is_filled`), and whether what is called
    beside a write decides what becomes of them (`depends`)."""

    writes: frozenset[str]
    uses: frozenset[Where]
    is_filled: bool
    depends: bool


class Look(Protocol):
    """A look at an edit, as demands ask for it. `index` is what a whole run left, by the words of data; `looked` are
    the functions that it is about, `around` what is done wherever it can make something else of uses of caches,
    `places` where that was in the whole run; `changes_calls` tells whether calls come or go that lead to anything."""

    @property
    def index(self) -> Mapping[str, Kept]: ...
    @property
    def looked(self) -> Collection[FunctionSymbol]: ...
    @property
    def around(self) -> Collection[Event]: ...
    @property
    def places(self) -> Collection[Where]: ...
    @property
    def changes_calls(self) -> bool: ...
    def in_files(self, paths: Iterable[str]) -> list[Event]: ...
    def in_functions(self, functions: Iterable[FunctionSymbol]) -> list[Event]: ...


class Demands:
    """The writes of which something is demanded, and the entries of data by its word, each worked out once."""

    def __init__(self, program: Program, look: Look | None) -> None:
        self._program, self._look = program, look
        self._entries: dict[Word, Entries] = {}
        self._all_uses: list[_Use] | None = None
        self._uses_around = list(_uses(program, look.around)) if look is not None else []
        self._concerned = {text for text in look.index if self._is_concerned(text)} if look is not None else set()

    def writes(self) -> Iterator[tuple[Event, Demand]]:
        """The writes that change rows and leave no choice, by place; of a look, those that it can matter to."""
        found = self._program.events
        look = self._look
        if look is not None:
            paths = {path for text in self._concerned for path in look.index[text].writes}
            found = list(dict.fromkeys((*look.in_files(paths), *look.in_functions(look.looked))))
        for event in sorted(filter(_is_change, found), key=lambda event: (event.place, event.method)):
            said = _demand(self._program, event)
            if said is not None and self._is_judged(event, said):
                yield event, said

    def entries(self, word: Word) -> Entries:
        """The cache calls about data of a word."""
        if word not in self._entries:
            self._entries[word] = _entries(self._program, self._uses(word), word)
        return self._entries[word]

    def index(self) -> dict[str, Kept]:
        """Where all of it stands, by the words of data."""
        found: dict[str, list[tuple[Event, Demand]]] = {}
        for event, said in self.writes():
            found.setdefault(said.word.text, []).append((event, said))
        return {text: self._kept(writes) for text, writes in found.items()}

    def _kept(self, writes: list[tuple[Event, Demand]]) -> Kept:
        entries = self.entries(writes[0][1].word)
        uses = frozenset(map(_where, (*entries.filled, *entries.drops)))
        ways = {said.strategies for _, said in writes}
        depends = any(depends_on_calls(self._program, each, entries) for each in ways)
        return Kept(frozenset(event.place.path for event, _ in writes), uses, bool(entries.filled), depends)

    # ------------------------------------------------------------------------------------------------ of a look

    def _is_judged(self, event: Event, said: Demand) -> bool:
        look = self._look
        return look is None or said.word.text in self._concerned or event.function in look.looked

    def _is_concerned(self, text: str) -> bool:
        """Whether the look can matter to writes of some data wherever they stand."""
        assert self._look is not None
        kept = self._look.index[text]
        is_touched = not kept.uses.isdisjoint(self._look.places) or (kept.depends and self._look.changes_calls)
        return (kept.is_filled and is_touched) or self._is_filled_around(self._program.decided.word(text))

    def _is_filled_around(self, word: Word) -> bool:
        return bool(_entries(self._program, self._uses_around, word).filled)

    def _uses(self, word: Word) -> list[_Use]:
        """The uses of caches that may be about data of a word."""
        kept = self._look.index.get(word.text) if self._look is not None else None
        if self._look is None or kept is None:
            if self._all_uses is None:
                self._all_uses = list(_uses(self._program, self._program.all_cache_events))
            return self._all_uses
        if not kept.is_filled and not self._is_filled_around(word):
            return []  # What drops entries says nothing where there are none.
        found = self._look.in_files({path for path, _ in kept.uses})
        own = {id(use.event) for use in self._uses_around}
        others = (event for event in found if id(event) not in own and _where(event) in kept.uses)
        uses = [*self._uses_around, *_uses(self._program, others)]
        return sorted(uses, key=lambda use: (use.event.place, use.event.method))


def depends_on_calls(program: Program, strategies: frozenset[str], entries: Entries) -> bool:
    """Whether what is called beside a write decides if entries are kept in step, and how."""
    is_asked = strategies - {"cdn"} != {"event"} and entries.filled and (entries.stores or entries.drops)
    return bool(is_asked) and not is_kept_otherwise(program, strategies - {"cdn"}, entries)


def is_kept_otherwise(program: Program, strategies: frozenset[str], entries: Entries) -> bool:
    """Whether entries follow another one of the strategies that the policy allows for them."""
    if strategies & {"event", "cache-aside"} and entries.drops:
        return True
    if "ttl" not in strategies and "cache-aside" not in strategies:
        return False
    return any(expiry.of_view(program, at_call(each)).kind != "never" for each in entries.filled)


# ---------------------------------------------------------------------------------------------------------- writes


def _is_change(event: Event) -> bool:
    name = event.function.facts.name if event.function is not None else ""
    is_write = isinstance(event.row, DbWrite) and event.method not in _MAKES
    return is_write and event.entity is not None and not _MAKERS & set(words(name))


def _demand(program: Program, event: Event) -> Demand | None:
    """What the policy demands of a write, where it leaves it no choice."""
    said = _said(program, event)
    named = said.strategies - {"cdn"} if said is not None else frozenset()
    return said if named == {"event"} or named & THROUGH else None


def _said(program: Program, event: Event) -> Demand | None:
    """What the policy says of the rows that a write changes: of their own kind, else of all."""
    path = event.place.path
    for each in program.decided.allows(path):
        if each.said.strategies and is_about(event.entity, each.word):
            return Demand(each.word, frozenset(each.said.strategies), each.decision)
    general = program.decided.all_said(path, UsesStrategy)
    if not general or not isinstance(event.entity, ClassSymbol):
        return None
    named = frozenset(said.strategy for said, _ in general)
    first = next((d for s, d in general if s.strategy in THROUGH), general[0][1])
    return Demand(program.decided.word(event.entity.facts.name), named, first)


# ---------------------------------------------------------------------------------------------------------- entries


class _Use(NamedTuple):
    """A cache call with the keys that its callers make of its own."""

    event: Event
    templates: list[str]


def _uses(program: Program, events: Iterable[Event]) -> Iterator[_Use]:
    """The cache calls that store or drop entries, whatever they are about."""
    for event in on_caches(events):
        if isinstance(event.row, CacheDelete) or (is_write(event) and not program.is_store(event)):
            yield _Use(event, program.key_templates(event))


def _entries(program: Program, uses: Iterable[_Use], word: Word) -> Entries:
    """The cache calls that are about data of a word, by their keys or by what they store."""
    found = Entries([], [], [])
    for event, templates in uses:
        is_named = any(in_key(word, template) for template in templates)
        if isinstance(event.row, CacheDelete):
            # A key that nobody can read may be about the data.
            if is_named or event.row.everything or not any(templates):
                found.drops.append(event)
        elif is_named or about(program, at_call(event), word):
            is_fill = bool(event.context.misses) or isinstance(event.row, CacheGetOrSet)
            (found.fills if is_fill else found.stores).append(event)
    return found


def _where(event: Event) -> Where:
    index = event.function.original.index if event.function is not None else TOP_LEVEL
    return event.module.source.path, max(index, TOP_LEVEL)
