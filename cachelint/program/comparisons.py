"""What a comparison says on each of its ways."""

from __future__ import annotations

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import checks, items, library, memos
from cachelint.program.frame import Frame
from cachelint.program.outcomes import Known, Learned, found, harmless, hits, target_name
from cachelint.program.spelling import root_name
from cachelint.program.values import NONE, Instance, Origin, Value, cleaned, derived, ranked, trim

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


LITERAL_SETS = frozenset(("builtins.list", "builtins.dict", "builtins.tuple", "builtins.set", "builtins.frozenset"))


def compare(frame: Frame, node: facts.Compare) -> Value:
    """The value of a comparison."""
    return _compared(frame, node)[0]


def _compared(frame: Frame, node: facts.Compare) -> tuple[Value, Value, Value]:
    """The value of a comparison, and those of what stands left and right of its last operator."""
    left = right = frame.evaluate(node.left)
    origins: set[Origin] = {each for each in left.origins if each.kind == "hit"}
    for operator, right_node in zip(node.operators, node.rights, strict=False):
        right = frame.evaluate(right_node)
        if operator in ("in", "not in"):
            origins |= _looked_up(frame, left, right, right_node)
        origins |= {each for each in right.origins if each.kind == "hit"}
        if isinstance(node.left, facts.Call) and right.constant in (0, 1):
            _only_asks(frame, node.left)
        # As a query's condition a comparison still says what selects the rows; as text it is a flag.
        origins |= cleaned(left.origins | right.origins, safe=True, bounded=True)
    return Value(origins=trim(derived(frozenset(origins)))), left, right


def _looked_up(frame: Frame, left: Value, right: Value, node: facts.Expression) -> frozenset[Origin]:
    """`key in cache` is a read; `row in rows` runs a query, only to see whether it is there. The sources of the
    answer."""
    tested = items.mapping_access(frame, right, left, node, "test")
    if tested is None:
        tested = items.contains(frame, right, left, node)
    if tested is not None:
        return tested.origins
    asking = frozenset(each for each in left.origins if each.kind in ("identity", "parameter"))
    before = len(frame.summary.events)
    library.consume(frame, replace(right, origins=right.origins | asking), "iterate", node)
    for event in frame.summary.events[before:]:
        event.shape = "exists"
    return frozenset()


def _only_asks(frame: Frame, call: facts.Call) -> None:
    """`query.count() > 0` asks whether there is a row at all."""
    place = frame.place(call)
    for event in frame.summary.events:
        if event.place == place and event.shape == "aggregate":
            event.shape = "exists"


def comparison(frame: Frame, test: facts.Compare) -> Known:
    """What a comparison with one operator says on each of its ways."""
    operator, right_node = test.operators[0], test.rights[0]
    value, left, right = _compared(frame, test)
    known = Known(value)
    negative = operator in ("!=", "is not", "not in")
    positive, other = (known.when_false, known.when_true) if negative else (known.when_true, known.when_false)
    if operator in ("is", "is not", "==", "!="):
        _same_as(frame, test, left, right, positive, other, value)
    elif operator in ("in", "not in"):
        other.misses = hits(value)
        _member_of(frame, test.left, left, right, right_node, positive)
    else:
        positive.misses = other.misses = hits(value)
    if operator in ("is", "is not") and right == NONE:
        other.variables.update(checks.checked(frame, test.left) or {})
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
    name = target_name(test.left)
    if right == NONE:
        other.variables.update(found(frame, name))
    if right == NONE and memos.is_memo(frame, test.left):
        positive.misses |= {frame.place(test.left)}
    _owned_by_who_asks(frame, test, left, right, positive)
    if isinstance(right.constant, str) and name is not None and name in frame.variables:
        positive.variables[name] = harmless(frame.variables[name], bounded=True)


def _owned_by_who_asks(frame: Frame, test: facts.Compare, left: Value, right: Value, positive: Learned) -> None:
    """`if order.owner != request.user: return 403`: from there on the order is the asker's, and so is what it was
    looked up with."""
    for side, other, node in ((left, right, test.rights[0]), (right, left, test.left)):
        asking = ranked([origin for origin in side.origins if origin.kind == "identity"])
        name = root_name(node)
        if (
            asking
            and name is not None
            and name in frame.variables
            and not any(o.kind == "identity" for o in other.origins)
        ):
            for owned in sorted({name} | (frame.lookups.get(name, frozenset()) & frame.variables.keys())):
                value = frame.variables[owned]
                positive.variables[owned] = replace(value, origins=value.origins | {asking[0]})


def _member_of(
    frame: Frame,
    node: facts.Expression,
    left: Value,
    right: Value,
    right_node: facts.Expression,
    positive: Learned,
) -> None:
    """`x in ALLOWED` makes x harmless where ALLOWED is a fixed set."""
    name = target_name(node)
    if name is None or name not in frame.variables:
        return
    if is_allow_list(frame, right, right_node):
        positive.variables[name] = harmless(frame.variables[name], bounded=True)


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
