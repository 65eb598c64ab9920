"""How an expression is spelled: its names, whatever they mean."""

from __future__ import annotations

from cachelint.facts import model as facts


def last_name(expression: facts.Expression) -> str:
    """The last word of a dotted expression: "redis_client" of self.redis_client."""
    if isinstance(expression, facts.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, facts.Name) else ""


def root_name(node: facts.Expression) -> str | None:
    """The first word of a dotted expression: "order" of order.owner.name."""
    while isinstance(node, facts.Attribute):
        node = node.value
    return node.id if isinstance(node, facts.Name) else None


def gap_name(expression: facts.Expression) -> str:
    """The short name of what fills a hole: its source when that is a name or a dotted name, else nothing."""
    if isinstance(expression, facts.Name):
        return expression.id
    if isinstance(expression, facts.Attribute):
        inner = gap_name(expression.value)
        return f"{inner}.{expression.attr}" if inner else ""
    if isinstance(expression, facts.Await):
        return gap_name(expression.value)
    return ""
