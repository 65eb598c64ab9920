#!/usr/bin/env python3
"""Ask cachelint before Claude Code writes a file: finds the command, runs `cachelint hook`, passes its answer on.

Copy this file and the entry in .claude/settings.json, or let `cachelint init --claude` write an entry. Standard library
only. Without cachelint nothing is blocked and one line says so. (Application caches: Redis, Memcached, Django cache...)
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

# Our answers begin so; a usage message of another program of that name does not, and must not block anything.
OURS = b"cachelint: "
SECONDS = 9.5


def main() -> int:
    """Run the first cachelint there is; the exit code."""
    for command in commands():
        try:
            done = subprocess.run([*command, "hook", *sys.argv[1:]], capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return no_verdict("it took too long")
        except OSError as error:
            return no_verdict(f"{command[0]} cannot be run: {error.strerror}")
        if done.returncode not in (0, 2) or (done.returncode == 2 and not done.stderr.startswith(OURS)):
            return no_verdict(f"{command[0]} is not the cachelint for application caches (cachelint-py), or is broken")
        sys.stdout.buffer.write(done.stdout)
        sys.stderr.buffer.write(done.stderr)
        return done.returncode
    return no_verdict("cachelint is not installed (the distribution is cachelint-py)")


def commands() -> Iterator[list[str]]:
    """Where cachelint may be, the project's own first."""
    project = os.environ.get("CLAUDE_PROJECT_DIR") or os.getcwd()
    for place in (".venv/bin", "venv/bin", ".venv/Scripts", "venv/Scripts"):
        found = shutil.which("cachelint", path=os.path.join(project, place))
        if found:
            yield [found]
    found = shutil.which("cachelint")
    if found:
        yield [found]
    if importlib.util.find_spec("cachelint") is not None:
        yield [sys.executable, "-m", "cachelint"]


def no_verdict(reason: str) -> int:
    """Let the call pass and tell the user why it was not checked."""
    print(json.dumps({"systemMessage": f"cachelint: not checked: {reason}"}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
