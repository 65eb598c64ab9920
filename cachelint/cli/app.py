"""The commands, each imported once it is wanted."""

from __future__ import annotations

import importlib

import click

from cachelint import __version__

# Where each command is: a module of this package, and its name there.
COMMANDS = {
    "cache": ("cache", "cache"),
    "check": ("check", "check"),
    "dump": ("dump", "dump"),
    "explain": ("explain", "explain"),
    "facts": ("facts", "facts"),
    "hook": ("hook", "hook"),
    "init": ("init", "init"),
    "map": ("map", "map_"),
    "policy": ("policy", "policy"),
    "routes": ("routes", "routes"),
    "rules": ("explain", "rules"),
}


class Commands(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of help."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command with this name, None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"cachelint.cli.{module}"), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cachelint", message="%(prog)s %(version)s")
def app() -> None:
    """Static analysis of application caching (Redis, Memcached, Django cache...) in Python web code."""
