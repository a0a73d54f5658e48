"""Which pairs to join: exact gains, and how near the chosen pairs come to the best there are."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silos.measures.affinity import kirchhoff_index
from silos.measures.joining import best_joins, gain_together, joining_gains, potentials, spreading_gains


def conductances(count: int, seed: int) -> np.ndarray:
    """Departments of which some are much nearer to each other than others."""
    values = np.exp(np.random.default_rng([seed, count]).normal(0, 1.2, (count, count)))
    return np.triu(values, 1) + np.triu(values, 1).T


def weights(count: int, seed: int) -> np.ndarray:
    values = np.exp(np.random.default_rng([seed, count, 1]).normal(0, 0.5, (count, count)))
    return values + values.T


def joined(conductance: np.ndarray, weight: np.ndarray, pairs) -> np.ndarray:
    more = conductance.copy()
    for b, c in pairs:
        more[b, c] += weight[b, c]
        more[c, b] += weight[c, b]
    return more


def brute_force(conductance: np.ndarray, weight: np.ndarray, number: int, most: int | None = None) -> float:
    """The best gain of all sets of pairs, each from the Kirchhoff index of the joined organisation itself."""
    pairs = list(combinations(range(len(conductance)), 2))
    sets = [
        chosen
        for chosen in combinations(pairs, number)
        if most is None or np.bincount(np.ravel(chosen)).max(initial=0) <= most
    ]
    before, best = float(kirchhoff_index(conductance)), 0.0
    for first in range(0, len(sets), 20_000):
        many = np.stack([joined(conductance, weight, chosen) for chosen in sets[first : first + 20_000]])
        best = max(best, float(before - kirchhoff_index(many).min()))
    return best


def brute_force_by_gains(conductance: np.ndarray, weight: np.ndarray, number: int) -> float:
    """The same for more pairs than can be inverted one by one: by gains that another test holds equal to it."""
    b, c = np.triu_indices(len(conductance), k=1)
    potential = potentials(conductance)
    differences = np.zeros((len(conductance), len(b)))
    differences[b, np.arange(len(b))], differences[c, np.arange(len(b))] = 1, -1
    inner = differences.T @ potential @ differences + np.diag(1 / weight[b, c])
    square = differences.T @ potential @ potential @ differences
    best, sets = 0.0, np.array(list(combinations(range(len(b)), number)))
    for some in np.array_split(sets, max(1, len(sets) // 50_000)):
        rows, columns = some[:, :, None], some[:, None, :]
        gains = np.trace(np.linalg.solve(inner[rows, columns], square[rows, columns]), axis1=1, axis2=2)
        best = max(best, float(gains.max()) * len(conductance))
    return best


@settings(deadline=None)
@given(count=st.integers(3, 9), seed=st.integers(0, 10_000))
def test_the_gain_of_a_pair_is_the_fall_of_the_kirchhoff_index(count, seed):
    conductance, weight = conductances(count, seed), weights(count, seed)
    gains, before = joining_gains(potentials(conductance), weight), kirchhoff_index(conductance)
    for b, c in combinations(range(count), 2):
        assert gains[b, c] == pytest.approx(before - kirchhoff_index(joined(conductance, weight, [(b, c)])))
    three = list(combinations(range(count), 2))[:3]
    assert gain_together(potentials(conductance), three, weight) == pytest.approx(
        before - kirchhoff_index(joined(conductance, weight, three))
    )


@pytest.mark.parametrize("count", [4, 6, 8])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("seed", range(5))
def test_one_and_two_pairs_are_the_best_there_are(count, number, seed):
    conductance, weight = conductances(count, seed), weights(count, seed)
    found = best_joins(conductance, weight, number=number)
    assert found.gain == pytest.approx(brute_force(conductance, weight, number))
    assert found.gain == pytest.approx(
        kirchhoff_index(conductance) - kirchhoff_index(joined(conductance, weight, found.pairs))
    )


@pytest.mark.long
@pytest.mark.parametrize(("number", "seeds"), [(3, 10), (4, 6), (5, 2)])
def test_of_ten_departments_more_pairs_gain_nearly_as_much_as_the_best(number, seeds):
    for seed in range(seeds):
        conductance, weight = conductances(10, seed), weights(10, seed)
        found = best_joins(conductance, weight, number=number)
        assert len(set(found.pairs)) == number
        assert found.gain >= 0.95 * brute_force_by_gains(conductance, weight, number)


def test_the_sets_that_more_pairs_are_compared_with_have_the_gain_of_those_inverted_one_by_one():
    conductance, weight = conductances(6, 1), weights(6, 1)
    assert brute_force_by_gains(conductance, weight, 3) == pytest.approx(brute_force(conductance, weight, 3))


@pytest.mark.parametrize("seed", range(3))
def test_a_department_is_in_no_more_pairs_than_it_may_be(seed):
    conductance, weight = conductances(7, seed), weights(7, seed)
    found = best_joins(conductance, weight, number=2, most=1)
    assert len(set(np.ravel(found.pairs))) == 4
    assert found.gain == pytest.approx(brute_force(conductance, weight, 2, most=1))


def test_pairs_that_are_ruled_out_are_not_joined_and_fewer_are_returned_where_no_more_are_allowed():
    allowed = np.zeros((5, 5), dtype=bool)
    allowed[3, 1] = allowed[0, 2] = True
    assert set(best_joins(conductances(5, 0), weights(5, 0), number=4, allowed=allowed).pairs) == {(1, 3), (0, 2)}
    assert best_joins(conductances(5, 0), weights(5, 0), number=1, allowed=np.zeros((5, 5), dtype=bool)).pairs == ()


@pytest.mark.parametrize("asked", [{"number": 0}, {"number": 1, "most": 0}])
def test_no_pair_at_all_is_no_question(asked):
    with pytest.raises(ValueError, match="at least one pair"):
        best_joins(conductances(4, 0), weights(4, 0), **asked)


def test_spreading_from_a_department_gains_what_the_organisation_with_those_ties_has():
    conductance, weight = conductances(6, 4), weights(6, 4)
    gains = spreading_gains(np.stack([conductance, conductance * 2]), np.stack([weight, weight]))
    star = [(2, other) for other in range(6) if other != 2]
    for row, scale in enumerate((1, 2)):
        more = kirchhoff_index(joined(conductance * scale, weight, star))
        assert gains[row, 2] == pytest.approx(kirchhoff_index(conductance * scale) - more)
