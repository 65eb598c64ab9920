"""bytes -> FileFacts: decode, measure, parse, locate, lower."""

from __future__ import annotations

import ctypes
import re
import sys
import threading
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cachelint.collector import without_collector
from cachelint.facts import expressions, statements
from cachelint.facts import nodes as cst
from cachelint.facts.context import Context
from cachelint.facts.decoding import decode_source, line_starts
from cachelint.facts.errors import FactsError
from cachelint.facts.model import Comment, FileFacts
from cachelint.facts.nesting import check_nesting
from cachelint.facts.positions import Positions, locate

_STACK_BYTES = 256 * 1024 * 1024
_RECURSION_LIMIT = 100_000
_STACK_LOCK = threading.Lock()
_ERROR_PLACE = re.compile(r"error at (\d+):(\d+)")


def extract_facts(data: bytes) -> FileFacts:
    """Lower the bytes of one Python file; raises FactsError and nothing else."""
    return facts_of_text(decode_source(data))


def facts_of_text(text: str) -> FileFacts:
    """Lower a decoded file, or statements of one; raises FactsError and nothing else."""
    with without_collector():
        if check_nesting(text):
            return _on_large_stack(lambda: _lower(text))
        try:
            return _lower(text)
        except RecursionError:
            return _on_large_stack(lambda: _lower(text))


def _lower(text: str) -> FileFacts:
    module = _parse(text)
    positions = locate(module, text)
    context = Context(module, text, positions.spans, positions.offsets, expressions.TABLE, statements.TABLE)
    body = context.body(module.body)
    starts = line_starts(text)
    comments = tuple(_comments(positions, text, starts))
    return FileFacts(starts, body, tuple(context.functions), tuple(context.classes), comments)


def _parse(text: str) -> cst.Module:
    try:
        return cst.parsed_module(text)
    except (cst.ParserSyntaxError, SyntaxError) as error:
        raise _syntax_error(text, str(getattr(error, "message", error))) from None
    except RecursionError:
        raise
    except BaseException as error:
        # A panic of the native parser derives from BaseException only; it still is about this one file.
        if type(error).__name__ != "PanicException":
            raise
        raise FactsError("the parser failed on this file") from None


def _syntax_error(text: str, message: str) -> FactsError:
    """Python's own words and place when it rejects the text too: libcst often only knows where it gave up."""
    found = _ERROR_PLACE.search(message)
    place = (int(found[1]), int(found[2]) + 1) if found else (1, 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<file>", "exec", dont_inherit=True, flags=0x400)
    except SyntaxError as error:
        return FactsError(error.msg, error.lineno or place[0], max(error.offset or 1, 1))
    except (ValueError, RecursionError, MemoryError, OverflowError):
        pass
    return FactsError(message.partition(": expected")[0], *place)


def _comments(positions: Positions, text: str, starts: tuple[int, ...]) -> Iterator[Comment]:
    for offset, comment in positions.comments:
        line = bisect_right(starts, offset)
        before = text[starts[line - 1] : offset]
        yield Comment(offset, offset + len(comment), comment, line, not before.strip())


def _on_large_stack(work: Callable[[], FileFacts]) -> FileFacts:
    """Run `work` in a thread with room for deep recursion; what still does not fit is a FactsError."""
    outcome: list[FileFacts | BaseException] = []
    finished = threading.Event()

    def run() -> None:
        try:
            outcome.append(work())
        except RecursionError:
            outcome.append(FactsError("nested too deeply"))
        except BaseException as error:
            outcome.append(error)
        finally:
            finished.set()

    with _STACK_LOCK, _room():
        thread = threading.Thread(target=run, name="cachelint-deep")
        thread.start()
        try:
            # Not join: when a signal interrupts it, the thread counts as ended although it goes on. And again and
            # again: the signal may reach the other thread, which leaves it to this one to see.
            while not finished.wait(0.05):
                pass
        except BaseException:
            _stop(thread, finished)
            raise
        thread.join()
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _stop(thread: threading.Thread, finished: threading.Event) -> None:
    """End a thread that computes, at the next step of its Python code: it must not go on beside the next file."""
    while not finished.is_set() and thread.ident in sys._current_frames():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
        finished.wait(1)


@contextmanager
def _room() -> Iterator[None]:
    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
