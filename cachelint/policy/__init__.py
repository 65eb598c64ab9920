"""What the team decided: prose and configuration -> decisions, and their words matched to names in code."""

from __future__ import annotations

from cachelint.policy.decisions import TOLERANCE, Drift, Policy, decide, for_path, is_template, scopes
from cachelint.policy.durations import seconds, spoken
from cachelint.policy.entities import Word, ends_route, in_key, in_loader, in_name, in_route, word_of
from cachelint.policy.fields import in_field
from cachelint.policy.nouns import words_of
from cachelint.policy.sources import Problem, Sources, gather

__all__ = [
    "TOLERANCE",
    "Drift",
    "Policy",
    "Problem",
    "Sources",
    "Word",
    "decide",
    "ends_route",
    "for_path",
    "gather",
    "in_field",
    "in_key",
    "in_loader",
    "in_name",
    "in_route",
    "is_template",
    "scopes",
    "seconds",
    "spoken",
    "word_of",
    "words_of",
]
