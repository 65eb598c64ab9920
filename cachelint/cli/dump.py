"""`dump`: the stages between a file and its findings, for contributors."""

from __future__ import annotations

from pathlib import Path

import click

from cachelint.cli import settings
from cachelint.concluding import link_project
from cachelint.facts import FactsError, extract
from cachelint.files import is_source
from cachelint.program import describe


@click.command(short_help="Print what is known about a file, for contributors.")
@click.argument("stage", type=click.Choice(["facts", "effects", "summaries"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
def dump(stage: str, file: Path, project: Path | None) -> None:
    """Print what is known about FILE: its facts, the effects of its lines, or all that was concluded."""
    if stage == "facts":
        click.echo(_facts(file))
        return
    root = settings.root(project, [file])
    path = settings.inside(file, root)
    if not is_source(path):
        raise click.UsageError(f"{file} is no Python file")
    with settings.refusing():
        program = link_project(root, settings.configuration(root, None), paths=[path])
    for known in describe(program, path):
        if stage == "summaries" or known.kind == "effect":
            click.echo(f"{known.line}: {known.kind}: {known.text}")


def _facts(file: Path) -> str:
    from rich.pretty import pretty_repr

    try:
        return pretty_repr(extract(file.read_bytes()), max_width=110)
    except FactsError as error:
        raise click.ClickException(f"{file}:{error.line}:{error.column}: {error.message}") from None
