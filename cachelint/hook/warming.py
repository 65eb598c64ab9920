"""The first run over a whole project, in the background: on a large one it takes longer than the hook has.

What it works out goes into the store, where the next answers find it; it says and writes nothing else.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

# Of lower priority than whatever the user does meanwhile.
NICENESS = 10


def warm(project: str) -> bool:
    """Start a check of a project that outlives this process, unless one of ours is at it; whether one is now."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        folder = os.open(project, os.O_RDONLY)
    except OSError:
        return False
    try:
        # The new process inherits the descriptor, and with it the lock, which is gone when it ends.
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _start(project, folder)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(folder)
    return True


def _start(project: str, lock: int) -> None:
    check = ["check", "--quiet", "--fail-on", "never", "--project", project]
    process = subprocess.Popen(
        [sys.executable, "-m", "cachelint", *check],
        # Not in the project: Python would import a folder of it that is called like one of our packages.
        cwd=os.path.abspath(os.sep),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock,),
        start_new_session=True,
    )
    process.returncode = 0  # It is nobody's child to wait for.
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
