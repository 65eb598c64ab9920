"""What a cache call raises when its server is down, and whether that ends a request."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cachelint.facts import model as facts
from cachelint.program import guards
from cachelint.program.callsite import constant_values
from cachelint.program.effects import CallEdge, Clause, Context, Event, Guard
from cachelint.program.handlers import Handler
from cachelint.program.purpose import words
from cachelint.program.settings import Entry
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import Place
from cachelint.program.walking import nodes
from cachelint.vocabulary import (
    Backend,
    CacheDelete,
    CacheRead,
    CacheScan,
    CacheTouch,
    DbRead,
    DbWrite,
    Memoizes,
    Outage,
)

if TYPE_CHECKING:
    from cachelint.program import Program

DJANGO_CACHE = "django.core.cache.backends.base.BaseCache"
CACHE_CALLS = (CacheDelete, CacheRead, CacheScan, CacheTouch)
# A try around more calls than this is about more than the cache.
FEW_CALLS = 2
# A function with no more calls than this (the cache's, and what its value or key is made with) only wraps the cache.
THIN = 3
# So many calls lead from a handler to a cache call; with more, nobody could follow the way.
HEIGHT = 60
NETWORK_ERRORS = frozenset(("builtins.ConnectionError", "builtins.TimeoutError", "builtins.OSError"))


class Raised(msgspec.Struct, frozen=True):
    """What an outage makes of one cache call.

    `errors` are canonical class names, empty when it never raises; `root` the class to catch; `kind` the client's
    name for people; `config` the settings entry that decides it; `is_assumed` when no settings were found."""

    errors: frozenset[str] = frozenset()
    root: str = ""
    kind: str = ""
    config: Place | None = None
    is_assumed: bool = False


SILENT = Raised()


class Failure(msgspec.Struct):
    """A cache call whose outage error reaches request handlers.

    `ways` hold per handler the calls from it to the cache call; `guard` is the innermost try, on every one of these
    ways, that was meant to stop the error and stops only a part, with its clause; `missed` what it lets through.
    `escaped` are the errors that arrive at handlers."""

    event: Event
    raised: Raised
    ways: list[tuple[Handler, tuple[CallEdge, ...]]] = []
    guard: tuple[Guard, Clause] | None = None
    missed: frozenset[str] = frozenset()
    escaped: frozenset[str] = frozenset()


class _Escape(msgspec.Struct, frozen=True):
    """Errors on their way up: where they are, which are left, the calls below, and a guard that was not enough."""

    function: FunctionSymbol
    errors: frozenset[str]
    way: tuple[CallEdge, ...] = ()
    guard: tuple[Guard, Clause] | None = None
    missed: frozenset[str] = frozenset()


def raised_by(program: Program, event: Event) -> Raised:
    """What an outage makes of a call, by client, method, construction and settings."""
    row = event.row
    if isinstance(row, Memoizes) and (row.swallows or row.process):
        return SILENT
    outage = _outage(program, event)
    if outage is None or (not outage.raises and not outage.settings):
        return SILENT
    if outage.settings == "django-caches":
        return _by_django_settings(program, event, outage)
    if outage.settings == "flask-caching":
        return _by_flask_settings(program, event, outage)
    if _may_be_own(program, event):
        return SILENT
    return Raised(frozenset(outage.raises.split()) | event.extra_errors, outage.root, outage.kind)


def _may_be_own(program: Program, event: Event) -> bool:
    """Whether only an annotation says what a client is, and a class of the project's own, derived from that, makes the
    method another one."""
    client = event.client
    if client is None or client.site is not None or not isinstance(client.type, str):
        return False
    hierarchy = program.interpreter.hierarchy
    home = event.function.home if event.function is not None else None
    if home is not None and hierarchy.is_a(home, client.type):
        return False  # That class itself, asking what it derives from.
    return any((each, event.method) in program.overridden for each in hierarchy.library_bases(client.type))


def _outage(program: Program, event: Event) -> Outage | None:
    catalogue = program.interpreter.catalogue
    types: tuple[str, ...] = ()
    if event.client is not None:
        types = program.interpreter.hierarchy.library_bases(event.client.type)
    if not types or isinstance(event.row, Memoizes):
        types = (*event.row.on.split(), *types)  # type: ignore[attr-defined]
    options = _options(program, event)
    for each in types:
        rows = [row for row in catalogue.own_rows(each) if isinstance(row, Outage)]
        named = [row for row in rows if event.method in row.names.split()]
        general = [row for row in rows if not row.names]
        if named or general:
            holding = [row for row in named or general if _holds(row, options)]
            return holding[0] if holding else Outage(on=each)
    return None


def _options(program: Program, event: Event) -> dict[str, str]:
    """How the client was constructed and configured, and how the decorator was called."""
    options: dict[str, object] = {}
    for each in program.interpreter.hierarchy.library_bases(event.client.type) if event.client is not None else ():
        options.update(program.interpreter.configured.get(each, {}))
    options.update(event.client.options if event.client is not None else ())
    options.update(constant_values(event.arguments))
    return {name: str(value) for name, value in options.items()}


def _holds(row: Outage, options: dict[str, str]) -> bool:
    if row.unless:
        name, _, value = row.unless.partition("=")
        if options.get(name) == value:
            return False
    if row.when:
        name, _, value = row.when.partition("=")
        given = options.get(name, "")
        return given == value or given.endswith(f".{value}")
    return True


def _by_django_settings(program: Program, event: Event, outage: Outage) -> Raised:
    settings = program.settings
    if not settings.has_django:
        return Raised(frozenset(outage.raises.split()), outage.root, outage.kind, None, True)
    alias = dict(event.client.options).get("alias", "default") if event.client is not None else "default"
    for entry in settings.entries(str(alias)):
        if entry.backend is None or not entry.backend.client:
            continue
        if _is_harmless(entry, entry.backend, event):
            continue
        rows = [r for r in program.interpreter.catalogue.own_rows(entry.backend.client) if isinstance(r, Outage)]
        errors = frozenset(name for row in rows[:1] for name in row.raises.split())
        if errors:
            is_assumed = _is_any_cache(event) and _has_harmless(program)
            return Raised(errors, rows[0].root, f"{outage.kind} ({rows[0].kind})", entry.place, is_assumed)
    return SILENT


def _is_harmless(entry: Entry, backend: Backend, event: Event) -> bool:
    """Whether an outage of a cache in the settings raises nothing at a call: an option says so, or the project's own
    backend catches it. Decorators read and write."""
    if entry.is_safe and (event.method in backend.safe_names.split() or isinstance(event.row, Memoizes)):
        return True
    used = {"get", "set"} if isinstance(event.row, Memoizes) else {event.method}
    return used <= entry.guarded


def _is_any_cache(event: Event) -> bool:
    """Whether an annotation says that it is a cache, and nothing which of those in the settings."""
    return event.client is not None and event.client.site is None


def _has_harmless(program: Program) -> bool:
    """Whether one of the caches in the settings cannot be away."""
    return any(entry.backend is not None and not entry.backend.client for entry in program.settings.caches)


def _by_flask_settings(program: Program, event: Event, outage: Outage) -> Raised:
    entries = program.settings.flask
    known = [entry for entry in entries if entry.backend is not None]
    if entries and not any(entry.backend.client for entry in known if entry.backend is not None):
        return SILENT
    if not known or _are_several(entries):
        return Raised(frozenset(outage.raises.split()), outage.root, outage.kind, None, True)
    entry = next(each for each in known if each.backend is not None and each.backend.client)
    return Raised(frozenset(outage.raises.split()), outage.root, outage.kind, entry.place)


def _are_several(entries: list[Entry]) -> bool:
    """Whether one file configures several caches of different kinds: which of them a client is, nothing says."""
    by_file: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        by_file[entry.place.path].add(entry.backend.client if entry.backend is not None else "?")
    return any(len(kinds) > 1 for kinds in by_file.values())


# ----------------------------------------------------------------------------------------------- to handlers


def failures(program: Program) -> Iterator[Failure]:
    """How outages end requests, once per cache call: a call in an inherited method counts once for all classes."""
    found: dict[tuple[Place, str], Failure] = {}
    for event in program.cache_events:
        is_left_out = program.is_settled(event) or program.is_store(event)
        failed = None if is_left_out else failure(program, event)
        if failed is None or (failed.guard is None and _is_refused(program, event)):
            continue
        known = found.get((event.place, event.method))
        if known is None or (known.guard is not None and failed.guard is None):
            found[event.place, event.method] = failed
        elif known.guard == failed.guard:
            known.ways.extend(way for way in failed.ways if way not in known.ways)
    yield from found.values()


def _is_refused(program: Program, event: Event) -> bool:
    """Whether whoever asks for the client is refused when the server is away: the function that gives it pings first,
    every time, and raises an error of the project. The team has decided that nothing works without it."""
    site = event.client.site if event.client is not None else None
    module = program.interpreter.modules.by_path.get(site.path) if site is not None else None
    giver = module.enclosing(site.at) if module is not None and site is not None else None
    if giver is None or not any(isinstance(each, facts.Raise) for each in giver.statements):
        return False
    pings = (each for each in program.graph.events.get(giver, ()) if each.method == "ping")
    return any(each.context.guards and not each.context.misses for each in pings)


def failure(program: Program, event: Event) -> Failure | None:
    """How an outage at a cache call ends requests; None when every way to a handler is guarded."""
    raised = raised_by(program, event)
    if not raised.errors or event.context.deferred or event.function is None:
        return None
    start = _pass(program, _Escape(event.function, raised.errors), event.context.guards, is_near=True)
    arrived = list(_climb(program, event, start))
    unguarded = [(handler, escape) for handler, escape in arrived if escape.guard is None]
    if not arrived:
        return None
    chosen = unguarded or [each for each in arrived if each[1].guard == arrived[0][1].guard]
    first = chosen[0][1]
    ways = [(handler, each.way) for handler, each in chosen]
    escaped = frozenset().union(*(each.errors for _, each in arrived))
    return Failure(event, raised, ways, first.guard, first.missed, escaped)


def _climb(program: Program, event: Event, start: _Escape) -> Iterator[tuple[Handler, _Escape]]:
    """The handlers that errors reach, by every way up, each function and set of errors once."""
    queue = deque([start])
    seen: set[tuple[FunctionSymbol, frozenset[str], bool]] = set()
    while queue:
        escape = queue.popleft()
        if not (isinstance(event.row, Memoizes) and not escape.way):
            entry = program.graph.entry(escape.function)
            escape = _pass(program, escape, entry.guards, is_near=not escape.way)
            if entry.deferred:
                continue
        state = (escape.function, escape.errors, escape.guard is None)
        if not escape.errors or state in seen:
            continue
        seen.add(state)
        for handler in program.handlers_of(escape.function):
            yield handler, escape
        if len(escape.way) == HEIGHT:
            continue
        for edge in program.graph.callers.get(escape.function, ()):
            if not edge.context.deferred and edge.caller is not None and program.effort.spend(event.place):
                above = replace(escape, function=edge.caller, way=(edge, *escape.way))
                is_near = not escape.way and _is_thin(program, escape.function)
                queue.append(_pass(program, above, edge.context.guards, is_near))


def _is_thin(program: Program, function: FunctionSymbol) -> bool:
    """Whether calling a function is little more than its cache call: a try around it is a try around that."""
    calls = (node for node in nodes(function.facts.body) if isinstance(node, facts.Call))
    has_few = next(islice(calls, THIN, None), None) is None
    events = program.graph.events.get(function, [])
    return has_few and not any(isinstance(event.row, (DbRead, DbWrite)) for event in events)


def _pass(program: Program, escape: _Escape, around: tuple[Guard, ...], is_near: bool = False) -> _Escape:
    """What is left after some guards; remembers a guard that was meant for the errors and is not enough."""
    for guard in reversed(around):
        errors = escape.errors
        if not errors:
            return escape
        left = guards.after(program.interpreter, errors, (guard,))
        left = frozenset(error for error in left if not program.is_answer(error))
        clause = _meant(program, guard, errors, is_near)
        escape = replace(escape, errors=left)
        if left & errors and clause is not None and escape.guard is None:
            escape = replace(escape, guard=(guard, clause), missed=left & errors)
    return escape


def _meant(program: Program, guard: Guard, errors: frozenset[str], is_near: bool) -> Clause | None:
    """The clause that was written against a cache outage: it stops some of the errors, or ones that look like them.

    Builtin network errors look like them only around the call itself or a function that only wraps it, and not
    beside classes about something else: further out, `except OSError` is about files and sockets of other kinds."""
    canonical = program.interpreter.catalogue.canonical
    for clause in guard.clauses:
        if clause.raises == "same":
            continue
        if any(guards.catches(program.interpreter, clause, error) for error in errors):
            return clause
        names = {canonical(name) for name in clause.types}
        known = program.interpreter.catalogue.errors
        own = {n for name in names if name not in known for n in program.interpreter.hierarchy.error_ancestors(name)}
        looks_alike = (
            is_near
            and guard.calls <= FEW_CALLS
            and all(program.interpreter.catalogue.ancestors(n) & NETWORK_ERRORS for n in names)
        )
        if looks_alike or (names | own) & program.outage_errors:
            return clause
    return None


def kind_of(program: Program, event: Event) -> str:
    """The client's name for people, from its outage row; its type's last name when there is none."""
    outage = _outage(program, event)
    if outage is not None and outage.kind:
        return outage.kind
    for each in program.interpreter.hierarchy.library_bases(event.client.type) if event.client is not None else ():
        rows = [r for r in program.interpreter.catalogue.own_rows(each) if isinstance(r, Outage) and r.kind]
        if rows:
            return rows[0].kind
    return "cache"


def _when_executed(program: Program, event: Event) -> frozenset[str]:
    """What a queued command raises later, when its pipeline is executed."""
    executed = replace(event, method="execute")
    outage = _outage(program, executed)
    return frozenset(outage.raises.split()) if outage is not None and not outage.settings else frozenset()


# What a process runs before it serves anything: a Django application's configuration, a script.
STARTS = frozenset(("ready", "main"))


def _runs_at_start(function: FunctionSymbol) -> bool:
    """Whether code runs once, when a process starts: what it drops was not changed by it."""
    is_config = function.owner is not None and "config" in words(function.owner.facts.name)
    return function.facts.name in STARTS and (is_config or (function.owner is None and function.parent is None))


def silent_clause(program: Program, event: Event) -> Clause | None:
    """The clause in which an outage error of this call ends unheard, in its function or in a caller.

    None where the call is made in an `except`: what it tidies up after was told there."""
    errors = raised_by(program, event).errors or _when_executed(program, event)
    if not errors or event.function is None or _runs_at_start(event.function):
        return None
    queue: deque[tuple[FunctionSymbol, Context]] = deque([(event.function, event.context)])
    seen: set[FunctionSymbol] = set()
    while queue:
        function, context = queue.popleft()
        caught = guards.catching(program.interpreter, errors, context.guards)
        if caught is not None:
            clause = caught[1]
            if clause.quiet and not clause.raises and "?" not in clause.types and context.handling is None:
                return clause
            if clause.raises != "same":
                continue
        if function in seen:
            continue
        seen.add(function)
        if not _only_invalidates(program, function):
            continue
        for edge in program.graph.callers.get(function, ()):
            if edge.caller is not None:
                queue.append((edge.caller, edge.context))
    return None


INVALIDATING = frozenset("invalidate delete drop clear forget evict purge flush expire remove bust reset".split())


def _only_invalidates(program: Program, function: FunctionSymbol) -> bool:
    """Whether a try around a call of this function is about the invalidation: that is all the function does."""
    names = set(words(function.facts.name))
    events = program.graph.events.get(function, [])
    return bool(names & INVALIDATING) and all(isinstance(event.row, CACHE_CALLS) for event in events)
