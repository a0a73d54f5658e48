"""Agreement of partitions and q-values are those of scikit-learn and SciPy, slow to load for a command."""

import igraph
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats
from sklearn import metrics

from silos.inference.multiple_testing import false_discovery
from silos.measures import community_detection
from silos.measures.community_detection import Graph, agreement, graph_of
from silos.network import Network

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


@pytest.mark.parametrize("by", ["ties", "volume"])
def test_modularity_and_edges_are_those_of_igraph(by, monkeypatch):
    monkeypatch.setattr(community_detection, "SOME", 100)
    rng = np.random.default_rng(1)
    matrix = np.triu(rng.random((60, 60)) * (rng.random((60, 60)) < 0.2), k=1)
    matrix[-1] = matrix[:, -1] = 0
    labels = rng.integers(0, 5, 60)
    network = Network(pd.DataFrame({"department": labels}), sparse.csr_array(matrix))
    found = graph_of(network, by=by)
    edges = np.argwhere(matrix)
    expected = igraph.Graph(n=60, edges=edges)
    assert found.graph.get_edgelist() == expected.get_edgelist()
    weights = matrix[tuple(edges.T)] if by == "volume" else np.ones(len(edges))
    assert found.modularity(labels) == pytest.approx(expected.modularity(labels.tolist(), weights=weights), abs=1e-12)


def test_a_graph_without_ties_has_no_modularity():
    nobody = np.zeros(0, dtype=np.int32)
    assert np.isnan(Graph.of(nobody, nobody, 3).modularity(np.zeros(3, dtype=int)))
