"""`policy`: every line of the team's policy, how it was understood, what enforces it and what it matches here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from cachelint.cli import amending, settings
from cachelint.cli.enforcement import enforcing
from cachelint.concluding import link_project
from cachelint.config import Config
from cachelint.policy.explicit import as_toml
from cachelint.policy.model import Line, Statement
from cachelint.policy.wording import worded
from cachelint.program import Match, Program
from cachelint.rules import RULES
from cachelint.shown import is_on

# So many matches of a kind are named; the rest is counted.
NAMED = 3
NONE = "no policy: CLAUDE.md, AGENTS.md and .claude/rules have no caching section, and there is no [policy]\n"
STATUSES = ("understood", "not-checkable", "not-understood")


@click.command(short_help="Print how each line of the policy was understood.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--write", is_flag=True, help="Write the prose as [policy] into the configuration.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Read this configuration.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the store.")
def policy(format_: str, write: bool, config_file: Path | None, project: Path | None, no_cache: bool) -> None:
    """Print how each line of the caching policy was understood.

    Exit code: 0, or 2 when a file of policy could not be read.
    """
    root = settings.root(project, [])
    config = settings.configuration(root, config_file)
    with settings.refusing():
        program = link_project(root, config, use_store=not no_cache)
    if write:
        _write(root, config, program)
        return
    if format_ == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(document(program, config))).decode())
    else:
        click.echo(text(program, config), nl=False)
    if any(problem.fatal for problem in program.decided.policy.problems):
        raise SystemExit(2)


# ------------------------------------------------------------------------------------------------------ data


def document(program: Program, config: Config) -> dict[str, Any]:
    """Everything as plain data: lines with their statements, decisions of the configuration, drift, problems."""
    found = program.decided.policy
    return {
        "version": 1,
        "lines": [_line(program, config, line) for line in found.lines],
        "configuration": [
            {"path": d.source.path, "line": d.source.line, **_statement(program, config, d.statement)}
            for d in found.decisions
            if d.explicit
        ],
        "drift": [
            {
                "path": d.prose.source.path,
                "line": d.prose.source.line,
                "says": worded(d.prose.statement),
                "overruled_by": {
                    "path": d.winner.source.path,
                    "line": d.winner.source.line,
                    "says": worded(d.winner.statement),
                },
            }
            for d in found.drift
        ],
        "problems": [msgspec.to_builtins(problem) for problem in found.problems],
        "summary": dict(counts(found.lines)),
    }


def _line(program: Program, config: Config, line: Line) -> dict[str, Any]:
    return {
        "path": line.source.path,
        "line": line.source.line,
        "end_line": line.end_line,
        "text": line.source.text,
        "section": list(line.section),
        "status": line.status,
        "not_read": line.left,
        "folder": line.scope.folder,
        "globs": list(line.scope.globs),
        "statements": [_statement(program, config, each) for each in line.statements],
    }


def _statement(program: Program, config: Config, statement: Statement) -> dict[str, Any]:
    matches = [_match(program, each) for each in program.matches(statement)]
    return {
        "words": worded(statement),
        **msgspec.to_builtins(statement),
        "enforced_by": rules_for(statement, config),
        "matches": matches,
    }


def _match(program: Program, match: Match) -> dict[str, Any]:
    at = program.location(match.place)
    return {"kind": match.kind, "name": match.name, "path": at.path, "line": at.line}


def rules_for(statement: Statement, config: Config) -> list[str]:
    """The rules that are on here and enforce a statement."""
    known = {rule.name: rule for rule in RULES}
    return [name for name in enforcing(statement) if is_on(known[name], config)]


def counts(lines: tuple[Line, ...]) -> Counter[str]:
    """How many rules of the policy have each status; headings, prose and examples are none."""
    return Counter({status: sum(line.status == status for line in lines) for status in STATUSES})


# ------------------------------------------------------------------------------------------------------ text


def text(program: Program, config: Config) -> str:
    """The report for people."""
    found = program.decided.policy
    if not found.lines and not found.decisions and not found.problems:
        return NONE
    parts = []
    for path in dict.fromkeys(line.source.path for line in found.lines):
        parts.append(path)
        for line in found.lines:
            if line.source.path == path:
                parts.extend(_shown(program, config, line))
        parts.append("")
    parts.extend(_of_configuration(program, config))
    parts.extend(f"{p.path}:{p.line}: {p.message}" for p in found.problems)
    parts.extend(_drift(program))
    return "\n".join([*parts, summary(program)]) + "\n"


def _shown(program: Program, config: Config, line: Line) -> Iterator[str]:
    where = f"{line.source.line:>5}"
    if line.status in ("heading", "prose", "example"):
        yield f"{where}  {line.status:<15} {_cut(line.source.text.splitlines()[0] if line.source.text else '')}"
        return
    yield f"{where}  {line.status.replace('-', ' '):<15} {_cut(line.source.text)}"
    for statement in line.statements:
        yield from _explained(program, config, statement)
    if line.left:
        yield f"{'':24}{'because' if not line.statements else 'not read'}: {_cut(line.left)}"


def _explained(program: Program, config: Config, statement: Statement) -> Iterator[str]:
    yield f"{'':22}= {worded(statement)}"
    rules = rules_for(statement, config)
    if statement.__class__.__name__ != "NotCheckable":
        yield f"{'':24}{'enforced by ' + ', '.join(rules) if rules else 'no rule enforces this yet'}"
    if hasattr(statement, "subject") or hasattr(statement, "module"):
        yield f"{'':24}{_matched(program, program.matches(statement))}"


def _matched(program: Program, matches: list[Match]) -> str:
    if not matches:
        return "matches nothing in this code"
    shown = []
    for kind in dict.fromkeys(match.kind for match in matches):
        same = list({m.name: m for m in matches if m.kind == kind}.values())
        names = ", ".join(f"{m.name} ({_place(program, m)})" for m in same[:NAMED])
        more = f" and {len(same) - NAMED} more" if len(same) > NAMED else ""
        shown.append(f"{kind} {names}{more}")
    return "matches " + "; ".join(shown)


def _place(program: Program, match: Match) -> str:
    at = program.location(match.place)
    return f"{at.path}:{at.line}"


def _of_configuration(program: Program, config: Config) -> Iterator[str]:
    said = [decision for decision in program.decided.policy.decisions if decision.explicit]
    if said:
        yield said[0].source.path
    for decision in said:
        yield f"{decision.source.line:>5}  {'configuration':<15} {_cut(decision.source.text)}"
        yield from _explained(program, config, decision.statement)
    if said:
        yield ""


def _drift(program: Program) -> Iterator[str]:
    for each in program.decided.policy.drift:
        yield f"{each.prose.source}: overruled by {each.winner.source}: {worded(each.winner.statement)}"


def summary(program: Program) -> str:
    """One line of numbers."""
    found = program.decided.policy
    numbers = counts(found.lines)
    total = sum(numbers.values())
    said = ", ".join(f"{numbers[status]} {status.replace('-', ' ')}" for status in STATUSES if numbers[status])
    explicit = sum(decision.explicit for decision in found.decisions)
    silent = sum(1 for _ in program.unenforced_lines())
    parts = [f"{_counted(total, 'line')} of policy" + (f": {said}" if said else "")] if total or not explicit else []
    parts += [f"{_counted(explicit, 'statement')} of the configuration"] if explicit else []
    parts += [f"{silent} enforce{'s' if silent == 1 else ''} nothing"] if silent else []
    return "; ".join(parts)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _cut(words: str, width: int = 110) -> str:
    return words if len(words) <= width else words[: width - 3].rstrip() + "..."


# ----------------------------------------------------------------------------------------------------- --write


def _write(root: Path, config: Config, program: Program) -> None:
    """Put what the prose says into the configuration, unless it has a policy already."""
    prose = [decision for decision in program.decided.policy.decisions if not decision.explicit]
    if not prose:
        raise click.ClickException("no prose was understood, so there is nothing to write")
    target, table = _target(root, config)
    written = as_toml(prose, table)
    if any(decision.explicit for decision in program.decided.policy.decisions):
        click.echo(written, nl=False)
        raise click.ClickException(
            f"{config.origin.path} has a policy already: nothing was written, the prose is above"
        )
    before = amending.read(target)
    amending.write(target, amending.appended(before, written), before)
    click.echo(f"{len(prose)} statements written to {target.relative_to(root)}", err=True)


def _target(root: Path, config: Config) -> tuple[Path, str]:
    """The file that the configuration stands in, and the name of the policy's table there."""
    is_shared = config.origin.path == "pyproject.toml"
    return (root / "pyproject.toml", "tool.cachelint.policy") if is_shared else (root / "cachelint.toml", "policy")
