"""How fast cachelint is beside what a user would pick instead, measured in one interleaved run.

    make bench                                         three real projects, and one of them grown 2, 4 and 8 times
    python benchmarks/run.py [--rounds N] [--growth 1,2,4,8] [--write] [PROJECT ...]

Every tool sees the same folder: a copy of the project with the Python files that cachelint finds (no tests, no
migrations). Per round each tool runs once, in turn; the best of all rounds counts. "parse only" is libcst.parse_module
over the files that cachelint parses, in as many processes: the floor of anything that builds on libcst. Memory is that
of the largest process. Semgrep runs offline, with the rules in semgrep/. `--write` rewrites RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import hook
import libcst

from cachelint.facts import may_matter
from cachelint.files import discover
from cachelint.task import cores

HERE = Path(__file__).parent
WORK = HERE.parent / ".work"
TOOLS = WORK / "benchmarks" / "tools" / "bin"
DEFAULT = ("pretix", "weblate", "pretalx")
CHECK = [sys.executable, "-m", "cachelint", "check", "--fail-on", "never", "--quiet", "--project"]
PARSE, COLD, WARM, CHANGED, SEMGREP = "parse only", "cachelint cold", "cachelint warm", "cachelint one file", "semgrep"


class Cost(NamedTuple):
    """Wall seconds, and megabytes of the largest process (0 where nobody looked)."""

    seconds: float
    megabytes: float = 0.0


Work = Callable[[], Cost]


def spent(command: Sequence[str], folder: Path, **environment: str) -> Cost:
    """What a command costs. Raises for one that does not run at all; findings are no failure."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode not in (0, 1, 2):
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Cost(seconds, used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024))


def parse(path: str) -> int:
    """Parse one file and nothing else; its number of lines, 0 when it does not parse."""
    data = Path(path).read_bytes()
    try:
        libcst.parse_module(data)
    except (libcst.ParserSyntaxError, ValueError):
        return 0
    return data.count(b"\n")


def parse_all(paths: Sequence[str]) -> Cost:
    """The parse of these files on all cores."""
    started = time.perf_counter()
    with ProcessPoolExecutor(cores()) as pool:
        sum(pool.map(parse, paths, chunksize=8))
    return Cost(time.perf_counter() - started)


def alone(project: Path, target: Path) -> Path:
    """A copy of what is measured: the project's Python files, as cachelint finds them, below the same folders."""
    for file in discover(project).files:
        place = target / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project / file.path, place)
    (target / "pyproject.toml").write_text("[project]\nname = 'measured'\n")
    return target


def grown(project: Path, times: int, target: Path) -> Path:
    """So many copies of a project as one, each in a folder that is the root of its modules."""
    for number in range(times):
        shutil.copytree(project, target / f"copy{number}")
    (target / "pyproject.toml").write_text("[project]\nname = 'measured'\n")
    return target


def parsed(project: Path) -> list[str]:
    """The files that a check parses."""
    paths = [str(project / file.path) for file in discover(project).files]
    return [path for path in paths if may_matter(Path(path).read_bytes())]


def lines(paths: Sequence[str]) -> int:
    return sum(Path(path).read_bytes().count(b"\n") for path in paths)


def central(project: Path) -> Path:
    """The file to change: the largest that speaks of a cache."""
    paths = [project / file.path for file in discover(project).files]
    return max((p for p in paths if b"cache." in p.read_bytes()), key=lambda p: p.stat().st_size, default=paths[0])


def cold(project: Path) -> Cost:
    shutil.rmtree(project / ".cachelint_cache", ignore_errors=True)
    return spent([*CHECK, str(project)], HERE)


def warm(project: Path) -> Cost:
    return spent([*CHECK, str(project)], HERE)


def changed(project: Path) -> Cost:
    """A check after a constant more in a central file, which is new each time."""
    path = central(project)
    before = path.read_bytes()
    path.write_bytes(before + f"\nADDED_{time.time_ns()} = 1\n".encode())
    try:
        return spent([*CHECK, str(project)], HERE)
    finally:
        path.write_bytes(before)


def others(project: Path) -> dict[str, Work]:
    """The tools beside which it is measured, as far as they are installed."""
    rules = str(HERE / "semgrep" / "cache.yml")
    offline = ["--metrics", "off", "--disable-version-check", "--quiet", "--no-git-ignore", "--jobs", str(cores())]
    commands = {
        SEMGREP: ["semgrep", "scan", "--config", rules, *offline, str(project)],
        "fixit": ["fixit", "--quiet", "lint", str(project)],
        "bandit": ["bandit", "--quiet", "--recursive", str(project)],
        "ruff": ["ruff", "check", "--isolated", "--no-cache", "--quiet", str(project)],
    }
    there = {
        name: [str(TOOLS / words[0]), *words[1:]] for name, words in commands.items() if (TOOLS / words[0]).exists()
    }
    path = os.pathsep.join([str(TOOLS), os.environ.get("PATH", "")])
    return {name: lambda words=words: spent(words, project, PATH=path) for name, words in there.items()}


def works(project: Path) -> dict[str, Work]:
    """All that is measured on a project, in the order of a round: a cold run fills the store of the warm ones."""
    paths = parsed(project)
    return {
        PARSE: lambda: parse_all(paths),
        COLD: lambda: cold(project),
        WARM: lambda: warm(project),
        CHANGED: lambda: changed(project),
        **others(project),
    }


def best(works: Mapping[str, Work], rounds: int) -> dict[str, Cost]:
    """The least each of them cost in several interleaved rounds."""
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            costs[name].append(work())
    return {name: Cost(min(c.seconds for c in each), max(c.megabytes for c in each)) for name, each in costs.items()}


def table(costs: Mapping[str, Cost]) -> Iterator[str]:
    """Rows of a Markdown table: seconds, megabytes, and how often a cold check and the parse go into it."""
    yield "| what | seconds | MB | x cold | x parse |"
    yield "|---|---:|---:|---:|---:|"
    for name, cost in costs.items():
        memory = f"{cost.megabytes:.0f}" if cost.megabytes else ""
        ratios = (f"{cost.seconds / costs[base].seconds:.2f}" for base in (COLD, PARSE))
        yield f"| {name} | {cost.seconds:.2f} | {memory} | {' | '.join(ratios)} |"


def measured(project: Path, rounds: int, folder: Path) -> Iterator[str]:
    """The section of one project."""
    target = alone(project, folder / project.name)
    paths = parsed(target)
    yield f"\n## {project.name}: {len(paths)} parsed files, {lines(paths):,} lines\n"
    yield from table(best(works(target), rounds))
    yield "\nThe hook:\n"
    yield from hook_table(target, rounds)


def hook_table(project: Path, rounds: int) -> Iterator[str]:
    """The hook beside what it is made of."""
    costs = hook.measured(project, max(rounds, 3))
    start, parser = (each[0] for each in list(costs.values())[:2])
    yield "| what | ms | x pass | x import libcst |"
    yield "|---|---:|---:|---:|"
    for name, (milliseconds, _, _) in costs.items():
        yield f"| {name} | {milliseconds:.0f} | {milliseconds / start:.1f} | {milliseconds / parser:.1f} |"


def growth(project: Path, sizes: Sequence[int], rounds: int, folder: Path) -> Iterator[str]:
    """A cold check of 1, 2, 4... copies of a project."""
    original = alone(project, folder / "original")
    yield f"\n## Growth: copies of {project.name}, cold\n"
    yield "| copies | lines | seconds | x one copy | MB |"
    yield "|---:|---:|---:|---:|---:|"
    first = 0.0
    for times in sizes:
        target = grown(original, times, folder / f"grown{times}")
        cost = best({COLD: lambda target=target: cold(target)}, rounds)[COLD]
        first = first or cost.seconds / times
        ratio = cost.seconds / first
        yield f"| {times} | {lines(parsed(target)):,} | {cost.seconds:.1f} | {ratio:.1f} | {cost.megabytes:.0f} |"
        shutil.rmtree(target)


def heading(rounds: int) -> Iterator[str]:
    """When, where and with what."""
    tools = {}
    for name in ("semgrep", "fixit", "bandit", "ruff"):
        found = sorted((TOOLS.parent / "lib").glob(f"python*/site-packages/{name}-*.dist-info"))
        tools[name] = found[0].name.removeprefix(f"{name}-").removesuffix(".dist-info") if found else "not installed"
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    yield "# Results\n"
    yield f"{datetime.date.today()}; {cores()} cores, {platform.system()} {platform.machine()}{load};"
    yield f"CPython {platform.python_version()}, libcst {version('libcst')};"
    yield ", ".join(f"{name} {number}" for name, number in tools.items()) + f"; best of {rounds} rounds."


def report(options: argparse.Namespace) -> Iterator[str]:
    """The whole document, line by line as it is measured."""
    yield from heading(options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        for project in options.projects:
            yield from measured(project, options.rounds, Path(folder))
        if options.growth:
            yield from growth(options.projects[0], options.growth, min(options.rounds, 2), Path(folder))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("projects", nargs="*", type=Path, metavar="PROJECT")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=lambda text: [int(n) for n in text.split(",") if n], default=[1, 2, 4, 8])
    parser.add_argument("--write", action="store_true", help="rewrite RESULTS.md")
    options = parser.parse_args()
    unpacked = WORK / "ecosystem"
    options.projects = options.projects or [found for n in DEFAULT for found in sorted(unpacked.glob(f"{n}-*"))]
    if not options.projects:
        parser.error("nothing to measure: name a project's folder, or run `make ecosystem` first")
    return options


def main() -> None:
    """Print, and with --write keep, the results."""
    options = arguments()
    text = []
    for line in report(options):
        print(line, flush=True)
        text.append(line + "\n")
    if options.write:
        (HERE / "RESULTS.md").write_text("".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
