"""Ignore comments: what each form covers, and what is said about the comments themselves."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cachelint.facts import extract
from cachelint.finding import Finding, Location
from cachelint.suppress import Outcome, read_ignores, suppress

RULES = {"raw-key": "raw-key", "CL100": "raw-key", "no-ttl": "no-ttl", "unused-ignore": "unused-ignore"}


def outcome(source: str, *lines: int, rule: str = "raw-key", judged: tuple[str, ...] = ("raw-key",)) -> Outcome:
    """Findings of one rule on these 1-based lines, put through the ignores of a source."""
    ignores = read_ignores("a.py", extract(dedent(source).lstrip("\n").encode()))
    findings = [(rule, Finding(Location("a.py", line, 1, line, 2), "m", "h", "s")) for line in lines]
    return suppress(findings, ignores, RULES, judged)


def kept(source: str, *lines: int) -> list[int]:
    return [finding.at.line for _, finding in outcome(source, *lines).kept]


def said(result: Outcome) -> list[tuple[str, int, str]]:
    return [(name, finding.at.line, finding.subject) for name, finding in result.about_comments]


def test_a_comment_covers_its_line() -> None:
    assert kept("x = 1  # cachelint: ignore[raw-key] why\ny = 2\n", 1, 2) == [2]


def test_codes_lists_and_other_comments_on_the_line() -> None:
    assert kept("x = 1  # noqa  # cachelint: ignore[no-ttl, cl100] why\n", 1) == []


def test_another_rule_is_not_covered() -> None:
    assert kept("x = 1  # cachelint: ignore[no-ttl] why\n", 1) == [1]


def test_a_comment_alone_covers_the_next_line_only() -> None:
    source = """
        # cachelint: ignore[raw-key] why
        x = 1
        y = 2
    """
    assert kept(source, 2, 3) == [3]


def test_comments_alone_may_be_stacked() -> None:
    source = """
        # cachelint: ignore[raw-key] why
        # cachelint: ignore[no-ttl] why
        x = 1
    """
    assert kept(source, 3) == []


def test_a_comment_on_the_first_line_covers_the_whole_statement() -> None:
    source = """
        x = call(  # cachelint: ignore[raw-key] why
            1,
            2,
        )
        y = 2
    """
    assert kept(source, 1, 3, 4, 5) == [5]


def test_a_comment_inside_a_statement_covers_its_line() -> None:
    source = """
        x = call(
            1,  # cachelint: ignore[raw-key] why
            2,
        )
    """
    assert kept(source, 2, 3) == [3]


def test_a_compound_statement_is_covered_up_to_its_body() -> None:
    source = """
        if call(  # cachelint: ignore[raw-key] why
            1,
        ):
            x = 1
    """
    assert kept(source, 2, 4) == [4]


@pytest.mark.parametrize("keyword", ["def f(a):", "async def f(a):", "class F:"])
def test_a_comment_on_a_definition_covers_its_body(keyword: str) -> None:
    source = f"{keyword}  # cachelint: ignore[raw-key] why\n    x = 1\n\n    y = 2\nz = 3\n"
    assert kept(source, 1, 2, 4, 5) == [5]


DECORATED = """
    {above}
    @first(
        1,
    )
    @second
    def f():{behind}
        return 1
    x = 1
"""


def test_a_comment_above_the_first_decorator_covers_the_definition() -> None:
    source = DECORATED.format(above="# cachelint: ignore[raw-key] why", behind="")
    assert kept(source, 2, 3, 5, 6, 7, 8) == [8]


def test_a_comment_on_the_def_line_covers_the_decorators() -> None:
    source = DECORATED.format(above="# -", behind="  # cachelint: ignore[raw-key] why")
    assert kept(source, 2, 3, 5, 6, 7, 8) == [8]


def test_a_method_is_a_definition() -> None:
    source = """
        class A:
            def f(self):  # cachelint: ignore[raw-key] why
                return 1

            def g(self):
                return 2
    """
    assert kept(source, 3, 6) == [6]


def test_ignore_file_covers_all_lines() -> None:
    assert kept("# cachelint: ignore-file[raw-key] why\nx = 1\n", 2, 900) == [900]


def test_ignore_file_is_read_in_the_first_twenty_lines() -> None:
    source = "x = 1\n" * 20 + "# cachelint: ignore-file[raw-key] why\n"
    result = outcome(source, 1)
    assert len(result.kept) == 1
    assert "first 20 lines" in result.about_comments[0][1].help


def test_comments_in_strings_are_no_comments() -> None:
    assert kept('x = "# cachelint: ignore[raw-key] why"\n', 1) == [1]


def test_an_ignore_that_suppresses_nothing_is_said() -> None:
    result = outcome("x = 1  # cachelint: ignore[raw-key, no-ttl] why\n", 1, judged=("raw-key", "no-ttl"))
    assert said(result) == [("unused-ignore", 1, "no-ttl")]


def test_rules_that_did_not_run_are_not_judged() -> None:
    assert said(outcome("x = 1  # cachelint: ignore[raw-key] why\n", judged=())) == []


def test_unknown_names_and_missing_names() -> None:
    source = "x = 1  # cachelint: ignore[raw-keys] why\ny = 1  # cachelint: ignore why\n"
    result = outcome(source)
    assert said(result) == [
        ("unknown-name-in-ignore", 1, "raw-keys"),
        ("unknown-name-in-ignore", 2, "ignore"),
    ]
    assert "`raw-key`" in result.about_comments[0][1].help


@pytest.mark.parametrize("reason", ["", " ", " # noqa", " -"])
def test_a_missing_reason_is_said(reason: str) -> None:
    result = outcome(f"x = 1  # cachelint: ignore[raw-key]{reason}\n", 1)
    assert said(result) == [("ignore-without-reason", 1, "raw-key")]


def test_what_is_said_about_comments_can_be_ignored() -> None:
    source = "x = 1  # cachelint: ignore[raw-key, unused-ignore] kept for the next release\n"
    assert said(outcome(source)) == []


def test_the_place_is_the_comment() -> None:
    result = outcome("x = 1  # noqa # cachelint: ignore[raw-key] why\n")
    assert result.about_comments[0][1].at == Location("a.py", 1, 15, 1, 47)


def test_a_comment_that_a_formatter_moved_behind_a_long_statement_covers_it() -> None:
    assert kept("x = f(\n    1,\n    2,\n)  # cachelint: ignore[raw-key] why\ny = 1\n", 1, 3, 4, 5) == [5]
    assert kept("if f(\n    1,\n):  # cachelint: ignore[raw-key] why\n    y = 1\n", 1, 4) == [4]


@pytest.mark.parametrize(
    "header",
    [
        "def f(\n    a,\n    b=1,\n):",
        "async def f(\n    a: int,\n) -> dict[str, int]:",
        "def f(a,\n      b) -> int:",
        "@d(\n    1\n)\ndef f(\n    *,\n    a: int = 1,\n) -> (\n    int\n):",
        "class F(\n    A,\n    B,\n):",
    ],
)
def test_a_comment_behind_a_header_over_several_lines_covers_the_body(header: str) -> None:
    last = header.count("\n") + 1
    text = f"{header}  # cachelint: ignore[raw-key] why\n    x = 1\n\n    y = 2\nz = 3\n"
    assert kept(text, 1, last + 1, last + 3, last + 4) == [last + 4]


def test_a_comment_behind_a_parameter_covers_its_line_only() -> None:
    assert kept("def f(\n    a,  # cachelint: ignore[raw-key] why\n    b,\n):\n    x = 1\n", 2, 3, 5) == [3, 5]


def test_a_finding_that_stands_for_others_is_kept_for_those_that_no_comment_covers() -> None:
    def part(line: int) -> Finding:
        return Finding(Location("a.py", line, 1, line, 2), "m", "h", f"s{line}")

    whole = Finding(Location("a.py", 1, 1, 1, 2), "m", "h", "s", parts=(part(2), part(3)))
    text = "x = 1\ny = 2  # cachelint: ignore[raw-key] why\nz = 3{}\n"
    for more, left in (("", [(3,)]), ("  # cachelint: ignore[raw-key] why", [])):
        ignores = read_ignores("a.py", extract(text.format(more).encode()))
        result = suppress([("raw-key", whole)], ignores, RULES, ("raw-key",))
        assert [tuple(p.at.line for p in finding.parts) for _, finding in result.kept] == left
        assert result.about_comments == ()
