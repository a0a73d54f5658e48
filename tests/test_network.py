"""The network itself: what it knows of its ties, and that other departments leave none of it behind."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from silos.errors import SilosError
from silos.network import Network


def network(*, directed: bool) -> Network:
    rng = np.random.default_rng(3)
    weights = np.where(rng.uniform(size=(30, 30)) < 0.2, rng.integers(1, 5, (30, 30)), 0)
    people = pd.DataFrame({"department": rng.choice(["HR", "IT", "Law"], 30)}, index=[f"p{i:02}" for i in range(30)])
    return Network(people, sparse.csr_array(weights if directed else weights + weights.T), directed=directed)


@pytest.mark.parametrize("directed", [True, False])
def test_in_other_departments_it_is_as_one_made_of_them(directed):
    before = network(directed=directed)
    before.to_networkx()  # asks for everything there is to know
    departments = pd.Series(np.resize(["A", "B"], 30), index=before.people.index[::-1])
    after = before.regrouped(departments)
    anew = Network(after.people, before.adjacency, directed=directed)
    assert after.people["department"].to_dict() == departments.to_dict()
    assert nx.utils.graphs_equal(after.to_networkx(), anew.to_networkx())
    assert list(after.departments) == ["A", "B"]
    for known in ("membership", "sizes", "dyads", "dyad_volumes"):
        np.testing.assert_array_equal(getattr(after, known), getattr(anew, known))
    assert list(before.departments) == ["HR", "IT", "Law"]
    assert before.sizes.sum() == 30
    with pytest.raises(SilosError, match="1 of 30 people have no department"):
        before.regrouped(departments.iloc[1:])


@pytest.mark.parametrize("directed", [True, False])
def test_dyads_are_the_pairs_in_contact_in_order(directed):
    found = network(directed=directed)
    dense = found.adjacency.toarray()
    i, j = np.nonzero(np.triu(dense + dense.T, 1))
    assert np.array_equal(found.dyads, (i, j))
    np.testing.assert_array_equal(found.dyad_volumes, (dense + dense.T * directed)[i, j])


def test_where_ties_are_is_held_once():
    found = network(directed=True)
    assert np.shares_memory(found.contacts.indices, found.combined.indices)
    assert set(found.contacts.data) == {1.0}
    assert found.combined.data.max() > 1


def test_paths_by_distance_go_over_strong_ties():
    """Sales and Legal hardly talk to each other: what passes between them goes through Marketing."""
    weights = np.array([[0, 10, 1], [10, 0, 10], [1, 10, 0]])
    people = pd.DataFrame({"department": ["Sales", "Marketing", "Legal"]}, index=["a", "b", "c"])
    graph = Network(people, sparse.csr_array(weights), directed=False).to_networkx()
    assert nx.betweenness_centrality(graph, weight="distance") == {"Legal": 0, "Marketing": 1, "Sales": 0}
    assert nx.betweenness_centrality(graph, weight="weight")["Marketing"] == 0
    assert graph.edges["Sales", "Legal"] == {"weight": 1, "distance": 1, "ties": 1}
