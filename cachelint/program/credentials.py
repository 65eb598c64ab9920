"""What clients send to say who they are: an Authorization header, a session cookie, an API key."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from cachelint.program.purpose import words
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Origin

SENT = frozenset(("header", "cookie"))
TELLING = frozenset(
    "authorization auth token tokens bearer jwt session sessions sessionid sid apikey credential credentials".split()
)


def with_asker(origins: frozenset[Origin]) -> frozenset[Origin]:
    """The same sources; beside each that says who asks, that it does."""
    asking = {Origin("identity", each.name, each.name, each.place) for each in origins if is_credential(each)}
    return origins | asking if asking else origins


def called(origins: frozenset[Origin], name: str) -> frozenset[Origin]:
    """The same sources under the name by which something is taken out of them: a piece of the request, one of the
    arguments that `**kwargs` holds."""
    return with_asker(frozenset(replace(each, name=name) if _holds_names(each) else each for each in origins))


def _holds_names(origin: Origin) -> bool:
    if origin.kind == "input":
        return True
    if (
        origin.kind != "parameter"
        or not isinstance(origin.what, tuple)
        or not isinstance(origin.what[0], FunctionSymbol)
    ):
        return False
    return any(each.name == origin.what[1] and each.kind == "starstar" for each in origin.what[0].facts.parameters)


def is_credential(origin: Origin) -> bool:
    """Whether a piece of the request says by its name who sends it."""
    return origin.kind == "input" and origin.what in SENT and tells_by_name(origin.name)


@lru_cache(maxsize=10_000)
def tells_by_name(name: str) -> bool:
    """Whether a header or cookie named so says who sends it: `Authorization`, `X-Api-Key`, `sessionid`."""
    found = set(words(name))
    return bool(found & TELLING or {"api", "key"} <= found) and "csrf" not in found


WHOLE = frozenset("headers META cookies COOKIES".split())


def are_all(origins: frozenset[Origin]) -> bool:
    """Whether a value is all the headers or all the cookies of a request."""
    return any(each.kind == "input" and each.what in SENT and each.name in WHOLE for each in origins)
