"""What one file lowers to: shapes of expressions, statements and definitions, and exact places."""

# ruff: noqa: E501 (tables read better with one case a line)

from __future__ import annotations

import subprocess
import sys
import threading

import msgspec
import pytest

from cachelint.facts import FactsError, decode, encode, extract, may_matter
from cachelint.facts.model import Expression, FileFacts, Node


def shape(value: object) -> object:
    """A fact without its places: a name as text, a constant as its value, everything else as (kind, fields...)."""
    if isinstance(value, tuple):
        return [shape(item) for item in value]
    if not isinstance(value, Node):
        return value
    fields = {name: getattr(value, name) for name in value.__struct_fields__ if name not in ("at", "end")}
    kind = type(value).__name__
    if kind == "Name":
        return fields["id"]
    if kind == "Constant":
        return ("K", fields["value"], *(["bytes"] if fields["is_bytes"] else []))
    if kind == "Argument" and not fields["keyword"] and not fields["star"]:
        return shape(fields["value"])
    return (kind, *(shape(item) for item in fields.values()))


def lowered(source: str) -> FileFacts:
    """The facts of a source that must survive the store."""
    facts = extract(source.encode())
    assert decode(encode(facts)) == facts
    return facts


def expression(source: str) -> Expression:
    statement = lowered(f"_ = {source}\n").body[0]
    return statement.value  # type: ignore[union-attr,return-value]


def hole(value: object, conversion: str = "", spec: str = "") -> tuple[object, ...]:
    return ("Hole", value, conversion, spec)


def template(style: str, *parts: object) -> tuple[object, ...]:
    return ("Template", list(parts), style)


A, B = ("K", "a"), ("K", "b")

EXPRESSIONS = [
    ("x", "x"),
    ("(x)", "x"),
    ("None", ("K", None)),
    ("True", ("K", True)),
    ("0x_1f", ("K", 31)),
    ("1_0.5", ("K", 10.5)),
    ("2**63", ("Binary", "**", ("K", 2), ("K", 63))),
    (str(2**63), ("Unknown", "big number", [])),
    ("9" * 5000, ("Unknown", "big number", [])),
    ("1j", ("Unknown", "complex number", [])),
    ("...", ("Unknown", "ellipsis", [])),
    ("-1", ("Unary", "-", ("K", 1))),
    ("not x", ("Not", "x")),
    ("a.b.c", ("Attribute", ("Attribute", "a", "b"), "c")),
    ("f(x, *y, k=1, **z)", ("Call", "f", ["x", ("Argument", "y", None, 1), ("Argument", ("K", 1), "k", 0),
                                         ("Argument", "z", None, 2)])),
    ("a[1]", ("Subscript", "a", ("K", 1))),
    ("a[1,]", ("Subscript", "a", ("Collection", "tuple", [("K", 1)]))),
    ("a[x:y, *z]", ("Subscript", "a", ("Collection", "tuple", [("Slice", "x", "y", None), ("Starred", "z")]))),
    ("a[::2]", ("Subscript", "a", ("Slice", None, None, ("K", 2)))),
    ("[1, *x]", ("Collection", "list", [("K", 1), ("Starred", "x")])),
    ("1, 2", ("Collection", "tuple", [("K", 1), ("K", 2)])),
    ("()", ("Collection", "tuple", [])),
    ("{x, y}", ("Collection", "set", ["x", "y"])),
    ("{'a': 1, **x}", ("Dictionary", [A, None], [("K", 1), "x"])),
    ("x if y else z", ("Conditional", "y", "x", "z")),
    ("a or b or c", ("Boolean", "or", ["a", "b", "c"])),
    ("a and b or c", ("Boolean", "or", [("Boolean", "and", ["a", "b"]), "c"])),
    ("a < b not in c is not d", ("Compare", "a", ["<", "not in", "is not"], ["b", "c", "d"])),
    ("a + b * c", ("Binary", "+", "a", ("Binary", "*", "b", "c"))),
    ("a - b + c", ("Binary", "+", ("Binary", "-", "a", "b"), "c")),
    ("[a] + [b]", ("Binary", "+", ("Collection", "list", ["a"]), ("Collection", "list", ["b"]))),
    ("(y := f())", ("Walrus", "y", ("Call", "f", []))),
    ("[x for x in y if z if w for k in x]",
     ("Comprehension", "list", "x", [("ComprehensionLoop", "x", "y", ["z", "w"], False),
                                     ("ComprehensionLoop", "k", "x", [], False)], None)),
    ("{k: v for k, v in y}",
     ("Comprehension", "dict", "k",
      [("ComprehensionLoop", ("Collection", "tuple", ["k", "v"]), "y", [], False)], "v")),
    ("{x for x in y}", ("Comprehension", "set", "x", [("ComprehensionLoop", "x", "y", [], False)], None)),
    ("f(x for x in y)",
     ("Call", "f", [("Comprehension", "generator", "x", [("ComprehensionLoop", "x", "y", [], False)], None)])),
    ("lambda: 1", ("Lambda", 0)),
]  # fmt: skip

STRINGS = [
    ("'a' \"b\"", ("K", "ab")),
    ("('a'\n  'b')", ("K", "ab")),
    (r"'\x41\n\N{BULLET}\u20ac\101\
'", ("K", "A\n\u2022\u20acA")),
    (r"r'\n'", ("K", "\\n")),
    (r"'\q'", ("K", "\\q")),
    (r"'\N{no such name}'", ("Unknown", "string escape", [])),
    (r"'\ud800'", ("Unknown", "lone surrogate", [])),
    (r"b'\xff\N'", ("K", "\xff\\N", "bytes")),
    ("b'a' b'b'", ("K", "ab", "bytes")),
    ("'" + "x" * 2001 + "'", ("Unknown", "long string", [])),
    ("'''a\n\"b'''", ("K", 'a\n"b')),
    ("f'a'", A),
    ("f'a{x}'", template("f", A, hole("x"))),
    ("rf'\\d{x}'", template("f", ("K", "\\d"), hole("x"))),
    ("f'{x!r:>{w}}'", template("f", hole("x", "r", ">{w}"))),
    ("f'{{{x}}}'", template("f", ("K", "{"), hole("x"), ("K", "}"))),
    ("f'{x=}'", template("f", ("K", "x="), hole("x", "r"))),
    ("f'{x=:d}'", template("f", ("K", "x="), hole("x", "", "d"))),
    ("'a' f'b{x}' 'c'", template("f", ("K", "ab"), hole("x"), ("K", "c"))),
    ("f'{f\"{x}\"}'", template("f", hole(template("f", hole("x"))))),
    ("t'a{x}'", template("t", A, hole("x"))),
    ("t'a'", ("Unknown", "template string", [])),
    ("'a%s' % x", template("%", A, hole("x", "", "s"))),
    ("'a%s:%-5.2f%%' % (x, y)", template("%", A, hole("x", "", "s"), ("K", ":"), hole("y", "", "-5.2f"), ("K", "%"))),
    ("'%s%s' % x", template("%", hole(("Subscript", "x", ("K", 0)), "", "s"),
                            hole(("Subscript", "x", ("K", 1)), "", "s"))),
    ("'%(k)s' % x", template("%", hole(("Subscript", "x", ("K", "k")), "", "s"))),
    ("'%(k)r' % {'k': v}", template("%", hole("v", "r"))),
    ("'%s' % (x, *y)", template("%", hole("x", "", "s"))),
    ("'%s%s' % (x, *y)", template("%", hole("x", "", "s"), hole(
        ("Unknown", "format value", [("Collection", "tuple", ["x", ("Starred", "y")])]), "", "s"))),
    ("'%*d' % (w, x)", ("Binary", "%", ("K", "%*d"), ("Collection", "tuple", ["w", "x"]))),
    ("x % y", ("Binary", "%", "x", "y")),
    ("b'a%s' % x", template("%", ("K", "a", "bytes"), hole("x", "", "s"))),
    ("'a{}{}'.format(x, y)", template("format", A, hole("x"), hole("y"))),
    ("'{1}{0!r:>4}{k}'.format(x, y, k=z)", template("format", hole("y"), hole("x", "r", ">4"), hole("z"))),
    ("'{0.b[c][1]}'.format(x)", template("format", hole(
        ("Subscript", ("Subscript", ("Attribute", "x", "b"), ("K", "c")), ("K", 1))))),
    ("'{}{}'.format(x)", template("format", hole("x"), hole(("Unknown", "format field", [])))),
    ("'{k}'.format(**x)", template("format", hole(("Subscript", "x", ("K", "k"))))),
    ("'{}'.format(*x)", template("format", hole(("Unknown", "format field", ["x"])))),
    ("'{'.format(x)", ("Call", ("Attribute", ("K", "{"), "format"), ["x"])),
    ("s.format(x)", ("Call", ("Attribute", "s", "format"), ["x"])),
    ("'a' + x", template("+", A, hole("x"))),
    ("x + y + 'a' + 'b' + f'{z}'", template("+", hole("x"), hole("y"), ("K", "ab"), hole("z"))),
    ("'a' + (x + y)", template("+", A, hole(("Binary", "+", "x", "y")))),
    ("'a' + 'b'", ("K", "ab")),
    ("'a%s' % x + 'b'", template("+", A, hole("x", "", "s"), B)),
    ("'-'.join([x, 'a', y])", template("join", hole("x"), ("K", "-a-"), hole("y"))),
    ("''.join((x, y))", template("join", hole("x"), hole("y"))),
    ("'-'.join([*x])", ("Call", ("Attribute", ("K", "-"), "join"), [("Collection", "list", [("Starred", "x")])])),
    ("'-'.join(x)", ("Call", ("Attribute", ("K", "-"), "join"), ["x"])),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), EXPRESSIONS + STRINGS, ids=lambda value: str(value)[:40])
def test_expression_shape(source: str, expected: object) -> None:
    assert shape(expression(source)) == expected


STATEMENTS = [
    ("a = b = 1", ("Assign", ["a", "b"], ("K", 1), None)),
    ("a: int", ("Assign", ["a"], None, "int")),
    ("a: int = 1", ("Assign", ["a"], ("K", 1), "int")),
    ("type X[T: int, *U, **P] = list[T]", ("Assign", ["X"], ("Subscript", "list", "T"), None)),
    ("a **= 2", ("AugmentedAssign", "a", "**", ("K", 2))),
    ("print(x)", ("Evaluate", ("Call", "print", ["x"]))),
    ("raise A from b", ("Raise", "A", "b")),
    ("raise", ("Raise", None, None)),
    ("if a: b\nelif c: d\nelse: e", ("If", "a", [("Evaluate", "b")],
                                     [("If", "c", [("Evaluate", "d")], [("Evaluate", "e")])])),
    ("for a, b in c:\n  break\nelse:\n  d", ("For", ("Collection", "tuple", ["a", "b"]), "c", [("Jump", "break")],
                                            [("Evaluate", "d")], False)),
    ("while a:\n  continue", ("While", "a", [("Jump", "continue")], [])),
    ("try:\n a\nexcept (A, B) as e:\n b\nexcept: c\nelse:\n d\nfinally:\n f",
     ("Try", [("Evaluate", "a")],
      [("Handler", ("Collection", "tuple", ["A", "B"]), "e", [("Evaluate", "b")], False),
       ("Handler", None, None, [("Evaluate", "c")], False)], [("Evaluate", "d")], [("Evaluate", "f")])),
    ("try: a\nexcept* A: b", ("Try", [("Evaluate", "a")], [("Handler", "A", None, [("Evaluate", "b")], True)], [], [])),
    ("with a as b, c: pass", ("With", [("WithItem", "a", "b"), ("WithItem", "c", None)], [("Jump", "pass")], False)),
    ("with (a as b, c,): pass", ("With", [("WithItem", "a", "b"), ("WithItem", "c", None)], [("Jump", "pass")], False)),
    ("import a.b as c, d", ("Import", [("ImportedName", "a.b", None, "c"), ("ImportedName", "d", None, None)], 0, False)),
    ("from ..x.y import (z as w, k)", ("Import", [("ImportedName", "x.y", "z", "w"), ("ImportedName", "x.y", "k", None)],
                                       2, True)),
    ("from . import *", ("Import", [("ImportedName", "", "*", None)], 1, True)),
    ("del a, b.c", ("Delete", ["a", ("Attribute", "b", "c")])),
    ("global a, b", ("Scope", "global", ["a", "b"])),
    ("assert a, b", ("Assert", "a")),
    ("match a:\n case 1 | -2 | 'a' | None: pass", ("Match", "a", [
        ("MatchCase", [("K", 1), ("K", -2), A, ("K", None)], [], False, None, [("Jump", "pass")], [])])),
    ("match a:\n case _: pass", ("Match", "a", [("MatchCase", [], [], True, None, [("Jump", "pass")], [])])),
    ("match a:\n case x if y: pass", ("Match", "a", [("MatchCase", [], ["x"], False, "y", [("Jump", "pass")], [])])),
    ("match a:\n case {'k': [x, *r], **m}: pass", ("Match", "a", [
        ("MatchCase", [], ["m", "x", "r"], False, None, [("Jump", "pass")], [])])),
    ("match a:\n case b.C(1, k=D()) as x: pass", ("Match", "a", [
        ("MatchCase", [], ["x"], False, None, [("Jump", "pass")], [("Attribute", "b", "C"), "D"])])),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), STATEMENTS)
def test_statement_shape(source: str, expected: object) -> None:
    assert [shape(item) for item in lowered(source).body] == [expected]


INSIDE_FUNCTIONS = [
    ("return", ("Return", None)),
    ("return x", ("Return", "x")),
    ("nonlocal x", ("Scope", "nonlocal", ["x"])),
    ("await x", ("Evaluate", ("Await", "x"))),
    ("x = yield y", ("Assign", ["x"], ("Yield", "y", False), None)),
    ("yield from y", ("Evaluate", ("Yield", "y", True))),
    ("async for a in b: pass", ("For", "a", "b", [("Jump", "pass")], [], True)),
    ("async with a: pass", ("With", [("WithItem", "a", None)], [("Jump", "pass")], True)),
]


@pytest.mark.parametrize(("source", "expected"), INSIDE_FUNCTIONS)
def test_statement_in_function(source: str, expected: object) -> None:
    (function,) = lowered(f"async def f():\n    {source}\n").functions
    assert [shape(item) for item in function.body] == [expected]
    assert function.is_generator == ("yield" in source)


def test_definitions() -> None:
    facts = lowered(
        "@route('/x')\n"
        "class A(B, metaclass=M):\n"
        "    @property\n"
        "    async def f(self, a, /, b: int = 1, *args, c=lambda: 2, **kw) -> str:\n"
        "        def g(): yield 1\n"
        "        class C:\n"
        "            def h(self): pass\n"
    )
    functions = {item.qualname: (index, item) for index, item in enumerate(facts.functions)}
    assert set(functions) == {"A.f", "A.<lambda>", "A.f.<locals>.g", "A.f.<locals>.C.h"}
    index, f = functions["A.f"]
    assert (f.is_async, f.is_generator, f.parent, f.owner) == (True, False, -1, 0)
    assert [shape(item) for item in f.decorators] == ["property"]
    assert [(item.name, item.kind) for item in f.parameters] == [
        ("self", "positional"),
        ("a", "positional"),
        ("b", "plain"),
        ("args", "star"),
        ("c", "keyword"),
        ("kw", "starstar"),
    ]
    assert shape(f.parameters[2]) == ("Parameter", "b", "plain", "int", ("K", 1))
    g, h = functions["A.f.<locals>.g"][1], functions["A.f.<locals>.C.h"][1]
    assert (g.parent, g.owner, g.is_generator) == (index, -1, True)
    assert (h.parent, h.owner) == (index, 1)
    a, c = facts.classes
    assert shape(a.bases) == ["B", ("Argument", "M", "metaclass", 0)]
    assert (a.qualname, a.parent, a.owner) == ("A", -1, -1)
    assert (c.qualname, c.parent, c.owner) == ("A.f.<locals>.C", index, -1)


def test_global_function_keeps_its_plain_qualname() -> None:
    facts = lowered("def f():\n    global g\n    def g(): pass\n")
    assert [item.qualname for item in facts.functions] == ["f", "g"]


ANNOTATIONS = [
    ("'User'", "User"),
    ("Optional['User']", ("Subscript", "Optional", "User")),
    ("'a.B' | None", ("Binary", "|", ("Attribute", "a", "B"), ("K", None))),
    ("Literal['a']", ("Subscript", "Literal", A)),
    ("'Literal[\"a\"]'", ("Subscript", "Literal", A)),
    ("Annotated['User', 'a']", ("Subscript", "Annotated", ("Collection", "tuple", ["User", A]))),
    (
        "Callable[['A'], 'B']",
        ("Subscript", "Callable", ("Collection", "tuple", [("Collection", "list", ["A"]), "B"])),
    ),
    ("'not a type'", ("Unknown", "string annotation", [])),
    ("'('", ("Unknown", "string annotation", [])),
    ("''", ("Unknown", "string annotation", [])),
]


@pytest.mark.parametrize(("source", "expected"), ANNOTATIONS)
def test_annotation(source: str, expected: object) -> None:
    facts = lowered(f"def f(x: {source}) -> {source}: pass\ny: {source}\n")
    (function,) = facts.functions
    assert shape(function.parameters[0].annotation) == expected
    assert shape(function.returns) == expected
    assert shape(facts.body[1].annotation) == expected  # type: ignore[union-attr]


def text_of(source: str, node: Node) -> str:
    return source[node.at : node.end]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_spans(newline: str, bom: str) -> None:
    source = "if x:\n\t(  a . b )  # c\n\ty = f( x ,\n  'é\U0001f600' ) ; z = 1 ;\nw = 2\n".replace("\n", newline)
    facts = extract((bom + source).encode())
    branch, last = facts.body
    attribute, call, assign = branch.body  # type: ignore[union-attr]
    assert text_of(source, attribute.value) == "a . b"
    assert text_of(source, call.value) == f"f( x ,{newline}  'é\U0001f600' )"
    assert [text_of(source, item) for item in call.value.arguments] == ["x", "'é\U0001f600'"]
    assert (text_of(source, assign), text_of(source, last)) == ("z = 1", "w = 2")
    assert facts.location(call.value.arguments[1].at) == (4, 3)
    assert facts.location(assign.at) == (4, 12)
    assert facts.location(last.at) == (5, 1)


def test_spans_of_definitions_and_templates() -> None:
    source = "@d\nasync def f(x: int = 1, *a):\n    return f'k{ x }e{y}' % z\n\n\nclass A: pass\n"
    facts = lowered(source)
    (f,), (a,) = facts.functions, facts.classes
    assert text_of(source, f).startswith("async def")
    assert text_of(source, f).endswith("% z")
    assert source[f.name_at] == "f"
    assert source[a.name_at :].startswith("A:")
    assert [text_of(source, item) for item in f.parameters] == ["x: int = 1", "*a"]
    template = f.body[0].value.left  # type: ignore[union-attr]
    assert [text_of(source, item) for item in template.parts] == ["k", "x", "e", "y"]


@pytest.mark.parametrize("source", ["a = 1\n\x0cb = 2\nc = 3", "def f():\n    a\n\x0c\n\n\x0c    b\nc = 3\n"])
def test_form_feeds_do_not_move_places(source: str) -> None:
    facts = extract(source.encode())
    assert text_of(source, facts.body[-1]) == "c = 3"


def test_whitespace_that_libcst_forgets() -> None:
    source = "try: a\nexcept (A) :\n  b\n"
    handler = lowered(source).body[0].handlers[0]  # type: ignore[union-attr]
    assert text_of(source, handler.body[0]) == "b"


@pytest.mark.parametrize("source", ["a=1\rb=2\r", "a=1\nb=2", "a=1\r\nb=2\r\n", "\n\n", "", "# only\n", "a\n\\\n\nb=2"])
def test_line_starts(source: str) -> None:
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    facts = extract(source.encode())
    assert len(facts.line_starts) == len(lines)


def test_lines_end_only_where_python_ends_them() -> None:
    facts = lowered("a = '\u2028\x85'\nb = 1 \x0c\n")
    assert facts.location(facts.body[1].at) == (2, 1)


def test_comments() -> None:
    facts = lowered(
        "# cachelint: ignore\n"
        "x = '# cachelint: no'  # cachelint: ignore[a] why\n"
        "y = f'# cachelint'  # other\n"
        "if x:\n"
        "    pass\n"
        "    # cachelint: off\n"
        "f(\n"
        "    # cachelint: in\n"
        ")\n"
    )
    assert [(item.text, item.line, item.alone) for item in facts.comments] == [
        ("# cachelint: ignore", 1, True),
        ("# cachelint: ignore[a] why", 2, False),
        ("# cachelint: off", 6, True),
        ("# cachelint: in", 8, True),
    ]


ENCODED = [
    ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "é"),
    ("#!/bin/x\n# -*- coding: cp1252 -*-\nx = '€'\n".encode("cp1252"), "€"),
    ("\ufeff# coding: utf8\nx = 'é'\n".encode(), "é"),
    ("x = 'é'\n# coding: latin-1\n".encode(), "é"),
]


@pytest.mark.parametrize(("data", "expected"), ENCODED)
def test_encoding(data: bytes, expected: str) -> None:
    assert extract(data).body[0].value.value == expected  # type: ignore[union-attr]


REFUSED = [
    (b"x = 1\ny = 'a\0'\n", (2, 7), "null byte"),
    (b"# coding: klingon\n", (1, 1), "klingon"),
    (b"\n# coding: rot13\n", (2, 1), "rot13"),
    (b"# coding: utf-16\n", (1, 1), "utf-16"),
    (b"x = 1\ny = '\xff'\n", (2, 6), "utf-8"),
    ("\ufeff# coding: latin-1\n".encode(), (1, 1), "byte order mark"),
    (b"a = 1\nb = (]\n", (2, 6), "does not match"),
    (b"a = 1\nprint 'x'\n", (2, 1), ""),
    (b"a\n\\\n", (2, None), ""),
    (b"x = b'a' 'b'\n", (1, None), ""),
    (b"x = " + b"(" * 5000 + b")" * 5000, (1, None), "nested too deeply"),
    (b"x = " + b"a+" * 20000 + b"a", (1, None), "nested too deeply"),
    (b"x = " + b"not " * 20000 + b"a", (1, None), "nested too deeply"),
    (b"x = a" + b".b" * 20000, (1, None), "nested too deeply"),
    (b"x = a" + b"()" * 20000, (1, None), "nested too deeply"),
    (b"x = a" + b" and a" * 20000, (1, None), "nested too deeply"),
    (b"x = " + b"'a'" * 20000, (1, None), "nested too deeply"),
    (b"x = " + b'f"{' * 3000 + b"1" + b'}"' * 3000, (1, None), "nested too deeply"),
    (b"if a: b\n" + b"elif a: b\n" * 20000, (None, 1), "nested too deeply"),
    (b"match a:\n case " + b"[" * 60 + b"]" * 60 + b": pass", (2, None), "nested too deeply"),
    (b"del " + b"(" * 60 + b"a" + b",)" * 60, (1, None), "nested too deeply"),
    (b"".join(b" " * n + b"if a:\n" for n in range(300)) + b" " * 300 + b"a\n", (None, None), "indentation"),
]


@pytest.mark.parametrize(("data", "place", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_refused(data: bytes, place: tuple[int | None, int | None], words: str) -> None:
    with pytest.raises(FactsError) as caught:
        extract(data)
    error = caught.value
    assert words in error.message
    assert place[0] in (None, error.line)
    assert place[1] in (None, error.column)
    assert error.args == (error.message, error.line, error.column)


ACCEPTED = {
    "300 pieces of text": "x = " + " + ".join(f"'k{n}' + v" for n in range(150)),
    "300 operands": "x = " + " | ".join(["q"] * 300),
    "thousands of items": "x = {" + ", ".join(f"'k{n}': [{n}, (n, 'a' + b)]" for n in range(5000)) + "}",
    "20 levels of brackets": "x = " + "[{'a': (" * 20 + "1" + ",)}]" * 20,
    "150 brackets": "x = " + "f(" * 150 + "1" + ")" * 150,
    "500 elifs": "if a: b\n" + "elif a: b\n" * 500,
    "a fluent chain": "x = q" + ".filter(a=1)" * 90,
    "many strings": "x = (" + "'a'\n" * 1000 + ")",
    "80 levels of if": "".join(" " * n + "if a:\n" for n in range(80)) + " " * 80 + "a\n",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_large_but_ordinary(name: str) -> None:
    limit, size, threads = sys.getrecursionlimit(), threading.stack_size(), threading.active_count()
    facts = lowered(ACCEPTED[name] + "\n")
    assert len(facts.body) == 1
    assert (sys.getrecursionlimit(), threading.stack_size(), threading.active_count()) == (
        limit,
        size,
        threads,
    )


def test_long_concatenation_is_one_template() -> None:
    value = expression(" + ".join(f"'k{n}' + v" for n in range(150)))
    assert len(value.parts) == 300  # type: ignore[union-attr]


def test_long_display_is_cut_and_says_so() -> None:
    items = expression("[" + "1," * 2500 + "]").items  # type: ignore[union-attr]
    assert len(items) == 2001
    assert shape(items[-1]) == ("Unknown", "long display", [])


GATE = [
    (b"", False),
    (b"\n# comment\n", False),
    (b'"""Docs."""\n', False),
    (b"'''it's''' # x\n\n'a'\npass\n", False),
    (b"#" * 5000 + b"\n" + b"# " * 5000, False),
    (b"#" * 5000 + b"\nx", True),
    (b"# cachelint: ignore\n", True),
    (b"import a", True),
    (b"x = 1", True),
    (b"passive()", True),
    (b'"""a""" + f()', True),
    (b"\0", True),
    (b"'unterminated", True),
]


@pytest.mark.parametrize(("data", "expected"), GATE)
def test_gate(data: bytes, expected: bool) -> None:
    assert may_matter(data) is expected


@pytest.mark.parametrize("data", [b"", b"junk", b"\xc1", msgspec.msgpack.encode([1, 2]), b"\x91" * 100_000])
def test_decode_refuses_junk(data: bytes) -> None:
    with pytest.raises(ValueError, match="not the facts"):
        decode(data)


def test_reading_facts_does_not_import_libcst() -> None:
    program = (
        "import sys; import cachelint.facts as f; f.may_matter(b''); "
        "sys.exit('libcst' in sys.modules)"
    )  # fmt: skip
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_work_on_a_deep_file_ends_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading
    import time

    from cachelint.facts import extractor, gather

    def endless(text: str) -> FileFacts:
        while True:
            time.sleep(0.001)
            sum(range(10_000))

    monkeypatch.setattr(extractor, "check_nesting", lambda text: True)
    monkeypatch.setattr(extractor, "_lower", endless)
    result = gather.gather_one(gather.Request("a.py", "", b"x = 1\n"), gather.Limits(100, 0.1))
    assert result.error is not None
    assert "time-budget" in result.error.message
    assert "cachelint-deep" not in {thread.name for thread in threading.enumerate()}


def test_a_file_that_would_fill_the_memory_is_not_parsed() -> None:
    for text in ("L = [" + "1," * 300_000 + "]\n", "f'" + "{a}" * 200_000 + "'\n", "match x:\n" + CASES * 300):
        with pytest.raises(FactsError, match=r"too many brackets|nested too deeply"):
            extract(text.encode())


CASES = " case " + "{1: " * 7 + "x" + "}" * 7 + ": pass\n"
