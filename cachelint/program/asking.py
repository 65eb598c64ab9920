"""Who asked what a function does: whoever did has to be followed again when the answer changes."""

from __future__ import annotations

from cachelint.program.symbols import FunctionSymbol, ModuleSymbol

User = FunctionSymbol | ModuleSymbol


class Asking:
    """The questions behind every answer, those included that were asked for an answer which was then kept."""

    def __init__(self) -> None:
        self.asked: dict[User, set[FunctionSymbol]] = {}
        self._behind: dict[object, set[FunctionSymbol]] = {}
        self._open: list[set[FunctionSymbol]] = [set()]
        # What was added of kept answers already, by identity: the same one is given again and again.
        self._given: list[dict[int, set[FunctionSymbol]]] = [{}]

    def note(self, function: FunctionSymbol) -> None:
        """Whatever is being worked out depends on what this function does."""
        self._open[-1].add(function)

    def begin(self) -> None:
        """Something else is worked out from here on."""
        self._open.append(set())
        self._given.append({})

    def end(self, user: User) -> None:
        """It was the summary of this function or module."""
        self.asked[user] = self._open.pop()
        self._given.pop()

    def keep(self, answer: object) -> None:
        """It was an answer that is kept under this key and given to others, too."""
        asked = self._open.pop()
        self._given.pop()
        if asked:
            self._behind[answer] = asked
            self._add(asked)

    def give(self, answer: object) -> None:
        """A kept answer is used once more."""
        asked = self._behind.get(answer)
        if asked:
            self._add(asked)

    def _add(self, asked: set[FunctionSymbol]) -> None:
        if id(asked) not in self._given[-1]:
            self._given[-1][id(asked)] = asked
            self._open[-1] |= asked
