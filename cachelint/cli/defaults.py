"""The configuration part of `init`: `cachelint.toml` with its most used keys, all of them comments."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.cli import amending
from cachelint.config import Config

FILE = "cachelint.toml"
TEXT = """\
# Settings of cachelint, as they are without this file. Take the "#" away to change one.
# The same keys can stand in pyproject.toml below [tool.cachelint]; this file wins.

# persona = "regular"               # "pedantic" shows more, less sure that you care
# fail-on = "error"                 # exit with 1 from this severity on: "error", "warning", "note", "never"
# ignore = []                       # rules that do not run: names or codes of `cachelint rules`
# extend-exclude = []               # what is not checked besides tests and migrations, as in .gitignore
# per-file-ignores = {}             # {"scripts/*" = ["uncached-query"]}
# severity = {}                     # {uncached-query = "note"}

# What the team decided about caching, beside the caching sections of CLAUDE.md and AGENTS.md. In doubt this wins.
# [policy]
# never = ["payment"]
# key-formats = ["{service}:{entity}:{id}"]
# client = "app/lib/redis.py"
# on-error = "miss"
#
# [policy.entities."user profile"]
# ttl = "1h"
"""


def add_configuration(project: Path, config: Config, *, is_sure: bool) -> None:
    """Write a configuration that changes nothing yet, after asking unless `is_sure`; nothing where there is one."""
    path = project / FILE
    if config.origin.path or path.exists():
        click.echo(f"{config.origin.path or FILE} is the configuration already")
    elif is_sure or click.confirm(f"Write a commented configuration to {FILE} (a new file)?"):
        amending.write(path, TEXT, before="")
        click.echo(f"{FILE} holds the settings as comments; nothing is changed by it yet")
