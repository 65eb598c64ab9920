"""Calls that check a value: by a library's row, by their name, by a strict pattern."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program.frame import Frame
from cachelint.program.outcomes import harmless, target_name
from cachelint.program.values import External, Member, Origin, Value
from cachelint.program.walking import nodes
from cachelint.vocabulary import Checks


def checked(frame: Frame, test: facts.Expression) -> dict[str, Value] | None:
    """`if x.isdigit():`, `if re.fullmatch(pattern, x):` make x harmless; a walrus around it does not matter."""
    call = test.value if isinstance(test, facts.Walrus) else test
    if not isinstance(call, facts.Call) or not isinstance(call.func, (facts.Attribute, facts.Name)):
        return None
    found: dict[str, Value] = {}
    for row, receiver in _check_rows(frame, call):
        subject = receiver if row.argument == "self" else _argument(call, row)
        name = target_name(subject) if subject is not None else None
        if name is not None and name in frame.variables and _is_strict(frame, call, row):
            found[name] = harmless(frame.variables[name], row.bounded)
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
                yield checked, harmless(frame.variables[checked], False)


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
