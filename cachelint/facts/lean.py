"""Importing libcst without what is for people who use its nodes: a third of its import, where nobody else does.

Of each of its two hundred classes of nodes Python would make methods that compare, print and guard, which take longest
to make, and which nothing here calls. For processes of our own only, and for those in which libcst was not imported.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import sys
from collections.abc import Iterator
from typing import Any

_PARSER = "libcst"


def import_parser() -> None:
    """Import libcst. Raises ImportError where it cannot be imported at all."""
    if _PARSER in sys.modules:
        return
    try:
        with _bare_dataclasses():
            importlib.import_module(_PARSER)
    except Exception:
        # One that is not built like those we know.
        for name in [each for each in sys.modules if each.partition(".")[0] == _PARSER]:
            del sys.modules[name]
        importlib.import_module(_PARSER)


@contextlib.contextmanager
def _bare_dataclasses() -> Iterator[None]:
    """Data classes are made with fields and a way to fill them, and nothing else, in the body."""
    own: Any = dataclasses.dataclass

    def bare(class_: Any = None, /, **options: Any) -> Any:
        return own(class_, **{**options, "repr": False, "eq": False, "frozen": False})

    setattr(dataclasses, own.__name__, bare)
    try:
        yield
    finally:
        setattr(dataclasses, own.__name__, own)
