"""Policy and code side by side: what in the code each decision matches, and which lines enforce nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.policy import Word, in_field, in_key, in_loader, in_route
from cachelint.policy.model import Caches, Decision, Line, Never, OneClient, Statement
from cachelint.policy.wording import worded
from cachelint.program import clients
from cachelint.program.decided import Allows
from cachelint.program.subjects import field_of, is_about
from cachelint.program.values import Place

if TYPE_CHECKING:
    from cachelint.program import Program

QUOTE = 100


class Match(msgspec.Struct, frozen=True):
    """Something in the code that a decision is about. `kind`: "model", "field", "key", "route", "function" or
    "module"."""

    kind: str
    name: str
    place: Place


class Unenforced(msgspec.Struct, frozen=True):
    """A line of the policy that enforces nothing, and why. `line` is 1-based, `text` as written."""

    path: str
    line: int
    text: str
    why: str
    help: str


def matches(program: Program, statement: Statement) -> list[Match]:
    """Everything in the code that a statement about data or a module is about, sorted by kind and name."""
    if isinstance(statement, OneClient):
        return list(_modules(program, statement.module))
    if not isinstance(statement, (Caches, Never)):
        return []
    word = program.decided.word(statement.subject)
    is_cached = isinstance(statement, Caches)
    found = {*_models(program, word), *_keys(program, word, statement), *_routes(program, word, is_cached)}
    found |= {*_loaders(program, word), *(() if is_cached else _fields(program, word))}
    return sorted(found, key=lambda each: (each.kind, each.name, each.place))


def _modules(program: Program, name: str) -> Iterator[Match]:
    if clients.exists(program, name):
        for module in program.interpreter.modules:
            if clients.is_named(module, name):
                yield Match("module", module.name, Place(module.source.path, 0, 0))


def _models(program: Program, word: Word) -> Iterator[Match]:
    for module in program.interpreter.modules:
        for symbol in module.classes:
            if program.interpreter.hierarchy.is_model(symbol) and is_about(symbol, word):
                yield Match("model", symbol.facts.name, Place(module.source.path, symbol.facts.at, symbol.facts.at))


def _keys(program: Program, word: Word, statement: Caches | Never) -> Iterator[Match]:
    for event, template in program.key_table:
        if isinstance(statement, Caches):
            decision = Decision(statement, program.decided.nowhere)
            is_key = Allows(word, statement, decision).names_key(template)
        else:
            is_key = not word.route and in_key(word, template)
        if is_key:
            yield Match("key", template, event.place)


def _routes(program: Program, word: Word, whole: bool) -> Iterator[Match]:
    for handler in program.handlers:
        for path in handler.raw_paths:
            if in_route(word, path, whole):
                yield Match("route", path, program.head_of(handler.function))


def _loaders(program: Program, word: Word) -> Iterator[Match]:
    """Functions whose name says that they load the entity: get_orders, load_user_profile."""
    if word.route:
        return
    for module in program.interpreter.modules:
        for function in module.functions:
            name = function.facts.name
            if in_loader(word, name) and _loads(name):
                yield Match("function", function.facts.qualname, program.head_of(function))


def _fields(program: Program, word: Word) -> Iterator[Match]:
    """Columns of models, and fields of dicts that are stored."""
    for module in program.interpreter.modules:
        for symbol in module.classes:
            names = [name for name in symbol.attributes if in_field(word, name)]
            for name in names if program.interpreter.hierarchy.is_model(symbol) else ():
                at = symbol.attributes[name][0].at
                yield Match("field", f"{symbol.facts.name}.{name}", Place(module.source.path, at, at))
    for event in program.cache_events:
        name = field_of(event.value, word) if event.value is not None else ""
        if name:
            yield Match("field", name, event.place)


def _loads(name: str) -> bool:
    return name.lstrip("_").partition("_")[0] in (
        "get",
        "load",
        "fetch",
        "find",
        "list",
        "read",
        "query",
        "compute",
        "cached",
        "calculate",
        "build",
    )


def unenforced(program: Program) -> Iterator[Unenforced]:
    """Every line of a caching section that was not understood, matches nothing, or is overruled."""
    policy = program.decided.policy
    overruled = {(d.prose.source.path, d.prose.source.line): d for d in policy.drift}
    for line in lines(program):
        if not line.in_section:
            continue
        drift = overruled.get((line.source.path, line.source.line))
        if line.status == "not-understood":
            yield _at(
                line, f"this line of the policy is not understood ({line.left}), so nothing enforces it", _REWRITE
            )
        elif drift is not None:
            said = f"the configuration overrules this line ({drift.winner.source}: {worded(drift.winner.statement)})"
            yield _at(line, said, "make the two say the same")
        elif _matches_nothing(program, line):
            yield _at(line, "this line of the policy matches nothing in the code", _MATCH)
    yield from _of_configuration(program)
    for problem in policy.problems:
        if not problem.fatal:
            yield Unenforced(problem.path, problem.line, "", problem.message, "name an existing file of the project")


def lines(program: Program) -> Iterator[Line]:
    """The lines of the policy that may be about this code: a file in a folder without any Python, a front end's, speaks
    of other caches."""
    paths = [module.source.path for module in program.interpreter.modules]
    holds: dict[str, bool] = {}
    for line in program.decided.policy.lines:
        folder = line.source.path.rpartition("/")[0]
        if folder not in holds:
            holds[folder] = not folder or any(path.startswith(f"{folder}/") for path in paths)
        if holds[folder]:
            yield line


def _of_configuration(program: Program) -> Iterator[Unenforced]:
    """Statements of the configuration about data or a module that this code does not have.

    What is never to be cached may be listed there before it exists.
    """
    for decision in program.decided.policy.decisions:
        said = decision.statement
        if decision.explicit and isinstance(said, (Caches, OneClient)) and not matches(program, said):
            source = decision.source
            yield Unenforced(
                source.path, source.line, source.text, "this line of the policy matches nothing in the code", _RENAME
            )


_RENAME = "say in `[policy.matches]` what it is in this code, correct its words, or remove it"
_REWRITE = "say it in one of the forms of `cachelint explain unenforced-policy-line`, or list it in `[policy] prose`"
_MATCH = "say in `[policy.matches]` what it is in this code, correct its words, or list it in `[policy] prose`"


def _matches_nothing(program: Program, line: Line) -> bool:
    """Whether a line speaks of data or a module, and of none that this code has."""
    named = [s for s in line.statements if isinstance(s, (Caches, Never, OneClient))]
    return bool(named) and len(named) == len(line.statements) and not any(matches(program, each) for each in named)


def _at(line: Line, why: str, help_: str) -> Unenforced:
    text = line.source.text
    return Unenforced(
        line.source.path, line.source.line, text if len(text) <= QUOTE else text[:QUOTE] + "...", why, help_
    )
