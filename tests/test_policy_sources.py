"""Which files a policy is read from, and what is said of those that cannot be."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cachelint.check import check_project
from cachelint.concluding import link_project
from cachelint.config import Config, ConfigError, PolicyConfig, parse
from cachelint.policy import Policy, decide, for_path, gather
from cachelint.policy.model import Caches, Never, OneClient
from cachelint.policy.sources import Sources, body, imports

NEVER_ORDERS = "## Caching\n\n- Never cache orders\n"


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def sources(root: Path, *guides: str, named: tuple[str, ...] = ()) -> Sources:
    return gather(root, guides, named)


def paths(found: Sources) -> list[str]:
    return [file.path for file in found.files]


def messages(found: Sources) -> list[str]:
    return [f"{each.path}:{each.line}: {each.message}" for each in found.problems]


def policy(root: Path, *guides: str, config: Config | None = None) -> Policy:
    return decide(gather(root, guides), config or Config())


def never(decided: Policy, path: str = "app.py") -> list[str]:
    return [each.statement.subject for each in for_path(decided, path) if isinstance(each.statement, Never)]


def test_imports_are_followed_as_claude_code_follows_them(tmp_path: Path) -> None:
    files = {
        "CLAUDE.md": "# P\n\nSee @docs/caching.md and `@not/this.md`.\n\n```\n@nor/that.md\n```\n\nMail me@x.org\n",
        "docs/caching.md": "@../AGENTS.md\n" + NEVER_ORDERS,
        "AGENTS.md": "hello @types/node\n",
    }
    write(tmp_path, files)
    found = sources(tmp_path, "CLAUDE.md")
    assert paths(found) == ["CLAUDE.md", "docs/caching.md", "AGENTS.md"]
    assert messages(found) == []


def test_import_loops_and_missing_imports_are_one_line_each(tmp_path: Path) -> None:
    write(tmp_path, {"CLAUDE.md": "@a.md\n@gone.md\n@~/mine.md\n@../outside.md\n", "a.md": "@CLAUDE.md\n"})
    found = sources(tmp_path, "CLAUDE.md")
    assert paths(found) == ["CLAUDE.md", "a.md"]
    assert messages(found) == [
        "CLAUDE.md:2: imports `gone.md`, but there is no such file",
        "CLAUDE.md:3: imports `~/mine.md`, which lies outside of the project: not read",
        "CLAUDE.md:4: imports `../outside.md`, which lies outside of the project: not read",
        "a.md:1: imports `CLAUDE.md`, which imports this file again: read once",
    ]
    assert not any(each.fatal for each in found.problems)


def test_imports_end_after_five_steps(tmp_path: Path) -> None:
    write(tmp_path, {"CLAUDE.md": "@1.md"} | {f"{n}.md": f"@{n + 1}.md" for n in range(1, 9)})
    found = sources(tmp_path, "CLAUDE.md")
    assert paths(found) == ["CLAUDE.md", *(f"{n}.md" for n in range(1, 6))]
    assert "over more than 5 steps" in messages(found)[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00binary", "CLAUDE.md:1: not UTF-8 text: its rules were not read"),
        (b"# Caching\n\xe9\n", "CLAUDE.md:2: not UTF-8 text: its rules were not read"),
        (b"# Caching\n\x00\n", "CLAUDE.md:1: holds zero bytes, so it is no text: its rules were not read"),
        (b"x" * 10_000_000, "CLAUDE.md:1: larger than 1000000 bytes (max-file-size): its rules were not read"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, message: str) -> None:
    write(tmp_path, {"CLAUDE.md": content, "app.py": "x = 1\n", "pyproject.toml": ""})
    started = time.perf_counter()
    found = sources(tmp_path, "CLAUDE.md")
    assert time.perf_counter() - started < 1
    assert messages(found) == [message]
    (error,) = check_project(tmp_path, jobs=1, use_store=False).errors
    assert f"{error.path}:{error.line}: {error.message}" == message


def test_a_link_from_one_guide_to_the_other_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"AGENTS.md": NEVER_ORDERS})
    (tmp_path / "CLAUDE.md").symlink_to("AGENTS.md")
    assert paths(sources(tmp_path, "AGENTS.md", "CLAUDE.md")) == ["AGENTS.md"]


def test_rules_of_claude_speak_of_the_paths_in_their_front_matter(tmp_path: Path) -> None:
    rule = '---\npaths:\n  - "api/**/*.py"\n---\n## Caching\n\n- Never cache orders\n'
    write(tmp_path, {".claude/rules/caching.md": rule, ".claude/CLAUDE.md": "## Caching\n\n- Never cache payments\n"})
    decided = policy(tmp_path)
    assert never(decided, "api/v1/views.py") == ["orders", "payments"]
    assert never(decided, "jobs/run.py") == ["payments"]
    assert decided.decisions[-1].source.line == 7


def test_the_nearest_guide_wins(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "CLAUDE.md": "## Caching\n\n- Never cache orders\n- Products: 5 min\n",
            "shop/CLAUDE.md": "## Caching\n\n- Orders: 1 min\n- Products: 1 h\n",
        },
    )
    decided = policy(tmp_path, "CLAUDE.md", "shop/CLAUDE.md")
    assert never(decided, "jobs/a.py") == ["orders"]
    assert never(decided, "shop/a.py") == []
    ttls = [d.statement.ttl for d in for_path(decided, "shop/a.py") if isinstance(d.statement, Caches)]
    assert ttls == [60, 3600]


def test_guides_above_the_project_are_read_up_to_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {".git/HEAD": "", "CLAUDE.md": NEVER_ORDERS, "backend/pyproject.toml": ""})
    found = sources(tmp_path / "backend")
    assert paths(found) == ["../CLAUDE.md"]
    assert never(decide(found, Config())) == ["orders"]


def test_files_of_the_configuration_are_read_too(tmp_path: Path) -> None:
    write(tmp_path, {"docs/cache.md": NEVER_ORDERS})
    found = sources(tmp_path, named=("docs/cache.md", "docs/gone.md"))
    assert paths(found) == ["docs/cache.md"]
    assert [each.fatal for each in found.problems] == [True]


def test_guides_are_found_where_code_is(tmp_path: Path) -> None:
    ignored = {
        "node_modules/x/CLAUDE.md": NEVER_ORDERS,
        "tests/CLAUDE.md": NEVER_ORDERS,
        "mine/CLAUDE.md": NEVER_ORDERS,
    }
    write(tmp_path, {"app/CLAUDE.md": NEVER_ORDERS, "app/x.py": "", ".gitignore": "mine/\n", **ignored})
    program = link_project(tmp_path, jobs=1, use_store=False)
    assert {each.source.path for each in program.decided.policy.decisions} == {"app/CLAUDE.md"}
    config = Config(policy=PolicyConfig(discover=False))
    assert link_project(tmp_path, config, jobs=1, use_store=False).decided.policy.decisions == ()


def test_lines_called_prose_say_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"CLAUDE.md": NEVER_ORDERS})
    config = Config(policy=PolicyConfig(prose=("Never cache orders",)))
    assert policy(tmp_path, "CLAUDE.md", config=config).decisions == ()


def test_the_configuration_wins_and_the_difference_is_drift(tmp_path: Path) -> None:
    write(
        tmp_path, {"CLAUDE.md": "## Caching\n\n- User profiles: 5 min\n- Orders: never cache\n- Client: `app/a.py`\n"}
    )
    text = '[policy]\nclient = "app/b.py"\n[policy.entities."user profile"]\nttl = "1h"\n'
    decided = policy(tmp_path, "CLAUDE.md", config=parse(text, "cachelint.toml", {}))
    assert [(each.prose.source.line, each.winner.source.line) for each in decided.drift] == [(3, 3), (5, 2)]
    ttls = [d.statement.ttl for d in decided.decisions if isinstance(d.statement, Caches)]
    assert (ttls, never(decided)) == ([3600], ["Orders"])
    assert [d.statement.module for d in decided.decisions if isinstance(d.statement, OneClient)] == ["app/b.py"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[policy]\nstale-tolerance = "5 parsecs"\n',
            "cachelint.toml:2: `policy.stale-tolerance`: '5 parsecs' is no duration",
        ),
        (
            '[policy.entities.order]\nttl = "5 parsecs"\n',
            "cachelint.toml:2: `policy.entities.order.ttl`: '5 parsecs' is no duration",
        ),
        (
            "[policy.entities.order]\nttl = -1\n",
            "cachelint.toml:2: `policy.entities.order.ttl`: a duration is not negative",
        ),
    ],
)
def test_durations_are_checked_with_their_line(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decide(Sources(), parse(text, "cachelint.toml", {}))
    assert str(caught.value) == message


def test_front_matter_keeps_the_line_numbers() -> None:
    assert body(b"---\r\na: b\r\n---\r\n# T\r\n") == "\n\n\n# T\n"


def test_imports_know_their_lines() -> None:
    assert list(imports("a\n@x.md, (@docs/y.md)\nmail@z.md @z/\n")) == [(2, "x.md"), (2, "docs/y.md")]
