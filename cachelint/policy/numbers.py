"""Whether a policy and code speak of one thing or of many: "product lists", "product details", `products:{page}`."""

from __future__ import annotations

import re

from cachelint.policy.nouns import is_plural, lower_words, singular

# How phrases of a policy end that are about many of a thing, or about one.
_MANY = frozenset(("list",))
_ONE = frozenset(("detail",))
# A wish list is no list of wishes.
_COMPOUNDS = frozenset(
    "wish watch play price guest wait check allow block deny black white do packing picking shopping".split()
)
# Words in keys and in names of functions that say: many of them.
_LISTED = frozenset("list all page paginated index search recent latest popular top featured filtered".split())
_IDENTIFIERS = frozenset("id pk uuid guid slug sku code number no key".split())
_PART = re.compile(r"\{([^{}]*)\}|([^{}:/|.#?&=]+)")
_ENDS_IN_HOLE = re.compile(r"(?:\}|>|\)|/:\w+)/?\$?$")


def of_phrase(words: tuple[str, ...]) -> str:
    """How many of a thing a phrase of a policy is about: "many", "one", "" when it does not say."""
    if len(words) < 2 or words[-2] in _COMPOUNDS:
        return ""
    return "many" if words[-1] in _MANY else "one" if words[-1] in _ONE else ""


def agree(wanted: str, seen: str) -> bool:
    """Whether code that is about so many of a thing may be what a phrase is about. What code does not say is not taken
    for a list."""
    return not wanted or seen == wanted or (wanted == "one" and not seen)


def of_key(template: str, noun: str) -> str:
    """How many of a thing (its noun, in the singular) a key template is about."""
    parts = [(match[1], match[2]) for match in _PART.finditer(template)]
    literals = [literal for _, literal in parts if literal]
    if not _LISTED.isdisjoint(word for literal in literals for word in lower_words(literal)):
        return "many"
    for (_, literal), (hole, _) in zip(parts, [*parts[1:], (None, None)], strict=True):
        words = lower_words(literal or "")
        if words and singular(words[-1]) == noun:
            return _by_hole(hole, noun, is_plural=words[-1] != noun)
    return ""


def _by_hole(hole: str | None, noun: str, is_plural: bool) -> str:
    """`products` and `products:{page}` are many; `product:{id}`, `products:{id}`, `products:{product_id}` are one."""
    if hole is None:
        return "many" if is_plural else ""
    words = lower_words(hole)
    is_own = bool(words) and words[-1] in _IDENTIFIERS and all(word == noun for word in words[:-1])
    return "one" if is_own or not is_plural else "many"


def of_loader(name: str, noun: str) -> str:
    """How many of a thing a function hands out, by its name: get_products, list_product; get_product."""
    words = lower_words(name)
    if is_plural(name, noun) or not _LISTED.isdisjoint(words):
        return "many"
    return "one" if noun in words else ""


def of_route(path: str) -> str:
    """How many of a thing a URL pattern leads to: one where it ends in a hole."""
    return "one" if _ENDS_IN_HOLE.search(path) else "many"
