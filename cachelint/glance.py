"""A quick look at an edit: is there anything in it that only a full run could judge?

After a full run the store knows who uses whom. A glance follows only what the edited files can matter to and compares
with what that run found. It may say that an edit brings nothing new; whatever looks new is for a full run to confirm,
so that a finding is never said on the word of a glance.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import msgspec

from cachelint import check, conclusions
from cachelint.check import Inputs, Task
from cachelint.conclusions import Conclusions
from cachelint.facts.gather import NOTHING, Gathered, kept_facts
from cachelint.facts.model import FileFacts
from cachelint.finding import Report
from cachelint.program import Focus, UnsureError
from cachelint.store import Store, key_of, open_store

# After edits of more files than this since the last full run, a new one is due.
EDITED_FILES = 12
NO_FACTS = b""
_ENCODER = msgspec.msgpack.Encoder()

Edited = dict[str, "bytes | None"]


class Basis(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a state of the project: that of a full run, or one that a glance found no news in.

    `full` is the key of the full run's conclusions, `edited` the files that differ since, with the keys of their facts
    as that run saw them (None for one that was not there); `concluded` is what the project comes to by now.
    """

    full: bytes
    edited: Edited
    concluded: Conclusions


_DECODER = msgspec.msgpack.Decoder(Basis)


class Look(msgspec.Struct, frozen=True):
    """`then` is the report before the edit, `now` the one after it as far as a glance tells, `brings_news` whether
    that has something that was not there before."""

    then: Report
    now: Report
    brings_news: bool


def look(before: Task, after: Task, brings_news: Callable[[Report, Report], bool]) -> Look | None:
    """Look at what changes between two tasks that differ in the files they replace; None when a glance cannot judge.

    `brings_news` says it of the reports before and after. What brings none is noted for the next look.
    """
    if not after.use_store:
        return None
    store = open_store(after.project, os.environ)
    try:
        return _look(before, after, brings_news, store)
    except UnsureError:
        return None
    finally:
        store.save()


def _look(before: Task, after: Task, brings_news: Callable[[Report, Report], bool], store: Store) -> Look | None:
    then, now = check.inputs(before, store), check.inputs(after, store)
    basis = _basis(store, check.key_of_conclusions(before, then))
    if basis is None:
        return None
    edited = {**_edited(then, now), **basis.edited}
    focus = _focus(store, basis.full, edited, now)
    concluded, _ = check.conclude(after, now, focus)
    if concluded.crashes:
        return None
    old, new = check.report(before, then, basis.concluded), _report(after, now, concluded, edited)
    result = Look(old, new, brings_news(old, new))
    if not result.brings_news:
        assumed = Basis(basis.full, edited, _assumed(basis.concluded, concluded, edited))
        store.put(_beside(check.key_of_conclusions(after, now)), _ENCODER.encode(assumed))
    return result


def _basis(store: Store, key: bytes) -> Basis | None:
    full = conclusions.stored(store, key)
    if full is not None:
        return Basis(key, {}, full)
    value = store.get(_beside(key))
    try:
        return None if value is None else _DECODER.decode(value)
    except (ValueError, RecursionError):
        return None


def _beside(key: bytes) -> bytes:
    return key_of(b"basis", key)


def _edited(then: Inputs, now: Inputs) -> Edited:
    """The files that differ, with the keys of the facts that they had. Raises UnsureError for more than edits."""
    old = {file.path: (file, each) for file, each in zip(then.found.files, then.gathered, strict=True)}
    new = {file.path: (file, each) for file, each in zip(now.found.files, now.gathered, strict=True)}
    if then.sources != now.sources:
        raise UnsureError("the policy")
    if any(old[path][0] != new[path][0] for path in old.keys() & new.keys()):
        raise UnsureError("module names")
    paths = [path for path in sorted(old.keys() | new.keys()) if _differ(old.get(path), new.get(path))]
    if any(side[path][1].key is None or side[path][1].error for path in paths for side in (old, new) if path in side):
        raise UnsureError("a file that cannot be analysed")
    return {path: _key(old[path][1]) if path in old else None for path in paths}


def _differ(old: tuple[object, Gathered] | None, new: tuple[object, Gathered] | None) -> bool:
    return old is None or new is None or (old[1].key, old[1].error) != (new[1].key, new[1].error)


def _key(each: Gathered) -> bytes:
    return each.key if each.encoded is not None and each.key is not None else NO_FACTS


def _focus(store: Store, full: bytes, edited: Edited, now: Inputs) -> Focus:
    known = conclusions.stored_known(store, full)
    if known is None or len(edited) > EDITED_FILES:
        raise UnsureError("nothing to start from")
    before = {path: None if key is None else _facts(store, key) for path, key in edited.items()}
    after = {
        file.path: each.facts() for file, each in zip(now.found.files, now.gathered, strict=True) if file.path in edited
    }
    for path in edited:
        if _comments(before[path]) != _comments(after.get(path)):
            raise UnsureError("ignore comments")
    return Focus(known, before)


def _facts(store: Store, key: bytes) -> FileFacts:
    facts = NOTHING if key == NO_FACTS else kept_facts(store, key)
    if facts is None:
        raise UnsureError("facts that are not stored any more")
    return facts


def _comments(facts: FileFacts | None) -> list[str]:
    return [comment.text for comment in facts.comments] if facts is not None else []


def _report(task: Task, now: Inputs, concluded: Conclusions, edited: Mapping[str, object]) -> Report:
    """The report on a part, without what only the whole can tell: whether an ignore elsewhere is needed, whether
    anything keeps a line of the policy."""
    whole = check.report(task, now, concluded)
    sources = {file.path for file in now.found.files}
    kept = (each for each in whole.findings if each.at.path in (edited if each.rule == "unused-ignore" else sources))
    return msgspec.structs.replace(whole, findings=tuple(kept))


def _assumed(old: Conclusions, part: Conclusions, edited: Mapping[str, object]) -> Conclusions:
    """What the project comes to by now: in the edited files as seen, elsewhere as it was."""
    elsewhere = (named for named in old.findings if named[1].at.path not in edited)
    here = (named for named in part.findings if named[1].at.path in edited)
    return msgspec.structs.replace(old, findings=(*elsewhere, *here), ignores=part.ignores)
