"""What cachelint reports: frozen values without behaviour, shared by every layer."""

from __future__ import annotations

import enum

import msgspec


class Severity(str, enum.Enum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for a note, 2 for an error; larger is worse."""
        return {"note": 0, "warning": 1, "error": 2}[self.value]


class Confidence(str, enum.Enum):
    """How sure cachelint is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for low, 2 for high; larger is surer."""
        return {"low": 0, "medium": 1, "high": 2}[self.value]


class Persona(str, enum.Enum):
    """Who wants to see it: everyone, the careful, or the auditor."""

    REGULAR = "regular"
    PEDANTIC = "pedantic"
    AUDITOR = "auditor"

    @property
    def rank(self) -> int:
        """0 for regular, 2 for auditor; a run shows all ranks up to its own."""
        return {"regular": 0, "pedantic": 1, "auditor": 2}[self.value]


class Location(msgspec.Struct, frozen=True, order=True):
    """A span of one file: path relative to the project with forward slashes, 1-based lines and columns.

    `end_column` is exclusive.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Step(msgspec.Struct, frozen=True):
    """One stop on the way of a finding, with a short note such as "user input enters here"."""

    at: Location
    note: str


class Finding(msgspec.Struct, frozen=True):
    """One defect at the place to mend it.

    `subject` says what it is about in words that survive line moves (a key template, a model, a client); together
    with the rule and `function` it makes the fingerprint. A rule may lower or raise the severity, confidence and
    persona of its declaration; None keeps the rule's own. `parts` are the findings that this one stands for, where many
    have one place to mend: of a change only the new ones among them are told.
    """

    at: Location
    message: str
    help: str
    subject: str
    function: str = ""
    trace: tuple[Step, ...] = ()
    related: tuple[Step, ...] = ()
    severity: Severity | None = None
    confidence: Confidence | None = None
    persona: Persona | None = None
    parts: tuple[Finding, ...] = ()


class Reported(msgspec.Struct, frozen=True):
    """A finding together with the rule that made it, every question answered: what reporters print.

    `function`, `subject` and `parts` are the finding's; the fingerprint is made of the first two.
    """

    rule: str
    code: str
    severity: Severity
    confidence: Confidence
    persona: Persona
    at: Location
    message: str
    help: str
    trace: tuple[Step, ...]
    related: tuple[Step, ...]
    fingerprint: str
    function: str = ""
    subject: str = ""
    parts: tuple[Reported, ...] = ()


class AnalysisError(msgspec.Struct, frozen=True, order=True):
    """A file that could not be analysed. Line and column are 1-based, 1 and 1 when unknown."""

    path: str
    line: int
    column: int
    message: str


class Summary(msgspec.Struct, frozen=True):
    """The numbers of a run; `seconds` is wall time. `calls` counts calls on caches, sessions, models and requests."""

    files: int
    analysed: int
    skipped: int
    handlers: int
    calls: int
    calls_resolved: int
    seconds: float


class Statistics(msgspec.Struct, frozen=True):
    """Numbers about a linked program. `by_kind` maps cache, session, model, request to (resolved, total) calls."""

    handlers: int
    calls: int
    calls_resolved: int
    by_kind: dict[str, tuple[int, int]]


class Report(msgspec.Struct, frozen=True):
    """Everything a reporter may print. `times` are seconds by part of the run, None when nobody asked."""

    findings: tuple[Reported, ...]
    errors: tuple[AnalysisError, ...]
    summary: Summary
    times: dict[str, float] | None = None
