"""Who imports what: the imports of a file, and the files that take something from another one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from typing import NamedTuple

from cachelint.facts import model as facts
from cachelint.program.modules import Modules
from cachelint.program.symbols import ModuleSymbol
from cachelint.program.walking import walk


def imports_of(module: ModuleSymbol) -> Iterator[tuple[facts.Import, bool]]:
    """The imports of a file, those in its functions included, and whether they stand at its top level."""
    bodies = [module.facts.body, *(function.facts.body for function in module.functions)]
    for number, body in enumerate(bodies):
        yield from ((each, not number) for each in walk(body) if isinstance(each, facts.Import))


class Imported(NamedTuple):
    """By the path of each file those of the files that import it, or something of it; and the dotted names of modules
    that imports may mean and that no file has."""

    takers: dict[str, set[str]]
    missing: frozenset[str]


def imported(modules: Modules) -> Imported:
    """What all files import."""
    takers: dict[str, set[str]] = defaultdict(set)
    missing = set()
    for module in modules:
        for name in {name for statement, _ in imports_of(module) for name in named(module, statement)}:
            home = modules.find(name, module)
            if home is not None:
                takers[home.source.path].add(module.source.path)
            else:
                missing.add(name)
    return Imported(takers, frozenset(missing))


def may_mean(modules: Modules, module: ModuleSymbol, missing: Container[str]) -> bool:
    """Whether an import that had no file to mean may mean this one: by its whole name, or by one that starts in a
    folder around it which is no package."""
    names = module.name.split(".")
    folders = module.source.path.split("/")
    for length in range(1, len(names) + 1):
        is_whole = length == len(names)
        start = "/".join((*folders[:-length], "__init__.py"))
        if ".".join(names[-length:]) in missing and (is_whole or start not in modules.by_path):
            return True
    return False


def named(module: ModuleSymbol, statement: facts.Import) -> Iterator[str]:
    """What an import may name a file by."""
    for each in statement.names:
        base = module.absolute(statement, each)
        yield base
        if each.name not in (None, "*"):
            yield f"{base}.{each.name}"
