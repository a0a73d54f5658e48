"""How close departments are, free of their sizes, and how bound that makes the organisation.

Formulas take arrays of any leading shape: one call serves the estimate and its replicates.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import special

from silos.measures.basis import department_totals
from silos.measures.registry import measure
from silos.network import Network
from silos.system.threads import two_at_a_time

#: Exponents of size seen in organisations; 1 (ties grow with the number of possible pairs) inflates small departments.
EXPONENTS = (0.3, 1.1)
#: Bounds of the shrinkage towards what is expected.
SHRINKAGE = (0.1, 50.0)
#: Rounds of a fit at most.
FITS = 50
#: Rows of a matrix up to which it is inverted as it stands; changes no result.
SOLVED = 25
#: Numbers in the matrices that are worked on at a time: they stay in the cache; changes no result.
NUMBERS = 50_000
#: Matrices that are worked on at a time, at least; changes no result.
LEAST = 8


def size_exponent(mixing: np.ndarray, sizes: np.ndarray) -> float:
    """γ of E_ab = c (n_a n_b)^γ, fitted to the ties between departments (negative binomial), within `EXPONENTS`.

    The dispersion κ is the moment estimate, in turn with the likelihood of (ln c, γ).

    Args:
        mixing: (K, K) symmetric, ties between departments off the diagonal.
        sizes: (K,) people.
    """
    upper = np.triu_indices(len(sizes), k=1)
    ties, product = mixing[upper], np.log(np.outer(sizes, sizes)[upper])
    if len(ties) < 3 or ties.sum() == 0 or np.ptp(product) < 1e-9:
        return 0.5
    gamma, kappa = 0.5, 1.0
    for _ in range(FITS):
        before = gamma
        gamma, expected = _scoring(ties, product, kappa, gamma)
        kappa = float(_shrinkage(ties, expected))
        if abs(gamma - before) < 1e-9:
            break
    return gamma


def _scoring(ties: np.ndarray, product: np.ndarray, kappa: float, gamma: float) -> tuple[float, np.ndarray]:
    """Fisher scoring of ln μ = ln c + γ product under a negative binomial of dispersion κ, γ kept within bounds."""
    level = np.log(ties.sum()) - special.logsumexp(gamma * product)
    for _ in range(FITS):
        mean = np.exp(np.clip(level + gamma * product, -30, 30))
        weight = mean / (1 + mean / kappa)
        working = (ties - mean) / mean
        centre = (weight @ product) / weight.sum()
        spread = weight @ (product - centre) ** 2
        slope = (weight * (product - centre)) @ working / spread
        step = float(np.clip(gamma + slope, *EXPONENTS)) - gamma
        # The level that goes with the slope that was taken, not with the one that the bounds cut off.
        level += (weight @ working) / weight.sum() - step * centre
        gamma += step
        if abs(step) < 1e-10:
            break
    return gamma, np.exp(level + gamma * product)


def _shrinkage(ties: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """κ = ΣE² / Σ[(Y−E)² − E]: how far pairs differ beyond chance; without any excess, the upper bound."""
    excess = ((ties - expected) ** 2 - expected).sum(axis=-1)
    squares = (expected**2).sum(axis=-1)
    kappa = np.divide(squares, excess, out=np.full(np.shape(squares), SHRINKAGE[1]), where=excess > 0)
    return np.clip(kappa, *SHRINKAGE)


def expectations(mixing: np.ndarray, sizes: np.ndarray, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """E (..., K, K), zero on the diagonal and with the same total as the ties between departments, and κ (...)."""
    count = sizes.shape[-1]
    upper = np.triu_indices(count, k=1)
    power = (sizes[..., :, None] * sizes[..., None, :]) ** exponent
    power[..., np.arange(count), np.arange(count)] = 0.0
    ties = mixing[..., upper[0], upper[1]]
    weight = power[..., upper[0], upper[1]]
    total = weight.sum(axis=-1)
    scale = np.divide(ties.sum(axis=-1), total, out=np.zeros_like(total), where=total > 0)
    expected = scale[..., None, None] * power
    return expected, _shrinkage(ties, expected[..., upper[0], upper[1]])


def affinities(mixing: np.ndarray, sizes: np.ndarray, exponent: float) -> np.ndarray:
    """L_ab = (Y_ab + κ)/(E_ab + κ): 1 as expected of departments of these sizes; (..., K, K), zero on the diagonal."""
    return shrunken(mixing, *expectations(mixing, sizes, exponent))


def shrunken(mixing: np.ndarray, expected: np.ndarray, kappa: np.ndarray) -> np.ndarray:
    """The affinities of ties (..., K, K) of which E and κ are known."""
    count = mixing.shape[-1]
    shrink = kappa[..., None, None]
    ratio = (mixing + shrink) / (expected + shrink)
    ratio[..., np.arange(count), np.arange(count)] = 0.0
    return np.asarray(ratio)


def by_parts(work: Callable[..., tuple[np.ndarray, ...]], *stacks: np.ndarray) -> tuple[np.ndarray, ...]:
    """What `work` makes of many matrices, some of them at a time, in threads.

    Some stay in the cache from one operation to the next, where all of them would come from memory each time; and what
    works on matrices leaves Python to others meanwhile.

    Args:
        work: makes arrays of one row per matrix.
        stacks: what it is given, (R, ...) each.

    Examples:
        >>> [inverse] = by_parts(lambda some: (np.linalg.inv(some),), np.full((1_000, 10, 10), 0.5) + np.eye(10))
        >>> inverse.shape
        (1000, 10, 10)
    """
    count = len(stacks[0])
    some = max(NUMBERS // max(stack[0].size for stack in stacks), LEAST) if count else 1
    if count <= some:
        return work(*stacks)
    found = two_at_a_time(lambda first: work(*(stack[first : first + some] for stack in stacks)), range(0, count, some))
    return tuple(np.concatenate(each) for each in zip(*found, strict=True))


def laplacian(conductance: np.ndarray) -> np.ndarray:
    """Laplacian of symmetric conductances with zero diagonal, (..., K, K)."""
    result = -conductance
    count = conductance.shape[-1]
    result[..., np.arange(count), np.arange(count)] = conductance.sum(axis=-1)
    return np.asarray(result)


def resistances(conductance: np.ndarray) -> np.ndarray:
    """Effective resistance between every two of K connected nodes, R_bc = L⁺_bb + L⁺_cc − 2L⁺_bc; (..., K, K).

    Source:
        D. J. Klein, M. Randić (1993), Resistance distance, Journal of Mathematical Chemistry 12.
    """
    count = conductance.shape[-1]
    return apart(np.linalg.inv(laplacian(conductance) + 1.0 / count))


def apart(inverse: np.ndarray) -> np.ndarray:
    """Resistances of which L⁺ is known, but for the same number everywhere; (..., K, K)."""
    diagonal = np.diagonal(inverse, axis1=-2, axis2=-1)
    return np.asarray(diagonal[..., :, None] + diagonal[..., None, :] - 2 * inverse)


def inverses(matrices: np.ndarray) -> np.ndarray:
    """The inverses of symmetric positive definite matrices, (..., n, n).

    By blocks: with A, B, C the corners, X = A⁻¹B and S = C − BᵀX the inverse is made of A⁻¹ + XS⁻¹Xᵀ, −XS⁻¹ and S⁻¹.
    Products of matrices are several times faster than solving.
    """
    count = matrices.shape[-1]
    if count <= SOLVED:
        return np.asarray(np.linalg.inv(matrices))
    half = count // 2
    first, second = slice(half), slice(half, count)
    corner = inverses(matrices[..., first, first])
    over = corner @ matrices[..., first, second]
    rest = inverses(matrices[..., second, second] - matrices[..., second, first] @ over)
    across = over @ rest
    result = np.empty_like(matrices)
    result[..., first, first] = corner + across @ np.swapaxes(over, -1, -2)
    result[..., first, second] = -across
    result[..., second, first] = -np.swapaxes(across, -1, -2)
    result[..., second, second] = rest
    return result


def kirchhoff_index(conductance: np.ndarray) -> np.ndarray:
    """Kf = K tr(L⁺): the sum of effective resistances over pairs; (...)."""
    count = conductance.shape[-1]
    # A resistance matrix holds every pair twice.
    return (
        np.asarray(resistances(conductance).sum(axis=(-2, -1)) / 2) if count > 1 else np.zeros(conductance.shape[:-2])
    )


def algebraic_connectivities(conductance: np.ndarray) -> np.ndarray:
    """λ₂ of the Laplacian; (...)."""
    if conductance.shape[-1] < 2:
        return np.full(conductance.shape[:-2], np.nan)
    return np.asarray(np.linalg.eigvalsh(laplacian(conductance))[..., 1])


@measure(
    levels=("pair",),
    directed=False,
    weighted=False,
    range="(0, ∞)",
    high="more ties than departments of these sizes have in this organisation",
    low="fewer ties",
    source="size-free affinity (negative binomial gravity)",
)
def affinity(network: Network) -> pd.DataFrame:
    """Size-free affinity of departments: L_ab = (Y_ab + κ)/(E_ab + κ), E_ab = c (n_a n_b)^γ.

    Y_ab counts the pairs of persons in contact, n_a the people of a department. c makes the totals of E and Y equal; γ
    is fitted (negative binomial, in [0.3, 1.1]: real organisations have 0.3 to 0.7); κ = ΣE²/Σ[(Y−E)² − E], in
    [0.1, 50], shrinks pairs that chance could explain towards 1.

    Args:
        network: persons and ties; direction and weight do not matter.

    Returns:
        K x K symmetric DataFrame: 1 where two departments have as many ties as departments of their sizes usually have
        here; 0 on the diagonal.

    Source:
        Defined here; docs/methods.md gives the reasons.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(6)
        >>> nx.set_node_attributes(graph, {person: person % 3 for person in graph}, "department")
        >>> affinity(Network.from_networkx(graph)).loc[0].round(6).to_dict()
        {0: 0.0, 1: 1.0, 2: 1.0}
    """
    mixing, sizes = department_totals(network, network.contacts), network.sizes.astype(np.float64)
    values = affinities(mixing, sizes, size_exponent(mixing, sizes))
    return pd.DataFrame(values, index=network.departments, columns=network.departments)


@measure(
    levels=("organisation",),
    directed=False,
    weighted=False,
    range="(0, ∞); K − 1 where all affinities are 1",
    high="departments are far from each other",
    low="many paths lead from any department to any other",
    source="Klein & Randić 1993 (Kirchhoff index)",
)
def effective_resistance(network: Network) -> float:
    """How unbound the organisation is: Kirchhoff index Kf = K tr(L⁺) of the size-free affinity of its departments.

    The sum over pairs of departments of the effective resistance between them: K − 1 where every two departments have
    affinity 1, more the worse they are connected.

    Args:
        network: persons and ties; direction and weight do not matter.

    Returns:
        A number, in units of 1/affinity; NaN for a single department.

    Source:
        D. J. Klein, M. Randić (1993), Resistance distance, Journal of Mathematical Chemistry 12.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(8)
        >>> nx.set_node_attributes(graph, {person: person % 4 for person in graph}, "department")
        >>> round(effective_resistance(Network.from_networkx(graph)), 6)
        3.0
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> effective_resistance(Network.from_networkx(graph))
        nan
    """
    if len(network.departments) < 2:
        return float("nan")
    return float(kirchhoff_index(affinity(network).to_numpy()))


@measure(
    levels=("organisation",),
    directed=False,
    weighted=False,
    range="[0, ∞)",
    high="no group of departments is cut off",
    low="the organisation nearly falls into two",
    source="Fiedler 1973",
)
def algebraic_connectivity(network: Network) -> float:
    """λ₂ of the Laplacian of the size-free affinity: K where all affinities are 1, near 0 where it falls in two.

    Args:
        network: persons and ties; direction and weight do not matter.

    Returns:
        A number, in units of affinity; NaN for a single department.

    Source:
        M. Fiedler (1973), Algebraic connectivity of graphs, Czechoslovak Mathematical Journal 23.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.complete_graph(8)
        >>> nx.set_node_attributes(graph, {person: person % 4 for person in graph}, "department")
        >>> round(algebraic_connectivity(Network.from_networkx(graph)), 6)
        4.0
        >>> nx.set_node_attributes(graph, "HR", "department")
        >>> algebraic_connectivity(Network.from_networkx(graph))
        nan
    """
    return float(algebraic_connectivities(affinity(network).to_numpy()))
