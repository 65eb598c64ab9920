"""What a test says on each of its ways: a miss, a value made harmless, a method of the request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cachelint.facts import model as facts
from cachelint.program import checks, comparisons, library, memos, outcomes
from cachelint.program.decisions import decided
from cachelint.program.frame import Frame
from cachelint.program.outcomes import Known, Learned, harmless, hits, target_name
from cachelint.program.values import External, Value


def knowledge(frame: Frame, test: facts.Expression) -> Known:
    """Evaluate a test once and say what follows from it."""
    if isinstance(test, facts.Not):
        inner = knowledge(frame, test.value)
        return Known(inner.value, inner.when_false, inner.when_true)
    if isinstance(test, facts.Boolean):
        return _boolean(frame, test)
    if isinstance(test, facts.Compare) and len(test.operators) == 1:
        return comparisons.comparison(frame, test)
    return _plain(frame, test)


@contextmanager
def learned(frame: Frame, known: Learned) -> Iterator[None]:
    """Follow something under what was learned; the caller restores variables."""
    context = frame.context
    enter(frame, known)
    yield
    frame.context = context


def enter(frame: Frame, known: Learned) -> None:
    """Let what was learned hold from here on."""
    if known.misses or known.unsafe:
        frame.context = frame.context._replace(
            misses=frame.context.misses | known.misses, unsafe=frame.context.unsafe or known.unsafe
        )
    frame.variables.update(known.variables)


def _plain(frame: Frame, test: facts.Expression) -> Known:
    value = frame.evaluate(test)
    is_given = isinstance(test, facts.Name) and any(o.kind == "parameter" and o.direct for o in value.origins)
    if not is_given:
        # `queryset or Model.objects.all()`: a parameter is tested for being there at all.
        value = library.consume(frame, value, "bool", test)
        if isinstance(test, facts.Name) and test.id in frame.variables:
            frame.variables[test.id] = value
    known = Known(value)
    if _is_miss_test(frame, test):
        known.when_true.misses = hits(value)
        return known
    known.when_false.misses = hits(value)
    known.when_true.misses = frozenset(o.what for o in value.origins if o.kind == "hit" and o.boxed)  # type: ignore[misc]
    checked = checks.checked(frame, test)
    if checked is not None:
        known.when_true.variables = checked
    name = target_name(test)
    known.when_true.variables.update(outcomes.found(frame, name))
    if name is not None and name in frame.variables:
        # What is falsy is no text of anybody's choice.
        known.when_false.variables[name] = harmless(frame.variables[name], bounded=True)
    if memos.is_memo(frame, test):
        known.when_false.misses |= {frame.place(test)}
    return known


def _is_miss_test(frame: Frame, test: facts.Expression) -> bool:
    """`isinstance(found, NoValue)`: the class of the value that stands for a miss."""
    if not (isinstance(test, facts.Call) and isinstance(test.func, facts.Name) and test.func.id == "isinstance"):
        return False
    if len(test.arguments) != 2:
        return False
    things = frame.lookup_quietly(test.arguments[1].value).things
    return any(isinstance(each, External) and each.name in frame.interpreter.catalogue.miss_classes for each in things)


def _boolean(frame: Frame, test: facts.Boolean) -> Known:
    """`and`/`or`: lenient about misses (any part counts), strict about harmless text (all parts must hold)."""
    context, variables = frame.context, frame.variables
    parts = []
    for each in test.values:
        answer = decided(frame, each)
        part = knowledge(frame, each)
        parts.append(part)
        if answer is (test.operator == "or"):
            break
        enter(frame, part.when_true if test.operator == "and" else part.when_false)
        frame.variables = {**frame.variables}
    frame.context = context
    for name in set(frame.variables) - set(variables):
        variables[name] = frame.variables[name]
    frame.variables = variables
    origins = frozenset().union(*(part.value.origins for part in parts))
    known = Known(Value(origins=origins))
    all_of, any_of = ("when_true", "when_false") if test.operator == "and" else ("when_false", "when_true")
    _gather(getattr(known, all_of), [getattr(part, all_of) for part in parts], every=True)
    _gather(getattr(known, any_of), [getattr(part, any_of) for part in parts], every=False)
    return known


def _gather(into: Learned, parts: list[Learned], every: bool) -> None:
    into.misses = frozenset().union(*(part.misses for part in parts))
    if every:
        for part in parts:
            into.variables.update(part.variables)
        into.unsafe = any(part.unsafe for part in parts)
    else:
        into.unsafe = all(part.unsafe for part in parts)
        common = set(parts[0].variables).intersection(*(part.variables for part in parts))
        into.variables.update({name: parts[-1].variables[name] for name in sorted(common)})
