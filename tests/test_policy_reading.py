"""What policies say: tests/cases/policy/*.md hold texts with the meaning of their every line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelint.policy import reading
from cachelint.policy.model import Caches, Line, Never
from cachelint.policy.reading import lines
from cachelint.policy.wording import worded

ROOT = Path(__file__).parent / "cases" / "policy"
SHOWN = ("understood", "not-checkable", "not-understood")


class Case(NamedTuple):
    """A policy text, and what is expected of each of its lines: "12 understood: never cache orders"."""

    name: str
    text: str
    expected: tuple[str, ...]


def cases(path: Path) -> list[Case]:
    """A case is a heading, a fence of four backticks with the policy, and a fence of three with its meaning."""
    found = []
    for part in re.split(r"(?m)^# (?=[^\n]*\n\n````md\n)", path.read_text(encoding="utf-8"))[1:]:
        heading, _, rest = part.partition("\n")
        policy = re.search(r"^````md\n(.*?)^````$", rest, re.DOTALL | re.MULTILINE)
        meaning = re.search(r"^```lines\n(.*?)^```$", rest, re.DOTALL | re.MULTILINE)
        assert policy, heading
        assert meaning, heading
        found.append(Case(f"{path.stem}: {heading}", policy[1], tuple(meaning[1].splitlines())))
    return found


CASES = [case for path in sorted(ROOT.glob("*.md")) for case in cases(path)]


def shown(line: Line) -> list[str]:
    """A line as the cases write it; headings, prose and examples are left out."""
    if line.status not in SHOWN:
        return []
    words = [worded(each) for each in line.statements] or [line.left]
    return [f"{line.source.line} {line.status}: {each}" for each in words]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_line_means_what_it_says(case: Case) -> None:
    found = [text for line in lines(case.text, "CLAUDE.md") for text in shown(line)]
    assert found == list(case.expected)


def test_there_are_texts_in_many_wordings() -> None:
    assert len([case for case in CASES if case.name.startswith("wordings")]) >= 12


def uncovered(text: str) -> list[int]:
    """The lines of a text that is one caching section which no Line accounts for."""
    held = {n for line in lines(text, "CLAUDE.md") for n in range(line.source.line, line.end_line + 1)}
    return [n for n, line in enumerate(text.split("\n"), 1) if line.strip() and n not in held]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_line_of_a_caching_section_is_accounted_for(case: Case) -> None:
    # Whatever follows a heading about caching belongs to it: nothing of it may be lost.
    text = "## Caching\n\n" + re.sub(r"(?m)^#+ ", "### ", case.text)
    assert uncovered(text) == []


MARKS = st.sampled_from(
    ["- ", "* ", "1. ", "  - ", "    ", "# ", "## ", "> ", "| a | b |", "|---|---|", "```", "~~~", "<!--", "-->", "---"]
)
WORDS = st.sampled_from(
    "Never cache orders TTL 5 min : , ( ) ` ** {id} user:profile:{id} keys Redis errors misses @docs/x.md 1,5 h".split(
        " "
    )
)
TEXTS = st.lists(
    st.one_of(
        st.builds(lambda mark, words: mark + " ".join(words), MARKS, st.lists(WORDS, max_size=8)),
        st.text(
            st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"),
            max_size=40,
        ),
    ),
    max_size=12,
).map("\n".join)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TEXTS)
def test_no_text_is_lost_and_none_breaks_the_reader(text: str) -> None:
    whole = "# Caching\n\n" + re.sub(r"(?m)^( {0,3})#+", r"\1", text)
    setext = re.search(r"(?m)^ {0,3}(=+|-+) *$", text)
    if setext is None:
        assert uncovered(whole) == []
    else:
        lines(whole, "CLAUDE.md")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(TEXTS)
def test_reading_says_the_same_twice(text: str) -> None:
    assert lines(text, "CLAUDE.md") == lines(text, "CLAUDE.md")


def test_what_is_said_elsewhere_counts_only_when_it_is_said_in_full() -> None:
    text = "# Rules\n\n- Run the tests\n- Never cache payments\n- Clear the pip cache\n- Cache things\n"
    (line,) = lines(text, "CLAUDE.md")
    assert line.source.line == 4
    assert not line.in_section
    assert line.statements == (Never(subject="payments"),)


def test_a_long_line_is_no_rule_and_takes_no_time() -> None:
    (_, line) = lines("## Caching\n\n- " + "never cache a, " * 20_000, "CLAUDE.md")
    assert line.status == "not-understood"


def test_a_key_makes_its_entity_known() -> None:
    found = lines("## Caching\n\n- Profiles: 1h, key `user:profile:{id}`\n", "CLAUDE.md")[-1]
    assert found.statements == (Caches(subject="Profiles", ttl=3600, key="user:profile:{id}"),)


def test_a_large_guide_costs_what_its_rules_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(reading, "sentence", lambda text: asked.append(text))
    guide = "".join(f"## Part {n}\n\n- Never commit secrets\n- Keep functions short\n\n" for n in range(3000))
    found = lines(guide + "## Caching\n\n- Never cache orders\n- Profiles: 1h\n", "CLAUDE.md")
    assert [line.source.line for line in found] == [15001, 15003, 15004]
    assert asked == ["Never cache orders", "Profiles: 1h"]
