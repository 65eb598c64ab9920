"""The lines of source files, as reports quote them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def source_of(project: Path, replaced: Mapping[str, bytes | None]) -> Callable[[str], Sequence[str]]:
    """A function that gives the lines of a project-relative path, `replaced` contents going before the disk's."""
    known = {path: _lines(content or b"") for path, content in replaced.items()}

    def lines(path: str) -> Sequence[str]:
        if path not in known:
            known[path] = lines_of(project / path)
        return known[path]

    return lines


def lines_of(path: Path) -> list[str]:
    """The lines of a file as Python counts them; none when it cannot be read."""
    try:
        return _lines(path.read_bytes())
    except OSError:
        return []


def _lines(data: bytes) -> list[str]:
    declared = re.search(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", b"\n".join(data.splitlines()[:2]), re.MULTILINE)
    encoding = declared[1].decode("ascii", "replace") if declared else "utf-8"
    try:
        text = data.decode(encoding, "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    # Python counts a line at these ends only; splitlines() knows more of them.
    return re.split(r"\r\n|\r|\n", text.removeprefix("\N{BYTE ORDER MARK}"))
