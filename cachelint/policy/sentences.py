"""The sentences a policy is made of, and what each says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachelint.policy.conduct_forms import CLIENT, EXPIRY, FAILURE, KEYS, RUN_TIME, VALUES
from cachelint.policy.data_forms import CACHED, NEVER, STALE
from cachelint.policy.forms import meaning_of
from cachelint.policy.meanings import Meaning

# In this order: the first form that fits decides. Patterns fit anywhere in the sentence unless anchored.
FORMS = (*RUN_TIME, *KEYS, *FAILURE, *CLIENT, *VALUES, *EXPIRY, *STALE, *NEVER, *CACHED)
# Two letters before the stop: "U.S. orders" is no end of a sentence, "has a TTL. Values" is one.
_STOP = re.compile(r"(?<=[\w)`%>}][\w)`%])[.!]\s+(?=[A-Z`])")


def sentence(text: str) -> Meaning | None:
    """What a whole sentence says; None when it has none of the known forms."""
    return meaning_of(text, FORMS)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a line, cut at full stops followed by a capital."""
    yield from (part.strip().rstrip(".") for part in _STOP.split(text) if part.strip())
