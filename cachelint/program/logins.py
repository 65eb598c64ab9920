"""Which handlers serve only people who have logged in, whoever these are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.libraries import LIBRARIES
from cachelint.program import audience, inputs
from cachelint.program.decorators import applied
from cachelint.program.handlers import Handler
from cachelint.program.purpose import words
from cachelint.program.rights import identifiers
from cachelint.program.spelling import last_name
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import FunctionRef
from cachelint.vocabulary import Authenticates

if TYPE_CHECKING:
    from cachelint.program import Program

# Dependencies and checks of a project that by their name find out who asks.
LOGIN_WORDS = frozenset("user auth authenticated login principal identity token credentials".split())
FORMS = {
    f"{on}.{name}": row.form
    for library in LIBRARIES
    for row in library.rows
    if isinstance(row, Authenticates)
    for on in row.on.split()
    for name in row.names.split()
}
# What a decorator says that lets everybody in where all others have to log in.
EXEMPTING = frozenset("exempt anonymous public anyone insecure".split())
# What tells in a default, or before all requests, that somebody has to be logged in.
ASKING = frozenset("auth authenticated authentication anonymous login logged principal".split())
LEAVING = frozenset(("abort", "redirect"))


def serves_members(program: Program, handler: Handler) -> bool:
    """Whether only who has logged in comes to a handler: it asks for that, or what runs before it does."""
    said = set(forms(program, handler))
    if "exempt" in said or any(map(_exempts, _marks(program, handler))):
        return False
    is_asked_first = any(map(_asks_visitors, program.hooks_around(handler)))
    return bool(said) or is_asked_first or _asks_by_default(handler) or _asks_by_setting(program, handler)


def _marks(program: Program, handler: Handler) -> Iterator[str]:
    for mark in (*applied(program.interpreter, handler.function), *program.class_decorators(handler)):
        yield mark.name.rpartition(".")[2]


def _exempts(name: str) -> bool:
    return bool(EXEMPTING & set(words(name)))


def _asks_by_default(handler: Handler) -> bool:
    """`_=Depends(auth) if auth else None`: a parameter that is there only to have asked."""
    defaults = (each.default for each in handler.function.facts.parameters if each.default is not None)
    return any(ASKING & set(words(name)) for each in defaults for name in identifiers(each))


def _asks_visitors(hook: FunctionSymbol) -> bool:
    """Whether what runs before requests leaves where a test asks whether somebody is logged in."""
    branches = (each for each in hook.statements if isinstance(each, facts.If) and each.body)
    tests = (each.test for each in branches if _leaves(each.body[-1]))
    return any(ASKING & set(words(name)) for test in tests for name in identifiers(test))


def _leaves(statement: facts.Statement) -> bool:
    if isinstance(statement, facts.Evaluate):
        return isinstance(statement.value, facts.Call) and last_name(statement.value.func) in LEAVING
    return isinstance(statement, (facts.Return, facts.Raise))


def _asks_by_setting(program: Program, handler: Handler) -> bool:
    """Middleware that lets nobody pass without a login, or a framework's permissions for all views."""
    middleware = (each for each in program.settings.listed("MIDDLEWARE"))
    if any(FORMS.get(each) == "middleware" or {"login", "required"} <= set(words(each)) for each in middleware):
        return True
    if handler.owner is None or audience.names_permissions(program, handler.owner):
        return False
    rows = (row for row in program.interpreter.catalogue.asking_settings if audience.holds_for(program, row, handler))
    return any("IsAuthenticated" in audience.permissions_in_settings(program, row) for row in rows)


def forms(program: Program, handler: Handler) -> Iterator[str]:
    """In which ways a handler itself asks for a login, "exempt" where it says that it asks for none."""
    marks = [*applied(program.interpreter, handler.function), *program.class_decorators(handler)]
    for mark in marks:
        if isinstance(mark.row, Authenticates):
            yield mark.row.form
        elif mark.name in FORMS:
            yield FORMS[mark.name]
        elif "login" in words(mark.name.rpartition(".")[2]):
            yield "decorator"
    for base in program.interpreter.hierarchy.mro(handler.owner) if handler.owner is not None else ():
        if isinstance(base, ClassSymbol):
            yield from _permissions(base)
        elif base in FORMS:
            yield FORMS[base]
    for parameter in handler.function.facts.parameters:
        given = inputs.dependency(program.interpreter, handler.function, parameter)
        for each in given.things if given is not None else ():
            name = each.symbol.facts.name if isinstance(each, FunctionRef) else getattr(each, "name", "")
            if name in FORMS or LOGIN_WORDS & set(words(str(name).rpartition(".")[2])):
                yield "dependency"


def _permissions(base: ClassSymbol) -> Iterator[str]:
    for statement in base.attributes.get("permission_classes", ())[-1:]:
        for name in identifiers(statement.value):
            if name in ("AllowAny", "IsAuthenticated"):
                yield "exempt" if name == "AllowAny" else "base"
