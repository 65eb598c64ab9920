"""Run cachelint on the pinned projects of projects.toml; README.md beside this file says what for.

Works on POSIX systems only: the memory of a run comes from wait4.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from fetch import CACHE, HERE, BrokenError, Project, fetch, projects
from judge import print_verdicts, share, stored
from policies import FOLDERS, RULES, laid

TIMEOUT = 600
SECONDS = re.compile(rb'"seconds": ?[0-9.e+-]+')
SUMMARY_HEAD = ("project", "files", "analysed", "skipped", "errors", "handlers", "calls resolved", "findings")


class Run(NamedTuple):
    """One run of the command: its JSON, wall time, and the peak memory in MB of its largest process."""

    output: bytes
    seconds: float
    megabytes: float


# ---- from a folder to findings


def check(folder: Path, *options: str, seed: int = 1) -> Run:
    """Run `cachelint check` with its default settings. Raises BrokenError when there is no complete document."""
    command = [sys.executable, "-m", "cachelint", "check", "--format", "json", "--fail-on", "never"]
    command += ["--project", str(folder), *options, str(folder)]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        status, megabytes = measured(command, output.fileno(), errors.fileno(), seed)
        output.seek(0)
        errors.seek(0)
        document, complaints = output.read(), errors.read().decode("utf-8", "replace")
    try:
        return Run(document, json.loads(document)["summary"]["seconds"], megabytes)
    except ValueError:
        why = f"killed after {TIMEOUT} s" if status == -signal.SIGKILL else f"exit code {status}"
        raise BrokenError(f"{why}: {complaints.strip()[-1500:]}") from None


def measured(command: list[str], output: int, errors: int, seed: int) -> tuple[int, float]:
    """Run a command with a time limit; its exit code (negative: the signal) and peak memory in MB."""
    # A fixed seed, so that an order that depends on it shows as a difference between two runs, every time.
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    process = subprocess.Popen(
        command, stdout=output, stderr=errors, cwd=CACHE, env=environment, start_new_session=True
    )
    limit = threading.Timer(TIMEOUT, os.killpg, (process.pid, signal.SIGKILL))
    limit.start()
    _, status, usage = os.wait4(process.pid, 0)
    limit.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def lines_of(document: dict[str, Any]) -> list[str]:
    """The findings and errors of a JSON document as lines, sorted by place."""
    entries = [(where(f), finding_line(f)) for f in document["findings"]]
    entries += [(where(e), f"{place(e)} not-analysed error {flat(e['message'])}") for e in document["errors"]]
    return [line for _, line in sorted(entries)]


def where(entry: dict[str, Any]) -> tuple[str, int, int]:
    return entry["path"], entry["line"], entry["column"]


def place(entry: dict[str, Any]) -> str:
    return ":".join(map(str, where(entry)))


def finding_line(finding: dict[str, Any]) -> str:
    about = f"{finding['rule']} {finding['severity']} {flat(finding['message'])}"
    return f"{place(finding)} {about} [{finding['fingerprint'][:12]}]"


def flat(message: str) -> str:
    return " ".join(message.split())


# ---- stored results


def summary_row(name: str, document: dict[str, Any]) -> str:
    """A project's row of summary.md. No time and no memory: they differ from run to run."""
    numbers = document["summary"]
    rules = ", ".join(f"{rule} {count}" for rule, count in per_rule(document))
    cells = [name, numbers["files"], numbers["analysed"], numbers["skipped"], len(document["errors"])]
    return table_row([*cells, numbers["handlers"], share(numbers["calls_resolved"], numbers["calls"]), rules or "none"])


def per_rule(document: dict[str, Any]) -> list[tuple[str, int]]:
    return sorted(Counter(f["rule"] for f in document["findings"]).items(), key=lambda item: (-item[1], item[0]))


def table_row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def summary(old: str, new_rows: dict[str, str], names: list[str]) -> str:
    """The text of summary.md: new rows replace a project's old one, the others stay."""
    rows = {line.split("|")[1].strip(): line for line in old.splitlines() if line.startswith("| ")} | new_rows
    head = [table_row(SUMMARY_HEAD), table_row(["---"] * len(SUMMARY_HEAD))]
    body = [rows[name] for name in names if name in rows]
    return "\n".join(["# Findings per project", "", "Written by run.py.", "", *head, *body, ""])


def keep(file: Path, text: str, only_check: bool) -> bool:
    """Store a text, or print how it differs; whether it differs."""
    old = file.read_text("utf-8") if file.exists() else None
    if not only_check:
        file.write_text(text, "utf-8")
    elif old is None:
        print(f"{file.name} is not stored")
    else:
        names = (f"{file.name} (stored)", f"{file.name} (now)")
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), *names, n=0))
    return old != text


# ---- command line


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run cachelint on real projects and store what it finds.")
    parser.add_argument("--only", metavar="NAME", action="append", help="this project (may be repeated)")
    parser.add_argument("--twice", action="store_true", help="run twice; both documents must be equal")
    parser.add_argument("--check", action="store_true", help="store nothing; exit 1 if a stored file would change")
    parser.add_argument("--policy", nargs="?", const="articles", choices=FOLDERS, help="lay a policy beside the code")
    parser.add_argument("--judge", action="store_true", help="run nothing; compare stored findings with verdicts")
    given = parser.parse_args()
    if unknown := set(given.only or ()) - {project.name for project in projects()}:
        parser.error(f"not in projects.toml: {', '.join(sorted(unknown))}")
    return given


def examine(project: Project, given: argparse.Namespace) -> dict[str, Any]:
    """Fetch and check a project and print its numbers; the JSON document. Raises BrokenError."""
    fetch(project)
    folder = laid(project, given.policy) if given.policy else project.folder
    options = ["--select", ",".join(RULES)] if given.policy else []
    first = check(folder, *options, *(["--no-cache"] if given.twice else []))
    document: dict[str, Any] = json.loads(first.output)
    print_numbers(project, document, first)
    if given.twice:
        # The second run may use the store, which must not change anything either.
        second = check(folder, *options, seed=2)
        if SECONDS.sub(b"", first.output) != SECONDS.sub(b"", second.output):
            raise BrokenError("two runs differ")
        print(f"  two runs are equal; the second took {second.seconds:.1f} s", flush=True)
    return document


def print_numbers(project: Project, document: dict[str, Any], run: Run) -> None:
    numbers = document["summary"]
    print(f"{project.name} {project.version}: {run.seconds:.1f} s, {run.megabytes:.0f} MB")
    print(f"  {numbers['files']} files, {numbers['analysed']} analysed, {numbers['skipped']} skipped, ", end="")
    print(f"{len(document['errors'])} errors, {numbers['handlers']} handlers, ", end="")
    print(f"{share(numbers['calls_resolved'], numbers['calls'])} of {numbers['calls']} calls resolved")
    print(f"  findings: {', '.join(f'{rule} {count}' for rule, count in per_rule(document)) or 'none'}", flush=True)


def run_all(chosen: list[Project], given: argparse.Namespace) -> int:
    """Examine projects and store the results; 1 when one broke, or under --check when a stored file would change."""
    rows, bad = {}, False
    where = FOLDERS[given.policy] if given.policy else HERE
    for project in chosen:
        try:
            document = examine(project, given)
        except BrokenError as error:
            print(f"{project.name}: {error}", file=sys.stderr, flush=True)
            bad = True
            continue
        rows[project.name] = summary_row(project.name, document)
        text = "".join(f"{line}\n" for line in lines_of(document))
        bad |= keep(stored(project.name, where), text, given.check) and given.check
    table = where / "summary.md"
    old = table.read_text("utf-8") if table.exists() else ""
    changed = keep(table, summary(old, rows, [project.name for project in projects()]), given.check)
    return int(bad or (changed and given.check))


def main() -> int:
    """Exit code 0, or 1 as run_all says."""
    given = arguments()
    chosen = [project for project in projects() if not given.only or project.name in given.only]
    if given.judge:
        print_verdicts([project.name for project in chosen], FOLDERS[given.policy] if given.policy else HERE)
        return 0
    return run_all(chosen, given)


if __name__ == "__main__":
    sys.exit(main())
