"""The habit of an organisation's departments, and how unsure it is where they are few."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from silos.inference.habit import FEW_DEPARTMENTS, habits, weighted_medians

ROWS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 9)),
    elements=st.floats(-50, 50, allow_nan=False).map(lambda value: round(value, 3)),
)


@given(ROWS)
def test_equal_weights_give_the_median(values):
    np.testing.assert_allclose(weighted_medians(values, np.ones_like(values)), np.median(values, axis=1), atol=1e-9)


@given(ROWS, st.integers(0, 9))
def test_a_weighted_median_lies_among_the_values(values, seed):
    weights = np.random.default_rng(seed).standard_exponential(values.shape)
    found = weighted_medians(values, weights)
    assert (found >= values.min(axis=1) - 1e-9).all()
    assert (found <= values.max(axis=1) + 1e-9).all()


def test_the_habit_of_few_departments_is_unsure():
    departments = np.linspace(0, 1, FEW_DEPARTMENTS)
    many, few = np.tile(departments, (400, 1)), np.tile(departments[:-1], (400, 1))
    assert np.ptp(habits(many, 0)) == 0
    assert habits(few, 0).std() > 0.1
    assert abs(habits(few, 0).mean() - np.median(departments[:-1])) < 0.05
