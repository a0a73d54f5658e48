"""Null models that reassign departments at random: exact moments and permutations."""

import numpy as np
from scipy import sparse

from silos.measures.basis import By, pair_totals, same_department, weights
from silos.network import Network


def ei_null(network: Network, *, by: By = "ties") -> tuple[float, float]:
    """Mean and sd of the E-I index when department labels are reassigned to persons at random: exact, no simulation.

    S = Σ_{i<j} b_ij [same department] has E[S] = W p₂ and E[S²] = Q p₂ + (Σs² − 2Q) p₃ + (W² + Q − Σs²) p₂₂, with
    W = Σ_{i<j} b, Q = Σ_{i<j} b², s_i = Σ_j b_ij, and p₂, p₃, p₂₂ of `silos.measures.basis.same_department`.
    E-I = 1 − 2S/W.

    Returns:
        (mean, sd); NaN where there is no tie.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(4)
        >>> nx.set_node_attributes(graph, {0: "HR", 1: "HR", 2: "IT", 3: "IT"}, "department")
        >>> mean, sd = ei_null(Network.from_networkx(graph))
        >>> round(mean, 6), round(sd, 6)
        (0.333333, 0.0)
    """
    matrix = weights(network, by)
    if by == "volume":
        matrix = sparse.csr_array(matrix + matrix.T)
    strength = np.asarray(matrix.sum(axis=1)).ravel()
    total, squares = strength.sum() / 2, float((matrix.data**2).sum()) / 2
    if total == 0:
        return float("nan"), float("nan")
    p2, p3, p22 = same_department(network.sizes)
    hubs = float((strength**2).sum())
    second = squares * p2 + (hubs - 2 * squares) * p3 + (total**2 + squares - hubs) * p22
    variance = max(second - (total * p2) ** 2, 0.0)
    return float(1 - 2 * p2), float(2 * np.sqrt(variance) / total)


def relabelled(network: Network, *, samples: int, seed: int) -> np.ndarray:
    """Ties within and between departments, (samples, K, K), when the department labels are shuffled.

    Ties inside count twice. No network is built: a sample is one count over the ties.
    """
    random_numbers = np.random.default_rng(seed)
    i, j = network.dyads
    count = len(network.departments)
    members = network.membership.astype(np.int32)
    mixing = np.zeros((samples, count, count))
    for sample in mixing:
        sample[:] = pair_totals(members[random_numbers.permutation(len(network))], count, i, j)
    return mixing
