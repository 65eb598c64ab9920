"""From what was read to findings: the policy, the program, the rules."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from cachelint import history
from cachelint.conclusions import Conclusions, without_filters
from cachelint.config import Config, ConfigError, load
from cachelint.finding import AnalysisError
from cachelint.inputs import Inputs, Linked, decoded, discovered, policy_files, read
from cachelint.libraries import from_config
from cachelint.policy import Policy, Sources, decide
from cachelint.program import Before, Name, Program, UnsureError, link, link_excerpt, widen
from cachelint.rule import Rule
from cachelint.rules import SPELLINGS
from cachelint.shown import is_on
from cachelint.store import Store, key_of, open_store
from cachelint.suppress import Ignore, Named, read_ignores
from cachelint.task import Task
from cachelint.timing import RULE, part


def conclude(task: Task, given: Inputs, before: Before | None = None) -> tuple[Conclusions, Program | None]:
    """What the project comes to; `before` is what an earlier run left. Raises UnsureError when that does not help."""
    config = without_filters(task.config)
    _refuse_wrong_libraries(config)
    with part("decode facts"):
        linked = decoded(task, given.found, given.gathered)
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


def link_part(task: Task, given: Inputs, before: Before, store: Store, also: Collection[Name] = ()) -> Part:
    """Link what changes since an earlier run can matter to, and what lies around functions with some names. Raises
    UnsureError where no part is enough."""
    files = [(file, each.facts) for file, each in zip(given.found.files, given.gathered, strict=True)]
    config = without_filters(task.config)
    policy, wrong = _decided_before(given.sources, config, store)
    return Part(link_excerpt(files, config, policy, before, also), tuple(wrong))


def widen_part(part: Part, names: Collection[Name], fully: bool = False) -> None:
    """See what lies around functions with these names as well, with `fully` also where the change cannot matter. Raises
    UnsureError where no part is enough."""
    widen(part.program, names, fully)


def conclude_part(task: Task, part: Part, names: Collection[str] = ()) -> Conclusions:
    """What a part of a project comes to, without ignore comments and what only the whole tells; with `names` what
    these rules say."""
    on = [rule for rule in task.rules if is_on(rule, task.config) and rule.name != "unenforced-policy-line"]
    rules = [rule for rule in on if not names or rule.name in names]
    findings, crashes, _ = _findings(part.program if part.program.matters else None, rules)
    return Conclusions(findings=tuple(findings), crashes=(*part.wrong, *crashes))


def _decided_before(sources: Sources, config: Config, store: Store) -> tuple[Policy, list[AnalysisError]]:
    """The policy, as an earlier run read it where one did: to compile the forms of sentences takes long."""
    if not sources.files:
        return _decided(sources, config)
    key = key_of(b"policy", history.scope_of(config, sources))
    kept = store.get(key)
    with contextlib.suppress(ValueError, RecursionError):
        return msgspec.msgpack.decode(kept or b"", type=Policy), []
    policy, wrong = _decided(sources, config)
    if not wrong:
        store.put(key, msgspec.msgpack.encode(policy))
    return policy, wrong


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


def _ignores(linked: Linked) -> list[Ignore]:
    return [ignore for file, facts in linked for ignore in read_ignores(file.path, facts)]


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
    found = discovered(task)
    store = open_store(project, os.environ) if use_store else None
    gathered = read(task, found.files, store)
    if store:
        store.save()
    _refuse_wrong_libraries(config)
    policy, _ = _decided(policy_files(task, found), config)
    return link(decoded(task, found, gathered), without_filters(config), policy)


def policy_of(task: Task) -> Policy:
    """What the team of a project decided. Raises ConfigError."""
    return _decided(policy_files(task, discovered(task)), task.config)[0]
