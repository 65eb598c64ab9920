"""What an expression is. One small function per kind of node; calls are in calls.py."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import calls, library, members
from cachelint.program.branches import knowledge, learned
from cachelint.program.decisions import decided
from cachelint.program.effects import Event
from cachelint.program.formatting import interpolated
from cachelint.program.frame import Frame
from cachelint.program.substitution import merge
from cachelint.program.values import (
    NOTHING,
    TEMPLATE_PARTS,
    UNKNOWN,
    ClassRef,
    External,
    FunctionRef,
    Gap,
    Instance,
    Member,
    Origin,
    Text,
    Value,
    boxed,
    carried,
    cleaned,
    constant,
    derived,
    join,
    parts_of,
    thing,
    trim,
)
from cachelint.vocabulary import CacheDelete, CacheRead, CacheWrite, Mapping, Obtains

ASKING = frozenset(("user", "auth", "session"))
NUMBERS = (int, float, datetime.timedelta)
NUMBER_FORMATS = frozenset("dxXobeEfFgGn%")


def evaluate(frame: Frame, node: facts.Expression) -> Value:
    """What an expression is, recording the calls it makes."""
    return EVALUATORS[type(node)](frame, node)


def _name(frame: Frame, node: facts.Name) -> Value:
    value = frame.lookup(node.id)
    if node.id == "current_user" and not value.origins and node.id not in frame.variables:
        # A project's own proxy for it; a parameter or variable of that name is followed to where it comes from.
        return replace(value, origins=frozenset((Origin("identity", node.id, node.id, frame.place(node)),)))
    return value


def _attribute(frame: Frame, node: facts.Attribute) -> Value:
    receiver = evaluate(frame, node.value)
    value = members.attribute(frame, receiver, node.attr, node)
    value = frame.interpreter.shelves.taken(frame, node, value)
    if not receiver.things and node.attr in ASKING and calls.last_name(node.value) == "request":
        # In a mixin nobody says what self.request is; who asks is who asks all the same.
        origin = Origin("identity", node.attr, node.attr, frame.place(node))
        return Value(things=value.things, origins=frozenset((origin,)))
    return value


def _call(frame: Frame, node: facts.Call) -> Value:
    value = calls.evaluate_call(frame, node)
    frame.evaluated[node.at, node.end] = value
    return value


def _constant(frame: Frame, node: facts.Constant) -> Value:
    return constant(node.value)


def _template(frame: Frame, node: facts.Template) -> Value:
    parts: list[str | Gap] = []
    for part in node.parts:
        if isinstance(part, facts.Constant):
            parts.append(str(part.value))
        else:
            parts.extend(_gap(frame, part))
    origins = frozenset().union(*(part.value.origins for part in parts if isinstance(part, Gap)))
    text = Text(merge(parts)) if len(parts) <= TEMPLATE_PARTS else None
    literal = "".join(part for part in parts if isinstance(part, str))
    is_literal = all(isinstance(part, str) for part in parts)
    return Value(origins=trim(derived(origins)), text=text, constant=literal if is_literal else NOTHING)


def _gap(frame: Frame, hole: facts.Hole) -> list[str | Gap]:
    """A hole of a template; one filled with known text is not a hole any more."""
    value = library.consume(frame, evaluate(frame, hole.value), "string", hole.value)
    if isinstance(value.constant, (str, int)) and not isinstance(value.constant, bool) and not hole.conversion:
        return [str(value.constant)]
    if hole.spec and hole.spec[-1] in NUMBER_FORMATS and not (len(hole.spec) == 1 and hole.spec == "%"):
        value = replace(value, origins=cleaned(value.origins, safe=True, bounded=False), text=None)
    elif hole.conversion:
        value = replace(value, text=None, origins=derived(value.origins))
    place = frame.place(hole.value)
    if value.text is not None and not isinstance(hole.value, facts.Unknown):
        return list(value.text.parts)
    return [Gap(value, place, gap_name(hole.value))]


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


def _hole(frame: Frame, node: facts.Hole) -> Value:
    return evaluate(frame, node.value)


def _subscript(frame: Frame, node: facts.Subscript) -> Value:
    base = evaluate(frame, node.value)
    if isinstance(node.index, facts.Slice):
        for bound in (node.index.lower, node.index.upper, node.index.step):
            if bound is not None:
                evaluate(frame, bound)
        if isinstance(node.index.upper, facts.Constant) and node.index.upper.value == 1 and node.index.lower is None:
            one = (("shape", "row"),)
            things = tuple(replace(t, options=t.options + one) if isinstance(t, Instance) else t for t in base.things)
            base = replace(base, things=things)
        after = library.consume(frame, base, "slice", node)
        return replace(after, text=None, items=None, constant=NOTHING, origins=derived(after.origins))
    index = evaluate(frame, node.index)
    if any(isinstance(each, (ClassRef, External)) for each in base.things) and not base.items:
        found = _generic_or_item(frame, base, index, node)
        if found is not None:
            return found
    item = base.item(index.constant) if base.items is not None and index.constant is not NOTHING else None
    if item is not None:
        return item
    mapped = mapping_access(frame, base, index, node, "read")
    if mapped is not None:
        return join([mapped, *(each for _, each in base.items or ())])
    if base.items is not None:
        bounded = join([each for _, each in base.items])
        return replace(bounded, origins=bounded.origins | cleaned(derived(index.origins), safe=True, bounded=True))
    obtained = _item(frame, base, index, node)
    if obtained is not None:
        return obtained
    before = base
    base = library.consume(frame, base, "index", node)
    element = library.element(frame, base, node) if base.things else UNKNOWN
    if before is not base and any(i.type != "builtins.list" and i.of is None for i in base.instances()):
        element = base
    origins = parts_of(base.origins)
    name = index.constant if isinstance(index.constant, str) else None
    if name is not None:
        origins = frozenset(replace(o, name=name) if o.kind == "input" else o for o in origins)
    kept = frozenset(o for o in element.origins if o.kind != "input")
    return frame.interpreter.shelves.taken(frame, node, replace(element, origins=kept | origins, text=None))


def _generic_or_item(frame: Frame, base: Value, index: Value, node: facts.Subscript) -> Value | None:
    """`caches["x"]` of a library; `Repository[User]` stays the class."""
    item = _item(frame, base, index, node)
    if item is not None:
        return item
    return base if all(isinstance(each, (ClassRef, External)) for each in base.things) else None


def _item(frame: Frame, base: Value, index: Value, node: facts.Subscript) -> Value | None:
    catalogue = frame.interpreter.catalogue
    for each in base.things:
        if isinstance(each, External):
            found = catalogue.function(each.name)
        elif isinstance(each, Instance):
            bases = frame.interpreter.library_bases(each.type)
            found = next((r for b in bases if (r := catalogue.member(b, "__getitem__"))), ())
        else:
            continue
        for row in found:
            if isinstance(row, Obtains) and (row.how == "item" or isinstance(each, Instance)):
                return _obtained_item(frame, row, each, index, node)
    return None


def _obtained_item(frame: Frame, row: Obtains, each: object, index: Value, node: facts.Node) -> Value:
    name = index.constant if isinstance(index.constant, str) else None
    of = name if row.of == "name" else each.of if isinstance(each, Instance) else None
    value = library.gives(frame.interpreter, row.gives, of, frame.place(node))
    options = tuple((option, name) for option in row.options.split() if name is not None)
    return Value(things=tuple(replace(t, options=options) if isinstance(t, Instance) else t for t in value.things))


def is_mapping(frame: Frame, value: Value) -> Instance | None:
    """The cache used like a dict that a value is, if it is one; a module's own dict counts."""
    for each in value.instances():
        if each.type == "builtins.dict" and each.site is not None:
            return each
        if any(isinstance(row, Mapping) for b in frame.interpreter.library_bases(each.type) for row in _on(frame, b)):
            return each
    return None


def _on(frame: Frame, base: str) -> list[Any]:
    return frame.interpreter.catalogue.rows_on(base)


def mapping_access(frame: Frame, base: Value, key: Value, node: facts.Node, how: str) -> Value | None:
    """`cache[key]`, `cache[key] = v`, `key in cache`, `del cache[key]` on a mapping cache; None for anything else."""
    client = is_mapping(frame, base)
    if client is None:
        return None
    on = str(client.type)
    row: CacheRead | CacheWrite | CacheDelete
    if how == "write":
        row = CacheWrite(on=on, names="__setitem__", params="key value", omitted="default")
    elif how == "delete":
        row = CacheDelete(on=on, names="__delitem__", params="key", key="key")
    else:
        misses = "raises:KeyError" if how == "read" else "false"
        row = CacheRead(on=on, names="__getitem__", params="key", misses=misses)
    place = frame.place(node)
    event = Event(row, place, frame.module, frame.function, frame.current(), client, row.names, key=key)
    frame.summary.events.append(event)
    if how in ("read", "test"):
        return Value(origins=frozenset((Origin("hit", place, row.names, place),)))
    return UNKNOWN


def _await(frame: Frame, node: facts.Await) -> Value:
    return library.consume(frame, evaluate(frame, node.value), "await", node.value)


def _yield(frame: Frame, node: facts.Yield) -> Value:
    value = evaluate(frame, node.value) if node.value is not None else UNKNOWN
    if node.delegated:
        value = library.element(frame, library.consume(frame, value, "iterate", node), node)
    frame.summary.yields.append((value, frame.current()))
    return UNKNOWN


def _collection(frame: Frame, node: facts.Collection) -> Value:
    values = []
    has_star = False
    for item in node.items:
        if isinstance(item, facts.Starred):
            has_star = True
            inner = library.consume(frame, evaluate(frame, item.value), "iterate", item)
            values.append(library.element(frame, inner, item))
        else:
            values.append(evaluate(frame, item))
    origins = trim(boxed(frozenset().union(*(value.origins for value in values)))) if values else frozenset()
    elements = {i.type for v in values for i in v.instances()}
    of = elements.pop() if len(elements) == 1 else None
    items = None if has_star else tuple(enumerate(values))
    return Value(things=(Instance("builtins.list", of=of),), origins=origins, items=items)


def _dictionary(frame: Frame, node: facts.Dictionary) -> Value:
    items: list[tuple[object, Value]] = []
    complete = True
    origins: set[Origin] = set()
    for key, value_node in zip(node.keys, node.values, strict=False):
        name = evaluate(frame, key) if key is not None else None
        value = evaluate(frame, value_node)
        origins |= value.origins
        if name is not None and isinstance(name.constant, (str, int, bool)):
            items.append((name.constant, value))
        elif key is None and value.items is not None:
            items.extend(value.items)
        else:
            complete = complete and key is not None and False
    site = frame.place(node) if frame.function is None else None
    instance = Instance("builtins.dict", site=site)
    known = tuple(items) if complete and items else None
    return Value(things=(instance,), origins=trim(boxed(frozenset(origins))), items=known)


def _conditional(frame: Frame, node: facts.Conditional) -> Value:
    answer = decided(frame, node.test)
    known = knowledge(frame, node.test)
    context, variables = frame.context, dict(frame.variables)
    found = []
    for outcome, learnt, branch in ((True, known.when_true, node.body), (False, known.when_false, node.orelse)):
        if answer is None or answer is outcome:
            frame.variables = dict(variables)
            with learned(frame, learnt):
                found.append(evaluate(frame, branch))
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
    values.append(evaluate(frame, node.values[-1]))
    frame.context = context
    return join(values)


def _more(frame: Frame, misses: frozenset[Any]) -> Any:
    return frame.context._replace(misses=frame.context.misses | misses)


def _not(frame: Frame, node: facts.Not) -> Value:
    value = library.consume(frame, evaluate(frame, node.value), "bool", node.value)
    hits = frozenset(each for each in value.origins if each.kind == "hit")
    return Value(origins=derived(hits))


def _compare(frame: Frame, node: facts.Compare) -> Value:
    left = evaluate(frame, node.left)
    origins: set[Origin] = {each for each in left.origins if each.kind == "hit"}
    for operator, right_node in zip(node.operators, node.rights, strict=False):
        right = evaluate(frame, right_node)
        if operator in ("in", "not in"):
            tested = mapping_access(frame, right, left, right_node, "test")
            if tested is None:
                tested = _contains(frame, right, left, right_node)
            if tested is not None:
                origins |= tested.origins
            else:
                asking = frozenset(each for each in left.origins if each.kind in ("identity", "parameter"))
                library.consume(frame, replace(right, origins=right.origins | asking), "iterate", right_node)
        origins |= {each for each in right.origins if each.kind == "hit"}
        if isinstance(node.left, facts.Call) and right.constant in (0, 1):
            _only_asks(frame, node.left)
        # As a query's condition a comparison still says what selects the rows; as text it is a flag.
        origins |= cleaned(left.origins | right.origins, safe=True, bounded=True)
    return Value(origins=trim(derived(frozenset(origins))))


def _only_asks(frame: Frame, call: facts.Call) -> None:
    """`query.count() > 0` asks whether there is a row at all."""
    place = frame.place(call)
    for event in frame.summary.events:
        if event.place == place and event.shape == "aggregate":
            event.shape = "exists"


def _contains(frame: Frame, container: Value, key: Value, node: facts.Expression) -> Value | None:
    """`key in cache` of a client that has a row for it."""
    from cachelint.program import rows

    for each in container.instances():
        for base in frame.interpreter.library_bases(each.type):
            if frame.interpreter.catalogue.member(base, "__contains__"):
                member = Member(replace(each, type=base), "__contains__", container)
                return rows.call_member(frame, member, calls.Arguments(positional=[key]), node)
    return None


def _binary(frame: Frame, node: facts.Binary) -> Value:
    left, right = evaluate(frame, node.left), evaluate(frame, node.right)
    if isinstance(left.constant, NUMBERS) and isinstance(right.constant, NUMBERS):
        folded = _fold(node.operator, left.constant, right.constant)
        if folded is not None:
            return constant(folded)
    if node.operator == "%" and isinstance(left.constant, str):
        filled = _interpolated(frame, left.constant, right, node.right)
        if filled is not None:
            return filled
    if node.operator == "+" and (left.text is not None or right.text is not None):
        return _concatenated(frame, node, left, right)
    # What is taken away leaves no trace: `old - new` holds old things only.
    value = carried(left) if node.operator == "-" else carried(left, right)
    if node.operator in ("|", "&", "+") and left.things:
        items = left.items + right.items if left.items is not None and right.items is not None else None
        return replace(value, things=left.things, items=items)
    return value


def _interpolated(frame: Frame, pattern: str, right: Value, node: facts.Expression) -> Value | None:
    if isinstance(node, facts.Collection) and right.items is not None:
        given = [
            (value, frame.place(part), gap_name(part))
            for (_, value), part in zip(right.items, node.items, strict=False)
        ]
        return interpolated(pattern, given)
    return interpolated(pattern, [(right, frame.place(node), gap_name(node))])


def _concatenated(frame: Frame, node: facts.Binary, left: Value, right: Value) -> Value:
    """A prefix kept in a variable plus something: the same as a template."""
    parts: list[str | Gap] = []
    for value, operand in ((left, node.left), (right, node.right)):
        if value.text is not None:
            parts.extend(value.text.parts)
        else:
            parts.append(Gap(value, frame.place(operand), gap_name(operand)))
    text = Text(merge(parts)) if len(parts) <= TEMPLATE_PARTS else None
    return replace(carried(left, right), text=text)


def _fold(operator: str, left: Any, right: Any) -> Any:
    try:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        if operator == "/":
            return left / right
        if operator == "//":
            return left // right
    except (ArithmeticError, ValueError, TypeError):
        return None
    return None


def _unary(frame: Frame, node: facts.Unary) -> Value:
    value = evaluate(frame, node.value)
    if node.operator == "-" and isinstance(value.constant, (int, float)):
        return constant(-value.constant)
    return carried(value)


def _comprehension(frame: Frame, node: facts.Comprehension) -> Value:
    outer = dict(frame.variables)
    context = frame.context
    hits: set[Origin] = set()
    for loop in node.loops:
        iterable = library.consume(frame, evaluate(frame, loop.iterable), "iterate", loop.iterable)
        if isinstance(loop.iterable, facts.Name) and loop.iterable.id in outer:
            outer[loop.iterable.id] = iterable
        bind(frame, loop.target, library.element(frame, iterable, loop))
        frame.context = frame.context._replace(depth=frame.context.depth + 1)
        for condition in loop.conditions:
            known = knowledge(frame, condition)
            # What is left after such a condition may be what was found or what was missed.
            hits |= {replace(each, boxed=True) for each in known.value.origins if each.kind == "hit"}
            for name, value in known.when_true.variables.items():
                frame.variables[name] = value
    element = evaluate(frame, node.element)
    value = evaluate(frame, node.value) if node.value is not None else UNKNOWN
    frame.variables, frame.context = outer, context
    origins = trim(derived(element.origins | value.origins | hits))
    if node.kind == "dict":
        return Value(things=(Instance("builtins.dict"),), origins=origins)
    elements = element.instances()
    of = elements[0].type if len(elements) == 1 else None
    return Value(things=(Instance("builtins.list", of=of),), origins=origins)


def _lambda(frame: Frame, node: facts.Lambda) -> Value:
    symbol = frame.module.functions[node.function]
    frame.interpreter.lambda_scopes[symbol] = {**frame.enclosing, **frame.variables}
    return thing(FunctionRef(symbol))


def _walrus(frame: Frame, node: facts.Walrus) -> Value:
    value = evaluate(frame, node.value)
    frame.variables[node.target] = value
    return value


def _starred(frame: Frame, node: facts.Starred) -> Value:
    return evaluate(frame, node.value)


def _slice(frame: Frame, node: facts.Slice) -> Value:
    return UNKNOWN


def _unknown(frame: Frame, node: facts.Unknown) -> Value:
    for each in node.inside:
        evaluate(frame, each)
    return UNKNOWN


def bind(frame: Frame, target: facts.Expression, value: Value) -> None:
    """Assign a value to a target: a name, an attribute of self, a subscript, several names."""
    if isinstance(target, facts.Name):
        frame.variables[target.id] = value
        frame.remember(target.id, value)
    elif isinstance(target, facts.Starred):
        bind(frame, target.value, carried(value))
    elif isinstance(target, facts.Collection):
        for index, each in enumerate(target.items):
            item = value.item(index)
            if item is None and value.items is not None and not all(isinstance(k, int) for k, _ in value.items):
                item = None
            bind(frame, each, item if item is not None else _unpacked(frame, value, each))
    elif isinstance(target, facts.Attribute):
        evaluate(frame, target.value)
        if isinstance(target.value, facts.Name) and target.value.id == "self":
            frame.summary.attributes.setdefault(target.attr, []).append(value)
        frame.interpreter.shelves.keep(frame, target, value)
    elif isinstance(target, facts.Subscript):
        frame.interpreter.shelves.keep(frame, target, value)
        base = evaluate(frame, target.value)
        key = evaluate(frame, target.index) if not isinstance(target.index, facts.Slice) else UNKNOWN
        written = mapping_access(frame, base, key, target, "write")
        if written is not None:
            frame.summary.events[-1].value = value
        elif isinstance(target.value, facts.Name) and target.value.id in frame.variables:
            _grow(frame, target.value.id, key, value)


def _grow(frame: Frame, name: str, key: Value, value: Value) -> None:
    """`data["x"] = order` puts the order's data into the dict."""
    before = frame.variables[name]
    items = before.items
    if items is not None and isinstance(key.constant, (str, int)):
        items = (*(pair for pair in items if pair[0] != key.constant), (key.constant, value))
    frame.variables[name] = replace(
        before, origins=trim(before.origins | boxed(value.origins)), items=items, constant=NOTHING
    )


def _unpacked(frame: Frame, value: Value, node: facts.Node) -> Value:
    element = library.element(frame, value, node)
    return element if element.things else Value(origins=derived(value.origins))


EVALUATORS: dict[type[Any], Callable[[Frame, Any], Value]] = {
    facts.Name: _name,
    facts.Attribute: _attribute,
    facts.Call: _call,
    facts.Constant: _constant,
    facts.Template: _template,
    facts.Hole: _hole,
    facts.Subscript: _subscript,
    facts.Slice: _slice,
    facts.Await: _await,
    facts.Yield: _yield,
    facts.Collection: _collection,
    facts.Dictionary: _dictionary,
    facts.Conditional: _conditional,
    facts.Boolean: _boolean,
    facts.Not: _not,
    facts.Compare: _compare,
    facts.Binary: _binary,
    facts.Unary: _unary,
    facts.Comprehension: _comprehension,
    facts.Lambda: _lambda,
    facts.Walrus: _walrus,
    facts.Starred: _starred,
    facts.Unknown: _unknown,
}
