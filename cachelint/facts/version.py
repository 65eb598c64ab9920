"""What the facts of a file depend on besides its bytes: the sources of this package, libcst and Python."""

from __future__ import annotations

import functools
import importlib.util
import os
import sys

from cachelint.store import key_of


@functools.cache
def extractor_version() -> bytes:
    """Equal where equal bytes give equal facts. libcst is looked at but not imported."""
    folder = os.path.dirname(__file__)
    sources = [_content(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".py")]
    return key_of(*sources, _parser_version(), sys.version.encode())


def _content(path: str) -> bytes:
    with open(path, "rb", buffering=0) as stream:
        return stream.read()


def _parser_version() -> bytes:
    spec = importlib.util.find_spec("libcst")
    folder = os.path.dirname(spec.origin) if spec and spec.origin else ""
    try:
        return _content(os.path.join(folder, "_version.py"))
    except OSError:
        import libcst

        return repr(getattr(libcst, "LIBCST_VERSION", None) or libcst.__file__).encode()
