"""What would be missing without a community, beside the whole two-mode network worked out the long way."""

import networkx as nx
import numpy as np
import pytest

from silos.measures.two_mode import community_binds


def by_the_long_way(counts: np.ndarray) -> list[float]:
    """By resistances in the graph of departments and communities, as networkx has them."""

    def conductances(rows: list[int]) -> np.ndarray:
        graph = nx.Graph()
        graph.add_nodes_from(f"d{at}" for at in range(counts.shape[1]))
        for row in rows:
            graph.add_weighted_edges_from(
                (f"c{row}", f"d{at}", counts[row, at]) for at in range(counts.shape[1]) if counts[row, at]
            )
        found = np.zeros((counts.shape[1],) * 2)
        for part in nx.connected_components(graph):
            distance = nx.resistance_distance(graph.subgraph(part), weight="weight", invert_weight=False)
            for a in range(counts.shape[1]):
                for b in range(a):
                    if {f"d{a}", f"d{b}"} <= part:
                        found[a, b] = 1 / distance[f"d{a}"][f"d{b}"]
        return found

    every = list(range(len(counts)))
    whole = conductances(every)
    joined = whole > 0
    return [float(np.mean(1 - conductances([c for c in every if c != one])[joined] / whole[joined])) for one in every]


@pytest.mark.parametrize("seed", range(4))
def test_as_by_the_long_way(seed):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(1.2, (7, 5)).astype(float)
    assert community_binds(counts) == pytest.approx(by_the_long_way(counts), abs=1e-6)


def test_what_nothing_else_joins_is_lost_wholly():
    # Two islands of two departments each, and one community within a department.
    counts = np.array([[4.0, 2, 0, 0], [0, 0, 3, 3], [0, 0, 2, 2], [9, 0, 0, 0]])
    first, second, third, own = community_binds(counts)
    assert first == pytest.approx(0.5)
    assert (second, third) == pytest.approx((0.3, 0.2))
    assert own == pytest.approx(0, abs=1e-6)


def test_only_those_asked_for():
    counts = np.random.default_rng(5).poisson(2.0, (6, 4)).astype(float)
    assert community_binds(counts, np.array([4, 1])) == pytest.approx(community_binds(counts)[[4, 1]])


def test_one_department_has_nothing_to_lose():
    assert np.isnan(community_binds(np.array([[3.0], [4.0]]))).all()
    assert np.isnan(community_binds(np.array([[3.0, 0], [0, 4.0]]))).all()
