"""What an earlier run left, seen from now: which files have changed, what its symbols and places are today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cachelint.facts.model import FileFacts
from cachelint.files import SourceFile
from cachelint.program.changes import Change
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Place

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

NOTHING = FileFacts((0,), (), (), (), ())


class UnsureError(Exception):
    """Why what an earlier run left is not enough to link again."""


class Before:
    """What an earlier run left: what was `known` of the project and what it `left` of each file, as bytes; `files`
    holds those that have changed since as they were then, None for one that was not there. `texts` are the encoded
    facts of all files as they are now, to find names in. `served` is what was known of who serves requests, where
    nothing that has changed since can matter to it, `said` the names by which code that was not there could be
    reached."""

    def __init__(
        self,
        known: bytes,
        left: Callable[[str], bytes | None],
        files: Mapping[str, tuple[SourceFile, FileFacts] | None],
        texts: Mapping[str, bytes],
        served: Callable[[], bytes | None] = lambda: None,
        said: Callable[[], bytes | None] = lambda: None,
    ) -> None:
        self.known, self.left, self.files, self.texts = known, left, files, texts
        self.served, self.said = served, said


def changes_since(
    interpreter: Interpreter, files: Mapping[str, tuple[SourceFile, FileFacts] | None]
) -> Iterator[tuple[str, Change]]:
    """What has changed in each of these files, given as they were (None: not there)."""
    modules, guessed = interpreter.modules, interpreter.catalogue.guessed_with
    for path, before in files.items():
        now = modules.by_path.get(path)
        if before is None:
            if now is not None:
                yield path, Change(ModuleSymbol(now.source, NOTHING), now, guessed)
        else:
            then = ModuleSymbol(*before)
            yield path, Change(then, now if now is not None else ModuleSymbol(before[0], NOTHING), guessed)


class SymbolsNow:
    """The symbols and places of now for those of an earlier run. What is gone keeps its old symbol."""

    def __init__(self, interpreter: Interpreter, changes: Mapping[str, Change]) -> None:
        self._modules, self._variants = interpreter.modules.by_path, interpreter.variants
        self._changes = changes

    def module(self, path: str) -> ModuleSymbol:
        change = self._changes.get(path)
        return self._modules[path] if change is None else change.new

    def function(self, path: str, index: int) -> FunctionSymbol:
        change = self._changes.get(path)
        if change is None:
            return self._modules[path].function_at(index)
        old = change.old.functions[index]
        return change.functions.get(old, old)

    def variant(self, path: str, index: int, owner: ClassSymbol | None, switches: Any) -> FunctionSymbol:
        function = self.function(path, index)
        if self._is_gone(function.module) or (owner is not None and self._is_gone(owner.module)):
            return function.variant(owner, switches)
        return self._variants.variant(function, owner, switches)

    def _is_gone(self, module: ModuleSymbol) -> bool:
        return self._modules.get(module.source.path) is not module

    def class_(self, path: str, index: int) -> ClassSymbol:
        change = self._changes.get(path)
        if change is None:
            return self._modules[path].class_at(index)
        old = change.old.classes[index]
        return change.classes.get(old, old)

    def place(self, path: str, at: int, end: int) -> Place:
        change = self._changes.get(path)
        place = Place(path, at, end)
        return place if change is None else change.moved.place(place)
