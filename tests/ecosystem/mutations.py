"""Seeded random edits of real code, of the kinds that bring findings or look as if they did.

Every edit is a function from a file (and what is known of its project) to the file's new text, or None where the file
has no place for it. Lines are edited, not trees: what is not touched stays as it was written.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
ROUTES = frozenset("get post put delete patch route action api_view".split())
CACHES = {
    "django": ("from django.core.cache import cache", "cache"),
    "fastapi": ("import redis", "redis.Redis()"),
}
MISTAKES = {
    "query": "{query}",
    "raw key": "{cache}.get(f'added:{{{raw}}}')",
    "no expiry": "{cache}.set('added', {raw})",
}


@dataclass(frozen=True)
class Project:
    """What edits need to know of a project: its framework, the modules of its models by name, names of its files."""

    style: str
    models: tuple[tuple[str, str], ...]
    stems: tuple[str, ...]


@dataclass(frozen=True)
class File:
    """A file to edit, with its tree; `chance` decides where."""

    name: str
    source: str
    tree: ast.Module
    project: Project
    chance: random.Random

    def nodes(self, kind: type | tuple[type, ...]) -> list[ast.AST]:
        return [node for node in ast.walk(self.tree) if isinstance(node, kind)]

    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def handlers(self) -> list[Function]:
        return [each for each in self.functions() if is_handler(each)]

    def text(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.source, node) or ""

    def lines(self) -> list[str]:
        return self.source.splitlines(keepends=True)

    def pick(self, found: Sequence[ast.AST]) -> ast.AST | None:
        return self.chance.choice(found) if found else None


Edit = Callable[[File], "str | None"]


def survey(sources: dict[str, str]) -> Project:
    """What a project, given by its paths and texts, is made with."""
    style = "django" if sum("from django" in text for text in sources.values()) > 5 else "fastapi"
    models = []
    for path, text in sorted(sources.items()):
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for node in ast.parse(text).body if "models" in path else ():
            if isinstance(node, ast.ClassDef) and is_model(node):
                models.append((module, node.name))
    stems = sorted({Path(path).name for path in sources} - {"__init__.py"})
    return Project(style, tuple(models), tuple(stems))


def is_model(node: ast.ClassDef) -> bool:
    names = {
        target.id
        for each in node.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    return "__tablename__" in names or any(
        "Model" in ast.unparse(base) and "Base" not in ast.unparse(base) for base in node.bases
    )


def is_handler(function: Function) -> bool:
    """Whether a function looks as if it served requests."""
    names = {argument.arg for argument in function.args.args}
    calls = [each.func for each in function.decorator_list if isinstance(each, ast.Call)]
    is_routed = any(isinstance(each, ast.Attribute) and each.attr in ROUTES for each in calls)
    return (
        is_routed
        or "request" in names
        or function.name in ("get", "post", "get_context_data", "get_queryset", "list", "retrieve")
    )


def edits(path: Path, project: Project, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Edits of a file without end: what kind each is of, the whole new text ("" where the file has no place for it),
    and the name of the file beside it that gets that text, "" for the file itself."""
    source = path.read_text(encoding="utf-8")
    file = File(path.name, source, ast.parse(source), project, chance)
    while True:
        name = chance.choice([*KINDS, *FILES])
        edited = (KINDS.get(name) or FILES[name])(file)
        is_edit = edited is not None and edited != source and is_python(edited)
        called = chance.choice(("added.py", *project.stems)) if name in FILES else ""
        yield name, edited if edited and is_edit and not (called and (path.parent / called).exists()) else "", called


def is_python(source: str) -> bool:
    try:
        compile(source, "edited", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


# ------------------------------------------------------------------------------------------------- what is put in


def query(file: File) -> list[str]:
    """Statements that read many rows."""
    module, name = file.chance.choice(file.project.models)
    if file.project.style == "django":
        said = file.chance.choice(
            ("list({}.objects.all())", "{}.objects.count()", "[x for x in {}.objects.filter(pk__gt=1)]")
        )
        return [f"from {module} import {name}", f"added = {said.format(name)}"]
    reading = f"added = Session().scalars(select({name})).all()"
    return [
        f"from {module} import {name}",
        "from sqlalchemy import select",
        "from sqlalchemy.orm import Session",
        reading,
    ]


def caching(file: File, function: Function | None, said: str) -> list[str]:
    """Statements that use a cache with what the request says."""
    imported, cache = CACHES[file.project.style]
    return [imported, f"added = {said.format(cache=cache, raw=raw(file, function))}"]


def raw(file: File, function: Function | None) -> str:
    """What a client chooses, as a function has it."""
    names = [argument.arg for argument in function.args.args] if function is not None else ["request"]
    mapping = "GET" if file.project.style == "django" else "query_params"
    others = [name for name in names if name not in ("self", "cls", "request", "db", "user")]
    if "request" in names and file.chance.random() < 0.7:
        return f'request.{mapping}["x"]'
    if others:
        return file.chance.choice(others)
    return f'self.request.{mapping}["x"]' if "self" in names else f'request.{mapping}["x"]'


def inserted(file: File, function: Function, statements: Sequence[str]) -> str:
    """The file with statements more at a place in a function."""
    lines = file.lines()
    body = [each for each in function.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
    at = file.chance.choice(body or function.body)
    indent = " " * at.col_offset
    first = min([at.lineno, *(each.lineno for each in getattr(at, "decorator_list", ()))])
    is_local = file.chance.random() < 0.5
    imports = [each for each in statements if each.startswith(("import", "from"))]
    others = [each for each in statements if each not in imports]
    lines[first - 1 : first - 1] = [f"{indent}{each}\n" for each in (statements if is_local else others)]
    if not is_local:
        top = max(
            [node.end_lineno or 0 for node in file.tree.body if isinstance(node, ast.Import | ast.ImportFrom)],
            default=0,
        )
        lines[min(top, first - 1) : min(top, first - 1)] = [f"{each}\n" for each in imports]
    return "".join(lines)


def in_handler(make: Callable[[File, Function], list[str]]) -> Edit:
    """An edit that puts statements into a handler."""

    def edit(file: File) -> str | None:
        function = file.pick(file.handlers())
        return inserted(file, function, make(file, function)) if isinstance(function, Function) else None

    return edit


# --------------------------------------------------------------------------------------------- what is defined more


def added_function(file: File) -> str | None:
    """A function at the end with a mistake in it, called from a handler."""
    handler = file.pick(file.handlers())
    if not isinstance(handler, Function) or not any(argument.arg == "request" for argument in handler.args.args):
        return None
    body = mistake(file, None)
    source = inserted(file, handler, ["added_helper(request)"])
    return source.rstrip("\n") + "\n\n\ndef added_helper(request):\n" + indented(body, 4) + "    return added\n"


def mistake(file: File, function: Function | None) -> list[str]:
    kind = file.chance.choice(list(MISTAKES))
    return query(file) if kind == "query" else caching(file, function, MISTAKES[kind])


def indented(statements: Sequence[str], by: int) -> str:
    return "".join(" " * by + each + "\n" for each in statements)


def added_method(file: File) -> str | None:
    """A method more in a class that serves requests: one that frameworks call, or one of its own."""
    found = [
        node
        for node in file.nodes(ast.ClassDef)
        if any(is_handler(each) for each in node.body if isinstance(each, Function))
    ]
    symbol = file.pick(found)
    if not isinstance(symbol, ast.ClassDef):
        return None
    names = [each.name for each in symbol.body if isinstance(each, Function)]
    name = file.chance.choice(("get", "get_context_data", "added"))
    lines = file.lines()
    first = next(each for each in symbol.body if isinstance(each, Function))
    at = min([first.lineno, *(each.lineno for each in first.decorator_list)]) - 1
    indent = first.col_offset
    head = f"def {name if name not in names else 'added'}(self, request, *args, **kwargs):"
    decorator = ["@action(detail=False)"] if "ViewSet" in file.source and file.chance.random() < 0.5 else []
    lines.insert(
        at, indented([*decorator, head], indent) + indented([*mistake(file, None), "return added"], indent + 4) + "\n"
    )
    return "".join(lines)


def added_route(file: File) -> str | None:
    """A new handler at the end, registered by a decorator as others of the file are, or by one of a framework."""
    decorators = [
        each
        for function in file.functions()
        for each in function.decorator_list
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in ROUTES - {"action"}
    ]
    body = mistake(file, None)
    if decorators:
        like = file.chance.choice(decorators)
        head = (
            f'@{file.text(like.func.value)}.get("/added")\nasync def added_route(request: Request, term: str = ""):\n'
        )
        return file.source.rstrip("\n") + f"\n\n\n{head}" + indented(body, 4) + "    return added\n"
    if file.project.style != "django":
        return None
    head = "from rest_framework.decorators import api_view\n\n\n@api_view(['GET'])\ndef added_route(request):\n"
    return file.source.rstrip("\n") + f"\n\n\n{head}" + indented(body, 4) + "    return added\n"


def added_class(file: File) -> str | None:
    """A class more at the end, like another one of the file, with a mistake in one of its methods."""
    found = [each for each in file.tree.body if isinstance(each, ast.ClassDef)]
    symbol = file.pick(found)
    if not isinstance(symbol, ast.ClassDef):
        return None
    return file.source.rstrip("\n") + "\n\n\n" + copied(file, symbol)


def copied(file: File, definition: ast.ClassDef | Function) -> str:
    """A definition under another name, with a mistake in the first function of it."""
    first = min([definition.lineno, *(each.lineno for each in definition.decorator_list)])
    lines = file.lines()[first - 1 : definition.end_lineno]
    functions = [definition, *getattr(definition, "body", ())]
    function = next((each for each in functions if isinstance(each, Function)), None)
    if function is not None:
        at = function.body[-1]
        head = min([at.lineno, *(each.lineno for each in getattr(at, "decorator_list", ()))])
        if at.lineno > function.lineno:
            said = mistake(file, function)
            lines.insert(head - first, indented(said, at.col_offset))
    at_name = definition.lineno - first
    lines[at_name] = lines[at_name].replace(definition.name, f"Added{definition.name}", 1)
    return re.sub("(related_name|backref|back_populates)=(['\"])", r"\1=\2added_", "".join(lines))


def added_file(file: File) -> str | None:
    """A file of its own, with what this one imports and a few of its definitions under other names."""
    definitions = [each for each in file.tree.body if isinstance(each, ast.ClassDef | Function)]
    if not definitions:
        return None
    imports = [each for each in file.tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    named = [file.text(each) for each in imports]
    chosen = file.chance.sample(definitions, min(len(definitions), file.chance.randint(1, 3)))
    said = {node.id for each in chosen for node in ast.walk(each) if isinstance(node, ast.Name)}
    assigned = [each for each in file.tree.body if isinstance(each, ast.Assign)]
    others = [each for each in assigned if said & {getattr(target, "id", "") for target in each.targets}]
    own = [f"from .{Path(file.name).stem} import {each.name}" for each in definitions if file.chance.random() < 0.2]
    parts = [*named, *own, *(file.text(each) for each in others), *(copied(file, each) for each in chosen)]
    return "\n".join(parts) + "\n"


def added_field(file: File) -> str | None:
    """An attribute more in a class, made as another one is."""
    found = [
        (symbol, each)
        for symbol in file.nodes(ast.ClassDef)
        for each in symbol.body  # type: ignore[attr-defined]
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Call) and isinstance(each.targets[0], ast.Name)
    ]
    if not found:
        return None
    _, like = file.chance.choice(found)
    lines = file.lines()
    lines.insert(like.end_lineno, " " * like.col_offset + f"added_{like.targets[0].id} = {file.text(like.value)}\n")
    return "".join(lines)


# -------------------------------------------------------------------------------------------------- what is changed


def unguarded(file: File) -> str | None:
    """A `try` around the use of a cache taken away, or what it catches made something else."""
    found = [
        node for node in file.nodes(ast.Try) if any(word in file.text(node).lower() for word in ("cache", "redis"))
    ]
    node = file.pick(found or file.nodes(ast.Try))
    if not isinstance(node, ast.Try) or not node.handlers:
        return None
    clause = file.chance.choice(node.handlers)
    if file.chance.random() < 0.5 and clause.type is not None:
        return replaced(file, clause.type, "KeyError")
    lines = file.lines()
    body = lines[node.body[0].lineno - 1 : node.body[-1].end_lineno]
    lines[node.lineno - 1 : node.end_lineno] = [line[4:] if line.startswith("    ") else line for line in body]
    return "".join(lines)


def replaced(file: File, node: ast.AST, text: str) -> str | None:
    """The file with another text in place of an expression on one line."""
    if node.lineno != node.end_lineno:  # type: ignore[attr-defined]
        return None
    lines = file.lines()
    line = lines[node.lineno - 1].encode()  # type: ignore[attr-defined]
    line = line[: node.col_offset] + text.encode() + line[node.end_col_offset :]  # type: ignore[attr-defined]
    lines[node.lineno - 1] = line.decode()  # type: ignore[attr-defined]
    return "".join(lines)


def changed_call(file: File) -> str | None:
    """An argument less, or another one, in some call."""
    calls = [node for node in file.nodes(ast.Call) if node.args]  # type: ignore[attr-defined]
    node = file.pick(calls)
    if not isinstance(node, ast.Call):
        return None
    return replaced(file, file.chance.choice(node.args), file.chance.choice(("None", "'added'", "request")))


def removed_guard(file: File) -> str | None:
    """An early way out taken away."""
    ends = (ast.Return, ast.Raise, ast.Continue)
    found = [node for node in file.nodes(ast.If) if isinstance(node.body[-1], ends) and not node.orelse]  # type: ignore[attr-defined]
    node = file.pick(found)
    if node is None:
        return None
    lines = file.lines()
    indent = " " * node.col_offset  # type: ignore[attr-defined]
    lines[node.lineno - 1 : node.end_lineno] = [f"{indent}pass\n"]  # type: ignore[attr-defined]
    return "".join(lines)


def renamed_local(file: File) -> str | None:
    """Another name for what a function keeps for itself."""
    function = file.pick(file.functions())
    if not isinstance(function, Function):
        return None
    names = [node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    if not names:
        return None
    name = file.chance.choice(names)
    lines = file.lines()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and node.lineno == node.end_lineno:
            lines[node.lineno - 1] = lines[node.lineno - 1].replace(name, f"{name}_")
    return "".join(lines)


def changed_constant(file: File) -> str | None:
    """Another number or text."""
    node = file.pick([node for node in file.nodes(ast.Constant) if isinstance(node.value, int | str)])  # type: ignore[attr-defined]
    if not isinstance(node, ast.Constant):
        return None
    return replaced(file, node, repr("added") if isinstance(node.value, str) else "7")


def removed_keyword(file: File) -> str | None:
    """A named argument of a cache call less: a timeout, say."""
    calls = [node for node in file.nodes(ast.Call) if node.keywords and "cache" in file.text(node).lower()]  # type: ignore[attr-defined]
    node = file.pick(calls)
    if not isinstance(node, ast.Call) or len(node.keywords) + len(node.args) < 2:
        return None
    keyword = file.chance.choice(node.keywords)
    return replaced(file, keyword, "")


def added_decorator(file: File) -> str | None:
    """A whole response cached."""
    function = file.pick(file.handlers())
    if not isinstance(function, Function) or file.project.style != "django":
        return None
    lines = file.lines()
    at = min([function.lineno, *(each.lineno for each in function.decorator_list)]) - 1
    lines.insert(at, " " * function.col_offset + "@cache_page(60)\n")
    return "from django.views.decorators.cache import cache_page\n" + "".join(lines)


KINDS: dict[str, Edit] = {
    "a statement more in a handler": in_handler(lambda file, function: ["added = str(len(repr(1)))"]),
    "a query more in a handler": in_handler(lambda file, function: query(file)),
    "a raw key read in a handler": in_handler(lambda file, function: caching(file, function, MISTAKES["raw key"])),
    "a raw key written in a handler": in_handler(
        lambda file, function: caching(file, function, "{cache}.set(f'added:{{{raw}}}', 1, 60)")
    ),
    "a set without expiry in a handler": in_handler(
        lambda file, function: caching(file, function, MISTAKES["no expiry"])
    ),
    "a guard around a cache call removed": unguarded,
    "a call changed": changed_call,
    "a function with a mistake more": added_function,
    "a method with a mistake more": added_method,
    "a route with a mistake more": added_route,
    "a class with a mistake more": added_class,
    "a field more": added_field,
    "an early return removed": removed_guard,
    "a local renamed": renamed_local,
    "a constant changed": changed_constant,
    "an argument of a cache call removed": removed_keyword,
    "a caching decorator more": added_decorator,
}
# What these make is no edit of the file but another one.
FILES: dict[str, Edit] = {"a file more": added_file}
