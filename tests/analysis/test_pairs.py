"""Walls: planted ones are found, on both generators, and where there is none none is called."""

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis import pairs
from silos.analysis.organisation import ANY, TRAFFIC
from silos.inference.bootstrap import resample
from silos.inference.pair_ties import PairTies
from silos.network import DEPARTMENT
from silos.privacy.suppression import merge_small
from silos.simulate import organisation
from silos.ties.count import tally
from silos.ties.layers import layer

BARE = {"communities": 0, "disjoint_communities": 0, "bridge_communities": 0}


def networks(seed, generator, **options):
    made = organisation(400, 13, 14, generator=generator, seed=seed, **BARE, **options)
    return made, layer(tally(silos.read_interactions(made.interactions), silos.read_roster(made.roster)), "any")


def judged(network, minimum=5):
    shown = merge_small(network.people[DEPARTMENT], minimum)
    grouped = network.regrouped(shown.departments)
    drawn = resample(grouped, {ANY: None, TRAFFIC: grouped.dyad_volumes}, replicates=4, gravity=True)
    return pairs.judge(grouped, drawn, shown).set_index(["a", "b"])


@pytest.fixture(scope="module", params=["blocks", "latent"])
def walled(request):
    return networks(21, request.param, walls=2)


def test_walls_with_nothing_left_are_found_and_no_others(walled):
    made, network = walled
    found = judged(network)
    planted = {tuple(sorted(wall[:2])) for wall in made.truth["walls"]}
    for pair in planted:
        assert found.loc[pair, "ties"] == 0
        assert found.loc[pair, "expected_ties"] > pairs.LEAST_EXPECTED
    assert set(found.index[found["verdict"] == "wall"]) == planted
    assert (found.loc[found["verdict"] == "wall", "relative"] == 0).all()
    if made.truth["parameters"]["generator"] == "blocks":
        # where pairs differ more of themselves, on "latent", one in four such bridges does not stand out
        assert found.loc[tuple(sorted(made.truth["bilateral_pair"])), "verdict"] == "bridge"


def test_where_departments_are_dealt_out_anew_there_is_no_wall(walled):
    _, network = walled
    dealt = pd.Series(
        np.random.default_rng(8).permutation(network.people[DEPARTMENT].to_numpy()), index=network.people.index
    )
    assert not judged(network.regrouped(dealt))["verdict"].isin(pairs.CALLED).any()


def test_a_silo_is_no_wall_to_everybody():
    made, network = networks(3, "blocks", silos=1, silo_strength=0.25)
    found = judged(network).reset_index()
    silo = next(iter(made.truth["silos"]))
    assert not (((found["a"] == silo) | (found["b"] == silo)) & (found["verdict"] == "wall")).any()


def test_few_departments_small_ones_and_few_ties_cannot_be_judged():
    _, network = networks(21, "blocks")
    names = network.people[DEPARTMENT]
    four = network.regrouped(pd.Series(pd.factorize(names)[0] % 4, index=names.index).map(str))
    found = judged(four)
    assert set(found["verdict"]) == {pairs.CANNOT_SAY}
    assert set(found["reason"]) == {"few_departments"}
    assert found["q"].isna().all()
    merged = judged(network, minimum=15)
    other = merged[[("Other (small)" in pair) for pair in merged.index]]
    assert len(other)
    assert set(other["reason"]) == {"merged"}
    assert set(other["verdict"]) == {pairs.CANNOT_SAY}
    thin = merged[(merged["expected_ties"] < pairs.LEAST_EXPECTED) & (merged["reason"] != "merged")]
    assert set(thin["verdict"]) <= {pairs.CANNOT_SAY, "bridge", "probable bridge"}
    assert (merged["reason"].notna() == (merged["verdict"] == pairs.CANNOT_SAY)).all()


def test_a_pair_with_hardly_a_tie_is_a_wall_by_less_evidence():
    ties, q = np.array([0.0, 1.0, 2.0, 9.0, 0.0, 41.0, 0.0]), np.array([0.1, 0.1, 0.1, 0.1, 0.16, 0.1, 0.1])
    expected = np.array([20.0] * 6 + [10.0])
    tested = PairTies(ties, expected, np.full(7, 50.0), 1.0, q, np.ones((4, 4)))
    said = ["wall", "wall", "probable wall", "typical", "probable wall", "typical", "probable wall"]
    assert pairs._verdicts(tested, q).tolist() == said
