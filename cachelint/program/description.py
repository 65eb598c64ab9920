"""What the program knows, as text per line: for tests of the engine and `cachelint dump`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.program.effects import Event
from cachelint.program.queries import is_covered
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import Place
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
    """Lines about one file: kind "effect", "handler", "calls", "guard" or "taint"."""
    from cachelint.program import Described

    def at(place: Place, kind: str, text: str) -> Described:
        return Described(program.location(place).line, kind, text)

    for handler in program.handlers:
        if handler.function.module.source.path == path and handler.function.index >= 0:
            function = handler.function
            place = Place(path, function.facts.at, function.facts.end)
            methods = ",".join(sorted(handler.methods))
            yield at(place, "handler", " ".join(part for part in (methods, handler.path, function.name) if part))
    for events in program.graph.events.values():
        for event in events:
            if event.place.path == path:
                yield at(event.place, "effect", effect_text(program, event))
                for arrival in program.raw_inputs(event):
                    yield at(event.place, "taint", arrival.origin.name)
                failed = program.failure(event) if type(event.row).__name__ in WORDS else None
                if failed is not None:
                    yield at(event.place, "guard", ", ".join(sorted(failed.raised.errors)))
    for edges in program.graph.callees.values():
        for edge in edges:
            if edge.place.path == path and edge.caller is not None:
                yield at(edge.place, "calls", edge.callee.name)


def effect_text(program: Program, event: Event) -> str:
    """One effect in words: `cache-read user:{id}`, `db-read rows User`."""
    if isinstance(event.row, (DbRead, DbWrite)):
        entity = event.entity.facts.name if isinstance(event.entity, ClassSymbol) else event.entity or "?"
        name = str(entity).rpartition(".")[2]
        if isinstance(event.row, DbWrite):
            return f"db-write {name}"
        covered = event.function is not None and is_covered(program, event.function, event.context, event)
        return f"db-read {event.shape} {name}" + (" covered" if covered else "")
    if isinstance(event.row, Memoizes):
        return "memoizes"
    word = WORDS[type(event.row).__name__]
    return f"{word} {key_text(event)}"


def key_text(event: Event) -> str:
    """The key template as written in the function; "?" when it is not known."""
    key = event.key
    if key is None:
        return "?"
    names = [origin.name for origin in key.origins if origin.kind == "parameter" and origin.direct]
    if key.text is None:
        return "{" + names[0] + "}" if len(names) == 1 else "?"
    return str(key.text)
