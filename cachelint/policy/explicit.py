"""[policy] of the configuration -> decisions, and prose decisions -> the text of such a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from cachelint.config import Config, ConfigError, Entity, PolicyConfig
from cachelint.policy.durations import seconds, spoken
from cachelint.policy.model import (
    Caches,
    Decision,
    DefaultTtl,
    ExpiresAll,
    KeyExample,
    KeyFormat,
    Never,
    NoRawInput,
    OneClient,
    OnError,
    Serializes,
    Source,
    Stampede,
    Statement,
    Tolerates,
    UsesStrategy,
)


def explicit(config: Config) -> list[Decision]:
    """The decisions of the configuration, each with its line. Raises ConfigError for a duration or a key that is
    none."""
    return [
        Decision(statement, Source(config.origin.path, config.origin.line("policy", *keys), text), explicit=True)
        for statement, text, keys in _said(config)
    ]


_Said = tuple[Statement, str, tuple["str | int", ...]]


def _said(config: Config) -> Iterator[_Said]:
    policy = config.policy
    for index, word in enumerate(policy.never):
        yield Never(subject=word, exceptions=policy.exceptions.get(word, ())), word, ("never", index)
    for index, word in enumerate(policy.no_store):
        said = Never(subject=word, exceptions=policy.exceptions.get(word, ()), http=True)
        yield said, f"{word}: no-store", ("no-store", index)
    for index, word in enumerate(policy.durable):
        yield Caches(subject=word, durable=True), f"durable: {word}", ("durable", index)
    for index, template in enumerate(policy.key_formats):
        _refuse_open_holes(config, template, "key-formats", index)
        yield KeyFormat(template=template), template, ("key-formats", index)
    for index, key in enumerate(policy.key_examples):
        yield KeyExample(key=key), key, ("key-examples", index)
    for name, entity in policy.entities.items():
        yield _entity(config, name, entity), f"{name}: {_shown(entity)}", ("entities", name)
    yield from _single(config, policy)


def _entity(config: Config, name: str, entity: Entity) -> Caches:
    ttl = _duration(config, entity.ttl, "entities", name, "ttl", symbols=True)
    _refuse_open_holes(config, entity.key or "", "entities", name, "key")
    return Caches(
        subject=name,
        ttl=ttl,
        symbol=str(entity.ttl) if ttl is None and entity.ttl is not None else "",
        strategies=_strategies(entity.strategy),
        triggers=entity.invalidate_on,
        key=entity.key or "",
        durable=entity.durable,
        stale=_duration(config, entity.stale_tolerance, "entities", name, "stale-tolerance"),
    )


def _shown(entity: Entity) -> str:
    said = [f"ttl {entity.ttl}" if entity.ttl is not None else "", *_strategies(entity.strategy), entity.key or ""]
    return ", ".join(each for each in (*said, "durable" if entity.durable else "") if each) or "cached"


def _strategies(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else value


def _single(config: Config, policy: PolicyConfig) -> Iterator[_Said]:
    if policy.client is not None:
        yield OneClient(module=policy.client), f"client = {policy.client}", ("client",)
    if policy.serialization is not None:
        yield Serializes(form=policy.serialization), f"serialization = {policy.serialization}", ("serialization",)
    if policy.on_error is not None:
        yield OnError(raises=policy.on_error == "raise"), f"on-error = {policy.on_error}", ("on-error",)
    if policy.no_raw_input:
        yield NoRawInput(), "no-raw-input", ("no-raw-input",)
    if policy.stampede_protection:
        yield Stampede(), "stampede-protection", ("stampede-protection",)
    for strategy in _strategies(policy.strategy):
        yield UsesStrategy(strategy=strategy), f"strategy = {strategy}", ("strategy",)
    limit = _duration(config, policy.max_ttl, "max-ttl")
    if policy.every_entry_expires or limit is not None:
        key = "every-entry-expires" if policy.every_entry_expires else "max-ttl"
        said = f"every entry expires within {spoken(limit)}" if limit is not None else "every entry expires"
        yield ExpiresAll(limit=limit), said, (key,)
    default = _duration(config, policy.default_ttl, "default-ttl")
    if default is not None:
        yield DefaultTtl(ttl=default), f"default-ttl = {policy.default_ttl}", ("default-ttl",)
    tolerance = _duration(config, policy.stale_tolerance, "stale-tolerance")
    if tolerance is not None:
        yield Tolerates(seconds=tolerance), f"stale-tolerance = {policy.stale_tolerance}", ("stale-tolerance",)


def _duration(config: Config, value: str | int | float | None, *keys: str, symbols: bool = False) -> float | None:
    amount = seconds(value)
    if amount is None and value is not None and not (symbols and not re.search(r"\d", str(value))):
        line = config.origin.line("policy", *keys)
        raise ConfigError(f"`policy.{'.'.join(keys)}`: {value!r} is no duration", config.origin.path, line)
    if amount is not None and amount < 0:
        line = config.origin.line("policy", *keys)
        raise ConfigError(f"`policy.{'.'.join(keys)}`: a duration is not negative", config.origin.path, line)
    return amount


def _refuse_open_holes(config: Config, template: str, *keys: str | int) -> None:
    if not re.fullmatch(r"(?:[^{}]|\{[^{}]+\})*", template):
        line = config.origin.line("policy", *keys)
        said = f"`policy.{'.'.join(map(str, keys))}`: {template!r} has a brace without its other half"
        raise ConfigError(said, config.origin.path, line)


# ------------------------------------------------------------------------------------------------- prose -> TOML


def as_toml(decisions: Iterable[Decision], table: str) -> str:
    """The `[table]` that says the same as these decisions, each line with a comment that names its source."""
    found = list(decisions)
    lines = [f"[{table}]"]
    for key, kind in (("never", False), ("no-store", True)):
        words = [(d.statement.subject, d) for d in found if isinstance(d.statement, Never) and d.statement.http is kind]
        lines += _array(key, words)
    excepted = {
        d.statement.subject: d.statement.exceptions
        for d in found
        if isinstance(d.statement, Never) and d.statement.exceptions
    }
    lines += [f"exceptions.{_quoted(subject)} = {_quoted(list(words))}" for subject, words in excepted.items()]
    lines += _array("key-formats", [(d.statement.template, d) for d in found if isinstance(d.statement, KeyFormat)])
    lines += _array("key-examples", [(d.statement.key, d) for d in found if isinstance(d.statement, KeyExample)])
    pairs = [line for decision in found for line in _pair(decision)]
    # Of several lines about one key the first counts.
    lines += {line.partition(" = ")[0]: line for line in reversed(pairs)}.values()
    lines += _strategy_line(found)
    for subject, group in _by_subject(found):
        lines += ["", f"[{table}.entities.{_quoted(subject)}]", *_entity_lines(group)]
    return "\n".join(lines) + "\n"


def _array(key: str, words: list[tuple[str, Decision]]) -> list[str]:
    if not words:
        return []
    return [f"{key} = [", *(f"    {_quoted(word)},  # {d.source}" for word, d in dict(words).items()), "]"]


def _strategy_line(found: list[Decision]) -> list[str]:
    named = [d.statement.strategy for d in found if isinstance(d.statement, UsesStrategy)]
    return [f"strategy = {_quoted(list(dict.fromkeys(named)))}"] if named else []


def _pair(decision: Decision) -> list[str]:
    said, note = decision.statement, f"  # {decision.source}"
    if isinstance(said, OneClient):
        return [f"client = {_quoted(said.module)}{note}"]
    if isinstance(said, Serializes):
        return [f"serialization = {_quoted(said.form)}{note}"]
    if isinstance(said, OnError):
        return [f"on-error = {_quoted('raise' if said.raises else 'miss')}{note}"]
    if isinstance(said, NoRawInput):
        return [f"no-raw-input = true{note}"]
    if isinstance(said, Stampede):
        return [f"stampede-protection = true{note}"]
    if isinstance(said, ExpiresAll):
        return [
            f"max-ttl = {_quoted(spoken(said.limit))}{note}"
            if said.limit is not None
            else f"every-entry-expires = true{note}"
        ]
    if isinstance(said, DefaultTtl):
        return [f"default-ttl = {_quoted(spoken(said.ttl))}{note}"]
    return [f"stale-tolerance = {_quoted(spoken(said.seconds))}{note}"] if isinstance(said, Tolerates) else []


def _by_subject(found: list[Decision]) -> Iterator[tuple[str, list[Decision]]]:
    groups: dict[str, list[Decision]] = {}
    for decision in found:
        if isinstance(decision.statement, Caches):
            groups.setdefault(decision.statement.subject, []).append(decision)
    yield from groups.items()


def _entity_lines(group: list[Decision]) -> Iterator[str]:
    """The keys of one entity; the first decision that says one wins."""
    said: dict[str, str] = {}
    for decision in group:
        statement = decision.statement
        assert isinstance(statement, Caches)
        note = f"  # {decision.source}"
        ttl = spoken(statement.ttl) if statement.ttl is not None else statement.symbol
        pairs: dict[str, object] = {
            "ttl": ttl,
            "strategy": list(statement.strategies),
            "invalidate-on": list(statement.triggers),
            "key": statement.key,
            "durable": statement.durable,
            "stale-tolerance": spoken(statement.stale) if statement.stale is not None else "",
        }
        for key, value in pairs.items():
            if value:
                said.setdefault(key, f"{key} = {_quoted(value)}{note}")
    yield from said.values() if said else (f"# cached: {group[0].source}",)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
