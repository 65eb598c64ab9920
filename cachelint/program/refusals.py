"""Whom code turns away, by what it does: a 403 below a test, `user_passes_test`, a view's own check of rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import inputs
from cachelint.program.decorators import Applied, applied
from cachelint.program.purpose import words
from cachelint.program.rights import asks_right, identifiers, is_asker, is_right
from cachelint.program.spelling import last_name
from cachelint.program.symbols import FunctionSymbol, ModuleSymbol
from cachelint.program.values import FunctionRef
from cachelint.program.walking import names_in

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

DENIALS = frozenset(("denied", "forbidden"))
# Tests of nothing but these words ask whether somebody is logged in, or holds the one key that all callers have.
LOGIN = frozenset(
    (
        "is not self cls request req ctx context user users account current g session sessions state authenticated "
        "anonymous active logged login in none token tokens jwt auth authorization credentials credential api key keys "
        "header headers cookie cookies csrf get enabled disabled id uid u x secret password verified compare digest "
        "hmac secrets os environ app security bearer scheme payload claims valid verify origin host ip method ajax xhr"
    ).split()
)
# What is asked of these is whether a feature is switched on.
SWITCHES = frozenset(("settings", "config", "conf", "current_app"))
# A dependency of a dependency of a dependency: further down stand sessions and settings.
DEPTH = 3


def refuses(function: FunctionSymbol, *, about_who_asks: bool = False) -> bool:
    """Whether the function answers 403 where a test of more than a login fails: `if user.team != OURS: raise
    HTTPException(403)`, `return HttpResponseForbidden()`. `about_who_asks`: a test that speaks of a user."""
    return any(
        isinstance(statement, facts.If)
        and asks_more(statement.test)
        and any(map(_is_refusal, statement.body))
        and (not about_who_asks or any(map(_speaks_of_rights, identifiers(statement.test))))
        for statement in function.statements
    )


def _speaks_of_rights(name: str) -> bool:
    """Whether a name in a test is that of a user, or asks whether somebody may: `request.user`, `allowed(request)`."""
    return is_asker(name) or is_right(name) or "allowed" in words(name)


def _is_refusal(statement: facts.Statement) -> bool:
    """Whether a statement leaves with a 403."""
    if isinstance(statement, facts.Raise):
        left: object = statement.exception
        if isinstance(left, (facts.Name, facts.Attribute)):
            return bool(DENIALS & set(words(last_name(left))))
    elif isinstance(statement, (facts.Return, facts.Evaluate)):
        left = statement.value
    else:
        return False
    if isinstance(left, facts.Collection):
        return bool(left.items) and getattr(left.items[0], "value", None) == 403
    return isinstance(left, facts.Call) and (bool(DENIALS & set(words(last_name(left.func)))) or _says_403(left))


def _says_403(call: facts.Call) -> bool:
    """`HTTPException(status_code=status.HTTP_403_FORBIDDEN)`, `abort(403)`."""
    given = [argument.value for argument in call.arguments]
    if any(isinstance(each, facts.Constant) and each.value == 403 and each.value is not True for each in given):
        return True
    return any("403" in name for name in identifiers(tuple(given)))


def asks_more(test: object) -> bool:
    """Whether a test asks for more than a login."""
    if set(names_in(test)) <= SWITCHES:
        return False
    return any(word not in LOGIN for name in identifiers(test) for word in words(name))


def dependency_refuses(interpreter: Interpreter, given: Iterable[object], depth: int = 0) -> bool:
    """Whether a dependency, or one that it has itself, turns people away."""
    for each in given:
        if not isinstance(each, FunctionRef):
            continue
        if refuses(each.symbol):
            return True
        for parameter in each.symbol.facts.parameters if depth < DEPTH else ():
            inner = inputs.dependency(interpreter, each.symbol, parameter)
            if inner is not None and dependency_refuses(interpreter, inner.things, depth + 1):
                return True
    return False


def wrappers_refuse(interpreter: Interpreter, marks: Iterable[Applied]) -> bool:
    """Whether a decorator of the project answers 403 to some of those who are logged in: in a function that it puts
    around the view, or because it is a test that another decorator made one of."""
    makers = [each.maker for each in marks if each.maker is not None]
    return any(
        any(refuses(inner, about_who_asks=True) for inner in _within(maker)) or _is_test(interpreter, maker)
        for maker in makers
    )


def _is_test(interpreter: Interpreter, maker: FunctionSymbol) -> bool:
    """`@allowing def of_office(user): return user.is_office`, where `allowing` answers 403 unless the test holds."""
    if len(maker.facts.parameters) != 1 or not maker.facts.decorators or not asks_more(maker.facts.body):
        return False
    makers = [each.maker for each in applied(interpreter, maker) if each.maker is not None]
    return any(refuses(inner) for each in makers for inner in _within(each))


def _within(function: FunctionSymbol) -> Iterator[FunctionSymbol]:
    """The functions written in a function, however deep."""
    for inner in function.inner:
        yield inner
        yield from _within(inner)


def decorators_test(interpreter: Interpreter, function: FunctionSymbol) -> bool:
    """Whether a decorator lets only some of those who are logged in through: `@user_passes_test(is_editor)`, or a
    name for such a decorator: `office_required = passes(lambda user: user.is_office)`."""
    for node in function.facts.decorators:
        home, made = _made(interpreter, function.module, node)
        if made is None or not made.arguments or not _tests_user(interpreter, home, made.func):
            continue
        if _asks_user(interpreter, home, made.arguments[0].value):
            return True
    return False


def _made(
    interpreter: Interpreter, module: ModuleSymbol, node: facts.Expression
) -> tuple[ModuleSymbol, facts.Call | None]:
    """The call that makes a decorator, and the module it is written in."""
    if isinstance(node, facts.Name):
        binding = module.bindings.get(node.id)
        if binding is not None and binding.assigned:
            node = binding.assigned[-1][1]
        else:
            module, node = interpreter.names.alias_home(module, node.id) or (module, node)
    return module, node if isinstance(node, facts.Call) else None


def _tests_user(interpreter: Interpreter, home: ModuleSymbol, maker: facts.Expression) -> bool:
    """Whether what makes a decorator has users pass a test, or is a function of the project that calls such a maker."""
    makers = interpreter.catalogue.user_tests
    if last_name(maker) in makers or not isinstance(maker, facts.Name):
        return last_name(maker) in makers
    for each in interpreter.names.global_value(home, maker.id).things:
        if isinstance(each, FunctionRef):
            inner = [f for f in each.symbol.module.functions if f is each.symbol or f.parent is each.symbol]
            if any(not makers.isdisjoint(identifiers(function.facts.body)) for function in inner):
                return True
    return False


def _asks_user(interpreter: Interpreter, home: ModuleSymbol, test: facts.Expression) -> bool:
    """Whether a lambda or function asks its one parameter, a user, for more than a login."""
    if isinstance(test, facts.Lambda):
        function = home.functions[test.function]
        return len(function.facts.parameters) == 1 and asks_more(function.facts.body)
    if not isinstance(test, (facts.Name, facts.Attribute)):
        return False
    found = interpreter.names.global_value(home, test.id) if isinstance(test, facts.Name) else None
    symbols = [each.symbol for each in found.things if isinstance(each, FunctionRef)] if found is not None else []
    return any(asks_more(each.facts.body) for each in symbols)


def check_refuses(function: FunctionSymbol) -> bool:
    """Whether a view's own check of rights asks for one before it lets the method run."""
    return any(isinstance(each, facts.If) and asks_right(each.test) for each in function.statements) or any(
        isinstance(each, facts.Return) and each.value is not None and asks_right(each.value)
        for each in function.statements
    )
