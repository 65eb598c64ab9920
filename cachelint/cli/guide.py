"""The policy part of `init`: a commented caching section in CLAUDE.md, where a project has no policy."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.cli import amending
from cachelint.config import Config
from cachelint.files import discover
from cachelint.inputs import policy_files
from cachelint.policy import decide
from cachelint.policy.stub import HEADING, STUB
from cachelint.task import Task

GUIDES = ("CLAUDE.md", "AGENTS.md")


def add_policy(project: Path, config: Config, *, is_sure: bool) -> None:
    """Add the stub of a policy to the end of the project's guide, after asking unless `is_sure`.

    Nothing is written where any file has a caching section or the configuration a policy. Raises click's error for a
    file that cannot be read or written.
    """
    if has_policy(project, config):
        click.echo("there is a caching policy already: `cachelint policy` shows how it is understood")
        return
    name = next((name for name in GUIDES if (project / name).is_file()), GUIDES[0])
    before = amending.read(project / name)
    if is_sure or click.confirm(f"Add a commented caching policy to {name}{'' if before else ' (a new file)'}?"):
        amending.write(project / name, amending.appended(before, STUB), before)
        click.echo(f"{name} has a section `{HEADING.lstrip('# ')}`: move out of its comment what holds here")


def has_policy(project: Path, config: Config) -> bool:
    """Whether any guide has a caching section, be it empty, or the configuration a policy."""
    found = discover(project, exclude=config.exclude, extend_exclude=config.extend_exclude, src=config.src)
    decided = decide(policy_files(Task(project=project, config=config), found), config)
    return bool(decided.decisions) or any(line.in_section for line in decided.lines)
