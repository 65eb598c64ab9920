"""How long a cold check takes beside a parse of the same files, in one interleaved run.

    python benchmarks/run.py [PROJECT ...]     folders; by default the unpacked projects of `make ecosystem`

Prints wall seconds (minimum of ROUNDS) and ratios. Both sides use the same number of processes and only the files
that cachelint parses. Budget (design): a check at most 1.6 times the parse.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import libcst

from cachelint.check import cores
from cachelint.facts import may_matter
from cachelint.files import discover

ROUNDS = 3
ECOSYSTEM = Path(__file__).parent.parent / ".work" / "ecosystem"
DEFAULT = ("pretix", "weblate", "mlflow")


def parse(path: str) -> int:
    """Parse one file with libcst and nothing else; gives its number of lines, 0 when it does not parse."""
    data = Path(path).read_bytes()
    try:
        libcst.parse_module(data)
    except (libcst.ParserSyntaxError, ValueError):
        return 0
    return data.count(b"\n")


def parse_all(paths: Sequence[str]) -> tuple[float, int]:
    """(wall seconds, lines) of parsing all files on all cores."""
    started = time.perf_counter()
    with ProcessPoolExecutor(cores()) as pool:
        lines = sum(pool.map(parse, paths, chunksize=8))
    return time.perf_counter() - started, lines


def check(project: Path) -> float:
    """Wall seconds of a cold check as a user runs it."""
    command = [sys.executable, "-m", "cachelint", "check", "--project", str(project), "--fail-on", "never", "--quiet"]
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def parsed_files(project: Path) -> list[str]:
    """The files that a check parses."""
    found = discover(project)
    paths = [str(project / file.path) for file in found.files]
    return [path for path in paths if may_matter(Path(path).read_bytes())]


def measure(project: Path) -> str:
    """One line of the table."""
    paths = parsed_files(project)
    parses, checks, lines = [], [], 0
    for _ in range(ROUNDS):
        seconds, lines = parse_all(paths)
        parses.append(seconds)
        checks.append(check(project))
    ratio = min(checks) / min(parses)
    return f"{project.name:<32}{lines:>9}{min(parses):>9.1f}{min(checks):>9.1f}{ratio:>8.2f}"


def main() -> None:
    """Print the table for the projects named on the command line, or for those of the ecosystem that are there."""
    chosen = [Path(each) for each in sys.argv[1:]]
    chosen = chosen or [folder for name in DEFAULT for folder in sorted(ECOSYSTEM.glob(f"{name}-*"))]
    if not chosen:
        sys.exit("nothing to measure: name a project folder, or run `make ecosystem` first")
    print(f"{'project':<32}{'lines':>9}{'parse s':>9}{'check s':>9}{'ratio':>8}")
    for project in chosen:
        print(measure(project), flush=True)


if __name__ == "__main__":
    main()
