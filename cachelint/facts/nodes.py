"""libcst's nodes as its parser fills them, without what makes them slow to make.

libcst's own classes check every node in Python; what its parser makes needs no check but one. So while the parser runs
it finds, under the name of libcst, classes of the same names, fields and methods that are made in C: a third of the
time of a parse. Whoever else uses libcst in this process keeps its own classes. The names here are those of libcst.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import libcst
import msgspec

if TYPE_CHECKING:
    from libcst import *  # noqa: F403

# What the parser lets through and Python does not: text beside bytes.
_CHECKED = ("ConcatenatedString",)
_LOCK = threading.Lock()
_PARSER: Any = importlib.import_module("libcst.native")
Names = dict[str, Any]


class _Copies:
    """The copies of libcst's node classes and of the functions beside them, which know each other by the old names."""

    def __init__(self) -> None:
        self._made: dict[type, type] = {}
        self._names: dict[str, Names] = {}
        self.classes = {each.__name__: self._copied(each) for each in _subclasses(libcst.CSTNode)}
        for module, names in self._names.items():
            copies = {word: self._copy_of(value, names) for word, value in vars(sys.modules[module]).items()}
            names.update(copies)

    def node(self, value: Any) -> Any:
        """A node of libcst, or a field of one, made of copies."""
        if _is_libcsts(type(value)):
            given = {each.name: self.node(getattr(value, each.name)) for each in fields(value)}
            return self._copied(type(value))(**given)
        return tuple(map(self.node, value)) if isinstance(value, (tuple, list)) else value

    def _copied(self, original: Any) -> Any:
        """The copy of a class: a struct where nodes are made of it, else what such structs have in common."""
        if original not in self._made:
            bases = tuple(self._copied(each) for each in original.__bases__ if _is_libcsts(each))
            methods = self._methods(original)
            if not _is_made(original):
                self._made[original] = type(original.__name__, bases, {"__slots__": (), **methods})
            else:
                self._made[original] = msgspec.defstruct(
                    original.__name__,
                    [(name, Any, self.node(default)) for name, default in _defaults(original)],
                    bases=(*bases, msgspec.Struct),
                    namespace={**methods, "_codegen": self._writing(original)},
                    **_SPARE,
                )
        return self._made[original]

    def _methods(self, original: Any) -> Names:
        names = self._names_of(original)
        found = {word: _with_names(value, names) for word, value in vars(original).items() if _is_method(value)}
        if "_parenthesize" in found:
            found["_parenthesize"] = _only_where_needed(found["_parenthesize"])
        if original.__name__ in _CHECKED:
            found["__post_init__"] = found["_validate"]
        return found

    def _writing(self, original: Any) -> Any:
        """How a node writes its code: without asking before and after each, but for comments."""
        method = original._codegen if original is libcst.Comment else original._codegen_impl
        return _with_names(method, self._names_of(method))

    def _names_of(self, original: Any) -> Names:
        """The globals of the copies of what stands in the same module."""
        return self._names.setdefault(original.__module__, {})

    def _copy_of(self, value: Any, names: Names) -> Any:
        if isinstance(value, type):
            return self._made.get(value, value)
        return _with_names(value, names) if _is_method(value) else value


_SPARE: dict[str, Any] = {"gc": False, "kw_only": True, "frozen": True, "eq": False}


def _subclasses(root: Any) -> Iterator[Any]:
    """All classes of nodes. One with slots was made twice: its module knows the second."""
    if getattr(sys.modules[root.__module__], root.__name__, None) is root:
        yield root
    for each in _derived(root):
        yield from _subclasses(each)


def _derived(original: Any) -> list[Any]:
    """The classes that libcst itself derives from one; others may have done so, too."""
    return [each for each in original.__subclasses__() if _is_libcsts(each)]


def _is_libcsts(kind: type) -> bool:
    return kind.__module__.startswith("libcst._nodes.")


def _is_made(original: type) -> bool:
    """Whether the parser makes nodes of a class."""
    return is_dataclass(original) and not getattr(original, "__abstractmethods__", ()) and not _derived(original)


def _defaults(original: Any) -> Iterator[tuple[str, object]]:
    for each in fields(original):
        if each.default_factory is not MISSING:
            yield each.name, each.default_factory()
        else:
            yield each.name, None if each.default is MISSING else each.default


def _is_method(value: Any) -> bool:
    function: Any = value.fget if isinstance(value, property) else value
    is_own = isinstance(function, types.FunctionType) and function.__module__.startswith("libcst.")
    return is_own and not function.__name__.startswith("__")


def _with_names(value: Any, names: Names) -> Any:
    """The same function or property with other globals."""
    if isinstance(value, property):
        return property(_with_names(value.fget, names))
    if hasattr(value, "__wrapped__"):
        return contextlib.contextmanager(_with_names(value.__wrapped__, names))
    copy = types.FunctionType(value.__code__, names, value.__name__, value.__defaults__, value.__closure__)
    copy.__kwdefaults__ = value.__kwdefaults__
    return copy


def _only_where_needed(parenthesize: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Most expressions stand in no parentheses: then there is only a place to record."""

    def shorter(node: Any, state: Any) -> Any:
        return parenthesize(node, state) if node.lpar or node.rpar else state.record_syntactic_position(node)

    return shorter


def _stand_in(copies: Callable[[], Any] = _Copies) -> tuple[Any, types.ModuleType]:
    """The copies and the module in which the parser finds them; None and libcst itself where a libcst that is not built
    like those we know does not let itself be copied."""
    own = sys.modules["libcst"]
    try:
        made = copies()
        module = types.ModuleType("libcst")
        module.__dict__.update({**vars(libcst), **made.classes})
        sys.modules["libcst"] = module
        if _PARSER.parse_module(_PROBE, encoding="utf-8").code == _PROBE:
            return made, module
    except Exception:
        return None, own
    finally:
        sys.modules["libcst"] = own
    return None, own


_PROBE = """\
class A(B):
    async def c(self, *d: int) -> str:  # e
        return f'{d!r:>{1}}' if not d[::2] else (yield)
"""
_COPIES, _STAND_IN = _stand_in()
if not TYPE_CHECKING:
    globals().update({name: value for name, value in vars(_STAND_IN).items() if not name.startswith("_")})


def parsed_module(text: str) -> libcst.Module:
    """What `libcst.parse_module` gives, made of the classes here; raises what that raises."""
    found: libcst.Module = _parsed(lambda: _PARSER.parse_module(text, encoding="utf-8"))
    return found


def parsed_expression(text: str) -> libcst.BaseExpression:
    """What `libcst.parse_expression` gives, made of the classes here; raises what that raises."""
    found: libcst.BaseExpression = _parsed(lambda: _PARSER.parse_expression(text))
    return found


def _parsed(parse: Callable[[], Any]) -> Any:
    with _LOCK:
        own = sys.modules["libcst"]
        sys.modules["libcst"] = _STAND_IN
        try:
            found = parse()
        finally:
            sys.modules["libcst"] = own
    # A parser that looks for its classes elsewhere gives libcst's own.
    return _COPIES.node(found) if _COPIES is not None and isinstance(found, libcst.CSTNode) else found
