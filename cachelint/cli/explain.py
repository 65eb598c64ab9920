"""`explain` and `rules`: what the rules say about themselves."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import click
import msgspec

from cachelint.cli import settings
from cachelint.config import Config
from cachelint.rule import Rule
from cachelint.rules import RULES, SPELLINGS
from cachelint.shown import is_on, shown_persona


@click.command(short_help="Print the documentation of a rule.")
@click.argument("rule", required=False)
@click.option("--all", "all_", is_flag=True, help="Every rule.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(rule: str | None, all_: bool, format_: str) -> None:
    """Print the documentation of RULE (its name or code)."""
    if (rule is None) != all_:
        raise click.UsageError("name one rule, or use --all")
    wanted = RULES if rule is None else (_named(rule),)
    if format_ == "text":
        click.echo("\n\n".join(text(each) for each in wanted))
    else:
        document: Any = [as_data(each) for each in wanted]
        click.echo(msgspec.json.format(msgspec.json.encode(document if all_ else document[0])))


def _named(spelling: str) -> Rule:
    name = SPELLINGS.get(spelling) or SPELLINGS.get(spelling.upper())
    if name is None:
        close = difflib.get_close_matches(spelling, SPELLINGS, n=1)
        raise click.UsageError(f"unknown rule `{spelling}`" + (f", did you mean `{close[0]}`?" if close else ""))
    return next(rule for rule in RULES if rule.name == name)


def text(rule: Rule) -> str:
    """A rule's documentation as Markdown, without a newline at its end."""
    facts = f"{rule.severity.value}, {rule.confidence.value} confidence, {rule.persona.value}, since {rule.since}"
    parts = [f"# {rule.name} ({rule.code})", facts, rule.summary]
    parts += [f"## {heading}\n\n{body.strip()}" for heading, body in rule.documentation.items()]
    return "\n\n".join(parts)


def as_data(rule: Rule) -> dict[str, Any]:
    """A rule's documentation as plain data."""
    fields = ("name", "code", "severity", "confidence", "persona", "since", "summary", "documentation")
    return {field: msgspec.to_builtins(getattr(rule, field)) for field in fields}


@click.command(short_help="Print all rules, and why each is on or off here.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Read this configuration.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
def rules(config_file: Path | None, project: Path | None) -> None:
    """Print all rules: code, name, severity, persona, and whether they are on here."""
    config = settings.configuration(settings.root(project, []), config_file)
    rows: list[tuple[str, ...]] = [("code", "rule", "severity", "persona", "here")]
    rows += [_row(rule, config) for rule in RULES]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _row(rule: Rule, config: Config) -> tuple[str, ...]:
    severity = config.severity.get(rule.name) or config.severity.get("all") or rule.severity.value
    return rule.code, rule.name, severity, rule.persona.value, state(rule, config)


def state(rule: Rule, config: Config) -> str:
    """Whether a rule is on under a configuration, and why."""
    if rule.name in config.ignore:
        return f"off: `ignore` in {config.origin.path}:{config.origin.line('ignore')}"
    if not is_on(rule, config):
        return f"off: not selected in {config.origin.path}:{config.origin.line('select')}"
    if rule.persona.rank > shown_persona(rule, config).rank:
        return f"off: for persona {rule.persona.value}, and this is {config.persona}"
    return "on: selected by name" if rule.name in (*config.select, *config.extend_select) else "on"
