"""[tool.cachelint] and cachelint.toml: what is read, and which line an error names."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachelint.config import Config, ConfigError, line_of, load, parse, resolve

RULES = {"raw-key": "raw-key", "CL100": "raw-key", "no-ttl": "no-ttl", "CL200": "no-ttl"}


def test_all_keys_of_the_documentation_are_read() -> None:
    config = parse(
        """
select = ["all"]
ignore = ["CL100"]
extend-select = ["no-ttl"]
persona = "pedantic"
exclude = ["generated/"]
extend-exclude = ["old/"]
fail-on = "never"
min-confidence = "medium"
min-severity = "warning"
max-file-size = 5000
time-budget = 2
src = ["backend"]
handlers = ["app.rpc.*"]
per-file-ignores = {"scripts/*" = ["all"]}
severity = {raw-key = "note"}
libraries = [{name = "ours"}]

[policy]
never = ["payment", "Invoice"]
key-formats = ["{service}:{entity}:{id}"]
durable = ["feature:*"]
client = "app/lib/redis.py"
serialization = "json"
on-error = "miss"
stale-tolerance = "60s"
strategy = "cache-aside"

[policy.entities."user profile"]
ttl = "1h"
strategy = "event"
invalidate-on = ["update"]
key = "user:profile:{id}"
""",
        "cachelint.toml",
        RULES,
    )
    assert config.ignore == ("raw-key",)
    assert config.time_budget == 2.0
    assert config.severity == {"raw-key": "note"}
    assert config.libraries == ({"name": "ours"},)
    assert config.policy.never == ("payment", "Invoice")
    assert config.policy.entities["user profile"].invalidate_on == ("update",)
    assert config.origin.line("policy", "never", 1) == 20


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("colour = 1\n", 1, "`colour`: unknown key"),
        ("\n\n[policy]\nnevr = []\n", 4, "`policy.nevr`: unknown key"),
        ('select = "all"\n', 1, "expected a list, got text"),
        ('select = [\n  "raw-key",\n  "raw-kye",\n]\n', 3, "unknown rule `raw-kye` (did you mean `raw-key`?)"),
        ('[severity]\nraw-key = "error"\nno-ttl = "fatal"\n', 3, "'fatal' is none of error, note, warning"),
        ('[severity]\nraw-keys = "error"\n', 2, "unknown rule `raw-keys`"),
        ('[per-file-ignores]\n"a/*" = ["CL100"]\n"b/*" = ["CL999"]\n', 3, "unknown rule `CL999`"),
        ('[policy.entities.a]\nttl = 1\n[policy.entities."b c"]\nttl = []\n', 4, "expected"),
        ("[policy.entities.a]\ntt = 1\n", 2, "`policy.entities.a.tt`: unknown key"),
        ("a = 1\nb = = 2\n", 2, "not valid TOML"),
        ("origin = 1\n", 1, "unknown key `origin`"),
        ("slect = []\n", 1, "`slect`: unknown key (did you mean `select`?)"),
        ('[policy.entities.a]\nstratgy = "ttl"\n', 2, "did you mean `strategy`?"),
        ('persona = "pedant"\n', 1, "did you mean `pedantic`?"),
        ('[policy.entities.a]\nstrategy = "write-thru"\n', 2, "did you mean `write-through`?"),
        ("fail-on = 3\n", 1, "expected text, got a whole number"),
        ("[policy.entities.a]\nttl = [1]\n", 2, "got a list"),
        ("\nmax-file-size = 0\n", 2, "expected a whole number >= 1"),
        ("time-budget = -1\n", 1, "expected a number > 0"),
        ('persona = """\nlong\n"""\n\nmax-file-size = "big"\n', 1, "persona"),
    ],
)
def test_errors_name_the_line(text: str, line: int, part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "cachelint.toml", RULES)
    assert (caught.value.path, caught.value.line) == ("cachelint.toml", line)
    assert part in caught.value.message


def test_lines_count_the_whole_pyproject() -> None:
    text = '[project]\nname = "x"\n\n[tool.cachelint]\nselect = []\npersona = "rude"\n'
    with pytest.raises(ConfigError) as caught:
        parse(text, "pyproject.toml", RULES)
    assert caught.value.line == 6


def test_cachelint_toml_wins_over_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.cachelint]\npersona = "auditor"\n')
    assert load(tmp_path, RULES).persona == "auditor"
    (tmp_path / "cachelint.toml").write_text('persona = "pedantic"\n')
    assert load(tmp_path, RULES).persona == "pedantic"


def test_without_a_section_the_defaults_hold(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert load(tmp_path, RULES) == Config()


def test_an_explicit_file_must_be_readable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, RULES, tmp_path / "nothing.toml")


def test_text_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "cachelint.toml").write_bytes(b"select = []\n# \xff\n")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, RULES)
    assert caught.value.line == 2


def test_tables_of_an_array_are_counted() -> None:
    text = '[[libraries]]\nname = "a"\n\n[[libraries]]\n# the second\nname = "b"\n'
    assert line_of(text, ("libraries", 1, "name")) == 6


def test_codes_and_all_are_rule_names_too() -> None:
    assert resolve(["cl100", "ALL", "no-ttl"], RULES) == ("raw-key", "all", "no-ttl")
