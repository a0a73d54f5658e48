"""Bind: the connection between other departments that exists only through one, exactly and within bounds.

Formulas take arrays of any leading shape: one call serves the estimate and its replicates.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from silos.measures.affinity import NUMBERS, apart, by_parts, inverses, laplacian, resistances
from silos.system.processes import processors

#: Departments from which one more thread pays; changes no result.
MANY = 20
#: Binds as near to one another, relatively, are not told apart by bounds: rounding must decide nothing.
NEAR = 1e-6


def binds(conductance: np.ndarray, *, of: np.ndarray | None = None) -> np.ndarray:
    """Bind_a: the share of the others' mutual conductance that exists only through a; (..., K).

    The mean over pairs b < c, both other than a, of [G_bc(L) − G_bc(L without a)]/G_bc(L), G = 1/R. In [0, 1]: taking a
    node away never lowers a resistance (Rayleigh monotonicity). NaN for fewer than three departments.

    Args:
        conductance: (..., K, K) symmetric, zero on the diagonal.
        of: (..., K) or (K,), which are asked for; NaN for the others. All unless given.
    """
    count = conductance.shape[-1]
    result = np.full((conductance.size // max(count * count, 1), count), np.nan)
    shape = conductance.shape[:-1]
    if count < 3:
        return result.reshape(shape)
    asked = np.ones(shape, dtype=bool) if of is None else np.broadcast_to(of, shape)
    draw, taken = np.nonzero(asked.reshape(result.shape))
    drawn, draw = np.unique(draw, return_inverse=True)
    graphs = conductance.reshape(-1, count, count)[drawn]
    whole, grounded = resistances(graphs), laplacian(graphs) + 1 / (count - 1)
    each = np.arange(count)

    def lost(first: int) -> None:
        graph, a = draw[first : first + some], taken[first : first + some]
        at = np.arange(len(a))
        # Without the conductances to a, and a by itself: its row and column are those of the unit matrix.
        without = grounded[graph]
        without[:, each, each] -= graphs[graph, a]
        without[at, a] = without[at, :, a] = 0.0
        without[at, a, a] = 1.0
        inverse = inverses(without)
        diagonal = inverse[:, each, each]
        resistance = np.multiply(inverse, -2, out=inverse)
        resistance += diagonal[:, :, None]
        resistance += diagonal[:, None, :]
        resistance[:, each, each] = 1.0
        ratio = np.divide(whole[graph], resistance, out=resistance)
        ratio[at, a] = ratio[at, :, a] = 0.0
        result[drawn[graph], a] = 1 - ratio.sum(axis=(1, 2)) / ((count - 1) * (count - 2))

    # Few matrices at a time: they stay in the cache. Inverting them leaves Python to others meanwhile.
    some = max(NUMBERS // count**2, 1)
    with ThreadPoolExecutor(min(processors(), count // MANY + 1)) as pool:
        list(pool.map(lost, range(0, len(draw), some)))
    return np.clip(result, 0.0, 1.0).reshape(shape)


def greatest_binds(conductance: np.ndarray, eligible: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each of R graphs the eligible department that binds most, and its Bind; (R,) each.

    Only those are worked out of which the bounds (`bind_bounds`) leave open whether they come first.

    Args:
        conductance: (R, K, K) symmetric, connected, zero on the diagonal; K ≥ 3.
        eligible: (R, K); where nobody is, the first department stands, with −∞.

    Examples:
        >>> triangle = np.array([[0.0, 2.0, 1.0], [2.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
        >>> greatest_binds(triangle[None], np.array([[False, True, True]]))[0].tolist()
        [1]
    """
    low, high = by_parts(bind_bounds, conductance)
    most = np.where(eligible, low, -np.inf).max(axis=1, keepdims=True)
    near = eligible & (high * (1 + NEAR) >= most)
    found = np.where(near, binds(conductance, of=near), -np.inf)
    first = found.argmax(axis=1)
    return first, found[np.arange(len(found)), first]


def bind_bounds(conductance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What Bind is at least and at most, for all departments at once; (..., K) each.

    Let a unit current flow from b to c, and F_a be the mean over pairs, both other than a, of the share of its power
    that is lost in the conductances of a. Then F_a ≤ Bind_a ≤ F_a/(1 − ρ_a), ρ_a the largest such share of any current
    that enters and leaves elsewhere: see `docs/methods.md`. For ρ_a stands a larger number, the root of the sum of
    squares over all modes of such currents. This takes a few products of matrices, where Bind itself takes the inverse
    of one for each department.

    With N = L⁺, W_bc = 1/R_bc and Λ its Laplacian, the power of all pairs in the conductances of a is Σ_k G_ak
    (e_k − e_a)ᵀNΛN(e_k − e_a), less that of the pairs with a; and ρ_a² ≤ Σ_kb G_ak G_ab (N_kb − N_ab)(N_kb − N_ak).

    Args:
        conductance: (..., K, K) symmetric, connected, zero on the diagonal; K ≥ 3.

    Examples:
        >>> triangle = np.array([[0.0, 2.0, 1.0], [2.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
        >>> low, high = bind_bounds(triangle)
        >>> bool((low <= binds(triangle) + 1e-12).all() and (binds(triangle) <= high + 1e-12).all())
        True
    """
    count = conductance.shape[-1]
    each = np.arange(count)
    potential = np.linalg.inv(laplacian(conductance) + 1.0 / count) - 1.0 / count
    own = np.diagonal(potential, axis1=-2, axis2=-1)
    resistance = apart(potential)
    resistance[..., each, each] = 1.0
    share = 1 / resistance
    share[..., each, each] = 0.0
    # All pairs, both orders: Σ_k G_ak 2 (Z_kk + Z_aa − 2 Z_ka).
    inner = potential @ laplacian(share) @ potential
    ends = np.diagonal(inner, axis1=-2, axis2=-1)
    strength = conductance.sum(axis=-1)
    every = 2 * ((conductance @ ends[..., None])[..., 0] + strength * ends - 2 * _added(conductance * inner))
    # Those of them with a: Σ_b W_ab Σ_k G_ak (p_k − q_kb)², p_k = N_ka − N_aa and q_kb = N_kb − N_ab.
    drop = potential - own[..., :, None]
    flowing = np.swapaxes(potential @ share, -1, -2)
    flowing = flowing - np.diagonal(flowing, axis1=-2, axis2=-1)[..., :, None]
    first = share.sum(axis=-1) * _added(conductance * drop**2)
    cross = _added(conductance * drop * flowing)
    mixed = np.swapaxes(potential @ (share * potential), -1, -2)
    squared = potential**2
    spread = np.swapaxes(squared @ share, -1, -2)
    last = _added(conductance * (spread - 2 * mixed)) + strength * np.diagonal(spread, axis1=-2, axis2=-1)
    power = every - 2 * (first - 2 * cross + last)
    low = np.clip(power / ((count - 1) * (count - 2)), 0.0, 1.0)
    # Σ_kb G_ak G_ab (N_kb − N_ab)(N_kb − N_ak)
    level = potential @ conductance
    squares = (
        _added(conductance * (conductance @ squared))
        - 2 * _added(conductance * potential * np.swapaxes(level, -1, -2))
        + _added(conductance * potential) ** 2
    )
    room = 1 - np.sqrt(np.maximum(squares, 0.0))
    high = np.divide(low, room, out=np.ones_like(low), where=room > 0)
    return low, np.minimum(high, 1.0)


def _added(matrix: np.ndarray) -> np.ndarray:
    return np.asarray(matrix.sum(axis=-1))
