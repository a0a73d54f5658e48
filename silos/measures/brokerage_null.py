"""Brokerage expected by chance: random arcs (Gould & Fernandez 1989) or random departments."""

from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
import pandas as pd

from silos.measures.basis import arcs, quotient
from silos.measures.brokerage import COLUMNS, Paths, closed_paths, role_counts
from silos.measures.registry import measure
from silos.network import Network
from silos.system.arguments import one_of, whole

Level = Literal["person", "department", "organisation"]
LEVELS: tuple[Level, ...] = ("person", "department", "organisation")
STATISTICS = ("expectation", "sd", "z")


class _RandomArcs:
    """Moments of the role counts where every arc is there with probability d, independently of all others.

    An open path has the probability p = d²(1−d). Two of them that share an arc are correlated:

    - an arc of the path in both (same source and broker, same broker and target, or end to end): d³(1−d)³
    - the same source and target, another broker: d⁵(1−d)
    - the open side of one is an arc of the other: they exclude each other, −d⁴(1−d)²

    so a variance is T·p(1−p) plus these, each times the number of ordered pairs of paths.
    """

    def __init__(self, sizes: np.ndarray, density: float) -> None:
        self.n = sizes.astype(np.float64)
        self.total = float(self.n.sum())
        self.path = density**2 * (1 - density)
        self.shared = density**3 * (1 - density) ** 3
        self.parallel = density**5 * (1 - density)
        self.excluded = density**4 * (1 - density) ** 2
        # the people of third departments, for each pair of departments; none for a department with itself
        rest = self.total - self.n[:, None] - self.n[None, :]
        np.fill_diagonal(rest, 0)
        self.rest = rest

    def _moments(self, rows: list[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, np.ndarray]:
        # rows: per role the number of paths and of their ordered pairs that share an arc, run parallel, exclude
        table = np.stack([np.broadcast_arrays(*row) for row in rows], axis=-1).astype(np.float64)
        paths, shared, parallel, excluded = table
        variance = (
            paths * self.path * (1 - self.path)
            + shared * self.shared
            + parallel * self.parallel
            - excluded * self.excluded
        )
        return paths * self.path, np.sqrt(np.maximum(variance, 0))

    def person(self) -> tuple[np.ndarray, np.ndarray]:
        """Expectation and sd of the counts of one broker in each department, (K, 6) each."""
        n, total, rest = self.n, self.total, self.rest
        none = np.zeros_like(n)
        others = n * (n - 1)
        triples = others * (n - 2)
        mixed = (n - 1) * (total - n)
        liaison = rest @ n
        return self._moments(
            [
                ((n - 1) * (n - 2), 2 * (n - 1) * (n - 2) * (n - 3), none, none),
                (others.sum() - others, 2 * (triples.sum() - triples), none, none),
                (mixed, mixed * (total - 3), none, none),
                (mixed, mixed * (total - 3), none, none),
                (liaison, 2 * ((rest * (rest - 1)) @ n), none, none),
                ((total - 1) * (total - 2) + none, 2 * (total - 1) * (total - 2) * (total - 3) + none, none, none),
            ]
        )

    def department(self) -> tuple[np.ndarray, np.ndarray]:
        """Expectation and sd of the counts summed over all brokers of each department, (K, 6) each."""
        n, total, rest = self.n, self.total, self.rest
        none = np.zeros_like(n)
        others = n * (n - 1)
        triples = others * (n - 2)
        within, itinerant = triples, n * (others.sum() - others)
        mixed = others * (total - n)
        liaison = n * (rest @ n)
        every, pairs = n * (total - 1) * (total - 2), others * (total - 2)
        return self._moments(
            [
                (within, within * (4 * n - 10), within * (n - 3), within * (4 * n - 10)),
                (itinerant, 2 * n * (triples.sum() - triples), itinerant * (n - 1), none),
                (mixed, mixed * (total - 3), mixed * (n - 2), mixed * (2 * n - 3)),
                (mixed, mixed * (total - 3), mixed * (n - 2), mixed * (2 * n - 3)),
                (liaison, 2 * n * ((rest * (rest - 1)) @ n), liaison * (n - 1), none),
                (
                    every,
                    every * 2 * (total - 3) + 2 * pairs * (total - 2),
                    pairs * (total - 3),
                    pairs * (4 * total - 10),
                ),
            ]
        )

    def organisation(self) -> tuple[np.ndarray, np.ndarray]:
        """Expectation and sd of the counts summed over all brokers, (1, 6) each, as published.

        Of the pairs of paths that exclude each other, the published variance leaves out those over the same three
        persons for the coordinator and the total, and all of them for representative and gatekeeper (whose sd comes
        out up to a sixth too large). Kept, as these are the numbers that people compare with.
        """
        n, total, rest = self.n, self.total, self.rest
        others = n * (n - 1)
        within = others * (n - 2)
        mixed = others * (total - n)
        # i→j→k and i'→i→j, both from a department through another and back to it
        end_to_end = float(others.sum() ** 2 - (others**2).sum())
        outer = np.outer(n, n)
        np.fill_diagonal(outer, 0)
        every = total * (total - 1) * (total - 2)
        liaison = (outer * rest).sum()
        rows = [
            (
                within.sum(),
                (within * (4 * n - 10)).sum(),
                (within * (n - 3)).sum(),
                (within * 4 * (n - 3)).sum(),
            ),
            (
                mixed.sum(),
                (mixed * 2 * (n - 2)).sum() + 2 * end_to_end,
                (mixed * (total - n - 1)).sum(),
                0.0,
            ),
            (mixed.sum(), (mixed * (total - 3)).sum(), (mixed * (n - 2)).sum(), 0.0),
            (mixed.sum(), (mixed * (total - 3)).sum(), (mixed * (n - 2)).sum(), 0.0),
            (
                liaison,
                (outer * rest * (4 * rest - 2)).sum(),
                (outer * rest * (rest - 1)).sum(),
                (outer * rest * (4 * rest - 2)).sum(),
            ),
            (every, every * (4 * total - 10), every * (total - 3), every * 4 * (total - 3)),
        ]
        return self._moments([tuple(np.array([value]) for value in row) for row in rows])


def _department_sums(counts: np.ndarray, membership: np.ndarray, departments: int, level: Level) -> np.ndarray:
    if level == "person":
        return counts
    if level == "organisation":
        return np.asarray(counts.sum(axis=0, keepdims=True))
    sums = [np.bincount(membership, weights=column, minlength=departments) for column in counts.T]
    return np.asarray(np.column_stack(sums))


@measure(
    levels=("person", "department", "organisation"),
    directed=True,
    weighted=False,
    range="expectation, sd: [0, ∞); z: (-∞, ∞)",
    high="(z) brokers more in this role than chance would have it",
    low="(z) brokers less in this role than chance would have it",
    source="Gould & Fernandez 1989",
)
def brokerage_expectation(
    network: Network,
    *,
    level: Level = "person",
    method: Literal["arcs", "departments"] = "arcs",
    shuffles: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """What chance would give of each brokerage role, and how far the observed count is from it.

    Two null models:

    - `arcs` (Gould and Fernandez, closed form): the departments stay, each arc is there with the probability of the
      network's density. Equal to R's sna: at level person its exp.nli, sd.nli, z.nli, at level organisation its
      exp.gli, sd.gli, z.gli (whose published sd of representative and gatekeeper is somewhat too large); at level
      department exact, for the sum over the department's brokers. It asks whether somebody has more open paths *and*
      in which role: busy people have a high z in every role.
    - `departments` (label permutation): the arcs stay, the departments are shuffled, sizes kept. It asks only how
      the open paths a person has are spread over the roles; their total does not vary, so its sd is 0 at the levels of
      person and organisation and its z undefined. Expectation and sd are those of `shuffles` draws.

    Args:
        network: persons and ties; an undirected one counts each path in both directions.
        level: `person`, `department` (sum over its brokers) or `organisation` (sum over all).
        method: `arcs` or `departments`.
        shuffles: draws of the label permutation, 2 or more. Each takes the time of one pass over all closed paths,
            which are kept in memory: 12 bytes each.
        seed: of the random numbers.

    Returns:
        DataFrame by person, department or with the one row `organisation`; columns of two levels: expectation, sd, z by
        coordinator, itinerant, representative, gatekeeper, liaison, total. z is NaN where the sd is 0. Without arcs, or
        with fewer than two people, NaN throughout by `arcs`.

    Raises:
        SilosError: an unknown level or method, or fewer than 2 shuffles.

    Source:
        R. V. Gould, R. M. Fernandez (1989), Structures of mediation, Sociological Methodology 19.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (3, 0)])
        >>> nx.set_node_attributes(graph, {0: "HR", 1: "HR", 2: "IT", 3: "IT"}, "department")
        >>> table = brokerage_expectation(Network.from_networkx(graph))
        >>> table.loc[1, "expectation"]["gatekeeper"].item(), table.loc[1, "z"]["gatekeeper"].item()
        (0.25, -0.5)
        >>> table["z"]["liaison"].tolist()
        [nan, nan, nan, nan]
    """
    one_of(level, LEVELS, "level")
    one_of(method, ("arcs", "departments"), "method")
    # A standard deviation needs two.
    shuffles, seed = whole(shuffles, "shuffles", least=2), whole(seed, "seed", least=0)
    people, departments, membership = len(network), len(network.departments), network.membership
    sent = arcs(network, "ties")
    shut: Iterable[Paths] = closed_paths(sent, directed=network.directed)
    if method == "departments":
        # the same paths for every draw
        shut = [tuple(ends.astype(np.int32) for ends in paths) for paths in shut]

    def counts(labels: np.ndarray) -> np.ndarray:
        every = role_counts(sent, labels, departments, shut, directed=network.directed)
        return _department_sums(every, labels, departments, level)

    observed = counts(membership)
    if method == "departments":
        expectation, sd = _shuffled(counts, membership, observed.shape, shuffles, seed)
    elif sent.nnz == 0:
        expectation, sd = np.full(observed.shape, np.nan), np.full(observed.shape, np.nan)
    else:
        null = _RandomArcs(network.sizes, sent.nnz / (people * (people - 1)))
        expectation, sd = getattr(null, level)()
        if level == "person":
            expectation, sd = expectation[membership], sd[membership]
    index = {"person": network.people.index, "department": network.departments}.get(level, pd.Index(["organisation"]))
    columns = pd.MultiIndex.from_product([STATISTICS, COLUMNS], names=["statistic", "role"])
    table = np.column_stack([expectation, sd, quotient(observed - expectation, sd)])
    return pd.DataFrame(table, index=index, columns=columns)


def _shuffled(
    counts: Callable[[np.ndarray], np.ndarray],
    membership: np.ndarray,
    shape: tuple[int, ...],
    shuffles: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (n − 1) of `counts` over label permutations, by Welford's recurrence."""
    rng = np.random.default_rng(seed)
    mean, spread = np.zeros(shape), np.zeros(shape)
    for drawn in range(1, shuffles + 1):
        value = counts(rng.permutation(membership))
        step = value - mean
        mean += step / drawn
        spread += step * (value - mean)
    return mean, np.sqrt(spread / (shuffles - 1))
