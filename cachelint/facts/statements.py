"""libcst statements -> facts, one small function per node type; TABLE says which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cachelint.facts import model
from cachelint.facts import nodes as cst
from cachelint.facts.annotations import lower_annotation
from cachelint.facts.context import Context, StatementTable
from cachelint.facts.definitions import lower_class, lower_function
from cachelint.facts.patterns import lower_match

_AUGMENTED: dict[type[cst.CSTNode], str] = {
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.MultiplyAssign: "*",
    cst.MatrixMultiplyAssign: "@",
    cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%",
    cst.PowerAssign: "**",
    cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
    cst.BitOrAssign: "|",
    cst.BitAndAssign: "&",
    cst.BitXorAssign: "^",
}


def _evaluate(context: Context, node: cst.Expr, at: int, end: int) -> model.Statement:
    return model.Evaluate(at, end, context.expression(node.value))


def _assign(context: Context, node: cst.Assign, at: int, end: int) -> model.Statement:
    targets = tuple(context.expression(target.target) for target in node.targets)
    return model.Assign(at, end, targets, context.expression(node.value))


def _annotated(context: Context, node: cst.AnnAssign, at: int, end: int) -> model.Statement:
    annotation = lower_annotation(context, node.annotation)
    return model.Assign(at, end, (context.expression(node.target),), context.optional(node.value), annotation)


def _type_alias(context: Context, node: Any, at: int, end: int) -> model.Statement:
    return model.Assign(at, end, (context.expression(node.name),), context.expression(node.value))


def _augmented(context: Context, node: cst.AugAssign, at: int, end: int) -> model.Statement:
    target, value = context.expression(node.target), context.expression(node.value)
    return model.AugmentedAssign(at, end, target, _AUGMENTED[type(node.operator)], value)


def _return(context: Context, node: cst.Return, at: int, end: int) -> model.Statement:
    return model.Return(at, end, context.optional(node.value))


def _raise(context: Context, node: cst.Raise, at: int, end: int) -> model.Statement:
    cause = context.expression(node.cause.item) if node.cause is not None else None
    return model.Raise(at, end, context.optional(node.exc), cause)


def _if(context: Context, node: cst.If, at: int, end: int) -> model.Statement:
    test, body = context.expression(node.test), context.block(node.body)
    if isinstance(node.orelse, cst.If):
        return model.If(at, end, test, body, (context.statement(node.orelse),))
    return model.If(at, end, test, body, context.block(node.orelse))


def _for(context: Context, node: cst.For, at: int, end: int) -> model.Statement:
    target, iterable = context.expression(node.target), context.expression(node.iter)
    body, orelse = context.block(node.body), context.block(node.orelse)
    return model.For(at, end, target, iterable, body, orelse, node.asynchronous is not None)


def _while(context: Context, node: cst.While, at: int, end: int) -> model.Statement:
    test, body = context.expression(node.test), context.block(node.body)
    return model.While(at, end, test, body, context.block(node.orelse))


def _try(context: Context, node: cst.Try | cst.TryStar, at: int, end: int) -> model.Statement:
    body = context.block(node.body)
    handlers = tuple(_handler(context, handler) for handler in node.handlers)
    orelse, final = context.block(node.orelse), context.block(node.finalbody)
    return model.Try(at, end, body, handlers, orelse, final)


def _handler(context: Context, node: cst.ExceptHandler | cst.ExceptStarHandler) -> model.Handler:
    at, end = context.span(node)
    types = context.optional(node.type)
    name = node.name.name.value if node.name is not None and isinstance(node.name.name, cst.Name) else None
    body = context.block(node.body)
    return model.Handler(
        at, max(at, body[-1].end) if body else end, types, name, body, isinstance(node, cst.ExceptStarHandler)
    )


def _with(context: Context, node: cst.With, at: int, end: int) -> model.Statement:
    items = tuple(_with_item(context, item) for item in node.items)
    return model.With(at, end, items, context.block(node.body), node.asynchronous is not None)


def _with_item(context: Context, node: cst.WithItem) -> model.WithItem:
    value = context.expression(node.item)
    target = context.expression(node.asname.name) if node.asname is not None else None
    return model.WithItem(value.at, target.end if target else value.end, value, target)


def _import(context: Context, node: Any, at: int, end: int) -> model.Statement:
    names = tuple(
        model.ImportedName(*context.span(item), item.evaluated_name, None, item.evaluated_alias) for item in node.names
    )
    return model.Import(at, end, names)


def _import_from(context: Context, node: Any, at: int, end: int) -> model.Statement:
    module = _dotted(node.module) if node.module is not None else ""
    level = len(node.relative)
    if isinstance(node.names, cst.ImportStar):
        star = model.ImportedName(end - 1, end, module, "*", None)
        return model.Import(at, end, (star,), level, True)
    names = tuple(
        model.ImportedName(*context.span(item), module, item.evaluated_name, item.evaluated_alias)
        for item in node.names
    )
    return model.Import(at, end, names, level, True)


def _dotted(node: cst.BaseExpression) -> str:
    names: list[str] = []
    while isinstance(node, cst.Attribute):
        names.append(node.attr.value)
        node = node.value
    names.append(node.value if isinstance(node, cst.Name) else "")
    return ".".join(reversed(names))


def _delete(context: Context, node: cst.Del, at: int, end: int) -> model.Statement:
    target = node.target
    parts: Sequence[cst.CSTNode] = (target,)
    if isinstance(target, cst.Tuple):
        parts = [element.value for element in target.elements]
    return model.Delete(at, end, tuple(context.expression(part) for part in parts))


def _global(context: Context, node: cst.Global, at: int, end: int) -> model.Statement:
    names = tuple(item.name.value for item in node.names)
    context.globals.update(names)
    return model.Scope(at, end, "global", names)


def _nonlocal(context: Context, node: cst.Nonlocal, at: int, end: int) -> model.Statement:
    return model.Scope(at, end, "nonlocal", tuple(item.name.value for item in node.names))


def _assert(context: Context, node: cst.Assert, at: int, end: int) -> model.Statement:
    return model.Assert(at, end, context.expression(node.test))


def _jump(context: Context, node: cst.CSTNode, at: int, end: int) -> model.Statement:
    return model.Jump(at, end, type(node).__name__.lower())


TABLE: StatementTable = {
    cst.Expr: _evaluate,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: lower_match,
    cst.FunctionDef: lower_function,
    cst.ClassDef: lower_class,
    cst.Import: _import,
    cst.ImportFrom: _import_from,
    cst.Del: _delete,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.Assert: _assert,
    cst.Pass: _jump,
    cst.Break: _jump,
    cst.Continue: _jump,
    cst.TypeAlias: _type_alias,
}

# Node types younger than the oldest libcst allowed.
for _youngster, _lower in (("LazyImport", _import), ("LazyImportFrom", _import_from)):
    if hasattr(cst, _youngster):
        TABLE[getattr(cst, _youngster)] = _lower
