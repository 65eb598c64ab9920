"""What users keep is replaced whole or stays as it was."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from cachelint import writing
from cachelint.writing import write_whole


def test_a_file_is_made_and_replaced(tmp_path):
    write_whole(tmp_path / "new", b"one")
    write_whole(tmp_path / "new", b"two")
    assert (tmp_path / "new").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_permissions_and_links_stay(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"one")
    target.chmod(0o640)
    link.symlink_to("target")
    write_whole(link, b"two")
    assert (link.is_symlink(), target.read_bytes(), target.stat().st_mode & 0o777) == (True, b"two", 0o640)
    umask = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", b"")
    finally:
        os.umask(umask)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640


def test_a_full_disk_leaves_the_old_content(tmp_path, monkeypatch):
    target = tmp_path / "settings.json"
    target.write_bytes(b"precious")

    class Full:
        def __init__(self, *arguments: object) -> None:
            os.close(arguments[0])  # type: ignore[arg-type]

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *arguments: object) -> None:
            pass

        def write(self, data: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "open", Full, raising=False)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, b"new")
    assert (target.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (b"precious", ["settings.json"])


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in the file system")
def test_a_pipe_is_written_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE)
    write_whole(tmp_path / "pipe", b"through")
    assert reader.communicate(timeout=10)[0] == b"through"


@pytest.mark.parametrize("place", ["no/such/folder/x", "folder"])
def test_what_cannot_be_written_is_an_oserror(tmp_path, place):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):  # noqa: PT011 which one differs by platform
        write_whole(tmp_path / place, b"x")


WRITER = """
    import sys, pathlib
    from cachelint.writing import write_whole
    while True:
        for letter in b"ab":
            write_whole(pathlib.Path(sys.argv[1]), bytes([letter]) * 3_000_000)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_killed_writer_leaves_a_whole_file(tmp_path):
    target = tmp_path / "report"
    target.write_bytes(b"")
    for pause in (0.25, 0.27, 0.31):
        with subprocess.Popen([sys.executable, "-c", textwrap.dedent(WRITER), str(target)]) as writer:
            time.sleep(pause)
            writer.send_signal(signal.SIGKILL)
        content = target.read_bytes()
        assert content in (b"", b"a" * 3_000_000, b"b" * 3_000_000)
    assert len(list(Path(tmp_path).glob("*"))) <= 4
