"""Silos: what the verdict rests on, and where nothing can be said."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import silos
from silos.analysis import departments
from silos.analysis.organisation import ANY
from silos.inference.bootstrap import resample
from silos.measures.insularity import activities, nearest_insularities
from silos.network import DEPARTMENT, Network
from silos.privacy.suppression import merge_small
from silos.simulate import organisation
from silos.ties.count import tally
from silos.ties.layers import layer

BARE = {"communities": 0, "disjoint_communities": 0, "bridge_communities": 0}


def of_pairs(member, i, j):
    people = pd.DataFrame({DEPARTMENT: member}, index=range(len(member)))
    matrix = sparse.csr_array((np.ones(2 * len(i)), (np.r_[i, j], np.r_[j, i])), shape=(len(member),) * 2)
    return Network(people, matrix, directed=False)


def mixed(sizes, chance, seed=0):
    """Departments of these sizes, people in contact with the chance of their pair of departments."""
    rng = np.random.default_rng(seed)
    member = np.repeat([f"d{place}" for place in range(len(sizes))], sizes)
    place = np.repeat(np.arange(len(sizes)), sizes)
    i, j = np.triu_indices(len(member), 1)
    known = rng.random(len(i)) < np.asarray(chance)[place[i], place[j]]
    return of_pairs(member, i[known], j[known])


def judged(network, layers=None, **options):
    shown = merge_small(network.people[DEPARTMENT], 5)
    grouped = network.regrouped(shown.departments)
    drawn = resample(grouped, {ANY: None} | (layers or {}), replicates=200)
    return departments.judge(grouped, drawn, shown, layers=layers, **options)[0]


def density(count, inside, across):
    chance = np.full((count, count), across)
    np.fill_diagonal(chance, inside)
    return chance


def test_the_bootstrap_counts_ties_three_times_and_that_is_taken_off():
    # 400 pairs of people who know nobody else: ties are independent, and ln of their number has variance 1/400
    pairs = 400
    i = np.arange(pairs)
    network = of_pairs(["a"] * pairs + ["b"] * pairs, i, i + pairs)
    total = np.log(resample(network, {ANY: None}, replicates=1_000).mixing[ANY][:, 0, 1]).var(ddof=1)
    assert total == pytest.approx(3 / pairs, rel=0.2)
    corrected = departments.person_variance(np.array([total]), np.array([1 / pairs]))
    assert corrected == pytest.approx(1 / pairs, rel=0.3)


def test_insularity_towards_the_nearest_against_a_loop():
    rng = np.random.default_rng(3)
    sizes = rng.integers(6, 20, 8).astype(float)
    mixing = rng.poisson(9, (8, 8)).astype(float)
    mixing = np.triu(mixing) + np.triu(mixing, 1).T
    found = nearest_insularities(mixing, sizes * (sizes - 1), sizes)
    g = activities(mixing.sum(axis=1) - np.diag(mixing))
    for a in range(8):
        others = sorted((b for b in range(8) if b != a), key=lambda b: -(mixing[a, b] + 0.5) / (g[a] * g[b] + 0.5))[:2]
        near = (sum(mixing[a, b] for b in others) + 0.5) / (sizes[a] * sum(g[b] for b in others))
        inside = max(mixing[a, a], 1) / (sizes[a] * (sizes[a] - 1))
        assert found[a] == pytest.approx(0.5 * np.log(inside) - np.log(near))


@pytest.mark.parametrize("generator", ["blocks", "latent"])
def test_silos_are_found_with_the_ties_that_were_returned(generator):
    made = organisation(400, 14, 14, generator=generator, silos=2, silo_strength=0.4, seed=6, **BARE)
    counted = tally(silos.read_interactions(made.interactions), silos.read_roster(made.roster))
    network = layer(counted, "any")
    layers = departments.reciprocated(counted, network)
    lasting = layer(counted, "reciprocated").contacts
    assert layers[departments.RECIPROCATED].tolist() == np.asarray(lasting[network.dyads]).ravel().tolist()
    table = judged(network, layers)
    assert set(table.index[table["verdict"] == "silo"]) == set(made.truth["silos"])
    assert table.loc[list(made.truth["silos"]), "inwardness_low"].min() > departments.SURELY


def test_a_department_that_is_remote_from_most_is_no_silo():
    # ten departments on a line: ties fall with distance, and the last two are far from all but each other
    place = np.array([0, 1, 2, 3, 4, 5, 6, 7, 11, 12.0])
    chance = 0.5 * np.exp(-np.abs(place[:, None] - place[None]) / 1.5)
    table = judged(mixed([25] * 10, chance, seed=1))
    assert table.loc["d9", "inwardness"] > departments.TWICE
    assert table.loc["d9", ["verdict", "reason"]].tolist() == ["typical", "remote"]
    # the same department, kept from its neighbour too
    chance[9, :9] *= 0.25
    chance[:9, 9] *= 0.25
    assert judged(mixed([25] * 10, chance, seed=1)).loc["d9", "verdict"] == "silo"


def test_three_departments_have_no_habit_and_four_an_unsure_one():
    three = judged(mixed([20] * 3, density(3, 0.5, 0.1)))
    assert set(three["verdict"]) == {departments.CANNOT_SAY}
    assert set(three["reason"]) == {"few_departments"}
    # four departments that differ much: the one that is a little more inward than their median is no silo
    chance = density(4, 0.35, 0.12)
    chance[0, 0], chance[1, 1], chance[2, 2] = 0.6, 0.18, 0.5
    assert "silo" not in set(judged(mixed([20] * 4, chance))["verdict"])


def test_what_a_verdict_takes():
    network = mixed([20, 20, 20, 20, 20, 7], density(6, 0.5, 0.1))
    assert set(judged(network)["verdict"]) <= {"typical", "uncertain"}
    for reason, options in (("coverage", {"coverage": 0.1}), ("weeks", {"weeks": 1})):
        table = judged(network, **options)
        assert set(table["reason"]) == {reason}
        assert set(table["verdict"]) == {departments.CANNOT_SAY}
    thin = judged(mixed([20] * 6, density(6, 0.02, 0.01)))
    assert set(thin["reason"]) == {"few_ties"}
    # two people of the last have no tie, then nearly all
    member, (i, j) = network.people[DEPARTMENT].to_numpy(), network.dyads
    active = ~np.isin(np.stack([i, j]), np.arange(102, 107)).any(axis=0)
    assert judged(of_pairs(member, i[active], j[active])).loc["d5", "reason"] == "few_people"


def test_whoever_knows_others_better_than_colleagues_is_no_silo():
    # eleven departments that work across, and one that mixes at random: far more inward than usual, and not inward
    chance = density(12, 0.02, 0.12)
    chance[0, 0] = 0.12
    table = judged(mixed([30] * 12, chance))
    assert table.loc["d0", "inwardness"] > departments.TWICE
    assert table.loc["d0", "insiders_odds_low"] < 0
    assert table.loc["d0", "verdict"] == "typical"


def test_hardly_a_tie_across_is_a_silo_and_not_too_few_to_say():
    chance = density(8, 0.4, 0.1)
    chance[0, 1:] = chance[1:, 0] = 0.002
    table = judged(mixed([20] * 8, chance))
    assert table.loc["d0", "verdict"] == "silo"


def test_where_every_department_is_sealed_the_median_hides_it_and_the_result_says_so():
    def sealed(network):
        table = judged(network)
        return departments.Departments(table, None, tuple(table.index)).sealed

    classes = mixed([25] * 9, density(9, 0.6, 0.02))
    assert "silo" not in set(judged(classes)["verdict"])
    assert sealed(classes) > departments.SEALED
    assert sealed(mixed([25] * 9, density(9, 0.5, 0.1))) is None
    # of three, too few to have a habit, it can be said; of a week in which nothing can be judged it cannot
    three = mixed([40] * 3, density(3, 0.6, 0.01))
    assert sealed(three) > departments.SEALED
    table = judged(three, weeks=1)
    assert departments.Departments(table, None, tuple(table.index)).sealed is None


@pytest.mark.parametrize(("generator", "seed"), [("blocks", 60_002), ("latent", 60_005)])
def test_of_nine_departments_the_only_plain_one_is_no_silo_beside_those_that_play_a_part(generator, seed):
    made = organisation(220, 9, 10, generator=generator, seed=seed, silo_strength=(0.3, 0.5)[seed % 2], **BARE)
    counted = tally(silos.read_interactions(made.interactions), silos.read_roster(made.roster))
    network = layer(counted, ANY)
    found = judged(network, departments.reciprocated(counted, network))
    assert found.index[found["verdict"] == "silo"].tolist() == list(made.truth["silos"])
