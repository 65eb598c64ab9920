"""`map`: every key template with who reads, writes and deletes it, how long it lives and what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click
import msgspec

from cachelint.cli import settings
from cachelint.program import Entry, Program, Use

NONE = "no cache entries: nothing here reads, writes or deletes an entry of a cache\n"
UNKNOWN = "(not known)"
WIDEST = 60
ROLES = {"read": "readers", "write": "writers", "delete": "deleters"}
OTHER = "other calls"


@click.command("map", short_help="Print who uses each cache key, its TTL and entity.")
@click.option(
    "--format", "format_", type=click.Choice(["table", "json", "mermaid"]), default="table", show_default=True
)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Read this configuration.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the store.")
def map_(format_: str, config_file: Path | None, project: Path | None, no_cache: bool) -> None:
    """Print the cache map: each key with its readers, writers, deleters, TTL and entity."""
    program = settings.linked(project, config_file, use_store=not no_cache)
    if format_ == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(document(program))).decode())
    else:
        click.echo((mermaid if format_ == "mermaid" else table)(program), nl=False)


# ------------------------------------------------------------------------------------------------------ data


def document(program: Program) -> dict[str, Any]:
    """The map as plain data. Lines and columns start at 1; `ttl` is in words, `key` null when it is not known."""
    return {"version": 1, "entries": [_entry(program, entry) for entry in program.cache_map]}


def _entry(program: Program, entry: Entry) -> dict[str, Any]:
    roles = {name: [_use(program, use) for use in entry.by(role)] for role, name in ROLES.items()}
    return {
        "key": entry.key or None,
        "clients": list(entry.kinds),
        **roles,
        "others": [_use(program, use) for use in entry.by("other")],
        "ttl": list(entry.ttls),
        "entities": list(entry.entities),
    }


def _use(program: Program, use: Use) -> dict[str, Any]:
    at = program.location(use.place)
    function = use.function.facts.qualname if use.function is not None else None
    return {"path": at.path, "line": at.line, "column": at.column, "function": function, "method": use.method}


# ----------------------------------------------------------------------------------------------------- table


def table(program: Program) -> str:
    """The map for people: one key a block, its places below each other."""
    if not program.cache_map:
        return NONE
    roles = {**ROLES, **({"other": OTHER} if any(entry.by("other") for entry in program.cache_map) else {})}
    rows: list[tuple[str, ...]] = [("key", *roles.values(), "TTL", "entity")]
    for entry in program.cache_map:
        columns = [[_cut(entry.key or UNKNOWN)], *([_place(program, u) for u in entry.by(role)] for role in roles)]
        rows += zip_longest(*columns, entry.ttls, entry.entities, fillvalue="")
    return "".join(f"{line}\n" for line in _aligned(rows))


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _place(program: Program, use: Use) -> str:
    at = program.location(use.place)
    return f"{at.path}:{at.line}"


def _cut(key: str) -> str:
    return key if len(key) <= WIDEST else key[: WIDEST - 3] + "..."


# --------------------------------------------------------------------------------------------------- mermaid


def mermaid(program: Program) -> str:
    """The map as a Mermaid flowchart: functions, keys and entities, an arrow for every use."""
    return "\n".join(["flowchart LR", *dict.fromkeys(_drawn(program)), ""])


def _drawn(program: Program) -> Iterator[str]:
    functions: dict[str, str] = {}
    entities: dict[str, str] = {}
    for number, entry in enumerate(program.cache_map):
        ttl = f"<br>{', '.join(entry.ttls)}" if entry.ttls else ""
        yield f'  key{number}["{_quoted(entry.key or UNKNOWN)}{ttl}"]'
        for use in entry.uses:
            name = _name(use)
            known = functions.setdefault(name, f"function{len(functions)}")
            yield f'  {known}(["{_quoted(name)}"])'
            yield f"  {_arrow(use, known, f'key{number}')}"
        for entity in entry.entities:
            node = entities.setdefault(entity, f"entity{len(entities)}")
            yield f'  {node}[("{_quoted(entity)}")]'
            yield f"  {node} -.- key{number}"


def _name(use: Use) -> str:
    if use.function is None:
        return use.place.path
    return f"{use.function.module.name}.{use.function.facts.qualname}"


def _arrow(use: Use, function: str, key: str) -> str:
    if use.role == "read":
        return f"{key} -->|reads| {function}"
    said = use.method if use.role == "other" else f"{use.role}s"
    return f"{function} {'-.->' if use.role == 'delete' else '-->'}|{said}| {key}"


def _quoted(text: str) -> str:
    """Text in a label: what Mermaid would read as more than text is written as entities."""
    return "".join(f"#{ord(c)};" if c in '"#<>{}[]|`' else c for c in text)
