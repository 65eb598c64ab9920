"""Data that the policy forbids to cache, followed into cache writes and caching decorators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cachelint.policy import Word, ends_route, in_route
from cachelint.policy.model import Decision
from cachelint.program.decided import Forbids
from cachelint.program.decorators import Applied, applied
from cachelint.program.effects import Event
from cachelint.program.subjects import about, decorated, entity_of, field_of
from cachelint.program.values import Place
from cachelint.program.writes import View, at_call, from_callers, is_write, parameters
from cachelint.vocabulary import Memoizes, Row, SetsHeader

if TYPE_CHECKING:
    from cachelint.program import Program

PRIVATE = frozenset(("no-store", "private"))


class Forbidden(msgspec.Struct, frozen=True):
    """One cache write or decorator that stores data the policy forbids.

    `what` names the data, `word` is the policy's own text, `decision` says where the policy says it."""

    event: Event
    place: Place
    what: str
    word: str
    decision: Decision
    way: tuple[tuple[Place, str], ...]


def forbidden_writes(program: Program) -> Iterator[Forbidden]:
    """Every cache write and caching decorator that stores forbidden data, once per place."""
    if not program.decided.names_data:
        return
    seen: set[Place] = set()
    for found in _all(program):
        if found.place not in seen:
            seen.add(found.place)
            yield found


def _all(program: Program) -> Iterator[Forbidden]:
    for event in program.cache_events:
        if isinstance(event.row, Memoizes):
            yield from _memoized(program, event)
        elif is_write(event) and not program.is_store(event):
            yield from _of_view(program, at_call(event))
    yield from _registered(program)


def _first(words: list[Forbids], matches: Callable[[Word], str]) -> tuple[str, Forbids] | None:
    """The first forbidden entity that matches, with what it matches; exceptions match nothing."""
    for each in words:
        what = matches(each.word)
        if what and not any(matches(allowed) for allowed in each.exceptions):
            return what, each
    return None


def _of_view(program: Program, view: View) -> Iterator[Forbidden]:
    if program.is_store_at(view):
        return
    found = _first(program.decided.forbids(view.place.path), lambda word: _what(program, view, word))
    if found is not None:
        way = (*view.way, (view.event.place, "stored here")) if view.way else ()
        yield Forbidden(view.event, view.place, found[0], found[1].word.text, found[1].decision, way)
        return
    inner = (forbidden for outer in from_callers(program, view) for forbidden in _of_view(program, outer))
    if not _is_own_key(view):
        yield from inner
        return
    # The entry is this one, whoever hands in what it holds: one place to mend.
    for forbidden in inner:
        yield replace(forbidden, place=view.place)
        return


def _what(program: Program, view: View, word: Word) -> str:
    field = field_of(view.value, word)
    return about(program, view, word) or (f"the field `{field}`" if field else "")


def _is_own_key(view: View) -> bool:
    """Whether the key is written here, without a word from the callers."""
    return view.key.text is not None and not any(origin.direct for origin in parameters(view.key))


# ------------------------------------------------------------------------------------------------ decorators


def _memoized(program: Program, event: Event) -> Iterator[Forbidden]:
    if event.function is None or _is_property(event) or _is_private(program, event):
        return
    words = program.decided.forbids(event.place.path)
    found = _first(words, lambda word: decorated(program, event, word))
    if found is not None:
        yield Forbidden(event, event.place, found[0], found[1].word.text, found[1].decision, ())


def _is_property(event: Event) -> bool:
    return event.method.endswith("property") or "cached_property" in getattr(event.row, "names", "")


def _is_private(program: Program, event: Event) -> bool:
    if event.function is None or not event.is_response:
        return False
    return any(marks_private(each) for each in applied(program.interpreter, event.function))


def marks_private(each: Applied) -> bool:
    """Whether a decorator keeps a response out of shared caches."""
    if not isinstance(each.row, SetsHeader):
        return False
    named = {name.replace("_", "-") for name, value in each.given.items() if value.constant is True}
    return each.row.directive in PRIVATE or bool(named & PRIVATE)


def _registered(program: Program) -> Iterator[Forbidden]:
    """`path("orders/", cache_page(60)(view))`, and caching decorators on a view's class."""
    for handler in program.handlers:
        marks: list[tuple[Row | None, Place]] = [(layer.row, layer.place) for layer in handler.layers]
        of_class = program.class_decorators(handler)
        marks.extend((each.row, each.place) for each in of_class)
        if any(marks_private(each) for each in [*of_class, *applied(program.interpreter, handler.function)]):
            continue
        returned = program.interpreter.summary(handler.function).returns

        def matches(word: Word, handler: object = handler, returned: object = returned) -> str:
            if any((in_route if word.route else ends_route)(word, path) for path in handler.raw_paths):  # type: ignore[attr-defined]
                return f"the route `{handler.path}`"  # type: ignore[attr-defined]
            return "" if word.route else entity_of(program, returned, word)  # type: ignore[arg-type]

        for row, place in marks:
            found = _first(program.decided.forbids(handler.place.path), matches) if isinstance(row, Memoizes) else None
            if isinstance(row, Memoizes) and found is not None:
                event = Event(row, handler.place, handler.function.module, handler.function, program.top)
                event.is_response = row.response
                at = place if handler.layers == () else handler.place
                yield Forbidden(event, at, found[0], found[1].word.text, found[1].decision, ())
