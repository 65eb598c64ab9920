"""What is wrong: every rule, in the order of its code. A rule that is not in this list does not run."""

from __future__ import annotations

from cachelint.rule import Rule
from cachelint.rules import ignore_without_reason, syntax_error, unknown_name_in_ignore, unused_ignore

RULES: tuple[Rule, ...] = (
    syntax_error.check,  # CL901
    unused_ignore.check,
    ignore_without_reason.check,
    unknown_name_in_ignore.check,
)

# Every accepted spelling of a rule, its name and its code, with the name that it stands for.
SPELLINGS: dict[str, str] = {spelling: rule.name for rule in RULES for spelling in (rule.name, rule.code)}
