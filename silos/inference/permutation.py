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

    Args:
        network: the people and their ties.
        samples: how many.
        seed: of the random numbers.
    """
    random_numbers = np.random.default_rng(seed)
    i, j = network.dyads
    count = len(network.departments)
    members = network.membership.astype(np.int32)
    mixing = np.zeros((samples, count, count))
    for sample in mixing:
        sample[:] = pair_totals(members[random_numbers.permutation(len(network))], count, i, j)
    return mixing


def no_more_across(mixing: np.ndarray, across: float, *, seed: int) -> np.ndarray:
    """Samples of `relabelled` whose ties between departments are thinned to as many as there are, on average.

    People keep to their departments, so that relabelled ones have more ties across than were seen. A count of few ties
    is uneven by chance, one of many hardly: where the samples had more, what was seen would look wide beside them.

    Args:
        mixing: (samples, K, K), from `relabelled`.
        across: ties between departments that there are; where the samples have fewer, they stay as they are.
        seed: of the random numbers.

    Examples:
        >>> full = np.full((100, 3, 3), 40.0)
        >>> thin = no_more_across(full, 60, seed=0)
        >>> float(thin[:, 0, 1].mean().round(-1)), float(thin[0, 0, 0]), bool((thin == np.swapaxes(thin, 1, 2)).all())
        (20.0, 40.0, True)
        >>> bool((no_more_across(full, 200, seed=0) == full).all())
        True
    """
    a, b = np.triu_indices(mixing.shape[-1], k=1)
    pairs = mixing[:, a, b]
    seen = float(pairs.sum(axis=1).mean()) if len(mixing) else 0.0
    if seen <= across:
        return mixing
    there = pairs > 0
    pairs[there] = np.random.default_rng(seed).binomial(pairs[there].astype(np.int64), across / seen)
    thinned = mixing.copy()
    thinned[:, a, b] = thinned[:, b, a] = pairs
    return thinned
