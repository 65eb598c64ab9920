"""Files of the user's that a command adds to: read and written whole, failures as click's errors."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.writing import write_whole


def read(path: Path) -> str:
    """The text of a file, "" where there is none. Raises click's error for one that cannot be read as text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path} cannot be read: {error}") from None


def write(path: Path, text: str) -> None:
    """Write a file, its folders too. Raises click's error; then the file is as it was."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None


def appended(before: str, added: str) -> str:
    """A text with a part added below an empty line."""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    return before + gap + added
