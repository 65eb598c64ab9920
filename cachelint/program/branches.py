"""What a test tells: which cache reads missed, which text is harmless by now, which methods come here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program.decisions import decided
from cachelint.program.frame import Frame
from cachelint.program.symbols import nodes
from cachelint.program.values import (
    NONE,
    External,
    Instance,
    Member,
    Origin,
    Place,
    Value,
    cleaned,
    ranked,
)
from cachelint.vocabulary import Checks

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
LITERAL_SETS = frozenset(("builtins.list", "builtins.dict", "builtins.tuple", "builtins.set", "builtins.frozenset"))


@dataclass(slots=True)
class Learned:
    """What holds in one branch: reads that missed, variables known better, only unsafe methods."""

    misses: frozenset[Place] = frozenset()
    variables: dict[str, Value] = field(default_factory=dict)
    unsafe: bool = False


@dataclass(slots=True)
class Known:
    """What a test tells in each branch, and the value of the test itself."""

    value: Value
    when_true: Learned = field(default_factory=Learned)
    when_false: Learned = field(default_factory=Learned)


def knowledge(frame: Frame, test: facts.Expression) -> Known:
    """Evaluate a test once and say what follows from it."""
    if isinstance(test, facts.Not):
        inner = knowledge(frame, test.value)
        return Known(inner.value, inner.when_false, inner.when_true)
    if isinstance(test, facts.Boolean):
        return _boolean(frame, test)
    if isinstance(test, facts.Compare) and len(test.operators) == 1:
        return _comparison(frame, test)
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
    frame.context = frame.context._replace(
        misses=frame.context.misses | known.misses, unsafe=frame.context.unsafe or known.unsafe
    )
    frame.variables.update(known.variables)


def _plain(frame: Frame, test: facts.Expression) -> Known:
    from cachelint.program import library

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
    checked = _checked(frame, test)
    if checked is not None:
        known.when_true.variables = checked
    name = _target_name(test)
    known.when_true.variables.update(_found(frame, name))
    if name is not None and name in frame.variables:
        # What is falsy is no text of anybody's choice.
        known.when_false.variables[name] = _harmless(frame.variables[name], bounded=True)
    if name is not None and name in frame.global_names:
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


def _found(frame: Frame, name: str | None) -> dict[str, Value]:
    """`row = load(key)` and row is there: the key is one that exists, no free text any more."""
    keys = frame.lookups.get(name, frozenset()) if name is not None else frozenset()
    return {key: _harmless(frame.variables[key], False) for key in sorted(keys) if key in frame.variables}


def hits(value: Value) -> frozenset[Place]:
    """The cache reads a value comes from."""
    return frozenset(origin.what for origin in value.origins if origin.kind == "hit")  # type: ignore[misc]


def _target_name(test: facts.Expression) -> str | None:
    if isinstance(test, facts.Name):
        return test.id
    return test.target if isinstance(test, facts.Walrus) else None


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


def _comparison(frame: Frame, test: facts.Compare) -> Known:
    from cachelint.program.expressions import evaluate

    operator, right_node = test.operators[0], test.rights[0]
    value = evaluate(frame, test)
    known = Known(value)
    negative = operator in ("!=", "is not", "not in")
    positive, other = (known.when_false, known.when_true) if negative else (known.when_true, known.when_false)
    left = frame.lookup_quietly(test.left)
    right = frame.lookup_quietly(right_node)
    if operator in ("is", "is not", "==", "!="):
        _same_as(frame, test, left, right, positive, other, value)
    elif operator in ("in", "not in"):
        other.misses = hits(value)
        _member_of(frame, test.left, left, right, right_node, positive)
    else:
        positive.misses = other.misses = hits(value)
    if operator in ("is", "is not") and right == NONE:
        other.variables.update(_checked(frame, test.left) or {})
    _method_test(test, right, positive, other)
    return known


def _same_as(
    frame: Frame,
    test: facts.Compare,
    left: Value,
    right: Value,
    positive: Learned,
    other: Learned,
    value: Value,
) -> None:
    """`x is None` missed; `x is SENTINEL` missed; `x == "text"` makes x harmless."""
    if hits(value):
        positive.misses = hits(value)
        if right != NONE and right.constant is not None and isinstance(right.constant, (str, int, bool)):
            other.misses = hits(value)
    name = _target_name(test.left)
    if right == NONE:
        other.variables.update(_found(frame, name))
    if right == NONE and name is not None and name in frame.global_names:
        positive.misses |= {frame.place(test)}
    _owned_by_who_asks(frame, test, left, right, positive)
    if isinstance(right.constant, str) and name is not None and name in frame.variables:
        positive.variables[name] = _harmless(frame.variables[name], bounded=True)


def _owned_by_who_asks(frame: Frame, test: facts.Compare, left: Value, right: Value, positive: Learned) -> None:
    """`if order.owner != request.user: return 403`: from there on the order is the asker's."""
    for side, other, node in ((left, right, test.rights[0]), (right, left, test.left)):
        asking = [origin for origin in ranked(side.origins) if origin.kind == "identity"]
        name = _root_name(node)
        if (
            asking
            and name is not None
            and name in frame.variables
            and not any(o.kind == "identity" for o in other.origins)
        ):
            value = frame.variables[name]
            positive.variables[name] = replace(value, origins=value.origins | {asking[0]})


def _root_name(node: facts.Expression) -> str | None:
    while isinstance(node, facts.Attribute):
        node = node.value
    return node.id if isinstance(node, facts.Name) else None


def _member_of(
    frame: Frame,
    node: facts.Expression,
    left: Value,
    right: Value,
    right_node: facts.Expression,
    positive: Learned,
) -> None:
    """`x in ALLOWED` makes x harmless where ALLOWED is a fixed set."""
    name = _target_name(node)
    if name is None or name not in frame.variables:
        return
    if is_allow_list(frame, right, right_node):
        positive.variables[name] = _harmless(frame.variables[name], bounded=True)


def is_allow_list(frame: Frame, value: Value, node: facts.Expression) -> bool:
    """A display of constants, a constant collection of a module or class, an Enum's values."""
    if any(origin.kind in ("input", "hit") for origin in value.origins):
        return False
    if isinstance(node, facts.Collection):
        return True
    if isinstance(node, (facts.Name, facts.Attribute)):
        if any(isinstance(each, Instance) and each.type in LITERAL_SETS for each in value.things) or value.items:
            return not any(origin.kind == "parameter" for origin in value.origins)
        return _is_constant_name(node) and not value.origins
    return isinstance(node, facts.Call) and not any(o.kind in ("parameter", "identity") for o in value.origins)


def _is_constant_name(node: facts.Expression) -> bool:
    name = node.id if isinstance(node, facts.Name) else node.attr if isinstance(node, facts.Attribute) else ""
    return name.isupper() or (name[:1].isupper() and name.isidentifier())


def _harmless(value: Value, bounded: bool) -> Value:
    return replace(value, origins=cleaned(value.origins, safe=True, bounded=bounded))


def _method_test(test: facts.Compare, right: Value, positive: Learned, other: Learned) -> None:
    """`request.method == "POST"`: the branch serves unsafe methods only."""
    if not (isinstance(test.left, facts.Attribute) and test.left.attr == "method"):
        return
    names = [right.constant] if isinstance(right.constant, str) else [v.constant for _, v in right.items or ()]
    if not names or not all(isinstance(name, str) for name in names):
        return
    if not any(str(name).upper() in SAFE_METHODS for name in names):
        positive.unsafe = True
    elif "GET" in names:
        other.unsafe = True


def _checked(frame: Frame, test: facts.Expression) -> dict[str, Value] | None:
    """`if x.isdigit():`, `if re.fullmatch(pattern, x):` make x harmless; a walrus around it does not matter."""
    call = test.value if isinstance(test, facts.Walrus) else test
    if not isinstance(call, facts.Call) or not isinstance(call.func, (facts.Attribute, facts.Name)):
        return None
    found: dict[str, Value] = {}
    for row, receiver in _check_rows(frame, call):
        subject = receiver if row.argument == "self" else _argument(call, row)
        name = _target_name(subject) if subject is not None else None
        if name is not None and name in frame.variables and _is_strict(frame, call, row):
            found[name] = _harmless(frame.variables[name], row.bounded)
    found.update(_checked_by_name(frame, call))
    found.update(_proven(frame, call))
    return found or None


VALIDATING = frozenset(
    "isfile isdir valid validate validated allowed permitted known safe check verify supported exists".split()
)


def _checked_by_name(frame: Frame, call: facts.Call) -> Iterator[tuple[str, Value]]:
    """`if not is_valid_key(key): raise`: a check of the project's own limits the text; how, nobody can say."""
    name = call.func.attr if isinstance(call.func, facts.Attribute) else getattr(call.func, "id", "")
    if not VALIDATING & set(str(name).lower().split("_")):
        return
    for argument in call.arguments:
        for checked in _names_given(argument.value):
            if checked in frame.variables:
                yield checked, _harmless(frame.variables[checked], False)


# Comparisons in constant time are made for secrets: whoever passes one is as good as logged in.
PROVING = frozenset(("compare_digest", "constant_time_compare"))


def _proven(frame: Frame, call: facts.Call) -> Iterator[tuple[str, Value]]:
    """`if compare_digest(ticket.secret, given)`: the ticket belongs to who asks."""
    name = call.func.attr if isinstance(call.func, facts.Attribute) else getattr(call.func, "id", "")
    compared = nodes(call.arguments) if name in PROVING else ()
    for variable in (each.value.id for each in compared if _is_field(each)):  # type: ignore[attr-defined]
        known = frame.variables.get(variable)
        if known is not None and variable != "self" and not any(o.kind == "input" and o.direct for o in known.origins):
            origin = Origin("identity", "secret", str(name), frame.place(call))
            yield variable, replace(known, origins=known.origins | {origin})


def _is_field(node: facts.Node) -> bool:
    return isinstance(node, facts.Attribute) and isinstance(node.value, facts.Name)


def _names_given(node: facts.Expression) -> Iterator[str]:
    """A variable handed to a call, or to a call inside it: `isfile(join(root, name))`."""
    if isinstance(node, facts.Name):
        yield node.id
    elif isinstance(node, facts.Call):
        for argument in node.arguments:
            yield from _names_given(argument.value)


def _check_rows(frame: Frame, call: facts.Call) -> Iterator[tuple[Checks, facts.Expression | None]]:
    catalogue = frame.interpreter.catalogue
    receiver = call.func.value if isinstance(call.func, facts.Attribute) else None
    callee = frame.lookup_quietly(call.func)
    candidates: list[object] = []
    for each in callee.things:
        if isinstance(each, External):
            candidates.extend(catalogue.function(each.name))
        elif isinstance(each, Member) and isinstance(each.instance.type, str):
            candidates.extend(catalogue.member(each.instance.type, each.name))
    if not callee.things and isinstance(call.func, facts.Attribute):
        candidates.extend(catalogue.member("builtins.str", call.func.attr))
    for row in candidates:
        if isinstance(row, Checks):
            yield row, receiver


def _argument(call: facts.Call, row: Checks) -> facts.Expression | None:
    from cachelint.program.library import named_arguments

    return named_arguments(call, row.params).get(row.argument)


def _is_strict(frame: Frame, call: facts.Call, row: Checks) -> bool:
    """A pattern that lets anything through checks nothing."""
    if not row.pattern:
        return True
    from cachelint.program.library import named_arguments

    pattern = named_arguments(call, row.params).get(row.pattern)
    if pattern is None:
        return True
    text = frame.lookup_quietly(pattern).constant
    return not isinstance(text, str) or is_strict_pattern(text)


def is_strict_pattern(pattern: str) -> bool:
    """Whether a regular expression limits the characters: no dot, no negated class, nothing but word characters."""
    body = pattern.replace("\\.", "").replace("\\-", "")
    return not any(loose in body for loose in (".", "[^", "\\S", "\\W", "\\D"))
