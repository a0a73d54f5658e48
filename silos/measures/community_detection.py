"""Detected communities: the groups that people form through their contacts, regardless of departments."""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from scipy import sparse

from silos.measures.basis import By, symmetric
from silos.measures.registry import measure
from silos.network import Network
from silos.system.arguments import whole
from silos.system.helpers import elsewhere, helped

if TYPE_CHECKING:
    import igraph

#: Runs of Leiden where the measure is asked for by itself.
SEEDS = 10
#: Ties handed to igraph at a time; changes no result.
SOME = 1 << 16
#: Iterations of Leiden, by the number of ties up to which there are so many: on millions of ties a third one takes
#: another third of the time and adds less than a hundredth to the modularity.
ITERATIONS = ((300_000, 3), (float("inf"), 2))


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


@dataclass(frozen=True, eq=False)
class Graph:
    """An undirected graph as Leiden takes it.

    Attributes:
        i, j: the ends of each tie.
        strengths: the weight of each tie; None where all weigh the same.
        graph: of the same ties.
    """

    i: np.ndarray
    j: np.ndarray
    strengths: np.ndarray | None
    graph: "igraph.Graph"

    @classmethod
    def of(cls, i: np.ndarray, j: np.ndarray, people: int, strengths: np.ndarray | None = None) -> "Graph":
        """The graph of these ties."""
        load_igraph()
        import igraph

        return cls(i, j, strengths, igraph.Graph(n=people, edges=each_tie(i, j)))

    @cached_property
    def weights(self) -> np.ndarray:
        """The weight of each tie."""
        return np.ones(len(self.i)) if self.strengths is None else self.strengths

    @cached_property
    def contacts(self) -> np.ndarray:
        """What all ties of each person weigh together."""
        people = self.graph.vcount()
        return np.bincount(self.i, self.weights, people) + np.bincount(self.j, self.weights, people)

    def modularity(self, membership: np.ndarray) -> float:
        """Q = Σ inside / W − Σ_c (strength of c / 2W)²; NaN without ties."""
        total = float(self.weights.sum())
        if not total:
            return float("nan")
        inside = float(self.weights[membership[self.i] == membership[self.j]].sum())
        return inside / total - float(((np.bincount(membership, self.contacts) / (2 * total)) ** 2).sum())


def load_igraph(*, draws: bool | None = None) -> None:
    """Load igraph, if it is not there yet: only those should wait for it who need it.

    It loads all of matplotlib where that is installed, to draw graphs, unless this process draws none.

    Args:
        draws: whether it does; unless given, it does where nobody else helps with it.
    """
    if "igraph" not in sys.modules and (helped() if draws is None else not draws):
        matplotlib = sys.modules.get("matplotlib")
        cast(Any, sys.modules)["matplotlib"] = None
        try:
            import igraph  # noqa: F401
        finally:
            del sys.modules["matplotlib"]
            if matplotlib is not None:
                sys.modules["matplotlib"] = matplotlib


def each_tie(i: np.ndarray, j: np.ndarray) -> Iterator[tuple[int, int]]:
    """Ties one by one: igraph makes a list of lists of an array, and Python looks through all of them for garbage."""
    for first in range(0, len(i), SOME):
        part = slice(first, first + SOME)
        yield from zip(i[part].tolist(), j[part].tolist(), strict=True)


def graph_of(network: Network, *, by: By = "ties") -> Graph:
    """The undirected graph of the ties, with their weights (the same for all by `ties`)."""
    upper = sparse.triu(symmetric(network, by), k=1).tocoo()
    return Graph.of(upper.row, upper.col, len(network), upper.data if by == "volume" else None)


def leiden(graph: Graph, seed: int) -> tuple[np.ndarray, float]:
    """The partition of highest modularity that Leiden finds from one seed, and its modularity."""
    import igraph

    iterations = next(number for ties, number in ITERATIONS if len(graph.i) <= ties)
    igraph.set_random_number_generator(random.Random(seed))
    try:
        strengths = None if graph.strengths is None else graph.strengths.tolist()
        found = graph.graph.community_leiden(
            objective_function="modularity", weights=strengths, n_iterations=iterations
        )
    finally:
        igraph.set_random_number_generator(random)
    membership = np.asarray(found.membership)
    return membership, graph.modularity(membership)


def detect(network: Network, *, by: By = "ties", seeds: int = SEEDS, seed: int = 0) -> Detection:
    """Communities by Leiden (modularity) from several seeds, best first."""
    seeds, seed = whole(seeds, "seeds", least=1), whole(seed, "seed", least=0)
    return detected(graph_of(network, by=by), seeds=seeds, seed=seed)


def detected(graph: Graph, *, seeds: int, seed: int) -> Detection:
    """Communities of a graph by Leiden from several seeds, best first."""
    connected = np.flatnonzero(graph.contacts > 0)
    runs = [leiden(graph, seed * SEEDS + run) for run in range(seeds)]
    runs.sort(key=lambda run: -run[1])
    return Detection(connected, tuple(run[0][connected] for run in runs), tuple(run[1] for run in runs))


def agreement(departments: np.ndarray, communities: np.ndarray) -> dict[str, float]:
    """How far communities are departments: AMI, homogeneity, completeness.

    scikit-learn's, of the mutual information I of the two partitions and their entropies H: homogeneity
    I/H(departments), completeness I/H(communities) (Rosenberg & Hirschberg 2007), and AMI = (I − E[I])/(mean H − E[I]),
    E over partitions of the same sizes drawn at random (Vinh, Epps & Bailey 2010).

    Args:
        departments, communities: the number of each person's, from 0.

    Returns:
        `ami` (adjusted for chance, 1 the same, 0 unrelated), `homogeneity` (a community holds one department only),
        `completeness` (a department lies in one community only). NaN without people.

    Examples:
        >>> found = agreement(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 2]))
        >>> {name: round(value, 3) for name, value in found.items()}
        {'ami': 0.571, 'homogeneity': 1.0, 'completeness': 0.667}
    """
    if len(departments) == 0:
        return dict.fromkeys(("ami", "homogeneity", "completeness"), float("nan"))
    return elsewhere(_agreement, departments, communities)()


def _agreement(departments: np.ndarray, communities: np.ndarray) -> dict[str, float]:
    # It takes 0.6 CPU seconds to load, which nothing else should wait for.
    from sklearn import metrics

    homogeneity, completeness, _ = metrics.homogeneity_completeness_v_measure(departments, communities)
    return {
        "ami": float(metrics.adjusted_mutual_info_score(departments, communities)),
        "homogeneity": float(homogeneity),
        "completeness": float(completeness),
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
        by: `ties` (0/1 contacts) or `volume` (weights of both directions).
        seeds: number of runs.
        seed: of the random numbers.

    Returns:
        Series by person of community numbers from 1, the largest first; missing for people without ties.

    Raises:
        SilosError: an unknown `by`, or no number of seeds.

    Source:
        V. A. Traag, L. Waltman, N. J. van Eck (2019), From Louvain to Leiden: guaranteeing well-connected communities,
        Scientific Reports 9; M. E. J. Newman, M. Girvan (2004), Finding and evaluating community structure in networks,
        Physical Review E 69, for modularity.

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
