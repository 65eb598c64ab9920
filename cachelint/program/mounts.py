"""Which URL modules are mounted: routes that no road leads to from ROOT_URLCONF serve nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from cachelint.facts import model as facts
from cachelint.program.effects import Registration
from cachelint.program.frame import Frame
from cachelint.program.symbols import ClassSymbol, ModuleSymbol
from cachelint.program.values import ClassRef, ModuleRef, Place, Value
from cachelint.program.walking import nodes
from cachelint.vocabulary import HandlerClass, Handles, Mounts

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

ROOT = "ROOT_URLCONF"
PATTERNS = "urlpatterns"


def unmounted(interpreter: Interpreter, registrations: Iterable[Registration]) -> frozenset[str]:
    """The paths of files with URL patterns that nothing includes, as far as every include can be read."""
    roots = [root for module in interpreter.modules for root in _roots(interpreter, module)]
    if not roots:
        return frozenset()
    included: dict[str, list[Value | None]] = defaultdict(list)
    for each in registrations:
        if isinstance(each.row, Mounts) and each.row.router and each.row.router != "self":
            included[each.place.path].append(each.given.get(each.row.router))
    reached = _reached(interpreter, roots, included)
    if reached is None:
        return frozenset()
    return frozenset(
        module.source.path
        for module in interpreter.modules
        if PATTERNS in module.bindings and module.source.path not in reached
    )


def _roots(interpreter: Interpreter, module: ModuleSymbol) -> Iterator[ModuleSymbol]:
    for _, expression in module.bindings[ROOT].assigned if ROOT in module.bindings else ():
        if isinstance(expression, facts.Constant) and isinstance(expression.value, str):
            found = interpreter.modules.find(expression.value, module)
            if found is not None:
                yield found


def _reached(
    interpreter: Interpreter, roots: list[ModuleSymbol], included: dict[str, list[Value | None]]
) -> set[str] | None:
    """The files that the roots lead to, by include() or by import; None when an include cannot be read."""
    queue, reached = list(roots), {root.source.path for root in roots}
    while queue:
        module = queue.pop()
        targets = list(_imported(interpreter, module))
        for value in included.get(module.source.path, ()):
            found = list(modules_in(interpreter, module, value))
            if not found:
                return None
            targets.extend(each for each in found if isinstance(each, ModuleSymbol))
        fresh = [each for each in targets if each.source.path not in reached]
        reached.update(each.source.path for each in fresh)
        queue.extend(fresh)
    return reached


def modules_in(interpreter: Interpreter, module: ModuleSymbol, value: Value | None) -> Iterator[ModuleSymbol | str]:
    """What an include names: modules of the project, or the name of something outside or written right there."""
    if value is None:
        return
    if isinstance(value.constant, str):
        yield interpreter.modules.find(value.constant, module) or value.constant
    for each in value.things:
        yield each.symbol if isinstance(each, ModuleRef) else type(each).__name__
    if value.items is not None:
        yield "a list"
        for _, item in value.items[:1]:
            yield from modules_in(interpreter, module, item)


def _imported(interpreter: Interpreter, module: ModuleSymbol) -> Iterator[ModuleSymbol]:
    """The URL modules that a URL module imports: their patterns may be added to its own."""
    for binding in list(module.bindings.values()):
        for statement, imported in binding.imports:
            base = module.absolute(statement, imported)
            for name in (base, f"{base}.{imported.name}") if imported.name else (base,):
                found = interpreter.modules.find(name, module)
                if found is not None and PATTERNS in found.bindings:
                    yield found


class Handed(NamedTuple):
    """A view class given to the `register` of some router, known or not, with the path given beside it."""

    view: ClassSymbol
    place: Place
    path: str


def handed_to_register(interpreter: Interpreter) -> Iterator[Handed]:
    """Every view class that a call of any `register` is given: routers are often the project's own."""
    for module in interpreter.modules:
        bodies = [module.facts.body, *(function.facts.body for function in module.functions)]
        calls = [node for body in bodies for node in nodes(body) if isinstance(node, facts.Call)]
        for call in filter(registers, calls):
            yield from _views_given(interpreter, module, call)


def registers(node: facts.Node) -> TypeGuard[facts.Call]:
    """Whether code is a call of some `register`."""
    return isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute) and node.func.attr == "register"


def _views_given(interpreter: Interpreter, module: ModuleSymbol, call: facts.Call) -> Iterator[Handed]:
    given = [argument.value for argument in call.arguments]
    texts = (each.value for each in given if isinstance(each, facts.Constant) and isinstance(each.value, str))
    path = next(texts, None)
    frame = Frame(interpreter, module, None, interpreter.scratch(module))
    for node in given if path is not None else ():
        things = frame.evaluate(node).things if isinstance(node, (facts.Name, facts.Attribute)) else ()
        for symbol in (each.symbol for each in things if isinstance(each, ClassRef)):
            bases = interpreter.hierarchy.library_bases(symbol)
            if any(isinstance(row, HandlerClass) for base in bases for row in interpreter.catalogue.rows_on(base)):
                yield Handed(symbol, frame.place(call), str(path))


class Routes:
    """Which classes routes can lead to: those registered, and those that nobody can say nothing leads to."""

    def __init__(
        self,
        interpreter: Interpreter,
        routed: frozenset[ClassSymbol],
        named: frozenset[str],
        registering: frozenset[str],
        is_open: bool,
    ) -> None:
        self._interpreter = interpreter
        self.routed, self.named, self.registering, self.is_open = routed, named, registering, is_open

    def may_lead_to(self, symbol: ClassSymbol) -> bool:
        """Whether a class may serve requests: no, when others are routed, nothing imports this one by name and no
        module that makes routes mentions it; no, when only classes derived from it are routed."""
        if self.is_open or symbol in self.routed or symbol.facts.decorators:
            return True
        if any(each in self.routed for each in self._interpreter.hierarchy.subclasses(symbol)):
            return False
        return symbol.facts.name in self.named


def routes_of(interpreter: Interpreter, routed: Iterable[ClassSymbol], registrations: Sequence[Registration]) -> Routes:
    """The routes of a project; `registering` are the files that make them, `named` what is imported anywhere or
    mentioned there."""
    routed, registering = frozenset(routed), frozenset(each.place.path for each in registrations)
    named: set[str] = set()
    for module in interpreter.modules:
        named.update(imported_names(module))
        if module.source.path in registering:
            named.update(mentioned(module))
    # Where nothing makes routes any class may be somebody's view.
    is_open = not routed and not any(is_route(each) for each in registrations)
    return Routes(interpreter, routed, frozenset(named), registering, is_open)


def is_route(made: Registration) -> bool:
    """Whether a registration hands the requests of a path to something."""
    return isinstance(made.row, Handles) and made.row.form == "register"


def imported_names(module: ModuleSymbol) -> Iterator[str]:
    """What a file imports by name, in its functions as well."""
    for binding in list(module.bindings.values()):
        yield from (imported.name for _, imported in binding.imports if imported.name is not None)
    for function in module.functions:
        for statement in function.statements:
            if isinstance(statement, facts.Import):
                yield from (imported.name for imported in statement.names if imported.name is not None)


def mentioned(module: ModuleSymbol) -> Iterator[str]:
    """Every name and text in the code of a module, what classes derive from left out."""
    bodies = [module.facts.body]
    bodies += [function.facts.body for function in module.functions]
    bodies += [symbol.facts.body for symbol in module.classes]
    for body in bodies:
        for node in nodes(body):
            if isinstance(node, (facts.Name, facts.Attribute)):
                yield node.id if isinstance(node, facts.Name) else node.attr
            elif isinstance(node, facts.Constant) and isinstance(node.value, str):
                yield node.value.rpartition(".")[2]
