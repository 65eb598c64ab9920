"""What is wrong with a table of settings: which key, what it may be, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

import msgspec

KeyPath = tuple["str | int", ...]
_TYPES = {
    "array": "a list",
    "object": "a table",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}


def explained(message: str, raw: object, type_: type) -> tuple[KeyPath, str]:
    """The key path and what is wrong with it, from msgspec's "what - at `$.a[0].b`" about converting `raw`."""
    what, _, where = message.partition(" - at `")
    steps = re.findall(r"\[\.\.\.\]|\[\d+\]|[^.\[\]$`]+", where)
    keys: KeyPath = ()
    for step in steps:
        keys = (*keys, _named(step, keys, raw, type_))
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what, re.DOTALL)
    if unknown:
        return (*keys, unknown[1]), "unknown key" + _meant(unknown[1], list(_names(type_, keys)))
    return keys, _plain(what, keys, type_)


def at(raw: object, keys: KeyPath) -> Any:
    """The value at a key path of nested dicts and lists, None when there is none."""
    for key in keys:
        if isinstance(raw, list):
            raw = dict(enumerate(raw))
        if not isinstance(raw, dict) or key not in raw:
            return None
        raw = raw[key]
    return raw


def _named(step: str, keys: KeyPath, raw: object, type_: type) -> str | int:
    """The key a step stands for; msgspec says "[...]" for any key of a dict, so each is tried alone."""
    if step != "[...]":
        return int(step[1:-1]) if step.startswith("[") else step
    for key in at(raw, keys) or ():
        try:
            msgspec.convert(_only(raw, (*keys, key)), type_)
        except msgspec.ValidationError:
            return str(key)
    return step


def _only(raw: object, keys: KeyPath) -> object:
    if not keys or not isinstance(raw, dict):
        return raw
    return {keys[0]: _only(raw[keys[0]], keys[1:])}


def _plain(what: str, keys: KeyPath, type_: type) -> str:
    """msgspec's words in those of TOML; a value that is not in a list of words is told the list."""
    enum = re.fullmatch(r"Invalid enum value (.*)", what, re.DOTALL)
    if enum:
        words = [str(word) for kind in _kinds(type_, keys) for word in getattr(kind, "values", ())]
        return f"{enum[1]} is none of {', '.join(words)}" + _meant(enum[1].strip("'"), words)
    said = re.sub(r"`([^`]*)`", lambda match: re.sub(r"\w+", _in_toml, match[1]).replace(" | ", " or "), what)
    return said[:1].lower() + said[1:]


def _in_toml(match: re.Match[str]) -> str:
    return _TYPES.get(match[0], match[0])


def _meant(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean `{close[0]}`?)" if close else ""


def _names(type_: type, keys: KeyPath) -> Iterator[str]:
    for kind in _kinds(type_, keys):
        yield from (field.encode_name for field in getattr(kind, "fields", ()) if field.encode_name != "origin")


def _kinds(type_: type, keys: KeyPath) -> list[Any]:
    """What may stand at a key path, in the words of msgspec.inspect."""
    from msgspec import inspect

    kinds = [inspect.type_info(type_)]
    for key in keys:
        kinds = [inner for kind in _single(kinds) for inner in _inside(kind, key)]
    return list(_single(kinds))


def _single(kinds: list[Any]) -> Iterator[Any]:
    for kind in kinds:
        yield from kind.types if hasattr(kind, "types") else (kind,)


def _inside(kind: Any, key: str | int) -> Iterator[Any]:
    for field in getattr(kind, "fields", ()):
        if field.encode_name == key:
            yield field.type
    yield from (getattr(kind, name) for name in ("value_type", "item_type") if hasattr(kind, name))
