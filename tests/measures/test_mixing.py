"""Mixing measures and their exact nulls, against enumerations, published facts and invariants."""

import json
import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from silos.errors import SilosError
from silos.inference.permutation import ei_null
from silos.measures import ei_index, gravity_ratio, insularity, log_density_ratio, mixing_matrix, modularity
from silos.measures.insularity import activities
from silos.measures.mixing import gravity_expectation, quasi_independence
from silos.network import Network
from tests.conftest import shared
from tests.support import invs13


@pytest.fixture(scope="module")
def office():
    """InVS13: 92 people in 5 departments, weights are the number of 20-second contacts."""
    folder = shared("datasets/invs13")
    staff, log = invs13.roster(folder), invs13.contacts(folder).astype({"sender": str, "recipient": str})
    graph = nx.Graph()
    graph.add_nodes_from((row.person, {"department": row.department}) for row in staff.itertuples())
    for pair, count in log.groupby(["sender", "recipient"]).size().items():
        graph.add_edge(*pair, weight=count + graph.get_edge_data(*pair, {"weight": 0})["weight"])
    return Network.from_networkx(graph)


def test_the_office_has_the_published_figures(office):
    # ../shared/datasets/invs13/ORIGIN.md, facts computed with networkx 3.6.1.
    assert round(ei_index(office), 4) == -0.3033
    assert round(ei_index(office, by="volume"), 4) == -0.6406
    assert round(ei_null(office)[0], 4) == 0.4864
    assert round(modularity(office), 4) == 0.3732
    assert round(modularity(office, by="volume"), 4) == 0.5568
    facts = {"DISQ": 0.243, "DMCT": -0.038, "DSE": -0.137, "SFLE": 0.913, "SRH": 0.093}
    assert ei_index(office, level="department").to_dict() == pytest.approx(facts, abs=1e-3)


def test_exact_null_equals_the_enumeration_of_all_relabellings():
    # exact_label_permutation.json: exhaustive enumeration, 210 relabellings of a directed weighted graph.
    case = json.loads(shared("reference/exact_label_permutation.json").read_text())["cases"]["toy7_directed_weighted"]
    network = Network(pd.DataFrame({"department": case["groups"]}), sparse.csr_array(np.array(case["A"], dtype=float)))
    mean, sd = ei_null(network, by="volume")
    assert mean == pytest.approx(case["ei_mean"], abs=1e-9)
    assert sd**2 == pytest.approx(case["ei_var"], abs=1e-9)
    np.testing.assert_allclose(mixing_matrix(network, by="volume"), case["M_obs"], atol=1e-12)


def test_exact_null_equals_the_enumeration_on_an_undirected_graph():
    reference = json.loads(shared("reference/white_kinship_undirected.json").read_text())
    case = json.loads(shared("reference/exact_label_permutation.json").read_text())["cases"]["white_kinship_undirected"]
    graph = nx.Graph()
    key = reference["group_attribute"]
    graph.add_nodes_from((node["id"], {"department": node.get(key, node.get("group"))}) for node in reference["nodes"])
    graph.add_weighted_edges_from(reference["edges"])
    network = Network.from_networkx(graph)
    mean, sd = ei_null(network)
    assert ei_index(network) == pytest.approx(case["obs"], abs=1e-9)
    assert (mean, sd**2) == (pytest.approx(case["mean"], abs=1e-9), pytest.approx(case["var"], abs=1e-9))


def test_activities_solve_their_equation():
    external = np.random.default_rng(1).integers(1, 80, size=(5, 9)).astype(float)
    g = activities(external)
    np.testing.assert_allclose(g * (g.sum(axis=-1, keepdims=True) - g), external, rtol=1e-9)


def test_activities_are_the_same_whoever_is_asked_beside():
    """A replicate that takes hundreds of rounds, or has no solution, does not move the others."""
    ordinary = np.random.default_rng(1).integers(1, 80, size=(5, 4)).astype(float)
    slow, without = np.array([6.0, 5.9, 0.05, 0.05]), np.array([9.0, 1.0, 1.0, 1.0])
    together = activities(np.vstack([ordinary, slow, without]))
    for one, found in zip((*ordinary, slow, without), together, strict=True):
        np.testing.assert_array_equal(activities(one), found)


def test_quasi_independence_keeps_the_margins():
    rng = np.random.default_rng(2)
    out = rng.uniform(1, 9, size=30)
    into = rng.uniform(1, 9, size=30)
    into *= out.sum() / into.sum()
    alpha, beta = quasi_independence(out, into)
    np.testing.assert_allclose(alpha * (beta.sum() - beta), out, rtol=1e-8)
    np.testing.assert_allclose(beta * (alpha.sum() - alpha), into, rtol=1e-8)


def test_gravity_expects_the_margins_of_the_mixing_matrix(office):
    observed, expected = mixing_matrix(office, by="volume"), gravity_expectation(office)
    np.testing.assert_allclose(expected.sum(axis=1), observed.sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(expected.sum().sum(), observed.sum().sum(), rtol=1e-8)


def planted(within, across, sizes, activity=None, seed=0):
    """Pairs of persons in contact with a chance that depends on whether they share the department."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    rate = np.ones(len(labels)) if activity is None else np.asarray(activity)[labels]
    i, j = np.triu_indices(len(labels), k=1)
    chance = np.where(labels[i] == labels[j], within, across) * rate[i] * rate[j]
    tied = rng.random(len(i)) < chance
    matrix = sparse.csr_array((np.ones(tied.sum()), (i[tied], j[tied])), shape=(len(labels), len(labels)))
    return Network(pd.DataFrame({"department": labels}), sparse.csr_array(matrix + matrix.T), directed=False)


def test_insularity_knows_neither_size_nor_activity():
    sizes, activity = [10, 20, 40, 80, 160], [1.5, 0.5, 1.0, 0.6, 1.4]
    values = np.mean([insularity(planted(0.3, 0.05, sizes, activity, seed)) for seed in range(20)], axis=0)
    # The density inside is 6 times what the activity outside explains: half of ln 6.
    np.testing.assert_allclose(values, np.log(6) / 2, atol=0.1)


def test_insiders_odds_are_the_log_ratio_of_densities():
    values = np.mean([log_density_ratio(planted(0.3, 0.05, [20, 40, 80], seed=seed)) for seed in range(20)], axis=0)
    np.testing.assert_allclose(values, np.log(6), atol=0.05)


def test_no_tie_inside_or_none_across_is_half_a_tie():
    graph = nx.Graph([(0, 1), (2, 3)])
    nx.set_node_attributes(graph, {0: "a", 1: "b", 2: "c", 3: "c"}, "department")
    graph.add_node(4, department="a")
    graph.add_node(5, department="b")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = insularity(Network.from_networkx(graph))
    assert np.isfinite(values).all()
    assert values["c"] > values["a"] == values["b"]


@pytest.mark.parametrize("graph", [nx.empty_graph(0), nx.empty_graph(4), nx.complete_graph(4)])
def test_one_department_or_no_tie_has_no_value_and_no_warning(graph):
    nx.set_node_attributes(graph, "HR", "department")
    network = Network.from_networkx(graph)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert insularity(network).isna().all()
        assert log_density_ratio(network).isna().all()
        assert np.isnan(ei_index(network)) or ei_index(network) == -1
        assert gravity_ratio(network).shape == (len(network.departments),) * 2


def test_a_level_that_the_ei_index_does_not_have_is_refused_before_any_work():
    network = Network(pd.DataFrame({"department": ["A", "B"]}, index=["ann", "bob"]), sparse.csr_array((2, 2)))
    with pytest.raises(SilosError, match="level is one of 'organisation', 'department', 'person', not 'pair'"):
        ei_index(network, level="pair")
    assert "contacts" not in vars(network)
