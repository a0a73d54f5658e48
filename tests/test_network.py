"""The network itself: what it knows of its ties, and that other departments leave none of it behind."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from silos import measures
from silos.errors import SilosError
from silos.network import HEAVIEST, LIGHTEST, Network


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


def in_two(graph: nx.Graph, *names) -> nx.Graph:
    """The graph, its persons in these departments in turn."""
    nx.set_node_attributes(graph, {node: names[number % len(names)] for number, node in enumerate(graph)}, "department")
    return graph


GRAPHS = (nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph)


@pytest.mark.parametrize("kind", GRAPHS)
def test_names_may_be_tuples_as_those_of_grids_are(kind):
    grid = kind(nx.grid_2d_graph(3, 3).edges())
    found = Network.from_networkx(in_two(grid, ("HR", "Oslo"), ("IT", "Oslo")))
    assert list(found.people.index) == list(grid)
    assert list(found.departments) == [("HR", "Oslo"), ("IT", "Oslo")]
    assert set(map(frozenset, found.to_networkx("person").edges())) == set(map(frozenset, grid.edges()))
    assert set(found.to_networkx()) == {("HR", "Oslo"), ("IT", "Oslo")}
    plain = Network.from_networkx(
        in_two(kind(nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 3)).edges()), "a", "b")
    )
    for each in measures.REGISTRY.values():
        one, other = each.function(found), each.function(plain)
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other), err_msg=each.name)


@pytest.mark.parametrize("kind", GRAPHS)
@pytest.mark.parametrize("weight", ["x", "3,5", None, [1], [1, 2], {}, 10**400])
def test_a_weight_that_is_no_number_is_refused_with_its_edge(kind, weight):
    graph = in_two(kind([("ann", "bob"), ("bob", "cleo")]), "HR", "IT")
    graph.add_edge("cleo", "dan", weight=weight)
    graph.nodes["dan"]["department"] = "HR"
    with pytest.raises(SilosError, match=r"weight of the edge from 'cleo' to 'dan' is .*, not a finite number"):
        Network.from_networkx(graph)


@pytest.mark.parametrize("kind", GRAPHS)
def test_weights_of_parallel_edges_and_of_both_directions_are_those_of_networkx(kind):
    graph = in_two(
        kind([(1, 2, {"weight": 2}), (1, 2, {"weight": 0.5}), (2, 1), (2, 2), (3, 1, {"weight": True})]), "HR", "IT"
    )
    found = Network.from_networkx(graph)
    expected = nx.to_numpy_array(graph, nodelist=list(graph))
    np.testing.assert_array_equal(found.adjacency.toarray(), expected - np.diag(np.diag(expected)))


def test_attributes_that_are_lists_or_named_like_parameters_come_back():
    graph = in_two(nx.path_graph(2), "HR", "IT")
    nx.set_node_attributes(graph, {0: [1, 2], 1: np.nan}, "tags")
    nx.set_node_attributes(graph, "here", "node_for_adding")
    back = Network.from_networkx(graph).to_networkx("person")
    assert back.nodes[0] == {"department": "HR", "tags": [1, 2], "node_for_adding": "here"}
    assert back.nodes[1] == {"department": "IT", "node_for_adding": "here"}


def test_departments_that_are_lists_are_refused():
    with pytest.raises(SilosError, match="a department is named by one value"):
        Network.from_networkx(in_two(nx.path_graph(2), ["HR"], ["IT"]))


@pytest.mark.parametrize("given", [None, [("ann", "bob")], pd.DataFrame({"department": ["HR"]})])
def test_what_is_no_graph_is_refused(given):
    with pytest.raises(SilosError, match="made of a graph of networkx"):
        Network.from_networkx(given)


@pytest.mark.parametrize("factor", [LIGHTEST / 10, HEAVIEST])
def test_weights_beyond_what_can_be_squared_are_refused(factor):
    graph = in_two(nx.Graph([(1, 2, {"weight": 2 * factor}), (2, 3, {"weight": factor})]), "HR", "IT")
    with pytest.raises(SilosError, match="Multiply all of them by one number"):
        Network.from_networkx(graph)


def test_every_measure_is_the_same_whatever_the_unit_of_the_weights():
    """As far out as weights may be: nothing overflows, and nothing is rounded to zero."""
    plain, far = (
        Network.from_networkx(in_two(nx.Graph([(a, b, {"weight": w * by}) for a, b, w in EDGES]), "HR", "IT"))
        for by in (1, 2.0**240)
    )
    for name in ("ei_index", "modularity", "participation", "reciprocity", "coleman_homophily", "spectral_segregation"):
        one, other = (getattr(measures, name)(network, by="volume") for network in (plain, far))
        np.testing.assert_allclose(one, other, err_msg=name)


#: Ties of nine persons, and their weights.
EDGES = [(1, 2, 1), (2, 3, 2), (3, 1, 3), (3, 4, 1), (4, 5, 5), (5, 6, 1), (6, 4, 2), (6, 7, 1), (7, 8, 1), (8, 9, 4)]


def test_a_matrix_may_be_dense_and_of_an_undirected_network_is_symmetric():
    people = pd.DataFrame({"department": ["HR", "IT"]})
    assert Network(people, np.array([[0, 2], [2, 0]]), directed=False).ties == 1
    with pytest.raises(SilosError, match="is not symmetric"):
        Network(people, sparse.csr_array(np.array([[0, 1.0], [0, 0]])), directed=False)
    with pytest.raises(SilosError, match="is not symmetric"):
        Network(people, sparse.csr_array(np.array([[0, 1.0], [2, 0]])), directed=False)
    with pytest.raises(SilosError, match="2 people need a 2 x 2 matrix of ties, not 3 x 3"):
        Network(people, np.zeros((3, 3)))


@pytest.mark.parametrize("name", sorted(measures.REGISTRY))
@pytest.mark.parametrize("given", [nx.path_graph(3), None, pd.DataFrame()])
def test_a_measure_of_no_network_says_where_one_comes_from(name, given):
    with pytest.raises(SilosError, match=f"{name} is a measure of a Network of persons, not of"):
        measures.REGISTRY[name].function(given)


@pytest.mark.parametrize("option", [{"seeds": 0}, {"seeds": 1.5}, {"seed": "x"}, {"seed": -1}, {"seeds": None}])
def test_seeds_of_communities_are_whole_numbers(option):
    with pytest.raises(SilosError, match="is a whole number"):
        measures.communities(network(directed=False), **option)
