"""The one way in which reading a file fails."""

from __future__ import annotations


class FactsError(Exception):
    """A file that cannot be read as Python: what is wrong, and where (line and column, both from 1)."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        # All three go to Exception so that the error survives the trip out of a worker process.
        super().__init__(message, line, column)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"
