"""Insularity, by which departments are ranked and judged: how inward they are beyond what their activity explains.

The formulas that the bootstrap repeats take arrays of any leading shape, so that one call serves the estimate and all
its replicates.
"""

import numpy as np
import pandas as pd

from silos.measures.basis import department_totals, totals_across
from silos.measures.mixing import ROUNDS
from silos.measures.registry import measure
from silos.network import Network

#: Relative change at which an iteration has converged.
TOLERANCE = 1e-12
#: Part of the other departments that are its nearest ones.
NEAREST = 0.2


def activities(external: np.ndarray) -> np.ndarray:
    """g with X_a = g_a(Σg − g_a) for every department a.

    The plain iteration g ← X/(Σg − g) alternates for ever; the geometric mean of old and new value converges. There is
    no solution where one department has more ties across than all others together can take up: its g then grows
    without bound, and the value is that of the last round.

    Args:
        external: (..., K) X, ties across.

    Returns:
        (..., K), 0 where a department has no tie across.
    """
    across = external.reshape(int(np.prod(external.shape[:-1])), external.shape[-1])
    total = across.sum(axis=-1, keepdims=True)
    found = np.divide(across, np.sqrt(total), out=np.zeros_like(across), where=total > 0)
    # Of many replicates a few take ten times as many rounds as the others, which are left alone from where they stand.
    moving = np.arange(len(across))
    for _ in range(ROUNDS):
        g = found[moving]
        rest = g.sum(axis=-1, keepdims=True) - g
        step = np.sqrt(g * np.divide(across[moving], rest, out=np.zeros_like(g), where=rest > 0))
        found[moving] = step
        moving = moving[np.any(np.abs(step - g) > TOLERANCE * np.abs(g), axis=-1)]
        if not len(moving):
            break
    return found.reshape(external.shape)


def insularities(
    mixing: np.ndarray, within: np.ndarray, sizes: np.ndarray, half_ties: np.ndarray | None = None
) -> np.ndarray:
    """σ of each department (see `insularity`) for any leading shape.

    Args:
        mixing: (..., K, K) Y, ties inside counted twice.
        within: (..., K) ordered pairs inside, [n]₂.
        sizes: (..., K) n.
        half_ties: (..., K) the ties put where there is none inside, or none across: ½ for an estimate; a bootstrap
            replicate draws it, as nothing is known but that it is small.

    Returns:
        (..., K), NaN where a department has no pair inside or no tie.
    """
    internal = np.diagonal(mixing, axis1=-2, axis2=-1)
    external = totals_across(mixing)
    known = (within > 0) & (internal + external > 0) & (np.count_nonzero(sizes > 0, axis=-1, keepdims=True) > 1)
    half = np.full(internal.shape, 0.5) if half_ties is None else half_ties
    internal = np.where(known & (internal == 0), 2 * half, internal)
    external = np.where(known & (external == 0), half, external)
    g = activities(external)
    known &= g > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = 0.5 * np.log(internal / within) - np.log(g / sizes)
    return np.where(known, sigma, np.nan)


def nearest_insularities(mixing: np.ndarray, within: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Insularity towards the departments that each deals with most for the activity of both.

    σ_a with the activity towards all others, g_a, replaced by that towards the `NEAREST` part of the other departments
    (two at least) whose Y_ab/(g_a g_b) is highest: Σ_b Y_ab/Σ_b g_b over these. A department that is remote from most
    others, but deals with its neighbours as others do with theirs, is insular, yet not towards the nearest.

    Args:
        mixing: (K, K) Y, ties inside counted twice.
        within: (K,) ordered pairs inside, [n]₂.
        sizes: (K,) n.

    Returns:
        (K,), NaN where a department has no pair inside.
    """
    internal = np.maximum(np.diagonal(mixing), 1.0)
    g = activities(np.maximum(totals_across(mixing), 0.5))
    affinity = (mixing + 0.5) / (np.outer(g, g) + 0.5)
    np.fill_diagonal(affinity, -1)
    count = min(max(2, int(np.ceil(NEAREST * (len(sizes) - 1)))), len(sizes) - 1)
    nearest = np.argsort(-affinity, axis=1, kind="stable")[:, :count]
    dealt = np.take_along_axis(mixing, nearest, axis=1).sum(axis=1) + 0.5
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = 0.5 * np.log(internal / within) - np.log(dealt / (sizes * g[nearest].sum(axis=1)))
    return np.where(within > 0, sigma, np.nan)


@measure(
    levels=("department",),
    directed=False,
    weighted=False,
    range="(-∞, ∞)",
    high="more inward than its activity outside explains",
    low="more outward than its density inside explains",
    source="activity-corrected insularity; quasi-independence off the diagonal (Goodman 1968)",
)
def insularity(network: Network) -> pd.Series:
    """Insularity: how much denser a department is inside than its own activity outside would explain.

    σ_a = ½ ln(Y_aa/[n_a]₂) − ln(g_a/n_a), where g solves X_a = g_a(Σg − g_a): off the diagonal Y_ab ≈ g_a g_b
    (quasi-independence). Y_aa is twice the ties inside, X_a the ties across, [n]₂ = n(n − 1). e^{2σ} is the density
    inside over the density expected of people as active as these towards strangers as active as these. It depends
    neither on the department's size nor on how active it is: departments are ranked and judged by it. Where there is no
    tie inside, or none across, ½ tie stands in.

    Args:
        network: persons and ties; direction and weight do not matter.

    Returns:
        Series by department; NaN for a department of one person, or without any tie, or alone.

    Source:
        L. A. Goodman (1968), The analysis of cross-classified data: independence, quasi-independence, and interactions
        in contingency tables, JASA 63, for the model off the diagonal.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(9)
        >>> nx.set_node_attributes(graph, {person: person % 3 for person in graph}, "department")
        >>> insularity(Network.from_networkx(graph)).round(3).to_dict()
        {0: 0.0, 1: 0.0, 2: 0.0}
    """
    sizes = network.sizes.astype(np.float64)
    values = insularities(department_totals(network, network.contacts), sizes * (sizes - 1), sizes)
    return pd.Series(values, index=network.departments, name="insularity")
