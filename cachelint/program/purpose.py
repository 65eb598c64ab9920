"""What a cache server is used for: a cache that can be rebuilt, or the only store of something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cachelint.program.effects import Event
from cachelint.program.symbols import FunctionSymbol
from cachelint.vocabulary import CacheCount, CacheExpire, CacheLock, CacheWrite, StoreCall

if TYPE_CHECKING:
    from cachelint.program import Program

# Words of keys, functions, classes and modules that speak of state no loader can rebuild.
STORE_WORDS = frozenset(
    (
        "lock locks mutex semaphore queue queues session sessions throttle throttling ratelimit ratelimits "
        "limiter otp token tokens nonce csrf captcha challenge verification idempotency idempotent presence "
        "online pubsub job jobs task tasks broker leader heartbeat attempts blacklist blocklist denylist "
        "revoked pool usage metric metrics health healthcheck healthz readiness liveness budget budgets spend polling"
    ).split()
)
HASHES = frozenset("hget hgetall hmget hset hmset hsetnx hdel hexists hkeys hvals hlen".split())
CHANNELS = frozenset("publish pubsub xadd xread xreadgroup lpush rpush lpop rpop blpop brpop blmove lmove".split())
PAIRS = (("login", "code"), ("rate", "limit"), ("rate", "limiter"), ("dead", "letter"))
_SPLIT = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")


def words(text: str) -> list[str]:
    """The lower-case words of a name or key, split at case, digits and punctuation."""
    return [word.lower() for word in _SPLIT.split(text) if word]


def is_store(program: Program, event: Event) -> bool:
    """Whether a call uses the server as the only store: locks, queues, sessions, rate limits, tokens.

    Decided by words of the key and of the surrounding names, and by operations that caches do not need."""
    if isinstance(event.row, CacheLock):
        return True
    if isinstance(event.row, CacheWrite) and (event.row.only_new or event.flags.get("nx") is True):
        return True
    if event.function is not None and any(_counts(each) for each in program.graph.events[event.function]):
        return True
    if _is_shared_mapping(event.function) or _is_kept_hash(program, event) or _is_beside_queue(program, event):
        return True
    texts = [str(event.key.text)] if event.key is not None and event.key.text is not None else []
    templates = [each for each in program.key_templates(event) if each]
    if templates and all(speaks_of_store(each) for each in templates):
        return True
    texts.extend((program.function_name(event), event.module.name.rpartition(".")[2]))
    return any(speaks_of_store(text) for text in texts)


def _is_shared_mapping(function: FunctionSymbol | None) -> bool:
    """Whether a call stands in a class that makes the server a mapping: a dictionary that processes share."""
    home = function.home if function is not None else None
    return home is not None and "__setitem__" in home.methods and "cache" not in words(home.facts.name)


def _is_kept_hash(program: Program, event: Event) -> bool:
    """A hash that is filled right here, never expires and is called a cache by nobody: state kept on the server."""
    if event.method not in HASHES or event.function is None:
        return False
    beside = [each for function in _siblings(event.function) for each in program.graph.events.get(function, ())]
    expires = any(isinstance(each.row, CacheExpire) or each.ttl is not None for each in beside)
    fills = any(each.method.startswith(("hset", "hmset")) for each in beside)
    names = (event.function.name, event.key.text if event.key is not None else "")
    return fills and not expires and not any("cach" in str(name).lower() for name in names)


def _is_beside_queue(program: Program, event: Event) -> bool:
    """Whether the same key, or the same class where it is no cache by name, is used for queues and channels."""
    template = str(event.key.text) if event.key is not None and event.key.text is not None else ""
    if template and template in program.store_keys:
        return True
    home = event.function.home if event.function is not None else None
    if event.function is None or home is None or "cach" in home.facts.name.lower():
        return False
    beside = (each for function in _siblings(event.function) for each in program.graph.events.get(function, ()))
    return any(isinstance(each.row, StoreCall) and each.method in CHANNELS for each in beside)


def _siblings(function: FunctionSymbol) -> list[FunctionSymbol]:
    """The methods of the class that a method is written in; the function alone where it is none."""
    return [*function.home.methods.values()] if function.home is not None else [function]


def _counts(event: Event) -> bool:
    """A counter that any caller may name: rate limits, usage. Nothing rebuilds it, nor what is done to it beside."""
    origins = event.key.origins if isinstance(event.row, CacheCount) and event.key is not None else frozenset()
    return any(origin.kind == "parameter" for origin in origins)


def speaks_of_store(text: str) -> bool:
    """Whether a key or name has a word of state that no loader can rebuild."""
    found = set(words(text))
    return bool(found & STORE_WORDS) or any(set(pair) <= found for pair in PAIRS)
