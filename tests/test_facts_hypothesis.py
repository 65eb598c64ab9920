"""Whatever the bytes: facts or a FactsError, and facts survive the store."""

from __future__ import annotations

import ast
import inspect
import textwrap
import warnings
from types import ModuleType

import hypothesis.strategies as st
import msgspec
from hypothesis import HealthCheck, given, settings

from cachelint.facts import FactsError, decode, encode, extract, may_matter
from cachelint.facts.model import FileFacts, Node

STEADY = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def functions_of(*modules: ModuleType) -> list[str]:
    """Sources of the functions of modules written by many hands."""
    return [
        textwrap.dedent(inspect.getsource(f)) for m in modules for _, f in inspect.getmembers(m, inspect.isfunction)
    ]


SOURCES = functions_of(ast, inspect, textwrap, warnings)
WORDS = """
def class if else elif for in while try except finally with as match case async await lambda yield from
import return x y self.a f( ) [ ] { } , : ; . = == + - * ** % @ -> := | "a" 'b' f"{x}" f'{ t" "%s" .join(
.format( 1 0.5 ... # cachelint not and or is del global type None True
""".split()
WORDS += ["\\", "\n", "\n ", "\n  ", "\r", "\r\n", "\t", "\x0c"]


def nodes_of(value: object) -> list[Node]:
    """Every node of some facts."""
    if isinstance(value, tuple):
        return [node for item in value for node in nodes_of(item)]
    if not isinstance(value, msgspec.Struct):
        return []
    inner = [node for name in value.__struct_fields__ for node in nodes_of(getattr(value, name))]
    return [value, *inner] if isinstance(value, Node) else inner


def extracted(data: bytes) -> FileFacts | FactsError:
    try:
        return extract(data)
    except FactsError as error:
        return error


def check(data: bytes) -> FileFacts | None:
    """Extract, and hold the promises that need no knowledge of the source."""
    assert may_matter(data) in (True, False)
    facts = extracted(data)
    if isinstance(facts, FactsError):
        assert min(facts.line, facts.column) >= 1
        assert facts.message
        return None
    assert decode(encode(facts)) == facts
    assert list(facts.line_starts) == sorted(set(facts.line_starts))
    length = len(data.decode("utf-8-sig", "replace")) + 1
    for node in nodes_of((facts.body, facts.functions, facts.classes)):
        assert 0 <= node.at <= node.end <= length
        assert facts.location(node.at) >= (1, 1)
    return facts


@given(st.binary(max_size=200))
@STEADY
def test_any_bytes(data: bytes) -> None:
    check(data)


@given(st.text(max_size=200))
@STEADY
def test_any_text(text: str) -> None:
    check(text.encode("utf-8", "replace"))


@given(st.lists(st.sampled_from(WORDS), max_size=40))
@STEADY
def test_any_words(words: list[str]) -> None:
    check(" ".join(words).encode())


@given(st.sampled_from(SOURCES), st.data())
@STEADY
def test_mutated_sources(source: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(source)))
        end = min(len(source), start + data.draw(st.integers(0, 8)))
        source = source[:start] + data.draw(st.sampled_from(["", *WORDS])) + source[end:]
    check(source.encode())


@given(st.sampled_from(SOURCES), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
@STEADY
def test_places_agree_with_python(source: str, newline: str, marked: bool) -> None:
    facts = check((("\ufeff" if marked else "") + source.replace("\n", newline)).encode())
    assert facts is not None
    places = {facts.location(node.at) for node in nodes_of((facts.body, facts.functions, facts.classes))}
    assert set(_statements(source)) <= places


def _statements(source: str) -> list[tuple[int, int]]:
    lines = source.encode().split(b"\n")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt | ast.Call)]
    simple = [node for node in nodes if not isinstance(node, ast.Call) or isinstance(node.func, ast.Name)]
    return [(node.lineno, len(lines[node.lineno - 1][: node.col_offset].decode()) + 1) for node in simple]


@given(st.binary(max_size=100))
@STEADY
def test_decoding_junk(data: bytes) -> None:
    try:
        decode(data)
    except ValueError:
        return
