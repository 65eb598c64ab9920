"""Data that is a field of something rather than a thing of its own: passwords, prices, card numbers."""

from __future__ import annotations

import re

from cachelint.policy.entities import Word, ends_with
from cachelint.policy.nouns import is_plural, lower_words, words_of

# Nouns that name a field wherever they stand alone. Of two and more words the last may be any: order status.
_FIELDS = frozenset(
    (
        "password passwd passphrase passcode secret token credential pin otp cvv cvc ssn iban email phone address "
        "salary birthday birthdate price stock balance inventory availability quantity"
    ).split()
)
# Beginnings of names that tell something about a field, and do not hold it: has_password, show_price.
_ABOUT = frozenset(
    "has is was can may must should needs need requires require show hide use uses with no count num max min".split()
)
# Nouns that are many by themselves.
_COLLECTIVE = frozenset(("credential",))
# A hash of a password is as secret as the password.
_FORMS = re.compile(r"_(?:hash|hashed|digest|encrypted|plain|raw)$")


def in_field(word: Word, name: str) -> bool:
    """Whether a field holds the data, by its name: `password`, `hashed_password`, `password_hash`; not `has_password`,
    which tells whether there is one, and not `tokens`, which tells how many."""
    if word.given is not None:
        return name in word.given
    if word.route or word.number or not (len(word.words) > 1 or word.words[-1] in _FIELDS):
        return False
    said = lower_words(name)
    if not said or said[0] in _ABOUT or (is_plural(name, word.words[-1]) and word.words[-1] not in _COLLECTIVE):
        return False
    return ends_with(words_of(_FORMS.sub("", name)), word.words)
