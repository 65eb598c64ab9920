"""What a cache server is used for: a cache that can be rebuilt, or the only store of something."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cachelint.program import databases
from cachelint.program.effects import Event
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.vocabulary import (
    CacheCount,
    CacheExpire,
    CacheLock,
    CacheRead,
    CacheScan,
    CacheTouch,
    CacheWrite,
    DbRead,
    DbWrite,
    StoreCall,
)

if TYPE_CHECKING:
    from cachelint.program import Program

# Words of keys, functions, classes and modules that speak of state no loader can rebuild.
STORE_WORDS = frozenset(
    (
        "lock locks mutex semaphore queue queues session sessions throttle throttling ratelimit ratelimits "
        "limiter otp token tokens nonce csrf captcha challenge verification idempotency idempotent presence "
        "online pubsub job jobs task tasks broker leader heartbeat attempt attempts blacklist blocklist denylist "
        "revoked pool usage encryption metric metrics health healthcheck healthz "
        "readiness liveness budget budgets spend polling twofa mfa totp passcode passcodes magic"
    ).split()
)
# What more callers than this do with an entry is too much to say that none of them fills it.
CALLERS = 60
# Classes whose names end so keep things; what only keeps copies is called a cache.
KEEPERS = ("storage", "database", "persistence", "registry")
HASHES = frozenset("hget hgetall hmget hset hmset hsetnx hdel hexists hkeys hvals hlen".split())
CHANNELS = frozenset("publish pubsub xadd xread xreadgroup lpush rpush lpop rpop blpop brpop blmove lmove".split())
PAIRS = (("login", "code"), ("rate", "limit"), ("rate", "limiter"), ("dead", "letter"))
# The same names are asked about again and again: the words of so many are remembered.
NAMES = 20_000
_SPLIT = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=NAMES)
def words(text: str) -> tuple[str, ...]:
    """The lower-case words of a name or key, split at case, digits and punctuation."""
    return tuple(word.lower() for word in _SPLIT.split(text) if word)


def is_store(program: Program, event: Event) -> bool:
    """Whether a call uses the server as the only store: locks, queues, sessions, rate limits, tokens.

    Decided by words of the key and of the surrounding names, and by operations that caches do not need."""
    if isinstance(event.row, CacheLock):
        return True
    if isinstance(event.row, CacheWrite) and (event.row.only_new or event.flags.get("nx") is True):
        return True
    if event.function is not None and any(_counts(each) for each in program.graph.events[event.function]):
        return True
    if _is_storage(program, event.function):
        return True
    if _is_shared_mapping(program, event.function) or _is_kept_hash(program, event) or _is_beside_queue(program, event):
        return True
    if databases.is_record(program, event) or _is_only_home(program, event) or _is_beside_counters(program, event):
        return True
    texts = [str(event.key.text)] if event.key is not None and event.key.text is not None else []
    templates = [each for each in program.key_templates(event) if each]
    if templates and all(speaks_of_store(each) for each in templates):
        return True
    texts.extend((program.function_name(event), event.module.name.rpartition(".")[2]))
    return any(speaks_of_store(text) for text in texts)


def _is_storage(program: Program, function: FunctionSymbol | None) -> bool:
    """Whether a call stands in a class that is called a storage, itself or after what it is a kind of, and no cache."""
    home = function.home if function is not None else None
    lineage = program.interpreter.hierarchy.mro(home) if home is not None else ()
    names = [words(each.facts.name) for each in lineage if isinstance(each, ClassSymbol)]
    is_cache = any("cach" in word for name in names for word in name)
    return not is_cache and any(name and name[-1].endswith(KEEPERS) for name in names)


def _is_shared_mapping(program: Program, function: FunctionSymbol | None) -> bool:
    """Whether a call stands in a class that makes the server a mapping, or in one derived from it that only keeps a
    copy of it: a dictionary that processes share."""
    home = function.home if function is not None else None
    lineage = program.interpreter.hierarchy.mro(home) if home is not None else ()
    mappings = (each for each in lineage if isinstance(each, ClassSymbol) and "__setitem__" in each.methods)
    return any("cache" not in words(each.facts.name) for each in mappings)


def _is_kept_hash(program: Program, event: Event) -> bool:
    """A hash that is filled right here, never expires and is called a cache by nobody: state kept on the server."""
    if event.method not in HASHES or event.function is None:
        return False
    beside = [each for function in _siblings(event.function) for each in program.graph.events.get(function, ())]
    expires = any(isinstance(each.row, CacheExpire) or each.ttl is not None for each in beside)
    fills = any(each.method.startswith(("hset", "hmset")) for each in beside)
    return fills and not expires and not _is_called_cache(event)


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


def _is_only_home(program: Program, event: Event) -> bool:
    """Whether a class, or the functions of a module, keep objects on the server and nowhere else: they read and write
    there, nothing expires, and no write follows a miss or goes along with a database."""
    if event.function is None or _is_called_cache(event):
        return False
    home = event.function.home or event.function.module
    if home not in program.only_homes:
        program.only_homes[home] = _keeps_all(program, event.function)
    return program.only_homes[home]


def _keeps_all(program: Program, function: FunctionSymbol) -> bool:
    """The same of all that stands in the class or module of a function."""
    beside = [each for neighbour in _neighbours(function) for each in program.graph.events.get(neighbour, ())]
    writes = [each for each in beside if isinstance(each.row, CacheWrite)]
    if not writes or not any(isinstance(each.row, CacheRead) for each in beside):
        return False
    if any(isinstance(each.row, (CacheExpire, CacheTouch)) or each.ttl is not None for each in beside):
        return False
    return all(_keeps_for_ever(each) and not _is_copy(program, each) for each in writes)


def _is_beside_counters(program: Program, event: Event) -> bool:
    """Whether many entries are read at once where a module counts on the server and never stores anything else there:
    the counters, which nothing rebuilds."""
    is_many = isinstance(event.row, CacheScan) or (isinstance(event.row, CacheRead) and event.row.many)
    if event.function is None or not is_many or _is_called_cache(event):
        return False
    around = [each for function in event.module.functions for each in program.graph.events.get(function, ())]
    counts = any(isinstance(each.row, CacheCount) for each in around)
    return counts and not any(isinstance(each.row, CacheWrite) for each in around)


def _is_called_cache(event: Event) -> bool:
    names = (event.function.name if event.function is not None else "", event.key.text if event.key is not None else "")
    return any("cach" in str(name).lower() for name in names)


def _keeps_for_ever(event: Event) -> bool:
    return isinstance(event.row, CacheWrite) and event.row.omitted == "never"


def _is_copy(program: Program, write: Event) -> bool:
    """Whether what is written has another home: it follows a miss, or a database is used where it is called."""
    queue = [(write.function, write.context)]
    seen: set[FunctionSymbol | None] = set()
    while queue and len(seen) < CALLERS:
        function, context = queue.pop()
        if context.misses or any(isinstance(e.row, (DbRead, DbWrite)) for e in program.graph.events.get(function, ())):
            return True
        if function is not None and function not in seen:
            seen.add(function)
            queue.extend((edge.caller, edge.context) for edge in program.graph.callers.get(function, ()))
    return bool(queue)


def _neighbours(function: FunctionSymbol) -> list[FunctionSymbol]:
    """The methods of the same class, or the plain functions of the same module."""
    if function.home is not None:
        return _siblings(function)
    return [each for each in function.module.functions if each.home is None]


def _siblings(function: FunctionSymbol) -> list[FunctionSymbol]:
    """The methods of the class that a method is written in; the function alone where it is none."""
    return [*function.home.methods.values()] if function.home is not None else [function]


def _counts(event: Event) -> bool:
    """A counter that any caller may name, or one for each client address, also by a header: rate limits, usage.

    Nothing rebuilds it, nor what is done to it beside."""
    origins = event.key.origins if isinstance(event.row, CacheCount) and event.key is not None else frozenset()
    return any(origin.kind == "parameter" or origin.what in ("client address", "header") for origin in origins)


def speaks_of_store(text: str) -> bool:
    """Whether a key or name has a word of state that no loader can rebuild."""
    found = set(words(text))
    return bool(found & STORE_WORDS) or any(set(pair) <= found for pair in PAIRS)
