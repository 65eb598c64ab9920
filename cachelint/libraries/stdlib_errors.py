"""Python's own exception classes: which `except` stops which."""

from __future__ import annotations

from cachelint.vocabulary import Error, Library

_TREE = """
BaseException
  BaseExceptionGroup
  GeneratorExit
  KeyboardInterrupt
  SystemExit
  Exception
    ExceptionGroup
    ArithmeticError
      FloatingPointError
      OverflowError
      ZeroDivisionError
    AssertionError
    AttributeError
    BufferError
    EOFError
    ImportError
      ModuleNotFoundError
    LookupError
      IndexError
      KeyError
    MemoryError
    NameError
      UnboundLocalError
    OSError
      BlockingIOError
      ChildProcessError
      ConnectionError
        BrokenPipeError
        ConnectionAbortedError
        ConnectionRefusedError
        ConnectionResetError
      FileExistsError
      FileNotFoundError
      InterruptedError
      IsADirectoryError
      NotADirectoryError
      PermissionError
      ProcessLookupError
      TimeoutError
    ReferenceError
    RuntimeError
      NotImplementedError
      RecursionError
    StopAsyncIteration
    StopIteration
    SyntaxError
    SystemError
    TypeError
    ValueError
      UnicodeError
        UnicodeDecodeError
        UnicodeEncodeError
        UnicodeTranslateError
    Warning
"""

# One class under several names. asyncio's is the builtin one since Python 3.11, socket's since 3.10.
_ALIASES = {
    "OSError": "builtins.IOError builtins.EnvironmentError socket.error select.error os.error",
    "TimeoutError": "asyncio.TimeoutError asyncio.exceptions.TimeoutError socket.timeout "
    "concurrent.futures.TimeoutError concurrent.futures._base.TimeoutError",
}


def _builtins(tree: str) -> tuple[Error, ...]:
    """The rows of an indented tree of builtin class names, two spaces a level."""
    rows: list[Error] = []
    path: list[str] = []
    for line in tree.strip("\n").splitlines():
        name = line.strip()
        path[(len(line) - len(name)) // 2 :] = [name]
        bases = f"builtins.{path[-2]}" if len(path) > 1 else ""
        rows.append(Error(name=f"builtins.{name}", bases=bases, aliases=_ALIASES.get(name, "")))
    return tuple(rows)


STDLIB_ERRORS = Library(
    name="stdlib-errors",
    packages="json pickle asyncio socket",
    rows=(
        *_builtins(_TREE),
        Error(name="json.JSONDecodeError", aliases="json.decoder.JSONDecodeError", bases="builtins.ValueError"),
        Error(name="orjson.JSONDecodeError", bases="json.JSONDecodeError"),
        Error(name="pickle.PickleError", aliases="_pickle.PickleError"),
        Error(name="pickle.UnpicklingError", aliases="_pickle.UnpicklingError", bases="pickle.PickleError"),
        Error(name="pickle.PicklingError", aliases="_pickle.PicklingError", bases="pickle.PickleError"),
        Error(
            name="asyncio.CancelledError",
            aliases="asyncio.exceptions.CancelledError",
            bases="builtins.BaseException",
        ),
        Error(
            name="asyncio.IncompleteReadError",
            aliases="asyncio.exceptions.IncompleteReadError",
            bases="builtins.EOFError",
        ),
        Error(name="asyncio.QueueFull", aliases="asyncio.queues.QueueFull"),
        Error(
            name="asyncio.InvalidStateError",
            aliases="asyncio.exceptions.InvalidStateError",
        ),
        Error(name="concurrent.futures.CancelledError", bases="builtins.Exception"),
        Error(name="socket.gaierror", bases="builtins.OSError"),
        Error(name="socket.herror", bases="builtins.OSError"),
        Error(name="ssl.SSLError", bases="builtins.OSError"),
        Error(name="binascii.Error", bases="builtins.ValueError"),
        Error(name="zlib.error"),
        Error(
            name="pydantic.ValidationError",
            aliases="pydantic_core.ValidationError pydantic_core._pydantic_core.ValidationError",
            bases="builtins.ValueError",
        ),
        Error(name="msgspec.MsgspecError"),
        Error(name="msgspec.DecodeError", bases="msgspec.MsgspecError"),
        Error(name="msgspec.ValidationError", bases="msgspec.DecodeError"),
    ),
)
