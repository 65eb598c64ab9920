"""Code that got slower turns red here, whatever the machine does meanwhile: the counts of benchmarks/counts.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import counts  # noqa: E402


def test_no_count_grew_and_all_grow_with_the_code():
    command = [sys.executable, str(BENCHMARKS / "counts.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_growth_by_more_than_a_tenth_is_named():
    stored = {"nodes lowered": 100, counts.OF_VERSION: 100}
    assert list(counts.grown({"nodes lowered": 110, counts.OF_VERSION: 100}, stored, counts.VERSION)) == []
    assert list(counts.grown({"nodes lowered": 111}, stored, counts.VERSION)) == [
        "nodes lowered: 111, stored 100 (+11%)"
    ]
    assert list(counts.grown({counts.OF_VERSION: 200}, stored, "2.7")) == []
    assert list(counts.grown({counts.OF_VERSION: 200}, stored, counts.VERSION)) != []
    assert list(counts.grown({"something new": 1}, stored, counts.VERSION)) != []


@pytest.mark.parametrize(("cost", "is_red"), [(8.0, False), (8.7, False), (9.0, True), (64.0, True)])
def test_growth_faster_than_the_code_is_named(cost, is_red):
    assert bool(list(counts.superlinear({1: {"steps": 100}, 8: {"steps": int(100 * cost)}}))) == is_red


def test_counting_twice_gives_the_same():
    """Calls of Python functions but for a hundredth: the order of some sets is that of addresses."""
    code = """
import counts
one, two = counts.counts(1), counts.counts(1)
calls, again = one.pop(counts.OF_VERSION), two.pop(counts.OF_VERSION)
assert one == two, (one, two)
assert abs(calls - again) < 0.02 * calls, (calls, again)
"""
    subprocess.run([sys.executable, "-c", f"import counts; counts.counts(1)\n{code}"], cwd=BENCHMARKS, check=True)
