"""Writing a file whole: whoever reads it finds the old content or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_whole(target: Path, data: bytes) -> None:
    """Replace the content of a file, or make it. Raises OSError, and then the file is as it was.

    A link stays a link, a device or pipe is written to, and where only the file and not its folder may be written,
    it is written in place.
    """
    place = Path(os.path.realpath(target))
    if (place.exists() and not place.is_file()) or (place.is_file() and not os.access(place.parent, os.W_OK)):
        target.write_bytes(data)
        return
    beside, name = tempfile.mkstemp(prefix=f".{place.name[:100]}.", suffix=".part", dir=place.parent)
    try:
        with open(beside, "wb") as stream:
            stream.write(data)
        os.chmod(name, _mode(place))
        os.replace(name, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _mode(path: Path) -> int:
    """The permissions a file has, or those a new one is to get."""
    if path.is_file():
        return path.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
