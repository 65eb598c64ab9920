"""def, lambda and class -> the flat lists of Function and Class."""

from __future__ import annotations

import msgspec

from cachelint.facts import model
from cachelint.facts import nodes as cst
from cachelint.facts.annotations import lower_annotation
from cachelint.facts.context import Context, Scope


def lower_function(context: Context, node: cst.FunctionDef, at: int, end: int) -> model.Statement:
    """A def: decorators, defaults and annotations in the outer scope, then the body in its own."""
    decorators = tuple(context.expression(item.decorator) for item in node.decorators)
    parameters = _parameters(context, node.params)
    returns = lower_annotation(context, node.returns)
    name, is_async = node.name.value, node.asynchronous is not None
    function = model.Function(
        at, end, name, _qualname(context, name), context.span(node.name)[0], parameters, decorators, returns,
        (), context.scope.function, context.scope.owner, is_async, False,
    )  # fmt: skip
    index = _fill(context, function, node.body)
    return model.Define(at, end, index)


def lower_lambda(context: Context, node: cst.Lambda, at: int, end: int) -> model.Expression:
    """A lambda: a function whose body is one Return."""
    parameters = _parameters(context, node.params)
    function = model.Function(
        at, end, "<lambda>", _qualname(context, "<lambda>"), at, parameters, (), None,
        (), context.scope.function, context.scope.owner, False, False,
    )  # fmt: skip
    return model.Lambda(at, end, _fill(context, function, node.body))


def lower_class(context: Context, node: cst.ClassDef, at: int, end: int) -> model.Statement:
    """A class; its bases and keywords stand in one list of arguments, as in a call."""
    decorators = tuple(context.expression(item.decorator) for item in node.decorators)
    bases = tuple(lower_argument(context, item) for item in (*node.bases, *node.keywords))
    name, outer = node.name.value, context.scope
    lowered = model.Class(
        at, end, name, _qualname(context, name), context.span(node.name)[0], bases, decorators,
        (), outer.function, outer.owner,
    )  # fmt: skip
    index = len(context.classes)
    context.classes.append(lowered)
    kept = context.globals, context.depth
    context.globals, context.depth = set(), 0
    context.scope = Scope(outer.function, index, lowered.qualname + ".")
    body = context.block(node.body)
    context.scope = outer
    context.globals, context.depth = kept
    context.classes[index] = msgspec.structs.replace(lowered, body=body)
    return model.DefineClass(at, end, index)


def lower_argument(context: Context, node: cst.Arg) -> model.Argument:
    """One argument of a call or one base of a class."""
    at, end = context.span(node)
    keyword = node.keyword.value if node.keyword is not None else None
    return model.Argument(at, end, context.expression(node.value), keyword, len(node.star))


def _qualname(context: Context, name: str) -> str:
    return name if name in context.globals else context.scope.prefix + name


def _fill(context: Context, function: model.Function, body: cst.CSTNode) -> int:
    """Lower the body in the function's scope and add the function to the flat list; its index comes back."""
    index = len(context.functions)
    context.functions.append(function)
    kept = context.scope, context.yields, context.globals, context.depth
    context.scope = Scope(index, -1, function.qualname + ".<locals>.")
    context.yields, context.globals, context.depth = False, set(), 0
    lowered = _body(context, body)
    context.functions[index] = msgspec.structs.replace(function, body=lowered, is_generator=context.yields)
    context.scope, context.yields, context.globals, context.depth = kept
    return index


def _body(context: Context, body: cst.CSTNode) -> tuple[model.Statement, ...]:
    if isinstance(body, cst.BaseSuite):
        return context.block(body)
    value = context.expression(body)
    return (model.Return(value.at, value.end, value),)


def _parameters(context: Context, node: cst.Parameters) -> tuple[model.Parameter, ...]:
    lowered = [_parameter(context, item, "positional") for item in node.posonly_params]
    lowered += [_parameter(context, item, "plain") for item in node.params]
    if isinstance(node.star_arg, cst.Param):
        lowered.append(_parameter(context, node.star_arg, "star"))
    lowered += [_parameter(context, item, "keyword") for item in node.kwonly_params]
    if node.star_kwarg is not None:
        lowered.append(_parameter(context, node.star_kwarg, "starstar"))
    return tuple(lowered)


def _parameter(context: Context, node: cst.Param, kind: str) -> model.Parameter:
    at, end = context.span(node)
    annotation = lower_annotation(context, node.annotation)
    default = context.optional(node.default)
    last = default or annotation
    return model.Parameter(at, last.end if last else end, node.name.value, kind, annotation, default)
