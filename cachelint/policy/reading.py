"""Items of caching sections -> Lines: what each says, or why it cannot be relied on."""

from __future__ import annotations

import re

from cachelint.policy import model
from cachelint.policy.labels import by_label, by_mode, tier
from cachelint.policy.meanings import Meaning
from cachelint.policy.model import Line, Scope, Source, Statement, Status
from cachelint.policy.naming import CONDITIONS, parenthesis, why_no_entity
from cachelint.policy.plain import is_forbidding_mark, is_struck, plain
from cachelint.policy.sections import Item, items
from cachelint.policy.sentences import sentence, sentences
from cachelint.policy.tables import row
from cachelint.policy.templates import templates
from cachelint.policy.topics import by_topic, keys, labelled

_I = re.IGNORECASE
EVERYWHERE = Scope()
# Longer lines are no rules.
LONGEST = 1200
_LEFT_OPEN = re.compile(r"\b(?:must|never|always|should|shall|required?|forbidden|do not|don't|ttl|every)\b", _I)
_STANDALONE = (model.Never, model.ExpiresAll, model.OnError, model.NoRawInput, model.Stampede)
_FAILURE = re.compile(r"\b(?:cache|redis|valkey|memcached|errors?|failures?|outages?|down)\b", _I)


def lines(text: str, path: str, scope: Scope = EVERYWHERE) -> list[Line]:
    """Every line of the caching sections of a Markdown text, and lines elsewhere that forbid or demand something."""
    found = []
    for item in items(text):
        line = read(item, path, scope)
        if line.in_section or _stands_alone(line):
            found.append(line)
    return found


def _stands_alone(line: Line) -> bool:
    """Outside of caching sections only what is said in full counts."""
    is_timed = any(isinstance(each, model.Caches) and each.ttl is not None for each in line.statements)
    return (
        line.status == "understood"
        and not line.left
        and (is_timed or all(isinstance(each, _STANDALONE) for each in line.statements))
    )


def read(item: Item, path: str, scope: Scope = EVERYWHERE) -> Line:
    """What one item says."""
    statements, status, left = _said(item)
    source = Source(path, item.line, plain(item.raw) if item.kind != "row" else item.raw)
    return Line(source, item.end_line, status, item.section, statements, left, item.in_section, scope)


def _said(item: Item) -> tuple[tuple[Statement, ...], Status, str]:
    if item.kind == "heading":
        return (), "heading", ""
    if item.kind == "comment":
        return (), "prose", ""
    if item.kind == "code":
        return _code(item)
    if item.kind == "row":
        return _judged(item, row(item), True)
    if is_struck(item.raw) or item.mode == "prose":
        return (), "prose", ""
    if len(item.text) > LONGEST:
        return (), "not-understood", "longer than any rule"
    return _judged(item, _meaning(item), item.kind == "item")


def _judged(item: Item, found: Meaning | None, is_rule: bool) -> tuple[tuple[Statement, ...], Status, str]:
    if found is not None and found.statements and not found.unclear:
        forbids = any(isinstance(each, model.Never) for each in found.statements)
        if is_forbidding_mark(item.raw) and not forbids:
            return (), "not-understood", "it is marked as forbidden, but reads as allowed"
        if all(isinstance(each, model.NotCheckable) for each in found.statements):
            return found.statements, "not-checkable", found.left
        return found.statements, "understood", found.left
    if found is not None and found.unclear and item.is_parent and not why_no_entity(item.text):
        return (), "heading", ""
    if found is not None and (found.unclear or not found.statements):
        return (), "not-understood" if found.unclear else "heading", found.unclear
    if item.is_parent and not why_no_entity(parenthesis(item.text.rstrip(": "))[0]):
        return (), "heading", ""
    if is_rule or _LEFT_OPEN.search(item.text):
        return (), "not-understood", "none of the forms that cachelint knows"
    return (), "prose", ""


def _code(item: Item) -> tuple[tuple[Statement, ...], Status, str]:
    """A block of code is an example, unless it holds nothing but key templates in a section about keys."""
    rows = [each.strip() for each in item.raw.splitlines() if each.strip()]
    found = [list(templates(f"`{each}`")) for each in rows]
    lead = item.parents[-1] if item.parents else ""
    if rows and all(found) and (item.mode == "keys" or re.search(r"\b(?:formats?|patterns?)\b", lead, _I)):
        return tuple(keys([key for each in found for key in each])), "understood", ""
    return (), "example", ""


# ------------------------------------------------------------------------------------------------- meanings


def _meaning(item: Item) -> Meaning | None:
    """What a list item or plain line says; None for nothing known."""
    if item.is_parent and tier(item.text) is not None:
        return Meaning()
    text = _told(item.text.strip().rstrip(".;"))
    pieces = [piece for part in _glued(text) for piece in sentences(part)]
    if len(pieces) == 1:
        return _one(item, pieces[0])
    found = [(piece, _one(item, piece)) for piece in pieces]
    said = [meaning for _, meaning in found if meaning is not None and meaning.statements and not meaning.unclear]
    unclear = next((m.unclear for _, m in found if m is not None and m.unclear), "")
    others = [piece for piece, meaning in found if meaning is None or not meaning.statements]
    if unclear or not said:
        return Meaning(unclear=unclear) if unclear else None
    if any(CONDITIONS.search(each) for each in others) and not all(
        isinstance(s, (model.NoRawInput, model.OnError)) for m in said for s in m.statements
    ):
        return Meaning(unclear=f"what `{others[0]}` changes is unclear")
    return Meaning(
        tuple(s for m in said for s in m.statements), left=". ".join([*others, *(m.left for m in said if m.left)])
    )


_DO = re.compile(r"(?:do|always|good|yes)\s*[:\u2013-]\s+(?=\S)", _I)
_DO_NOT = re.compile(r"(?:do not|don'ts?|dont|avoid|bad)\s*[:\u2013-]\s+(?=\S)", _I)


# What every rule of a policy means anyway.
_OTHERWISE = re.compile(
    r"\s*,?\s*\(?(?:unless|except (?:when|where)) (?:it is |otherwise |explicitly )*"
    r"(?:stated|noted|specified|documented|overridden)(?: otherwise| elsewhere| below| explicitly)*\)?$",
    _I,
)


def _told(text: str) -> str:
    """ "Do: cache X" and "Don't: cache Y" as the sentences they stand for."""
    text = _OTHERWISE.sub("", text)
    told = _DO.match(text)
    return text[told.end() :] if told else _DO_NOT.sub("Do not ", text, count=1) if _DO_NOT.match(text) else text


def _glued(text: str) -> list[str]:
    """List items that lost their line breaks: "Client: a.py (singleton) - Default serialization: JSON"."""
    return re.split(r"(?<=[\w)}`])\s+-\s+(?=[A-Z][a-z]+(?: [a-z]+){0,2}:\s|Never |Do not |Always )", text)


def _one(item: Item, text: str) -> Meaning | None:
    label, rest = labelled(text)
    for read_form in (by_topic, _by_sentence, by_label, by_mode):
        found = read_form(item, text, label, rest)
        if found is not None:
            return found
    return None


def _by_sentence(item: Item, text: str, label: str, rest: str) -> Meaning | None:
    found = sentence(text)
    if found is None and item.mode == "keys" and re.search(r"\b(?:never|no|not)\b.*\b(?:raw|user)\b", text, _I):
        return Meaning((model.NoRawInput(),))
    if found is not None and any(isinstance(each, model.OnError) for each in found.statements):
        return found if _FAILURE.search(text) else None
    return found
