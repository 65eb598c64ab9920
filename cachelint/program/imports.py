"""Who imports what: the imports of a file, and the files that take something from another one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cachelint.facts import model as facts
from cachelint.program.modules import Modules
from cachelint.program.symbols import ModuleSymbol
from cachelint.program.walking import walk


def imports_of(module: ModuleSymbol) -> Iterator[tuple[facts.Import, bool]]:
    """The imports of a file, those in its functions included, and whether they stand at its top level."""
    bodies = [module.facts.body, *(function.facts.body for function in module.functions)]
    for number, body in enumerate(bodies):
        yield from ((each, not number) for each in walk(body) if isinstance(each, facts.Import))


def takers_of(modules: Modules) -> dict[str, set[str]]:
    """By the path of each file those of the files that import it, or something of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        named = {name for statement, _ in imports_of(module) for name in _named(module, statement)}
        for home in (modules.find(name, module) for name in named):
            if home is not None:
                found[home.source.path].add(module.source.path)
    return found


def _named(module: ModuleSymbol, statement: facts.Import) -> Iterator[str]:
    """What an import may name a file by."""
    for each in statement.names:
        base = module.absolute(statement, each)
        yield base
        if each.name not in (None, "*"):
            yield f"{base}.{each.name}"
