"""The pre-commit part of `init`: an entry in `.pre-commit-config.yaml`."""

from __future__ import annotations

import re
from pathlib import Path

import click

from cachelint.cli import amending

FILE = ".pre-commit-config.yaml"
# Run as it is installed here: the entry needs no address and no second installation.
ENTRY = """\
- repo: local
  hooks:
    - id: cachelint
      name: cachelint
      entry: cachelint check --force-exclude --since HEAD
      language: system
      types: [python]
      require_serial: true
"""
_TOP_LEVEL = re.compile(r"[^\s#-]|---|\.\.\.")


def add_pre_commit(project: Path, *, is_sure: bool) -> None:
    """Add cachelint to what runs before a commit, after asking unless `is_sure`.

    What is in the file stays; a file whose list of repositories is not found is left alone, and the entry is shown.
    Raises click's error for a file that cannot be read or written.
    """
    path = project / FILE
    before = amending.read(path)
    if "cachelint" in before:
        click.echo(f"{FILE} runs cachelint already")
        return
    after = with_entry(before)
    if after is None:
        click.echo(f"{FILE} was not changed: it has no plain list `repos:`. The entry is\n\n{ENTRY}")
    elif is_sure or click.confirm(f"Add cachelint to {FILE}{'' if before else ' (a new file)'}?"):
        amending.write(path, after, before)
        click.echo(f"{FILE} runs cachelint on what a commit brings; `pre-commit install` switches it on")


def with_entry(text: str) -> str | None:
    """The text of a file for pre-commit with ENTRY behind its repositories; None when that place is not found."""
    if not text.strip():
        return "repos:\n" + _indented("  ")
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if re.fullmatch(r"repos:\s*(#.*)?", line)), None)
    if start is None:
        return None
    end = next((i for i in range(start + 1, len(lines)) if _TOP_LEVEL.match(lines[i])), len(lines))
    items = [i for i in range(start + 1, end) if lines[i].strip() and not lines[i].lstrip().startswith("#")]
    if not items or not lines[items[0]].lstrip().startswith("- "):
        return None
    indent = lines[items[0]].partition("-")[0]
    last = items[-1] + 1
    return "\n".join([*lines[:last], *_indented(indent).splitlines(), *lines[last:]]) + "\n"


def _indented(indent: str) -> str:
    return "".join(indent + line for line in ENTRY.splitlines(keepends=True))
