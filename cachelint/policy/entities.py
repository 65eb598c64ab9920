"""A policy's words and the names of code: split at case, underscore and hyphen, singular, head noun required."""

from __future__ import annotations

import fnmatch
import itertools
import re
from typing import NamedTuple

from cachelint.policy import numbers
from cachelint.policy.nouns import is_plural, singular, words_of

_HOLE = re.compile(r"\{[^{}]*\}")
_SEGMENTS = re.compile(r"[:/|.#?&=]+")
# Endings of a loader's name that say how, not what: get_order_by_number, load_orders_for_user, fetch_payment_async.
_HOW = frozenset(("by", "for", "from", "with", "of", "in", "async", "sync", "cached", "list", "all", "page"))
# Heads that only say "what there is of it": order records are orders, but a search result page is no search.
_GENERIC = frozenset("data record result entry info information detail object row item value".split())
_PLACES = frozenset("endpoint route page view url path handler".split())
# What comes first and limits nothing that a name in code would show.
_LEADING = frozenset("all any the our every each most user-specific per-user customer-specific".split())
_SORTS = frozenset("time master live raw hot cold sensitive private personal big meta test user-specific api".split())
# "order" is also the way things are sorted: no row of a shop.
_SORTING = frozenset(
    (
        "sort sorting search display field column menu custom load loading execution render tab z byte natural default "
        "reverse ascending descending alphabetical topological resolution list item display by"
    ).split()
)
# Heads that mean something else behind these words: a db session is nobody's session.
_HOMONYMS = {
    "order": _SORTING,
    "session": frozenset("db database sql orm async sync http https requests aio client scoped new".split()),
    "thread": frozenset("worker daemon background deletion main max os".split()),
    "group": frozenset("node field option consumer worker process log parameter target route button item".split()),
    "map": frozenset("attr attribute association rel key value role source class type id".split()),
    "message": frozenset("error log debug commit flash validation exception".split()),
}


class Word(NamedTuple):
    """One entity of a policy: the text as written and its words in the singular.

    `bare` are the words without a head that says nothing ("order data"): they match whole names only. `route` tells
    that the text speaks of a route ("/checkout", "checkout endpoints"). `given` are the matches that the configuration
    gives in place of all this, None when it gives none: names, key templates with `*`, routes that start with "/".
    `number` tells whether it speaks of many of something ("product lists") or of one ("product details"): then `bare`
    is what of.
    """

    text: str
    words: tuple[str, ...]
    bare: tuple[str, ...] = ()
    route: bool = False
    given: tuple[str, ...] | None = None
    number: str = ""


def word_of(text: str, given: tuple[str, ...] | None = None) -> Word:
    """The Word of an entity as a policy writes it."""
    tokens = text.strip("`'\" ").split()
    while len(tokens) > 1 and tokens[0].lower() in _LEADING:
        tokens = tokens[1:]
    words = words_of(" ".join(tokens))
    is_route = text.strip("` ").startswith("/")
    if len(words) > 1 and words[-1] in _PLACES:
        return Word(text, (*words[:-2], singular(words[-2])), (), True, given)
    number = numbers.of_phrase(words)
    has_bare = len(words) > 1 and (words[-1] in _GENERIC or bool(number)) and not _says_how(words[-2])
    bare = (*words[:-2], singular(words[-2])) if has_bare else ()
    return Word(text, words, bare, is_route, given, number if has_bare else "")


def _says_how(word: str) -> bool:
    """Whether a word before "data" says of what sort it is and not what it is about: financial, real-time, cached."""
    return word in _SORTS or word.endswith(("al", "ive", "ic", "ous", "ary", "able", "ible", "ed", "ing"))


def in_name(word: Word, name: str) -> bool:
    """Whether a class, table or loader is about the entity: its last words are the entity's words."""
    if word.given is not None:
        return any(fnmatch.fnmatchcase(name, each) or each.rpartition(".")[2] == name for each in word.given)
    words = words_of(name)
    if word.bare and words == word.bare:
        return True
    return ends_with(words, word.words) or ends_with(_without_how(words), word.words)


# Verbs with which functions say that they hand something out.
_LOADING = frozenset(
    (
        "get load fetch find list read query select lookup retrieve compute calculate build make create cached collect "
        "search all latest current active serialize render export resolve prepare generate"
    ).split()
)


# Verbs with which functions say that they do something else: validate_order, send_payment.
_ACTING = frozenset(
    (
        "add append apply assert assign attach authorize bind bulk call cancel capture change check clean "
        "clear close complete confirm copy count delete deny detach dispatch drop emit enable ensure expire "
        "fail finish fix forget format handle has hide ignore import init insert invalidate is issue link "
        "lock log mail mark merge migrate notify on parse patch pay place post process publish purge push put "
        "queue record refund register reject release remove rename replace require reset retry revoke run "
        "save schedule seed send set should show sign skip split start stop store submit subscribe sync test "
        "toggle touch track trigger truncate try unlink unlock update upload upsert use validate verify void "
        "warm with write"
    ).split()
)


def in_loader(word: Word, name: str) -> bool:
    """Whether a function hands out the entity, by its name: get_order, orders_of, stock_price; `order` is a verb."""
    if word.given is not None:
        return in_name(word, name)
    words = words_of(name)
    if word.number and ends_with(_without_how(words), word.bare) and not ends_with(words, word.words):
        return numbers.of_loader(name, word.bare[-1]) == word.number and in_loader(word_of(" ".join(word.bare)), name)
    kept = _without_how(words)
    if not (ends_with(kept, word.words) or (word.bare and words == word.bare)):
        return False
    if words[0] in _LOADING:
        return len(kept) > 1
    is_verb = len(kept) == 1 and not is_plural(name, kept[0])
    return not is_verb and words[0] not in _ACTING and "to" not in kept


def _without_how(words: tuple[str, ...]) -> tuple[str, ...]:
    for index, word in enumerate(words):
        # What ends in "by" says how something is sorted or grouped, and names no rows: parse_order_by.
        if index > 0 and word in _HOW and (word != "by" or index < len(words) - 1):
            kept = words[:index]
            return (*kept[:-1], singular(kept[-1]))
    return words


def ends_with(words: tuple[str, ...], entity: tuple[str, ...]) -> bool:
    """Whether the words of a name end with the words of an entity, and mean it."""
    if len(words) > 1 and len(entity) == 1 and words[-2] in _HOMONYMS.get(entity[0], ()):
        return False
    return bool(entity) and len(words) >= len(entity) and words[-len(entity) :] == entity


def in_key(word: Word, template: str) -> bool:
    """Whether a literal segment of a key template is the entity, or two neighbouring segments are."""
    if word.given is not None:
        return any(_in_given_key(each, template) for each in word.given)
    segments = [words_of(segment) for segment in _SEGMENTS.split(_HOLE.sub(" ", template)) if segment.strip()]
    if any(ends_with(segment, word.words) for segment in segments):
        return True
    if word.bare in segments and word.bare and numbers.agree(word.number, numbers.of_key(template, word.bare[-1])):
        return True
    joined = [a + b for a, b in itertools.pairwise(segments)]
    return len(word.words) > 1 and any(each == word.words for each in joined)


def _in_given_key(given: str, template: str) -> bool:
    pattern = _HOLE.sub("*", given)
    if not ({":", "*"} & set(pattern)):
        return pattern in _SEGMENTS.split(template)
    return not pattern.startswith("/") and fnmatch.fnmatchcase(_HOLE.sub("x", template), pattern)


def ends_route(word: Word, path: str) -> bool:
    """Whether the last literal segment of a URL pattern is the entity: `/orders/{id}`, not `/orders/{id}/notes`."""
    literal = re.sub(r"\(\?P<[^)]*\)|<[^>]*>|\{[^}]*\}|:\w+", "", path)
    parts = [part for part in re.sub(r"[\^$\\?]", "", literal).split("/") if part]
    return bool(parts) and numbers.agree(word.number, numbers.of_route(path)) and _names(word, parts[-1])


def in_route(word: Word, path: str, whole: bool = False) -> bool:
    """Whether a literal segment of a URL pattern is the entity; a path is found inside the pattern, with `whole` only
    at its end: what is said of `/orders` may be meant for `/orders/{id}` as well, or not."""
    return numbers.agree(word.number, numbers.of_route(path)) and _names(word, path, whole)


def _names(word: Word, path: str, whole: bool = False) -> bool:
    literal = re.sub(r"\(\?P<[^)]*\)|<[^>]*>|\{[^}]*\}|[\^$\\]", " ", path)
    if word.given is not None:
        return any(each.startswith("/") and _under(each, literal, whole) for each in word.given)
    if word.text.strip("` ").startswith("/"):
        return _under(word.text.strip("` "), literal, whole)
    segments = [words_of(segment) for segment in literal.split("/") if segment.strip()]
    return any(ends_with(segment, word.words) or (word.bare and segment == word.bare) for segment in segments)


_ANY = "{}"


def _under(wanted: str, path: str, whole: bool) -> bool:
    """Whether `wanted` ("/api/cart/*") is the path or leads to it; its holes stand for anything."""
    asked = [part for part in re.sub(r"\{[^}]*\}|<[^>]*>|:\w+", _ANY, wanted).split("/") if part]
    is_open = bool(asked) and asked[-1] in ("*", "**")
    while asked and asked[-1] in ("*", "**"):
        asked.pop()
    given = [part.strip() or "*" for part in path.split("/") if part]
    last = len(given) - len(asked)
    first = last if whole and not is_open else 0
    return bool(asked) and any(
        all(want == _ANY or fnmatch.fnmatchcase(part, want) for part, want in zip(given[start:], asked, strict=False))
        for start in range(max(first, 0), last + 1)
    )
