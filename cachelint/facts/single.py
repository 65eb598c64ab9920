"""One file to its result: read, gated, extracted. What goes wrong with it is its result."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import msgspec

from cachelint.facts import FactsError, ahead, decode, encode, extract, is_template, may_matter
from cachelint.facts.decoding import decode_source
from cachelint.facts.model import FileFacts
from cachelint.facts.version import extractor_version
from cachelint.finding import AnalysisError
from cachelint.store import key_of

NOTHING = FileFacts((0,), (), (), (), ())


class Earlier(msgspec.Struct, frozen=True):
    """What a file held before it was edited, and the facts of that, encoded or not."""

    data: bytes
    facts: FileFacts | bytes

    def decoded(self) -> FileFacts:
        """The facts. Raises ValueError for what are none."""
        return decode(self.facts) if isinstance(self.facts, bytes) else self.facts


class Request(msgspec.Struct, frozen=True):
    """One file to read. `path` is how it is called in errors, `file` where it lies; `data` replaces its
    content, and `earlier` is what it replaces, if that is known."""

    path: str
    file: str
    data: bytes | None = None
    earlier: Earlier | None = None


class Limits(msgspec.Struct, frozen=True):
    """What one file may cost: bytes and seconds."""

    size: int
    seconds: float


class Gathered(msgspec.Struct, frozen=True):
    """One file's result: encoded facts, or None with an error, or None without one for a file that cannot
    matter.

    `unparsable` tells a file that is not Python from one that could not be read or took too long. `key` names the
    bytes and the extractor that alone decided the result; None when something else did. `content` may be a way to
    the encoded facts in place of them.
    """

    content: bytes | Callable[[], bytes] | None = None
    error: AnalysisError | None = None
    unparsable: bool = False
    key: bytes | None = None

    @property
    def has_facts(self) -> bool:
        """Whether there are facts, which need not be read to know it."""
        return self.content is not None

    @property
    def encoded(self) -> bytes | None:
        """The encoded facts."""
        return self.content() if callable(self.content) else self.content

    def facts(self) -> FileFacts:
        """The facts; those of an empty file when there are none. Raises ValueError for what are no facts."""
        return _remembered(self.key, lambda: decode(self.encoded or b"")) if self.has_facts else NOTHING


# Facts by the keys of contents: those of an edited file, before and after, are asked for again and again.
_recent: dict[bytes, FileFacts] = {}
_RECENT = 8


def recent(key: bytes) -> FileFacts | None:
    """The facts with this key, if they were asked for lately."""
    return _recent.get(key)


def _remembered(key: bytes | None, make: Callable[[], FileFacts]) -> FileFacts:
    if key is None:
        return make()
    if key not in _recent:
        facts = make()
        if len(_recent) >= _RECENT:
            _recent.clear()
        _recent[key] = facts
    return _recent[key]


class _OverBudgetError(Exception):
    pass


def gather_one(request: Request, limits: Limits) -> Gathered:
    """The result of one request, in this process and without a store."""
    key, data = None, b""
    try:
        data = opened(request, limits)[0] if request.data is None else request.data
        if len(data) > limits.size:
            return failed(request, f"larger than {limits.size:,} bytes (max-file-size)")
        key = content_key(data)
        if not may_matter(data):
            return Gathered(key=key)
        with _time_limit(limits.seconds):
            return Gathered(_extracted(data, key, request), key=key)
    except FactsError as error:
        if is_template(data, error.line):
            return Gathered(key=key)
        message = f"cannot parse: {error.message}"
        return Gathered(None, AnalysisError(request.path, error.line, error.column, message), True, key)
    except _OverBudgetError:
        return failed(request, f"took longer than {limits.seconds:g} seconds (time-budget)")
    except OSError as error:
        return failed(request, f"cannot be read: {error.strerror}")
    except (Exception, RecursionError) as error:
        return failed(request, f"internal error: {type(error).__name__}: {error}")


def _extracted(data: bytes, key: bytes, request: Request) -> bytes:
    """The encoded facts of a file; of an edited one only what the edit touches is parsed, where that is enough."""
    facts = _renewed(request.earlier, data) if request.earlier is not None else None
    if facts is not None:
        return encode(_remembered(key, lambda: facts))
    is_edited = request.data is not None
    found = ahead.encoded(decode_source(data)) if is_edited and ahead.is_there() else None
    return encode(extract(data)) if found is None else found


def _renewed(earlier: Earlier, data: bytes) -> FileFacts | None:
    from cachelint.facts.pieces import renewed

    with contextlib.suppress(ValueError):
        return renewed(earlier.data, earlier.decoded(), data, _lowered)
    return None


def _lowered(text: str) -> FileFacts:
    found = ahead.encoded(text)
    if found is not None:
        return decode(found)
    from cachelint.facts.extractor import facts_of_text

    return facts_of_text(text)


def content_key(data: bytes) -> bytes:
    """Under which key the facts of these bytes are kept."""
    return key_of(b"facts", extractor_version(), data)


def facts_of(result: Gathered, request: Request, limits: Limits) -> FileFacts:
    """The facts of a result; extracted after all when what the store gave turns out to be no facts."""
    try:
        return result.facts()
    except ValueError:
        return gather_one(request, limits).facts()


def failed(request: Request, message: str) -> Gathered:
    """The result for a file that could not be analysed."""
    return Gathered(None, AnalysisError(request.path, 1, 1, message))


def opened(request: Request, limits: Limits) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, one more than it may have at most, and what it was when it was opened. Raises OSError."""
    with open(os.open(request.file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        return stream.read(limits.size + 1), status


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise _OverBudgetError in the body after so many seconds of computing, where the platform can interrupt it. Time
    in which other programs have the processor does not count: a busy machine gives the same report."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise _OverBudgetError
