"""The last run that followed the whole project: what it found out, for runs after a few files have changed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from cachelint.conclusions import sources_version
from cachelint.config import Config
from cachelint.facts.known import kept_facts
from cachelint.facts.model import FileFacts
from cachelint.facts.single import NOTHING, Gathered
from cachelint.files import SourceFile
from cachelint.policy import Sources
from cachelint.store import Store, key_of

if TYPE_CHECKING:
    from cachelint.program import Before, Left

# After changes of more files than this, a new whole run is due.
CHANGED_FILES = 40
# So many whole runs are remembered: one over an edit that nobody made in the end is not to replace the one before it.
RUNS = 3
NO_FACTS = b""
# Where it says who serves requests: no path of a file has this in it.
SERVED = "\0served"
# Where it says by which names code that was not there could be reached.
SAID = "\0said"
# Pickled summaries repeat themselves: the quickest level already makes a quarter of them.
LEVEL = 1


class Basis(msgspec.Struct, frozen=True, array_like=True):
    """A run that followed everything: the key of what it concluded, the files that it saw with the keys of their
    facts (NO_FACTS for a file without any), and what it knew beside summaries."""

    run: bytes
    files: tuple[tuple[SourceFile, bytes], ...]
    known: bytes


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Basis)
_RUNS = msgspec.msgpack.Decoder(list[bytes])


def scope_of(config: Config, sources: Sources) -> bytes:
    """Which runs can take over from each other: `config` is one without filters, `sources` the files of policy."""
    return key_of(b"history", sources_version(), _ENCODER.encode((config, sources)))


def keep(store: Store, scope: bytes, run: bytes, files: Sequence[tuple[SourceFile, Gathered]], left: Left) -> None:
    """Put what a whole run left into the store, in place of what an earlier one left."""
    for path, summaries in left.files.items():
        store.put(_place(run, path), zlib.compress(summaries, LEVEL))
    for place, about_all in ((SERVED, left.served), (SAID, left.said)):
        store.put(_place(run, place), zlib.compress(about_all, LEVEL))
    basis = Basis(run, tuple((file, _key(each)) for file, each in files), left.known)
    store.put(_place(run, ""), _ENCODER.encode(basis))
    others = [each for each in _runs(store, scope) if each != run]
    store.put(scope, _ENCODER.encode([run, *others][:RUNS]))


def nearest(store: Store, scope: bytes, files: Sequence[tuple[SourceFile, Gathered]]) -> Basis | None:
    """Which of the last whole runs saw the most of these files as they are, of equals the last; None when there is
    none, or too much is different."""
    now = {file.path: (file, _key(each)) for file, each in files}
    found: tuple[int, Basis] | None = None
    for basis in filter(None, (_basis(store, run) for run in _runs(store, scope))):
        paths = _different(basis, now)
        if paths is not None and (found is None or len(paths) < found[0]):
            found = len(paths), basis
        if found is not None and found[0] == 0:
            break
    return found[1] if found is not None else None


def prefer(store: Store, scope: bytes, run: bytes) -> None:
    """Remember that a run was started from, so that others go first when there are too many."""
    runs = _runs(store, scope)
    if runs and runs[0] != run:
        store.put(scope, _ENCODER.encode([run, *(each for each in runs if each != run)]))


def recall(
    store: Store, basis: Basis, files: Sequence[tuple[SourceFile, Gathered]], is_served_alike: bool = False
) -> Before | None:
    """What a whole run left, for a run over these files; None when that is not there any more, or too much is
    different. `is_served_alike` says that nothing that is different can matter to who serves requests."""
    paths = _different(basis, {file.path: (file, _key(each)) for file, each in files})
    if paths is None:
        return None
    changed = _as_then(store, {file.path: (file, key) for file, key in basis.files}, paths)
    if changed is None:
        return None
    from cachelint.program import Before

    texts = _Texts({file.path: each for file, each in files})

    def left(path: str) -> bytes | None:
        return _left(store, basis.run, path)

    served = partial(left, SERVED) if is_served_alike else lambda: None
    return Before(basis.known, left, changed, texts, served, partial(left, SAID))


class _Texts(Mapping[str, bytes]):
    """The encoded facts of files by their paths, each read when it is looked at."""

    def __init__(self, files: Mapping[str, Gathered]) -> None:
        self._files = files

    def __getitem__(self, path: str) -> bytes:
        return self._files[path].encoded or b""

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _different(basis: Basis, now: Mapping[str, tuple[SourceFile, bytes]]) -> list[str] | None:
    """The paths of files that are not what a run saw; None when that is more than can be worked off."""
    then = {file.path: (file, key) for file, key in basis.files}
    paths = [path for path in then.keys() | now.keys() if then.get(path) != now.get(path)]
    is_too_much = len(paths) > CHANGED_FILES or any(then[p][0] != now[p][0] for p in paths if p in then and p in now)
    return None if is_too_much else sorted(paths)


def _runs(store: Store, scope: bytes) -> list[bytes]:
    """The keys of what the last whole runs concluded, the last one first."""
    value = store.get(scope)
    try:
        return [] if value is None else _RUNS.decode(value)
    except (ValueError, RecursionError):
        return []


def _basis(store: Store, run: bytes) -> Basis | None:
    value = store.get(_place(run, ""))
    try:
        return None if value is None else _DECODER.decode(value)
    except (ValueError, RecursionError):
        return None


def _key(each: Gathered) -> bytes:
    return each.key if each.has_facts and each.key is not None else NO_FACTS


def _as_then(
    store: Store, then: Mapping[str, tuple[SourceFile, bytes]], paths: Sequence[str]
) -> dict[str, tuple[SourceFile, FileFacts] | None] | None:
    """Files as the earlier run saw them; None when the store does not have one any more."""
    found: dict[str, tuple[SourceFile, FileFacts] | None] = dict.fromkeys(paths)
    for path in paths:
        if path in then:
            file, key = then[path]
            facts = NOTHING if key == NO_FACTS else kept_facts(store, key)
            if facts is None:
                return None
            found[path] = (file, facts)
    return found


def _place(run: bytes, path: str) -> bytes:
    return key_of(b"left", run, path.encode("utf-8", "surrogateescape"))


def _left(store: Store, run: bytes, path: str) -> bytes | None:
    value = store.get(_place(run, path))
    try:
        return None if value is None else zlib.decompress(value)
    except zlib.error:
        return None
