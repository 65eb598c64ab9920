"""The questions that rules may ask of a linked project; each is answered in the module it names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

from cachelint.config import Config
from cachelint.facts.model import FileFacts
from cachelint.files import SourceFile
from cachelint.finding import Location, Statistics, Step
from cachelint.libraries import LIBRARIES, from_config
from cachelint.policy import TOLERANCE, Policy
from cachelint.policy.model import Decision, OnError, Statement, Tolerates
from cachelint.program import (
    audience,
    backends,
    cache_map,
    clients,
    completion,
    databases,
    decided,
    drift,
    expiry,
    flow,
    forbidden,
    generic,
    habits,
    handlers,
    headers,
    inputs,
    keyforms,
    lifetimes,
    logins,
    outages,
    page_caches,
    purpose,
    queries,
    routes,
    selections,
    serialized,
    served,
    stampedes,
    strategies,
    subjects,
    tables,
    tally,
)
from cachelint.program.cache_map import Entry
from cachelint.program.catalogue import Catalogue
from cachelint.program.clients import DirectClient
from cachelint.program.decided import Decided
from cachelint.program.decorators import Applied, applied
from cachelint.program.demands import Demands
from cachelint.program.drift import Match, Unenforced
from cachelint.program.earlier import Before, UnsureError
from cachelint.program.effects import TOP, Clause, Context, Event
from cachelint.program.effort import Effort
from cachelint.program.excerpt import Excerpt, Name
from cachelint.program.flow import Arrival
from cachelint.program.following import follow_all
from cachelint.program.forbidden import Forbidden
from cachelint.program.graph import CallGraph, functions_in
from cachelint.program.handlers import Handler
from cachelint.program.headers import StorableRoute
from cachelint.program.interpreter import Interpreter, request_parameter
from cachelint.program.keyforms import OffFormat
from cachelint.program.lifetimes import Lifetime
from cachelint.program.modules import Modules
from cachelint.program.outages import Failure, Raised
from cachelint.program.queries import UncachedRead
from cachelint.program.renewal import Renewal
from cachelint.program.routes import Route
from cachelint.program.serialized import Pickled
from cachelint.program.settings import Settings
from cachelint.program.stampedes import StampedeRisk
from cachelint.program.standing import Standing, standing
from cachelint.program.strategies import OffStrategy
from cachelint.program.symbols import ClassSymbol, FunctionSymbol, ModuleSymbol
from cachelint.program.values import Origin, Place
from cachelint.program.writes import View
from cachelint.vocabulary import (
    CACHE_ROWS,
    CacheDelete,
    CacheRead,
    CacheScan,
    CacheWrite,
    Memoizes,
    Outage,
    StoreCall,
)


class Program:
    """A linked project. Methods are questions; nothing here changes after linking."""

    def __init__(
        self,
        files: Sequence[tuple[SourceFile, FileFacts | Callable[[], FileFacts]]],
        config: Config,
        policy: Policy,
        before: Before | None = None,
        excerpt: Collection[Name] | None = None,
    ) -> None:
        self.config = config
        self.decided = Decided(policy)
        libraries = (*LIBRARIES, *from_config(config.libraries))
        self.interpreter = Interpreter(Modules(files), Catalogue(libraries))
        self.interpreter.tracks_loaders = self.decided.names_data
        self._writes: dict[FunctionSymbol, bool] = {}
        self._for_few: dict[FunctionSymbol, bool] = {}
        self.effort = Effort()
        self.only_homes: dict[ClassSymbol | ModuleSymbol, bool] = {}
        self.top: Context = TOP
        self.excerpt: Excerpt | None = None
        self._settled: frozenset[Name] = frozenset()
        if excerpt is not None and before is not None:
            self._take(Excerpt(self.interpreter, before, config.handlers, excerpt))
            return
        renewal = Renewal(self.interpreter, before) if before else None
        kept = renewal.served() if renewal else None
        self.served = kept or served.found(self.interpreter, config.handlers)
        # Not the same list: generic views serve requests by themselves, too.
        self.handlers = [*self.served.handlers]
        if kept is None:
            self._type_requests()
        self.summaries = renewal.summaries() if renewal else follow_all(self.interpreter)
        self.graph = CallGraph(self.interpreter, self.summaries, self.handlers)
        generic.add_reads(self)
        self.handlers_by_function: dict[FunctionSymbol, list[Handler]] = defaultdict(list)
        for handler in self.handlers:
            self.handlers_by_function[handler.function].append(handler)
            for wrapper in self._wrappers(handler.function):
                self.handlers_by_function[wrapper].append(handler)

    def _take(self, excerpt: Excerpt) -> None:
        self.excerpt = excerpt
        self.summaries = excerpt.follow()
        if headers.may_say_otherwise(self, *excerpt.touched, excerpt.followed_alike()):
            raise UnsureError("what runs around all responses")
        if self.decided.demands_ttl and excerpt.concern().drops_less:
            raise UnsureError("whether anything drops entries")
        # What a policy says may be about more than who makes the difference.
        excerpt.only_uses_more_caches &= not self.decided.policy.decisions
        self.graph = CallGraph(self.interpreter, (), [], excerpt.graph.tables)
        self.handlers_by_function = excerpt.graph.handlers_by_function
        self.__dict__.update(
            store_keys=excerpt.known.store_keys,
            databases=excerpt.known.databases,
            keeps_nothing=excerpt.known.keeps_nothing,
            is_settled_project=habits.is_settled(self, excerpt.known.handlers),
            is_grown_project=habits.is_settled(self, excerpt.known.handlers, habits.GROWN),
            writes_unasked=excerpt.known.writes_unasked,
            said_by_everything=excerpt.known.said_by_everything,
        )
        self._look_at_excerpt()

    def _look_at_excerpt(self) -> None:
        assert self.excerpt is not None
        matters = self.excerpt.matters
        events = self.excerpt.events() if matters else []
        self.__dict__.update(events=list(dict.fromkeys(events)))
        for name in ("handlers", "cache_events", "key_table", "demands", "_names", "_failures"):
            self.__dict__.pop(name, None)

    @property
    def matters(self) -> bool:
        """Whether anything in it is done otherwise than in the run that it starts from; of the whole, always."""
        return self.excerpt is None or self.excerpt.matters

    def standing(self) -> Standing:
        """What stands of what the earlier run concluded that a part of a program starts from. Raises UnsureError."""
        assert self.excerpt is not None
        policy = self.decided.policy
        return standing(self.excerpt, has_policy=bool(policy.decisions or policy.lines))

    @property
    def looked_around(self) -> frozenset[Name]:
        """Of a part of a program the functions that it is about."""
        return self.excerpt.names if self.excerpt is not None else frozenset()

    def widen(self, names: Collection[Name], fully: bool = False) -> None:
        """Of a part of a program, see also what lies around functions with these names; with `fully` also where the
        change cannot matter."""
        assert self.excerpt is not None
        self.excerpt.look_around(names, fully)
        self._look_at_excerpt()

    def settle(self, names: frozenset[Name]) -> None:
        """Of a part of a program, take for known that outages of caches end requests in functions with these names."""
        self._settled = names
        self.__dict__.pop("_failures", None)

    def is_settled(self, event: Event) -> bool:
        """Whether an earlier run has told how an outage at a cache call ends requests, and nothing in the part that is
        looked at can have changed that."""
        if self.excerpt is None or not self.excerpt.loses_no_way:
            return False
        name = (event.module.source.path, self.function_name(event))
        return name in self._settled and name not in self._names

    @cached_property
    def _names(self) -> frozenset[Name]:
        return self.looked_around

    def _type_requests(self) -> None:
        """Now that the handlers are known, their first parameters are requests, and what they return is answered."""
        for handler in self.handlers:
            dialect = inputs.dialect_of(self.interpreter, handler.dialect)
            if dialect.request:
                self.interpreter.request_types[handler.function] = dialect.request
                for maker in self._told_by_decorators(handler.function):
                    self.interpreter.request_types.setdefault(maker, dialect.request)
            if dialect.runs_queries:
                self.interpreter.answering.add(handler.function)
        self.interpreter.forget_all()

    def _told_by_decorators(self, function: FunctionSymbol) -> Iterator[FunctionSymbol]:
        """The functions given to a handler's decorators that take the request as well: `key_for=by_name`."""
        request = request_parameter(function)
        told = [value for each in applied(self.interpreter, function) for value in each.given.values()]
        for maker in (maker for value in told for maker in functions_in(value)):
            first = request_parameter(maker)
            if first is not None and request is not None and first.name == request.name:
                yield maker

    def _wrappers(self, function: FunctionSymbol) -> list[FunctionSymbol]:
        return [each.wrapper for each in applied(self.interpreter, function) if each.wrapper is not None]

    @cached_property
    def settings(self) -> Settings:
        """What the project's settings say; of a part of the project they are read when they are asked for."""
        return Settings(self.interpreter, self.excerpt.settings() if self.excerpt is not None else None)

    # -------------------------------------------------------------------------------------------- handlers

    @cached_property
    def handlers(self) -> list[Handler]:
        """All that serves requests; of a part of the project what leads to that part."""
        return self.excerpt.graph.handlers() if self.excerpt is not None and self.excerpt.matters else []

    @cached_property
    def handler_count(self) -> int:
        """How many handlers there are, without the methods of classes that views leave work to."""
        return sum(not self.is_delegated(each) for each in self.handlers)

    @property
    def handlers_of_classes(self) -> list[Handler]:
        """The same; of a part of the project with all that the classes of these handlers serve."""
        return self.excerpt.graph.handlers_of_classes() if self.excerpt is not None and self.matters else self.handlers

    def handlers_of(self, function: FunctionSymbol) -> list[Handler]:
        """The request handlers that a function is (or wraps)."""
        return self.handlers_by_function.get(function, [])

    def input_of(self, function: FunctionSymbol, name: str, item: str = "") -> Origin | None:
        """The user input that a parameter is, when the function serves requests or is a dependency of one that does;
        with `item` what `**kwargs` holds under that name."""
        for handler in self.handlers_of(function):
            if handler.function is function:
                return inputs.user_input(self.interpreter, handler, name, item)
        if function in self.interpreter.dependencies:
            place = Place(function.module.source.path, function.facts.at, function.facts.end)
            stand_in = Handler(function, frozenset("*"), "", "fastapi", place)
            return inputs.user_input(self.interpreter, stand_in, name)
        return None

    def is_converted(self, origin: Origin) -> bool:
        """Whether a path segment read from the request (`self.kwargs["pk"]`) was limited by its URL converter."""
        if origin.what != "path" or origin.place.path not in self.interpreter.modules.by_path:
            return False
        function = self.interpreter.modules.by_path[origin.place.path].enclosing(origin.place.at)
        for handler in self.handlers:
            same_class = function is not None and function.owner is not None and handler.owner is function.owner
            if handler.function is function or same_class:
                strength = handlers.captured(self.interpreter, handler, origin.name)
                if strength is not None:
                    return strength[0]
        return False

    @cached_property
    def _hooks(self) -> dict[Place, list[FunctionSymbol]]:
        return audience.hooks(self)

    def hooks_before(self, handler: Handler) -> list[FunctionSymbol]:
        """The functions that run before every request of the blueprint whose route a handler has."""
        sites = {each.client.site for each in applied(self.interpreter, handler.function) if each.client is not None}
        return [hook for site in sites if site is not None for hook in self._hooks.get(site, ())]

    @cached_property
    def _hooks_around(self) -> list[FunctionSymbol]:
        return audience.hooks_around(self)

    def hooks_around(self, handler: Handler) -> list[FunctionSymbol]:
        """The functions that run before every request of a handler: its blueprint's, and those of applications."""
        return [*self.hooks_before(handler), *self._hooks_around]

    def serves_members(self, handler: Handler) -> bool:
        """Whether only people who have logged in come to a handler."""
        return logins.serves_members(self, handler)

    def is_class_cached(self, handler: Handler) -> bool:
        """Whether a decorator on the handler's class or its dispatch, or a dispatch of its own, caches responses."""
        return page_caches.is_class_cached(self, handler)

    @cached_property
    def cached_sites(self) -> frozenset[str]:
        """The types of the requests that pass through middleware which caches whole pages."""
        return page_caches.cached_sites(self)

    def is_site_cached(self, handler: Handler) -> bool:
        """Whether middleware caches all pages of the application that serves this handler."""
        return page_caches.is_site_cached(self, handler)

    def class_decorators(self, handler: Handler) -> list[Applied]:
        """Decorators of the handler's class and of its dispatch method."""
        return page_caches.class_decorators(self, handler)

    def writes(self, function: FunctionSymbol) -> bool:
        """Whether serving a safe method with this handler writes the database."""
        if function not in self._writes:
            self._writes[function] = queries.writes(self, function)
        return self._writes[function]

    def is_answer(self, error: str) -> bool:
        """Whether an exception is a web framework's own: raised on purpose, it is an answer and no crash."""
        packages = {name.partition(".")[0] for name in self.interpreter.hierarchy.error_ancestors(error)}
        return bool(packages & self.interpreter.catalogue.web_packages)

    # ---------------------------------------------------------------------------------------------- caches

    @cached_property
    def events(self) -> list[Event]:
        """Every use of a library in the project; of a part of it, those that the part is about."""
        return [event for events in self.graph.events.values() for event in events]

    @cached_property
    def cache_events(self) -> list[Event]:
        """Every call on a cache, by place; a plain dict used as one is no cache here."""
        return cache_map.on_caches(event for event in self.events if isinstance(event.row, CACHE_ROWS))

    @cached_property
    def all_cache_events(self) -> list[Event]:
        """The same for the whole project, where only a part of it is looked at, too."""
        if self.excerpt is None:
            return self.cache_events
        found = (event for event in self.excerpt.all_events() if isinstance(event.row, CACHE_ROWS))
        return cache_map.on_caches(found)

    @cached_property
    def demands(self) -> Demands:
        """What the policy demands of writes of rows; of a part of a project, as far as its difference can matter."""
        return Demands(self, self.excerpt.concern() if self.excerpt is not None else None)

    @property
    def keeps_step(self) -> bool:
        """Of a part of a project, whether no entry gets out of step with its rows by the difference it makes."""
        return self.excerpt is not None and self.excerpt.keeps_step

    @cached_property
    def store_keys(self) -> frozenset[str]:
        """The key templates under which queues, channels or sets are kept."""
        found = (event for event in self.events if isinstance(event.row, StoreCall))
        return frozenset(str(event.key.text) for event in found if event.key is not None)

    @cached_property
    def filled_in(self) -> frozenset[str]:
        """The files in which something is stored in a cache or a dict used as one."""
        if self.excerpt is not None:
            return self.excerpt.filled_in()
        return frozenset(event.place.path for event in self.events if isinstance(event.row, CacheWrite))

    @cached_property
    def cached_in(self) -> frozenset[str]:
        """The files that use caches."""
        return frozenset(event.module.source.path for event in self.events if isinstance(event.row, CACHE_ROWS))

    @cached_property
    def databases(self) -> frozenset[str]:
        """The files that make clients of a server that the project uses as a database."""
        return databases.databases(self)

    @cached_property
    def is_grown_project(self) -> bool:
        """Whether the project is more than a beginning, and no policy says what it should cache."""
        return habits.is_settled(self, self.handler_count, habits.GROWN)

    @cached_property
    def keeps_nothing(self) -> bool:
        """Whether a project that is more than a beginning keeps nothing in a cache, and no policy says it should."""
        return habits.keeps_nothing(self)

    @property
    def does_without_cache(self) -> bool:
        """Whether a project of some size keeps nothing in a cache: whoever works on it has not asked for one."""
        return self.is_settled_project and self.keeps_nothing

    @cached_property
    def is_settled_project(self) -> bool:
        """Whether the project is of some size and no policy says what it should cache."""
        return habits.is_settled(self, self.handler_count)

    def is_selected(self, event: Event) -> bool:
        """Whether something in the request says which rows of a query are wanted."""
        return selections.is_selected(self, event)

    @cached_property
    def overridden(self) -> frozenset[tuple[str, str]]:
        """The methods of library types that classes of the project make their own."""
        return backends.overridden(self.interpreter)

    @cached_property
    def outage_errors(self) -> frozenset[str]:
        """Every exception class that some client raises in an outage, and the roots users catch."""
        catalogue = self.interpreter.catalogue
        names: set[str] = set()
        for type_name in catalogue.types:
            for row in catalogue.own_rows(type_name):
                if isinstance(row, Outage):
                    names.update(row.raises.split(), row.root.split())
        return frozenset(name for name in names if not name.startswith("builtins."))

    def raised_by(self, event: Event) -> Raised:
        """What an outage of the cache makes of a call."""
        return outages.raised_by(self, event)

    def failure(self, event: Event) -> Failure | None:
        """How an outage at a cache call ends requests; None when it does not."""
        return outages.failure(self, event)

    def failures(self) -> Iterator[Failure]:
        """Every call on a cache (not on a store) whose outage ends requests, once per place."""
        return iter(self._failures)

    @cached_property
    def _failures(self) -> list[Failure]:
        return list(outages.failures(self))

    def raw_inputs(self, event: Event) -> Iterator[Arrival]:
        """The raw user input that reaches the key of a cache call."""
        return flow.arrivals(self, event)

    def is_default_key(self, event: Event) -> bool:
        """Whether a caching decorator makes the key itself, of the arguments as they are."""
        return flow.is_default_key(event)

    def is_bounded(self, event: Event) -> bool:
        """Whether the cache limits its own size, so that entries leave it even without a TTL."""
        bases = self.interpreter.hierarchy.library_bases(event.client.type) if event.client is not None else []
        types = self.interpreter.catalogue.types
        return any(types[base].bounded for base in bases if base in types)

    def lifetimes(self) -> Iterator[Lifetime]:
        """Every cache write and caching decorator whose expiry is known, and what the policy says of it."""
        return lifetimes.lifetimes(self)

    def expires_elsewhere(self, event: Event) -> bool:
        """Whether the project sets the TTL of an entry by a call of its own."""
        return expiry.is_given_elsewhere(self, event)

    def takes_arguments(self, event: Event) -> bool:
        """Whether a caching decorator stands on a function with arguments, so that it makes many entries."""
        function = event.function if isinstance(event.row, Memoizes) else None
        return function is not None and any(p.name not in ("self", "cls") for p in function.facts.parameters)

    def is_store(self, event: Event) -> bool:
        """Whether a call uses the server as the only store of something, and not as a cache."""
        return purpose.is_store(self, event)

    def is_store_at(self, view: View) -> bool:
        """Whether the caller of a wrapper keeps something there that no loader can rebuild, by the names around it."""
        name = view.function.facts.qualname if view.function is not None else ""
        home = view.function.module.name.rpartition(".")[2] if view.function is not None else ""
        return bool(view.way) and any(purpose.speaks_of_store(each) for each in (name, home, str(view.key.text or "")))

    def is_sent_by_few(self, arrival: Arrival) -> bool:
        """Whether user input enters in a handler that asks for a special right."""
        place = arrival.way[0][0]
        module = self.interpreter.modules.by_path.get(place.path)
        function = module.enclosing(place.at) if module is not None else None
        handlers = self.handlers_by_function.get(function, []) if function is not None else []
        return bool(handlers) and all(audience.is_restricted(self, each) for each in handlers)

    def is_store_key(self, arrival: Arrival) -> bool:
        """Whether the template that user input enters belongs to a store, by its words or the names around it."""
        module = self.interpreter.modules.by_path[arrival.place.path]
        function = module.enclosing(arrival.place.at)
        names = [arrival.template, module.name.rpartition(".")[2], function.facts.qualname if function else ""]
        return any(purpose.speaks_of_store(name) for name in names)

    def definition(self, event: Event) -> FunctionSymbol | None:
        """The function whose body a call stands in, whichever class inherits it; None at the top level."""
        return event.function.original if event.function is not None else None

    def function_name(self, event: Event) -> str:
        """The qualified name of the function that a call stands in, "" at the top level."""
        return event.function.facts.qualname if event.function is not None else ""

    def is_wrapper(self, event: Event) -> bool:
        """Whether the key of a cache call is handed in by the callers of its function."""
        origins = event.key.origins if event.key is not None else frozenset()
        return (
            any(
                o.kind == "parameter" and o.direct and isinstance(o.what, tuple) and o.what[0] is event.function
                for o in origins
            )
            and event.function is not None
            and not self.handlers_of(event.function)
        )

    def key_templates(self, event: Event) -> list[str]:
        """The key templates of a cache call, as its callers complete them."""
        return completion.full_templates(self, event)

    def fills(self, function: FunctionSymbol, misses: frozenset[Place]) -> bool:
        """Whether what is loaded after these misses is stored again, by the function or whoever calls it."""
        if self.graph.writes_back(function) or function.declares_globals or misses & self.interpreter.memos:
            return True
        paths = {place.path for place in misses} | {function.module.source.path}
        return bool(paths & self.filled_in)

    # --------------------------------------------------------------------------------------------- queries

    def uncached_reads(self) -> Iterator[UncachedRead]:
        """Every query that a safe-method handler runs with no cache on the way."""
        if self.excerpt is not None and self.excerpt.only_uses_more_caches:
            return iter(())
        return queries.uncached_reads(self)

    def is_per_user(self, event: Event) -> bool:
        """Whether a query is selected by who asks."""
        return queries.is_per_user(self, event)

    def is_orm_cached(self, entity: ClassSymbol | str | None) -> bool:
        """Whether the ORM layer caches reads of this model by itself."""
        return queries.is_orm_cached(self, entity)

    def is_needed(self, read: UncachedRead) -> bool:
        """Whether caching a read would save anything: no second try, nothing asked in a body, a table fit for it."""
        is_once = queries.is_repeat(self, read.event) or queries.is_posted(read.event)
        return not is_once and not tables.is_unfit(read.event.entity)

    @cached_property
    def writes_unasked(self) -> bool:
        """Whether some REST view lets clients write and nothing in the project says who may."""
        return audience.writes_unasked(self)

    def is_for_few(self, handler: Handler) -> bool:
        """Whether a handler asks for a special right or works on rows selected by who asks."""
        if handler.function not in self._for_few:
            self._for_few[handler.function] = audience.is_restricted(self, handler) or queries.serves_the_asker(
                self, handler
            )
        return self._for_few[handler.function]

    def is_entity(self, event: Event) -> bool:
        """Whether it is known what a query reads: a model or a table."""
        if isinstance(event.entity, ClassSymbol):
            return self.interpreter.hierarchy.is_model(event.entity)
        return event.entity is not None and not event.entity.startswith("builtins.")

    def handler_name(self, handler: Handler) -> str:
        """What people call a handler: its function, its class and method, or the class for a method that only the
        framework names."""
        function = handler.function
        owner = handler.owner if handler.owner is not None else function.owner
        if owner is None or function.owner is None:
            return function.facts.name
        is_hook = function.facts.name in queries.HOOKS or self.is_delegated(handler)
        return owner.facts.name if is_hook else f"{owner.facts.name}.{function.facts.name}"

    def is_delegated(self, handler: Handler) -> bool:
        """Whether a handler is a method of a class that a view leaves work to."""
        owner, home = handler.owner, handler.function.home
        return owner is not None and home is not None and home not in self.interpreter.hierarchy.mro(owner)

    def entity_name(self, entity: ClassSymbol | str | None) -> str:
        """A model's or table's own name."""
        return entity.facts.name if isinstance(entity, ClassSymbol) else str(entity or "").rpartition(".")[2]

    # --------------------------------------------------------------------------------------------- policy

    def forbidden_writes(self) -> Iterator[Forbidden]:
        """Every cache write and caching decorator that stores data the policy forbids."""
        return forbidden.forbidden_writes(self)

    def is_never_cached(self, entity: ClassSymbol | str | None) -> bool:
        """Whether the policy forbids to cache this model or table."""
        path = entity.module.source.path if isinstance(entity, ClassSymbol) else ""
        return any(subjects.is_about(entity, each.word) for each in self.decided.forbids(path))

    def error_decision(self, event: Event) -> Decision | None:
        """What the policy says of cache errors where a call stands."""
        said = self.decided.said(event.place.path, OnError)
        return said[1] if said is not None else None

    def off_format(self) -> Iterator[OffFormat]:
        """Every key template that has none of the policy's forms."""
        return keyforms.off_format(self)

    def pickled_values(self) -> Iterator[Pickled]:
        """Every cache write of a pickled value where the policy demands another form."""
        return serialized.pickled_values(self)

    def off_strategy(self) -> Iterator[OffStrategy]:
        """Every write of cached rows that keeps their entries in step in none of the policy's ways."""
        return strategies.off_strategy(self)

    def stampedes(self) -> Iterator[StampedeRisk]:
        """Every expensive load of an entry that all requests share, with nothing against a stampede."""
        return stampedes.stampedes(self)

    def direct_clients(self) -> Iterator[DirectClient]:
        """Every client made outside of the module that the policy names."""
        return clients.direct_clients(self)

    def storable_routes(self) -> Iterator[StorableRoute]:
        """Every route that the policy forbids to cache and that does not say so."""
        return headers.storable_routes(self)

    @cached_property
    def said_by_everything(self) -> frozenset[str]:
        """The directives that hooks around all responses set."""
        return headers.said_by_everything(self)

    def unenforced_lines(self) -> Iterator[Unenforced]:
        """Every line of the policy that enforces nothing."""
        return drift.unenforced(self)

    def matches(self, statement: Statement) -> list[Match]:
        """What in the code a statement of the policy is about."""
        return drift.matches(self, statement)

    @cached_property
    def key_table(self) -> list[tuple[Event, str]]:
        """Every key template with a call that uses it."""
        return [
            (event, template) for event in self.all_cache_events for template in self.key_templates(event) if template
        ]

    @cached_property
    def cache_map(self) -> list[Entry]:
        """Every key with who uses it, how long it lives and what it holds, by key."""
        return cache_map.entries(self)

    def routes(self) -> Iterator[Route]:
        """Every handler with its queries, caches and what the policy says of it."""
        return routes.routes(self)

    def quoted(self, decision: Decision, word: str = "") -> str:
        """What the policy says, for messages: the line as written, with its file and line."""
        return decided.quoted(decision, word)

    # --------------------------------------------------------------------------------------- invalidation

    def is_delete(self, event: Event) -> bool:
        """Whether a call drops entries."""
        return isinstance(event.row, CacheDelete)

    def is_read(self, event: Event) -> bool:
        """Whether a call only reads an entry."""
        return isinstance(event.row, CacheRead)

    def is_pattern(self, event: Event) -> bool:
        """Whether a call takes a pattern of keys and not a key."""
        return isinstance(event.row, CacheScan) or (isinstance(event.row, CacheDelete) and event.row.pattern)

    def silent_clause(self, event: Event) -> Clause | None:
        """The clause in which the error of a cache call ends and nobody hears of it."""
        return outages.silent_clause(self, event)

    def caching_decision(self, event: Event) -> Decision | None:
        """The decision of the policy to cache what a query reads; None when there is none."""
        path = event.entity.module.source.path if isinstance(event.entity, ClassSymbol) else ""
        found = (each.decision for each in self.decided.allows(path) if subjects.is_read(event, each.word))
        return next(found, None)

    def tolerates_stale(self, event: Event) -> bool:
        """Whether the policy's TTL of what a key is about is within the tolerated staleness."""
        path = event.place.path
        said = self.decided.said(path, Tolerates)
        tolerance = said[0].seconds if said is not None else TOLERANCE
        for each in self.decided.allows(path):
            limit = each.said.stale if each.said.stale is not None else tolerance
            is_short = each.said.ttl is not None and each.said.ttl <= limit
            if is_short and any(each.names_key(template) for template in self.key_templates(event)):
                return True
        return False

    # ------------------------------------------------------------------------------------------- locations

    def client_kind(self, event: Event) -> str:
        """The client's name for people: "Redis", "Memcached", "Django cache"."""
        return outages.kind_of(self, event)

    def head_of(self, function: FunctionSymbol) -> Place:
        """The name in a function's `def` line."""
        at = function.facts.name_at
        return Place(function.module.source.path, at, at + len(function.facts.name))

    def head(self, place: Place) -> Location:
        """The first line of a place: the keyword of a clause, not its body."""
        location = self.location(place)
        if location.line == location.end_line:
            return location
        return Location(location.path, location.line, location.column, location.line, location.column + 6)

    def location(self, place: Place) -> Location:
        """A place as path, 1-based lines and columns."""
        facts = self.interpreter.modules.by_path[place.path].facts
        line, column = facts.location(place.at)
        end_line, end_column = facts.location(max(place.end, place.at))
        return Location(place.path, line, column, end_line, end_column)

    def step(self, place: Place, note: str) -> Step:
        """A stop of a trace."""
        return Step(self.location(place), note)

    def statistics(self) -> Statistics:
        """How much was resolved."""
        return tally.statistics(self.handler_count, self.summaries)
