"""Whatever stands in files, settings, rules and baselines: each stage gives its result or its own error."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from cachelint import baseline
from cachelint.check import run
from cachelint.config import Config, ConfigError, load
from cachelint.finding import Report
from cachelint.reporters import FORMATS
from cachelint.rules import SPELLINGS
from cachelint.source import source_of
from cachelint.task import Task

HARD = bool(os.environ.get("CACHELINT_HARD"))
SHOP = Path(__file__).parent.parent / "examples" / "shop"
PATHS = sorted(path.relative_to(SHOP).as_posix() for path in SHOP.rglob("*.py"))
GUIDE = (SHOP / "CLAUDE.md").read_text(encoding="utf-8")


def steady(examples: int) -> settings:
    return settings(
        max_examples=examples * (20 if HARD else 1),
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def mutated(draw: st.DrawFn, text: str, pieces: tuple[str, ...]) -> str:
    """A text with some lines dropped, doubled, swapped, moved in or out, and pieces put in."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 6))):
        at, to = (draw(st.integers(0, max(0, len(lines) - 1))) for _ in range(2))
        change = draw(st.sampled_from(["drop", "double", "swap", "indent", "dedent", "insert", "cut"]))
        line = lines[at] if lines else ""
        if change == "drop":
            del lines[at : at + 1]
        elif change == "double":
            lines.insert(to, line)
        elif change == "swap" and lines:
            lines[at], lines[to] = lines[to], lines[at]
        elif change in ("indent", "dedent") and lines:
            lines[at] = "    " + line if change == "indent" else line.removeprefix("    ")
        elif change == "insert":
            lines.insert(at, " " * (len(line) - len(line.lstrip())) + draw(st.sampled_from(pieces)))
        elif change == "cut" and lines:
            lines[at] = line[: draw(st.integers(0, len(line)))]
    return "\n".join(lines) + "\n"


CODE = (
    "self = self", "return self", "import shop.cache as cache", "from shop.keys import *", "cache = cache.get",
    "x = [x, x]", "yield", "await client.get(key)", "del key", "class A(A): pass", "def get(get=get): return get(get)",
    "try: x()", "except* redis.RedisError: pass", "lambda: (yield)", "key = f'{key}:{key}'", "key += key", "global key",
    "with a as key: pass", "return lambda *a, **k: client.get(*a, **k)", "@property", "@cache", "@client.get",
    "key: int = key", "match key:", "else:",
)  # fmt: skip
PROSE = (
    "- User profiles: 1h TTL", "- Never cache", "TTL: 5", "## What NOT to Cache", "| a | b |", "|---|", "```",
    "> - orders", "- Keys: `{a}:{b`", "@CLAUDE.md", "- **x**: y: z: 0 min", "1. invalidate", "<!--",
    "- cache everything for -5 minutes", "- \u2028",
)  # fmt: skip


def whole(files: dict[str, bytes], config: Config | None = None) -> Report:
    """The shop's report with some files replaced; no stage may crash, and every format can say it."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        for path in (*PATHS, "CLAUDE.md"):
            place = project / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(files.get(path, (SHOP / path).read_bytes()))
        report = run(Task(project=project, config=config or Config(persona="auditor"), jobs=1)).report
        assert [error for error in report.errors if "internal" in error.message] == []
        for name, render in FORMATS.items():
            text = render(report, source_of(project, {}), color=name == "text", quiet=False)
            text.encode("utf-8", "replace")
            if name in ("json", "sarif"):
                json.loads(text)
        kept = baseline.made_of(report.findings)
        assert baseline.read(baseline.written(kept)) == kept
        assert baseline.applied(report.findings, kept, lambda entry: True) == baseline.Applied((), ())
        return report


@given(st.data())
@steady(25)
def test_mutated_code_goes_through_every_stage(data):
    paths = data.draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=3, unique=True))
    whole({p: data.draw(mutated((SHOP / p).read_text(encoding="utf-8"), CODE)).encode() for p in paths})


@given(st.data())
@steady(25)
def test_mutated_rules_of_a_team_go_through_every_stage(data):
    whole({"CLAUDE.md": data.draw(mutated(GUIDE, PROSE)).encode("utf-8", "replace")})


SCALARS = (st.booleans(), st.integers(-(2**40), 2**40), st.text(max_size=12), st.floats(allow_nan=False), st.none())
VALUES = st.recursive(
    st.one_of(*SCALARS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
KEYS = st.sampled_from(
    "select ignore extend-select persona min-confidence min-severity fail-on severity exclude extend-exclude src "
    "handlers libraries per-file-ignores max-file-size time-budget nonsense".split()
)
POLICY = st.sampled_from(
    "never key-formats durable client serialization on-error stale-tolerance entities matches files prose".split()
)


def settings_of(project: Path) -> Config | None:
    """The settings in a folder; None when they are refused, which has to name the file."""
    try:
        return load(project, SPELLINGS)
    except ConfigError as error:
        said = str(error)
    assert "cachelint.toml" in said
    return None


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.dictionaries(POLICY, VALUES, max_size=4))
@steady(150)
def test_any_settings_are_used_or_refused_with_their_place(top, policy):
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "cachelint.toml").write_text(toml(top) + "[policy]\n" + toml(policy), encoding="utf-8")
        (project / "a.py").write_text("import redis\nredis.Redis().get('a')\n")
        config = settings_of(project)
        try:
            report = run(Task(project=project, config=config, jobs=1)).report if config else None
        except ConfigError:
            return
        assert report is None or [error for error in report.errors if "internal" in error.message] == []


@given(st.text(max_size=200))
@steady(100)
def test_any_text_as_settings(text):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cachelint.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
        settings_of(Path(folder))


@given(st.one_of(st.binary(max_size=100), VALUES.map(lambda value: json.dumps(value).encode())))
@steady(150)
def test_any_bytes_as_a_baseline(data):
    with contextlib.suppress(baseline.BaselineError):
        baseline.read(data)


def toml(table: dict[str, object]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items() if value is not None)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value if each is not None) + "]"
    return str(value) if isinstance(value, float) else json.dumps(value)
