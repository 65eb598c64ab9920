"""What an expression is. One small function per kind of node; calls are in calls.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import bindings, calls, comparisons, containers, items, library, members, texts
from cachelint.program.branches import knowledge, learned
from cachelint.program.decisions import decided
from cachelint.program.frame import Frame
from cachelint.program.rights import is_asker
from cachelint.program.values import UNKNOWN, FunctionRef, Origin, Value, constant, derived, join, thing, trim

ASKING = frozenset(("user", "auth", "session"))
# Where projects keep things for the time of a request.
HOLDERS = frozenset(("request", "g", "state", "ctx"))


def _name(frame: Frame, node: facts.Name) -> Value:
    name = node.id
    if name in frame.variables and name not in frame.global_names:
        return frame.variables[name]
    value = frame.lookup(name)
    if name == "current_user" and not value.origins and name not in frame.variables:
        # A project's own proxy for it; a parameter or variable of that name is followed to where it comes from.
        return replace(value, origins=frozenset((Origin("identity", name, name, frame.place(node)),)))
    return value


def _attribute(frame: Frame, node: facts.Attribute) -> Value:
    receiver = frame.evaluate(node.value)
    value = members.attribute(frame, receiver, node.attr, node)
    inner = node.value
    holder = inner.id if isinstance(inner, facts.Name) else inner.attr if isinstance(inner, facts.Attribute) else ""
    if holder in frame.interpreter.shelves.names:
        value = frame.interpreter.shelves.taken(frame, node, value)
    if holder == "url" and node.attr == "path" and any(map(_is_url, value.origins)):
        return replace(value, origins=frozenset(map(_path_of, value.origins)))
    if holder not in HOLDERS:
        return value
    if not receiver.things and node.attr in ASKING and holder == "request":
        # In a mixin nobody says what self.request is; who asks is who asks all the same.
        origin = Origin("identity", node.attr, node.attr, frame.place(node))
        return Value(things=value.things, origins=frozenset((origin,)))
    if is_asker(node.attr) and not any(o.kind == "identity" for o in value.origins):
        origin = Origin("identity", node.attr, node.attr, frame.place(node))
        return replace(value, origins=trim(value.origins | {origin}))
    return value


def _is_url(origin: Origin) -> bool:
    return origin.kind == "input" and origin.name == "url"


def _path_of(origin: Origin) -> Origin:
    """`request.url.path`: the path that led to the handler, without host and query string."""
    return replace(origin, what="path", name="path") if _is_url(origin) else origin


def _call(frame: Frame, node: facts.Call) -> Value:
    value = calls.evaluate_call(frame, node)
    frame.evaluated[node.at, node.end] = value
    return value


def _constant(frame: Frame, node: facts.Constant) -> Value:
    return constant(node.value)


def _await(frame: Frame, node: facts.Await) -> Value:
    return library.consume(frame, frame.evaluate(node.value), "await", node.value)


def _yield(frame: Frame, node: facts.Yield) -> Value:
    value = frame.evaluate(node.value) if node.value is not None else UNKNOWN
    if node.delegated:
        value = library.element(frame, library.consume(frame, value, "iterate", node), node)
    frame.summary.yields.append((value, frame.current()))
    return UNKNOWN


def _conditional(frame: Frame, node: facts.Conditional) -> Value:
    answer = decided(frame, node.test)
    known = knowledge(frame, node.test)
    context, variables = frame.context, dict(frame.variables)
    found = []
    for outcome, learnt, branch in ((True, known.when_true, node.body), (False, known.when_false, node.orelse)):
        if answer is None or answer is outcome:
            frame.variables = dict(variables)
            with learned(frame, learnt):
                found.append(frame.evaluate(branch))
            frame.context = context
    return join(found)


def _boolean(frame: Frame, node: facts.Boolean) -> Value:
    """`a or b`: b is reached when a is false; `a and b`: when it is true."""
    context = frame.context
    values = []
    for each in node.values[:-1]:
        answer = decided(frame, each)
        known = knowledge(frame, each)
        values.append(known.value)
        if answer is (node.operator == "or"):
            frame.context = context
            return join(values)
        frame.context = _more(frame, known.when_false.misses if node.operator == "or" else known.when_true.misses)
    values.append(frame.evaluate(node.values[-1]))
    frame.context = context
    return join(values)


def _more(frame: Frame, misses: frozenset[Any]) -> Any:
    return frame.context._replace(misses=frame.context.misses | misses)


def _not(frame: Frame, node: facts.Not) -> Value:
    value = library.consume(frame, frame.evaluate(node.value), "bool", node.value)
    hits = frozenset(each for each in value.origins if each.kind == "hit")
    return Value(origins=derived(hits))


def _lambda(frame: Frame, node: facts.Lambda) -> Value:
    symbol = frame.module.functions[node.function]
    frame.interpreter.lambda_scopes[symbol] = {**frame.enclosing, **frame.variables}
    return thing(FunctionRef(symbol))


def _slice(frame: Frame, node: facts.Slice) -> Value:
    return UNKNOWN


def _unknown(frame: Frame, node: facts.Unknown) -> Value:
    for each in node.inside:
        frame.evaluate(each)
    return UNKNOWN


EVALUATORS: dict[type[Any], Callable[[Frame, Any], Value]] = {
    facts.Name: _name,
    facts.Attribute: _attribute,
    facts.Call: _call,
    facts.Constant: _constant,
    facts.Template: texts.template,
    facts.Hole: texts.hole,
    facts.Subscript: items.subscript,
    facts.Slice: _slice,
    facts.Await: _await,
    facts.Yield: _yield,
    facts.Collection: containers.collection,
    facts.Dictionary: containers.dictionary,
    facts.Conditional: _conditional,
    facts.Boolean: _boolean,
    facts.Not: _not,
    facts.Compare: comparisons.compare,
    facts.Binary: texts.binary,
    facts.Unary: texts.unary,
    facts.Comprehension: containers.comprehension,
    facts.Lambda: _lambda,
    facts.Walrus: bindings.walrus,
    facts.Starred: containers.starred,
    facts.Unknown: _unknown,
}
