"""`routes`: every handler with its methods, path, login, queries, caches and what the policy says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from cachelint.cli import settings
from cachelint.policy.wording import worded
from cachelint.program import Program, Query, Route, Ruling

NONE = "no routes: nothing here serves requests that cachelint knows of\n"
AUTH = {"right": "a special right", "login": "a login", "open": "open on purpose", "": "no login seen"}
USES = {"read": "reads", "write": "writes", "delete": "deletes", "other": "asks about"}
SHAPES = {"rows": "list of", "row": "row of", "aggregate": "aggregate over", "exists": "existence of"}


@click.command(short_help="Print the routes with their queries and caches.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Read this configuration.")
@click.option("--project", type=click.Path(path_type=Path, file_okay=False), help="The project's folder.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the store.")
def routes(format_: str, config_file: Path | None, project: Path | None, no_cache: bool) -> None:
    """Print the routes: method, path, login, queries, caches and what the policy says."""
    program = settings.linked(project, config_file, use_store=not no_cache)
    if format_ == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(document(program))).decode())
    else:
        click.echo(text(program), nl=False)


# ------------------------------------------------------------------------------------------------------ data


def document(program: Program) -> dict[str, Any]:
    """The routes as plain data. Lines and columns start at 1; `paths` are those of URLs, `path` those of files; `auth`
    is "right", "login", "open" or null."""
    return {"version": 1, "routes": [_route(program, route) for route in program.routes()]}


def _route(program: Program, route: Route) -> dict[str, Any]:
    at = program.location(route.place)
    return {
        "methods": sorted(route.handler.methods),
        "paths": [path for path in route.paths if path],
        "handler": {
            "name": program.handler_name(route.handler),
            "path": at.path,
            "line": at.line,
            "column": at.column,
        },
        "auth": route.auth or None,
        "cached": route.is_cached,
        "queries": [_query(program, query) for query in route.queries],
        "caches": [
            {
                "key": entry.key or None,
                "use": use.role,
                "path": use.place.path,
                "line": program.location(use.place).line,
            }
            for entry, use in route.caches
        ],
        "policy": [_ruling(ruling) for ruling in route.rulings],
    }


def _query(program: Program, query: Query) -> dict[str, Any]:
    at = program.location(query.event.place)
    entity = program.entity_name(query.event.entity)
    return {"path": at.path, "line": at.line, "entity": entity, "reads": query.event.shape, "cached": query.is_cached}


def _ruling(ruling: Ruling) -> dict[str, Any]:
    source = ruling.decision.source
    said = worded(ruling.decision.statement)
    return {"says": said, "path": source.path, "line": source.line, "kept": ruling.is_kept}


# ------------------------------------------------------------------------------------------------------ text


def text(program: Program) -> str:
    """The routes for people, one a block."""
    found = list(program.routes())
    return "\n".join("\n".join(_shown(program, route)) + "\n" for route in found) or NONE


def _shown(program: Program, route: Route) -> Iterator[str]:
    at = program.location(route.place)
    methods = ", ".join(sorted(route.handler.methods)).replace("*", "any method")
    yield f"{methods} {', '.join(route.paths) or '(path not known)'}"
    yield f"    handler  {program.handler_name(route.handler)} ({at.path}:{at.line})"
    yield f"    asks for {AUTH[route.auth]}"
    if route.is_cached:
        yield "    caches   the whole answer"
    yield from dict.fromkeys(
        f"    caches   {USES[use.role]} {entry.key or '(key not known)'}" for entry, use in route.caches
    )
    for query in route.queries:
        place = program.location(query.event.place)
        what = f"{SHAPES.get(query.event.shape, query.event.shape)} {program.entity_name(query.event.entity)}"
        yield f"    reads    {what} ({place.path}:{place.line}){', cached' if query.is_cached else ', not cached'}"
    for ruling in route.rulings:
        kept = "kept" if ruling.is_kept else "NOT kept"
        yield f"    policy   {worded(ruling.decision.statement)} ({ruling.decision.source}): {kept}"
