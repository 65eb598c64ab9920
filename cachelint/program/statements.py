"""Following a body: statements in order, branches apart and joined again, early exits remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import classes, contexts, inputs, library
from cachelint.program.branches import Learned, enter, hits, knowledge
from cachelint.program.calls import NO_ARGUMENTS, call_function, call_value
from cachelint.program.decisions import decided
from cachelint.program.effects import Clause, Guard, Summary
from cachelint.program.expressions import bind, evaluate, mapping_access
from cachelint.program.frame import Frame
from cachelint.program.guards import exception_types, guard_of
from cachelint.program.rights import asks_login, asks_right
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import (
    UNKNOWN,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Origin,
    Place,
    Value,
    cleaned,
    join,
    ranked,
    thing,
)
from cachelint.vocabulary import CacheRead, Suppresses

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter


def follow(interpreter: Interpreter, function: FunctionSymbol, summary: Summary) -> None:
    """Follow a function's body into its summary."""
    frame = Frame(interpreter, function.module, function, summary)
    frame.closure_of(function.parent)
    frame.enclosing = {**frame.enclosing, **interpreter.lambda_scopes.get(function, {})}
    for parameter in function.facts.parameters:
        value = _provided(frame, function, parameter) or interpreter.parameter(function, parameter)
        frame.variables[parameter.name] = value
        frame.remember(parameter.name, value)
    frame.switches = {name: Value(constant=constant) for name, constant in function.switches}
    frame.variables.update(frame.switches)
    _bind_receiver(frame, function)
    frame.makes_context = contexts.makes_context(interpreter, function)
    run(frame, function.facts.body)
    if function.facts.is_generator and summary.yields:
        summary.returns = join([value for value, _ in summary.yields])
    else:
        summary.returns = _decided(join([value for value, _ in summary.returned]))


def _decided(value: Value) -> Value:
    """A function that makes its parameter harmless on one of its ways decides itself when that is needed."""
    safe = {origin.what for origin in value.origins if origin.kind == "parameter" and origin.safe and not origin.boxed}
    if not safe:
        return value
    return replace(value, origins=frozenset(replace(o, safe=o.safe or o.what in safe) for o in value.origins))


def _provided(frame: Frame, function: FunctionSymbol, parameter: facts.Parameter) -> Value | None:
    """What a framework injects for a parameter: the result of its dependency, called here."""
    given = inputs.dependency(frame.interpreter, function, parameter)
    if given is None:
        return None
    for each in given.things:
        if isinstance(each, FunctionRef):
            frame.interpreter.dependencies.add(each.symbol)
        elif isinstance(each, ClassRef):
            init = classes.find_method(frame.interpreter, each.symbol, "__init__")
            if init is not None:
                frame.interpreter.dependencies.add(init)
    value = call_value(frame, given, NO_ARGUMENTS, parameter)
    inner = [frame.interpreter.summary(t.symbol).returns for t in given.things if isinstance(t, FunctionRef)]
    if inner:
        value = replace(join(inner), things=value.things)
    own = frame.interpreter.parameter(function, parameter)
    if inputs.says_who_asks(frame.interpreter, given, parameter):
        origin = Origin("identity", parameter.name, parameter.name, frame.place(parameter))
        # Who asks was looked up and checked: no longer the text that the client sent.
        value = replace(value, origins=frozenset((origin,)), text=None)
    if not value.things:
        value = replace(value, things=own.things)
    return value


def _bind_receiver(frame: Frame, function: FunctionSymbol) -> None:
    parameters = function.facts.parameters
    if function.owner is None or not parameters or function.is_lambda:
        return
    names = {each.id for each in function.facts.decorators if isinstance(each, facts.Name)}
    if "staticmethod" in names:
        return
    first = parameters[0].name
    is_class = "classmethod" in names or function.facts.name in (
        "__new__",
        "__init_subclass__",
        "__class_getitem__",
    )
    receiver = ClassRef(function.owner) if is_class else Instance(function.owner)
    frame.variables[first] = thing(receiver)
    frame.remember(first, thing(receiver))


def run(frame: Frame, body: Sequence[facts.Statement]) -> bool:
    """Follow a block. True when its end is never reached."""
    ended = False
    for statement in body:
        if RUNNERS[type(statement)](frame, statement):
            ended = True
            break
    return ended


# ------------------------------------------------------------------------------------------ simple statements


def _assign(frame: Frame, statement: facts.Assign) -> bool:
    value = evaluate(frame, statement.value) if statement.value is not None else UNKNOWN
    if not value.things and statement.annotation is not None:
        value = replace(value, things=frame.annotated(statement.annotation).things)
    if frame.makes_context:
        value = contexts.assigned(frame, statement, value)
    if frame.interpreter.revealed is not None:
        frame.interpreter.revealed.append((frame.place(statement), value))
    for target in statement.targets:
        bind(frame, target, value)
        if isinstance(target, facts.Name) and not any(o.kind == "hit" for o in value.origins):
            frame.lookups[target.id] = _looked_up_by(statement.value)
    _note_owner(frame, value)
    return False


def _looked_up_by(node: object) -> frozenset[str]:
    """The variables given to a call whose result is assigned: what `row = await load(key)` was looked up by."""
    if isinstance(node, facts.Await):
        return _looked_up_by(node.value)
    if not isinstance(node, facts.Call):
        return frozenset()
    return frozenset(name for argument in node.arguments for name in _names_in(argument.value))


def _names_in(node: object) -> Iterator[str]:
    if isinstance(node, facts.Name):
        yield node.id
    elif isinstance(node, facts.Dictionary):
        for each in node.values:
            yield from _names_in(each)


def _note_owner(frame: Frame, value: Value) -> None:
    """A row found by its id: the id is no free text any more, and if who asks was a condition, it is the asker's."""
    asking = frozenset(o for o in value.origins if o.kind == "identity")
    if not any(o.kind == "entity" for o in value.origins):
        return
    lists = ("builtins.list", "builtins.dict")
    is_row = not any(each.type in lists or each.of is not None for each in value.instances())
    for origin in ranked(value.origins):
        if origin.kind == "parameter" and origin.boxed and origin.name in frame.variables:
            known = frame.variables[origin.name]
            # Text that found a row is text that the database holds: no longer free.
            own = cleaned(known.origins, safe=True, bounded=True) if is_row else known.origins
            frame.variables[origin.name] = replace(known, origins=own | asking)


def _augmented(frame: Frame, statement: facts.AugmentedAssign) -> bool:
    as_binary = facts.Binary(
        statement.at, statement.end, statement.operator.removesuffix("="), statement.target, statement.value
    )
    if isinstance(statement.target, (facts.Name, facts.Attribute)):
        bind(frame, statement.target, evaluate(frame, as_binary))
    else:
        evaluate(frame, statement.value)
    return False


def _evaluate(frame: Frame, statement: facts.Evaluate) -> bool:
    _note_owner(frame, evaluate(frame, statement.value))
    return _never_returns(frame, statement.value)


def _never_returns(frame: Frame, expression: facts.Expression) -> bool:
    """`sys.exit()`, `abort(404)`: what follows is not reached."""
    if isinstance(expression, facts.Await):
        expression = expression.value
    if not isinstance(expression, facts.Call):
        return False
    callee = frame.lookup_quietly(expression.func)
    return any(isinstance(each, External) and each.name in NEVER_RETURN for each in callee.things)


NEVER_RETURN = frozenset(
    (
        "builtins.exit",
        "builtins.quit",
        "sys.exit",
        "os._exit",
        "flask.abort",
        "werkzeug.exceptions.abort",
        "quart.abort",
    )
)


def _return(frame: Frame, statement: facts.Return) -> bool:
    value = evaluate(frame, statement.value) if statement.value is not None else Value(constant=None)
    value = _asked(frame, value)
    if frame.makes_context:
        contexts.displayed(frame, statement.value, value)
    place = frame.place(statement.value if statement.value is not None else statement)
    frame.summary.returned.append((value, place))
    return True


def _asked(frame: Frame, value: Value) -> Value:
    """A value chosen by who asks (`if user.is_staff: return all_rows`) comes from who asks as well."""
    return value if frame.asking is None else replace(value, origins=value.origins | {frame.asking})


def _raise(frame: Frame, statement: facts.Raise) -> bool:
    if statement.exception is not None:
        evaluate(frame, statement.exception)
    return True


def _define(frame: Frame, statement: facts.Define) -> bool:
    symbol = frame.module.functions[statement.function]
    value = thing(FunctionRef(symbol))
    frame.variables[symbol.facts.name] = value
    frame.remember(symbol.facts.name, value)
    return False


def _define_class(frame: Frame, statement: facts.DefineClass) -> bool:
    symbol = frame.module.classes[statement.class_]
    value = thing(ClassRef(symbol))
    frame.variables[symbol.facts.name] = value
    frame.remember(symbol.facts.name, value)
    return False


def _import(frame: Frame, statement: facts.Import) -> bool:
    for imported in statement.names:
        if imported.name == "*":
            continue
        name = imported.alias or imported.name or imported.module.partition(".")[0]
        value = frame.interpreter.imported(frame.module, statement, imported)
        frame.variables[name] = value
        frame.remember(name, value)
        if statement.level == 0:
            frame.module.used_packages.add(imported.module.partition(".")[0])
    return False


def _delete(frame: Frame, statement: facts.Delete) -> bool:
    for target in statement.targets:
        if isinstance(target, facts.Subscript) and not isinstance(target.index, facts.Slice):
            base, key = evaluate(frame, target.value), evaluate(frame, target.index)
            mapping_access(frame, base, key, target, "delete")
        elif isinstance(target, facts.Name):
            frame.variables.pop(target.id, None)
    return False


def _scope(frame: Frame, statement: facts.Scope) -> bool:
    if statement.kind == "global":
        frame.global_names.update(statement.names)
    return False


def _assert(frame: Frame, statement: facts.Assert) -> bool:
    enter(frame, knowledge(frame, statement.test).when_true)
    return False


def _jump(frame: Frame, statement: facts.Jump) -> bool:
    return statement.kind in ("break", "continue")


# ------------------------------------------------------------------------------------------------- branches


class Branch:
    """One way through a branching statement, followed apart from the others."""

    __slots__ = ("acquired", "ended", "unsafe", "variables")

    def __init__(self, frame: Frame, known: Learned, body: Sequence[facts.Statement], start: dict[str, Value]) -> None:
        context, acquired, unsafe = frame.context, frame.acquired, frame.unsafe
        frame.variables = dict(start)
        enter(frame, known)
        self.ended = run(frame, body)
        self.variables, self.acquired, self.unsafe = frame.variables, frame.acquired, frame.unsafe
        frame.context, frame.acquired, frame.unsafe = context, acquired, unsafe


def _if(frame: Frame, statement: facts.If) -> bool:
    answer = decided(frame, statement.test)
    ruled_out = None if answer is None else not answer
    known = knowledge(frame, statement.test)
    start = frame.variables
    asking = frame.asking
    context = frame.context
    asked = next((o for o in ranked(known.value.origins) if o.kind == "identity"), None)
    is_choice = asked is not None and not asks_login(statement.test)
    if is_choice:
        frame.asking, frame.context = asked, context._replace(chosen=True)
    ways = [
        (Branch(frame, learned, block, start), learned)
        for outcome, learned, block in (
            (True, known.when_true, statement.body),
            (False, known.when_false, statement.orelse),
        )
        if outcome is not ruled_out
    ]
    frame.context = context
    _leave(frame, ways)
    if is_choice and asks_right(statement.test) and any(branch.ended for branch, _ in ways):
        # `if not user.is_staff: return`: the rest is for those who have the right.
        frame.chosen = True
    if frame.asking is not asking:
        changed = {name: value for name, value in frame.variables.items() if start.get(name) is not value}
        frame.variables.update((name, _asked(frame, value)) for name, value in changed.items())
    frame.asking = asking
    return all(branch.ended for branch, _ in ways)


def _leave(frame: Frame, ways: list[tuple[Branch, Learned]]) -> None:
    """Go on after the branches: with what the only surviving one knows, else with what all have."""
    alive = [(branch, known) for branch, known in ways if not branch.ended] or ways
    frame.variables = _merged([branch.variables for branch, _ in alive])
    frame.acquired = frozenset().union(*(branch.acquired for branch, _ in alive))
    frame.unsafe = all(branch.unsafe for branch, _ in alive)
    if len(alive) == 1 and len(ways) > 1:
        frame.acquired |= alive[0][1].misses
        frame.unsafe = frame.unsafe or alive[0][1].unsafe


def _merged(states: list[dict[str, Value]]) -> dict[str, Value]:
    if len(states) == 1:
        return states[0]
    merged: dict[str, Value] = dict(states[0])
    differing: dict[str, None] = {}
    for state in states[1:]:
        for name, value in state.items():
            if merged.setdefault(name, value) is not value:
                differing[name] = None
    for name in differing:
        merged[name] = join([state[name] for state in states if name in state])
    return merged


def _match(frame: Frame, statement: facts.Match) -> bool:
    subject = evaluate(frame, statement.subject)
    name = statement.subject.id if isinstance(statement.subject, facts.Name) else None
    start = frame.variables
    ways = []
    for case in statement.cases:
        known = Learned()
        if case.constants and name is not None:
            known.variables[name] = replace(subject, origins=cleaned(subject.origins, safe=True, bounded=True))
        frame.variables = dict(start)
        for captured in case.captures:
            known.variables[captured] = Value(things=subject.things, origins=subject.origins)
        if case.guard is not None:
            evaluate(frame, case.guard)
        ways.append((Branch(frame, known, case.body, start), known))
    if not any(case.is_wildcard for case in statement.cases):
        ways.append((Branch(frame, Learned(), (), start), Learned()))
    _leave(frame, ways)
    return all(branch.ended for branch, _ in ways)


def _loop(frame: Frame, body: Sequence[facts.Statement], orelse: Sequence[facts.Statement], known: Learned) -> None:
    start = dict(frame.variables)
    context = frame.context
    frame.context = context._replace(depth=context.depth + 1)
    once = Branch(frame, known, body, start)
    frame.variables = _merged([start, once.variables])
    frame.acquired |= once.acquired
    frame.context = context
    run(frame, orelse)


def _for(frame: Frame, statement: facts.For) -> bool:
    iterable = library.consume(frame, evaluate(frame, statement.iterable), "iterate", statement.iterable)
    if isinstance(statement.iterable, facts.Name) and statement.iterable.id in frame.variables:
        frame.variables[statement.iterable.id] = iterable
    bind(frame, statement.target, library.element(frame, iterable, statement.iterable))
    _loop(frame, statement.body, statement.orelse, Learned())
    return False


def _while(frame: Frame, statement: facts.While) -> bool:
    known = knowledge(frame, statement.test)
    _loop(frame, statement.body, statement.orelse, known.when_true)
    is_endless = isinstance(statement.test, facts.Constant) and bool(statement.test.value)
    return is_endless and not any(isinstance(s, facts.Jump) and s.kind == "break" for s in _inner(statement.body))


def _inner(body: Sequence[facts.Statement]) -> Sequence[facts.Statement]:
    from cachelint.program.symbols import walk

    return list(walk(body))


# ------------------------------------------------------------------------------------------------- try, with


def _try(frame: Frame, statement: facts.Try) -> bool:
    guard = guard_of(frame, statement)
    start, first_event = frame.variables, len(frame.summary.events)
    context = frame.context
    if guard is not None:
        frame.context = context._replace(guards=(*context.guards, guard))
    body = Branch(frame, Learned(), statement.body, start)
    frame.context = context
    missed = _reads_since(frame, first_event)
    way = body
    if statement.orelse and not body.ended:
        frame.acquired |= body.acquired
        way = Branch(frame, Learned(), statement.orelse, body.variables)
    ways = [(way, Learned())]
    for handler in statement.handlers:
        known = Learned(misses=_missed_by(frame, handler, missed))
        begin = _merged([start, body.variables])
        if handler.name:
            begin[handler.name] = UNKNOWN
        frame.context = context._replace(handling=frame.place(statement))
        ways.append((Branch(frame, known, handler.body, begin), known))
        frame.context = context
    _leave(frame, ways)
    if body.ended and len(ways) > 1:
        alive = [known for branch, known in ways[1:] if not branch.ended]
        frame.acquired |= frozenset().union(*(known.misses for known in alive)) if alive else frozenset()
    ended = all(branch.ended for branch, _ in ways)
    if guard is not None and all(branch.ended for branch, _ in ways[1:]) and _is_about_absence(guard):
        for key in sorted({key for keys in frame.lookups.values() for key in keys} & set(frame.variables)):
            value = frame.variables[key]
            frame.variables[key] = replace(value, origins=cleaned(value.origins, safe=True, bounded=False))
    return run(frame, statement.final) or ended


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


def _with(frame: Frame, statement: facts.With) -> bool:
    context = frame.context
    for item in statement.items:
        value = evaluate(frame, item.context)
        guard = _guard_of_manager(frame, item.context, value)
        if guard is not None:
            frame.context = frame.context._replace(guards=(*frame.context.guards, guard))
        if item.target is not None:
            bind(frame, item.target, _entered(frame, value, item))
    swallows = frame.context.guards != context.guards
    ended = run(frame, statement.body)
    frame.context = context
    return ended and not swallows


def _entered(frame: Frame, value: Value, item: facts.WithItem) -> Value:
    """What `as` names: what __enter__ returns in the project, the manager itself for library objects."""
    from cachelint.program import classes

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
    from cachelint.program import classes

    for name in ("__exit__", "__aexit__"):
        method = classes.find_method(frame.interpreter, symbol, name)
        if method is None:
            continue
        returned = frame.interpreter.summary(method).returned
        if any(value.constant is not None and value.constant is not False for value, _ in returned):
            return Guard((Clause(("?",), "", False, place),), place)
    return None


RUNNERS: dict[type[Any], Callable[[Frame, Any], bool]] = {
    facts.Assign: _assign,
    facts.AugmentedAssign: _augmented,
    facts.Evaluate: _evaluate,
    facts.Return: _return,
    facts.Raise: _raise,
    facts.If: _if,
    facts.For: _for,
    facts.While: _while,
    facts.Try: _try,
    facts.With: _with,
    facts.Match: _match,
    facts.Define: _define,
    facts.DefineClass: _define_class,
    facts.Import: _import,
    facts.Delete: _delete,
    facts.Scope: _scope,
    facts.Assert: _assert,
    facts.Jump: _jump,
}
