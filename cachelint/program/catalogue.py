"""The rows of all libraries, indexed for one question: what does this member of this module or type do?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set

from cachelint.vocabulary import (
    Answers,
    Authenticates,
    Backend,
    CacheRead,
    CdnHeader,
    Converter,
    Delegates,
    Dialect,
    Error,
    HandlerClass,
    Handles,
    HasFields,
    Library,
    Preloads,
    Row,
    Shelf,
    Type,
    Validates,
)


class Catalogue:
    """Rows by (module or type, member), with aliases resolved."""

    def __init__(self, libraries: Iterable[Library]) -> None:
        self.types: dict[str, Type] = {}
        self.errors: dict[str, Error] = {}
        self.backends: dict[str, Backend] = {}
        self.converters: dict[tuple[str, str], Converter] = {}
        self.validated: dict[str, Validates] = {}
        self.packages: set[str] = set()
        # Classes whose instances stand for a miss.
        self.miss_classes: set[str] = set()
        self.dialects: list[Dialect] = []
        self.shelves: list[Shelf] = []
        # What was concluded of types so far: which count as caches, sessions, requests.
        self.kinds: dict[str, str] = {}
        self._ancestors: dict[str, set[str]] = {}
        self.web_packages: set[str] = set()
        self.models: set[str] = set()
        self.data_models: set[str] = set()
        # Makers of decorators that have users pass a test.
        self.user_tests: set[str] = set()
        # Settings that say who may see the views of a framework.
        self.asking_settings: list[Authenticates] = []
        # Methods that turn people away before a view's own method runs.
        self.checks: set[str] = set()
        # Calls that name relations to load along, and what then runs no query of its own.
        self.preloads: dict[str, frozenset[str]] = {}
        # Names that may make a response of a special kind.
        self.answers: set[str] = set()
        # What views leave to classes that they name, by the bases of those.
        self.delegates: dict[str, Delegates] = {}
        # Headers that speak to the shared cache in front of the application.
        self.cdn_headers: set[str] = set()
        self._alias: dict[str, str] = {}
        self._rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._lineages: dict[str, tuple[str, ...]] = {}
        self._of_type: dict[tuple[str, str], tuple[Row, ...]] = {}
        self._functions: dict[str, tuple[Row, ...]] = {}
        self._rendered: dict[str, frozenset[str]] = {}
        self._on: dict[str, list[Row]] = defaultdict(list)
        self._names: dict[str, list[Type]] = defaultdict(list)
        libraries = tuple(libraries)
        self.rows: tuple[Row, ...] = tuple(row for library in libraries for row in library.rows)
        for library in libraries:
            self.packages.update(library.packages.split())
            for row in library.rows:
                self._index_name(row)
            if any(isinstance(row, (Handles, HandlerClass)) for row in library.rows):
                self.web_packages.update(library.packages.split())
        for library in libraries:
            for row in library.rows:
                self._index_member(row)

    def _index_name(self, row: Row) -> None:
        if isinstance(row, Type):
            self.types[row.name] = row
            if row.model:
                self.models.add(row.name)
            self._alias.update((alias, row.name) for alias in row.aliases.split())
            for name in row.receiver_names.split():
                self._names[name].append(row)
        elif isinstance(row, Error):
            self.errors[row.name] = row
            self._alias.update((alias, row.name) for alias in row.aliases.split())
        elif isinstance(row, Dialect):
            self.dialects.append(row)
        elif isinstance(row, Shelf):
            self.shelves.append(row)
        elif isinstance(row, Backend):
            self.backends[row.path] = row

    def _index_member(self, row: Row) -> None:
        if isinstance(row, Converter):
            self.converters[row.dialect, row.word] = row
        elif isinstance(row, Validates):
            self.validated.update((self.canonical(name), row) for name in row.types.split())
        elif isinstance(row, Authenticates):
            self.user_tests.update(row.names.split() if row.tests else ())
            self.asking_settings.extend((row,) if row.applies else ())
        elif isinstance(row, Preloads):
            self.preloads.update((name, frozenset(row.reads.split())) for name in row.names.split())
        elif isinstance(row, Answers):
            self.answers.update(row.names.split())
        elif isinstance(row, Delegates):
            self.delegates.update((self.canonical(name), row) for name in row.to.split())
        elif isinstance(row, CdnHeader):
            self.cdn_headers.update(row.names.split())
        elif isinstance(row, HasFields):
            self.data_models.update(self.canonical(name) for name in row.bases.split())
        elif isinstance(row, CacheRead):
            words = [word.partition(":") for word in row.misses.split()]
            self.miss_classes.update(name for kind, _, name in words if kind == "instance")
        self.checks.update(getattr(row, "checks", "").split())
        on = getattr(row, "on", "")
        for owner in on.split():
            owner = self._alias.get(owner, owner)
            self._on[owner].append(row)
            for name in getattr(row, "names", "").split():
                self._rows[owner, name].append(row)

    def canonical(self, name: str) -> str:
        """A dotted name with a known alias (of itself or of its longest prefix) replaced."""
        if name in self._alias:
            return self._alias[name]
        owner, _, last = name.rpartition(".")
        if owner and owner in self._alias:
            return f"{self._alias[owner]}.{last}"
        return name

    def function(self, name: str) -> tuple[Row, ...]:
        """Rows of a dotted name: a function of a module, or a method named through its class."""
        if name not in self._functions:
            owner, _, last = name.rpartition(".")
            rows = self.member(owner, last) if owner in self.types else tuple(self._rows.get((owner, last), ()))
            self._functions[name] = rows
        return self._functions[name]

    def member(self, type_name: str, name: str) -> tuple[Row, ...]:
        """Rows of a member of a type, its own first, then those of its bases; "*" rows apply to any member."""
        key = (type_name, name)
        if key not in self._of_type:
            found: list[Row] = []
            for each in self.lineage(type_name):
                found.extend(self._rows.get((each, name), ()))
                if found:
                    break
            if not found:
                for each in self.lineage(type_name):
                    found.extend(self._rows.get((each, "*"), ()))
            self._of_type[key] = tuple(found)
        return self._of_type[key]

    def rows_on(self, type_name: str) -> list[Row]:
        """Every row about a type or module itself (Mapping, Outage, HandlerClass ...), bases included."""
        return [row for each in self.lineage(type_name) for row in self._on.get(each, ())]

    def rendered(self, type_name: str) -> frozenset[str]:
        """The methods of exactly this type whose mappings are rendered."""
        if type_name not in self._rendered:
            rows = [row for row in self.own_rows(type_name) if isinstance(row, HandlerClass)]
            self._rendered[type_name] = frozenset(name for row in rows for name in row.renders.split())
        return self._rendered[type_name]

    def own_rows(self, type_name: str) -> list[Row]:
        """Every row about exactly this type or module."""
        return self._on.get(self._alias.get(type_name, type_name), [])

    def lineage(self, type_name: str) -> tuple[str, ...]:
        """A type and its known bases, nearest first."""
        if type_name not in self._lineages:
            self._lineages[type_name] = tuple(self._ordered_bases(type_name))
        return self._lineages[type_name]

    def _ordered_bases(self, type_name: str) -> list[str]:
        order: list[str] = []
        queue = [type_name]
        while queue:
            each = queue.pop(0)
            if each not in order:
                order.append(each)
                if each in self.types:
                    queue.extend(self.canonical(base) for base in self.types[each].bases.split())
        return order

    def is_a(self, type_name: str, base: str) -> bool:
        return base in self.lineage(type_name)

    def named_like(self, name: str) -> list[Type]:
        """Types that an unresolved receiver of that variable name may have."""
        return self._names.get(name, [])

    def guessed_with(self, packages: Set[str]) -> Set[str]:
        """The names of variables whose types files are taken to say by importing one of these packages."""
        return {
            name for name, types in self._names.items() if any(packages & {*t.name_evidence.split()} for t in types)
        }

    def ancestors(self, error: str) -> set[str]:
        """An exception class and all its known bases, as canonical dotted names."""
        if error not in self._ancestors:
            self._ancestors[error] = self._ancestors_of(error)
        return self._ancestors[error]

    def _ancestors_of(self, error: str) -> set[str]:
        found: set[str] = set()
        queue = [self.canonical(error)]
        while queue:
            each = queue.pop()
            if each not in found:
                found.add(each)
                row = self.errors.get(each)
                queue.extend(self.canonical(base) for base in (row.bases.split() if row else ()))
        return found
