"""The copies of libcst's nodes: the same trees, and libcst itself untouched."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import libcst
import pytest

from cachelint.facts import nodes
from cachelint.facts.errors import FactsError
from cachelint.facts.extractor import extract_facts

SOURCE = Path(__file__).read_text(encoding="utf-8") + "x = ( [1 , *y][ :: 2 ] , )  # end\n"


def test_a_tree_of_copies_gives_the_source_back():
    module = nodes.parsed_module(SOURCE)
    assert type(module) is not libcst.Module
    assert isinstance(module, nodes.CSTNode)
    assert module.code == SOURCE == libcst.parse_module(SOURCE).code


def test_libcst_keeps_its_own_classes():
    nodes.parsed_module(SOURCE)
    with pytest.raises(nodes.ParserSyntaxError):
        nodes.parsed_module("def (:\n")
    assert sys.modules["libcst"] is libcst
    assert type(libcst.parse_module("x = 1\n").body[0]) is libcst.SimpleStatementLine


def test_nodes_of_a_parser_that_takes_libcsts_classes_are_copied(monkeypatch):
    own = libcst.parse_module(SOURCE)
    monkeypatch.setattr(nodes, "_PARSER", SimpleNamespace(parse_module=lambda text, encoding: own))
    module = nodes.parsed_module(SOURCE)
    assert isinstance(module, nodes.CSTNode)
    assert module.code == SOURCE


def test_text_beside_bytes_is_no_python():
    with pytest.raises(FactsError):
        extract_facts(b'x = "a" b"c"\n')


def test_a_class_that_somebody_derives_from_libcsts_changes_nothing():
    class Own(libcst.Name):
        pass

    assert Own.__name__ not in nodes._Copies().classes
    assert nodes._Copies().classes["Name"].__struct_fields__


def test_a_libcst_that_cannot_be_copied_is_used_as_it_is(monkeypatch):
    def fails():
        raise AttributeError("another libcst")

    assert nodes._stand_in(fails) == (None, libcst)
    assert nodes._stand_in(lambda: SimpleNamespace(classes={"Name": int})) == (None, libcst)
    monkeypatch.setattr(nodes, "_COPIES", None)
    monkeypatch.setattr(nodes, "_STAND_IN", libcst)
    assert type(nodes.parsed_module(SOURCE)) is libcst.Module
    assert sys.modules["libcst"] is libcst
