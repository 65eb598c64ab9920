"""Reads that hardly anybody asks for twice, or that nobody may keep: exports, searches, credentials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cachelint.facts import model as facts
from cachelint.program import selections, tables
from cachelint.program.answers import makes
from cachelint.program.effects import CallEdge, Event
from cachelint.program.handlers import Handler
from cachelint.program.purpose import words
from cachelint.program.rights import identifiers
from cachelint.program.selections import entering, is_paging
from cachelint.program.spelling import last_name
from cachelint.program.symbols import ClassSymbol, FunctionSymbol
from cachelint.program.values import Origin, Place
from cachelint.program.walking import blocks, nodes
from cachelint.vocabulary import HandlerClass

if TYPE_CHECKING:
    from cachelint.program import Program

# Pages that are asked for once in a while and have to tell the present state: downloads, dumps, probes, monitoring.
EXPORTS = frozenset(
    "export exports exporter download downloads dump metrics prometheus health healthz readiness liveness".split()
)
STREAMS = frozenset(("yield_per", "stream_results", "stream_scalars"))


def is_rare(program: Program, handler: Handler, way: Sequence[CallEdge], event: Event) -> bool:
    """Whether hardly anybody asks a query a second time, or nobody may keep what it gives."""
    is_special = _is_export(program, handler, way, event) or _holds_secrets(event) or _is_drawn(event)
    if is_special or _is_search(program, event) or _is_typed(program, handler, event):
        return True
    return _is_form(program, handler) or tables.is_work(event.entity) or _is_queue(handler, event)


QUEUES = frozenset("pending running queued queue".split())


def _is_queue(handler: Handler, event: Event) -> bool:
    """Whether a page by its name, or the function of the query by its own, tells what is waiting or running now."""
    function = event.function.facts.name if event.function is not None else ""
    return any(QUEUES & set(words(name)) for name in (handler.path, handler.function.facts.qualname, function))


def _is_export(program: Program, handler: Handler, way: Sequence[CallEdge], event: Event) -> bool:
    """Whether a query fills a download or tells a machine the present state, by the names on its way, or streams its
    rows piece by piece: too much, or too fresh, to keep."""
    names = [handler.path, handler.function.facts.qualname, event.module.name.rpartition(".")[2]]
    names.extend(edge.callee.facts.name for edge in way)
    if any(EXPORTS & set(words(name)) for name in names):
        return True
    first, *further = _passages(handler, way, event)
    if _sends_file(program, *first) or any(map(_makes_export, further)):
        return True
    if _continues(handler.function) or _is_probe(program, handler.function):
        return True
    return event.function is not None and bool(STREAMS & set(identifiers(event.function.facts.body)))


class _Passage(NamedTuple):
    """A function on the way to a query, and where in it the way goes on."""

    function: FunctionSymbol
    place: Place


def _passages(handler: Handler, way: Sequence[CallEdge], event: Event) -> list[_Passage]:
    """The functions from the handler to the query."""
    functions = (handler.function, *(edge.callee for edge in way))
    places = (*(edge.place for edge in way), event.place)
    return [_Passage(*each) for each in zip(functions, places, strict=True)]


EXPORT_TYPES = ("text/csv", "application/zip", "application/vnd.")


def _makes_export(passage: _Passage) -> bool:
    """Whether a function on the way makes a table or an archive; other files are fetched by pages as well."""
    passed = (node for each in _beside(passage.function.facts.body, passage.place) for node in nodes(each))
    texts = (node.value for node in passed if isinstance(node, facts.Constant))
    return any(isinstance(each, str) and each.lower().startswith(EXPORT_TYPES) for each in texts)


FILE_TYPES = ("attachment", "content-disposition", *EXPORT_TYPES)


def _sends_file(program: Program, function: FunctionSymbol, place: Place) -> bool:
    """Whether a handler answers with a file to keep wherever it comes by a place: Content-Disposition, CSV, an
    archive."""
    passed = [node for statement in _beside(function.facts.body, place) for node in nodes(statement)]
    # A feed has a file's name as well, and is asked for again and again.
    is_file = any(_is_file(node) or makes(program.interpreter, function, node, "file") for node in passed)
    return is_file and not any(_is_feed(node) for node in passed)


def _beside(body: Sequence[facts.Statement], place: Place) -> Iterator[facts.Statement]:
    """The plain statements of a block and of those in it that always run, or that hold the place."""
    for statement in body:
        inner = list(blocks(statement))
        if not inner:
            yield statement
        for block in inner:
            is_around = bool(block) and block[0].at <= place.at < block[-1].end
            if is_around or isinstance(statement, (facts.With, facts.Try)):
                yield from _beside(block, place)


def _is_feed(node: facts.Node) -> bool:
    text = node.value if isinstance(node, facts.Constant) else None
    return isinstance(text, str) and any(word in text for word in ("text/calendar", "rss", "atom"))


def _is_file(node: facts.Node) -> bool:
    if isinstance(node, facts.Constant):
        return isinstance(node.value, str) and node.value.lower().startswith(FILE_TYPES)
    return isinstance(node, facts.Argument) and node.keyword == "as_attachment"


UNAVAILABLE = 503


def _is_probe(program: Program, function: FunctionSymbol) -> bool:
    """Whether a handler answers that the service is down where a test says so: monitoring asks it for the present."""
    branches = (each for each in function.statements if isinstance(each, facts.If))
    left = (each.value for branch in branches for each in branch.body if isinstance(each, facts.Return))
    return any(isinstance(each, facts.Call) and _says_down(program, function, each) for each in left)


def _says_down(program: Program, function: FunctionSymbol, call: facts.Call) -> bool:
    given = (each.value for each in call.arguments)
    is_down = any(isinstance(each, facts.Constant) and each.value == UNAVAILABLE for each in given)
    return is_down or makes(program.interpreter, function, call.func, "failure")


TOKENS = ({"page", "token"}, {"next", "token"}, {"continuation"}, {"scroll", "id"})


def _continues(function: FunctionSymbol) -> bool:
    """Whether a handler gives the page behind a token that it handed out before: each is asked for once."""
    for parameter in function.facts.parameters:
        is_required = parameter.default is None or isinstance(parameter.default, facts.Call)
        if is_required and any(token <= set(words(parameter.name)) for token in TOKENS):
            return not _has_default(parameter.default)
    return False


def _has_default(default: facts.Expression | None) -> bool:
    """`Query(None)`, `Query(default="")`: the first page is asked for without a token."""
    arguments = default.arguments if isinstance(default, facts.Call) else ()
    return any(isinstance(each.value, facts.Constant) and each.keyword in (None, "default") for each in arguments)


EDITS = frozenset("add create edit change modify".split())


def _is_form(program: Program, handler: Handler) -> bool:
    """Whether a page is a form by which something is changed: whoever opens it is about to write."""
    if handler.owner is None:
        return _is_called_edit(handler)
    bases = program.interpreter.hierarchy.library_bases(handler.owner)
    rows = (row for base in bases for row in program.interpreter.catalogue.rows_on(base))
    return any(isinstance(row, HandlerClass) and row.edits for row in rows)


def _is_called_edit(handler: Handler) -> bool:
    """Whether a view's name or path begins or ends with what is done there: `add_order`, `order/<int:pk>/edit/`."""
    path = [segment for segment in handler.path.split("/") if segment and not set("<{(:") & set(segment)]
    named = [found for text in (handler.function.facts.name, *path[-1:]) if (found := words(text))]
    return any(EDITS & {found[0], found[-1]} for found in named)


ORDERINGS = frozenset(("order_by", "orderby", "order"))
DRAWS = frozenset("random rand newid".split())


def _is_drawn(event: Event) -> bool:
    """Whether the function of a query orders rows by chance, `order_by("?")`, `order_by(func.random())`: every request
    is meant to get others."""
    body = event.function.facts.body if event.function is not None else ()
    orderings = (each for each in nodes(body) if isinstance(each, facts.Call) and last_name(each.func) in ORDERINGS)
    return any(_is_by_chance(argument.value) for each in orderings for argument in each.arguments)


def _is_by_chance(ordering: facts.Expression) -> bool:
    if isinstance(ordering, facts.Constant):
        return ordering.value == "?"
    return isinstance(ordering, facts.Call) and last_name(ordering.func).lower() in DRAWS


# A query that more texts of the client's choice shape than this finds something else for every request.
TEXTS = 4


def _is_search(program: Program, event: Event) -> bool:
    """Whether many free texts in the query string shape a query: hardly two requests are alike."""
    return len({origin.name for origin in event.origins if _is_free_text(program, event, origin)}) > TEXTS


def _is_free_text(program: Program, event: Event, origin: Origin) -> bool:
    """Whether an origin is a parameter of the query string that no type limits and that is not about paging."""
    given = entering(program, event, origin)
    if given is None or given.kind != "input" or given.what != "query parameter":
        return False
    return not (origin is not given and given.safe) and not is_paging(origin)


SEARCHES = frozenset("search searches autocomplete typeahead suggest suggestion suggestions concordance".split())


def _is_typed(program: Program, handler: Handler, event: Event) -> bool:
    """Whether a query of a search, by the name of the page or its path, depends on what somebody types there."""
    names = (handler.path, handler.function.facts.qualname, handler.owner.facts.name if handler.owner else "")
    if not any(SEARCHES & set(words(name)) for name in names):
        return False
    return selections.is_selected(program, event)


SECRETS = ({"password"}, {"passwd"}, {"secret"}, {"private", "key"}, {"api", "key"}, {"credentials"})


SERVICES = frozenset("endpoint url uri host hostname server address port".split())


def _holds_secrets(event: Event) -> bool:
    """Whether the rows of a list say where another service is and how to log in there: nothing for a shared cache."""
    if event.shape != "rows" or not isinstance(event.entity, ClassSymbol):
        return False
    fields = [set(words(name)) for name in event.entity.attributes]
    has_secret = any(secret <= field for field in fields for secret in SECRETS)
    return has_secret and any(SERVICES & field for field in fields)
