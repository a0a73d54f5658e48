"""Whether contact goes both ways."""

from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from silos.measures.basis import By, arcs, department_totals, quotient, ratio
from silos.measures.registry import measure
from silos.network import Network
from silos.system.arguments import one_of

PARTS = ("all", "within", "across")


def _returned(matrix: sparse.csr_array) -> sparse.csr_array:
    """min(x_ij, x_ji), N x N symmetric."""
    return sparse.csr_array(matrix.minimum(matrix.T))


@measure(
    levels=("organisation", "person"),
    directed=True,
    weighted=True,
    range="[0, 1]",
    high="what is sent is returned",
    low="contact goes one way",
    source="Wasserman & Faust 1994; Squartini et al. 2013 (weighted)",
)
def reciprocity(
    network: Network, *, by: By = "ties", level: Literal["organisation", "person"] = "organisation"
) -> float | pd.Series:
    """Reciprocity: the share of what is sent that is returned.

    By `ties`, the share of arcs i→j for which there is an arc j→i (R's sna `grecip(measure="edgewise")`, igraph's and
    networkx's `reciprocity`). By `volume`, Σ min(a_ij, a_ji) / W. For a person, of all arcs (volume) sent or received.
    An undirected network returns everything.

    Args:
        network: persons and ties.
        by: `ties` (0/1 arcs) or `volume` (weights of arcs).
        level: `organisation` or `person`.

    Returns:
        A float, or a Series by person; NaN without ties.

    Raises:
        SilosError: an unknown `by` or level.

    Source:
        S. Wasserman, K. Faust (1994), Social Network Analysis, chapter 13; T. Squartini, F. Picciolo, F. Ruzzenenti,
        D. Garlaschelli (2013), Reciprocity of weighted networks, Scientific Reports 3, for the volume.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([("ann", "bob"), ("bob", "cleo"), ("cleo", "bob")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> round(reciprocity(Network.from_networkx(graph)), 4)
        0.6667
        >>> reciprocity(Network.from_networkx(graph), level="person").round(4).to_dict()
        {'ann': 0.0, 'bob': 0.6667, 'cleo': 1.0, 'dan': nan}
    """
    one_of(level, ("organisation", "person"), "level")
    sent = arcs(network, by)
    returned = _returned(sent)
    if level == "organisation":
        return ratio(returned.sum(), sent.sum())
    both = np.asarray(sent.sum(axis=1)).ravel() + np.asarray(sent.sum(axis=0)).ravel()
    shares = quotient(2 * np.asarray(returned.sum(axis=1)).ravel(), both)
    return pd.Series(shares, index=network.people.index, name="reciprocity")


@measure(
    levels=("organisation", "department", "pair"),
    directed=True,
    weighted=True,
    range="[0, 1]",
    high="dialogue: as much comes back as goes out",
    low="broadcast: contact goes one way",
    source="Squartini et al. 2013",
)
def two_way_share(
    network: Network,
    *,
    by: By = "volume",
    level: Literal["organisation", "department", "pair"] = "organisation",
    part: Literal["all", "within", "across"] = "all",
) -> float | pd.Series | pd.DataFrame:
    """Two-way share: Σ min(a_ij, a_ji) / W, within and across departments.

    Args:
        network: persons and ties.
        by: `volume` (weights of arcs) or `ties` (0/1 arcs: the share of arcs that are returned).
        level: `organisation`; `department` (what its people send or receive); `pair` (what passes between the people
            of two departments, both directions).
        part: at the level of the organisation, over all ties, those within or those across departments.

    Returns:
        organisation: a float. department: DataFrame by department with the columns all, within, across. pair: K x K
        symmetric DataFrame; the diagonal is within departments. NaN where there is no tie.

    Raises:
        SilosError: an unknown `by`, level or part.

    Source:
        T. Squartini, F. Picciolo, F. Ruzzenenti, D. Garlaschelli (2013), Reciprocity of weighted networks, Scientific
        Reports 3.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([("ann", "bob"), ("bob", "ann"), ("bob", "cleo")])
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT"}, "department")
        >>> network = Network.from_networkx(graph)
        >>> two_way_share(network, part="within"), two_way_share(network, part="across")
        (1.0, 0.0)
        >>> two_way_share(network, level="department")
                         all  within  across
        department
        HR          0.666667     1.0     0.0
        IT          0.000000     NaN     0.0
    """
    one_of(level, ("organisation", "department", "pair"), "level")
    one_of(part, PARTS, "part")
    sent = arcs(network, by)
    returned, every = department_totals(network, _returned(sent)), department_totals(network, sent)
    if level == "organisation":
        inside = ratio(np.trace(returned), np.trace(every))
        outside = ratio(returned.sum() - np.trace(returned), every.sum() - np.trace(every))
        return {"all": ratio(returned.sum(), every.sum()), "within": inside, "across": outside}[part]
    # both directions of a pair of departments are one
    returned, every = returned + returned.T, every + every.T
    if level == "pair":
        return pd.DataFrame(quotient(returned, every), index=network.departments, columns=network.departments)
    # what stays within a department stands twice on the diagonal now, and is one of its parts
    kept, kept_returned = np.diag(every) / 2, np.diag(returned) / 2
    crossing, crossing_returned = every.sum(axis=1) - 2 * kept, returned.sum(axis=1) - 2 * kept_returned
    return pd.DataFrame(
        {
            "all": quotient(kept_returned + crossing_returned, kept + crossing),
            "within": quotient(kept_returned, kept),
            "across": quotient(crossing_returned, crossing),
        },
        index=network.departments,
    )
