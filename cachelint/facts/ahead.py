"""The facts of one file worked out beside everything else: libcst is imported in a process of its own meanwhile."""

from __future__ import annotations

import os
import signal

_READ = 65536


class Ahead:
    """Facts on their way. `data` is what they are of; `take` waits for them and gives the bytes that the process wrote,
    None where it did not get that far."""

    def __init__(self, data: bytes, reading: int, process: int) -> None:
        self.data = data
        self._reading, self._process = reading, process

    def take(self) -> bytes | None:
        """The encoded facts; b"" for a file that cannot matter. To be called once."""
        parts = []
        with open(self._reading, "rb") as stream:
            while part := stream.read(_READ):
                parts.append(part)
        _, status = os.waitpid(self._process, 0)
        return b"".join(parts) if status == 0 else None

    def drop(self) -> None:
        """Nobody wants them any more."""
        os.close(self._reading)
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


_running: list[Ahead] = []


def start(data: bytes) -> None:
    """Begin with the facts of these bytes, where another process can be had and a processor is free for it."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        return
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _work(data, writing)
    os.close(writing)
    _running.append(Ahead(data, reading, process))


def taken(data: bytes) -> bytes | None:
    """What `start` was asked for, if it was these bytes and came to an end."""
    for each in _running:
        if each.data == data:
            _running.remove(each)
            return each.take()
    return None


def stop() -> None:
    """End what is still running."""
    while _running:
        _running.pop().drop()


def _work(data: bytes, writing: int) -> None:
    status = 1
    try:
        from cachelint.facts import encode, extract, may_matter

        with open(writing, "wb") as stream:
            stream.write(encode(extract(data)) if may_matter(data) else b"")
        status = 0
    finally:
        # Whatever went wrong is found again, and said, by whoever wanted the facts.
        os._exit(status)
