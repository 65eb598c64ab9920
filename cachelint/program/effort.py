"""How much work a program may make: what code can blow up beyond all measure is followed up to here, and no further."""

from __future__ import annotations

from cachelint.program.values import Place

# Calls followed backwards, for all questions together. A project of 200,000 lines needs about a hundredth of it.
CALLS = 4_000_000


class Effort:
    """Counts the calls that are followed backwards. `gave_up` holds the places whose question was left unanswered."""

    def __init__(self, calls: int = CALLS) -> None:
        self.calls = calls
        self.gave_up: dict[Place, None] = {}

    def spend(self, place: Place) -> bool:
        """Follow one more call for the sake of the code at `place`; False when there is no more to spend."""
        self.calls -= 1
        if self.calls < 0:
            self.gave_up[place] = None
        return self.calls >= 0
