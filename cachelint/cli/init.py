"""`init`: what a project needs besides the command, written after asking."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.cli import settings
from cachelint.cli.claude import add_hook
from cachelint.cli.commits import add_pre_commit
from cachelint.cli.defaults import add_configuration
from cachelint.cli.guide import add_policy

PARTS = ("policy", "config", "claude", "pre_commit")


@click.command()
@click.option("--policy", is_flag=True, help="A commented caching policy in CLAUDE.md, where there is none.")
@click.option("--config", is_flag=True, help="A commented cachelint.toml, where there is no configuration.")
@click.option("--claude", is_flag=True, help="Make Claude Code ask cachelint before it writes a file.")
@click.option("--pre-commit", is_flag=True, help="Run cachelint before a commit.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
def init(yes: bool, project: Path | None, **wishes: bool) -> None:
    """Set a project up. Files that are there are added to, never replaced.

    Without options: all four parts, each after asking.
    """
    root = settings.root(project, [])
    config = settings.configuration(root, None)
    wanted = [part for part in PARTS if wishes[part]] or PARTS
    if "policy" in wanted:
        add_policy(root, config, is_sure=yes)
    if "config" in wanted:
        add_configuration(root, config, is_sure=yes)
    if "claude" in wanted:
        add_hook(root, is_sure=yes)
    if "pre_commit" in wanted:
        add_pre_commit(root, is_sure=yes)
