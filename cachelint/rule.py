"""@rule: a check function plus its module's docstring make a Rule, a plain value.

Nothing is registered here; `cachelint.rules.RULES` is the list.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.finding import Confidence, Finding, Persona, Severity

if TYPE_CHECKING:
    from cachelint.program import Program

Check = Callable[["Program"], Iterator[Finding]]

SECTIONS = (
    "What it does",
    "Why is this bad",
    "Example",
    "Use instead",
    "Stays silent when",
    "References",
)


class Rule(msgspec.Struct, frozen=True):
    """One rule. `documentation` maps each of SECTIONS to its text; `summary` is the first line of the docstring."""

    name: str
    code: str
    severity: Severity
    confidence: Confidence
    persona: Persona
    since: str
    summary: str
    documentation: dict[str, str]
    check: Check | None


def rule(
    code: str,
    severity: Severity,
    confidence: Confidence,
    since: str,
    persona: Persona = Persona.REGULAR,
) -> Callable[[Check], Rule]:
    """Build the Rule of the module that the decorated function lives in; its name is the module's, with hyphens."""

    def build(check: Check) -> Rule:
        module = sys.modules[check.__module__]
        summary, sections = parse_documentation(module.__doc__ or "")
        name = check.__module__.rpartition(".")[2].replace("_", "-")
        return Rule(name, code, severity, confidence, persona, since, summary, sections, check)

    return build


def tool_rule(module: str, code: str, severity: Severity, since: str, persona: Persona = Persona.REGULAR) -> Rule:
    """Build the Rule of a module that is documentation only: cachelint itself makes its findings, surely.

    `module` is the module's `__name__`.
    """
    name = module.rpartition(".")[2].replace("_", "-")
    summary, sections = parse_documentation(sys.modules[module].__doc__ or "")
    return Rule(name, code, severity, Confidence.HIGH, persona, since, summary, sections, None)


def parse_documentation(docstring: str) -> tuple[str, dict[str, str]]:
    """Split a rule's docstring into its summary line and {section heading: text}, in order of appearance."""
    summary, _, rest = docstring.strip().partition("\n")
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in rest.splitlines():
        if line in SECTIONS:
            current = sections.setdefault(line, [])
        else:
            current.append(line)
    return summary.strip(), {heading: "\n".join(lines).strip("\n") for heading, lines in sections.items()}
