"""What the facts of a file depend on besides its bytes: the sources of this package, libcst and Python."""

from __future__ import annotations

import functools
import importlib.util
import sys
from pathlib import Path

from cachelint.store import key_of


@functools.cache
def extractor_version() -> bytes:
    """Equal where equal bytes give equal facts. libcst is looked at but not imported."""
    sources = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    return key_of(*sources, _parser_version(), sys.version.encode())


def _parser_version() -> bytes:
    spec = importlib.util.find_spec("libcst")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    try:
        return (folder / "_version.py").read_bytes()
    except OSError:
        import libcst

        return repr(getattr(libcst, "LIBCST_VERSION", None) or libcst.__file__).encode()
