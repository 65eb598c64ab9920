"""Words that say that only people with a special right come somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cachelint.facts import model as facts
from cachelint.program.purpose import words
from cachelint.program.walking import nodes

ADMIN = frozenset("admin admins backoffice staff control console backstage".split())
RESTRICTED = ADMIN | frozenset(
    (
        "permission permissions superuser role roles privilege privileges access scopes administrator administrators "
        "moderator moderators capability capabilities"
    ).split()
)
CHANGES = frozenset("edit change write manage delete update".split())
GROUPS = frozenset("group groups member members membership owner owners".split())
ASKERS = frozenset("user account customer member person principal identity viewer profile".split())
CHECKING = frozenset("check checks require requires assert ensure verify authorize authorise enforce must".split())
RIGHTS = frozenset("permission permissions privilege privileges access".split())
ASKED_PERMS = frozenset(("perm", "perms"))
ANSWERING = frozenset("has have can is may check allowed".split())
# What a test asks who asks for, beside those words: `user.has_perm("x")`.
ASKED = RESTRICTED | ASKED_PERMS


# The answers about so many names are remembered.
NAMES = 10_000


def identifiers(expression: object) -> Iterator[str]:
    """Every name and attribute in an expression or a body."""
    for node in nodes(expression):
        if isinstance(node, (facts.Name, facts.Attribute)):
            yield node.id if isinstance(node, facts.Name) else node.attr


@lru_cache(maxsize=NAMES)
def is_right(name: str) -> bool:
    """Whether a decorator, dependency or class named so asks for a special right: admin_required, group_required."""
    found = set(words(name))
    is_asked = ("required" in found and found & GROUPS) or ("can" in found and found & CHANGES)
    return bool(found & RESTRICTED) or bool(is_asked)


def asks_right(test: facts.Expression) -> bool:
    """Whether a test asks for a special right by name: `user.is_staff`, `user.has_perm("shop.change_order")`."""
    return any(_asks(name) for name in identifiers(test))


@lru_cache(maxsize=NAMES)
def _asks(name: str) -> bool:
    return not ASKED.isdisjoint(words(name))


@lru_cache(maxsize=NAMES)
def is_asker(name: str) -> bool:
    """Whether what a project keeps under this name for the time of a request is who asks: auth_user, customer."""
    found = set(words(name))
    return bool(found & ASKERS) and "agent" not in found


@lru_cache(maxsize=NAMES)
def names_who_asks(name: str) -> bool:
    """Whether a function by its name finds out who asks: get_current_user, authenticate_request."""
    found = set(name.lower().split("_"))
    return "authenticate" in found or {"current", "user"} <= found or {"authenticated", "user"} <= found


@lru_cache(maxsize=NAMES)
def gives_verdict(name: str) -> bool:
    """Whether a function named so answers whether who asks may do something: has_permission, can_access."""
    found = set(words(name))
    return bool(found & ANSWERING) and bool(found & (RIGHTS | ASKED_PERMS))


def asks_login(test: facts.Expression) -> bool:
    """Whether a test only asks whether somebody is logged in at all."""
    return any(name in ("is_authenticated", "is_anonymous", "is_active") for name in identifiers(test))
