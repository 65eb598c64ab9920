"""What the program knows, as text per line: for tests of the engine and `cachelint dump`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.program import bodies, statements
from cachelint.program.effects import CallEdge, Event, Summary
from cachelint.program.frame import Frame
from cachelint.program.queries import is_covered
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import (
    ClassRef,
    External,
    FunctionRef,
    Instance,
    ModuleRef,
    Place,
    Thing,
    Value,
)
from cachelint.vocabulary import DbRead, DbWrite, Memoizes

if TYPE_CHECKING:
    from cachelint.program import Described, Program

WORDS = {
    "CacheRead": "cache-read",
    "CacheWrite": "cache-write",
    "CacheGetOrSet": "cache-get-or-set",
    "CacheDelete": "cache-delete",
    "CacheExpire": "cache-expire",
    "CacheCount": "cache-count",
    "CacheTouch": "cache-touch",
    "CacheScan": "cache-scan",
    "CacheLock": "cache-lock",
}


def described(program: Program, path: str) -> Iterator[Described]:
    """Lines about one file, each once however many cases of a function say it."""
    return iter(dict.fromkeys(_described(program, path)))


def _described(program: Program, path: str) -> Iterator[Described]:
    """Kind "effect", "handler", "calls", "revealed" (what is assigned), "guard" (the
    errors of a cache call that reach a handler) or "taint" (the raw inputs in its key)."""
    from cachelint.program import Described

    def at(place: Place, kind: str, text: str) -> Described:
        return Described(program.location(place).line, kind, text)

    for handler in program.handlers:
        if handler.function.module.source.path == path and handler.function.index >= 0:
            function = handler.function
            place = Place(path, function.facts.at, function.facts.end)
            methods = ",".join(sorted(handler.methods))
            yield at(place, "handler", " ".join(part for part in (methods, handler.path, function.name) if part))
    idle = _idle(program)
    for events in program.graph.events.values():
        for event in events:
            if event.place.path == path and event.function not in idle:
                yield at(event.place, "effect", effect_text(program, event))
    for event in program.cache_events:
        if event.place.path == path:
            for arrival in program.raw_inputs(event):
                yield at(event.place, "taint", arrival.origin.name)
            failed = program.failure(event) if type(event.row).__name__ in WORDS else None
            if failed is not None:
                yield at(event.place, "guard", ", ".join(sorted(failed.escaped)))
    for place, value in _assigned(program, path):
        yield at(place, "revealed", " | ".join(dict.fromkeys(map(type_text, value.things))) or "?")
    for edges in program.graph.callees.values():
        for edge in edges:
            if edge.place.path == path and edge.caller is not None and edge.caller not in idle:
                yield at(edge.place, "calls", edge.callee.name)


def _idle(program: Program) -> set[FunctionSymbol]:
    """Definitions that nobody calls as they are, but that special cases of them are called instead."""
    called = {v.original for v in program.interpreter.variants if _is_used(program, v)}
    return {function for function in called if not _is_used(program, function)}


def _is_used(program: Program, function: FunctionSymbol) -> bool:
    return bool(program.graph.callers.get(function) or program.handlers_of(function))


def _assigned(program: Program, path: str) -> list[tuple[Place, Value]]:
    """Every assignment of a file with what is assigned: its functions and top level followed once more."""
    interpreter = program.interpreter
    module = interpreter.modules.by_path[path]
    interpreter.revealed = []
    try:
        statements.run(Frame(interpreter, module, None, interpreter.scratch(module)), module.facts.body)
        for function in module.functions:
            bodies.follow(interpreter, function, Summary(function, module))
        return interpreter.revealed
    finally:
        interpreter.revealed = None


def type_text(thing: Thing) -> str:
    """What a value can be, in words: `redis.Redis`, `QuerySet of User`, `class User`, `function load`."""
    if isinstance(thing, Instance):
        name = thing.type.name if isinstance(thing.type, ClassSymbol) else thing.type.removeprefix("builtins.")
        of = thing.of.facts.name if isinstance(thing.of, ClassSymbol) else thing.of
        return f"{name} of {of}" if of else name
    if isinstance(thing, ClassRef):
        return f"class {thing.symbol.name}"
    if isinstance(thing, FunctionRef):
        return f"function {thing.symbol.name}"
    if isinstance(thing, ModuleRef):
        return f"module {thing.symbol.name}"
    return f"external {thing.name}" if isinstance(thing, External) else type(thing).__name__.lower()


def effect_text(program: Program, event: Event) -> str:
    """One effect in words: `cache-read user:{id}`, `db-read rows User`."""
    if isinstance(event.row, (DbRead, DbWrite)):
        entity = event.entity.facts.name if isinstance(event.entity, ClassSymbol) else event.entity or "?"
        name = str(entity).rpartition(".")[2]
        if isinstance(event.row, DbWrite):
            return f"db-write {name}"
        return f"db-read {event.shape} {name}" + (" covered" if _is_behind_cache(program, event) else "")
    if isinstance(event.row, Memoizes):
        return "memoizes"
    word = WORDS[type(event.row).__name__]
    return f"{word} {key_text(event)}"


def _is_behind_cache(program: Program, event: Event) -> bool:
    """Whether a query is covered where it stands or on every way to it."""
    function = event.function
    if function is None:
        return False
    return is_covered(program, function, event.context, event) or _only_called_covered(program, function, set())


def _only_called_covered(program: Program, function: FunctionSymbol, seen: set[FunctionSymbol]) -> bool:
    if is_covered(program, function, program.graph.entry(function)):
        return True
    handlers = program.handlers_of(function)
    if handlers:
        return all(any(isinstance(layer.row, Memoizes) for layer in each.layers) for each in handlers)
    seen.add(function)
    edges = program.graph.callers.get(function, [])
    return bool(edges) and all(_is_call_covered(program, edge, seen) for edge in edges)


def _is_call_covered(program: Program, edge: CallEdge, seen: set[FunctionSymbol]) -> bool:
    caller = edge.caller
    if caller is None:
        return False
    is_done = caller in seen or is_covered(program, caller, edge.context)
    return is_done or _only_called_covered(program, caller, seen)


def key_text(event: Event) -> str:
    """The key template as written in the function; "?" when it is not known."""
    key = event.key
    if key is None:
        return "?"
    names = [origin.name for origin in key.origins if origin.kind == "parameter" and origin.direct]
    if key.text is None:
        return "{" + names[0] + "}" if len(names) == 1 else "?"
    return str(key.text)
