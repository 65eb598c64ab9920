"""The Claude Code part of `init`: the entry in the project's settings."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.cli import amending
from cachelint.hook.settings import SETTINGS, SettingsError, command_for, merged


def add_hook(project: Path, *, is_sure: bool) -> None:
    """Add cachelint's hook to a project's Claude Code settings, after asking unless `is_sure`.

    What is in the file stays; raises click's error, and writes nothing, for a file that cannot be read as settings.
    """
    path = project / SETTINGS
    before = amending.read(path)
    try:
        after = merged(before, command_for(project))
    except SettingsError as error:
        raise click.ClickException(f"{path}: {error}; nothing was changed") from None
    if after == before:
        click.echo(f"{SETTINGS} asks cachelint already")
    elif is_sure or click.confirm(f"Add cachelint's hook to {SETTINGS}{'' if before else ' (a new file)'}?"):
        amending.write(path, after, before)
        click.echo(f"{SETTINGS} asks cachelint before a file is written; `cachelint hook --doctor` says if that works")
