"""`cache info` and `cache clear`: the store in which a run keeps what it worked out for the next one."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cachelint.cli import settings
from cachelint.store import Store, folders, open_store

PROJECT = click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")


@click.group()
def cache() -> None:
    """Look at the store of a project, or empty it."""


@cache.command()
@PROJECT
def info(project: Path | None) -> None:
    """Print where the store is and how much it holds."""
    store = open_store(settings.root(project, []), os.environ)
    size = store.size()
    click.echo(f"folder   {store.folder}" + ("" if store.is_writable else " (read-only)"))
    click.echo(f"entries  {size.entries:,} in {size.packs} packs")
    click.echo(f"bytes    {size.bytes:,}")


@cache.command()
@PROJECT
def clear(project: Path | None) -> None:
    """Remove the store. The next run works everything out again."""
    for folder in folders(settings.root(project, []), os.environ):
        store = Store(folder)
        if size := store.size().bytes:
            click.echo(f"removed {size:,} bytes from {folder}")
        store.clear()
