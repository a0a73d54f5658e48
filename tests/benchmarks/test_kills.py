"""The benchmark of commands that are killed at random moments, with few kills."""

import os
import sys

import pytest

from tests.support.places import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

import kills


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_after_a_kill_and_a_clean_run_all_is_as_if_nothing_had_happened():
    found = kills.killed(2, seed=1)
    assert {name: (outcome.kills, outcome.faults) for name, outcome in found.items()} == {
        name: (2, []) for name in ("analyze", "ingest", "forget", "rekey")
    }
