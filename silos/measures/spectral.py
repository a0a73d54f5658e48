"""Measures from leading eigenvectors: spectral segregation, and core and periphery of the departments."""

from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from silos.measures.basis import By, department_totals, quotient, symmetric
from silos.measures.registry import measure
from silos.network import Network
from silos.system.arguments import one_of

#: Components up to this size are solved densely, which is faster and exact.
DENSE = 400


def _leading(component: sparse.csr_array) -> tuple[float, np.ndarray]:
    """Largest eigenvalue and its non-negative eigenvector of a symmetric non-negative connected matrix."""
    # An analysis asks for no eigenvector, and should not wait for all of linear algebra to be loaded.
    from scipy import linalg
    from scipy.sparse.linalg import eigsh

    size = component.shape[0]
    if size <= DENSE:
        values, vectors = linalg.eigh(component.toarray(), subset_by_index=[size - 1, size - 1])
    else:
        values, vectors = eigsh(component, k=1, which="LA", v0=np.ones(size), maxiter=100 * size)
    return float(values[0]), np.abs(vectors[:, 0])


@measure(
    levels=("person", "department", "organisation"),
    directed=False,
    weighted=True,
    range="[0, 1] for departments and organisation; persons from 0 up, their mean is their component's",
    high="contacts are insiders whose contacts are insiders again",
    low="contacts lead out of the department at once",
    source="Echenique & Fryer 2007",
)
def spectral_segregation(
    network: Network, *, level: Literal["person", "department", "organisation"] = "organisation", by: By = "ties"
) -> float | pd.Series:
    """Spectral segregation index (SSI): segregated is who has contacts who are segregated.

    b_ij / Σ_k b_ik is the share of i's contact that is with j, k over all people. Of the people of one department, each
    component (connected by ties inside) gets the largest eigenvalue λ of the matrix of these shares, and each of its
    persons λ x_i / mean(x), x the eigenvector. A department's index is the mean over its people, the organisation's
    the mean over all.

    Args:
        network: persons and ties; both directions are summed.
        level: `person`, `department` or `organisation`.
        by: `ties` (0/1 contacts) or `volume` (weights of both directions).

    Returns:
        A float (organisation) or a Series. 0 for a person with contacts outside only; NaN for a person without ties,
        who counts in no mean.

    Raises:
        SilosError: an unknown `by` or level.

    Source:
        F. Echenique, R. G. Fryer (2007), A measure of segregation based on social interactions, Quarterly Journal of
        Economics 122. Equal to netseg's `ssi`.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("bob", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> spectral_segregation(Network.from_networkx(graph), level="person").round(3).to_dict()
        {'ann': 0.828, 'bob': 0.586, 'cleo': 0.0, 'dan': nan}
    """
    one_of(level, ("person", "department", "organisation"), "level")
    values = _spectral_persons(network, symmetric(network, by))
    tied = ~np.isnan(values)
    if level == "person":
        return pd.Series(values, index=network.people.index, name="spectral_segregation")
    if level == "organisation":
        return float(values[tied].mean()) if tied.any() else float("nan")
    members, count = network.membership[tied], len(network.departments)
    sums = np.bincount(members, weights=values[tied], minlength=count)
    means = quotient(sums, np.bincount(members, minlength=count))
    return pd.Series(means, index=network.departments, name="spectral_segregation")


def _spectral_persons(network: Network, matrix: sparse.csr_array) -> np.ndarray:
    from scipy.sparse.csgraph import connected_components

    strength = np.asarray(matrix.sum(axis=1)).ravel()
    values = np.where(strength > 0, 0.0, np.nan)
    row = np.repeat(np.arange(len(network)), np.diff(matrix.indptr))
    inside = network.membership[row] == network.membership[matrix.indices]
    if not inside.any():
        return values
    row, column = row[inside], matrix.indices[inside]
    # D^-½ b D^-½ is symmetric and has the eigenvalues of the matrix of shares D^-1 b; its eigenvectors are D^½ x
    scaled = matrix.data[inside] / np.sqrt(strength[row] * strength[column])
    shares = sparse.csr_array((scaled, (row, column)), shape=matrix.shape)
    _, component = connected_components(shares, directed=False)
    order = np.argsort(component, kind="stable")
    for persons in np.split(order, np.flatnonzero(np.diff(component[order])) + 1):
        if len(persons) > 1:
            eigenvalue, vector = _leading(sparse.csr_array(shares[persons][:, persons]))
            vector = vector / np.sqrt(strength[persons])
            values[persons] = eigenvalue * vector / vector.mean()
    return values


@measure(
    levels=("department", "organisation"),
    directed=False,
    weighted=True,
    range="departments [0, 1]; organisation (fit) [-1, 1]",
    high="department: at the core, in contact with core and periphery; organisation: one core explains the ties",
    low="department: at the periphery; organisation: there is no single core",
    source="Borgatti & Everett 1999",
)
def core_periphery(
    network: Network,
    *,
    by: By = "ties",
    level: Literal["department", "organisation"] = "department",
    affinity: pd.DataFrame | None = None,
) -> pd.Series | float:
    """Core and periphery of the departments: coreness c with V_ab ≈ c_a c_b for every pair of departments.

    V_ab is the contact between the people of a and b per pair of persons, Y_ab/(n_a n_b), so that a department is not
    at the core for its size, with V_aa = 0, so that its own inside does not count. c is the leading eigenvector of V,
    scaled to Σc² = 1: the continuous coreness of Borgatti and Everett in its least-squares form. (Fitting the pairs
    alone has no solution on a star: its hub would be infinitely far at the core.) The organisation's value is the
    fit: the correlation of V_ab and c_a c_b over the pairs.

    Args:
        network: persons and ties; both directions are summed.
        by: `ties` (0/1 contacts) or `volume` (weights).
        level: `department` (coreness) or `organisation` (fit).
        affinity: a K x K table to use as V (departments as index and columns), for instance one shrunk for small
            departments; its diagonal does not matter, V and Vᵀ are averaged.

    Returns:
        Series by department, or a float; NaN with fewer than three departments or without ties across. The fit is NaN
        too if all pairs of departments are alike.

    Raises:
        SilosError: an unknown `by` or level.

    Source:
        S. P. Borgatti, M. G. Everett (1999), Models of core/periphery structures, Social Networks 21.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.star_graph(["hub", "a", "b", "c"])
        >>> nx.set_node_attributes(graph, {person: person for person in graph}, "department")
        >>> core_periphery(Network.from_networkx(graph)).round(3).to_dict()
        {'a': 0.408, 'b': 0.408, 'c': 0.408, 'hub': 0.707}
        >>> graph.remove_nodes_from(["b", "c"])
        >>> core_periphery(Network.from_networkx(graph)).to_dict()
        {'a': nan, 'hub': nan}
    """
    one_of(level, ("department", "organisation"), "level")
    contact = symmetric(network, by)
    sizes = network.sizes.astype(np.float64)
    if affinity is None:
        between = department_totals(network, contact) / np.outer(sizes, sizes)
    else:
        table = affinity.reindex(index=network.departments, columns=network.departments).to_numpy(dtype=np.float64)
        between = (table + table.T) / 2
    np.fill_diagonal(between, 0)
    known = len(sizes) > 2 and between.sum() > 0
    core = _coreness(between / between.max()) if known else np.full(len(sizes), np.nan)
    if level == "department":
        return pd.Series(core, index=network.departments, name="core_periphery")
    if not known:
        return float("nan")
    pairs = np.triu_indices(len(sizes), k=1)
    observed, fitted = between[pairs], np.outer(core, core)[pairs]
    if np.ptp(observed) <= 1e-12 * observed.max() or np.ptp(fitted) <= 1e-12 * fitted.max():
        return float("nan")
    return float(np.clip(np.corrcoef(observed, fitted)[0, 1], -1, 1))


def _coreness(matrix: np.ndarray) -> np.ndarray:
    """The non-negative leading eigenvector, of length 1, of a symmetric non-negative matrix."""
    from scipy import linalg

    values, vectors = linalg.eigh(matrix)
    # where several cores are equal in strength any mixture is an eigenvector: the one nearest to the row sums
    leading = vectors[:, values > values[-1] * (1 - 1e-9)]
    core = leading @ (leading.T @ matrix.sum(axis=1))
    core = np.where(np.abs(core) > 1e-12 * np.abs(core).max(), np.abs(core), 0)
    return np.asarray(core / np.sqrt((core**2).sum()))
