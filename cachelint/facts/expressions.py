"""libcst expressions -> facts, one small function per node type; TABLE says which."""

from __future__ import annotations

from cachelint.facts import model
from cachelint.facts import nodes as cst
from cachelint.facts.context import MAX_DEPTH, TOO_DEEP, Context, ExpressionTable
from cachelint.facts.definitions import lower_argument, lower_lambda
from cachelint.facts.displays import DISPLAYS, MAX_ITEMS
from cachelint.facts.literals import integer
from cachelint.facts.strings import lower_concatenated, lower_formatted, lower_simple
from cachelint.facts.templates import concatenation, format_call, is_text, join, percent

_SINGLETONS: dict[str, bool | None] = {"None": None, "True": True, "False": False}

OPERATORS: dict[type[cst.CSTNode], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.MatrixMultiply: "@",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.BitOr: "|",
    cst.BitAnd: "&",
    cst.BitXor: "^",
    cst.Plus: "+",
    cst.Minus: "-",
    cst.BitInvert: "~",
    cst.LessThan: "<",
    cst.GreaterThan: ">",
    cst.LessThanEqual: "<=",
    cst.GreaterThanEqual: ">=",
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.And: "and",
    cst.Or: "or",
}


def _name(context: Context, node: cst.Name, at: int, end: int) -> model.Expression:
    if node.value in _SINGLETONS:
        return model.Constant(at, end, _SINGLETONS[node.value])
    return model.Name(at, end, node.value)


def _attribute(context: Context, node: cst.Attribute, at: int, end: int) -> model.Expression:
    return model.Attribute(at, end, context.expression(node.value), node.attr.value)


def _integer(context: Context, node: cst.Integer, at: int, end: int) -> model.Expression:
    return integer(node.value, at, end)


def _float(context: Context, node: cst.Float, at: int, end: int) -> model.Expression:
    return model.Constant(at, end, float(node.value.replace("_", "")))


def _imaginary(context: Context, node: cst.Imaginary, at: int, end: int) -> model.Expression:
    return model.Unknown(at, end, "complex number")


def _ellipsis(context: Context, node: cst.Ellipsis, at: int, end: int) -> model.Expression:
    return model.Unknown(at, end, "ellipsis")


def _call(context: Context, node: cst.Call, at: int, end: int) -> model.Expression:
    arguments = tuple(lower_argument(context, item) for item in node.args[:MAX_ITEMS])
    if len(node.args) > MAX_ITEMS:
        arguments += (model.Argument(at, end, model.Unknown(at, end, "long call"), star=1),)
    call = model.Call(at, end, context.expression(node.func), arguments)
    if isinstance(call.func, model.Attribute) and is_text(call.func.value):
        return _template_call(call, call.func.attr) or call
    return call


def _template_call(call: model.Call, method: str) -> model.Expression | None:
    if method == "format":
        return format_call(call.at, call.end, call)
    return join(call.at, call.end, call) if method == "join" else None


def _subscript(context: Context, node: cst.Subscript, at: int, end: int) -> model.Expression:
    value = context.expression(node.value)
    items = tuple(_slice(context, element) for element in node.slice[:MAX_ITEMS])
    only = node.slice[0]
    if len(items) == 1 and not isinstance(only.comma, cst.Comma):
        return model.Subscript(at, end, value, items[0])
    return model.Subscript(at, end, value, model.Collection(items[0].at, items[-1].end, "tuple", items))


def _slice(context: Context, element: cst.SubscriptElement) -> model.Expression:
    node = element.slice
    at, end = context.span(element)
    if isinstance(node, cst.Index):
        value = context.expression(node.value)
        return model.Starred(at, value.end, value) if node.star else value
    if not isinstance(node, cst.Slice):
        return model.Unknown(at, end, type(node).__name__)
    lower, upper, step = (
        context.optional(node.lower),
        context.optional(node.upper),
        context.optional(node.step),
    )
    last = step or upper
    return model.Slice(at, _slice_end(context, node, at, end) if last is None else end, lower, upper, step)


def _slice_end(context: Context, node: cst.Slice, at: int, end: int) -> int:
    # The recorded span of `x[1: , 2]` runs on to the comma.
    return at + len(context.text[at:end].rstrip(", \t\f"))


def _await(context: Context, node: cst.Await, at: int, end: int) -> model.Expression:
    return model.Await(at, end, context.expression(node.expression))


def _yield(context: Context, node: cst.Yield, at: int, end: int) -> model.Expression:
    context.yields = True
    if isinstance(node.value, cst.From):
        return model.Yield(at, end, context.expression(node.value.item), delegated=True)
    return model.Yield(at, end, context.optional(node.value))


def _conditional(context: Context, node: cst.IfExp, at: int, end: int) -> model.Expression:
    body, test = context.expression(node.body), context.expression(node.test)
    return model.Conditional(at, end, test, body, context.expression(node.orelse))


def _boolean(context: Context, node: cst.BooleanOperation, at: int, end: int) -> model.Expression:
    kind = type(node.operator)
    values: list[model.Expression] = []
    waiting: list[cst.BaseExpression] = [node]
    while waiting:
        item = waiting.pop()
        same = isinstance(item, cst.BooleanOperation) and type(item.operator) is kind
        if isinstance(item, cst.BooleanOperation) and same and (item is node or not item.lpar):
            waiting += (item.right, item.left)
        else:
            values.append(context.expression(item))
    return model.Boolean(at, end, OPERATORS[kind], tuple(values))


def _unary(context: Context, node: cst.UnaryOperation, at: int, end: int) -> model.Expression:
    value = context.expression(node.expression)
    if isinstance(node.operator, cst.Not):
        return model.Not(at, end, value)
    return model.Unary(at, end, OPERATORS[type(node.operator)], value)


def _compare(context: Context, node: cst.Comparison, at: int, end: int) -> model.Expression:
    left = context.expression(node.left)
    operators = tuple(OPERATORS[type(target.operator)] for target in node.comparisons)
    rights = tuple(context.expression(target.comparator) for target in node.comparisons)
    return model.Compare(at, end, left, operators, rights)


def _binary(context: Context, node: cst.BinaryOperation, at: int, end: int) -> model.Expression:
    """Left-nested chains are walked in a loop: `"a" + b + ...` with hundreds of pieces is ordinary code."""
    chain: list[cst.BinaryOperation] = [node]
    while isinstance(left := chain[-1].left, cst.BinaryOperation):
        chain.append(left)
    chain.reverse()
    operands = [context.expression(chain[0].left)]
    sums: list[cst.BinaryOperation] = []
    for link in chain:
        if not isinstance(link.operator, cst.Add):
            operands = [_single(context, operands, sums)]
            sums = []
            operands = [_operation(context, link, operands[0])]
        else:
            operands.append(context.expression(link.right))
            sums.append(link)
    return _single(context, operands, sums)


def _single(context: Context, operands: list[model.Expression], links: list[cst.BinaryOperation]) -> model.Expression:
    """The value of `operands[0] + operands[1] + ...`, where links[i] adds operand i + 1."""
    if not links:
        return operands[0]
    at, end = context.span(links[-1])
    template = concatenation(at, end, operands)
    if template is not None:
        return template
    first = max(0, len(links) - (MAX_DEPTH - context.depth))
    value = operands[0] if not first else model.Unknown(*context.span(links[first - 1]), TOO_DEEP)
    for link, right in zip(links[first:], operands[first + 1 :], strict=True):
        value = model.Binary(*context.span(link), "+", value, right)
    return value


def _operation(context: Context, node: cst.BinaryOperation, left: model.Expression) -> model.Expression:
    at, end = context.span(node)
    right = context.expression(node.right)
    if isinstance(node.operator, cst.Modulo) and isinstance(left, model.Constant) and is_text(left):
        template = percent(at, end, left, right)
        if template is not None:
            return template
    return model.Binary(at, end, OPERATORS[type(node.operator)], left, right)


def _walrus(context: Context, node: cst.NamedExpr, at: int, end: int) -> model.Expression:
    target = node.target.value if isinstance(node.target, cst.Name) else ""
    return model.Walrus(at, end, target, context.expression(node.value))


TABLE: ExpressionTable = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.Imaginary: _imaginary,
    cst.Ellipsis: _ellipsis,
    cst.SimpleString: lower_simple,
    cst.FormattedString: lower_formatted,
    cst.ConcatenatedString: lower_concatenated,
    cst.Call: _call,
    cst.Subscript: _subscript,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.IfExp: _conditional,
    cst.BooleanOperation: _boolean,
    cst.UnaryOperation: _unary,
    cst.BinaryOperation: _binary,
    cst.Comparison: _compare,
    cst.Lambda: lower_lambda,
    cst.NamedExpr: _walrus,
    **DISPLAYS,
}

# Younger than the oldest libcst allowed.
if hasattr(cst, "TemplatedString"):
    TABLE[cst.TemplatedString] = lower_formatted
