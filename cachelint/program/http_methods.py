"""Which HTTP methods a handler serves: by its route, its decorators, or because it needs a form to work at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.decorators import applied
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import Value
from cachelint.program.walking import nodes
from cachelint.vocabulary import Restricts

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

ANY = frozenset("*")
FORMS = frozenset(("POST", "FILES"))


def restricted(interpreter: Interpreter, function: FunctionSymbol, methods: frozenset[str]) -> frozenset[str]:
    """The methods left after decorators such as require_POST, and after what the function takes for granted."""
    for each in applied(interpreter, function):
        if isinstance(each.row, Restricts):
            named = each.row.methods.split() or names(each.given.get(each.row.param))
            if named:
                return frozenset(name.upper() for name in named)
    return frozenset(("POST",)) if methods == ANY and needs_form(function) else methods


def of_dispatch(interpreter: Interpreter, symbol: ClassSymbol) -> frozenset[str] | None:
    """The methods that decorators of a class leave: `@method_decorator(require_POST, name="dispatch")`; None all."""
    for each in applied(interpreter, symbol) if symbol.facts.decorators else ():
        rows = interpreter.catalogue.function(each.name) if each.row is None else (each.row,)
        for row in rows:
            if isinstance(row, Restricts):
                named = row.methods.split() or names(each.given.get(row.param))
                return frozenset(name.upper() for name in named) if named else None
    return None


def names(value: Value | None) -> list[str]:
    """The texts that a value is: one, or the items of a list."""
    if value is None:
        return []
    if isinstance(value.constant, str):
        return [value.constant]
    return [str(item.constant) for _, item in value.items or () if isinstance(item.constant, str)]


def needs_form(function: FunctionSymbol) -> bool:
    """Whether a view fails on every GET: it takes `request.POST["id"]` unasked."""
    parameters = function.facts.parameters
    if not parameters or function.owner is not None:
        return False
    request = parameters[0].name
    always = [node for statement in _always(function.facts.body) for node in nodes(statement)]
    return any(_takes_field(request, node) for node in always)


def _always(body: Sequence[facts.Statement]) -> Iterator[facts.Statement]:
    """The plain statements that run whenever the function does, up to the first branch."""
    for statement in body:
        if isinstance(statement, (facts.Assign, facts.Evaluate, facts.Return)):
            yield statement
        elif isinstance(statement, facts.With) or (isinstance(statement, facts.Try) and _gives_up(statement)):
            yield from _always(statement.body)
        elif not isinstance(statement, (facts.Import, facts.Define, facts.Scope)):
            return


def _gives_up(statement: facts.Try) -> bool:
    """Whether every failure of a try ends the view: `except KeyError: return bad_request`."""
    return all(each.body and isinstance(each.body[-1], (facts.Return, facts.Raise)) for each in statement.handlers)


def _takes_field(request: str, node: facts.Node) -> bool:
    """`request.POST["id"]`, and `int(request.POST.get("id"))` or `json.loads(request.body)`, which fail without as
    well."""
    if isinstance(node, facts.Subscript):
        return _is_form(request, node.value)
    if isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute) and node.func.attr == "loads":
        return bool(node.arguments) and _is_body(request, node.arguments[0].value)
    if isinstance(node, facts.Call) and isinstance(node.func, facts.Name) and node.func.id in ("int", "float", "UUID"):
        return bool(node.arguments) and _is_bare_get(request, node.arguments[0].value)
    return False


def _is_body(request: str, node: facts.Expression) -> bool:
    """`request.body`, `request.body.decode()`."""
    if isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute) and node.func.attr == "decode":
        node = node.func.value
    if not isinstance(node, facts.Attribute) or node.attr != "body":
        return False
    return isinstance(node.value, facts.Name) and node.value.id == request


def _is_bare_get(request: str, node: facts.Expression) -> bool:
    """`request.POST.get("id")`, without a default."""
    if not isinstance(node, facts.Call) or not isinstance(node.func, facts.Attribute) or len(node.arguments) != 1:
        return False
    return node.func.attr == "get" and _is_form(request, node.func.value)


def _is_form(request: str, node: facts.Expression) -> bool:
    if not isinstance(node, facts.Attribute) or node.attr not in FORMS:
        return False
    return isinstance(node.value, facts.Name) and node.value.id == request
