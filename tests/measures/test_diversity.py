"""Entropy and the effective number against their formula, and in both forms in which counts come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from silos.measures.diversity import effective_number, entropies

TABLES = arrays(np.int64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(0, 9))


@given(TABLES)
def test_entropy_is_that_of_scipy_and_counts_may_be_listed(table):
    found = entropies(table)
    for value, row in zip(found, table, strict=True):
        assert value == pytest.approx(stats.entropy(row) if row.any() else 0.0, abs=1e-12)
    row, column = np.nonzero(table)
    listed = {"counts": table[row, column].astype(float), "group": row, "groups": len(table)}
    np.testing.assert_allclose(entropies(**listed), found, atol=1e-12)
    np.testing.assert_allclose(effective_number(**listed), effective_number(table), atol=1e-12)


@given(TABLES)
def test_the_effective_number_lies_between_one_and_all_that_are_there(table):
    found, there = effective_number(table), (table > 0).sum(axis=1)
    assert (found[there == 0] == 0).all()
    assert (found >= np.minimum(there, 1) - 1e-9).all()
    assert (found <= there + 1e-9).all()
    # Hill (1973): as many as there are where all have the same.
    np.testing.assert_allclose(effective_number((table > 0).astype(int)), there, atol=1e-9)
