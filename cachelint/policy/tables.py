"""Rows of tables: data type | TTL | key pattern | invalidation trigger."""

from __future__ import annotations

import re

import msgspec

from cachelint.policy.attributes import Attributes, attributes
from cachelint.policy.durations import unit_in
from cachelint.policy.meanings import Meaning, about
from cachelint.policy.naming import CONDITIONS, entities, parenthesis
from cachelint.policy.sections import Item
from cachelint.policy.templates import templates

_I = re.IGNORECASE
# What a column is about, by its name; the first that fits.
_COLUMNS = (
    ("key", re.compile(r"\bkeys?\b|\b(?:stored|kept|cached) (?:under|as)\b|\bpattern\b(?! used)|\btemplate\b", _I)),
    (
        "ttl",
        re.compile(
            r"\bttls?\b|\bexpir\w*\b|\blifetime\b|\bduration\b|\btime[- ]to[- ]live\b"
            r"|\bmax[- ]?age\b|\bhow long\b|\bcache time\b|\b(?:lives?|kept|keep|valid|fresh|cached) for\b",
            _I,
        ),
    ),
    (
        "invalidation",
        re.compile(
            r"\binvalidat\w*\b|\bpurge\w*\b|\bevict\w*\b|\btriggers?\b|\bbust\w*\b|\b(?:refresh|dropp|clear|updat)ed\b",
            _I,
        ),
    ),
    ("strategy", re.compile(r"\bstrateg\w+\b|\bapproach\b|\bmethod\b|\bpolicy\b|\bhow\b", _I)),
    ("cached", re.compile(r"\bcached?\b\s*\??$|\bcacheable\b|\bcaching\b", _I)),
    ("store", re.compile(r"\b(?:store|backend|where|layer|tier|storage)\b", _I)),
    ("remark", re.compile(r"\b(?:notes?|comments?|reasons?|why|remarks?|rationale|owner|example)\b", _I)),
    (
        "entity",
        re.compile(
            r"\b(?:data|entity|entities|what|type|resource|model|item|object|content|endpoint|route|path|table)\b", _I
        ),
    ),
)
_EMPTY = re.compile(r"-*|n/?a|none|\u2014|\u2013|\.+", _I)
_YES = re.compile(r"(?:yes|y|true|x|\u2713|\u2714|\u2705|ja)\b.*|[\u2713\u2714\u2705]", _I)
_NO = re.compile(
    r"(?:no|n|false|never|nein|\u2717|\u2718|\u274c)|do not cache|don't cache|not cached|never cache|no[- ]store", _I
)


def row(item: Item) -> Meaning:
    """What a row says of the entity in it. The row with the column names says nothing by itself."""
    if not item.columns:
        return Meaning()
    roles = _roles(item.columns)
    cells = dict(zip(roles, item.cells, strict=False))
    subject = cells.get("entity", "")
    named = entities(re.sub(r"`", "", subject) if not subject.startswith("`/") else subject)
    if not subject or named.unclear or not named.names:
        return Meaning(unclear=named.unclear or "names no data")
    unit = next((unit_in(name) for name, role in zip(item.columns, roles, strict=False) if role == "ttl"), "")
    found, unclear = _attributes_of(cells, unit)
    if unclear:
        return Meaning(unclear=unclear)
    if not found.says_something:
        return Meaning(unclear="none of its cells says anything that cachelint knows")
    return about(named, found)


def _roles(columns: tuple[str, ...]) -> list[str]:
    """The role of each column; the first is the entity unless another says so."""
    roles: list[str] = []
    for column in columns:
        role = next((name for name, pattern in _COLUMNS if pattern.search(column)), "")
        roles.append(role if role and role not in roles else f"{role}?{len(roles)}")
    if "entity" not in roles:
        index = next((i for i, role in enumerate(roles) if role.startswith("?")), 0)
        roles[index] = "entity"
    return roles


def _timed(text: str, unit: str) -> str:
    """A TTL cell; a bare number is of the unit that its column names, else of seconds."""
    number = text.replace("_", "")
    return (f"{number} {unit}" if unit else f"ttl {number}") if number.isdigit() else text


def _attributes_of(cells: dict[str, str], unit: str) -> tuple[Attributes, str]:
    said: list[str] = []
    left: list[str] = []
    never = False
    for role, cell in cells.items():
        text = cell.strip()
        if role in ("entity", "remark") or _EMPTY.fullmatch(text):
            if role == "invalidation" and re.fullmatch(r"none", text, _I):
                said.append("no invalidation")
            if role == "ttl" and re.fullmatch(r"none", text, _I):
                return Attributes(), "a TTL of `none` may mean that it is not cached or that it never expires"
            left.extend([text] if role == "remark" and text else [])
        elif role == "cached":
            never = never or _NO.fullmatch(text) is not None
            if not _YES.fullmatch(text) and not _NO.fullmatch(text):
                said.append(text)
        elif role == "ttl" and re.fullmatch(r"never|0|no", text, _I):
            return Attributes(), f"a TTL of `{text}` may mean that it is not cached or that it never expires"
        elif role == "ttl":
            said.append(_timed(text, unit))
        elif role == "key":
            key = next(templates(text), "") or text.strip("`")
            said.append(f"key = `{key}`")
        elif role == "invalidation":
            said.append(_invalidation(text))
        elif role in ("strategy", "store"):
            said.append(text)
        else:
            left.append(text)
    return _together(said, left, never)


def _invalidation(text: str) -> str:
    bare, _ = parenthesis(text)
    return (
        "no invalidation" if re.fullmatch(r"none|no|never|ttl(?: only| expiry)?", bare, _I) else f"invalidation: {bare}"
    )


def _together(said: list[str], left: list[str], never: bool) -> tuple[Attributes, str]:
    found = attributes("; ".join(each.replace(";", " and") for each in said))
    if found.unclear:
        return found, found.unclear
    if CONDITIONS.search(", ".join(found.left)):
        return found, f"what `{', '.join(found.left)}` means is unclear"
    # An attribute column beside a "no" is no contradiction: "no | - | -" is how tables say it.
    return msgspec.structs.replace(found, never=found.never or never, left=(*found.left, *left)), ""
