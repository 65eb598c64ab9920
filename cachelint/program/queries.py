"""Database reads that a request makes with no cache on the way."""

from __future__ import annotations

import fnmatch
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program import classes, inputs
from cachelint.program.decorators import applied
from cachelint.program.effects import CallEdge, Context, Event
from cachelint.program.flow import comes_from
from cachelint.program.handlers import Handler
from cachelint.program.purpose import words
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, nodes, walk
from cachelint.program.values import NONE, FunctionRef, Place, Value
from cachelint.vocabulary import DbRead, DbWrite, Handles, Memoizes

if TYPE_CHECKING:
    from cachelint.program import Program


@dataclass(frozen=True, slots=True)
class UncachedRead:
    """A query, a handler that runs it, the calls from there, and all handlers that reach it uncached."""

    event: Event
    handler: Handler
    way: tuple[CallEdge, ...]
    handlers: tuple[Handler, ...]


def uncached_reads(program: Program) -> Iterator[UncachedRead]:
    """Every read query that a safe-method handler reaches with no cache on the way; the shortest way to each."""
    reached: dict[FunctionSymbol, tuple[Handler, tuple[CallEdge, ...]]] = {}
    queue: deque[FunctionSymbol] = deque()
    for handler in program.handlers:
        if (
            may_cache(program, handler)
            and not is_covered(program, handler.function, program.graph.entry(handler.function))
            and handler.function not in reached
        ):
            reached[handler.function] = (handler, ())
            queue.append(handler.function)
    while queue:
        function = queue.popleft()
        handler, way = reached[function]
        for edge in program.graph.callees.get(function, ()):
            if edge.callee not in reached and _leads_on(program, function, edge):
                reached[edge.callee] = (handler, (*way, edge))
                queue.append(edge.callee)
    for function, (handler, way) in reached.items():
        for event in program.graph.events.get(function, ()):
            if isinstance(event.row, DbRead) and not is_covered(program, function, event.context, event):
                yield UncachedRead(event, handler, way, tuple(_handlers(program, function)))


def _leads_on(program: Program, function: FunctionSymbol, edge: CallEdge) -> bool:
    return not is_covered(program, function, edge.context) and not is_covered(
        program, edge.callee, program.graph.entry(edge.callee)
    )


def may_cache(program: Program, handler: Handler) -> bool:
    """Whether a handler's reads are worth caching: a safe method, no write on the way, no cached response."""
    if not handler.is_safe or any(isinstance(layer.row, Memoizes) for layer in handler.layers):
        return False
    if program.is_class_cached(handler):
        return False
    return not program.writes(handler.function)


def is_covered(program: Program, function: FunctionSymbol, context: Context, event: Event | None = None) -> bool:
    """Whether code in these circumstances is behind a cache, or does not belong to a read request at all."""
    if context.in_loader or context.unsafe or context.deferred:
        return True
    misses: frozenset[Place] = context.misses
    if event is not None:
        misses |= frozenset(o.what for o in event.origins if o.kind == "hit" and isinstance(o.what, Place))
    return bool(misses) and program.fills(function, misses)


def _handlers(program: Program, function: FunctionSymbol) -> Iterator[Handler]:
    """The handlers from which a function is reached, nearest first."""
    queue, seen = deque([function]), {function}
    while queue:
        current = queue.popleft()
        for handler in program.handlers_of(current):
            if may_cache(program, handler):
                yield handler
        for edge in program.graph.callers.get(current, ()):
            if (
                edge.caller is not None
                and edge.caller not in seen
                and not is_covered(program, edge.caller, edge.context)
            ):
                seen.add(edge.caller)
                queue.append(edge.caller)


def is_orm_cached(program: Program, entity: object) -> bool:
    """Whether the ORM layer itself caches a model's reads (settings CACHEOPS: patterns "app.model")."""
    if not isinstance(entity, ClassSymbol):
        return False
    app = entity.module.name.rpartition(".models")[0].rpartition(".")[2] or entity.module.name.partition(".")[0]
    label = f"{app}.{entity.facts.name}".lower()
    for _, value, _ in program.settings.values("CACHEOPS"):
        for pattern, options in value.items or ():
            if isinstance(pattern, str) and fnmatch.fnmatchcase(label, pattern.lower()) and options != NONE:
                return True
    return False


def is_per_user(program: Program, event: Event) -> bool:
    """Whether a query is selected by who asks."""
    return comes_from(program, event.origins, "identity")


def serves_the_asker(program: Program, handler: Handler) -> bool:
    """Whether a handler reads rows selected by who asks: what else it reads then mostly hangs on those."""
    return any(
        isinstance(e.row, DbRead) and is_per_user(program, e) for e in reachable_events(program, handler.function)
    )


def writes(program: Program, function: FunctionSymbol) -> bool:
    """Whether a function writes the database, itself or through calls, while it serves a read."""
    return any(isinstance(e.row, DbWrite) and e.row.entity != "*" for e in reachable_events(program, function))


def reachable_events(program: Program, function: FunctionSymbol) -> Iterator[Event]:
    """The events of a function and of everything it calls while serving a safe method."""
    queue, seen = deque([function]), {function}
    while queue:
        current = queue.popleft()
        for event in program.graph.events.get(current, ()):
            if not event.context.unsafe and not event.context.deferred:
                yield event
        for edge in program.graph.callees.get(current, ()):
            if edge.callee not in seen and not edge.context.unsafe and not edge.context.deferred:
                seen.add(edge.callee)
                queue.append(edge.callee)


HOOKS = frozenset("get_queryset get_object get_context_data get list retrieve filter_queryset".split())
ADMIN = frozenset("admin admins backoffice staff control console backstage".split())
RESTRICTED = ADMIN | frozenset(
    (
        "permission permissions superuser role roles privilege privileges access scopes administrator administrators "
        "moderator moderators"
    ).split()
)
CHECKING = frozenset("check checks require requires assert ensure verify authorize authorise enforce must".split())


def is_restricted(program: Program, handler: Handler) -> bool:
    """Whether a handler asks for a special right: few people see such pages, and they want them fresh.

    Decided by the names of decorators, dependencies, base classes and permission attributes; a plain login, or a
    permission class that only asks for one, is no special right."""
    names = [each.name.rpartition(".")[2] for each in applied(program.interpreter, handler.function)]
    for each in applied(program.interpreter, handler.function):
        if isinstance(each.row, Handles):
            names.extend(name for word in each.row.auth.split() for name in _callees(each.given.get(word)))
    for parameter in handler.function.facts.parameters:
        given = inputs.dependency(program.interpreter, handler.function, parameter)
        names.extend(t.symbol.facts.name for t in given.things if isinstance(t, FunctionRef)) if given else None
    if (
        _checks_right(program, handler.function)
        or _raises_denied(handler.function)
        or _is_denied_by_default(program, handler)
    ):
        return True
    if handler.owner is not None:
        dispatch = classes.find_method(program.interpreter, handler.owner, "dispatch")
        if dispatch is not None and _raises_denied(dispatch):
            return True
        names.extend(each.name.rpartition(".")[2] for each in program.class_decorators(handler))
        names.extend(_class_marks(program, handler.owner))
    return any(RESTRICTED & set(words(name)) for name in names)


def _identifiers(expression: facts.Expression | None) -> Iterator[str]:
    """Every name and attribute in an expression."""
    for node in nodes(expression):
        if isinstance(node, (facts.Name, facts.Attribute)):
            yield node.id if isinstance(node, facts.Name) else node.attr


def _checks_right(program: Program, function: FunctionSymbol) -> bool:
    """Whether the function calls a check of a right by name: `_require_admin(user)`, `check_permission(...)`."""
    for edge in program.graph.callees.get(function, ()):
        found = set(words(edge.callee.facts.name))
        if found & RESTRICTED and found & CHECKING:
            return True
    return False


DENIALS = frozenset(("denied", "forbidden", "unauthorized"))


def _raises_denied(function: FunctionSymbol) -> bool:
    """Whether the function itself turns people away: `raise PermissionDenied`."""
    for statement in walk(function.facts.body):
        if isinstance(statement, facts.Raise):
            raised = statement.exception.func if isinstance(statement.exception, facts.Call) else statement.exception
            name = raised.attr if isinstance(raised, facts.Attribute) else getattr(raised, "id", "")
            if DENIALS & set(words(str(name))) or "403" in str(name):
                return True
    return False


def _is_denied_by_default(program: Program, handler: Handler) -> bool:
    """REST framework's DEFAULT_PERMISSION_CLASSES with a class of the project's own."""
    row = program.interpreter.dialects.get(handler.dialect)
    is_rest = handler.owner is not None and program.interpreter.is_a(handler.owner, "rest_framework.views.APIView")
    if not is_rest and (row is None or not row.request.startswith("rest_framework.")):
        return False
    for _, value, _ in program.settings.values("REST_FRAMEWORK"):
        listed = value.item("DEFAULT_PERMISSION_CLASSES")
        for _, item in listed.items or () if listed is not None else ():
            name = item.constant if isinstance(item.constant, str) else ""
            if name and not name.startswith("rest_framework.permissions."):
                return True
    return False


def _callees(value: Value | None) -> Iterator[str]:
    """The names of the dependencies listed in a route's `dependencies=[Depends(f), Depends(g(x))]`."""
    for _, item in value.items or () if value is not None else ():
        for origin in item.origins:
            if origin.kind == "dependency":
                yield origin.name


def _class_marks(program: Program, symbol: ClassSymbol) -> Iterator[str]:
    """Names of base classes, of what permission attributes hold, and of attributes that name a permission."""
    for base in program.interpreter.mro(symbol):
        yield base.facts.name if isinstance(base, ClassSymbol) else base.rpartition(".")[2]
        for name, assigned in base.attributes.items() if isinstance(base, ClassSymbol) else ():
            if name == "permission_classes":
                value = assigned[-1].value
                for item in _identifiers(value):
                    yield from _permission_name(item)
            elif name in ("decorators", "method_decorators"):
                yield from _identifiers(assigned[-1].value)
            elif name.startswith("permission"):
                value = assigned[-1].value
                is_named = isinstance(value, (facts.Name, facts.Attribute, facts.Collection))
                yield "permission" if is_named or (isinstance(value, facts.Constant) and value.value) else ""


def _permission_name(name: str) -> Iterator[str]:
    if name not in ("AllowAny", "IsAuthenticated", "IsAuthenticatedOrReadOnly", "permissions", ""):
        yield "permission"


def is_admin(program: Program, handler: Handler) -> bool:
    """Whether a handler belongs to the administration, by its module, class, path or decorators."""
    function = handler.function
    owner = handler.owner.facts.name if handler.owner is not None else ""
    mounted_in = program.interpreter.modules.by_path[handler.place.path].name
    texts = [function.module.name, owner, handler.path, function.facts.name, mounted_in]
    texts.extend(each.name for each in applied(program.interpreter, function) if function.facts.decorators)
    return any(ADMIN & set(words(text)) for text in texts)
