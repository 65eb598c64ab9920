"""Cache headers of responses: what a handler, or anything around it, says about storing its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.facts import model as facts
from cachelint.policy import Word, ends_route, in_route, words_of
from cachelint.policy.model import Decision
from cachelint.program.answers import only_redirects
from cachelint.program.decided import Forbids
from cachelint.program.decorators import Applied, applied
from cachelint.program.frame import Frame
from cachelint.program.handlers import Handler
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.values import External, Member, Place, Value
from cachelint.program.walking import nodes
from cachelint.vocabulary import Memoizes, SetsHeader

if TYPE_CHECKING:
    from cachelint.program import Program
    from cachelint.program.interpreter import Interpreter

DEPTH = 5
# Words of Cache-Control (RFC 9111) that keep an answer out of shared stores, and those that invite it in.
SWITCHES = ("no_store", "private", "no_cache", "public")
KEEPS_OUT = frozenset(("no-store", "private", "no-cache"))
_HOOK = re.compile("middleware|after_request|process_response|create_response", re.IGNORECASE)
_DIRECTIVE = re.compile(r"no-store|no-cache|private|public|s-maxage=[1-9]\d*|max-age=[1-9]\d*|max-age=0", re.IGNORECASE)
_CONTROL = re.compile(r"^[\w\s,=\"-]*$")


class StorableRoute(msgspec.Struct, frozen=True):
    """A route that the policy forbids to cache, and what its answer says. `sends` is the header that invites caching,
    "" when there is none at all. `path` is the URL pattern, `place` where it is served: the function, or the class that
    inherits it."""

    handler: Handler
    path: str
    place: Place
    word: str
    decision: Decision
    sends: str


def storable_routes(program: Program) -> Iterator[StorableRoute]:
    """Every route of a safe method that the policy forbids to cache and that does not say so."""
    if not program.decided.names_data:
        return
    if program.said_by_everything & KEEPS_OUT:
        return
    groups: dict[object, list[tuple[Handler, tuple[Forbids, str]]]] = {}
    for handler in program.handlers_of_classes:
        forbids = _forbidden(program, handler)
        # A redirect is not stored unless it says so (RFC 9110, section 15.1).
        if (
            forbids is not None
            and handler.methods & {"GET", "HEAD", "*"}
            and not only_redirects(program.interpreter, handler.function)
        ):
            groups.setdefault(handler.owner or handler.function, []).append((handler, forbids))
    seen: set[Place] = set()
    for group in groups.values():
        said = frozenset().union(*(directives(program, handler) for handler, _ in group))
        handler, (decided, path) = min(group, key=lambda each: _rank(each[0]))
        place = _served_at(program, handler)
        if said & KEEPS_OUT or place in seen or any(_is_cached(program, each) for each, _ in group):
            continue
        seen.add(place)
        sends = ", ".join(sorted(each for each in said if each == "public" or re.search(r"age=[1-9]", each)))
        yield StorableRoute(handler, path, place, decided.word.text, decided.decision, sends)


def _served_at(program: Program, handler: Handler) -> Place:
    """The function, or the name of the class that inherits it: another class of the same base may serve other data."""
    owner = handler.owner
    if owner is None or handler.function.owner is owner or handler.function.owner is None:
        return program.head_of(handler.function)
    at = owner.facts.name_at
    return Place(owner.module.source.path, at, at + len(owner.facts.name))


# Of the methods of one class the one that people would look at.
_FIRST = ("get", "list", "retrieve", "dispatch")


def _rank(handler: Handler) -> tuple[int, tuple[str, int, str, str]]:
    name = handler.function.facts.name
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), handler.function.order)


def forbidding(program: Program, handler: Handler) -> Forbids | None:
    """The decision that forbids to cache this route; None when there is none."""
    found = _forbidden(program, handler)
    return found[0] if found is not None else None


def _forbidden(program: Program, handler: Handler) -> tuple[Forbids, str] | None:
    """The decision that forbids to cache this route, and the path that it names: by its last word for data, by any of
    its words for routes."""
    for each in program.decided.forbids(handler.function.module.source.path):
        matches = _names if each.http or each.word.route else ends_route
        # A wrapper that a decorator made serves many routes, and is none of them.
        hits = [matches(each.word, path) for path in handler.raw_paths]
        is_named = any(hits) if handler.function.parent is None else bool(hits) and all(hits)
        named = [path for path in handler.raw_paths if matches(each.word, path) and not _is_verb(handler, path)]
        is_excepted = any(_names(word, path) for word in each.exceptions for path in handler.raw_paths)
        if is_named and named and not is_excepted:
            return each, named[0]
    return None


def _names(word: Word, path: str) -> bool:
    return in_route(word, path)


def _is_verb(handler: Handler, path: str) -> bool:
    """Whether the last word of a route is what its handler does to the word before: `/shelf/order/{id}` of
    `order_shelf`."""
    literal = re.sub(r"\(\?P<[^)]*\)|<[^>]*>|\{[^}]*\}|:\w+", "", path)
    parts = [words_of(part) for part in re.sub(r"[\^$\\?]", "", literal).split("/") if part]
    return len(parts) > 1 and words_of(handler.function.facts.name) == (*parts[-1], *parts[-2])


def _is_cached(program: Program, handler: Handler) -> bool:
    """A caching decorator on a forbidden route is never-cache-data: one defect, one finding."""
    marks = [*applied(program.interpreter, handler.function), *program.class_decorators(handler)]
    return any(isinstance(row, Memoizes) for row in (*(m.row for m in marks), *(layer.row for layer in handler.layers)))


# ------------------------------------------------------------------------------------------------- directives


def directives(program: Program, handler: Handler) -> frozenset[str]:
    """The Cache-Control directives that a handler, its decorators and what it calls set, in lower case."""
    found: set[str] = set()
    for layer in handler.layers:
        found |= _of_mark(layer.row, dict(layer.arguments))
    for each in (*applied(program.interpreter, handler.function), *program.class_decorators(handler)):
        found |= _of_mark(each.row, each.given) | _of_name(each)
    seen: set[FunctionSymbol] = set()
    _collect(program, handler.function, seen, 0)
    for function in sorted(seen, key=lambda f: f.order):
        found |= _of_function(program, function)
    return frozenset(found)


def _collect(program: Program, function: FunctionSymbol, seen: set[FunctionSymbol], depth: int) -> None:
    """The functions that serve a request together: what is called, wrapped around, or injected."""
    if function in seen or depth > DEPTH:
        return
    seen.add(function)
    for edge in program.graph.callees.get(function, ()):
        _collect(program, edge.callee, seen, depth + 1)
    for each in applied(program.interpreter, function) if function.facts.decorators else ():
        if each.wrapper is not None:
            _collect(program, each.wrapper, seen, depth + 1)


def _of_mark(row: object, given: dict[str, Value]) -> set[str]:
    if not isinstance(row, SetsHeader):
        return set()
    named = {name.replace("_", "-") for name, value in given.items() if value.constant is True}
    timed = {f"max-age={v.constant}" for name, v in given.items() if name in ("max_age", "s_maxage") and v.constant}
    texts = {word for value in given.values() if isinstance(value.constant, str) for word in _words(value.constant)}
    return named | timed | texts | ({row.directive} if row.directive else set())


def _of_name(each: Applied) -> set[str]:
    """A decorator nobody described that calls itself no_store, never_cache or nocache is believed."""
    name = each.name.rpartition(".")[2].lower().replace("_", "")
    return {"no-store"} if name in ("nostore", "nevercache", "nocache", "private", "disablecache") else set()


def _of_function(program: Program, function: FunctionSymbol) -> set[str]:
    """The directives in a function's own code: texts, `.no_store = True`, calls that set headers."""
    found: set[str] = set()
    frame = Frame(program.interpreter, function.module, None, program.interpreter.scratch(function.module))
    for node in nodes(tuple(function.facts.body)):
        if isinstance(node, facts.Constant) and isinstance(node.value, str):
            found |= _words(node.value)
        elif isinstance(node, facts.Assign):
            found = found.union(*(_switch(target, node.value) for target in node.targets))
        elif isinstance(node, facts.Call):
            found |= _of_call(program, frame, node)
        elif isinstance(node, facts.Name) and node.id.isupper():
            found |= _of_constant(frame, node)
    return found


def _switch(target: facts.Expression, value: facts.Expression | None) -> set[str]:
    """`response.cache_control.no_store = True`."""
    is_on = isinstance(value, facts.Constant) and value.value is True
    if is_on and isinstance(target, facts.Attribute) and target.attr in SWITCHES:
        return {target.attr.replace("_", "-")}
    return set()


def _of_call(program: Program, frame: Frame, node: facts.Call) -> set[str]:
    func = node.func
    if not isinstance(func, (facts.Name, facts.Attribute)):
        return set()
    given = {
        a.keyword: Value(constant=a.value.value)
        for a in node.arguments
        if a.keyword and isinstance(a.value, facts.Constant)
    }
    found: set[str] = set()
    for each in _callee(frame, func):
        rows = program.interpreter.catalogue.function(each.name) if isinstance(each, External) else ()
        for row in rows:
            found |= _of_mark(row, given)
    return found


def _callee(frame: Frame, func: facts.Expression) -> Iterator[External | Member]:
    base = func
    while isinstance(base, facts.Attribute):
        base = base.value
    if isinstance(base, facts.Name) and base.id in frame.module.bindings:
        yield from (each for each in frame.evaluate(func).things if isinstance(each, (External, Member)))


def _of_constant(frame: Frame, node: facts.Name) -> set[str]:
    """`headers=NO_STORE`: the texts of a constant of the module or of another one."""
    value = frame.interpreter.names.global_value(frame.module, node.id)
    texts = [value.constant, *(item.constant for _, item in value.items or ())]
    return {word for text in texts if isinstance(text, str) for word in _words(text)}


def _words(text: str) -> set[str]:
    """The directives of a text that is a Cache-Control value; prose that mentions one is none."""
    if len(text) > 120 or not _CONTROL.match(text):
        return set()
    found = {each.lower() for each in _DIRECTIVE.findall(text)}
    if found == {"public"}:
        return set()  # alone it is a word of every language: who may see something
    others = re.sub(
        r"[\w-]+=\w+|must-revalidate|proxy-revalidate|immutable|no-transform", " ", _DIRECTIVE.sub(" ", text)
    )
    return found if not re.search(r"[a-zA-Z]{2,}", others) else set()


# Beside directives: that some shared cache in front of the application is told what to keep.
SHARED = "shared"


def said_by_everything(program: Program) -> frozenset[str]:
    """What a hook around all responses sets (middleware, after_request): functions nobody calls that set headers."""
    found: set[str] = set()
    for module in program.interpreter.modules:
        for function in module.functions:
            said = _said_by(program, function)
            if said and not program.graph.callers.get(function) and not program.handlers_of(function):
                found |= said
    return frozenset(found)


def _said_by(program: Program, function: FunctionSymbol) -> set[str]:
    """What a function says of all responses, if it sees them all."""
    is_any = is_hook(function)
    said = _of_function(program, function) if is_any else set()
    is_shared = (is_any or _is_middleware(function)) and _speaks_to_cdn(program.interpreter, function)
    return said | {SHARED} if is_shared else said


def _speaks_to_cdn(interpreter: Interpreter, function: FunctionSymbol) -> bool:
    """Whether a function names a header that only a shared cache in front of the application reads."""
    texts = (node.value for node in nodes(function.facts.body) if isinstance(node, facts.Constant))
    return any(isinstance(each, str) and each.lower() in interpreter.catalogue.cdn_headers for each in texts)


def _is_middleware(function: FunctionSymbol) -> bool:
    """`def __call__(self, request)` of a class in a module called middleware, whatever the class is called."""
    is_class = function.owner is not None and function.facts.name == "__call__"
    return is_class and "middleware" in function.module.name.rpartition(".")[2].lower()


def may_say_otherwise(
    program: Program,
    before: Iterable[FunctionSymbol],
    after: Iterable[FunctionSymbol],
    alike: Iterable[FunctionSymbol],
) -> bool:
    """Whether hooks around all responses may set something else: they were these `before` an edit and are those after
    it, and others are written `alike` but say names that are something else now."""
    then, now, same = (_said_by_all(program, hooks) for hooks in (before, after, alike))
    return then != now or bool(same)


def _said_by_all(program: Program, functions: Iterable[FunctionSymbol]) -> set[str]:
    """What functions say of all responses; without forbidden data only what a shared cache is told matters."""
    said = set[str]().union(*(_said_by(program, each) for each in functions))
    return said if program.decided.names_data else said & {SHARED}


def is_hook(function: FunctionSymbol) -> bool:
    """By its name, its class or its decorator a function that sees every response."""
    names = [function.facts.name, function.owner.facts.name if function.owner is not None else ""]
    names += [
        node.attr for each in function.facts.decorators for node in nodes((each,)) if isinstance(node, facts.Attribute)
    ]
    return any(map(_HOOK.search, names))
