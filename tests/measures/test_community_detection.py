"""Agreement of partitions against their formulas, and the graph that Leiden works on."""

import subprocess
import sys
from itertools import permutations

import igraph
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.special import entr

from silos.measures import community_detection
from silos.measures.community_detection import Graph, agreement, graph_of
from silos.network import Network


def test_agreement_is_that_of_its_formulas():
    """Two departments of three, one of whom sits with the others: I and H by hand, E[I] by enumeration."""
    departments, communities = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 1])

    def information(one, other):
        shares = np.array([[np.mean((one == a) & (other == b)) for b in range(2)] for a in range(2)])
        return entr(shares.sum(axis=0)).sum() + entr(shares.sum(axis=1)).sum() - entr(shares).sum()

    shared, apart, together = information(departments, communities), np.log(2), entr([1 / 3, 2 / 3]).sum()
    chance = np.mean([information(departments, np.array(dealt)) for dealt in permutations(communities)])
    found = agreement(departments, communities)
    assert found["homogeneity"] == pytest.approx(shared / apart)
    assert found["completeness"] == pytest.approx(shared / together)
    assert found["ami"] == pytest.approx((shared - chance) / ((apart + together) / 2 - chance))
    assert np.isnan(list(agreement(departments[:0], communities[:0]).values())).all()


def test_nothing_loads_scikit_learn_before_communities_are_found():
    code = (
        "import sys, silos.analysis.pipeline;"
        "print([name for name in ('sklearn', 'scipy.stats') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_reading_a_log_does_not_wait_for_igraph():
    code = (
        "import sys, silos.analysis.input_check.check; print([n for n in ('igraph', 'matplotlib') if n in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


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
