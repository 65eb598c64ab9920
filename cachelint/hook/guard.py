"""Work under guard: it may take too long, crash or be killed, and the hook still answers.

The work runs in a process of its own where the platform can fork. It cannot be interrupted by a signal in this one,
because the analysis uses the only timer for its limit per file.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

from cachelint.hook.contract import NoVerdictError, Verdict, no_verdict

Work = Callable[[], Verdict]


class TooLongError(NoVerdictError):
    """The work was not done in its time."""


def guarded(work: Work, seconds: float, fail_closed: bool) -> Verdict:
    """The verdict of the work, which may raise. Raises TooLongError, and NoVerdictError when it died."""
    if hasattr(os, "fork"):
        return _in_child(work, seconds, fail_closed)
    return _beside_a_timer(work, seconds, fail_closed)


def _in_child(work: Work, seconds: float, fail_closed: bool) -> Verdict:
    deadline = time.monotonic() + seconds
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing, fail_closed)
    os.close(writing)
    before = signal.signal(signal.SIGTERM, lambda number, frame: _give_up(child))
    try:
        data = _read(reading, deadline)
    finally:
        signal.signal(signal.SIGTERM, before)
        _end(child)
        os.close(reading)
    if data is None:
        raise TooLongError(f"it would have taken longer than {seconds:g} seconds")
    try:
        return Verdict(*json.loads(data))
    except ValueError:
        raise NoVerdictError("internal error: the process that checked it died") from None


def _work(work: Work, writing: int, fail_closed: bool) -> NoReturn:
    """What the child does: nothing but the verdict leaves it, and it never returns into the caller's code."""
    try:
        os.setpgid(0, 0)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        verdict = _tried(work, fail_closed)
        with open(writing, "wb") as stream_:
            stream_.write(json.dumps(verdict).encode())
    finally:
        os._exit(0)


def _tried(work: Work, fail_closed: bool) -> Verdict:
    try:
        return work()
    except NoVerdictError as error:
        return no_verdict(str(error), fail_closed)
    except BaseException as error:
        return no_verdict(f"internal error: {type(error).__name__}: {error}", fail_closed)


def _read(reading: int, deadline: float) -> bytes | None:
    """All that the child writes, None when it is not done in time."""
    parts: list[bytes] = []
    waiting = select.poll()  # select() itself refuses descriptors above 1,023
    waiting.register(reading, select.POLLIN)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            return None
        part = os.read(reading, 65536)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _end(child: int) -> None:
    """End the child and whatever it started."""
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
            break
        except (ProcessLookupError, PermissionError):
            continue  # it has not made its group yet, or is gone
    # Where whoever started us ignores the ends of children, there is nobody to wait for.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _give_up(child: int) -> NoReturn:
    _end(child)
    os._exit(0)


def _beside_a_timer(work: Work, seconds: float, fail_closed: bool) -> Verdict:
    def too_late() -> None:
        verdict = no_verdict(f"it would have taken longer than {seconds:g} seconds", fail_closed)
        sys.stdout.write(verdict.stdout)
        sys.stderr.write(verdict.stderr)
        sys.stdout.flush()
        os._exit(verdict.code)

    timer = threading.Timer(seconds, too_late)
    timer.daemon = True
    timer.start()
    try:
        return _tried(work, fail_closed)
    finally:
        timer.cancel()
