"""Tables by what they hold: rows that are nothing to cache, and rows about work that is going on."""

from __future__ import annotations

from cachelint.program.purpose import words
from cachelint.program.symbols import ClassSymbol

LOGS = frozenset(("log", "logs"))
JOBS = frozenset(("job", "jobs"))
PROGRESS = frozenset("started finished progress elapsed worker traceback retries attempts".split())
CATALOGUES = ("pg_", "information_schema", "sqlite_master", "sqlite_schema")
UNFIT = frozenset("cache cached online presence heartbeat secret secrets credential credentials password".split())
STATES = frozenset(("state", "status"))
COURSE = frozenset("started finished ended submitted queued".split())
TIMED = ({"start", "time"}, {"end", "time"})
# What has such a column has left the work behind.
PUBLISHED = frozenset(("published", "publication"))
# The words in names of columns that any of this is decided by.
TELLING = PROGRESS | STATES | COURSE | PUBLISHED | frozenset(("start", "end"))


def is_unfit(entity: ClassSymbol | str | None) -> bool:
    """Whether a table by its name is nothing to cache: a cache itself, who is there just now, how far work has come,
    secrets, what the database server tells about itself."""
    name = entity.facts.name if isinstance(entity, ClassSymbol) else str(entity or "").rpartition(".")[2]
    found = set(words(name))
    if found & JOBS and (found & LOGS or _tells_progress(entity)):
        return True
    return bool(UNFIT & found) or {"api", "key"} <= found or name.lower().startswith(CATALOGUES)


def _tells_progress(entity: ClassSymbol | str | None) -> bool:
    """Whether rows tell how far some work has come; a table of which only the name is known does."""
    if not isinstance(entity, ClassSymbol):
        return True
    return any(PROGRESS & set(words(name)) for name in entity.attributes)


def is_work(entity: ClassSymbol | str | None) -> bool:
    """Whether rows are pieces of work that somebody follows (builds, runs, jobs): each has a state, and a time when it
    began, ended or was handed in, and none when it was published."""
    if not isinstance(entity, ClassSymbol):
        return False
    columns = [set(words(name)) for name in entity.attributes if not name.isupper()]
    has_course = any(COURSE & each or any(pair <= each for pair in TIMED) for each in columns)
    return has_course and any(STATES & each for each in columns) and not any(PUBLISHED & each for each in columns)
