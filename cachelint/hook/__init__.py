"""`cachelint hook`: Claude Code asks before it writes a file, and hears of the findings that the edit would bring.

Exit code 2 means new errors and nothing else. Whatever keeps the hook from judging is no verdict: it lets the edit
pass and says so in one line, or blocks it where the user chose `--fail-closed`. Modules are imported when it is known
that they are needed: most calls end at the first question.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cachelint.hook.contract import NoVerdictError, Verdict, no_verdict, read_call, read_options


def main(arguments: Sequence[str]) -> int:
    """Answer the call on stdin; the exit code. `--doctor` says instead whether the hook would run here."""
    if "--doctor" in arguments:
        from cachelint.hook.doctor import report

        return report()
    verdict = _answer(arguments)
    # Bytes, because the model reads UTF-8 whatever the console's encoding is.
    sys.stdout.buffer.write(verdict.stdout.encode("utf-8", "replace"))
    sys.stderr.buffer.write(verdict.stderr.encode("utf-8", "replace"))
    sys.stdout.flush()
    sys.stderr.flush()
    return verdict.code


def _answer(arguments: Sequence[str]) -> Verdict:
    try:
        from cachelint.hook.events import answer

        return answer(read_call(sys.stdin.buffer.read()), read_options(arguments))
    except BaseException as error:
        # Not even an exit that a library asks for may pass for a verdict.
        reason = str(error) if isinstance(error, NoVerdictError) else f"internal error: {type(error).__name__}: {error}"
        return no_verdict(reason, fail_closed="--fail-closed" in arguments)
