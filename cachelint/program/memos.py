"""What a process computes once and keeps: in a name of a module, in an attribute of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.symbols import ModuleSymbol
from cachelint.program.values import ClassRef
from cachelint.program.walking import nodes

if TYPE_CHECKING:
    from cachelint.program.frame import Frame

GROWING = frozenset("append extend add update setdefault insert".split())
EMPTY_CALLS = frozenset("dict list set defaultdict OrderedDict".split())


def is_memo(frame: Frame, node: facts.Expression) -> bool:
    """Whether a tested expression is kept from one request to the next, so that being empty means "not yet loaded"."""
    if isinstance(node, facts.Name):
        is_kept = node.id in frame.global_names or _is_kept_by_module(frame, node.id)
    else:
        is_kept = isinstance(node, facts.Attribute) and _is_kept_by_class(frame, node)
    if is_kept:
        frame.interpreter.memos.add(frame.place(node))
    return is_kept


def _is_kept_by_class(frame: Frame, node: facts.Attribute) -> bool:
    """`if cls._rows is None: cls._rows = load()`: set on the class, by this function."""
    if not _names_class(frame, node.value) or frame.function is None:
        return False
    assigned = (each for each in frame.function.statements if isinstance(each, facts.Assign))
    targets = (target for statement in assigned for target in statement.targets)
    return any(isinstance(t, facts.Attribute) and t.attr == node.attr and not _is_self(t.value) for t in targets)


def _names_class(frame: Frame, node: facts.Expression) -> bool:
    if isinstance(node, facts.Attribute) and node.attr == "__class__":
        return True
    if isinstance(node, facts.Call):
        return isinstance(node.func, facts.Name) and node.func.id == "type"
    return any(isinstance(each, ClassRef) for each in frame.lookup_quietly(node).things)


def _is_self(node: facts.Expression) -> bool:
    return isinstance(node, facts.Name) and node.id == "self"


def _is_kept_by_module(frame: Frame, name: str) -> bool:
    """`if not KINDS: load_kinds()`: an empty collection of the module that some function of it fills."""
    if name in frame.variables or name in frame.enclosing or name not in frame.module.bindings:
        return False
    assigned = [expression for _, expression in frame.module.bindings[name].assigned]
    return bool(assigned) and all(_is_empty(each) for each in assigned) and name in _grown(frame.module)


def _is_empty(node: facts.Expression) -> bool:
    if isinstance(node, facts.Collection):
        return not node.items
    if isinstance(node, facts.Dictionary):
        return not node.keys
    if isinstance(node, facts.Call):
        return isinstance(node.func, facts.Name) and node.func.id in EMPTY_CALLS and len(node.arguments) < 2
    return False


def _grown(module: ModuleSymbol) -> frozenset[str]:
    """The names that functions of a module put something into."""
    if module.grown is None:
        statements = (each for function in module.functions for each in function.statements)
        module.grown = frozenset(name for each in statements for name in _fills(each))
    return module.grown


def _fills(statement: facts.Statement) -> set[str]:
    if isinstance(statement, facts.Assign):
        items = (target for target in statement.targets if isinstance(target, facts.Subscript))
        return {item.value.id for item in items if isinstance(item.value, facts.Name)}
    if not isinstance(statement, facts.Evaluate):
        return set()
    calls = (node.func for node in nodes(statement) if isinstance(node, facts.Call))
    methods = (func for func in calls if isinstance(func, facts.Attribute) and func.attr in GROWING)
    return {method.value.id for method in methods if isinstance(method.value, facts.Name)}
