"""Files of the user's that a command adds to: read and written whole, failures as click's errors."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.writing import write_whole


def read(path: Path) -> str:
    """The text of a file with its line ends, "" where there is none. Raises click's error for one that is no text."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path} cannot be read: {error}; nothing was changed") from None


def write(path: Path, text: str, before: str) -> None:
    """Write a file that held `before`, with the same line ends; its folders too.

    Raises click's error, and then the file is as it was.
    """
    ends = "\r\n" if "\r\n" in before else "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.replace("\r\n", "\n").replace("\n", ends).encode())
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None


def appended(before: str, added: str) -> str:
    """A text with a part added below an empty line."""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    return before + gap + added
