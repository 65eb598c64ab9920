"""argv -> check -> reporter -> exit code. Commands are imported only once it is known that one is wanted."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from cachelint import __version__

# What a shell says of a program that Ctrl-C ended; 1 would mean findings.
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if argv is None:
        # A process that ends with its answer has nothing to collect, and walking all that linking keeps takes long.
        gc.disable()
    if arguments == ["--version"]:
        print(f"cachelint {__version__}")
        sys.exit(0)
    if arguments[:1] == ["hook"] and not {"-h", "--help"} & {*arguments}:
        from cachelint.hook import main as hook

        sys.exit(hook(arguments[1:]))
    try:
        code = _run(arguments)
        # Here a failure is still told; at the end of the process Python would make 120 of the exit code.
        sys.stdout.flush()
        if argv is None:
            _leave(code)
        sys.exit(code)
    except KeyboardInterrupt:
        if argv is None:
            _leave(INTERRUPTED)
        sys.exit(INTERRUPTED)
    except Exception as error:
        # Exit code 1 would mean findings.
        sys.exit(_crashed(error))


def _leave(code: int | None) -> NoReturn:
    """End the process with everything written, and without taking apart piece by piece what linking made of a large
    project, which takes a second. After an interrupt nothing is waited for: what is at work ends with this process."""
    if code != INTERRUPTED:
        atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(code or 0)


def _run(arguments: list[str]) -> int | None:
    import click

    from cachelint.cli.app import app

    try:
        code: int | None = app.main(arguments, prog_name="cachelint", standalone_mode=False)
        return code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as abort:
        if not isinstance(abort.__cause__, KeyboardInterrupt):
            print("Aborted!", file=sys.stderr)
            return 1
        return INTERRUPTED


def _crashed(error: Exception) -> int:
    if isinstance(error, OSError) and error.filename is None:
        print(f"Error: the report cannot be written: {error.strerror}", file=sys.stderr)
        _drop_output()
        return 2
    import traceback

    traceback.print_exception(error)
    print("Error: internal error; what is above belongs into a report of it", file=sys.stderr)
    return 2


def _drop_output() -> None:
    """Forget what could not be written: Python would try again at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
