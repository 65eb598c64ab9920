"""A bar on stderr, for people who have waited a second."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

PATIENCE_SECONDS = 1.0


class Progress:
    """Shows nothing unless stderr is a terminal and the work takes long. Use it as a context manager."""

    def __init__(self, silent: bool) -> None:
        self._silent = silent or not sys.stderr.isatty()
        self._started = time.monotonic()
        self._finished = 0
        self._bar: Bar | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def advance(self, files: int, total: int) -> None:
        """So many more files of so many are done."""
        self._finished += files
        if self._silent or time.monotonic() - self._started < PATIENCE_SECONDS:
            return
        if self._bar is None:
            self._bar = _bar(total)
        self._bar.update(self._bar.task_ids[0], completed=self._finished, refresh=True)


def _bar(total: int) -> Bar:
    from rich.console import Console
    from rich.progress import Progress as Bar

    # No refreshing thread: worker processes may still be forked.
    bar = Bar(console=Console(stderr=True), transient=True, auto_refresh=False)
    bar.add_task("reading files", total=total)
    bar.start()
    return bar
