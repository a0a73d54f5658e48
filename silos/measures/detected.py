"""Detected communities: what groups people form by their contacts, whatever the departments say."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import igraph
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import adjusted_mutual_info_score, completeness_score, homogeneity_score

from silos.measures.basis import By, symmetric
from silos.measures.registry import measure
from silos.network import Network

SEEDS = 10


@dataclass(frozen=True, eq=False)
class Detection:
    """Partitions found with several seeds.

    Attributes:
        people: positions of the persons that have any tie; isolates are in no community.
        memberships: one array a seed, community by person (in the order of `people`), the best partition first.
        modularities: of each partition, in the same order.
    """

    people: np.ndarray
    memberships: tuple[np.ndarray, ...]
    modularities: tuple[float, ...]


def as_igraph(network: Network, *, by: By = "ties") -> tuple[igraph.Graph, list[float] | None]:
    """The undirected graph of the ties, with their weights (None by `ties`)."""
    upper = sparse.triu(symmetric(network, by), k=1).tocoo()
    graph = igraph.Graph(n=len(network), edges=np.column_stack([upper.row, upper.col]))
    return graph, upper.data.tolist() if by == "volume" else None


def leiden(graph: igraph.Graph, weights: Sequence[float] | None, seed: int) -> tuple[np.ndarray, float]:
    """The partition of highest modularity that Leiden finds from one seed, and its modularity."""
    igraph.set_random_number_generator(random.Random(seed))
    try:
        found = graph.community_leiden(objective_function="modularity", weights=weights, n_iterations=3)
    finally:
        igraph.set_random_number_generator(random)
    membership = np.asarray(found.membership)
    return membership, float(graph.modularity(membership.tolist(), weights=weights))


def detect(network: Network, *, by: By = "ties", seeds: int = SEEDS, seed: int = 0) -> Detection:
    """Communities by Leiden (modularity) from several seeds, best first."""
    graph, strengths = as_igraph(network, by=by)
    connected = np.flatnonzero(np.asarray(graph.degree()) > 0)
    runs = [leiden(graph, strengths, seed * SEEDS + run) for run in range(seeds)]
    runs.sort(key=lambda run: -run[1])
    return Detection(connected, tuple(run[0][connected] for run in runs), tuple(run[1] for run in runs))


def agreement(departments: np.ndarray, communities: np.ndarray) -> dict[str, float]:
    """How far communities are departments: AMI, homogeneity, completeness (scikit-learn).

    Returns:
        `ami` (adjusted for chance, 1 the same, 0 unrelated), `homogeneity` (a community holds one department only),
        `completeness` (a department lies in one community only). NaN without people.
    """
    if len(departments) == 0:
        return dict.fromkeys(("ami", "homogeneity", "completeness"), float("nan"))
    return {
        "ami": float(adjusted_mutual_info_score(departments, communities)),
        "homogeneity": float(homogeneity_score(departments, communities)),
        "completeness": float(completeness_score(departments, communities)),
    }


@measure(
    levels=("person",),
    directed=False,
    weighted=True,
    range="1, 2, ...",
    high="(a label, not a quantity: 1 is the largest community)",
    low="(a label)",
    source="Traag, Waltman & van Eck 2019 (Leiden); Newman & Girvan 2004 (modularity)",
)
def communities(network: Network, *, by: By = "ties", seeds: int = SEEDS, seed: int = 0) -> pd.Series:
    """Detected communities: the partition of highest modularity among Leiden runs from several seeds.

    Args:
        network: persons and ties.
        by: `ties` or `volume`.
        seeds: number of runs.
        seed: of the random numbers.

    Returns:
        Series by person of community numbers from 1, the largest first; missing for people without ties.

    Raises:
        SilosError: an unknown `by`.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.disjoint_union(nx.complete_graph(4), nx.complete_graph(3))
        >>> graph.add_node(99)
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> communities(Network.from_networkx(graph)).tolist()
        [1, 1, 1, 1, 2, 2, 2, <NA>]
    """
    labels = pd.array([pd.NA] * len(network), dtype="Int64")
    if network.ties:
        found = detect(network, by=by, seeds=seeds, seed=seed)
        labels[found.people] = by_size(found.memberships[0])
    return pd.Series(labels, index=network.people.index, name="community")


def by_size(membership: np.ndarray) -> np.ndarray:
    """The same partition numbered from 1 by falling size; ties go to the community of the first person."""
    _, first, inverse, counts = np.unique(membership, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -counts))
    rank = np.empty(len(counts), dtype=np.intp)
    rank[order] = np.arange(1, len(counts) + 1)
    return rank[inverse]
