"""The case harness itself: what it reads from Markdown and when it complains."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from markdown_cases import Case, Expectation, expectations_in, parse_cases
from test_cases import fact_problems, finding_problems

TWO_FILES = """# suite

Prose with `code`:

## First

Why.

`pkg/a.py`:

```py
x = 1  # error: some-rule "part: of it"
```

```py
# see: some-rule
# missed: other-rule
y = 2
```

`pkg/a.py`:

```py
z = 3
```

```toml
persona = "pedantic"
```

## Only prose

## Second

```text
not a file
```

```py
pass
```
"""


def only(markdown: str) -> Case:
    [case] = parse_cases(markdown, "suite")
    return case


def fence(code: str) -> str:
    return f"## Case\n\n```py\n{code}\n```\n"


def finding(line: int, message: str = "a message", rule: str = "some-rule", related: int = 0) -> SimpleNamespace:
    at = SimpleNamespace(path="app.py", line=line)
    step = SimpleNamespace(at=SimpleNamespace(path="app.py", line=related))
    return SimpleNamespace(rule=rule, message=message, at=at, trace=(), related=(step,) if related else ())


def test_headings_with_blocks_are_cases() -> None:
    assert [case.name for case in parse_cases(TWO_FILES, "suite")] == ["suite: First", "suite: Second"]


def test_blocks_of_one_name_join_and_others_have_defaults() -> None:
    first, second = parse_cases(TWO_FILES, "suite")
    assert first.files["pkg/a.py"].splitlines()[0].startswith("x = 1")
    assert first.files["pkg/a.py"].splitlines()[1] == "z = 3"
    assert set(first.files) == {"pkg/a.py", "app.py", "cachelint.toml"}
    assert second.files == {"app.py": "pass\n"}


def test_a_line_knows_where_it_stands_in_the_markdown() -> None:
    first = parse_cases(TWO_FILES, "suite")[0]
    assert TWO_FILES.splitlines()[first.origins["pkg/a.py", 2] - 1] == "z = 3"


def test_comments_at_the_end_and_alone_and_stacked() -> None:
    first = parse_cases(TWO_FILES, "suite")[0]
    assert first.expectations == (
        Expectation("pkg/a.py", 1, "error", 'some-rule "part: of it"'),
        Expectation("app.py", 3, "see", "some-rule"),
        Expectation("app.py", 3, "missed", "other-rule"),
    )
    assert (first.expectations[0].rule, first.expectations[0].part) == ("some-rule", "part: of it")


def test_several_comments_on_one_line() -> None:
    found = list(expectations_in("a.py", "f()  # error: one # see: two # effect: cache-read user:{}\n"))
    assert [(each.kind, each.text) for each in found] == [
        ("error", "one"),
        ("see", "two"),
        ("effect", "cache-read user:{}"),
    ]


def test_a_comment_waits_for_code_over_blank_lines_and_other_comments() -> None:
    [found] = expectations_in("a.py", "# error: one\n\n# why\nf()\n")
    assert found.line == 4


def test_blocks_above_the_first_heading_belong_to_every_case() -> None:
    cases = parse_cases('```toml\nselect = ["one"]\n```\n' + fence("pass") + fence("pass"), "suite")
    assert [case.files["cachelint.toml"] for case in cases] == ['select = ["one"]\n'] * 2


def test_a_longer_fence_may_hold_a_shorter_one() -> None:
    case = only('## Case\n\n````py\nDOC = """\n```\n"""\n````\n')
    assert case.files["app.py"] == 'DOC = """\n```\n"""\n'


def test_a_fence_without_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="never ends"):
        parse_cases("## Case\n```py\npass\n", "suite")


def test_an_expectation_without_code_is_an_error() -> None:
    with pytest.raises(ValueError, match="without a line of code"):
        list(expectations_in("a.py", "pass\n# error: one\n"))


def test_a_rule_expectation_must_name_a_rule() -> None:
    with pytest.raises(ValueError, match="not a rule name"):
        _ = Expectation("a.py", 1, "error", "Some rule, perhaps").rule


def test_expected_and_reported_agree() -> None:
    case = only(fence('f()  # error: some-rule "mess"\ng()  # see: some-rule'))
    assert finding_problems(case, [finding(1, related=2)]) == []


def test_a_finding_too_many_and_one_too_few() -> None:
    case = only(fence("f()  # error: some-rule\ng()"))
    [missing, surplus] = finding_problems(case, [finding(2)])
    assert missing == "app.py:1 (suite.md:4): not reported: some-rule"
    assert surplus == "app.py:2 (suite.md:5): reported, not expected: some-rule: a message"


def test_counts_are_exact() -> None:
    case = only(fence("f()  # error: some-rule"))
    assert len(finding_problems(case, [finding(1), finding(1)])) == 1


def test_the_expectation_with_a_message_takes_its_finding_first() -> None:
    case = only(fence('f()  # error: some-rule # error: some-rule "special"'))
    assert finding_problems(case, [finding(1, "special one"), finding(1, "plain")]) == []


def test_a_known_gap_that_closes_is_a_problem() -> None:
    case = only(fence("f()  # missed: some-rule"))
    assert finding_problems(case, []) == []
    [problem] = finding_problems(case, [finding(1)])
    assert "a known gap has closed" in problem


def test_facts_of_a_line_are_compared_as_a_set() -> None:
    case = only(fence("f()  # calls: a.f # calls: b.f\ng()  # handler:\nh()"))
    both = [("app.py", 1, "calls", "b.f"), ("app.py", 1, "calls", "a.f"), ("app.py", 3, "calls", "h")]
    assert fact_problems(case, both) == []
    [problem] = fact_problems(case, [*both, ("app.py", 2, "handler", "GET /")])
    assert problem == "app.py:2 (suite.md:5): handler: ['GET /'], not []"
