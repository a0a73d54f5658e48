"""Null models in which departments are dealt out anew: exact moments, and permutations."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse

from silos.errors import SilosError
from silos.measures.basis import By, pair_totals, weights
from silos.network import Network


def ei_null(network: Network, *, by: By = "ties") -> tuple[float, float]:
    """Mean and sd of the E-I index when department labels are dealt out anew to persons: exact, no simulation.

    S = Σ_{i<j} b_ij [same department] has E[S] = W p₂ and E[S²] = Q p₂ + (Σs² − 2Q) p₃ + (W² + Q − Σs²) p₂₂, with
    W = Σ_{i<j} b, Q = Σ_{i<j} b², s_i = Σ_j b_ij, p₂ = Σ[n]₂/[N]₂, p₃ = Σ[n]₃/[N]₃ and
    p₂₂ = (Σ[n]₄ + (Σ[n]₂)² − Σ[n]₂²)/[N]₄. E-I = 1 − 2S/W.

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
    sizes, people = network.sizes.astype(np.float64), float(len(network))
    p2 = _falling(sizes, 2).sum() / _falling(people, 2)
    p3 = _falling(sizes, 3).sum() / _falling(people, 3) if people > 2 else 0.0
    pairs = _falling(sizes, 2)
    p22 = (_falling(sizes, 4).sum() + pairs.sum() ** 2 - (pairs**2).sum()) / _falling(people, 4) if people > 3 else 0.0
    hubs = float((strength**2).sum())
    second = squares * p2 + (hubs - 2 * squares) * p3 + (total**2 + squares - hubs) * p22
    variance = max(second - (total * p2) ** 2, 0.0)
    return float(1 - 2 * p2), float(2 * np.sqrt(variance) / total)


def mixing_null(network: Network, *, by: By = "volume") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean and variance of every cell of the mixing matrix when labels are dealt out anew: exact.

    Returns:
        Two K x K DataFrames, for M = HᵀAH as `mixing_matrix(network, by=by)` gives it.
    """
    matrix = weights(network, by)
    sizes, people = network.sizes.astype(np.float64), float(len(network))
    out, into = np.asarray(matrix.sum(axis=1)).ravel(), np.asarray(matrix.sum(axis=0)).ravel()
    total, squares = float(matrix.sum()), float((matrix.data**2).sum())
    returned = float(matrix.multiply(matrix.T).sum())
    # Ordered pairs of arcs, by the persons they share: the same arc, its return, tail to tail, head to head, a chain
    # (one's head the other's tail, either way round), nobody.
    tails, heads = float((out**2).sum()) - squares, float((into**2).sum()) - squares
    chains = 2 * (float((out * into).sum()) - returned)
    rest = total**2 - squares - returned - tails - heads - chains
    n = sizes[:, None] * np.ones_like(sizes)
    m = n.T

    def dealt(order: int) -> float:
        return float(_falling(people, order)) if people >= order else float("inf")

    mean = total * n * m / dealt(2)
    second = (
        squares * n * m / dealt(2)
        + tails * n * _falling(m, 2) / dealt(3)
        + heads * _falling(n, 2) * m / dealt(3)
        + rest * _falling(n, 2) * _falling(m, 2) / dealt(4)
    )
    inside = np.diag_indices(len(sizes))
    mean[inside] = total * _falling(sizes, 2) / dealt(2)
    second[inside] = (
        (squares + returned) * _falling(sizes, 2) / dealt(2)
        + (tails + heads + chains) * _falling(sizes, 3) / dealt(3)
        + rest * _falling(sizes, 4) / dealt(4)
    )
    variance = np.maximum(second - mean**2, 0.0)
    names = network.departments
    return pd.DataFrame(mean, index=names, columns=names), pd.DataFrame(variance, index=names, columns=names)


def _falling(value: np.ndarray | float, order: int) -> np.ndarray:
    """[x]_k = x(x−1)…(x−k+1), 0 where x < k."""
    numbers = np.asarray(value, dtype=np.float64)
    result = np.ones_like(numbers)
    for step in range(order):
        result = result * np.maximum(numbers - step, 0.0)
    return result


def permuted(network: Network, *, samples: int, seed: int) -> Iterator[Network]:
    """The same ties with the department labels dealt out anew to persons."""
    if samples < 0:
        raise SilosError("the number of permutations is 0 or more.")
    random_numbers = np.random.default_rng(seed)
    for _ in range(samples):
        dealt = network.people["department"].to_numpy()[random_numbers.permutation(len(network))]
        yield network.regrouped(pd.Series(dealt, index=network.people.index))


def relabelled(network: Network, *, samples: int, seed: int) -> np.ndarray:
    """Ties within and between departments, (samples, K, K), when the labels are dealt out anew as in `permuted`.

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
