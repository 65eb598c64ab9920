"""One file's bytes -> plain facts. Importing this is cheap: libcst is loaded by the first `extract`."""

from __future__ import annotations

from cachelint.facts.codec import decode, encode
from cachelint.facts.errors import FactsError
from cachelint.facts.gate import is_template, may_matter
from cachelint.facts.model import FileFacts

__all__ = ["FactsError", "decode", "encode", "extract", "is_template", "may_matter"]


def extract(data: bytes) -> FileFacts:
    """Lower the bytes of one Python file to facts; raises FactsError and nothing else."""
    from cachelint.facts.extractor import extract_facts

    return extract_facts(data)
