"""How departments mix: the mixing matrix and the measures derived from it.

The formulas that the bootstrap repeats (`log_density_ratios`, `ei_indices` and so on) take arrays of any leading
shape, so that one call serves the estimate and all its replicates.
"""

from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from silos.measures.basis import By, department_totals, totals_across, weights
from silos.measures.registry import measure
from silos.network import Network
from silos.system.arguments import one_of

#: Rounds after which an iteration never converges.
ROUNDS = 2_000
#: Miss of a person's margin, of all that is sent, at which the gravity expectation has arrived.
MISS = 1e-10


@measure(
    levels=("pair",),
    directed=True,
    weighted=True,
    range="[0, ∞)",
    high="the two departments are much in contact",
    low="they are hardly in contact",
    source="Krackhardt & Stern 1988; Newman 2003",
)
def mixing_matrix(network: Network, *, by: By = "ties") -> pd.DataFrame:
    """Contacts within and between departments: M = HᵀXH, H the departments of persons, X what passes between them.

    Args:
        network: persons and ties.
        by: `ties` counts pairs of persons in contact (Y: symmetric; a tie inside a department counts twice, once from
            each end); `volume` adds up the weights of arcs, rows sending to columns.

    Returns:
        K x K DataFrame; the sum of all cells is twice the number of ties, or the total volume W.

    Raises:
        SilosError: an unknown `by`.

    Source:
        M. E. J. Newman (2003), Mixing patterns in networks, Physical Review E 67.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([("ann", "bob"), ("bob", "ann"), ("bob", "cleo")])
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT"}, "department")
        >>> mixing_matrix(Network.from_networkx(graph), by="volume")
        department   HR   IT
        department
        HR          2.0  1.0
        IT          0.0  0.0
    """
    return pd.DataFrame(
        department_totals(network, weights(network, by)), index=network.departments, columns=network.departments
    )


@measure(
    levels=("organisation", "department", "person"),
    directed=False,
    weighted=True,
    range="[-1, 1]",
    high="contacts go across departments",
    low="contacts stay within departments",
    source="Krackhardt & Stern 1988",
)
def ei_index(
    network: Network,
    *,
    by: By = "ties",
    level: Literal["organisation", "department", "person"] = "organisation",
) -> float | pd.Series:
    """E-I index: (external − internal) / (external + internal).

    By `ties` every pair of persons in contact counts once; by `volume` the weights of the arcs count. Both are worth
    reading: with few strong ties inside and many weak ones across, they have opposite signs. A department of few people
    is external by arithmetic, so this is no measure to rank departments by (see `insularity`).

    Args:
        network: persons and ties.
        by: `ties` or `volume`.
        level: `organisation` gives a float; `department` and `person` a Series, where a tie across counts for both.

    Returns:
        A value in [-1, 1], NaN where there is no tie.

    Raises:
        SilosError: an unknown `by` or level.

    Source:
        D. Krackhardt, R. N. Stern (1988), Informal networks and organizational crises, Social Psychology Quarterly 51.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("bob", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> network = Network.from_networkx(graph)
        >>> ei_index(network)
        0.0
        >>> ei_index(network, level="person").to_dict()
        {'ann': -1.0, 'bob': 0.0, 'cleo': 1.0, 'dan': nan}
    """
    one_of(level, ("organisation", "department", "person"), "level")
    matrix = weights(network, by)
    if level == "organisation":
        mixing = department_totals(network, matrix)
        total = mixing.sum()
        return float(1 - 2 * np.trace(mixing) / total) if total > 0 else float("nan")
    symmetric = sparse.csr_array(matrix + matrix.T)
    if level == "department":
        mixing = department_totals(network, symmetric)
        # Both ends of an internal tie are here, one end of an external one.
        internal, total = np.diag(mixing) / 2, mixing.sum(axis=1) - np.diag(mixing) / 2
        return pd.Series(_share_difference(internal, total), index=network.departments, name="ei_index")
    total = np.asarray(symmetric.sum(axis=1), dtype=np.float64).ravel()
    rows = np.repeat(np.arange(len(network)), np.diff(symmetric.indptr))
    same = network.membership[rows] == network.membership[symmetric.indices]
    inside = np.bincount(rows[same], weights=symmetric.data[same], minlength=len(network))
    return pd.Series(_share_difference(inside, total), index=network.people.index, name="ei_index")


def ei_indices(mixing: np.ndarray) -> np.ndarray:
    """E-I index of the organisation from symmetric mixing matrices, inside counted twice; (..., K, K) to (...)."""
    return 1 - 2 * np.trace(mixing, axis1=-2, axis2=-1) / mixing.sum(axis=(-2, -1))


def modularities(mixing: np.ndarray) -> np.ndarray:
    """Modularity of the departments from the same matrices; (..., K, K) to (...)."""
    total = mixing.sum(axis=(-2, -1))
    inside = np.trace(mixing, axis1=-2, axis2=-1) / total
    return np.asarray(inside - (mixing.sum(axis=-1) ** 2).sum(axis=-1) / total**2)


def _share_difference(internal: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.divide(total - 2 * internal, total, out=np.full(total.shape, np.nan), where=total > 0)


def log_density_ratios(mixing: np.ndarray, within: np.ndarray, across: np.ndarray) -> np.ndarray:
    """ln of the density of ties within each department over the density of its ties to all others.

    Args:
        mixing: (..., K, K) Y, ties inside counted twice.
        within: (..., K) ordered pairs of persons inside, n(n−1).
        across: (..., K) ordered pairs with one inside, n(N−n).

    Returns:
        (..., K), NaN where a department has no pair of persons inside, or nobody outside, or no tie at all.
    """
    internal = np.diagonal(mixing, axis1=-2, axis2=-1)
    external = totals_across(mixing)
    known = (within > 0) & (across > 0) & (internal + external > 0)
    ratio = np.log((internal + 0.5) / (within + 0.5)) - np.log((external + 0.5) / (across + 0.5))
    return np.where(known, ratio, np.nan)


@measure(
    levels=("department",),
    directed=False,
    weighted=False,
    range="(-∞, ∞)",
    high="insiders are far likelier to be in contact than an insider and an outsider",
    low="outsiders are as likely a contact as insiders",
    source="log density ratio; Freeman 1978 on densities",
)
def log_density_ratio(network: Network) -> pd.Series:
    """Insiders' odds: ln of how many times as likely an insider is to be a contact as an outsider.

    LOR_a = ln[(Y_aa + ½)/(n_a(n_a−1) + ½)] − ln[(X_a + ½)/(n_a(N−n_a) + ½)], with Y_aa twice the ties inside, X_a the
    ties across, n_a people in the department and N in all. Under random mixing it does not depend on the department's
    size. It puts insularity into words ("9 times as likely": e^LOR); departments are ranked by `insularity`.

    Args:
        network: persons and ties; direction and weight do not matter.

    Returns:
        Series by department; NaN for a department of one person, or without any tie, or that is the whole organisation.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("bob", "cleo"), ("cleo", "dan")])
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> log_density_ratio(Network.from_networkx(graph)).round(3).to_dict()
        {'HR': 1.099, 'IT': 1.099}
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> log_density_ratio(Network.from_networkx(graph)).to_dict()
        {'HR': nan}
    """
    sizes = network.sizes.astype(np.float64)
    values = log_density_ratios(
        department_totals(network, network.contacts), sizes * (sizes - 1), sizes * (sizes.sum() - sizes)
    )
    return pd.Series(values, index=network.departments, name="insiders_odds")


def quasi_independence(out: np.ndarray, into: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """α, β with α_i(Σβ − β_i) = out_i and β_j(Σα − α_j) = into_j: independence without self-ties, margins exact.

    Args:
        out: (N, ...) what each person sends.
        into: (N, ...) what each person receives; the same totals.

    Returns:
        α and β of the same shape, 0 where a person sends (receives) nothing.
    """
    total = out.sum(axis=0, keepdims=True)
    alpha = np.zeros_like(out)
    beta = np.divide(into, np.sqrt(total), out=np.zeros_like(into), where=total > 0)
    rest, miss = np.empty_like(out), np.empty_like(out)
    _others(beta, rest)
    for _ in range(ROUNDS):
        alpha = _shared(out, rest)
        beta = _shared(into, _others(alpha, rest))
        # The margins of β hold now; those of α tell how far there is to go.
        np.multiply(alpha, _others(beta, rest), out=miss)
        miss -= out
        np.abs(miss, out=miss)
        if np.all(miss.max(axis=0, initial=0) <= MISS * np.maximum(total, 1e-300)):
            break
    return alpha, beta


def _others(values: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """What all others have together, Σv − v_i, written to `rest`."""
    return np.subtract(values.sum(axis=0, keepdims=True), values, out=rest)


def _shared(margin: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """margin / rest, 0 where there is nobody to share with: a division with a mask takes twice as long."""
    if rest.min(initial=1.0) > 0:
        return np.asarray(margin / rest)
    return np.divide(margin, rest, out=np.zeros_like(margin), where=rest > 0)


def gravity_expectation(network: Network, *, by: By = "volume") -> pd.DataFrame:
    """E: what each department would send to each if everybody kept their activity and chose their contacts at random.

    Quasi-independence of persons with exact margins: E_ab = (Σ_a α)(Σ_b β) − δ_ab Σ_a α_i β_i. The usual s_a s_b/W
    counts what people would send to themselves.

    Args:
        network: persons and ties.
        by: `volume` or `ties`.

    Returns:
        K x K DataFrame, rows sending to columns; rows and columns add up to those of the mixing matrix.
    """
    matrix = weights(network, by)
    alpha, beta = quasi_independence(
        np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel(),
        np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel(),
    )
    indicator = network.indicator
    expected = np.outer(indicator.T @ alpha, indicator.T @ beta)
    expected[np.diag_indices_from(expected)] -= indicator.T @ (alpha * beta)
    return pd.DataFrame(expected, index=network.departments, columns=network.departments)


@measure(
    levels=("pair",),
    directed=False,
    weighted=True,
    range="[0, ∞)",
    high="more contact than the activity of the people on both sides explains",
    low="less contact than their activity explains",
    source="quasi-independence (Goodman 1968) at person level",
)
def gravity_ratio(network: Network, *, by: By = "volume") -> pd.DataFrame:
    """Gravity ratio λ_ab = M_ab/E_ab of every pair of departments, both directions together.

    M is the mixing matrix, E what would pass if everybody kept their activity and chose their contacts at random:
    quasi-independence of persons, E_ab = (Σ_a α)(Σ_b β) − δ_ab Σ_a α_i β_i with the margins α_i(Σβ − β_i) = Σ_j a_ij
    and β_j(Σα − α_j) = Σ_i a_ij.

    Args:
        network: persons and ties.
        by: `volume` or `ties`.

    Returns:
        K x K symmetric DataFrame; the diagonal says how much more each department talks to itself; NaN where nothing
        is expected. 1 is what people as active as these would do by chance. As departments mostly talk to themselves,
        most pairs lie below 1: compare with the organisation's own λ across departments.

    Raises:
        SilosError: an unknown `by`.

    Source:
        L. A. Goodman (1968), The analysis of cross-classified data, JASA 63, for quasi-independence.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(6)
        >>> nx.set_node_attributes(graph, {person: person % 2 for person in graph}, "department")
        >>> gravity_ratio(Network.from_networkx(graph)).round(6).loc[0, 1].item()
        1.0
    """
    observed = department_totals(network, weights(network, by))
    expected = gravity_expectation(network, by=by).to_numpy()
    observed, expected = observed + observed.T, expected + expected.T
    ratio = np.divide(observed, expected, out=np.full_like(observed, np.nan), where=expected > 0)
    return pd.DataFrame(ratio, index=network.departments, columns=network.departments)


@measure(
    levels=("organisation",),
    directed=True,
    weighted=True,
    range="[-1, 1]",
    high="contacts stay within departments beyond chance",
    low="departments do not structure the contacts",
    source="Newman & Girvan 2004; Leicht & Newman 2008 (directed)",
)
def modularity(network: Network, *, by: By = "ties", directed: bool = False) -> float:
    """Modularity of the departments: Q = Σ_a [M_aa/W − s_a^out s_a^in / W²].

    M is the mixing matrix, W the sum of its cells, s_a what the people of a send (out) and receive (in).

    Args:
        network: persons and ties.
        by: `ties` or `volume`.
        directed: by volume, keep the direction of arcs; otherwise both directions are summed.

    Returns:
        A float; NaN without ties. It is positive on random graphs too for a partition that was *fitted*; for given
        departments compare with rewired graphs (`silos.inference.rewiring.rewired_graphs`).

    Raises:
        SilosError: an unknown `by`.

    Source:
        M. E. J. Newman, M. Girvan (2004), Finding and evaluating community structure in networks, Physical Review E 69;
        E. A. Leicht, M. E. J. Newman (2008), Community structure in directed networks, Physical Review Letters 100.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(3))
        >>> nx.set_node_attributes(graph, {person: person // 3 for person in graph}, "department")
        >>> modularity(Network.from_networkx(graph))
        0.5
    """
    matrix = weights(network, by)
    mixing = department_totals(network, matrix)
    if not directed:
        mixing = mixing + mixing.T
    total = mixing.sum()
    if total == 0:
        return float("nan")
    return float(np.trace(mixing) / total - mixing.sum(axis=0) @ mixing.sum(axis=1) / total**2)
