"""Whether an edit of a file that may be settings can change what settings decide."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from cachelint.facts import model as facts
from cachelint.program.changes import Change
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.settings import DJANGO_MARKS, SETTINGS_MODULE, may_decide_settings
from cachelint.program.symbols import ModuleSymbol
from cachelint.program.values import NOTHING
from cachelint.program.walking import nodes

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

# What rules ask settings for, beside times.
ASKED = frozenset("CACHES CACHEOPS REST_FRAMEWORK CACHE_TYPE CACHE_DEFAULT_TIMEOUT".split()).union(DJANGO_MARKS)
PLAIN = (facts.Import, facts.Define, facts.DefineClass, facts.Assign)


def may_configure(interpreter: Interpreter, change: Change, others: Collection[ModuleSymbol]) -> bool:
    """Whether a change can decide something about caches, or times; `others` are the settings of the project. What
    functions do is followed, and a file's top level is compared: this is about names that are given values."""
    sides = change.old, change.new
    if not any(map(may_decide_settings, sides)):
        return False
    members = {name for owned in change.owned.values() for name in owned}
    members.update(name for symbol in change.fresh for name in symbol.attributes)
    if any(map(str.isupper, members)) or not all(isinstance(each, PLAIN) for each in change.loose):
        return True
    if _names_settings(change):
        return True
    asked = ASKED | {row.safe_setting for row in interpreter.catalogue.backends.values()}
    names = {name for name in change.bound if name.isupper()}
    said = {name for name in names for each in (*sides, *others) for name in _said_with(each, name)}
    return bool((names | said) & asked) or any(_may_be_time(interpreter, each, n) for each in sides for n in names)


def _names_settings(change: Change) -> bool:
    """Whether what is different says which settings hold."""
    bodies = [each.facts.body for side in (change.old, change.new) for each in side.functions]
    code = (*change.loose, *bodies)
    return any(isinstance(node, facts.Constant) and node.value == SETTINGS_MODULE for node in nodes(code))


def _said_with(module: ModuleSymbol, name: str) -> Iterator[str]:
    """The names of a file that are given something which says a name, over all steps."""
    waiting, seen = [name], {name}
    while waiting:
        said = waiting.pop()
        for other, binding in module.bindings.items():
            code = (*(expression for _, expression in binding.assigned), *(each for _, each in binding.items))
            if other not in seen and any(isinstance(n, facts.Name) and n.id == said for n in nodes(code)):
                seen.add(other)
                waiting.append(other)
    yield from seen - {name}


def _may_be_time(interpreter: Interpreter, module: ModuleSymbol, name: str) -> bool:
    """Whether a setting can be a number of seconds, or none at all."""
    frame = Frame(interpreter, module, None, Summary(None, module))
    binding = module.bindings.get(name)
    found = [frame.evaluate(expression).constant for _, expression in binding.assigned] if binding is not None else []
    return any(each is not NOTHING and not isinstance(each, (str, bool)) for each in found)
