"""`case` patterns -> MatchCase: literal alternatives, bound names, classes."""

from __future__ import annotations

from collections.abc import Iterator

from cachelint.facts import model
from cachelint.facts import nodes as cst
from cachelint.facts.context import Context


def lower_match(context: Context, node: cst.Match, at: int, end: int) -> model.Statement:
    cases = tuple(_case(context, case) for case in node.cases)
    return model.Match(at, end, context.expression(node.subject), cases)


def _case(context: Context, node: cst.MatchCase) -> model.MatchCase:
    at, end = context.span(node)
    pattern, guard = node.pattern, context.optional(node.guard)
    parts = list(_subpatterns(pattern))
    captures = tuple(dict.fromkeys(name for part in parts for name in _captured(part)))
    classes = tuple(context.expression(part.cls) for part in parts if isinstance(part, cst.MatchClass))
    constants = _constants(context, pattern) or ()
    wildcard = guard is None and isinstance(pattern, cst.MatchAs) and pattern.pattern is None
    body = context.block(node.body)
    return model.MatchCase(at, end, constants, captures, wildcard, guard, body, classes)


def _constants(context: Context, pattern: cst.CSTNode) -> tuple[model.Constant, ...] | None:
    """The literals of a pattern that is nothing else; None for any other pattern."""
    if isinstance(pattern, cst.MatchOr):
        alternatives = [_constants(context, item.pattern) for item in pattern.patterns]
        if any(item is None for item in alternatives):
            return None
        return tuple(constant for item in alternatives for constant in item or ())
    if isinstance(pattern, cst.MatchValue | cst.MatchSingleton):
        constant = _literal(context.expression(pattern.value))
        return None if constant is None else (constant,)
    return None


def _literal(value: model.Expression) -> model.Constant | None:
    if isinstance(value, model.Constant):
        return value
    if isinstance(value, model.Unary) and isinstance(value.value, model.Constant) and value.operator == "-":
        number = value.value.value
        if isinstance(number, int | float):
            return model.Constant(value.at, value.end, -number)
    return None


def _subpatterns(pattern: cst.CSTNode | None) -> Iterator[cst.CSTNode]:
    """A pattern and all patterns in it, in source order."""
    if pattern is None:
        return
    yield pattern
    for inner in _inner(pattern):
        yield from _subpatterns(inner)


def _inner(pattern: cst.CSTNode) -> Iterator[cst.CSTNode | None]:
    if isinstance(pattern, cst.MatchOr):
        yield from (item.pattern for item in pattern.patterns)
    elif isinstance(pattern, cst.MatchAs):
        yield pattern.pattern
    elif isinstance(pattern, cst.MatchSequence):
        yield from (item.value if isinstance(item, cst.MatchSequenceElement) else item for item in pattern.patterns)
    elif isinstance(pattern, cst.MatchMapping):
        yield from (item.pattern for item in pattern.elements)
    elif isinstance(pattern, cst.MatchClass):
        yield from (item.value for item in pattern.patterns)
        yield from (item.pattern for item in pattern.kwds)


def _captured(pattern: cst.CSTNode) -> Iterator[str]:
    if isinstance(pattern, cst.MatchAs | cst.MatchStar) and pattern.name is not None:
        yield pattern.name.value
    if isinstance(pattern, cst.MatchMapping) and pattern.rest is not None:
        yield pattern.rest.value
