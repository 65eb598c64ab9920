"""The team's decisions as the program asks for them: which hold for a file, and as words to look for in code."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from cachelint.policy import Policy, Word, for_path, in_key, is_template, word_of, words_of
from cachelint.policy.decisions import holds, scopes
from cachelint.policy.model import Caches, Decision, KeyFormat, Never, Source, UsesStrategy

Said = TypeVar("Said")


class Forbids(NamedTuple):
    """Data that must not be cached: its word, the words of what is allowed all the same, and who says so."""

    word: Word
    exceptions: tuple[Word, ...]
    decision: Decision
    http: bool


class Allows(NamedTuple):
    """Data that is cached, as its word, and what is said of it."""

    word: Word
    said: Caches
    decision: Decision

    def names_key(self, template: str) -> bool:
        """Whether a key template is about this data: by its words, or by the key that the policy gives it."""
        return self.names_given_key(template) or in_key(self.word, template)

    def names_given_key(self, template: str) -> bool:
        """Whether a key template is the one that the policy gives this data."""
        given = [each for each in (self.said.subject, self.said.key) if is_template(each)]
        return any(in_key(word_of(each, (each,)), template) for each in given)


class Decided:
    """The decisions of a policy by the file that they hold for."""

    nowhere = Source("", 1, "")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._scopes = list(scopes(policy))
        self._given = {words_of(text): given for text, given in policy.matches}
        self._by_scopes: dict[tuple[bool, ...], list[Decision]] = {}
        self._words: dict[str, Word] = {}
        self._forbids: dict[int, list[Forbids]] = {}
        self._allows: dict[int, list[Allows]] = {}

    @property
    def names_data(self) -> bool:
        """Whether any decision is about data of a name."""
        return any(isinstance(each.statement, (Caches, Never)) for each in self.policy.decisions)

    @property
    def names_formats(self) -> bool:
        """Whether any decision gives keys a form."""
        return any(isinstance(each.statement, KeyFormat) for each in self.policy.decisions)

    @property
    def names_strategies(self) -> bool:
        """Whether any decision names a strategy."""
        said = [each.statement for each in self.policy.decisions]
        return any(isinstance(s, UsesStrategy) or (isinstance(s, Caches) and s.strategies) for s in said)

    @property
    def demands_ttl(self) -> bool:
        """Whether any decision has entries expire that nothing drops or rewrites."""
        said = [each.statement for each in self.policy.decisions]
        general = any(isinstance(each, UsesStrategy) and each.strategy == "ttl" for each in said)
        return general or any(isinstance(each, Caches) and "ttl" in each.strategies for each in said)

    def at(self, path: str) -> list[Decision]:
        """The decisions that hold for a project-relative path, the nearest first."""
        covered = tuple(holds(scope, path) for scope in self._scopes)
        if covered not in self._by_scopes:
            self._by_scopes[covered] = for_path(self.policy, path)
        return self._by_scopes[covered]

    def said(self, path: str, kind: type[Said]) -> tuple[Said, Decision] | None:
        """The nearest decision of a kind for a path."""
        found = ((each.statement, each) for each in self.at(path) if isinstance(each.statement, kind))
        return next(found, None)

    def all_said(self, path: str, kind: type[Said]) -> list[tuple[Said, Decision]]:
        """All decisions of a kind for a path."""
        return [(each.statement, each) for each in self.at(path) if isinstance(each.statement, kind)]

    def forbids(self, path: str) -> list[Forbids]:
        """What must not be cached in a file."""
        decisions = self.at(path)
        if id(decisions) not in self._forbids:
            self._forbids[id(decisions)] = [
                Forbids(self.word(said.subject), tuple(map(self.word, said.exceptions)), decision, said.http)
                for said, decision in self.all_said(path, Never)
            ]
        return self._forbids[id(decisions)]

    def allows(self, path: str) -> list[Allows]:
        """What is cached in a file, and how."""
        decisions = self.at(path)
        if id(decisions) not in self._allows:
            self._allows[id(decisions)] = [
                Allows(self.word(said.subject), said, decision) for said, decision in self.all_said(path, Caches)
            ]
        return self._allows[id(decisions)]

    def word(self, text: str) -> Word:
        """The word of an entity, with the matches that the configuration gives it."""
        if text not in self._words:
            self._words[text] = word_of(text, self._given.get(words_of(text)))
        return self._words[text]


LONGEST_QUOTE = 120


def quoted(decision: Decision, word: str = "") -> str:
    """`the policy says "Never cache: orders" (CLAUDE.md:7)`: the line as written, with its file and line."""
    source = decision.source
    if decision.explicit:
        verb = "says never:" if isinstance(decision.statement, Never) else "says"
        return f'the policy {verb} "{word or source.text}" ({source})'
    text = source.text if len(source.text) <= LONGEST_QUOTE else source.text[: LONGEST_QUOTE - 3].rstrip() + "..."
    under = f' under "{decision.heading}":' if decision.heading else ""
    return f'the policy says{under} "{text}" ({source})'
