"""What rules read in code itself, beside what following it finds out: who is sent away, what is answered, which words
are said. Whether an edit of a function may change that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cachelint.facts import model as facts
from cachelint.program.audience import AROUND, HOOKS, turns_away
from cachelint.program.changes import Change, shape
from cachelint.program.earlier import UnsureError
from cachelint.program.http_methods import needs_form
from cachelint.program.mounts import registers
from cachelint.program.purpose import words
from cachelint.program.rights import ADMIN, ANSWERING, CHECKING, RESTRICTED, RIGHTS, identifiers
from cachelint.program.stampedes import PROTECTION
from cachelint.program.symbols import FunctionSymbol
from cachelint.program.walking import blocks, nodes

Statements = Sequence[facts.Statement]
PLAIN = (facts.Assign, facts.AugmentedAssign, facts.Evaluate, facts.Import)
# Words of rights, and of what else is read: exports, streams, files, locks, who runs before requests.
READ = ADMIN.union(ANSWERING, CHECKING, RESTRICTED, RIGHTS, PROTECTION).union(
    "test yield per stream file files attachment send post register prefetch related error unavailable".split()
)


def look_alike(change: Change, new: FunctionSymbol, checks: Collection[str]) -> bool:
    """Whether rules that read a function's code see no difference between what it was and what it is. `checks` are the
    methods of views that run before those that answer. Raises UnsureError where code is read for the sake of others."""
    old = next((before for before, after in change.functions.items() if after is new), None)
    if old is None:
        return True  # What is new is seen by what it does.
    if needs_form(old) != needs_form(new):
        raise UnsureError("a view that needs a form")
    differing = list(_differing(old.facts.body, new.facts.body, old, new))
    if any(registers(node) for each in differing for node in nodes(each)):
        raise UnsureError("what is registered")
    is_alike = all(isinstance(each, PLAIN) and not says_what_is_read(each) for each in differing)
    is_read = new.facts.name in ("dispatch", *checks) and turns_away(old) != turns_away(new)
    if not is_alike and (is_read or _is_hook(new)):
        raise UnsureError("what runs before other functions")
    return is_alike


def _differing(
    old: Statements, new: Statements, then: FunctionSymbol, now: FunctionSymbol
) -> Iterator[facts.Statement]:
    """The statements on one side only, compound ones only where more than their blocks differs."""
    before = [(shape(each, then.module.facts), each) for each in old]
    after = [(shape(each, now.module.facts), each) for each in new]
    while before and after and before[0][0] == after[0][0]:
        del before[0], after[0]
    while before and after and before[-1][0] == after[-1][0]:
        del before[-1], after[-1]
    if len(before) == len(after):
        for (_, one), (_, other) in zip(before, after, strict=True):
            inner = list(blocks(one)), list(blocks(other))
            if inner[0] and type(one) is type(other) and len(inner[0]) == len(inner[1]):
                for block, other_block in zip(*inner, strict=True):
                    yield from _differing(block, other_block, then, now)
                if _header(one, then) == _header(other, now):
                    continue
            yield from (one, other)
    else:
        yield from (each for _, each in (*before, *after))


def _header(statement: facts.Statement, function: FunctionSymbol) -> object:
    """A compound statement without its blocks."""
    inner = [id(block) for block in blocks(statement)]
    parts: list[object] = []
    for name in statement.__struct_fields__[2:]:
        value = getattr(statement, name)
        if isinstance(value, tuple) and any(hasattr(each, "body") for each in value):  # clauses, cases
            parts += [getattr(each, field) for each in value for field in each.__struct_fields__[2:] if field != "body"]
        elif id(value) not in inner:
            parts.append(value)
    return [shape(each, function.module.facts) for each in parts]


def says_what_is_read(statement: facts.Node) -> bool:
    """Whether code says a word that rules read."""
    said = {word for name in identifiers(statement) for word in words(name)}
    texts = (node.value for node in nodes(statement) if isinstance(node, facts.Constant))
    return bool(said & READ) or any(isinstance(each, str) and "/" in each for each in texts)


def look_at_hooks(change: Change) -> None:
    """Raise where something does not run before other functions any more that did."""
    for old in filter(_is_hook, change.old.functions):
        new = change.functions.get(old)
        if new is None or not _is_hook(new):
            raise UnsureError("what runs before other functions")


def _is_hook(function: FunctionSymbol) -> bool:
    return any(getattr(node, "attr", "") in HOOKS | AROUND for node in nodes(function.facts.decorators))
