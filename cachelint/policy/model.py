"""What a policy can say: a closed set of statements, the lines that say them, and where each holds."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["understood", "not-checkable", "not-understood", "heading", "prose", "example"]


class _Said(msgspec.Struct, frozen=True, kw_only=True, tag_field="says"):
    """One statement."""


class Caches(_Said, frozen=True, kw_only=True, tag="cache"):
    """Data of this kind is cached. `ttl` in seconds, or `symbol` for one that only code knows ("session expiry").

    `key` is a key or template as written, `durable` tells that it has no TTL on purpose, `triggers` is what
    invalidates it."""

    subject: str
    ttl: float | None = None
    symbol: str = ""
    strategies: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    key: str = ""
    durable: bool = False
    stale: float | None = None


class Never(_Said, frozen=True, kw_only=True, tag="never"):
    """Data of this kind is not cached. `http`: said of responses ("no-store")."""

    subject: str
    exceptions: tuple[str, ...] = ()
    http: bool = False


class KeyFormat(_Said, frozen=True, kw_only=True, tag="key-format"):
    """Keys look like this template with {holes}."""

    template: str


class KeyExample(_Said, frozen=True, kw_only=True, tag="key-example"):
    """A key that is allowed, whatever the formats say."""

    key: str


class NoRawInput(_Said, frozen=True, kw_only=True, tag="no-raw-input"):
    """Keys hold no raw user input."""


class OnError(_Said, frozen=True, kw_only=True, tag="on-error"):
    """Cache errors are misses; they fail no request. `raises`: the team has decided that they do."""

    raises: bool = False


class OneClient(_Said, frozen=True, kw_only=True, tag="client"):
    """Only this module (a path or dotted name) makes clients."""

    module: str


class Serializes(_Said, frozen=True, kw_only=True, tag="serialization"):
    """Values are stored in this form."""

    form: str


class Stampede(_Said, frozen=True, kw_only=True, tag="stampede"):
    """Expensive misses are protected against stampedes."""


class ExpiresAll(_Said, frozen=True, kw_only=True, tag="every-entry-expires"):
    """Every entry has a TTL. `limit` in seconds, when one is given for all."""

    limit: float | None = None


class DefaultTtl(_Said, frozen=True, kw_only=True, tag="default-ttl"):
    """What a TTL is where nothing else is said, in seconds."""

    ttl: float


class Tolerates(_Said, frozen=True, kw_only=True, tag="stale-tolerance"):
    """How old data may be, in seconds."""

    seconds: float


class UsesStrategy(_Said, frozen=True, kw_only=True, tag="strategy"):
    """A strategy for everything that says nothing else."""

    strategy: str


class NotCheckable(_Said, frozen=True, kw_only=True, tag="not-checkable"):
    """Understood, but no reading of the code can check it."""

    why: str


Statement = (
    Caches
    | Never
    | KeyFormat
    | KeyExample
    | NoRawInput
    | OnError
    | OneClient
    | Serializes
    | Stampede
    | ExpiresAll
    | DefaultTtl
    | Tolerates
    | UsesStrategy
    | NotCheckable
)


class Scope(msgspec.Struct, frozen=True):
    """Which code a file of policy speaks of: everything below `folder` ("" for the project), limited to `globs`."""

    folder: str = ""
    globs: tuple[str, ...] = ()


class Source(msgspec.Struct, frozen=True, order=True):
    """Where a decision is written: `path` relative to the project, `line` 1-based, `text` as written there."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Line(msgspec.Struct, frozen=True):
    """One line (or block) of a caching section. `line` and `end_line` are 1-based and inclusive; `left` is what of an
    understood line was not read, or why a line was not understood; `section` the headings above it."""

    source: Source
    end_line: int
    status: Status
    section: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    left: str = ""
    in_section: bool = True
    scope: Scope = Scope()


class Decision(msgspec.Struct, frozen=True):
    """One statement with its place, and the code it holds for. `explicit`: written in the configuration; `heading`
    is the one that gives a bare list of words its meaning ("What NOT to cache")."""

    statement: Statement
    source: Source
    scope: Scope = Scope()
    explicit: bool = False
    heading: str = ""

    @property
    def allows_failure(self) -> bool:
        """Whether it says that cache errors may fail requests."""
        return isinstance(self.statement, OnError) and self.statement.raises
