"""The rows themselves: whatever they refer to exists, and no two of them disagree."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

import msgspec
import pytest

import cachelint.libraries
from cachelint.libraries import LIBRARIES, from_config
from cachelint.vocabulary import (
    AnyRow,
    Backend,
    Converter,
    Dialect,
    Error,
    HandlerClass,
    Handles,
    Library,
    Outage,
    Restricts,
    Type,
)

ROWS = [(library.name, row) for library in LIBRARIES for row in library.rows]
TYPES = {row.name: row for _, row in ROWS if isinstance(row, Type)}
ERRORS = {row.name: row for _, row in ROWS if isinstance(row, Error)}
DIALECTS = {row.name for _, row in ROWS if isinstance(row, Dialect)}
ALIASES = {alias for _, row in ROWS if isinstance(row, Type | Error) for alias in row.aliases.split()}

# Fields that name parameters of the call. "self" and "*" stand for the receiver and for all of them.
NAMING = (
    "key",
    "value",
    "ttl",
    "loader",
    "pattern",
    "key_params",
    "keeps_ttl",
    "path",
    "function",
    "methods",
    "auth",
    "router",
    "param",
    "type_param",
    "argument",
    "statement",
    "entity",
    "target",
    "reverse",
    "options",
)
FORMS = {"", "self", "instance", "element", "elements", "pair", "scalar", "result", "callable"}
# Two rows about one member may differ in one of these without disagreeing.
DISTINGUISHING = (
    "how",
    "used",
    "form",
    "unless",
    "when",
    "settings",
    "word",
    "dialect",
    "directive",
    "kind",
    "methods",
)

each_library = pytest.mark.parametrize("library", LIBRARIES, ids=[library.name for library in LIBRARIES])


def parameters(row: AnyRow) -> set[str]:
    """The names that a row's `params` declares, second spellings included."""
    words = getattr(row, "params", "").split()
    return {name for word in words for name in word.lstrip("*").split("|")} - {""}


def _is_bare(row: AnyRow) -> bool:
    return isinstance(row, Handles) and row.form == "bare"


def references(row: AnyRow) -> set[str]:
    """The parameters that a row's other fields name."""
    found: set[str] = set()
    defaults = dict(zip(reversed(row.__struct_fields__), reversed(row.__struct_defaults__), strict=False))
    for field in NAMING:
        value = getattr(row, field, "")
        # Without params the positions are open, and only what the row says itself can be a mistake.
        if isinstance(value, str) and (row.params or value != defaults.get(field)):
            found.update(word.partition(":")[0] for word in value.split())
    if isinstance(row, Restricts):
        found.difference_update(row.methods.split())
    for field in ("gives", "of"):
        form, _, name = getattr(row, field, "").partition(":")
        if form in ("argument", "class") and name:
            found.add(name)
    return found - {"self", "*"}


def test_every_module_is_listed() -> None:
    listed = {id(library) for library in LIBRARIES}
    for module in pkgutil.iter_modules(cachelint.libraries.__path__):
        values = vars(importlib.import_module(f"cachelint.libraries.{module.name}")).values()
        unlisted = [value.name for value in values if isinstance(value, Library) and id(value) not in listed]
        assert not unlisted, f"{module.name} is missing from LIBRARIES"


def test_library_names_are_unique() -> None:
    assert [name for name, count in Counter(library.name for library in LIBRARIES).items() if count > 1] == []


@each_library
def test_library_says_which_packages_it_is_about(library: Library) -> None:
    assert library.name
    assert library.packages.split()
    assert library.rows


@each_library
def test_rows_survive_the_configuration_format(library: Library) -> None:
    assert from_config([msgspec.to_builtins(library)]) == (library,)


@each_library
def test_fields_name_declared_parameters(library: Library) -> None:
    for row in library.rows:
        if not hasattr(row, "params") or _is_bare(row):
            continue
        unknown = references(row) - parameters(row)
        assert not unknown, f"{row} names {sorted(unknown)}"


@each_library
def test_results_are_known_types(library: Library) -> None:
    for row in library.rows:
        given = [getattr(row, field, "") for field in ("gives", "many_type", "reverse_type")]
        for name in given:
            form = name.partition(":")[0]
            known = name.removeprefix("type:") in TYPES or name in FORMS or form in ("argument", "class")
            assert known, f"{row} gives {name}"


@each_library
def test_bases_exist(library: Library) -> None:
    for row in library.rows:
        if isinstance(row, Type):
            missing = [base for base in row.bases.split() if base not in TYPES and base not in ALIASES]
            assert not missing, f"{row.name} derives from {missing}"
        if isinstance(row, Error):
            missing = [base for base in row.bases.split() if base not in ERRORS]
            assert not missing, f"{row.name} derives from {missing}"


@each_library
def test_outages_raise_known_errors(library: Library) -> None:
    for row in library.rows:
        if isinstance(row, Outage):
            named = [*row.raises.split(), *row.root.split()]
            assert not [name for name in named if name not in ERRORS], row
            places = {name for name in row.on.split() if name not in TYPES and name not in ALIASES}
            # A caching decorator has no client type: its row names the module and the function.
            assert not places or row.names, row


@each_library
def test_backends_name_known_clients(library: Library) -> None:
    for row in library.rows:
        if isinstance(row, Backend):
            assert not [client for client in row.client.split() if client not in TYPES], row


@each_library
def test_dialects_exist(library: Library) -> None:
    for row in library.rows:
        if isinstance(row, Handles | HandlerClass | Converter):
            assert row.dialect in DIALECTS, row
        if isinstance(row, Dialect):
            assert row.request in TYPES or row.request == "", row
            assert row.others in ("path", "annotation", "none")


@each_library
def test_handler_classes_map_methods_to_http(library: Library) -> None:
    http = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"}
    for row in library.rows:
        if isinstance(row, HandlerClass):
            assert {pair.partition(":")[2] for pair in row.methods.split()} <= http, row


def test_class_names_belong_to_one_row() -> None:
    names = Counter(
        name for _, row in ROWS if isinstance(row, Type | Error) for name in [row.name, *row.aliases.split()]
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_no_two_rows_disagree() -> None:
    seen: dict[tuple[object, ...], str] = {}
    clashes: list[str] = []
    for library, row in ROWS:
        for on in getattr(row, "on", "").split():
            for name in getattr(row, "names", "").split() or [""]:
                details = tuple(getattr(row, field, "") for field in DISTINGUISHING)
                key = (type(row).__name__, on, name, details)
                if key in seen:
                    clashes.append(f"{key} in {library} and {seen[key]}")
                seen[key] = library
    assert clashes == []


def test_configuration_describes_a_library() -> None:
    table = {
        "name": "house-cache",
        "packages": "house",
        "rows": [{"row": "CacheRead", "on": "house.Cache", "names": "fetch", "params": "key"}],
    }
    (library,) = from_config([table])
    assert library.rows[0].names == "fetch"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"name": "house", "packages": "h", "rows": [{"row": "CacheRed"}]}, ("house", "CacheRed")),
        (
            {
                "name": "house",
                "packages": "h",
                "rows": [{"row": "Logs", "on": "a", "names": "b", "p": 1}],
            },
            ("house", "`p`"),
        ),
        (
            {
                "name": "house",
                "packages": "h",
                "rows": [{"row": "Logs", "on": 3, "names": "b"}],
            },
            ("house", "rows[0].on"),
        ),
        ({"packages": "h", "rows": []}, ("number 1", "name")),
    ],
)
def test_configuration_error_names_library_and_field(table: dict[str, object], words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="library") as caught:
        from_config([table])
    assert all(word in str(caught.value) for word in words)
