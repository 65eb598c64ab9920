"""Where clients of cache servers are made, beside the one module that the policy names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.facts import model as facts
from cachelint.policy.model import Decision, OneClient
from cachelint.program.frame import Frame
from cachelint.program.symbols import ModuleSymbol
from cachelint.program.values import External, Place
from cachelint.program.walking import nodes
from cachelint.vocabulary import Obtains, Outage

if TYPE_CHECKING:
    from cachelint.program import Program


class DirectClient(msgspec.Struct, frozen=True):
    """A module that makes a client of its own, or imports one: `what` is its type for people."""

    place: Place
    what: str
    decision: Decision
    is_made: bool


def direct_clients(program: Program) -> Iterator[DirectClient]:
    """Every import or construction of a client outside of the module that the policy names."""
    homes: dict[str, set[str]] = {}
    for module in program.interpreter.modules:
        said = program.decided.said(module.source.path, OneClient)
        if said is None:
            continue
        named, decision = said
        if named.module not in homes:
            homes[named.module] = _packages(program, named.module)
        if homes[named.module] and not is_named(module, named.module):
            yield from _in_module(program, module, homes[named.module], decision)


def is_named(module: ModuleSymbol, name: str) -> bool:
    """Whether a policy's path ("app/lib/redis.py", "app.lib.redis") is this module, or a package that holds it."""
    dotted = name.removesuffix(".py").replace("/", ".").strip(".").removesuffix(".__init__")
    path = module.source.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    known = (module.name, path)
    return any(each == dotted or each.endswith(f".{dotted}") or each.startswith(f"{dotted}.") for each in known)


def exists(program: Program, name: str) -> bool:
    """Whether the module that a policy names is part of the project; a name in it counts ("app.cache.client")."""
    modules = list(program.interpreter.modules)
    owner = name.rpartition(".")[0] if "/" not in name else ""
    return any(is_named(module, each) for module in modules for each in (name, owner) if each)


def _packages(program: Program, name: str) -> set[str]:
    """The packages whose clients the named module makes."""
    owner = name.rpartition(".")[0] if "/" not in name and not exists(program, name) else name
    found = set()
    for module in program.interpreter.modules:
        if is_named(module, owner):
            found |= {what.partition(".")[0] for _, what in _made(program, module)}
    return found


def _in_module(
    program: Program, module: ModuleSymbol, packages: set[str], decision: Decision
) -> Iterator[DirectClient]:
    made = [(place, what) for place, what in _made(program, module) if what.partition(".")[0] in packages]
    imported = [(place, what) for place, what in _imported(program, module) if what.partition(".")[0] in packages]
    for place, what in made or imported[:1]:
        yield DirectClient(place, what, decision, bool(made))


def _made(program: Program, module: ModuleSymbol) -> Iterator[tuple[Place, str]]:
    """The constructions of clients in a module, by place."""
    frame = Frame(program.interpreter, module, None, program.interpreter.scratch(module))
    bodies = [module.facts.body, *(f.body for f in module.facts.functions), *(c.body for c in module.facts.classes)]
    found = {}
    for body in bodies:
        for node in nodes(tuple(body)):
            if isinstance(node, facts.Call) and isinstance(node.func, (facts.Name, facts.Attribute)):
                what = _client(program, frame, node.func)
                if what:
                    found[frame.place(node)] = what
    yield from sorted(found.items())


def _client(program: Program, frame: Frame, func: facts.Expression) -> str:
    """The client type that calling a name gives; "" for anything else."""
    if not _is_global(frame, func):
        return ""
    catalogue = program.interpreter.catalogue
    for each in frame.evaluate(func).things:
        if not isinstance(each, External):
            continue
        if is_server_client(program, each.name):
            return each.name
        for row in catalogue.function(each.name):
            if (
                isinstance(row, Obtains)
                and row.how == "call"
                and is_server_client(program, catalogue.canonical(row.gives))
            ):
                return catalogue.canonical(row.gives)
    return ""


def _is_global(frame: Frame, func: facts.Expression) -> bool:
    """Whether a dotted expression starts at a name of the module, as imports do."""
    while isinstance(func, facts.Attribute):
        func = func.value
    return isinstance(func, facts.Name) and func.id in frame.module.bindings


def _imported(program: Program, module: ModuleSymbol) -> Iterator[tuple[Place, str]]:
    """The client classes that a module imports by name."""
    for name, binding in module.bindings.items():
        for statement, _ in binding.imports:
            for each in program.interpreter.names.global_value(module, name).things:
                if isinstance(each, External) and is_server_client(program, each.name):
                    yield Place(module.source.path, statement.at, statement.end), each.name


def is_server_client(program: Program, name: str) -> bool:
    """Whether a type is a client of a cache server: one whose calls an outage ends."""
    catalogue = program.interpreter.catalogue
    known = catalogue.types.get(name)
    if known is None or name.startswith("django."):
        return False
    return any(
        isinstance(row, Outage) and row.raises for base in catalogue.lineage(name) for row in catalogue.own_rows(base)
    )
