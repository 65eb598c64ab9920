"""What one file says: a small lowered form of a module, as plain data.

Every value here is a pure function of the file's bytes. Offsets count characters of the decoded text (byte order
mark removed) from 0; `FileFacts.location` turns one into a 1-based line and column. Nothing here knows a path,
a library or a configuration.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Union

import msgspec


class Node(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """A piece of code between two character offsets (`end` is exclusive)."""

    at: int
    end: int


# --------------------------------------------------------------------------------------------- expressions


class Name(Node, frozen=True, array_like=True, tag="N", gc=False):
    id: str


class Attribute(Node, frozen=True, array_like=True, tag="A", gc=False):
    value: Expression
    attr: str


class Argument(Node, frozen=True, array_like=True, tag="ar", gc=False):
    """One argument of a call. `star` is 0 for a plain one, 1 for `*x`, 2 for `**x`."""

    value: Expression
    keyword: str | None = None
    star: int = 0


class Call(Node, frozen=True, array_like=True, tag="C", gc=False):
    func: Expression
    arguments: tuple[Argument, ...] = ()


class Constant(Node, frozen=True, array_like=True, tag="K", gc=False):
    """A literal. Bytes are kept as latin-1 text with `is_bytes`; numbers beyond 64 bits become Unknown."""

    value: bool | int | float | str | None
    is_bytes: bool = False


class Hole(Node, frozen=True, array_like=True, tag="H", gc=False):
    """A place of a Template filled at run time; `spec` is its format spec or %-type ("d", ".2f"), "" when none."""

    value: Expression
    conversion: str = ""
    spec: str = ""


class Template(Node, frozen=True, array_like=True, tag="T", gc=False):
    """A string built from parts: f-string, `%`, `.format`, `+` with a string, `"x".join([...])`.

    `style` is one of "f", "%", "format", "+", "join", "t".
    """

    parts: tuple[Constant | Hole, ...]
    style: str = "f"


class Subscript(Node, frozen=True, array_like=True, tag="S", gc=False):
    value: Expression
    index: Expression


class Slice(Node, frozen=True, array_like=True, tag="sl", gc=False):
    lower: Expression | None = None
    upper: Expression | None = None
    step: Expression | None = None


class Await(Node, frozen=True, array_like=True, tag="W", gc=False):
    value: Expression


class Yield(Node, frozen=True, array_like=True, tag="Y", gc=False):
    value: Expression | None = None
    delegated: bool = False


class Collection(Node, frozen=True, array_like=True, tag="L", gc=False):
    """A list, tuple or set display; `kind` is "list", "tuple" or "set"."""

    kind: str
    items: tuple[Expression, ...] = ()


class Dictionary(Node, frozen=True, array_like=True, tag="D", gc=False):
    """A dict display; a key of None stands for `**value`."""

    keys: tuple[Expression | None, ...] = ()
    values: tuple[Expression, ...] = ()


class Conditional(Node, frozen=True, array_like=True, tag="If", gc=False):
    test: Expression
    body: Expression
    orelse: Expression


class Boolean(Node, frozen=True, array_like=True, tag="B", gc=False):
    """`and` / `or` over two or more values, left to right."""

    operator: str
    values: tuple[Expression, ...]


class Not(Node, frozen=True, array_like=True, tag="!", gc=False):
    value: Expression


class Compare(Node, frozen=True, array_like=True, tag="?", gc=False):
    """`left op right op right ...`; operators as Python spells them: "==", "in", "not in", "is", "is not", "<" ..."""

    left: Expression
    operators: tuple[str, ...]
    rights: tuple[Expression, ...]


class Binary(Node, frozen=True, array_like=True, tag="O", gc=False):
    """An arithmetic or bitwise operation that is not known to build a string; operator spelled as in Python."""

    operator: str
    left: Expression
    right: Expression


class Unary(Node, frozen=True, array_like=True, tag="U", gc=False):
    operator: str
    value: Expression


class ComprehensionLoop(Node, frozen=True, array_like=True, tag="cl", gc=False):
    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...] = ()
    is_async: bool = False


class Comprehension(Node, frozen=True, array_like=True, tag="G", gc=False):
    """`kind` is "list", "set", "dict" or "generator"; for a dict `element` is the key and `value` the value."""

    kind: str
    element: Expression
    loops: tuple[ComprehensionLoop, ...]
    value: Expression | None = None


class Lambda(Node, frozen=True, array_like=True, tag="F", gc=False):
    """`function` indexes FileFacts.functions; the body there is one Return."""

    function: int


class Walrus(Node, frozen=True, array_like=True, tag=":=", gc=False):
    target: str
    value: Expression


class Starred(Node, frozen=True, array_like=True, tag="*", gc=False):
    value: Expression


class Unknown(Node, frozen=True, array_like=True, tag="X", gc=False):
    """An opaque value: never "absent" and never "tainted". `inside` keeps the expressions it is made of."""

    reason: str
    inside: tuple[Expression, ...] = ()


Expression = Union[
    Name,
    Attribute,
    Call,
    Constant,
    Template,
    Hole,
    Subscript,
    Slice,
    Await,
    Yield,
    Collection,
    Dictionary,
    Conditional,
    Boolean,
    Not,
    Compare,
    Binary,
    Unary,
    Comprehension,
    Lambda,
    Walrus,
    Starred,
    Unknown,
]

# ---------------------------------------------------------------------------------------------- statements


class Assign(Node, frozen=True, array_like=True, tag="=", gc=False):
    """`a = b = value`; annotated and `type X = ...` too. `value` is None for a bare annotation."""

    targets: tuple[Expression, ...]
    value: Expression | None
    annotation: Expression | None = None


class AugmentedAssign(Node, frozen=True, array_like=True, tag="+=", gc=False):
    target: Expression
    operator: str
    value: Expression


class Evaluate(Node, frozen=True, array_like=True, tag="e", gc=False):
    """An expression statement."""

    value: Expression


class Return(Node, frozen=True, array_like=True, tag="r", gc=False):
    value: Expression | None = None


class Raise(Node, frozen=True, array_like=True, tag="ra", gc=False):
    exception: Expression | None = None
    cause: Expression | None = None


class If(Node, frozen=True, array_like=True, tag="i", gc=False):
    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...] = ()


class For(Node, frozen=True, array_like=True, tag="fo", gc=False):
    target: Expression
    iterable: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...] = ()
    is_async: bool = False


class While(Node, frozen=True, array_like=True, tag="wh", gc=False):
    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...] = ()


class Handler(Node, frozen=True, array_like=True, tag="h", gc=False):
    """One `except` clause; `at` is the `except` keyword. `types` is None for a bare except."""

    types: Expression | None
    name: str | None
    body: tuple[Statement, ...]
    is_group: bool = False


class Try(Node, frozen=True, array_like=True, tag="t", gc=False):
    body: tuple[Statement, ...]
    handlers: tuple[Handler, ...] = ()
    orelse: tuple[Statement, ...] = ()
    final: tuple[Statement, ...] = ()


class WithItem(Node, frozen=True, array_like=True, tag="wi", gc=False):
    context: Expression
    target: Expression | None = None


class With(Node, frozen=True, array_like=True, tag="w", gc=False):
    items: tuple[WithItem, ...]
    body: tuple[Statement, ...]
    is_async: bool = False


class MatchCase(Node, frozen=True, array_like=True, tag="mc", gc=False):
    """One `case`. `constants` holds the literal alternatives when the pattern is only literals; `captures` the names it
    binds; `is_wildcard` tells `case _:` or a bare capture without a guard."""

    constants: tuple[Constant, ...]
    captures: tuple[str, ...]
    is_wildcard: bool
    guard: Expression | None
    body: tuple[Statement, ...]
    classes: tuple[Expression, ...] = ()


class Match(Node, frozen=True, array_like=True, tag="m", gc=False):
    subject: Expression
    cases: tuple[MatchCase, ...]


class Define(Node, frozen=True, array_like=True, tag="d", gc=False):
    """A nested or top-level `def`; indexes FileFacts.functions."""

    function: int


class DefineClass(Node, frozen=True, array_like=True, tag="dc", gc=False):
    """A `class`; indexes FileFacts.classes."""

    class_: int


class ImportedName(Node, frozen=True, array_like=True, tag="in", gc=False):
    """`import a.b as c` is ("a.b", None, "c"); `from .x import y as z` is ("x", "y", "z"); star has name "*"."""

    module: str
    name: str | None
    alias: str | None


class Import(Node, frozen=True, array_like=True, tag="im", gc=False):
    """`level` counts the leading dots; `is_from` tells the two forms apart."""

    names: tuple[ImportedName, ...]
    level: int = 0
    is_from: bool = False


class Delete(Node, frozen=True, array_like=True, tag="de", gc=False):
    targets: tuple[Expression, ...]


class Scope(Node, frozen=True, array_like=True, tag="sc", gc=False):
    """`global` or `nonlocal` (`kind`)."""

    kind: str
    names: tuple[str, ...]


class Assert(Node, frozen=True, array_like=True, tag="as", gc=False):
    test: Expression


class Jump(Node, frozen=True, array_like=True, tag="j", gc=False):
    """`break`, `continue` or `pass` (`kind`)."""

    kind: str


Statement = Union[
    Assign,
    AugmentedAssign,
    Evaluate,
    Return,
    Raise,
    If,
    For,
    While,
    Try,
    With,
    Match,
    Define,
    DefineClass,
    Import,
    Delete,
    Scope,
    Assert,
    Jump,
]

# --------------------------------------------------------------------------------------------- definitions


class Parameter(Node, frozen=True, array_like=True, tag="p", gc=False):
    """`kind` is "positional" (before /), "plain", "star" (*args), "keyword" (after *) or "starstar" (**kwargs)."""

    name: str
    kind: str
    annotation: Expression | None = None
    default: Expression | None = None


class Function(Node, frozen=True, array_like=True, tag="fn", gc=False):
    """A def or lambda. `at` is the `def`/`async`/`lambda` keyword, `end` the end of the body, `name_at` the name.

    `parent` is the index of the enclosing function and `owner` of the class whose body holds it directly, -1 for none.
    `qualname` is as in Python, "Class.method" or "outer.<locals>.inner".
    """

    name: str
    qualname: str
    name_at: int
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expression, ...]
    returns: Expression | None
    body: tuple[Statement, ...]
    parent: int
    owner: int
    is_async: bool
    is_generator: bool


class Class(Node, frozen=True, array_like=True, tag="cs", gc=False):
    """A class. `bases` are the positional base expressions, `keywords` the named ones (metaclass=...)."""

    name: str
    qualname: str
    name_at: int
    bases: tuple[Argument, ...]
    decorators: tuple[Expression, ...]
    body: tuple[Statement, ...]
    parent: int
    owner: int


class Comment(Node, frozen=True, array_like=True, tag="co", gc=False):
    """A comment that mentions cachelint. `text` starts at the "#"; `alone` when nothing else is on its line."""

    text: str
    line: int
    alone: bool


class FileFacts(msgspec.Struct, frozen=True, array_like=True):
    """All of one file. Functions and classes are flat lists; statements refer to them by index."""

    line_starts: tuple[int, ...]
    body: tuple[Statement, ...]
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    comments: tuple[Comment, ...]

    def location(self, offset: int) -> tuple[int, int]:
        """The 1-based (line, column) of a character offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1
