"""What others help with is what is worked out here, and nobody needs to know whether anybody helps."""

import os
import sys

import numpy as np
import pytest

from silos.inference.multiple_testing import false_discovery
from silos.measures.community_detection import agreement
from silos.report.figure_workers import start
from silos.system import processes
from silos.system.helpers import elsewhere, helped, helped_by

several = pytest.mark.skipif(processes.processors() < 2, reason="one processor: nobody helps")


def test_without_helpers_all_is_done_here_when_it_is_wanted():
    done = []
    wanted = elsewhere(done.append, 3)
    assert not done
    wanted()
    assert done == [3]
    assert not helped()


@several
def test_what_is_asked_is_done_by_another_process_while_somebody_helps():
    with start() as pens, helped_by(pens):
        assert helped()
        assert elsewhere(os.getpid)() != os.getpid()
    assert not helped()
    assert elsewhere(os.getpid)() == os.getpid()


@several
def test_what_fails_there_fails_here():
    with start() as pens, helped_by(pens), pytest.raises(ZeroDivisionError):
        elsewhere(divmod, 1, 0)()


@several
def test_what_takes_long_to_load_is_loaded_there(monkeypatch):
    p = np.array([0.01, 0.04, np.nan, 0.03])
    departments, communities = np.array([0, 0, 1, 1]), np.array([1, 1, 0, 2])
    here = false_discovery(p), agreement(departments, communities)
    with start() as pens, helped_by(pens), monkeypatch.context() as without:
        without.setitem(sys.modules, "scipy.stats", None)
        without.setitem(sys.modules, "sklearn", None)
        np.testing.assert_array_equal(false_discovery(p), here[0])
        assert agreement(departments, communities) == here[1]
