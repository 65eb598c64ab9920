"""Whom a handler serves: the administration, people with a special right, or everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import classes, heeding, inputs, refusals
from cachelint.program.decorators import Applied, applied
from cachelint.program.handlers import Handler
from cachelint.program.purpose import words
from cachelint.program.rights import ADMIN, ASKED, CHECKING, RESTRICTED, asks_right, identifiers, is_right
from cachelint.program.spelling import last_name
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import FunctionRef, Place, Value
from cachelint.program.walking import nodes
from cachelint.vocabulary import Authenticates, HandlerClass, Handles

if TYPE_CHECKING:
    from cachelint.program import Program


def is_restricted(program: Program, handler: Handler) -> bool:
    """Whether a handler asks for a special right: few people see such pages, and they want them fresh.

    Decided by the names of decorators, dependencies, base classes and permission attributes; a plain login, or a
    permission class that only asks for one, is no special right."""
    names = [each.name.rpartition(".")[2] for each in applied(program.interpreter, handler.function)]
    for each in applied(program.interpreter, handler.function):
        if isinstance(each.row, Handles):
            if "deprecated" in each.given and each.given["deprecated"].constant is True:
                return True
            names.extend(name for word in each.row.auth.split() for name in _callees(each.given.get(word)))
    for parameter in handler.function.facts.parameters:
        given = inputs.dependency(program.interpreter, handler.function, parameter)
        names.extend(t.symbol.facts.name for t in given.things if isinstance(t, FunctionRef)) if given else None
        if given is not None and refusals.dependency_refuses(program.interpreter, given.things):
            return True
    if (
        _checks_right(program, handler.function)
        or refusals.refuses(handler.function)
        or heeding.leaves_by_verdict(program, handler.function)
        or refusals.decorators_test(program.interpreter, handler.function)
        or refusals.wrappers_refuse(program.interpreter, applied(program.interpreter, handler.function))
        or _raises_denied(handler.function)
        or _sends_away(handler.function)
        or _is_denied_by_default(program, handler)
    ):
        return True
    names.extend(layer.name for layer in handler.layers)
    names.extend(_told(handler.function))
    names.extend(name for hook in program.hooks_before(handler) for name in _hook_marks(program, hook))
    names.extend(_app_marks(program, handler.function))
    if handler.owner is not None:
        dispatch = classes.find_method(program.interpreter, handler.owner, "dispatch")
        if dispatch is not None and (_raises_denied(dispatch) or _sends_away(dispatch)):
            return True
        if any(map(refusals.check_refuses, _checks(program, handler.owner))):
            return True
        marks = program.class_decorators(handler)
        if refusals.wrappers_refuse(program.interpreter, marks):
            return True
        names.extend(each.name.rpartition(".")[2] for each in marks)
        names.extend(name for each in handler.owner.facts.decorators for name in identifiers(each))
        names.extend(_class_marks(program, handler.owner))
    return any(is_right(name) for name in names)


def _checks_right(program: Program, function: FunctionSymbol) -> bool:
    """Whether the function calls a check of a right by name: `_require_admin(user)`, `check_permission(...)`."""
    for edge in program.graph.callees.get(function, ()):
        found = set(words(edge.callee.facts.name))
        if found & RESTRICTED and found & CHECKING:
            return True
    return any(_asks_object(node) or _asks_right(node) for node in nodes(function.facts.body))


ASKING = CHECKING | {"test"}


def _asks_right(node: facts.Node) -> bool:
    """`auth.authorize_request(request, {Permissions.READ}, require=True)`: it raises for everybody else."""
    if not isinstance(node, facts.Call) or not CHECKING & set(words(last_name(node.func))):
        return False
    return any(ROLES & set(words(name)) for each in node.arguments for name in identifiers(each.value))


def _asks_object(node: facts.Node) -> bool:
    """`organization.permissions["members"].test()`, `admin_permission.require(403)`: it raises for everybody else."""
    if not isinstance(node, facts.Call) or not isinstance(node.func, facts.Attribute) or node.func.attr not in ASKING:
        return False
    return any({"permission", "permissions"} & set(words(name)) for name in identifiers(node.func.value))


def turns_away(function: FunctionSymbol) -> object:
    """What is read in a method that a framework calls before a view's own ones, for the sake of these: whom it turns
    away."""
    asked = {word for name in identifiers(function.facts.body) for word in words(name)}
    denies = _raises_denied(function), _sends_away(function), refusals.check_refuses(function)
    return denies, bool(asked & LOGIN), bool(asked & ASKED)


def _checks(program: Program, owner: ClassSymbol) -> Iterator[FunctionSymbol]:
    """The methods of a view's class that its framework calls before the view's own, to turn people away."""
    for name in sorted(program.interpreter.catalogue.checks):
        found = classes.find_method(program.interpreter, owner, name)
        if found is not None:
            yield found


HOOKS = frozenset(("before_request",))
AROUND = frozenset(("before_app_request",))
LOGIN = frozenset(("authenticated", "anonymous", "login"))
ROLES = frozenset("role roles permission permissions".split())
DENIALS = frozenset(("denied", "forbidden", "unauthorized"))


def _raises_denied(function: FunctionSymbol) -> bool:
    """Whether the function itself turns people away: `raise PermissionDenied`."""
    for statement in function.statements:
        if isinstance(statement, facts.Raise):
            raised = statement.exception.func if isinstance(statement.exception, facts.Call) else statement.exception
            name = raised.attr if isinstance(raised, facts.Attribute) else getattr(raised, "id", "")
            if DENIALS & set(words(str(name))) or "403" in str(name):
                return True
    return False


def _sends_away(function: FunctionSymbol) -> bool:
    """Whether the function starts with `if not request.user.is_superuser: return redirect(...)`."""
    for statement in function.facts.body:
        if isinstance(statement, facts.If) and isinstance(statement.test, facts.Not) and statement.body:
            leaves = isinstance(statement.body[-1], (facts.Return, facts.Raise))
            if leaves and asks_right(statement.test):
                return True
    return False


def _told(function: FunctionSymbol) -> Iterator[str]:
    """What decorators are told to ask for: `role=Role.ADMIN`, `permission_classes=[IsOwner]`, scopes, a check."""
    defaults = (parameter.default for parameter in function.facts.parameters if parameter.default is not None)
    for call in nodes((*function.facts.decorators, *defaults)):
        if not isinstance(call, facts.Call):
            continue
        for argument in call.arguments:
            keyword = set(words(argument.keyword or ""))
            if "scopes" in keyword and last_name(call.func) == "Security" and getattr(argument.value, "items", None):
                yield "scopes"
            elif keyword & ROLES:
                yield from (mark for name in identifiers(argument.value) for mark in _permission_name(name))
            elif isinstance(argument.value, facts.Name) and CHECKING & set(words(argument.value.id)):
                yield "permission"


def hooks(program: Program) -> dict[Place, list[FunctionSymbol]]:
    """The functions that blueprints run before their requests, by where the blueprint is made."""
    found: dict[Place, list[FunctionSymbol]] = {}
    for function in program.interpreter.functions():
        for each in applied(program.interpreter, function) if function.facts.decorators else ():
            if each.name.rpartition(".")[2] in HOOKS and each.client is not None and each.client.site is not None:
                found.setdefault(each.client.site, []).append(function)
    return found


def hooks_around(program: Program) -> list[FunctionSymbol]:
    """The functions that applications run before all their requests, whichever blueprint these are for."""
    marked = (each for each in program.interpreter.functions() if each.facts.decorators)
    return [each for each in marked if any(map(_is_around, applied(program.interpreter, each)))]


def _is_around(mark: Applied) -> bool:
    owner, _, name = mark.name.rpartition(".")
    return name in AROUND or (name in HOOKS and mark.client is not None and not owner.endswith("Blueprint"))


def _hook_marks(program: Program, hook: FunctionSymbol) -> Iterator[str]:
    """What a function that runs before every request of a blueprint says: its decorators, its tests."""
    yield from (each.name.rpartition(".")[2] for each in applied(program.interpreter, hook))
    if _sends_away(hook) or _checks_right(program, hook):
        yield "permission"


def _is_denied_by_default(program: Program, handler: Handler) -> bool:
    """REST framework's DEFAULT_PERMISSION_CLASSES with a class that asks for more than a login."""
    rows = program.interpreter.catalogue.asking_settings
    return any(holds_for(program, row, handler) and _asks_by_setting(program, row, handler) for row in rows)


def holds_for(program: Program, row: Authenticates, handler: Handler) -> bool:
    """Whether a setting is about a view: by its class, or by the package that its request is of."""
    dialect = program.interpreter.dialects.get(handler.dialect)
    if dialect is not None and dialect.request.partition(".")[0] == row.applies.partition(".")[0]:
        return True
    return handler.owner is not None and program.interpreter.hierarchy.is_a(handler.owner, row.applies)


def _asks_by_setting(program: Program, row: Authenticates, handler: Handler) -> bool:
    settings = list(program.settings.values(row.names.partition(".")[0]))
    if not settings and handler.owner is not None and program.writes_unasked and not program.settings.has_django:
        return not names_permissions(program, handler.owner)
    return any(mark for each in permissions_in_settings(program, row) for mark in _permission_name(each))


def permissions_in_settings(program: Program, row: Authenticates) -> set[str]:
    """The last names of the classes that a setting lists for all views of its framework."""
    name, _, key = row.names.partition(".")
    listed = [item for _, value, _ in program.settings.values(name) if (item := value.item(key)) is not None]
    texts = [item.constant for value in listed for _, item in value.items or ()]
    return {each.rpartition(".")[2] for each in texts if isinstance(each, str)}


def writes_unasked(program: Program) -> bool:
    """Whether a view lets clients write and says nothing of who may: then settings say it that are not here."""
    owners = {handler.owner for handler in program.handlers if handler.owner is not None}
    return any(_lets_write(program, each) and not names_permissions(program, each) for each in owners)


def _lets_write(program: Program, owner: ClassSymbol) -> bool:
    """Whether a class has methods of its framework by which clients write."""
    bases = program.interpreter.hierarchy.library_bases(owner)
    rows = (row for base in bases for row in program.interpreter.catalogue.rows_on(base))
    return any(isinstance(row, HandlerClass) and row.writes for row in rows)


def names_permissions(program: Program, owner: ClassSymbol) -> bool:
    """Whether a view, or what it derives from in the project, says itself who may see it."""
    lineage = program.interpreter.hierarchy.mro(owner)
    asking = ("permission_classes", "get_permissions")
    return any(
        isinstance(each, ClassSymbol) and any(name in each.attributes or name in each.methods for name in asking)
        for each in lineage
    )


def _app_marks(program: Program, function: FunctionSymbol) -> Iterator[str]:
    """What the application's configuration asks for on all its pages: `default_permissions = ["is_staff"]`."""
    module = function.module
    config = program.interpreter.modules.find(f"{module.name.rpartition('.')[0]}.apps", module)
    for symbol in config.classes if config is not None and config.source.root == module.source.root else ():
        for name, assigned in symbol.attributes.items():
            if "permissions" in words(name):
                texts = (node.value for node in nodes(assigned[-1].value) if isinstance(node, facts.Constant))
                yield from (text for text in texts if isinstance(text, str))


def _callees(value: Value | None) -> Iterator[str]:
    """The names of the dependencies listed in a route's `dependencies=[Depends(f), Depends(g(x))]`."""
    for _, item in value.items or () if value is not None else ():
        for origin in item.origins:
            if origin.kind == "dependency":
                yield origin.name


def _class_marks(program: Program, symbol: ClassSymbol) -> Iterator[str]:
    """Names of base classes, of what permission attributes hold, and of attributes that name a permission."""
    for base in program.interpreter.hierarchy.mro(symbol):
        yield base.facts.name if isinstance(base, ClassSymbol) else base.rpartition(".")[2]
        if not isinstance(base, ClassSymbol):
            yield from _tested(program, symbol, base)
        for name, assigned in base.attributes.items() if isinstance(base, ClassSymbol) else ():
            if name == "permission_classes":
                value = assigned[-1].value
                for item in identifiers(value):
                    yield from _permission_name(item)
            elif name in ("decorators", "method_decorators"):
                yield from identifiers(assigned[-1].value)
            elif {"permission", "permissions"} & set(words(name)):
                value = assigned[-1].value
                is_named = isinstance(value, (facts.Name, facts.Attribute, facts.Collection))
                yield "permission" if is_named or (isinstance(value, facts.Constant) and value.value) else ""


def _tested(program: Program, symbol: ClassSymbol, base: str) -> Iterator[str]:
    """What the test of a library's base class asks of users, unless it is about a login and nothing more."""
    for row in program.interpreter.catalogue.function(base):
        for name in row.checks.split() if isinstance(row, Authenticates) else ():
            yield "" if _tests_login(program, symbol, name) else "permission"


def _tests_login(program: Program, symbol: ClassSymbol, name: str) -> bool:
    test = classes.find_method(program.interpreter, symbol, name)
    asked = {word for name in identifiers(test.facts.body) for word in words(name)} if test is not None else set()
    return bool(asked & LOGIN) and not asked & ASKED


# Permission classes that let everybody read, or everybody who is logged in; and the module they are written after.
PLAIN = frozenset(
    "AllowAny IsAuthenticated IsAuthenticatedOrReadOnly DjangoModelPermissionsOrAnonReadOnly permissions".split()
)


def _permission_name(name: str) -> Iterator[str]:
    if name and name not in PLAIN:
        yield "permission"


def is_admin(program: Program, handler: Handler) -> bool:
    """Whether a handler belongs to the administration, by its module, class, path or decorators."""
    function = handler.function
    owner = handler.owner.facts.name if handler.owner is not None else ""
    mounted_in = program.interpreter.modules.by_path[handler.place.path].name
    texts = [function.module.name, owner, handler.path, function.facts.name, mounted_in]
    texts.extend(each.name for each in applied(program.interpreter, function) if function.facts.decorators)
    return any(ADMIN & set(words(text)) for text in texts)
