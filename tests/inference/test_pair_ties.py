"""The test of a pair by its ties, part by part against brute force and exact distributions."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.integrate import quad
from scipy.stats import norm, poisson

from silos.inference import pair_ties as tested
from silos.network import Network


def made(rng, sizes, chance):
    """A network in which people of two departments know one another with the chance of their pair."""
    member = np.repeat(np.arange(len(sizes)), sizes)
    i, j = np.triu_indices(len(member), 1)
    known = rng.random(len(i)) < chance[member[i], member[j]]
    i, j = i[known], j[known]
    ends = (np.r_[i, j], np.r_[j, i])
    people = pd.DataFrame({"department": member}, index=range(len(member)))
    matrix = sparse.csr_array((np.ones(len(ends[0])), ends), shape=(len(member), len(member)))
    return Network(people, matrix, directed=False)


def test_activities_are_those_that_made_the_table():
    g = np.array([1.0, 2.0, 3.0, 4.0, 0.0])
    mixing = np.outer(g, g)
    np.fill_diagonal(mixing, 0)
    weight = 1 - np.eye(5)
    assert tested.off_diagonal_activities(mixing, weight) == pytest.approx(g, rel=1e-6)
    # a cell without weight has no say
    mixing[0, 1] = mixing[1, 0] = 500
    weight[0, 1] = weight[1, 0] = 0
    assert tested.off_diagonal_activities(mixing, weight) == pytest.approx(g, rel=1e-6)


def test_a_pair_left_out_is_expected_as_by_a_fit_without_it():
    rng = np.random.default_rng(1)
    g = rng.uniform(4, 9, 9)
    mixing = np.triu(rng.poisson(np.outer(g, g)), 1).astype(float)
    mixing = mixing + mixing.T
    mixing[2, 5] = mixing[5, 2] = 0
    weight = 1 - np.eye(9)
    quick = tested.left_out(mixing, weight, tested.off_diagonal_activities(mixing, weight))
    for a, b in itertools.combinations(range(9), 2):
        without = weight.copy()
        without[a, b] = without[b, a] = 0
        exact = tested.off_diagonal_activities(mixing, without)
        assert quick[a, b] == pytest.approx(exact[a] * exact[b], rel=0.05)
    # with the pair, four times less would be missed
    assert quick[2, 5] == pytest.approx(g[2] * g[5], rel=0.25)


def test_clustering_is_the_dyadic_robust_variance():
    # ties across come in bundles: two people of each department know those of the next, other ones those after it
    member = np.repeat([0, 1, 2], [6, 5, 7])
    bundles = {
        (0, 1): (range(0, 2), range(6, 8)),
        (0, 2): (range(2, 5), range(11, 14)),
        (1, 2): (range(8, 11), [15, 16]),
    }
    ties = [pair for one, other in bundles.values() for pair in itertools.product(one, other)] + [(0, 1), (12, 13)]
    i, j = np.array(ties).T
    people = pd.DataFrame({"department": member}, index=range(18))
    matrix = sparse.csr_array((np.ones(2 * len(i)), (np.r_[i, j], np.r_[j, i])), shape=(18, 18))
    network = Network(people, matrix, directed=False)
    contacts = network.contacts.toarray()
    across = contacts * (member[:, None] != member[None])
    mixing = np.array([[across[member == a][:, member == b].sum() for b in range(3)] for a in range(3)])
    share = across.sum(axis=1) / np.bincount(member, across.sum(axis=1))[member]
    variance = 0.0
    for a, b in bundles:
        dyads = list(itertools.product(np.flatnonzero(member == a), np.flatnonzero(member == b)))
        residual = {(i, j): contacts[i, j] - mixing[a, b] * share[i] * share[j] for i, j in dyads}
        # Fafchamps & Gubert 2007: products of all pairs of dyads that share a person
        variance += sum(residual[d] * residual[e] for d in dyads for e in dyads if d[0] == e[0] or d[1] == e[1])
    expected = variance / mixing[np.triu_indices(3, 1)].sum()
    assert expected > 1.5
    assert tested.clustering(network) == pytest.approx(expected)


def test_the_variety_of_pairs_is_that_of_their_affinities():
    rng = np.random.default_rng(2)
    expected = rng.uniform(20, 80, 4_000)
    plain = rng.poisson(expected)
    assert tested.variety(plain, expected, 1.0) < 0.08
    varied = rng.poisson(expected * np.exp(0.3 * rng.normal(size=4_000) - 0.045))
    assert tested.variety(varied, expected, 1.0) == pytest.approx(0.3, abs=0.05)
    assert tested.variety(np.zeros(0), np.zeros(0), 1.0) == 0


def test_tails_without_variety_are_those_of_poisson():
    ties, expected = np.array([0.0, 3.0, 12.0, 30.0]), np.array([7.0, 12.0, 12.0, 12.0])
    below, above = tested.tails(ties, expected, 1.0, 0.0)
    mid = poisson.cdf(ties, expected) - poisson.pmf(ties, expected) / 2
    assert below == pytest.approx(mid)
    assert above == pytest.approx(1 - mid)
    # far out the tail is small, not lost in rounding
    _, far = tested.tails(np.array([200.0]), np.array([20.0]), 1.0, 0.0)
    assert far == pytest.approx(poisson.sf(200, 20) + poisson.pmf(200, 20) / 2, rel=1e-6)
    assert 0 < far[0] < 1e-100


@pytest.mark.parametrize(("ties", "expected", "tau"), [(0, 15, 0.4), (3, 25, 0.4), (60, 25, 0.3)])
def test_tails_with_variety_are_averaged_over_it(ties, expected, tau):
    def part(z):
        mean = expected * np.exp(tau * z - tau**2 / 2)
        return norm.pdf(z) * (poisson.cdf(ties, mean) - poisson.pmf(ties, mean) / 2)

    exact = quad(part, -9, 9, limit=400)[0]
    assert tested.tails(np.array([float(ties)]), np.array([float(expected)]), 1.0, tau)[0] == pytest.approx(
        exact, rel=1e-3
    )


def test_a_wall_stands_out_and_makes_no_other():
    rng = np.random.default_rng(5)
    chance = np.full((12, 12), 0.09) * np.exp(rng.normal(0, 0.15, (12, 12)))
    chance = np.triu(chance) + np.triu(chance, 1).T
    chance[3, 7] = chance[7, 3] = 0
    chance[0, 1] = chance[1, 0] = 0.6
    found = tested.pair_ties(made(rng, [20] * 12, chance))
    pair = {cell: place for place, cell in enumerate(zip(*np.triu_indices(12, 1), strict=True))}
    assert found.ties[pair[3, 7]] == 0
    assert found.p[pair[3, 7]] < 1e-4
    assert found.p[pair[0, 1]] < 1e-4
    others = np.delete(found.p, [pair[3, 7], pair[0, 1]])
    # of 64 others the least p is below .05/64 in one run of twenty
    assert others.min() > 0.05 / 64
    # 0 has a bridge to 1 that is no part of what its other pairs are expected to have
    assert found.expected[pair[0, 5]] == pytest.approx(36, rel=0.3)


def test_without_ties_nothing_is_said():
    found = tested.pair_ties(made(np.random.default_rng(0), [4, 4, 4], np.zeros((3, 3))))
    assert found.expected.tolist() == [0, 0, 0]
    assert found.clustering == 1
