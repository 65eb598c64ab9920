"""All modules of the project, found by name: across roots, beside scripts and around folders without a package."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from cachelint.facts.model import FileFacts
from cachelint.files import SourceFile
from cachelint.program.symbols import ClassSymbol, ModuleSymbol


class Modules:
    """All modules, found by dotted name from a given file's point of view."""

    def __init__(self, files: Sequence[tuple[SourceFile, FileFacts | Callable[[], FileFacts]]]) -> None:
        self.by_path = {source.path: ModuleSymbol(source, file_facts) for source, file_facts in files}
        self._by_name: dict[str, list[ModuleSymbol]] = defaultdict(list)
        self._packages: set[str] = set()
        self._found: dict[tuple[str, ModuleSymbol], ModuleSymbol | None] = {}
        self.libraries: frozenset[str] = frozenset(sys.stdlib_module_names)
        for module in self.by_path.values():
            self._by_name[module.name].append(module)
            parts = module.name.split(".")
            self._packages.update(".".join(parts[:length]) for length in range(1, len(parts)))

    def __iter__(self) -> Iterator[ModuleSymbol]:
        return iter(self.by_path.values())

    def class_named(self, name: str) -> ClassSymbol | None:
        """The class of that dotted name, module included; of several, the last."""
        parts = name.split(".")
        for length in range(len(parts)):
            home, qualname = ".".join(parts[:length]), ".".join(parts[length:])
            for module in reversed(self._by_name.get(home, ())):
                for symbol in reversed(module.classes):
                    if symbol.facts.qualname == qualname:
                        return symbol
        return None

    def find(self, name: str, seen_from: ModuleSymbol) -> ModuleSymbol | None:
        """The module of that dotted name; of several, the one in the same root."""
        key = (name, seen_from)
        if key not in self._found:
            self._found[key] = self._find(name, seen_from)
        return self._found[key]

    def _find(self, name: str, seen_from: ModuleSymbol) -> ModuleSymbol | None:
        candidates = self._by_name.get(name) or self._beside(name, seen_from)
        if not candidates:
            return self._around(name, seen_from)
        for candidate in candidates:
            if candidate.source.root == seen_from.source.root:
                return candidate
        return candidates[0]

    def _beside(self, name: str, seen_from: ModuleSymbol) -> list[ModuleSymbol]:
        """Modules of that name from the folders around a file: a script's imports start in its own folder.

        Such folders are no packages, and what is a library's name stays the library's."""
        if name.partition(".")[0] in self.libraries:
            return []
        folder = seen_from.package
        while folder and not any(each.source.is_package for each in self._by_name.get(folder, ())):
            found = [each for each in self._by_name.get(f"{folder}.{name}", ()) if each is not seen_from]
            if found:
                return found
            folder = folder.rpartition(".")[0]
        return []

    def _around(self, name: str, seen_from: ModuleSymbol) -> ModuleSymbol | None:
        """The module that a name is when it starts in a folder around a file: not every package has an __init__.py,
        so a module's own name may start too low. Folders that are packages are no starting points."""
        if name.partition(".")[0] in self.libraries:
            return None
        folder = seen_from.source.path
        while folder:
            folder = folder.rpartition("/")[0]
            prefix = f"{folder}/" if folder else ""
            if f"{prefix}__init__.py" not in self.by_path:
                path = prefix + name.replace(".", "/")
                found = self.by_path.get(f"{path}.py") or self.by_path.get(f"{path}/__init__.py")
                if found is not None:
                    return found
        return None

    def is_package(self, name: str) -> bool:
        """Whether some module lies below that dotted name (a namespace package counts)."""
        return name in self._packages
