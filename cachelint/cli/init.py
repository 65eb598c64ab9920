"""`init`: what a project needs besides the command, written after asking."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.cli import settings
from cachelint.cli.claude import add_hook


@click.command()
@click.option("--claude", is_flag=True, help="Make Claude Code ask cachelint before it writes a file.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
def init(claude: bool, yes: bool, project: Path | None) -> None:
    """Set a project up. Files that are there are added to, never replaced."""
    root = settings.root(project, [])
    if not claude:
        raise click.UsageError("say what to set up: --claude")
    add_hook(root, is_sure=yes)
