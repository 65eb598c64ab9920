"""Rows about caches: calls on them, decorators, outages and errors."""

from __future__ import annotations

from cachelint.vocabulary.row import Row


class CacheRead(Row, frozen=True, kw_only=True, tag=True):
    """A read. `key` names the key parameter, `many` when it is a list of keys; `misses` lists how a miss shows:
    "none", "default", "raises:KeyError", "sentinel:dogpile.cache.api.NO_VALUE", "instance:dogpile.cache.api.NoValue"
    (the class of the sentinel), "false" (has_key, exists), "empty"."""

    on: str
    names: str
    params: str
    key: str = "key"
    many: bool = False
    misses: str = "none"


class CacheWrite(Row, frozen=True, kw_only=True, tag=True):
    """A write. `ttl` names the TTL parameters that can give one, space separated, each with its unit as "ex:s px:ms"
    ("at" for a point in time); a bare name is seconds. `omitted`, `none`, `zero` say what leaving it out, None and 0
    mean: "never" (no expiry),
    "default" (the library's or settings' default), "drop" (not stored or deleted), "error", "expired".
    `default_ttl` in seconds when `omitted` is "default" (0 when unknown). `only_new` for add/setnx."""

    on: str
    names: str
    params: str
    key: str = "key"
    value: str = "value"
    ttl: str = ""
    omitted: str = "never"
    none: str = "never"
    zero: str = "error"
    default_ttl: int = 0
    many: bool = False
    only_new: bool = False
    keeps_ttl: str = ""


class CacheGetOrSet(Row, frozen=True, kw_only=True, tag=True):
    """Read, and on a miss call `loader` and write its result. `one_loads` True when the library lets only one caller
    load at a time."""

    on: str
    names: str
    params: str
    key: str = "key"
    loader: str = "default"
    ttl: str = ""
    omitted: str = "default"
    none: str = "never"
    zero: str = "drop"
    default_ttl: int = 0
    one_loads: bool = False


class CacheDelete(Row, frozen=True, kw_only=True, tag=True):
    """A delete. `pattern` when the key argument is a glob; `everything` for clear/flush."""

    on: str
    names: str
    params: str = ""
    key: str = ""
    many: bool = False
    pattern: bool = False
    everything: bool = False


class CacheExpire(Row, frozen=True, kw_only=True, tag=True):
    """Sets or prolongs a TTL."""

    on: str
    names: str
    params: str
    key: str = "key"
    ttl: str = ""


class CacheCount(Row, frozen=True, kw_only=True, tag=True):
    """incr, decr, append: changes a value in place."""

    on: str
    names: str
    params: str
    key: str = "key"


class CacheTouch(Row, frozen=True, kw_only=True, tag=True):
    """Any other call that talks to the cache server about one key or the server (ttl, exists, ping, execute)."""

    on: str
    names: str
    params: str = ""
    key: str = ""


class CacheScan(Row, frozen=True, kw_only=True, tag=True):
    """keys, scan_iter: walks the key space by pattern."""

    on: str
    names: str
    params: str
    pattern: str = ""


class CacheLock(Row, frozen=True, kw_only=True, tag=True):
    """Makes a lock; `ttl` names the parameter that bounds it."""

    on: str
    names: str
    params: str
    key: str = "name"
    ttl: str = ""


class StoreCall(Row, frozen=True, kw_only=True, tag=True):
    """A call on the same server that is no cache use: queues, pub/sub, streams, sets used as the only store."""

    on: str
    names: str


class Memoizes(Row, frozen=True, kw_only=True, tag=True):
    """A decorator (or wrapping call) that caches what the function returns.

    `used` is "bare" (@cached), "called" (@cached(60)) or "both". `key_params` names parameters that hold an explicit
    key or key builder; `key_from` says what the default key is made of, space separated words of: args, path, query,
    url, user, vary, none; `spells` True when that holds the arguments as text, not as a digest. `ttl` as in
    CacheWrite. `swallows` True when an outage never reaches the caller. `process` True for in-process memory.
    `response` True when it caches whole HTTP responses. `key_option` is an option that widens the default key, as
    "query_string=True:path query". `when` names a keyword without which nothing is cached (Litestar's `cache`).
    `server` names the parameters that put entries on a server: with none of them they stay in the process."""

    on: str
    names: str
    params: str = ""
    used: str = "both"
    key_option: str = ""
    when: str = ""
    key_params: str = ""
    key_from: str = "args"
    ttl: str = ""
    omitted: str = "never"
    swallows: bool = False
    process: bool = False
    server: str = ""
    spells: bool = False
    response: bool = False


class CachesSite(Row, frozen=True, kw_only=True, tag=True):
    """Middleware that caches the responses of all pages, where settings list it: `on` are its modules, `settings` the
    names under which middleware is listed, `request` the type of the requests that pass through it."""

    on: str
    names: str
    settings: str
    request: str


class Mapping(Row, frozen=True, kw_only=True, tag=True):
    """A type used as `c[key]`, `c[key] = v`, `key in c`, `del c[key]`: read, write, test and delete of a cache."""

    on: str


class Outage(Row, frozen=True, kw_only=True, tag=True):
    """What a cache call raises when the server is down.

    `on` are client types, `raises` the exception classes (canonical dotted names) that an outage can produce,
    `root` the class that users should catch, `kind` the words for messages ("Redis", "Memcached", "Django cache").
    `settings` names the settings-borne decision ("django-caches", "flask-caching") when the verdict depends on it.
    An empty `raises` means it never raises. `names` restricts the row to these methods (and wins over a row without).
    `unless` names a constructor option, as "ignore_exc=True" or "suppress=True", under which the row does not hold;
    `when` one that must hold."""

    on: str
    raises: str = ""
    root: str = ""
    kind: str = ""
    names: str = ""
    settings: str = ""
    unless: str = ""
    when: str = ""


class Backend(Row, frozen=True, kw_only=True, tag=True):
    """A cache backend named in settings: `path` as written there, `client` the type whose Outage rows apply,
    "" for one that cannot raise. `safe_option` is the OPTIONS or settings entry that makes `safe_names` not raise.
    `built_of` says which methods do nothing but call others of the same object: "get_or_set=get+add"."""

    path: str
    client: str = ""
    safe_option: str = ""
    safe_setting: str = ""
    safe_names: str = ""
    built_of: str = ""


class Error(Row, frozen=True, kw_only=True, tag=True):
    """An exception class: canonical `name`, `bases` and `aliases` (dotted, space separated)."""

    name: str
    bases: str = "builtins.Exception"
    aliases: str = ""


# What calls on a cache do.
CACHE_ROWS = (
    CacheRead,
    CacheWrite,
    CacheGetOrSet,
    CacheDelete,
    CacheExpire,
    CacheCount,
    CacheTouch,
    CacheScan,
    CacheLock,
    Memoizes,
)
