"""Agreement of partitions and q-values are those of scikit-learn and SciPy, slow to load for a command."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from silos.inference import false_discovery
from silos.measures.detected import agreement

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=40)


@given(LABELS)
def test_agreement_is_that_of_scikit_learn(labels):
    departments, communities = np.array(labels).T
    found = agreement(departments, communities)
    assert found["ami"] == pytest.approx(metrics.adjusted_mutual_info_score(departments, communities), abs=1e-9)
    assert found["homogeneity"] == pytest.approx(metrics.homogeneity_score(departments, communities), abs=1e-9)
    assert found["completeness"] == pytest.approx(metrics.completeness_score(departments, communities), abs=1e-9)


def test_agreement_of_many_people_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    departments = rng.integers(0, 60, 20_000)
    communities = np.where(rng.random(20_000) < 0.5, departments // 3, rng.integers(0, 25, 20_000))
    expected = metrics.adjusted_mutual_info_score(departments, communities)
    assert agreement(departments, communities)["ami"] == pytest.approx(expected, abs=1e-10)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_values_are_those_of_scipy(values):
    expected = stats.false_discovery_control(values, method="bh")
    assert false_discovery(np.array(values)) == pytest.approx(expected, abs=1e-12)
