"""What the team decided: words of the policy, matched to names in code."""

from __future__ import annotations

from cachelint.policy.durations import seconds
from cachelint.policy.entities import Word, in_key, in_name, in_route, words_of

__all__ = ["Word", "in_key", "in_name", "in_route", "seconds", "words_of"]
