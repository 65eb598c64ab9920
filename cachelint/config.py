"""[tool.cachelint] in pyproject.toml, or cachelint.toml -> a frozen Config; errors name their line."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from cachelint.mistakes import KeyPath, at, explained

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SeverityName = Literal["error", "warning", "note"]
ConfidenceName = Literal["high", "medium", "low"]
PersonaName = Literal["regular", "pedantic", "auditor"]
Strategy = Literal["cache-aside", "write-through", "write-behind", "event", "ttl", "cdn"]


class ConfigError(Exception):
    """A configuration that cannot be used. `path` is the file as given, `line` is 1-based."""

    def __init__(self, message: str, path: str, line: int = 1) -> None:
        super().__init__(f"{path}:{line}: {message}" if path else message)
        self.message, self.path, self.line = message, path, line


class Entity(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """What the policy says about one kind of data. `ttl` is as people write it: "1h", "5 min", 300, "token expiry"."""

    ttl: str | int | float | None = None
    strategy: Strategy | tuple[Strategy, ...] | None = None
    invalidate_on: tuple[str, ...] = ()
    key: str | None = None
    durable: bool = False
    stale_tolerance: str | int | float | None = None


class PolicyConfig(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """[policy]: the team's decisions, uninterpreted. Durations are text or a number of seconds.

    `never` is kept out of every cache, `no-store` are routes whose responses say so, `exceptions` what of them is
    allowed all the same. `files` are further files with rules, `discover` False reads no CLAUDE.md and the like,
    `prose` are parts of lines in them that are no rules. `matches` says what a word of the policy is in the code, in
    place of what its words would match: names, key templates with `*`, routes that start with "/".
    """

    never: tuple[str, ...] = ()
    no_store: tuple[str, ...] = ()
    exceptions: dict[str, tuple[str, ...]] = {}
    key_formats: tuple[str, ...] = ()
    key_examples: tuple[str, ...] = ()
    no_raw_input: bool = False
    durable: tuple[str, ...] = ()
    client: str | None = None
    serialization: str | None = None
    on_error: Literal["miss", "raise"] | None = None
    stale_tolerance: str | int | float | None = None
    every_entry_expires: bool = False
    max_ttl: str | int | float | None = None
    default_ttl: str | int | float | None = None
    stampede_protection: bool = False
    strategy: Strategy | tuple[Strategy, ...] | None = None
    entities: dict[str, Entity] = {}
    files: tuple[str, ...] = ()
    discover: bool = True
    prose: tuple[str, ...] = ()
    matches: dict[str, tuple[str, ...]] = {}


class Origin(msgspec.Struct, frozen=True):
    """Where a Config was written: `path` ("" for the defaults), `keys` the table in it, `text` the file."""

    path: str = ""
    keys: KeyPath = ()
    text: str = ""

    def line(self, *keys: str | int) -> int:
        """The 1-based line that says a key, as in line("policy", "never", 0); else its table."""
        return line_of(self.text, (*self.keys, *keys))


class Config(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """All settings. Rules are named by their names; `exclude` None stands for the built-in list.

    `handlers` are dotted names ("app.rpc.*") of functions that serve requests besides the recognised ones,
    `src` folders that module names start at, `libraries` raw tables for `cachelint.libraries.from_config`;
    `max_file_size` counts bytes, `time_budget` seconds per file.
    """

    select: tuple[str, ...] = ("all",)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    persona: PersonaName = "regular"
    min_confidence: ConfidenceName = "low"
    min_severity: SeverityName = "note"
    fail_on: Literal["error", "warning", "note", "never"] = "error"
    severity: dict[str, SeverityName] = {}
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    src: tuple[str, ...] = ()
    max_file_size: Annotated[int, msgspec.Meta(gt=0)] = 1_000_000
    time_budget: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    handlers: tuple[str, ...] = ()
    libraries: tuple[dict[str, Any], ...] = ()
    policy: PolicyConfig = PolicyConfig()
    origin: Origin = Origin()


def load(project: Path, rules: Mapping[str, str], explicit: Path | None = None) -> Config:
    """The configuration of a project: `explicit`, else cachelint.toml, else pyproject.toml, else defaults.

    `rules` maps every accepted spelling of a rule (name, code) to its name. Raises ConfigError.
    """
    candidates = [explicit] if explicit else [project / "cachelint.toml", project / "pyproject.toml"]
    for path in candidates:
        if explicit or path.is_file():
            config = parse(_read(path), _shown(path, project), rules)
            if config.origin.path or explicit:
                return config
    return Config()


def parse(text: str, path: str, rules: Mapping[str, str]) -> Config:
    """Config from the text of a TOML file (in pyproject.toml: [tool.cachelint]). Raises ConfigError."""
    document = _document(text, path)
    keys: KeyPath = ("tool", "cachelint") if path.rpartition("/")[2] == "pyproject.toml" else ()
    raw = at(document, keys)
    if raw is None:
        return Config()
    origin = Origin(path, keys, text)
    if isinstance(raw, dict) and "origin" in raw:
        raise ConfigError("unknown key `origin`", path, origin.line("origin"))
    config = _convert(raw, origin)
    return _with_rule_names(msgspec.structs.replace(config, origin=origin), rules)


def resolve(names: Iterable[str], rules: Mapping[str, str]) -> tuple[str, ...]:
    """Rule names for names, codes and "all". Raises ValueError naming the first unknown one."""
    return tuple(_resolved(name, rules) for name in names)


def _resolved(name: str, rules: Mapping[str, str]) -> str:
    known = "all" if name.lower() == "all" else rules.get(name) or rules.get(name.upper())
    if known:
        return known
    close = difflib.get_close_matches(name, rules, n=1)
    raise ValueError(f"unknown rule `{name}`" + (f" (did you mean `{close[0]}`?)" if close else ""))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("not UTF-8 text", str(path), error.object[: error.start].count(b"\n") + 1) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(path)) from None


def _shown(path: Path, project: Path) -> str:
    try:
        return path.resolve().relative_to(project.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _document(text: str, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        raise ConfigError(f"not valid TOML: {error}", path, line) from None


def _convert(raw: object, origin: Origin) -> Config:
    try:
        return msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        keys, message = explained(str(error), raw, Config)
        where = ".".join(str(key) for key in keys)
        raise ConfigError(f"`{where}`: {message}" if where else message, origin.path, origin.line(*keys)) from None


def checked(config: Config, rules: Mapping[str, str]) -> Config:
    """A Config that a program made, its rules by their names. Raises ConfigError for one that does not exist."""
    return _with_rule_names(config, rules)


def _with_rule_names(config: Config, rules: Mapping[str, str]) -> Config:
    def named(values: Iterable[str], *keys: str) -> tuple[str, ...]:
        return tuple(_checked(value, rules, config.origin, (*keys, i)) for i, value in enumerate(values))

    return msgspec.structs.replace(
        config,
        select=named(config.select, "select"),
        ignore=named(config.ignore, "ignore"),
        extend_select=named(config.extend_select, "extend-select"),
        severity={
            _checked(key, rules, config.origin, ("severity", key)): value for key, value in config.severity.items()
        },
        per_file_ignores={
            glob: named(values, "per-file-ignores", glob) for glob, values in config.per_file_ignores.items()
        },
    )


def _checked(name: str, rules: Mapping[str, str], origin: Origin, keys: KeyPath) -> str:
    try:
        return _resolved(name, rules)
    except ValueError as error:
        line = _mention(origin.text, name, origin.line(*keys))
        raise ConfigError(f"`{keys[0]}`: {error}", origin.path, line) from None


def _mention(text: str, word: str, line: int) -> int:
    """The first line from `line` on that quotes the word: a list may stretch over many lines."""
    quoted = (f'"{word}"', f"'{word}'")
    for number, content in enumerate(text.splitlines()[line - 1 :], line):
        if any(form in content for form in quoted):
            return number
    return line


def line_of(text: str, keys: KeyPath) -> int:
    """The 1-based line of the statement of a TOML text that says most of a key path; 1 when nothing does."""
    best, depth = 1, 0
    for line, said, value in _statements(text):
        shared = _shared(said, keys)
        if shared == len(said):
            shared += _depth(value, keys[shared:])
        if shared > depth:
            best, depth = line, shared
    return best


def _statements(text: str) -> Iterator[tuple[int, KeyPath, object]]:
    """(line, table, value) of each statement: it is complete once its lines are valid TOML by themselves."""
    table: KeyPath = ()
    counts: dict[str, int] = {}
    start, chunk = 1, ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        chunk += line
        try:
            said = tomllib.loads(chunk)
        except tomllib.TOMLDecodeError:
            continue
        if chunk.lstrip().startswith("["):
            table = _table(said, counts, is_array=chunk.lstrip().startswith("[["))
            yield start, table, None
        elif said:
            yield start, table, said
        start, chunk = number + 1, ""


def _table(said: object, counts: dict[str, int], is_array: bool) -> KeyPath:
    keys: KeyPath = ()
    while said:
        if isinstance(said, list):
            said = said[0]
            continue
        (key, said) = next(iter(said.items()))  # type: ignore[attr-defined]
        keys = (*keys, key)
        name = repr(tuple(key for key in keys if isinstance(key, str)))
        if is_array and isinstance(said, list):
            counts[name] = counts.get(name, -1) + 1
        if name in counts:
            keys = (*keys, counts[name])
    return keys


def _shared(said: KeyPath, keys: KeyPath) -> int:
    pairs = enumerate(zip(said, keys, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(said), len(keys)))


def _depth(value: object, keys: KeyPath) -> int:
    return next((n for n in range(len(keys), 0, -1) if at(value, keys[:n]) is not None), 0)
