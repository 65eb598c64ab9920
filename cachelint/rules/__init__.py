"""What is wrong: every rule, in the order of its code. A rule that is not in this list does not run."""

from __future__ import annotations

from cachelint.rule import Rule
from cachelint.rules import (
    direct_client,
    guard_misses_errors,
    ignore_without_reason,
    key_off_format,
    missing_no_store,
    missing_ttl,
    never_cache_data,
    off_strategy,
    pickled_values,
    raw_input_in_key,
    stampede,
    swallowed_invalidation,
    syntax_error,
    ttl_over_policy,
    uncached_query,
    unenforced_policy_line,
    unguarded_cache_call,
    unknown_name_in_ignore,
    unused_ignore,
)

RULES: tuple[Rule, ...] = (
    raw_input_in_key.check,
    key_off_format.check,
    unguarded_cache_call.check,
    guard_misses_errors.check,
    swallowed_invalidation.check,
    never_cache_data.check,
    missing_ttl.check,
    ttl_over_policy.check,
    off_strategy.check,
    direct_client.check,
    pickled_values.check,
    unenforced_policy_line.check,
    uncached_query.check,
    stampede.check,
    missing_no_store.check,
    syntax_error.check,  # CL901
    unused_ignore.check,
    ignore_without_reason.check,
    unknown_name_in_ignore.check,
)

# Every accepted spelling of a rule, its name and its code, with the name that it stands for.
SPELLINGS: dict[str, str] = {spelling: rule.name for rule in RULES for spelling in (rule.name, rule.code)}
