"""Does the hook's glance at an edit say what whole runs say?

    python tests/ecosystem/agreement.py FOLDER [--edits 100] [--seed 0] [--cold 10] [--only TEXT] [--persona pedantic]

FOLDER is a project whose store may be written: a copy. Its files stay as they are, edits are only thought. Random edits
(`mutations.py`) are judged by a glance, and by whole runs that the store helps; every so many also by a run without a
store. What the two say has to be equal: rule, severity, place, function, subject, words and trace. Prints what is not,
and numbers per kind of edit. The exit code is 1 where a glance missed an error, or said what a whole run does not.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from mutations import edits, survey

from cachelint.check import run
from cachelint.compare import Comparison, at_a_glance, by_whole_runs
from cachelint.config import load
from cachelint.files import discover
from cachelint.finding import Reported
from cachelint.program import UnsureError
from cachelint.rules import SPELLINGS
from cachelint.task import Task

TRIES = 40


class Seen(msgspec.Struct):
    """An edit judged twice. `glance` is None where it could not tell: `unsure` says why."""

    kind: str
    path: str
    glance: tuple[Reported, ...] | None
    whole: tuple[Reported, ...]
    unsure: str
    seconds: tuple[float, float]

    @property
    def outcome(self) -> str:
        if self.glance is None:
            return "unsure"
        glance, whole = map(Counter, (map(about, self.glance), map(about, self.whole)))
        if whole - glance:
            return "missed"
        if glance - whole:
            return "too loud"
        if sorted(map(spelled, self.glance)) != sorted(map(spelled, self.whole)):
            return "other words"
        return "agreed" if self.whole else "silent"


def about(finding: Reported) -> tuple[object, ...]:
    """What a finding is about, and where."""
    return finding.rule, finding.severity, finding.at, finding.function, finding.subject


def spelled(finding: Reported) -> str:
    """All that a finding says."""
    return msgspec.json.encode(msgspec.structs.replace(finding, fingerprint="")).decode()


def chosen(task: Task, chance: random.Random, only: str) -> Iterator[tuple[str, str, bytes | None, bytes]]:
    """Edits of files of a project, each as kind, path, before (None for a file that was not there) and after. Files
    that speak of requests, models or caches come first: the others bring nothing."""
    paths = [file.path for file in discover(task.project, exclude=task.config.exclude).files]
    sources = {path: (task.project / path).read_bytes().decode("utf-8", "replace") for path in paths}
    project = survey(sources)
    likely = [p for p, text in sources.items() if any(word in text for word in ("request", "cache", "router"))]
    while True:
        path = chance.choice(likely)
        for _, (kind, edited, name) in zip(range(TRIES), edits(task.project / path, project, chance), strict=False):
            if edited and only in kind:
                where = str(Path(path).with_name(name)) if name else path
                yield kind, where, None if name else sources[path].encode(), edited.encode()
                break


def judged(task: Task, kind: str, path: str, before: bytes | None, after: bytes, everything: bool) -> Seen:
    """One edit, judged by both; where a glance cannot tell, by whole runs only with `everything`."""
    started, unsure, found = time.perf_counter(), "", None
    try:
        found = at_a_glance(task, path, before, after)
    except UnsureError as error:
        unsure = str(error).removeprefix(f"{path}: ")
    between = time.perf_counter()
    whole = said(by_whole_runs(task, path, before, after)) if found is not None or everything else ()
    seconds = (between - started, time.perf_counter() - between)
    return Seen(kind, path, said(found) if found is not None else None, whole, unsure, seconds)


def said(comparison: Comparison) -> tuple[Reported, ...]:
    """What a comparison says, but for lines of the policy that enforce nothing: notes that only a whole run gives."""
    return tuple(each for each in comparison.introduced if each.rule != "unenforced-policy-line")


def is_cold_alike(task: Task, seen: Seen, path: str, before: bytes | None, after: bytes) -> bool:
    """Whether runs without a store say the same."""
    cold = by_whole_runs(msgspec.structs.replace(task, use_store=False), path, before, after)
    return sorted(map(spelled, cold.introduced)) == sorted(map(spelled, seen.whole))


def main() -> int:
    """Judge, print, exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cold", type=int, default=0, help="compare every so many with a run without a store")
    parser.add_argument("--everything", action="store_true", help="whole runs also where a glance cannot tell")
    parser.add_argument("--only", default="", help="kinds of edits with this text in their name")
    parser.add_argument("--persona", default="")
    options = parser.parse_args()
    config = load(options.folder, SPELLINGS)
    config = msgspec.structs.replace(config, persona=options.persona or config.persona)
    task = Task(project=options.folder, config=config, jobs=1, use_store=True)
    run(task)
    found = []
    for number, (kind, path, before, after) in enumerate(chosen(task, random.Random(options.seed), options.only)):
        if number >= options.edits:
            break
        seen = judged(task, kind, path, before, after, options.everything)
        found.append(seen)
        if options.cold and number % options.cold == 0 and not is_cold_alike(task, seen, path, before, after):
            print(f"{number} {kind}, {path}: A RUN WITHOUT A STORE SAYS SOMETHING ELSE")
        show(number, seen)
    summarize(found)
    return int(any(seen.outcome in ("missed", "too loud") for seen in found))


def show(number: int, seen: Seen) -> None:
    """One line, and what differs."""
    took = "{:.2f} s, {:.2f} s".format(*seen.seconds)
    print(f"{number} {seen.outcome} ({len(seen.whole)} new; {took}) {seen.kind}, {seen.path} {seen.unsure}", flush=True)
    if seen.outcome in ("missed", "too loud", "other words"):
        for mark, some, others in (("-", seen.whole, seen.glance or ()), ("+", seen.glance or (), seen.whole)):
            for finding in (f for f in some if spelled(f) not in set(map(spelled, others))):
                where = f"{finding.at.path}:{finding.at.line} {finding.function}"
                print(f"   {mark} {where} {finding.severity.value} {finding.rule}: {finding.message}")


def summarize(found: list[Seen]) -> None:
    """Numbers by kind of edit, and why a glance could not tell."""
    outcomes = ("agreed", "silent", "other words", "missed", "too loud", "unsure")
    print("\n| edit | " + " | ".join(outcomes) + " | of the unsure, with news |\n" + "|---" * 8 + "|")
    for kind in [*sorted({seen.kind for seen in found}), "all"]:
        of_kind = [seen for seen in found if kind in (seen.kind, "all")]
        counts = Counter(seen.outcome for seen in of_kind)
        slow = sum(seen.outcome == "unsure" and bool(seen.whole) for seen in of_kind)
        print(f"| {kind} | " + " | ".join(str(counts[each]) for each in outcomes) + f" | {slow} |")
    print()
    for reason, times in Counter(seen.unsure for seen in found if seen.unsure).most_common():
        print(f"{times:4} {reason}")


if __name__ == "__main__":
    sys.exit(main())
