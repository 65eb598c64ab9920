"""Rewrite what the documents say about rules, libraries and the example from the code itself.

`python docs/generate.py` writes README.md and docs/rules.md; with `--check` it writes nothing and ends with 1 when a
document is out of date.
"""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec

from cachelint import vocabulary
from cachelint.check import check_project
from cachelint.cli.policy import text as policy_text
from cachelint.concluding import link_project
from cachelint.config import Config, load
from cachelint.finding import Report, Severity
from cachelint.libraries import LIBRARIES
from cachelint.reporters import FORMATS
from cachelint.rule import Rule
from cachelint.rules import RULES, SPELLINGS
from cachelint.source import lines_of

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "shop"
# Which rows make a library what it is, by the beginning of their names in the vocabulary.
KINDS = {
    "web framework": ("Handles", "HandlerClass"),
    "cache": ("Cache", "Memoizes", "Mapping", "Outage", "Backend"),
    "database": ("Db", "Statement", "GenericView"),
}


def main(arguments: list[str]) -> int:
    """Write or compare all documents; the exit code."""
    stale = 0
    for path, text in documents().items():
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif text != before:
            stale = 1
            name = path.relative_to(ROOT).as_posix()
            sys.stdout.writelines(difflib.unified_diff(*_lines(before, text), name, f"{name} (generated)"))
    return stale


def documents() -> dict[Path, str]:
    """The generated documents: path and full text."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    parts = {
        "example": example(),
        "policy": policy_example(),
        "hook": hook_answer(),
        "rules": rule_table(),
        "libraries": library_table(),
    }
    for name, text in parts.items():
        readme = between_markers(readme, name, text)
    return {
        ROOT / "README.md": readme,
        ROOT / "docs" / "rules.md": rule_pages(),
        ROOT / "docs" / "cachelint.schema.json": schema(),
    }


def schema() -> str:
    """The JSON Schema of cachelint.toml, for editors."""
    document = msgspec.json.schema(Config)
    settings = document["$defs"]["Config"]
    del settings["properties"]["origin"], document["$defs"]["Origin"]
    settings["title"] = "cachelint.toml"
    names = ["all", *SPELLINGS]
    for key in ("select", "extend-select", "ignore"):
        settings["properties"][key]["items"] = {"enum": names}
    for each in document["$defs"].values():
        each["description"] = " ".join(each.get("description", "").split())
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**head, **document}, indent=2, ensure_ascii=False) + "\n"


def between_markers(document: str, name: str, text: str) -> str:
    """The document with the text between the markers of this name. Raises ValueError when it has none."""
    pattern = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end: {name} -->)", re.DOTALL)
    result, count = pattern.subn(lambda match: f"{match[1]}{text}{match[2]}", document)
    if count != 1:
        raise ValueError(f"the document has {count} places for {name}, not one")
    return result


def hook_answer() -> str:
    """What Claude reads when it makes the edit of examples/edit.json."""
    command = [sys.executable, "-m", "cachelint", "hook"]
    call = (ROOT / "examples" / "edit.json").read_bytes()
    done = subprocess.run(command, input=call, cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 2:
        raise ValueError(f"the edit is not stopped: {done.stdout!r} {done.stderr!r}")
    return f"```console\n$ cachelint hook < examples/edit.json\n{done.stderr.decode()}```\n"


def rule_table() -> str:
    """All rules as a table."""
    rows = [
        f"| {rule.code} | [{rule.name}](docs/rules.md#{rule.name}) | {rule.severity.value} "
        f"| {rule.persona.value} | {rule.summary} |"
        for rule in RULES
    ]
    return "\n".join(["| code | rule | severity | shown to | what is wrong |", "|---|---|---|---|---|", *rows, ""])


def library_table() -> str:
    """All libraries as a table: which imports are known, and as what."""
    rows = [f"| {library.name} | {_packages(library)} | {_kinds(library)} |" for library in _sorted_libraries()]
    return "\n".join(["| library | imports | known as |", "|---|---|---|", *rows, ""])


def _sorted_libraries() -> list[vocabulary.Library]:
    return sorted(LIBRARIES, key=lambda library: library.name.lower())


def _packages(library: vocabulary.Library) -> str:
    return ", ".join(f"`{package}`" for package in library.packages.split())


def _kinds(library: vocabulary.Library) -> str:
    rows = {type(row).__name__ for row in library.rows}
    kinds = [kind for kind, names in KINDS.items() if any(row.startswith(names) for row in rows)]
    return ", ".join(kinds) or "values and checks"


def rule_pages() -> str:
    """docs/rules.md: the documentation of every rule."""
    intro = (
        "# Rules\n\nWhat cachelint reports about an application cache (Redis, Memcached, Django...). "
        "Written by `make docs` from the rules themselves."
    )
    return "\n\n".join([intro, *map(_page, RULES)]) + "\n"


def _page(rule: Rule) -> str:
    facts = (
        f"{rule.code}, {rule.severity.value}, confidence {rule.confidence.value}, shown to {rule.persona.value}, "
        f"since {rule.since}"
    )
    parts = [f"## {rule.name}", rule.summary, facts]
    parts += [f"### {heading}\n\n{body.strip()}" for heading, body in rule.documentation.items()]
    return "\n\n".join(parts)


def example() -> str:
    """What a run says about the example: its first error in full, then every finding in one line."""
    report = check_project(EXAMPLE, jobs=1)
    parts = [
        ("cachelint check examples/shop", _rendered("text", _first_error(report)) + "...\n"),
        ("cachelint check --format concise examples/shop", _rendered("concise", report)),
    ]
    return "\n".join(f"```console\n$ {command}\n{output}```\n" for command, output in parts)


def policy_example() -> str:
    """The beginning of what `cachelint policy` says of the example, and its last line."""
    program = link_project(EXAMPLE, jobs=1, use_store=False)
    lines = policy_text(program, load(EXAMPLE, SPELLINGS)).splitlines()
    shown = "\n".join([*(_cut(line) for line in lines[:19]), "...", lines[-1]])
    return f"```console\n$ cachelint policy --project examples/shop\n{shown}\n```\n"


def _cut(line: str, width: int = 150) -> str:
    return line if len(line) <= width else line[: width - 3] + "..."


def _first_error(report: Report) -> Report:
    errors = [finding for finding in report.findings if finding.severity == Severity.ERROR]
    traced = [finding for finding in errors if finding.trace]
    return Report(tuple((traced or errors)[:1]), (), report.summary)


def _rendered(name: str, report: Report) -> str:
    return FORMATS[name](report, lambda path: lines_of(EXAMPLE / path), color=False, quiet=True)


def _lines(before: str, after: str) -> tuple[list[str], list[str]]:
    return before.splitlines(keepends=True), after.splitlines(keepends=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
