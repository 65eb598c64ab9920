"""Settings as the project writes them: every value that a settings module gives a name, over all layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cachelint.facts import model as facts
from cachelint.program.backends import backend_of
from cachelint.program.effects import Summary
from cachelint.program.frame import Frame
from cachelint.program.symbols import ModuleSymbol
from cachelint.program.values import NOTHING, Place, Value
from cachelint.program.walking import blocks, names_in, nodes, walk
from cachelint.vocabulary import Backend

if TYPE_CHECKING:
    from cachelint.program.interpreter import Interpreter

SETTINGS_MODULE = "DJANGO_SETTINGS_MODULE"
# Modules from which Django is started: they say which settings hold.
STARTERS = frozenset(("manage", "wsgi", "asgi", "celery", "celery_app", "conftest", "__main__"))
DJANGO_MARKS = ("INSTALLED_APPS", "ROOT_URLCONF", "MIDDLEWARE", "CACHES", "DATABASES", "SECRET_KEY")


class Entry(NamedTuple):
    """One cache configured in settings: its alias, backend row (None for an unknown one), where, and its TIMEOUT.

    `guarded` are the methods that a backend of the project's own keeps from raising."""

    alias: str
    path: str
    backend: Backend | None
    place: Place
    is_safe: bool
    timeout: Value | None = None
    guarded: frozenset[str] = frozenset()


class Settings:
    """The settings modules of a project and what they say about caches."""

    def __init__(self, interpreter: Interpreter, modules: Iterable[ModuleSymbol] | None = None) -> None:
        self._interpreter = interpreter
        self.modules = list(_settings_modules(interpreter) if modules is None else modules)
        self.caches = [entry for module in self.modules for entry in self._caches(module)]

    @property
    def has_django(self) -> bool:
        """Whether any settings module of Django was found."""
        return bool(self.modules)

    def entries(self, alias: str) -> list[Entry]:
        """What the settings say about one cache, one entry per layer that configures it."""
        return [entry for entry in self.caches if entry.alias == alias]

    def values(self, name: str) -> Iterator[tuple[ModuleSymbol, Value, Place]]:
        """Every value assigned to a setting."""
        for module in self.modules:
            frame = Frame(self._interpreter, module, None, Summary(None, module))
            for statement, expression in module.bindings[name].assigned if name in module.bindings else ():
                yield (
                    module,
                    frame.evaluate(expression),
                    Place(module.source.path, statement.at, statement.end),
                )

    def listed(self, name: str) -> Iterator[str]:
        """Every text in the statements that make a list: `MIDDLEWARE = ["a.B", *BASE]`, `+=`, `MIDDLEWARE.insert`."""
        for module in self.modules:
            for statement in walk(module.facts.body):
                if not any(blocks(statement)) and name in names_in(statement):
                    texts = (node.value for node in nodes(statement) if isinstance(node, facts.Constant))
                    yield from (text for text in texts if isinstance(text, str))

    def _named_values(self, name: str) -> Iterator[tuple[Value, Place]]:
        """Every value that any module gives a setting of Flask."""
        for module in self._interpreter.modules:
            frame = Frame(self._interpreter, module, None, Summary(None, module))
            for expression, node in _named_settings(module, name):
                yield frame.evaluate(expression), frame.place(node)

    def is_true(self, name: str) -> bool:
        return any(value.constant is True for _, value, _ in self.values(name))

    def _caches(self, module: ModuleSymbol) -> Iterator[Entry]:
        binding = module.bindings.get("CACHES")
        if binding is None:
            return
        frame = Frame(self._interpreter, module, None, Summary(None, module))
        for statement, expression in binding.assigned:
            for alias, value, node in _entries(frame, expression):
                place = Place(module.source.path, statement.at, statement.end)
                yield self._entry(alias, value, place if node is None else frame.place(node))
        for target, expression in binding.items:
            name = frame.evaluate(target.index).constant
            if isinstance(name, str):
                yield self._entry(name, frame.evaluate(expression), frame.place(target))

    def _entry(self, alias: str, value: Value, place: Place) -> Entry:
        path = _text(value.item("BACKEND"))
        backend, guarded = backend_of(self._interpreter, path)
        options = value.item("OPTIONS")
        safe = backend is not None and self._is_safe(backend, options)
        return Entry(alias, path, backend, place, safe, value.item("TIMEOUT"), guarded)

    def _is_safe(self, backend: Backend, options: Value | None) -> bool:
        if backend.safe_option and options is not None:
            given = options.item(backend.safe_option)
            if given is not None and (given.constant is True or given.constant is NOTHING):
                return True
        return bool(backend.safe_setting) and self.is_true(backend.safe_setting)

    @cached_property
    def flask(self) -> list[Entry]:
        """CACHE_TYPE, wherever it is written: a config dict, a config class, app.config[...]."""
        return list(self._flask())

    @cached_property
    def flask_default_ttl(self) -> list[tuple[Value, Place]]:
        """CACHE_DEFAULT_TIMEOUT, wherever it is written."""
        return list(self._named_values("CACHE_DEFAULT_TIMEOUT"))

    def _flask(self) -> Iterator[Entry]:
        for module in self._interpreter.modules:
            frame = Frame(self._interpreter, module, None, Summary(None, module))
            for expression, node in _named_settings(module, "CACHE_TYPE"):
                path = _text(frame.evaluate(expression))
                if path:
                    yield Entry("default", path, backend_of(self._interpreter, path)[0], frame.place(node), False)


def _entries(frame: Frame, expression: facts.Expression) -> Iterator[tuple[str, Value, facts.Node | None]]:
    if isinstance(expression, facts.Dictionary):
        for key, value in zip(expression.keys, expression.values, strict=False):
            alias = frame.evaluate(key).constant if key is not None else None
            if isinstance(alias, str) and key is not None:
                yield alias, frame.evaluate(value), None
        return
    for name, item in frame.evaluate(expression).items or ():
        if isinstance(name, str):
            yield name, item, None


def _text(value: Value | None) -> str:
    return value.constant if value is not None and isinstance(value.constant, str) else ""


def _settings_modules(interpreter: Interpreter) -> Iterator[ModuleSymbol]:
    """The modules that configure Django, in the order of the files: those that are named so or look so, those that a
    starting module names, and what is laid over one of these by a star import."""
    named = {found for module in interpreter.modules for found in _named_in(interpreter, module)}
    known = {module for module in interpreter.modules if is_settings(module)} | named
    for module in interpreter.modules:
        if module in known or (_marks(module) and any(base in known for base in _bases(interpreter, module))):
            yield module


def _named_in(interpreter: Interpreter, module: ModuleSymbol) -> Iterator[ModuleSymbol]:
    """`os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.prod")`, or an assignment to that item."""
    if module.name.rpartition(".")[2] not in STARTERS:
        return
    for body in (module.facts.body, *(function.body for function in module.facts.functions)):
        for node in nodes(body):
            for expression in _given_to_module(node):
                named = expression.value if isinstance(expression, facts.Constant) else None
                found = interpreter.modules.find(named, module) if isinstance(named, str) else None
                if found is not None:
                    yield found


def _given_to_module(node: facts.Node) -> Iterator[facts.Expression]:
    if isinstance(node, facts.Call) and len(node.arguments) == 2:
        first = node.arguments[0].value
        if isinstance(first, facts.Constant) and first.value == SETTINGS_MODULE:
            yield node.arguments[1].value
    elif isinstance(node, facts.Assign) and node.value is not None:
        yield from (node.value for target in node.targets if _is_item(target, SETTINGS_MODULE))


def _bases(interpreter: Interpreter, module: ModuleSymbol) -> Iterator[ModuleSymbol]:
    for statement, imported in module.stars:
        found = interpreter.modules.find(module.absolute(statement, imported), module)
        if found is not None:
            yield found


def _marks(module: ModuleSymbol) -> int:
    return sum(mark in module.bindings for mark in DJANGO_MARKS)


def may_decide_settings(module: ModuleSymbol) -> bool:
    """Whether a module can be settings, or name those that hold, whatever other modules say."""
    return is_settings(module) or _marks(module) > 0 or module.name.rpartition(".")[2] in STARTERS


def is_settings(module: ModuleSymbol) -> bool:
    """A module that configures Django: named settings, or in a package of that name, or with Django's own names."""
    parts = module.name.split(".")
    marks = _marks(module)
    if any("settings" in part for part in parts):
        return marks >= 1 or parts[-1] == "settings"
    return marks >= 3


def _named_settings(module: ModuleSymbol, name: str) -> Iterator[tuple[facts.Expression, facts.Node]]:
    """Expressions given to a setting: NAME = x, {"NAME": x}, config["NAME"] = x, in modules, classes, functions."""
    bodies = [
        module.facts.body,
        *(f.body for f in module.facts.functions),
        *(c.body for c in module.facts.classes),
    ]
    for body in bodies:
        for statement in walk(body):
            for expression in _expressions(statement):
                yield from _in_displays(expression, name)
            if isinstance(statement, facts.Assign) and statement.value is not None:
                for target in statement.targets:
                    if (isinstance(target, facts.Name) and target.id == name) or _is_item(target, name):
                        yield statement.value, statement


def _is_item(target: facts.Expression, name: str) -> bool:
    return (
        isinstance(target, facts.Subscript) and isinstance(target.index, facts.Constant) and target.index.value == name
    )


def _expressions(statement: facts.Statement) -> Iterator[facts.Expression]:
    if isinstance(statement, (facts.Assign, facts.Evaluate, facts.Return)) and statement.value is not None:
        yield statement.value


def _in_displays(expression: facts.Expression, name: str) -> Iterator[tuple[facts.Expression, facts.Node]]:
    if isinstance(expression, facts.Dictionary):
        for key, value in zip(expression.keys, expression.values, strict=False):
            if isinstance(key, facts.Constant) and key.value == name:
                yield value, key
            yield from _in_displays(value, name)
    elif isinstance(expression, facts.Call):
        for argument in expression.arguments:
            if argument.keyword == name:
                yield argument.value, argument
            yield from _in_displays(argument.value, name)
