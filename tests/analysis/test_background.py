"""A search in a process of its own finds the same, and ends with the analysis; so do questions that others answer."""

import os
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from silos.analysis import background
from silos.analysis.background import Effort, aside, beside, seek
from silos.network import Network
from silos.readers import read_interactions
from silos.readers.roster import read_roster
from silos.report.figure_workers import start
from silos.simulate import organisation
from silos.system import processes
from silos.system.helpers import elsewhere, helped_by
from silos.ties.count import tally

EFFORT = Effort(runs=3, samples=3, searched=2, seed=5)


@pytest.fixture
def network(monkeypatch):
    """Three departments and somebody without ties; ties enough for a process of their own."""
    monkeypatch.setattr(background, "ASIDE", 1)
    rng = np.random.default_rng(2)
    labels = np.repeat(np.arange(3), 30)
    chance = np.where(labels[:, None] == labels, 0.4, 0.05)
    upper = np.triu(rng.random(chance.shape) < chance, k=1).astype(float)
    upper[0] = 0
    return Network(pd.DataFrame({"department": labels}), sparse.csr_array(upper + upper.T), directed=False)


def same(one, other):
    np.testing.assert_array_equal(one.detection.people, other.detection.people)
    np.testing.assert_array_equal(one.detection.memberships, other.detection.memberships)
    assert one.detection.modularities == other.detection.modularities
    np.testing.assert_array_equal(one.rewired.departments, other.rewired.departments)
    np.testing.assert_array_equal(one.rewired.best, other.rewired.best)


@pytest.mark.skipif(processes.processors() < 2, reason="one processor: nothing is done beside")
def test_what_is_found_beside_is_what_is_found_here(network, monkeypatch):
    with monkeypatch.context() as here, beside(network, EFFORT) as search:
        assert search.away
        # Here it cannot be found: it comes from the other process.
        here.setattr(background, "seek", None)
        found = search.result()
        assert search.result() is found
    same(found, seek(*network.dyads, network.membership, EFFORT))
    assert 0 not in found.detection.people
    assert len(found.detection.memberships) == 3


def test_few_ties_are_searched_here(network, monkeypatch):
    monkeypatch.setattr(background, "ASIDE", network.ties + 1)
    with beside(network, EFFORT) as search:
        assert not search.away
        same(search.result(), seek(*network.dyads, network.membership, EFFORT))


@pytest.mark.skipif(processes.processors() < 2, reason="one processor: nothing is done beside")
@pytest.mark.parametrize("few", [True, False])
def test_whoever_helps_searches(network, monkeypatch, few):
    """Few ties or many: no further process is started. What is asked in between does not wait for many."""
    expected = seek(*network.dyads, network.membership, EFFORT)
    monkeypatch.setattr(background, "ASIDE", network.ties + few)
    monkeypatch.setattr(background, "started", None)
    with start() as pens, helped_by(pens), beside(network, EFFORT) as search:
        assert search.away
        assert elsewhere(divmod, 7, 2)() == (3, 1)
        same(search.result(), expected)


def _whole(counted, added):
    return os.getpid(), len(counted.ties.dyads) + added, [*counted.windows, *counted.variants]


@pytest.mark.skipif(processes.processors() < 2, reason="one processor: nothing is done beside")
def test_questions_of_a_small_log_are_asked_of_whoever_helps(monkeypatch):
    company = organisation(120, 8, weeks=6, seed=1)
    counted = tally(read_interactions(company.interactions), read_roster(company.roster), window="month", vary=True)
    ties = len(counted.ties.dyads)
    with start() as pens, helped_by(pens):
        process, added, others = aside(_whole, counted, added=1)()
        assert (process != os.getpid(), added, others) == (True, ties + 1, [])
        monkeypatch.setattr(background, "TOLD", ties)
        assert aside(_whole, counted, 1)()[0] == os.getpid()


@pytest.mark.skipif(processes.processors() < 2, reason="one processor: nothing is done beside")
def test_the_process_ends_with_an_analysis_that_fails(network):
    going = []

    def fails():
        with beside(network, EFFORT) as search:
            going.append(search._process)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert going[0].returncode is not None


@pytest.mark.skipif(processes.processors() < 2, reason="one processor: nothing is done beside")
def test_a_process_that_comes_to_nothing_is_done_without(network, monkeypatch):
    monkeypatch.setattr(processes, "PROGRAM", "raise SystemExit(1)")
    with beside(network, EFFORT) as search:
        same(search.result(), seek(*network.dyads, network.membership, EFFORT))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with beside(network, EFFORT) as search:
        assert not search.away
