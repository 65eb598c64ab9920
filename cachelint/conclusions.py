"""What a whole project comes to before anything is filtered: findings, ignore comments, numbers. Kept in the store.

Filters, paths and formats are applied afterwards, so that one entry serves every way of asking.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator, Sequence

import msgspec

from cachelint.config import Config
from cachelint.facts.single import Gathered
from cachelint.files import Discovery
from cachelint.finding import AnalysisError, Statistics
from cachelint.policy import Sources
from cachelint.store import Store, key_of
from cachelint.suppress import Ignore, Named


class Conclusions(msgspec.Struct, frozen=True, array_like=True):
    """`findings` of the rules that were on, `crashes` of linking and rules, the rules that `ran` to their end, the
    `ignores` in the sources; `statistics` is None when the files could not be linked."""

    findings: tuple[Named, ...] = ()
    crashes: tuple[AnalysisError, ...] = ()
    ran: frozenset[str] = frozenset()
    ignores: tuple[Ignore, ...] = ()
    statistics: Statistics | None = None


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Conclusions)


def without_filters(config: Config) -> Config:
    """The settings that analysis may depend on: those that choose what is shown, or what a file may cost, are as if
    nobody had set them. So a hook with a time limit and a run for another persona share their conclusions."""
    default = Config()
    names = "select ignore extend_select persona min_confidence min_severity fail_on severity per_file_ignores"
    costs = "max_file_size time_budget"
    return msgspec.structs.replace(config, **{name: getattr(default, name) for name in f"{names} {costs}".split()})


def key_for(
    config: Config, rules: Sequence[str], found: Discovery, gathered: Sequence[Gathered], sources: Sources
) -> bytes:
    """The key of the conclusions about a project. Everything that they may depend on has to be in this list.

    `config` is one without filters, `rules` are the names of those that run.
    """
    files = [(file, each.key, each.error) for file, each in zip(found.files, gathered, strict=True)]
    inputs = (config, rules, files, sources)
    return key_of(b"conclusions", sources_version(), _ENCODER.encode(inputs))


@functools.cache
def sources_version() -> bytes:
    """Equal for equal sources of cachelint under equal versions of Python."""
    return key_of(sys.version.encode(), *_sources(os.path.dirname(__file__)))


def _sources(folder: str) -> Iterator[bytes]:
    """The names and contents of the modules in a folder and below it, always in the same order."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.name.endswith(".py"):
            with open(entry.path, "rb", buffering=0) as stream:
                yield os.fsencode(entry.name) + stream.read()
        elif entry.name != "__pycache__" and entry.is_dir():
            yield from _sources(entry.path)


def stored(store: Store, key: bytes) -> Conclusions | None:
    """What an earlier run concluded from the same inputs."""
    value = store.get(key)
    try:
        return None if value is None else _DECODER.decode(value)
    except (ValueError, RecursionError):
        return None


def keep(store: Store, key: bytes, conclusions: Conclusions) -> None:
    """Put conclusions into the store. Those of a crash are not kept: the next run may be luckier."""
    if not conclusions.crashes:
        store.put(key, _ENCODER.encode(conclusions))
