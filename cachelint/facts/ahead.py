"""Parsing beside everything else: libcst is imported in a process of its own, which then waits for what to parse."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import BinaryIO, NoReturn

_LENGTH = 8
_FACTS, _ERROR = b"F", b"E"


class Ahead:
    """A process that parses. None of its methods raises OSError: a process that has died gives no answer."""

    def __init__(self, asking: BinaryIO, answers: BinaryIO, process: int) -> None:
        self._asking, self._answers, self._process = asking, answers, process
        self._owner = os.getpid()

    @property
    def is_mine(self) -> bool:
        """Whether it works for this process: one that was forked since has the same pipes, and must not use them."""
        return self._owner == os.getpid()

    def ask(self, text: str) -> bytes | None:
        """What the process says of a text: encoded facts or error."""
        try:
            self._asking.write(_framed(text.encode()))
            self._asking.flush()
            return _read(self._answers)
        except OSError:
            return None

    def drop(self) -> None:
        """End the process."""
        # Where whoever started us ignores the ends of children, there is nobody to wait for.
        for end in (self._asking.close, self._answers.close, self._kill, self._wait):
            with contextlib.suppress(OSError):
                end()

    def _kill(self) -> None:
        os.kill(self._process, signal.SIGKILL)

    def _wait(self) -> None:
        os.waitpid(self._process, 0)


_running: list[Ahead] = []


def start() -> None:
    """Begin with the imports, where another process can be had and a processor is free for it."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        return
    (reading, asking), (answers, writing) = os.pipe(), os.pipe()
    process = os.fork()
    if process == 0:
        _work(reading, writing)
    os.close(reading)
    os.close(writing)
    _running.append(Ahead(os.fdopen(asking, "wb"), os.fdopen(answers, "rb"), process))


def is_there() -> bool:
    """Whether a process waits for something to parse."""
    return any(each.is_mine for each in _running)


def encoded(text: str) -> bytes | None:
    """The encoded facts of a text, None where no process is there to make them. Raises FactsError."""
    answer = next((each.ask(text) for each in _running if each.is_mine), None)
    if answer is None:
        return None
    if answer[:1] == _ERROR:
        import msgspec

        from cachelint.facts.errors import FactsError

        raise FactsError(*msgspec.msgpack.decode(answer[1:], type=tuple[str, int, int]))
    return answer[1:]


def stop() -> None:
    """End what is still running."""
    while _running:
        _running.pop().drop()


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH, "little") + data


def _read(stream: BinaryIO) -> bytes | None:
    """One message; None when the other side has gone."""
    head = stream.read(_LENGTH)
    data = stream.read(int.from_bytes(head, "little"))
    return data if len(head) == _LENGTH and len(data) == int.from_bytes(head, "little") else None


def _work(reading: int, writing: int) -> NoReturn:
    try:
        _close_others(reading, writing)
        from cachelint.facts.lean import import_parser

        # What takes long, before there is anything to do.
        import_parser()
        import cachelint.facts.extractor  # noqa: F401

        with open(reading, "rb") as questions, open(writing, "wb") as answers:
            while (question := _read(questions)) is not None:
                answers.write(_framed(_answer(question.decode())))
                answers.flush()
    finally:
        # Whatever went wrong is found again, and said, by whoever wanted the facts.
        os._exit(0)


def _close_others(*mine: int) -> None:
    """Let go of what the other process has open: who reads from it must not wait for this one."""
    start = 3
    for each in sorted(mine):
        os.closerange(start, each)
        start = each + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))


def _answer(text: str) -> bytes:
    import msgspec

    from cachelint.facts.codec import encode
    from cachelint.facts.errors import FactsError
    from cachelint.facts.extractor import facts_of_text

    try:
        return _FACTS + encode(facts_of_text(text))
    except FactsError as error:
        return _ERROR + msgspec.msgpack.encode((error.message, error.line, error.column))
