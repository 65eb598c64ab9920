"""The pipeline: files, facts, program, findings, ignore comments, report."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from cachelint import conclusions, history
from cachelint.conclusions import Conclusions, without_filters
from cachelint.config import Config, ConfigError, checked, load
from cachelint.facts import shards
from cachelint.facts.gather import Earlier, Gathered, Limits, Request, facts_of, gather
from cachelint.facts.model import FileFacts
from cachelint.files import Discovery, SourceFile, discover, matcher
from cachelint.finding import (
    AnalysisError,
    Confidence,
    Finding,
    Location,
    Persona,
    Report,
    Reported,
    Severity,
    Summary,
)
from cachelint.libraries import from_config
from cachelint.policy import Policy, Sources, decide
from cachelint.policy import gather as gather_policy
from cachelint.program import Before, Name, Program, Statistics, UnsureError, leave, link, link_excerpt, widen
from cachelint.project import covers
from cachelint.rule import Rule
from cachelint.rules import RULES, SPELLINGS
from cachelint.store import Store, open_store
from cachelint.suppress import Ignore, Named, read_ignores, suppress
from cachelint.timing import part

# How the times of rules begin in a run's times.
RULE = "rule "
Linked = list[tuple[SourceFile, FileFacts]]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What to check. `paths` (project-relative; empty for all) choose what is reported; `replaced` maps
    paths to the content to take in place of those files, None for one to be taken as not there; `jobs` None
    means all cores; `use_store` lets the run take from the project's store what earlier runs worked out, and
    add to it; with `force_exclude` a path in `paths` that is excluded stays so; `facts` are entries of shards."""

    project: Path
    config: Config
    paths: tuple[str, ...] = ()
    replaced: dict[str, bytes | None] = {}
    jobs: int | None = None
    rules: tuple[Rule, ...] = RULES
    force_exclude: bool = False
    use_store: bool = False
    facts: dict[bytes, bytes] = {}


class Run(msgspec.Struct, frozen=True):
    """A report, and what was recognised on the way: None when the files could not be linked. `contents` are the keys
    of the file contents that were analysed."""

    report: Report
    statistics: Statistics | None
    contents: frozenset[bytes] = frozenset()


class Inputs(msgspec.Struct, frozen=True):
    """All that a run reads: the files, what each says, and the files of policy."""

    found: Discovery
    gathered: list[Gathered]
    sources: Sources


def run(task: Task, done: Callable[[int, int], None] = lambda files, total: None) -> Run:
    """Check a project. `done` hears how many more files are read, and of how many."""
    started = time.perf_counter()
    store = open_store(task.project, os.environ) if task.use_store else None
    given = inputs(task, store, done)
    concluded = _concluded(task, given, store)
    if store:
        with part("write the store"):
            store.save()
    contents = frozenset(each.key for each in given.gathered if each.key and (each.has_facts or each.error))
    return Run(report(task, given, concluded, time.perf_counter() - started), concluded.statistics, contents)


def inputs(task: Task, store: Store | None, done: Callable[[int, int], None] = lambda files, total: None) -> Inputs:
    """Read what a task is about, files that are in the store not at all."""
    with part("find files"):
        found = _discovered(task)
    with part("read files"):
        gathered = _gathered(task, found, done, store)
    return Inputs(found, gathered, policy_files(task, found))


def report(task: Task, given: Inputs, concluded: Conclusions, seconds: float = 0.0) -> Report:
    """What a task asks for of what a project comes to."""
    findings = [*concluded.findings, *_syntax_errors(given.gathered)]
    reported = _reported(findings, concluded.ignores, concluded.ran, task)
    failures = [
        *(result.error for result in given.gathered if result.error),
        *_unreadable(given.found),
        *_unread(given.sources),
        *concluded.crashes,
    ]
    return Report(
        findings=tuple(finding for finding in reported if _asked(finding.at.path, task)),
        errors=tuple(sorted(error for error in failures if _asked(error.path, task))),
        summary=_summary(given.gathered, concluded.statistics, seconds),
    )


def key_of_conclusions(task: Task, given: Inputs) -> bytes:
    """Under which key the store has what these inputs come to."""
    rules = [rule.name for rule in task.rules if is_on(rule, task.config)]
    return conclusions.key_for(without_filters(task.config), rules, given.found, given.gathered, given.sources)


def _concluded(task: Task, given: Inputs, store: Store | None) -> Conclusions:
    """What the project comes to: as an earlier run left it in the store, else worked out and put there."""
    if store is None:
        return conclude(task, given)[0]
    key = key_of_conclusions(task, given)
    with part("look into the store"):
        known = conclusions.stored(store, key)
    if known is None:
        known = _renewed(task, given, store) or _from_scratch(task, given, store, key)
        conclusions.keep(store, key, known)
    return known


def _renewed(task: Task, given: Inputs, store: Store) -> Conclusions | None:
    """What the project comes to, linked again only where something has changed since an earlier run; None when that
    cannot be told, or there was none."""
    left = before(task, given, store, basis_of(task, given, store))
    try:
        found = conclude(task, given, left)[0] if left is not None else None
    except UnsureError:
        return None
    return found if found is not None and not found.crashes else None


def _from_scratch(task: Task, given: Inputs, store: Store, key: bytes) -> Conclusions:
    concluded, program = conclude(task, given)
    if program is not None and not concluded.crashes:
        with contextlib.suppress(Exception):  # What cannot be written down is worked out again next time.
            history.keep(store, scope_of(task, given), key, _files(given), leave(program))
    return concluded


def scope_of(task: Task, given: Inputs) -> bytes:
    """Which runs can take over from one over these inputs."""
    return history.scope_of(without_filters(task.config), given.sources)


def _files(given: Inputs) -> list[tuple[SourceFile, Gathered]]:
    return list(zip(given.found.files, given.gathered, strict=True))


def conclude(task: Task, given: Inputs, before: Before | None = None) -> tuple[Conclusions, Program | None]:
    """What the project comes to; `before` is what an earlier run left. Raises UnsureError when that does not help."""
    config = without_filters(task.config)
    _refuse_wrong_libraries(config)
    with part("decode facts"):
        linked = _decoded(task, given.found, given.gathered)
    with part("read the policy"):
        policy, wrong = _decided(given.sources, config)
    with part("link"):
        program, errors = _linked(linked, config, policy, before)
    findings, crashes, ran = _findings(program, [rule for rule in task.rules if is_on(rule, task.config)])
    concluded = Conclusions(
        findings=tuple(findings),
        crashes=(*wrong, *errors, *crashes, *_given_up(program)),
        ran=frozenset(ran),
        ignores=tuple(_ignores(linked)),
        statistics=program.statistics() if program else None,
    )
    return concluded, program


class Part(msgspec.Struct, frozen=True):
    """The part of a project that changes since a whole run can matter to, and what was wrong with the policy."""

    program: Program
    wrong: tuple[AnalysisError, ...]


def link_part(task: Task, given: Inputs, before: Before, also: Collection[Name] = ()) -> Part:
    """Link what changes since an earlier run can matter to, and what lies around functions with some names. Raises
    UnsureError where no part is enough."""
    files = [(file, each.facts) for file, each in _files(given)]
    policy, wrong = _decided(given.sources, without_filters(task.config))
    return Part(link_excerpt(files, without_filters(task.config), policy, before, also), tuple(wrong))


def widen_part(part: Part, names: Collection[Name]) -> None:
    """See what lies around functions with these names as well. Raises UnsureError where no part is enough."""
    widen(part.program, names)


def conclude_part(task: Task, part: Part, names: Collection[str] = ()) -> Conclusions:
    """What a part of a project comes to, without ignore comments and what only the whole tells; with `names` what
    these rules say."""
    on = [rule for rule in task.rules if is_on(rule, task.config) and rule.name != "unenforced-policy-line"]
    rules = [rule for rule in on if not names or rule.name in names]
    findings, crashes, _ = _findings(part.program if part.program.matters else None, rules)
    return Conclusions(findings=tuple(findings), crashes=(*part.wrong, *crashes))


def before(task: Task, given: Inputs, store: Store, basis: history.Basis | None) -> Before | None:
    """What a whole run left for one over these inputs."""
    return history.recall(store, basis, _files(given)) if basis is not None else None


def basis_of(task: Task, given: Inputs, store: Store) -> history.Basis | None:
    """The whole run that is nearest to one over these inputs."""
    return history.nearest(store, scope_of(task, given), _files(given))


def gathered_one(task: Task, file: SourceFile, content: bytes, store: Store, was: Gathered) -> Gathered:
    """The facts of one file of a task as if it had this content; `was` are those of the one it has."""
    before = task.replaced.get(file.path)
    earlier = Earlier(before, was.facts()) if before is not None and was.has_facts else None
    request = msgspec.structs.replace(_request(task, file), data=content, earlier=earlier)
    return gather([request], _limits(task), 1, store=store)[0]


def check_project(
    project: Path,
    config: Config | None = None,
    *,
    paths: Sequence[str] = (),
    use_store: bool = True,
    jobs: int | None = None,
) -> Report:
    """Check the project in a folder as the command line does. Raises ConfigError.

    `use_store` lets it read and write the store in the project (`.cachelint_cache/`).
    """
    config = checked(config, SPELLINGS) if config else load(project, SPELLINGS)
    return run(Task(project=project, config=config, paths=tuple(paths), jobs=jobs, use_store=use_store)).report


def check_source(project: Path, path: str, source: bytes, config: Config | None = None) -> Report:
    """Check one file of a project as if it had this content. Raises ConfigError."""
    config = checked(config, SPELLINGS) if config else load(project, SPELLINGS)
    return run(Task(project=project, config=config, paths=(path,), replaced={path: source}, jobs=1)).report


def link_project(
    project: Path,
    config: Config | None = None,
    *,
    paths: Sequence[str] = (),
    use_store: bool = True,
    jobs: int | None = None,
) -> Program:
    """The program of the project in a folder; `paths` (files that are known even when excluded) and `use_store` as in
    check_project. Raises ConfigError."""
    config = config or load(project, SPELLINGS)
    task = Task(project=project, config=config, paths=tuple(paths), jobs=jobs, use_store=use_store)
    found = _discovered(task)
    store = open_store(project, os.environ) if use_store else None
    gathered = _gathered(task, found, lambda files, total: None, store)
    if store:
        store.save()
    _refuse_wrong_libraries(config)
    policy, _ = _decided(policy_files(task, found), config)
    return link(_decoded(task, found, gathered), without_filters(config), policy)


def _discovered(task: Task) -> Discovery:
    config = task.config
    return discover(
        task.project,
        exclude=config.exclude,
        extend_exclude=config.extend_exclude,
        explicit=() if task.force_exclude else task.paths,
        src=config.src,
        replaced=task.replaced,
    )


def policy_files(task: Task, found: Discovery) -> Sources:
    """The files that the project's policy is written in, with their bytes: an input of the run, as the code is."""
    config = task.config
    guides = found.guides if config.policy.discover else ()
    return gather_policy(task.project, guides, config.policy.files, config.max_file_size, config.policy.discover)


def policy_of(task: Task) -> Policy:
    """What the team of a project decided. Raises ConfigError."""
    return _decided(policy_files(task, _discovered(task)), task.config)[0]


def _decided(sources: Sources, config: Config) -> tuple[Policy, list[AnalysisError]]:
    """The policy, and the crash that kept it from being read. Raises ConfigError."""
    try:
        return decide(sources, config), []
    except ConfigError:
        raise
    except Exception as error:
        return Policy(), [_crash("reading the policy", error)]


def _refuse_wrong_libraries(config: Config) -> None:
    for index, table in enumerate(config.libraries):
        try:
            from_config([table])
        except ValueError as error:
            origin = config.origin
            raise ConfigError(f"`libraries`: {error}", origin.path, origin.line("libraries", index)) from None


def _unread(sources: Sources) -> list[AnalysisError]:
    return [AnalysisError(p.path, p.line, 1, p.message) for p in sources.problems if p.fatal]


def read_part(task: Task, number: int, total: int, done: Callable[[int, int], None]) -> list[Gathered]:
    """What the files say that are part `number` (from 1) of `total`. The store is read and added to as in `run`."""
    files = [(_size(task.project / file.path), file.path, file) for file in _discovered(task).files]
    store = open_store(task.project, os.environ) if task.use_store else None
    results = _read(task, shards.part(files, number, total), done, store)
    if store:
        store.save()
    return results


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _gathered(task: Task, found: Discovery, done: Callable[[int, int], None], store: Store | None) -> list[Gathered]:
    return _read(task, found.files, done, store)


def _read(
    task: Task, files: Sequence[SourceFile], done: Callable[[int, int], None], store: Store | None
) -> list[Gathered]:
    requests = [_request(task, file) for file in files]
    jobs = task.jobs or cores()
    return gather(requests, _limits(task), jobs, lambda files: done(files, len(requests)), store, task.facts)


def _request(task: Task, file: SourceFile) -> Request:
    return Request(file.path, os.path.join(task.project, file.path), task.replaced.get(file.path))


def _limits(task: Task) -> Limits:
    return Limits(task.config.max_file_size, task.config.time_budget)


def _decoded(task: Task, found: Discovery, gathered: Iterable[Gathered]) -> Linked:
    limits = _limits(task)
    return [(f, facts_of(r, _request(task, f), limits)) for f, r in zip(found.files, gathered, strict=True)]


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _linked(
    linked: Linked, config: Config, policy: Policy, before: Before | None
) -> tuple[Program | None, list[AnalysisError]]:
    try:
        return link(linked, config, policy, before), []
    except UnsureError:
        raise
    except Exception as error:
        return None, [_crash("linking the files", error)]


def _findings(program: Program | None, rules: Sequence[Rule]) -> tuple[list[Named], list[AnalysisError], set[str]]:
    """The findings of these rules, their crashes, and the names of those that ran to their end."""
    findings: list[Named] = []
    errors: list[AnalysisError] = []
    ran: set[str] = set()
    for rule in rules:
        if program is None or rule.check is None:
            continue
        try:
            with part(f"{RULE}{rule.name}"):
                findings.extend((rule.name, finding) for finding in rule.check(program))
            ran.add(rule.name)
        except UnsureError:
            raise
        except Exception as error:
            errors.append(_crash(f"rule {rule.name}", error))
    return findings, errors, ran


def _given_up(program: Program | None) -> Iterator[AnalysisError]:
    """Where the calls that lead to a place, or away from it, were too many to follow all of them."""
    if program is None:
        return
    for at in map(program.location, program.effort.gave_up):
        yield AnalysisError(at.path, at.line, at.column, "too many calls lead here to follow all of them")
    for at in map(program.location, program.interpreter.too_deep.values()):
        yield AnalysisError(at.path, at.line, at.column, "what this function calls is nested too deeply to be followed")


def _crash(where: str, error: Exception) -> AnalysisError:
    trace, place = error.__traceback__, ""
    while trace:
        code = trace.tb_frame.f_code
        place, trace = f" ({Path(code.co_filename).name}:{trace.tb_lineno} in {code.co_name})", trace.tb_next
    return AnalysisError("", 1, 1, f"internal error in {where}: {type(error).__name__}: {error}{place}")


def _syntax_errors(gathered: Iterable[Gathered]) -> list[Named]:
    return [("syntax-error", _syntax_error(r.error)) for r in gathered if r.error and r.unparsable]


def _syntax_error(error: AnalysisError) -> Finding:
    at = Location(error.path, error.line, error.column, error.line, error.column + 1)
    return Finding(at=at, message=error.message, help="nothing in this file was checked", subject="")


def _unreadable(found: Discovery) -> list[AnalysisError]:
    return [AnalysisError(path, 1, 1, reason) for path, reason in found.unreadable]


def _ignores(linked: Linked) -> list[Ignore]:
    return [ignore for file, facts in linked for ignore in read_ignores(file.path, facts)]


def _reported(findings: Sequence[Named], ignores: Sequence[Ignore], ran: Collection[str], task: Task) -> list[Reported]:
    """Ignore comments come before the filters: what is hidden by a filter still gives its ignore a reason
    to be."""
    rules = {rule.name: rule for rule in task.rules}
    spellings = {spelling: rule.name for rule in task.rules for spelling in (rule.name, rule.code)}
    outcome = suppress(findings, ignores, spellings, ran)
    prints = _fingerprints([*findings, *outcome.about_comments])
    result = [
        _filled_in(rules[name], finding, prints[name, _bare(finding)], task.config)
        for name, finding in (*outcome.kept, *outcome.about_comments)
        if name in rules and is_on(rules[name], task.config)
    ]
    silenced = {glob: matcher([glob]) for glob in task.config.per_file_ignores}

    def shown(reported: Iterable[Reported]) -> Iterator[Reported]:
        for each in reported:
            is_silent = any(silenced[glob].match_file(each.at.path) for glob in _globs(each.rule, task.config))
            if not is_silent and _is_shown(each, rules[each.rule], task.config):
                yield msgspec.structs.replace(each, parts=tuple(shown(each.parts))) if each.parts else each

    return sorted(shown(result), key=place_in_report)


def place_in_report(reported: Reported) -> tuple[str, int, int, str, str]:
    """The order of a report: by path, line, column, rule."""
    return reported.at.path, reported.at.line, reported.at.column, reported.rule, reported.message


def _globs(rule: str, config: Config) -> Iterator[str]:
    for glob, names in config.per_file_ignores.items():
        if rule in names or "all" in names:
            yield glob


def _fingerprints(findings: Iterable[Named]) -> dict[Named, str]:
    """Names for findings that survive line moves: equal ones are told apart by their order only."""
    seen: dict[tuple[str, str, str, str], int] = {}
    prints: dict[Named, str] = {}
    bare = {(name, _bare(finding)) for name, finding in findings}
    for name, finding in sorted(bare, key=lambda named: (named[1].at, named[0], named[1].message)):
        about = (name, finding.at.path, finding.function, finding.subject)
        seen[about] = seen.get(about, -1) + 1
        prints[name, finding] = _fingerprint(about, seen[about])
    return prints


def _fingerprint(about: tuple[str, str, str, str], ordinal: int) -> str:
    return hashlib.sha256("\0".join([*about, str(ordinal)]).encode()).hexdigest()


def _bare(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, parts=()) if finding.parts else finding


def _filled_in(rule: Rule, finding: Finding, fingerprint: str, config: Config) -> Reported:
    severity = config.severity.get(rule.name) or config.severity.get("all")
    return Reported(
        rule=rule.name,
        code=rule.code,
        severity=Severity(severity) if severity else finding.severity or rule.severity,
        confidence=finding.confidence or rule.confidence,
        persona=finding.persona or rule.persona,
        at=finding.at,
        message=finding.message,
        help=finding.help,
        trace=finding.trace,
        related=finding.related,
        fingerprint=fingerprint,
        function=finding.function,
        subject=finding.subject,
        parts=tuple(_filled_in(rule, part, _own_fingerprint(rule, part), config) for part in finding.parts),
    )


def _own_fingerprint(rule: Rule, part: Finding) -> str:
    return _fingerprint((rule.name, part.at.path, part.function, part.subject), 0)


def is_on(rule: Rule, config: Config) -> bool:
    """Whether a rule runs. One that is named beats one that is only meant by "all"; ignoring beats
    selecting."""
    named = rule.name in (*config.select, *config.extend_select)
    meant = "all" in (*config.select, *config.extend_select) and "all" not in config.ignore
    return rule.name not in config.ignore and (named or meant)


def shown_persona(rule: Rule, config: Config) -> Persona:
    """Up to which persona a rule's findings are shown: a rule that is selected by name always shows its
    own."""
    persona = Persona(config.persona)
    named = rule.name in (*config.select, *config.extend_select)
    return max(persona, rule.persona, key=lambda p: p.rank) if named else persona


def _is_shown(reported: Reported, rule: Rule, config: Config) -> bool:
    return (
        reported.persona.rank <= shown_persona(rule, config).rank
        and reported.confidence.rank >= Confidence(config.min_confidence).rank
        and reported.severity.rank >= Severity(config.min_severity).rank
    )


def _asked(path: str, task: Task) -> bool:
    """Whether a path is to be reported; what is wrong with cachelint itself ("") always is."""
    return not path or covers(task.paths or ("",), path)


def _summary(gathered: Sequence[Gathered], numbers: Statistics | None, seconds: float) -> Summary:
    analysed = sum(result.has_facts for result in gathered)
    return Summary(
        files=len(gathered),
        analysed=analysed,
        skipped=len(gathered) - analysed,
        handlers=numbers.handlers if numbers else 0,
        calls=numbers.calls if numbers else 0,
        calls_resolved=numbers.calls_resolved if numbers else 0,
        seconds=round(seconds, 3),
    )
