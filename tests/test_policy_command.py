"""`cachelint policy` and `cachelint init`: what is printed and what is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from cachelint.cli.app import app
from cachelint.cli.enforcement import enforcing
from cachelint.cli.guide import has_policy
from cachelint.config import Config, load, parse
from cachelint.policy import decide
from cachelint.policy.explicit import as_toml
from cachelint.policy.model import Decision, Line, Source
from cachelint.policy.reading import lines
from cachelint.policy.sources import Sources
from cachelint.policy.stub import STUB
from cachelint.policy.wording import worded
from cachelint.rules import RULES, SPELLINGS

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "docs" / "cachelint.schema.json").read_text(encoding="utf-8"))
GUIDE = """# Shop

## Caching

- User profiles: cache-aside, 1h TTL
- Never cache: orders, stock prices
- Format: `{service}:{entity}:{id}`
- Cache hit rate above 90 %
- Keep keys short
"""
MODELS = "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n"


def run(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "CLAUDE.md").write_text(GUIDE, encoding="utf-8")
    (tmp_path / "models.py").write_text(MODELS, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    return tmp_path


def test_every_line_is_printed_with_what_enforces_and_matches_it(shop: Path) -> None:
    result = run("policy", "--project", str(shop), "--no-cache")
    assert result.exit_code == 0
    printed = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert printed[:4] == [
        "CLAUDE.md",
        "3 heading Caching",
        "5 understood User profiles: cache-aside, 1h TTL",
        "= cache User profiles for 1 h, cache-aside",
    ]
    assert "enforced by never-cache-data, missing-no-store" in printed
    assert "matches model Order (models.py:4)" in printed
    assert "matches nothing in this code" in printed
    assert "9 not understood Keep keys short" in printed
    assert printed[-1] == "5 lines of policy: 3 understood, 1 not checkable, 1 not understood; 2 enforce nothing"


def test_the_same_as_data(shop: Path) -> None:
    document = json.loads(run("policy", "--project", str(shop), "--no-cache", "--format", "json").stdout)
    assert document["version"] == 1
    assert document["summary"] == {"understood": 3, "not-checkable": 1, "not-understood": 1}
    never = document["lines"][2]
    assert (never["path"], never["line"], never["status"]) == ("CLAUDE.md", 6, "understood")
    order = never["statements"][0]
    assert (order["says"], order["subject"], order["enforced_by"][0]) == ("never", "orders", "never-cache-data")
    assert order["matches"] == [{"kind": "model", "name": "Order", "path": "models.py", "line": 4}]


def test_a_rule_that_is_off_enforces_nothing(shop: Path) -> None:
    (shop / "cachelint.toml").write_text('ignore = ["never-cache-data"]\n', encoding="utf-8")
    document = json.loads(run("policy", "--project", str(shop), "--no-cache", "--format", "json").stdout)
    assert document["lines"][2]["statements"][0]["enforced_by"] == ["missing-no-store"]


def test_a_file_that_cannot_be_read_is_said_and_ends_with_2(shop: Path) -> None:
    (shop / "CLAUDE.md").write_bytes(b"\xff\xfe")
    result = run("policy", "--project", str(shop), "--no-cache")
    assert result.exit_code == 2
    assert "CLAUDE.md:1: not UTF-8 text: its rules were not read" in result.stdout


def test_a_project_without_policy(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    assert run("policy", "--project", str(tmp_path), "--no-cache").stdout.startswith("no policy")


@pytest.mark.parametrize("where", ["pyproject.toml", "cachelint.toml"])
def test_prose_is_written_into_the_configuration_that_there_is(shop: Path, where: str) -> None:
    before = '[tool.cachelint]\npersona = "pedantic"\n' if where == "pyproject.toml" else 'persona = "pedantic"\n'
    (shop / where).write_text(before, encoding="utf-8")
    assert run("policy", "--project", str(shop), "--no-cache", "--write").exit_code == 0
    written = (shop / where).read_text(encoding="utf-8")
    assert written.startswith(before)
    config = load(shop, SPELLINGS)
    assert config.policy.never == ("orders", "stock prices")
    assert config.policy.key_formats == ("{service}:{entity}:{id}",)
    assert config.policy.entities["User profiles"].ttl == "1 h"
    again = run("policy", "--project", str(shop), "--no-cache", "--write")
    assert again.exit_code == 1
    assert (shop / where).read_text(encoding="utf-8") == written


def prose(text: str) -> list[Decision]:
    return [Decision(said, line.source, line.scope) for line in lines(text, "CLAUDE.md") for said in line.statements]


@pytest.mark.parametrize("name", ["seeds.md", "wordings.md"])
def test_what_is_written_says_the_same_as_the_prose(name: str) -> None:
    text = "## Caching\n\n" + (ROOT / "tests/cases/policy" / name).read_text(encoding="utf-8").replace("````md", "")
    found = [each for each in prose(text) if worded(each.statement)]
    config = parse(as_toml(found, "policy"), "cachelint.toml", SPELLINGS)
    jsonschema.validate(as_data(config_text(found)), SCHEMA)
    kept = {key(each) for each in decide(Sources(), config).decisions}
    assert {key(each) for each in found if key(each)} <= kept


def key(decision: Decision) -> tuple[str, ...]:
    """What a decision is about, as far as a configuration holds it for every statement."""
    said = decision.statement
    return (type(said).__name__, getattr(said, "subject", "")) if hasattr(said, "subject") else ()


def config_text(found: list[Decision]) -> str:
    return as_toml(found, "policy")


def as_data(text: str) -> object:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def test_the_schema_knows_what_the_configuration_knows() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    good = {
        "select": ["all"],
        "policy": {"never": ["orders"], "entities": {"user": {"ttl": "1h", "strategy": ["cdn"]}}},
    }
    jsonschema.validate(good, SCHEMA)
    for bad in ({"selekt": []}, {"select": ["no-such-rule"]}, {"policy": {"never": "orders"}}, {"origin": {}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, SCHEMA)


def test_rules_that_enforce_exist() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests/cases/policy").glob("*.md")]
    text = "".join(texts).replace("````md", "")
    named = {name for each in prose("## Caching\n\n" + text) for name in enforcing(each.statement)}
    assert named
    assert named <= {rule.name for rule in RULES}


# ------------------------------------------------------------------------------------------------------ init


def test_init_writes_a_policy_that_enforces_nothing_yet(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    assert run("init", "--yes", "--project", str(tmp_path)).exit_code == 0
    assert (tmp_path / "CLAUDE.md").read_text(encoding="utf-8") == STUB
    assert prose(STUB) == []
    assert has_policy(tmp_path, Config())
    assert "already" in run("init", "--yes", "--project", str(tmp_path)).stdout
    assert (tmp_path / "CLAUDE.md").read_text(encoding="utf-8") == STUB


def test_every_line_of_the_stub_is_understood_once_it_is_no_comment() -> None:
    intro = STUB[STUB.index("<!--") : STUB.index("### What to Cache")]
    text = STUB.replace(intro, "").replace("-->", "")
    read = [line for line in lines(text, "CLAUDE.md") if line.status not in ("heading", "prose")]
    assert len(read) == 11
    assert {line.status for line in read} == {"understood"}
    assert all(enforcing(each) for line in read for each in line.statements)


def test_init_adds_to_a_guide_and_asks_first(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    guide = tmp_path / "AGENTS.md"
    guide.write_text("# Ours", encoding="utf-8")
    run("init", "--project", str(tmp_path), stdin="n\n")
    assert guide.read_text(encoding="utf-8") == "# Ours"
    run("init", "--project", str(tmp_path), stdin="y\n")
    assert guide.read_text(encoding="utf-8") == f"# Ours\n\n{STUB}"
    assert not (tmp_path / "CLAUDE.md").exists()


def test_init_leaves_a_project_with_a_policy_alone(shop: Path) -> None:
    assert "already" in run("init", "--yes", "--project", str(shop)).stdout
    assert (shop / "CLAUDE.md").read_text(encoding="utf-8") == GUIDE


def test_a_ttl_changed_in_the_guide_changes_the_next_run(shop: Path) -> None:
    code = "import redis\n\nclient = redis.Redis()\n\n\ndef put(pk: int, v: str) -> None:\n"
    code += '    client.set(f"shop:user_profile:{pk}", v, ex=3600)\n'
    (shop / "cache.py").write_text(code, encoding="utf-8")

    def found() -> list[str]:
        result = run("check", "--project", str(shop), str(shop), "--format", "json", "--select", "ttl-over-policy")
        return [f"{each['path']}:{each['line']} {each['message']}" for each in json.loads(result.stdout)["findings"]]

    assert found() == []
    (shop / "CLAUDE.md").write_text(GUIDE.replace("1h TTL", "5 min TTL"), encoding="utf-8")
    (finding,) = found()
    assert finding.startswith("cache.py:7 the key `shop:user_profile:{pk}` expires after 1 h but the policy says")
    assert finding.endswith('"User profiles: cache-aside, 5 min TTL" (CLAUDE.md:5)')
    (shop / "CLAUDE.md").write_text(GUIDE, encoding="utf-8")
    assert found() == []


def test_sources_quote_their_line() -> None:
    assert str(Source("CLAUDE.md", 7, "x")) == "CLAUDE.md:7"


def seed_lines() -> list[Line]:
    """The lines of the policies of both articles, as a run reads them."""
    text = (ROOT / "tests" / "cases" / "policy" / "seeds.md").read_text(encoding="utf-8")
    policies = re.findall(r"(?ms)^````md\n(## Caching (?:Rules|Strategy)\n.*?)^````$", text)
    assert len(policies) == 2
    found = [line for policy in policies for line in lines(policy, "CLAUDE.md")]
    return [line for line in found if line.status != "heading"]


def test_nine_of_ten_lines_of_the_articles_are_enforced_and_the_rest_says_why_not() -> None:
    found = seed_lines()
    enforced = [line for line in found if line.status == "understood" and all(map(enforcing, line.statements))]
    rest = [line for line in found if line not in enforced]
    assert len(found) == 24
    assert len(enforced) / len(found) >= 0.9
    assert {line.status for line in rest} == {"not-checkable"}
    assert [worded(line.statements[0]) for line in rest] == [
        "it names no data of this code",
        "a rate shows only at run time",
    ]
