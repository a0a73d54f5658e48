"""Structural holes (Burt 1992): how far a person's contacts are already in contact with one another."""

import numpy as np
import pandas as pd

from silos.measures.basis import By, quotient, symmetric
from silos.measures.registry import measure
from silos.measures.triangles import OrientedTies
from silos.network import Network

SOURCE = "Burt 1992, Structural Holes, chapter 2"


def _constraint(ties: OrientedTies, strength: np.ndarray) -> np.ndarray:
    # p_ij along the tie, and against it: the share of a person's contact that goes to the other
    there, back = ties.value / strength[ties.tail], ties.value / strength[ties.head]
    count = len(ties.tail)
    via_there, via_back = np.zeros(count), np.zeros(count)
    for uv, uw, vw in ties.triangles():
        p_uv, p_vu, p_uw, p_wu, p_vw, p_wv = there[uv], back[uv], there[uw], back[uw], there[vw], back[vw]
        via_there += np.bincount(uv, p_uw * p_wv, count)
        via_back += np.bincount(uv, p_vw * p_wu, count)
        via_there += np.bincount(uw, p_uv * p_vw, count)
        via_back += np.bincount(uw, p_wv * p_vu, count)
        via_there += np.bincount(vw, p_vu * p_uw, count)
        via_back += np.bincount(vw, p_wu * p_uv, count)
    return np.bincount(ties.tail, (there + via_there) ** 2, ties.count) + np.bincount(
        ties.head, (back + via_back) ** 2, ties.count
    )


def contact_holes(network: Network) -> tuple[pd.Series, pd.Series]:
    """`constraint` and `effective_size` by ties, of one search for triangles."""
    degree = np.diff(network.contacts.indptr)
    ties = OrientedTies.of(network.contacts)
    # All weights alike: the constraint is (1/n_i)² Σ_j (1 + Σ_q 1/n_q)², and what is in the brackets is the same for
    # both ends of a tie; what is redundant is 2 x ties among the contacts / contacts (Borgatti 1997).
    contacts = np.where(degree > 0, degree, 1)
    share = 1 / contacts
    via, triangles = np.ones(len(ties.tail)), np.zeros(ties.count)
    for uv, uw, vw in ties.triangles():
        u, v, w = ties.tail[uv], ties.tail[vw], ties.head[vw]
        via += np.bincount(uv, share[w], len(via))
        via += np.bincount(uw, share[v], len(via))
        via += np.bincount(vw, share[u], len(via))
        for person in (u, v, w):
            triangles += np.bincount(person, minlength=ties.count)
    ends = np.bincount(ties.tail, via**2, ties.count) + np.bincount(ties.head, via**2, ties.count)
    people, known = network.people.index, degree > 0
    return (
        pd.Series(np.where(known, ends * share**2, np.nan), index=people, name="constraint"),
        pd.Series(np.where(known, degree - 2 * triangles / contacts, np.nan), index=people, name="effective_size"),
    )


def _redundancy(ties: OrientedTies, strength: np.ndarray) -> np.ndarray:
    strongest = np.zeros(ties.count)
    np.maximum.at(strongest, ties.tail, ties.value)
    np.maximum.at(strongest, ties.head, ties.value)
    p_there, p_back = ties.value / strength[ties.tail], ties.value / strength[ties.head]
    m_there, m_back = ties.value / strongest[ties.tail], ties.value / strongest[ties.head]
    redundancy = np.zeros(ties.count)
    for uv, uw, vw in ties.triangles():
        u, v, w = ties.tail[uv], ties.tail[vw], ties.head[vw]
        redundancy += np.bincount(u, p_there[uw] * m_there[vw] + p_there[uv] * m_back[vw], ties.count)
        redundancy += np.bincount(v, p_there[vw] * m_there[uw] + p_back[uv] * m_back[uw], ties.count)
        redundancy += np.bincount(w, p_back[vw] * m_there[uv] + p_back[uw] * m_back[uv], ties.count)
    return redundancy


@measure(
    levels=("person",),
    directed=False,
    weighted=True,
    range="(0, 9/8] by ties, (0, 2] by volume",
    high="contacts are few, or in contact with one another: no structural holes to bridge",
    low="contacts are many and do not know one another",
    source=SOURCE,
)
def constraint(network: Network, *, by: By = "ties") -> pd.Series:
    """Burt's constraint: how far a person's contacts lead back to one another.

    C_i = Σ_{j∈N(i)} (p_ij + Σ_{q≠i,j} p_iq p_qj)², p_ij = b_ij / Σ_k b_ik, with b = B (`ties`) or b = A + Aᵀ
    (`volume`). Equal to igraph's and networkx's `constraint`, which on a directed graph add up both directions: their
    value for a 0/1 directed graph is the one by `volume` here.

    Args:
        network: persons and ties; direction does not matter, as both directions are summed.
        by: `ties` (0/1 contacts) or `volume` (weights of both directions).

    Returns:
        Series by person, NaN for a person without ties. Up to 1 for most; two contacts who are in contact give 9/8.
        Time goes with the number of triangles, memory with the number of ties.

    Raises:
        SilosError: an unknown `by`.

    Source:
        R. S. Burt (1992), Structural Holes: The Social Structure of Competition, chapter 2.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("ann", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> constraint(Network.from_networkx(graph)).to_dict()
        {'ann': 0.5, 'bob': 1.0, 'cleo': 1.0, 'dan': nan}
    """
    if by == "ties":
        return contact_holes(network)[0]
    matrix = symmetric(network, by)
    values = _constraint(OrientedTies.of(matrix), np.asarray(matrix.sum(axis=1)).ravel())
    values = np.where(np.diff(matrix.indptr) > 0, values, np.nan)
    return pd.Series(values, index=network.people.index, name="constraint")


@measure(
    levels=("person",),
    directed=False,
    weighted=True,
    range="[1, number of contacts]; with weights 0 and up",
    high="many contacts that do not duplicate one another",
    low="few contacts, or all of one circle",
    source=SOURCE + "; Borgatti 1997",
)
def effective_size(network: Network, *, by: By = "ties") -> pd.Series:
    """Burt's effective size: a person's contacts less what is redundant among them.

    ES_i = Σ_{j∈N(i)} [1 − Σ_{q≠i,j} p_iq m_jq], p_iq = b_iq / Σ_k b_ik, m_jq = b_jq / max_k b_jk (k over all of j's
    contacts), b = B (`ties`) or A + Aᵀ (`volume`). By ties it is n − 2t/n for n contacts with t ties among them
    (Borgatti 1997). Equal to networkx's `effective_size(G, nodes=list(G))`.

    Args:
        network: persons and ties.
        by: `ties` or `volume`.

    Returns:
        Series by person, NaN for a person without ties.

    Raises:
        SilosError: an unknown `by`.

    Source:
        R. S. Burt (1992), Structural Holes, chapter 2; S. P. Borgatti (1997), Structural holes: unpacking Burt's
        redundancy measures, Connections 20.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("ann", "cleo"), ("bob", "cleo"), ("ann", "eve")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> effective_size(Network.from_networkx(graph)).round(3).to_dict()
        {'ann': 2.333, 'bob': 1.0, 'cleo': 1.0, 'eve': 1.0, 'dan': nan}
    """
    if by == "ties":
        return contact_holes(network)[1]
    matrix = symmetric(network, by)
    degree = np.diff(matrix.indptr)
    redundant = _redundancy(OrientedTies.of(matrix), np.asarray(matrix.sum(axis=1)).ravel())
    values = np.where(degree > 0, degree - redundant, np.nan)
    return pd.Series(values, index=network.people.index, name="effective_size")


@measure(
    levels=("person",),
    directed=False,
    weighted=True,
    range="(0, 1] by ties; [0, 1] with weights",
    high="no contact duplicates another",
    low="contacts are all of one circle",
    source=SOURCE,
)
def efficiency(network: Network, *, by: By = "ties") -> pd.Series:
    """Burt's efficiency: effective size over number of contacts.

    Args:
        network: persons and ties.
        by: `ties` or `volume` (of the effective size).

    Returns:
        Series by person, NaN for a person without ties.

    Raises:
        SilosError: an unknown `by`.

    Source:
        R. S. Burt (1992), Structural Holes, chapter 2.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(4)
        >>> graph.add_node("apart")
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> efficiency(Network.from_networkx(graph)).to_list()
        [0.3333333333333333, 0.3333333333333333, 0.3333333333333333, 0.3333333333333333, nan]
    """
    degree = np.diff(network.contacts.indptr)
    return pd.Series(
        quotient(effective_size(network, by=by).to_numpy(), degree), index=network.people.index, name="efficiency"
    )
