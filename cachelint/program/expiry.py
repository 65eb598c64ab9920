"""When cache entries expire: by the TTL given, in its unit, or by what the library and the settings do without one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from cachelint.policy import spoken
from cachelint.program.effects import Event
from cachelint.program.values import NOTHING, External, Place, Value
from cachelint.program.writes import View
from cachelint.vocabulary import CacheExpire, Memoizes

if TYPE_CHECKING:
    from cachelint.program import Program

_SETTINGS = "django.conf.settings."
_FACTORS = {"s": 1.0, "ms": 0.001}


class Expiry(msgspec.Struct, frozen=True):
    """When an entry expires. `kind` "after": after `seconds`; "never"; "unknown" for all else (a point in time, a
    value from a database, an entry that is not stored at all).

    `is_default` tells that no TTL is given and the library's own decides; `written` is where a constant in settings
    stands."""

    kind: Literal["after", "never", "unknown"]
    seconds: float = 0
    is_default: bool = False
    written: Place | None = None

    def __str__(self) -> str:
        return "never" if self.kind == "never" else f"after {spoken(self.seconds)}" if self.kind == "after" else "?"


UNKNOWN = Expiry("unknown")


def of_view(program: Program, view: View) -> Expiry:
    """When the entry that a write stores expires, as far as it is known at this place."""
    return _expiry(program, view.event, view.ttl)


def of_decorator(program: Program, event: Event) -> Expiry:
    """When the entries of a caching decorator expire."""
    return _expiry(program, event, _given(event.row, event.arguments))


def _given(row: Any, arguments: dict[str, Value]) -> tuple[str, Value] | None:
    for word in row.ttl.split():
        name, _, unit = word.partition(":")
        if name in arguments:
            return unit or "s", arguments[name]
    return None


def _expiry(program: Program, event: Event, ttl: tuple[str, Value] | None) -> Expiry:
    row: Any = event.row
    keeps = getattr(row, "keeps_ttl", "")
    if keeps and event.flags.get(keeps, False) is not False:
        return UNKNOWN
    if ttl is None:
        return _meaning(program, event, row.omitted, is_default=True)
    unit, value = ttl
    amounts = list(dict.fromkeys(_amounts(program, value)))
    if len(amounts) != 1 or unit not in _FACTORS:
        return UNKNOWN
    amount, place = amounts[0]
    if amount is None:
        return _meaning(program, event, getattr(row, "none", "never"), is_default=False)
    if amount == 0:
        return _meaning(program, event, getattr(row, "zero", "error"), is_default=False)
    return Expiry("after", amount * _FACTORS[unit], written=place) if amount > 0 else UNKNOWN


def _meaning(program: Program, event: Event, word: str, is_default: bool) -> Expiry:
    """What a row says of a TTL left out, None or 0."""
    if word == "never":
        return Expiry("never", is_default=is_default)
    return _default(program, event) if word == "default" else UNKNOWN


def _amounts(program: Program, value: Value) -> Iterator[tuple[float | None, Place | None]]:
    """The numbers of seconds (or None) that a TTL can be; a name of a Django setting is what the settings say."""
    if value.constant is not NOTHING:
        yield from ((number, None) for number in _number(value.constant))
        return
    for each in value.things:
        if isinstance(each, External) and each.name.startswith(_SETTINGS):
            for _, setting, place in program.settings.values(each.name.removeprefix(_SETTINGS)):
                yield from ((number, place) for number in _number(setting.constant))


def _number(constant: object) -> Iterator[float | None]:
    if constant is None:
        yield None
    elif isinstance(constant, datetime.timedelta):
        yield constant.total_seconds()
    elif isinstance(constant, (int, float)) and not isinstance(constant, bool):
        yield float(constant)


# ----------------------------------------------------------------------------------------------- defaults


def _default(program: Program, event: Event) -> Expiry:
    """The default TTL of a client: by its settings, else by the library."""
    said = list(_by_settings(program, event))
    if said:
        return said[0] if len(set(said)) == 1 else UNKNOWN
    seconds = getattr(event.row, "default_ttl", 0)
    return Expiry("after", seconds, is_default=True) if seconds else UNKNOWN


def _by_settings(program: Program, event: Event) -> Iterator[Expiry]:
    """TIMEOUT of Django's CACHES, CACHE_DEFAULT_TIMEOUT of Flask-Caching."""
    types = program.interpreter.hierarchy.library_bases(event.client.type) if event.client is not None else []
    if any(each.startswith("django.core.cache") for each in types):
        alias = dict(event.client.options).get("alias", "default") if event.client is not None else "default"
        for entry in program.settings.entries(str(alias)):
            if entry.timeout is not None:
                yield _setting(entry.timeout, entry.place, never_is=None)
    elif any(each.startswith("flask_caching.") for each in types):
        for value, place in program.settings.flask_default_ttl:
            yield _setting(value, place, never_is=0)


def _setting(value: Value, place: Place, never_is: object) -> Expiry:
    numbers = list(_number(value.constant))
    if value.constant is NOTHING or len(numbers) != 1:
        return UNKNOWN
    if numbers[0] == never_is:
        return Expiry("never", is_default=True, written=place)
    return Expiry("after", numbers[0], is_default=True, written=place) if numbers[0] else UNKNOWN


# ------------------------------------------------------------------------------------------- expire() afterwards


def is_given_elsewhere(program: Program, event: Event) -> bool:
    """Whether the project sets the TTL of this entry by a call of its own: `pipe.expire(key, 60)`."""
    templates = {each for each in program.key_templates(event) if each}
    for other in program.all_cache_events:
        if not isinstance(other.row, CacheExpire):
            continue
        if other.function is not None and other.function is event.function:
            return True
        if templates & set(program.key_templates(other)):
            return True
    return False


def can_expire(event: Event) -> bool:
    """Whether a call takes a TTL at all, or decorates a function so that entries lie on a server."""
    row: Any = event.row
    return bool(row.ttl) and not (isinstance(row, Memoizes) and _is_local(row, event))


def _is_local(row: Memoizes, event: Event) -> bool:
    """Whether a decorator keeps its entries in the process, as a memo of it."""
    return row.process or (bool(row.server) and not any(name in event.arguments for name in row.server.split()))
