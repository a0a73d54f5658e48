"""Brokerage roles (Gould & Fernandez 1989): whom a person stands between, and from which department to which."""

from collections.abc import Iterable, Iterator
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from silos.measures.basis import arcs
from silos.measures.registry import measure
from silos.measures.triangles import OrientedTies
from silos.network import Network
from silos.system.arguments import one_of

#: The five roles, in the order of R's sna (w_I, w_O, b_IO, b_OI, b_O).
ROLES = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison")
COLUMNS = (*ROLES, "total")
COORDINATOR, ITINERANT, REPRESENTATIVE, GATEKEEPER, LIAISON = range(5)

#: Role of the broker j in i→j→k, by 4·[i with j] + 2·[j with k] + [i with k]; some combinations cannot be.
_ROLE = np.array([LIAISON, ITINERANT, GATEKEEPER, -1, REPRESENTATIVE, -1, -1, COORDINATOR], dtype=np.int8)

#: Bits of a pair of persons: a tie there, a tie back.
_THERE, _BACK = 1, 2

#: Paths i→j→k as positions of their persons: i, j, k.
Paths = tuple[np.ndarray, ...]


def two_paths(sent: sparse.csr_array, membership: np.ndarray, departments: int, *, directed: bool) -> np.ndarray:
    """Paths i→j→k, i≠k, with or without i→k, by broker j and role: (N, 5)."""
    count = sent.shape[0]
    tail = np.repeat(np.arange(count), np.diff(sent.indptr))
    head = sent.indices
    same = membership[tail] == membership[head]
    out_same = np.bincount(tail[same], minlength=count)
    in_same = np.bincount(head[same], minlength=count)
    out_other = np.bincount(tail, minlength=count) - out_same
    in_other = np.bincount(head, minlength=count) - in_same
    # there and back again (i = k) is no path between two persons
    back_same, back_other = out_same, out_other
    if directed:
        mutual = sent.multiply(sent.T).tocoo()
        mutual_same = membership[mutual.row] == membership[mutual.col]
        back_same = np.bincount(mutual.row[mutual_same], minlength=count)
        back_other = np.bincount(mutual.row, minlength=count) - back_same
    # from a department and back to it: Σ_b (arcs from b)·(arcs to b) over the other departments b
    indicator = sparse.csr_array(
        (np.ones(count), membership, np.arange(count + 1)), shape=(count, departments), dtype=np.float64
    )
    to = sparse.csr_array(sent @ indicator)
    through = (to.multiply(sent.T @ indicator) if directed else to.power(2)).sum(axis=1)
    between = np.asarray(through).ravel() - in_same * out_same
    counts = np.empty((count, len(ROLES)))
    counts[:, COORDINATOR] = in_same * out_same - back_same
    counts[:, ITINERANT] = between - back_other
    counts[:, REPRESENTATIVE] = in_same * out_other
    counts[:, GATEKEEPER] = in_other * out_same
    counts[:, LIAISON] = in_other * out_other - between
    return counts


def closed_paths(sent: sparse.csr_array, *, directed: bool) -> Iterator[Paths]:
    """Paths i→j→k with i→k, in chunks of positions (i, j, k); each triangle of an undirected network in 3 of its 6."""
    # entries 1, 2, 3: sent this way, that way, both ways
    both = sparse.csr_array(_THERE * sent + _BACK * sent.T) if directed else sent
    both.sort_indices()
    ties = OrientedTies.of(both)
    way = ties.value.astype(np.int8)
    for uv, uw, vw in ties.triangles():
        u, v, w = ties.tail[uv], ties.tail[vw], ties.head[vw]
        if not directed:
            yield from ((u, v, w), (v, u, w), (u, w, v))
            continue
        to = [(way[tie] & _THERE).astype(bool) for tie in (uv, uw, vw)]
        fro = [(way[tie] & _BACK).astype(bool) for tie in (uv, uw, vw)]
        for (i, j, k), closed in (
            ((u, v, w), to[0] & to[2] & to[1]),
            ((w, v, u), fro[2] & fro[0] & fro[1]),
            ((v, u, w), fro[0] & to[1] & to[2]),
            ((w, u, v), fro[1] & to[0] & fro[2]),
            ((u, w, v), to[1] & fro[2] & to[0]),
            ((v, w, u), to[2] & fro[1] & fro[0]),
        ):
            where = np.flatnonzero(closed)
            yield i[where], j[where], k[where]


def by_role(paths: Paths, membership: np.ndarray) -> np.ndarray:
    """Number of paths (i, j, k) by broker j and role, (N, 5)."""
    source, broker, target = paths
    a, b, c = membership[source], membership[broker], membership[target]
    alike = (a == b).view(np.int8) << 2
    alike |= (b == c).view(np.int8) << 1
    alike |= (a == c).view(np.int8)
    cell = broker.astype(np.intp) * len(ROLES)
    cell += _ROLE[alike]
    return np.bincount(cell, minlength=len(membership) * len(ROLES)).reshape(-1, len(ROLES))


def role_counts(
    sent: sparse.csr_array,
    membership: np.ndarray,
    departments: int,
    closed: Iterable[Paths],
    *,
    directed: bool,
) -> np.ndarray:
    """Open paths by broker and role, (N, 6): the roles and their total."""
    shut = np.zeros((len(membership), len(ROLES)))
    for paths in closed:
        shut += by_role(paths, membership)
    if not directed:
        # each path also runs the other way, where the representative is a gatekeeper
        shut = shut + shut[:, [COORDINATOR, ITINERANT, GATEKEEPER, REPRESENTATIVE, LIAISON]]
    counts = two_paths(sent, membership, departments, directed=directed) - shut
    return np.column_stack([counts, counts.sum(axis=1)])


@measure(
    levels=("person", "department"),
    directed=True,
    weighted=False,
    range="0, 1, 2, ...",
    high="stands between many who are not in contact themselves",
    low="stands between nobody",
    source="Gould & Fernandez 1989",
)
def brokerage_roles(network: Network, *, level: Literal["person", "department"] = "person") -> pd.DataFrame:
    """Brokerage roles: how many open paths i→j→k (no i→k, i≠k) run through j, by the three departments.

    With the departments of i, j, k in this order: coordinator A A A, itinerant A B A, representative A A B (passes on
    from its own department), gatekeeper A B B (lets into its own department), liaison A B C. On 0/1 arcs; an undirected
    network counts each path in both directions, as R's sna does. sna's columns w_I, w_O, b_IO, b_OI, b_O, t are these.

    Args:
        network: persons and ties.
        level: `person`, or `department`: the sum over the brokers j of the department.

    Returns:
        DataFrame by person or department; columns coordinator, itinerant, representative, gatekeeper, liaison, total;
        whole numbers, 0 for persons without ties. Time goes with the number of triangles, memory with that of ties.

    Raises:
        SilosError: an unknown level.

    Source:
        R. V. Gould, R. M. Fernandez (1989), Structures of mediation: a formal approach to brokerage in transaction
        networks, Sociological Methodology 19.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([("ann", "bob"), ("bob", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> brokerage_roles(Network.from_networkx(graph)).loc["bob"].to_dict()
        {'coordinator': 0, 'itinerant': 0, 'representative': 1, 'gatekeeper': 0, 'liaison': 0, 'total': 1}
        >>> brokerage_roles(Network.from_networkx(graph), level="department")["total"].to_dict()
        {'HR': 1, 'IT': 0}
    """
    one_of(level, ("person", "department"), "level")
    sent = arcs(network, "ties")
    counts = role_counts(
        sent,
        network.membership,
        len(network.departments),
        closed_paths(sent, directed=network.directed),
        directed=network.directed,
    )
    index = network.people.index
    if level == "department":
        counts, index = network.indicator.T @ counts, network.departments
    return pd.DataFrame(counts.astype(np.int64), index=index, columns=list(COLUMNS))
