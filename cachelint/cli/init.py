"""`init`: what a project needs besides the command, written after asking."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.cli import settings
from cachelint.cli.claude import add_hook
from cachelint.cli.guide import add_policy


@click.command()
@click.option("--claude", is_flag=True, help="Make Claude Code ask cachelint before it writes a file.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
def init(claude: bool, yes: bool, project: Path | None) -> None:
    """Set a project up. Files that are there are added to, never replaced.

    Without options: a commented caching policy in CLAUDE.md, where the project has none.
    """
    root = settings.root(project, [])
    if claude:
        add_hook(root, is_sure=yes)
    else:
        add_policy(root, settings.configuration(root, None), is_sure=yes)
