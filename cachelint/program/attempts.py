"""Following `try` and `with`: what they stop, and what a cache miss looks like in them."""

from __future__ import annotations

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import choices, classes
from cachelint.program.arguments import NO_ARGUMENTS
from cachelint.program.bindings import bind
from cachelint.program.calls import call_function
from cachelint.program.effects import Clause, Guard
from cachelint.program.frame import Frame
from cachelint.program.guards import exception_types, guard_of
from cachelint.program.outcomes import Learned, hits
from cachelint.program.symbols import ClassSymbol
from cachelint.program.values import UNKNOWN, ClassRef, External, FunctionRef, Instance, Place, Value, cleaned, join
from cachelint.vocabulary import CacheRead, Suppresses


def run_try(frame: Frame, statement: facts.Try) -> bool:
    guard = guard_of(frame, statement)
    start, first_event = frame.variables, len(frame.summary.events)
    context = frame.context
    if guard is not None:
        frame.context = context._replace(guards=(*context.guards, guard))
    body = choices.Branch(frame, Learned(), statement.body, start)
    frame.context = context
    missed = _reads_since(frame, first_event)
    way = body
    if statement.orelse and not body.ended:
        frame.acquired |= body.acquired
        way = choices.Branch(frame, Learned(), statement.orelse, body.variables)
    ways = [(way, Learned())]
    for handler in statement.handlers:
        known = Learned(misses=_missed_by(frame, handler, missed))
        begin = choices.merged([start, body.variables])
        if handler.name:
            begin[handler.name] = UNKNOWN
        frame.context = context._replace(handling=frame.place(statement))
        ways.append((choices.Branch(frame, known, handler.body, begin), known))
        frame.context = context
    choices.leave(frame, ways)
    if body.ended and len(ways) > 1:
        alive = [known for branch, known in ways[1:] if not branch.ended]
        frame.acquired |= frozenset().union(*(known.misses for known in alive)) if alive else frozenset()
    ended = all(branch.ended for branch, _ in ways)
    if guard is not None and all(branch.ended for branch, _ in ways[1:]) and _is_about_absence(guard):
        for key in sorted({key for keys in frame.lookups.values() for key in keys} & set(frame.variables)):
            value = frame.variables[key]
            frame.variables[key] = replace(value, origins=cleaned(value.origins, safe=True, bounded=False))
    return frame.run(statement.final) or ended


def _is_about_absence(guard: Guard) -> bool:
    """`except NotFound: raise 404`: past it, what was looked up exists."""
    names = " ".join(name.rpartition(".")[2].lower() for clause in guard.clauses for name in clause.types)
    return any(word in names for word in ("notfound", "doesnotexist", "noresult", "missing"))


def _reads_since(frame: Frame, first: int) -> list[tuple[Place, CacheRead]]:
    """The cache reads in the try body: a handler is where they missed or the cache was down."""
    events = frame.summary.events[first:]
    reads = [(event.place, event.row) for event in events if isinstance(event.row, CacheRead)]
    hit_places = frozenset(place for value in frame.variables.values() for place in hits(value))
    reads.extend((place, CacheRead(on="", names="", params="")) for place in hit_places)
    return reads


def _missed_by(frame: Frame, handler: facts.Handler, reads: list[tuple[Place, CacheRead]]) -> frozenset[Place]:
    return frozenset(place for place, _ in reads)


def run_with(frame: Frame, statement: facts.With) -> bool:
    context = frame.context
    for item in statement.items:
        value = frame.evaluate(item.context)
        guard = _guard_of_manager(frame, item.context, value)
        if guard is not None:
            frame.context = frame.context._replace(guards=(*frame.context.guards, guard))
        if item.target is not None:
            bind(frame, item.target, _entered(frame, value, item))
    swallows = frame.context.guards != context.guards
    ended = frame.run(statement.body)
    frame.context = context
    return ended and not swallows


def _entered(frame: Frame, value: Value, item: facts.WithItem) -> Value:
    """What `as` names: what __enter__ returns in the project, the manager itself for library objects."""

    found = []
    for each in value.things:
        if isinstance(each, Instance) and isinstance(each.type, ClassSymbol):
            for name in ("__enter__", "__aenter__"):
                method = classes.find_method(frame.interpreter, each.type, name)
                if method is not None:
                    found.append(call_function(frame, FunctionRef(method, receiver=each), NO_ARGUMENTS, item))
    found = [each for each in found if each.things]
    return join(found) if found else value


def _guard_of_manager(frame: Frame, node: facts.Expression, value: Value) -> Guard | None:
    """suppress(E), or a context manager of the project that catches around its yield."""
    if not isinstance(node, (facts.Call, facts.Await)):
        return None
    call = node.value if isinstance(node, facts.Await) else node
    if not isinstance(call, facts.Call):
        return None
    callee = frame.lookup_quietly(call.func)
    place = frame.place(call)
    for each in callee.things:
        if isinstance(each, External):
            if any(isinstance(row, Suppresses) for row in frame.interpreter.catalogue.function(each.name)):
                types = [name for argument in call.arguments for name in exception_types(frame, argument.value)]
                return Guard((Clause(tuple(types), "", True, place),), place)
        elif isinstance(each, FunctionRef) and each.symbol.facts.is_generator:
            contexts = [context for _, context in frame.interpreter.summary(each.symbol).yields]
            if contexts and contexts[0].guards:
                return contexts[0].guards[-1]
        elif isinstance(each, ClassRef):
            guard = _guard_of_exit(frame, each.symbol, place)
            if guard is not None:
                return guard
    return None


def _guard_of_exit(frame: Frame, symbol: ClassSymbol, place: Place) -> Guard | None:
    """A manager class whose __exit__ can return True swallows what it decides to: which classes is not known."""

    for name in ("__exit__", "__aexit__"):
        method = classes.find_method(frame.interpreter, symbol, name)
        if method is None:
            continue
        returned = frame.interpreter.summary(method).returned
        if any(value.constant is not None and value.constant is not False for value, _ in returned):
            return Guard((Clause(("?",), "", False, place),), place)
    return None
