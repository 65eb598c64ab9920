"""The facts of many files: read, gated, taken from the store or extracted over processes; what goes wrong with one
file stays with it."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType, MappingProxyType
from typing import NamedTuple

import msgspec

from cachelint.facts import FactsError, ahead, decode, encode, extract, may_matter
from cachelint.facts.decoding import decode_source
from cachelint.facts.model import FileFacts
from cachelint.facts.seen import Seen
from cachelint.facts.version import extractor_version
from cachelint.finding import AnalysisError
from cachelint.store import Store, key_of

# Below this many files the work is done before a second process has started.
WORTH_A_POOL = 40
FILES_PER_TASK = 16
NOTHING = FileFacts((0,), (), (), (), ())


class Earlier(msgspec.Struct, frozen=True):
    """What a file held before it was edited, and the facts of that."""

    data: bytes
    facts: FileFacts


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


def gather(
    requests: Sequence[Request],
    limits: Limits,
    jobs: int,
    done: Callable[[int], None] = lambda files: None,
    store: Store | None = None,
    shards: Mapping[bytes, bytes] = MappingProxyType({}),
    beside: Callable[[], None] | None = None,
) -> list[Gathered]:
    """The result of each request, in order. `jobs` is the number of processes; `done` hears of finished
    files. What the shards or the store have is taken from them; the rest is put into the store, and saved by whoever
    opened it. `beside` is something else to do, while other processes work on what is missing."""
    known = _Known(shards, store, Seen(store) if store else None)
    stored = [_stored(request, limits, known) if store or shards else None for request in requests]
    missing = [i for i, result in enumerate(stored) if result is None]
    done(len(requests) - len(missing))
    fresh = _worked_out([requests[i] for i in missing], limits, jobs, done, beside)
    for result in fresh:
        if store and result.key and (result.has_facts or result.error):
            store.put(result.key, as_value(result))
    worked_out = dict(zip(missing, fresh, strict=True))
    results = [kept if kept is not None else worked_out[i] for i, kept in enumerate(stored)]
    known.note(requests, results)
    return results


def _worked_out(
    requests: Sequence[Request],
    limits: Limits,
    jobs: int,
    done: Callable[[int], None],
    beside: Callable[[], None] | None,
) -> list[Gathered]:
    if jobs > 1 and (len(requests) >= WORTH_A_POOL or (requests and beside and _is_quick_to_fork())):
        # Imported only here: a run that finds everything in the store has no other processes.
        from cachelint.facts.processes import in_processes

        return in_processes(requests, limits, jobs, done, beside)
    results = []
    for request in requests:
        results.append(gather_one(request, limits))
        done(1)
    return results


def _is_quick_to_fork() -> bool:
    """Whether a process costs next to nothing; one that has to import all again is of use for many files only."""
    return sys.platform == "linux" and threading.active_count() == 1 and not ahead.is_there()


def gather_one(request: Request, limits: Limits) -> Gathered:
    """The result of one request, in this process and without a store."""
    key = None
    try:
        data = _read(request, limits)[0] if request.data is None else request.data
        if len(data) > limits.size:
            return failed(request, f"larger than {limits.size:,} bytes (max-file-size)")
        key = _key(data)
        if not may_matter(data):
            return Gathered(key=key)
        with _time_limit(limits.seconds):
            return Gathered(_extracted(data, key, request), key=key)
    except FactsError as error:
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
    earlier = request.earlier
    if earlier is not None:
        from cachelint.facts.pieces import renewed

        facts = renewed(earlier.data, earlier.facts, data, _lowered)
        if facts is not None:
            return encode(_remembered(key, lambda: facts))
    is_edited = request.data is not None
    found = ahead.encoded(decode_source(data)) if is_edited and ahead.is_there() else None
    return encode(extract(data)) if found is None else found


def _lowered(text: str) -> FileFacts:
    found = ahead.encoded(text)
    if found is not None:
        return decode(found)
    from cachelint.facts.extractor import facts_of_text

    return facts_of_text(text)


def _key(data: bytes) -> bytes:
    return key_of(b"facts", extractor_version(), data)


class _Known(NamedTuple):
    """Results by the keys of contents: those of shards, and those of the store, which gets what a shard had. And which
    contents files had that nobody has touched since."""

    shards: Mapping[bytes, bytes]
    store: Store | None
    seen: Seen | None

    def get(self, key: bytes) -> bytes | None:
        kept = self.store.get(key) if self.store else None
        if kept is None and key in self.shards:
            kept = self.shards[key]
            if self.store:
                self.store.put(key, kept)
        return kept

    def unread(self, request: Request, limits: Limits) -> Gathered | None:
        """The result for a file that need not be read; its facts are, once somebody wants them."""
        if self.seen is None or self.store is None or request.data is not None:
            return None
        content = self.seen.unchanged(request.path, request.file, limits.size)
        if content is None or not content.has_facts:
            return None if content is None else Gathered(key=content.key)
        if not self.store.has(content.key):
            return None
        return Gathered(_Later(self.store, content.key, request, limits), key=content.key)

    def read(self, request: Request, limits: Limits) -> bytes:
        if request.data is not None:
            return request.data
        data, status = _read(request, limits)
        if self.seen is not None:
            self.seen.opened(request.path, status, _key(data))
        return data

    def note(self, requests: Sequence[Request], results: Sequence[Gathered]) -> None:
        if self.seen is not None:
            for request, result in zip(requests, results, strict=True):
                if result.error is None:
                    self.seen.note(request.path, result.key, result.has_facts)
            self.seen.keep()


class _Later:
    """The facts of a file that are read from the store when they are wanted."""

    def __init__(self, store: Store, key: bytes, request: Request, limits: Limits) -> None:
        self._store, self._key, self._request, self._limits = store, key, request, limits
        self._encoded: bytes | None = None

    def __call__(self) -> bytes:
        if self._encoded is None:
            value = self._store.get(self._key)
            is_whole = value is not None and value[:1] == _FACTS
            self._encoded = value[1:] if value is not None and is_whole else self._again()
        return self._encoded

    def _again(self) -> bytes:
        """Made again, because the store's are damaged. Raises OSError when the file holds something else by now."""
        result = gather_one(self._request, self._limits)
        if result.encoded is None or result.key != self._key:
            raise OSError(0, "changed while it was read", self._request.path)
        return result.encoded


def _stored(request: Request, limits: Limits, known: _Known) -> Gathered | None:
    """What an earlier run made of the same bytes; None when it has to be worked out."""
    try:
        unread = known.unread(request, limits)
        if unread is not None:
            return unread
        data = known.read(request, limits)
        if len(data) > limits.size:
            return None
        key = _key(data)
        value = known.get(key)
        if value is not None:
            return _from_value(value, request.path, key)
        return None if may_matter(data) else Gathered(key=key)
    except (OSError, ValueError):
        return None


_FACTS, _ERROR = b"F", b"E"


def as_value(result: Gathered) -> bytes:
    """A result that only a file's content decided, as bytes to keep under its key."""
    if result.error is None:
        return _FACTS + (result.encoded or b"")
    return _ERROR + msgspec.msgpack.encode((result.error.line, result.error.column, result.error.message))


def _from_value(value: bytes, path: str, key: bytes) -> Gathered | None:
    kind, content = value[:1], value[1:]
    if kind == _FACTS:
        return Gathered(content, key=key)
    if kind != _ERROR:
        return None
    line, column, message = msgspec.msgpack.decode(content, type=tuple[int, int, str])
    return Gathered(None, AnalysisError(path, line, column, message), True, key)


def facts_of(result: Gathered, request: Request, limits: Limits) -> FileFacts:
    """The facts of a result; extracted after all when what the store gave turns out to be no facts."""
    try:
        return result.facts()
    except ValueError:
        return gather_one(request, limits).facts()


def kept_facts(store: Store, key: bytes) -> FileFacts | None:
    """The facts that a result with this key had, None when the store does not have them any more."""
    if key in _recent:
        return _recent[key]
    value = store.get(key)
    try:
        return decode(value[1:]) if value is not None and value[:1] == _FACTS else None
    except ValueError:
        return None


def failed(request: Request, message: str) -> Gathered:
    """The result for a file that could not be analysed."""
    return Gathered(None, AnalysisError(request.path, 1, 1, message))


def _read(request: Request, limits: Limits) -> tuple[bytes, os.stat_result]:
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
