"""Following branches apart and joining them again: if, match, loops."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import library, statements
from cachelint.program.bindings import bind
from cachelint.program.branches import enter, knowledge
from cachelint.program.decisions import decided
from cachelint.program.frame import Frame
from cachelint.program.outcomes import Learned
from cachelint.program.rights import asks_login, asks_right
from cachelint.program.values import Origin, Value, cleaned, join, ranked


class Branch:
    """One way through a branching statement, followed apart from the others."""

    __slots__ = ("acquired", "ended", "unsafe", "variables")

    def __init__(self, frame: Frame, known: Learned, body: Sequence[facts.Statement], start: dict[str, Value]) -> None:
        context, acquired, unsafe = frame.context, frame.acquired, frame.unsafe
        frame.variables = dict(start)
        enter(frame, known)
        self.ended = frame.run(body)
        self.variables, self.acquired, self.unsafe = frame.variables, frame.acquired, frame.unsafe
        frame.context, frame.acquired, frame.unsafe = context, acquired, unsafe


def run_if(frame: Frame, statement: facts.If) -> bool:
    answer = decided(frame, statement.test)
    ruled_out = None if answer is None else not answer
    known = knowledge(frame, statement.test)
    start = frame.variables
    asking = frame.asking
    context = frame.context
    asking_here = [origin for origin in known.value.origins if origin.kind in ("identity", "verdict")]
    asked = ranked(asking_here)[0] if asking_here else None
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
    leave(frame, ways)
    if is_choice and any(branch.ended for branch, _ in ways) and (_is_verdict(asked) or asks_right(statement.test)):
        # `if not user.is_staff: return`: the rest is for those who have the right.
        frame.chosen = True
    if is_choice:
        changed = {name: value for name, value in frame.variables.items() if start.get(name) is not value}
        frame.variables.update((name, statements.asked(frame, value)) for name, value in changed.items())
    frame.asking = asking
    return all(branch.ended for branch, _ in ways)


def _is_verdict(asked: Origin | None) -> bool:
    return asked is not None and asked.kind == "verdict"


def leave(frame: Frame, ways: list[tuple[Branch, Learned]]) -> None:
    """Go on after the branches: with what the only surviving one knows, else with what all have."""
    alive = [(branch, known) for branch, known in ways if not branch.ended] or ways
    frame.variables = merged([branch.variables for branch, _ in alive])
    frame.acquired = frozenset().union(*(branch.acquired for branch, _ in alive))
    frame.unsafe = all(branch.unsafe for branch, _ in alive)
    if len(alive) == 1 and len(ways) > 1:
        frame.acquired |= alive[0][1].misses
        frame.unsafe = frame.unsafe or alive[0][1].unsafe


def merged(states: list[dict[str, Value]]) -> dict[str, Value]:
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


def run_match(frame: Frame, statement: facts.Match) -> bool:
    subject = frame.evaluate(statement.subject)
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
            frame.evaluate(case.guard)
        ways.append((Branch(frame, known, case.body, start), known))
    if not any(case.is_wildcard for case in statement.cases):
        ways.append((Branch(frame, Learned(), (), start), Learned()))
    leave(frame, ways)
    return all(branch.ended for branch, _ in ways)


def _loop(frame: Frame, body: Sequence[facts.Statement], orelse: Sequence[facts.Statement], known: Learned) -> None:
    start = dict(frame.variables)
    context = frame.context
    frame.context = context._replace(depth=context.depth + 1)
    once = Branch(frame, known, body, start)
    frame.variables = merged([start, once.variables])
    frame.acquired |= once.acquired
    frame.context = context
    frame.run(orelse)


def run_for(frame: Frame, statement: facts.For) -> bool:
    iterable = library.consume(frame, frame.evaluate(statement.iterable), "iterate", statement.iterable)
    if isinstance(statement.iterable, facts.Name) and statement.iterable.id in frame.variables:
        frame.variables[statement.iterable.id] = iterable
    bind(frame, statement.target, library.element(frame, iterable, statement.iterable))
    _loop(frame, statement.body, statement.orelse, Learned())
    return False


def run_while(frame: Frame, statement: facts.While) -> bool:
    known = knowledge(frame, statement.test)
    _loop(frame, statement.body, statement.orelse, known.when_true)
    is_endless = isinstance(statement.test, facts.Constant) and bool(statement.test.value)
    return is_endless and not any(isinstance(s, facts.Jump) and s.kind == "break" for s in _inner(statement.body))


def _inner(body: Sequence[facts.Statement]) -> Sequence[facts.Statement]:
    from cachelint.program.walking import walk

    return list(walk(body))
