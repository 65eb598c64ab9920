"""`hook` as the help shows it. The command line hands it to `cachelint.hook` before anything of this is imported."""

from __future__ import annotations

import click

from cachelint.hook import main


@click.command(
    short_help="Answer Claude Code about the call on stdin.", context_settings={"ignore_unknown_options": True}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def hook(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Answer Claude Code about the call on stdin: a file to be written, a session that begins or ends.

    \b
    Exit code: 2 for new errors (on stderr), else 0; what cannot be judged is no verdict.
      --doctor          say whether the hook would run here, and why not
      --fail-closed     stop what cannot be judged, too
      --budget SECONDS  for the whole answer (default: 8)
    """
    context.exit(main(arguments))
