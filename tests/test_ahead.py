"""The process that parses beside everything else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from cachelint.facts import FactsError, ahead, decode, extract

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="no processor is free for it"
)


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    ahead.stop()
    yield
    ahead.stop()


def test_it_answers_one_text_after_the_other() -> None:
    ahead.start()
    for text in ("x = 1\n", "", "class A:\n    y = '\u00e9'\n" * 5_000):
        found = ahead.encoded(text)
        assert found is not None
        assert decode(found) == extract(text.encode())


def test_what_cannot_be_parsed_is_the_same_error() -> None:
    ahead.start()
    with pytest.raises(FactsError) as here:
        extract(b"x = 1\ndef f(:\n")
    with pytest.raises(FactsError) as there:
        ahead.encoded("x = 1\ndef f(:\n")
    assert there.value.args == here.value.args
    assert ahead.encoded("x = 1\n") is not None


def test_there_is_no_answer_from_nobody() -> None:
    assert not ahead.is_there()
    assert ahead.encoded("x = 1\n") is None


def test_there_is_no_answer_from_one_that_died() -> None:
    ahead.start()
    os.kill(ahead._running[0]._process, 9)
    time.sleep(0.1)
    assert ahead.encoded("x = 1\n") is None
    assert ahead.encoded("x = 1\n") is None


def test_a_process_that_was_forked_does_not_use_it() -> None:
    ahead.start()
    child = os.fork()
    if child == 0:
        os._exit(ahead.is_there() or ahead.encoded("x = 1\n") is not None)
    assert os.waitpid(child, 0)[1] == 0
    assert ahead.is_there()
