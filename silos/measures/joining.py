"""Which departments to join so that the organisation is bound best: exact gains of new conductances, and the best few.

The Kirchhoff index Kf = K tr(L⁺) is what all of this lowers. With P = L⁺ and a pair (b, c) joined by a conductance w,
Sherman–Morrison gives P − w P d dᵀP/(1 + w R_bc), d = e_b − e_c, so that one inverse serves every pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from silos.measures.affinity import apart, kirchhoff_index, laplacian

#: Pairs of departments up to which the first two are looked for among all pairs of pairs; of more, one after the other.
EXACT = 1_500
#: Rounds in which each pair chosen may be exchanged for a better one.
EXCHANGES = 10
#: Gain, relatively, below which nothing is exchanged: rounding must decide nothing.
NEAR = 1e-9

Pair = tuple[int, int]


@dataclass(frozen=True)
class Joins:
    """Pairs of departments to be joined, and what that gains together.

    Attributes:
        pairs: positions of the two departments of each, b < c, those first that gain most when joined in this order.
        gains: what each adds to the gain of those before it.
    """

    pairs: tuple[Pair, ...]
    gains: tuple[float, ...]

    @property
    def gain(self) -> float:
        """By how much the Kirchhoff index falls if all of them are joined."""
        return float(sum(self.gains))


def potentials(conductance: np.ndarray) -> np.ndarray:
    """L⁺ of connected conductances, (..., K, K)."""
    count = conductance.shape[-1]
    return np.asarray(np.linalg.inv(laplacian(conductance) + 1.0 / count) - 1.0 / count)


def joining_gains(potential: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """By how much the Kirchhoff index falls for each pair that is joined alone; (..., K, K), 0 on the diagonal.

    ΔKf = K w ‖L⁺(e_b − e_c)‖² / (1 + w R_bc), exact by Sherman–Morrison; ‖L⁺d‖² = dᵀ(L⁺)²d.

    Args:
        potential: (..., K, K) L⁺, of `potentials`.
        weight: (..., K, K) the conductance w that is added between the two; symmetric, zero or more.

    Examples:
        >>> path = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
        >>> gains = joining_gains(potentials(path), np.ones((3, 3)))
        >>> ring = np.ones((3, 3)) - np.eye(3)
        >>> gains.round(6)[0, 2].item(), round(float(kirchhoff_index(path) - kirchhoff_index(ring)), 6)
        (2.0, 2.0)
    """
    count = potential.shape[-1]
    gain = count * weight * apart(potential @ potential) / (1 + weight * apart(potential))
    gain[..., np.arange(count), np.arange(count)] = 0.0
    return np.asarray(np.maximum(gain, 0.0))


def gain_together(potential: np.ndarray, pairs: Sequence[Pair], weight: np.ndarray) -> np.ndarray:
    """By how much the Kirchhoff index falls if all of these pairs are joined; (...).

    K tr[(W⁻¹ + DᵀPD)⁻¹ DᵀP²D], D with a column e_b − e_c for each pair (Woodbury): exact, and no larger than the pairs
    are many.

    Args:
        potential: (..., K, K) L⁺, of `potentials`.
        pairs: different pairs, each with a weight above 0.
        weight: (..., K, K) the conductance w that is added between the two.

    Examples:
        >>> path = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
        >>> both = gain_together(potentials(path), [(0, 1), (0, 2)], np.ones((3, 3)))
        >>> round(float(both), 6), gain_together(potentials(path), [], np.ones((3, 3))).item()
        (2.4, 0.0)
    """
    if not len(pairs):
        return np.zeros(potential.shape[:-2])
    b, c = (np.asarray(ends, dtype=np.intp) for ends in zip(*pairs, strict=True))
    # PD and (PD)ᵀPD: as P is symmetric, its square is not needed.
    flows = potential[..., b] - potential[..., c]
    inner, square = flows[..., b, :] - flows[..., c, :], np.swapaxes(flows, -2, -1) @ flows
    at = np.arange(len(b))
    inner[..., at, at] += 1 / weight[..., b, c]
    gain = potential.shape[-1] * np.trace(np.linalg.solve(inner, square), axis1=-2, axis2=-1)
    return np.asarray(gain)


def best_joins(
    conductance: np.ndarray,
    weight: np.ndarray,
    *,
    number: int,
    allowed: np.ndarray | None = None,
    most: int | np.ndarray | None = None,
) -> Joins:
    """The pairs whose joining lowers the Kirchhoff index most: exact for one and two pairs, near the best beyond.

    The first two are the best of all pairs of pairs where there are up to `EXACT` pairs. Each further one is the best
    beside those before. Then each is exchanged for a better one as long as there is one, also starting from the pairs
    that were chosen one by one; the better of the two is taken.

    Args:
        conductance: (K, K) symmetric, connected, zero on the diagonal.
        weight: (K, K) the conductance that joining a pair adds.
        number: how many pairs; fewer are returned where no more are allowed.
        allowed: (K, K) which pairs may be joined; all unless given.
        most: how many of the pairs a department may be in, one number or (K,); any number unless given.

    Raises:
        ValueError: `number` or every `most` is below 1.
    """
    if number < 1 or (most is not None and np.max(most) < 1):
        raise ValueError("at least one pair is joined, and a department is in one pair at least.")
    search = _Search(conductance, weight, allowed, most)
    starts: list[tuple[Pair, ...]] = [()]
    if number > 1 and search.free.sum() <= EXACT and (two := search.best_two()):
        starts.append(two)
    found = [search.improved(search.filled(start, number)) for start in starts]
    return search.ordered(max(found, key=search.gain))


class _Search:
    """The pairs that may be joined, and what they gain beside those that already are."""

    def __init__(
        self, conductance: np.ndarray, weight: np.ndarray, allowed: np.ndarray | None, most: int | np.ndarray | None
    ) -> None:
        self.weight = weight
        self.most = np.broadcast_to(np.inf if most is None else most, len(conductance))
        self.potential = potentials(conductance)
        above = np.triu(np.ones(conductance.shape, dtype=bool), k=1)
        some = self.most >= 1
        self.free = above & (weight > 0) & np.outer(some, some) & (True if allowed is None else allowed | allowed.T)

    def best_two(self) -> tuple[Pair, ...]:
        """The best two different pairs: K tr[(W⁻¹ + DᵀPD)⁻¹ DᵀP²D] of 2 x 2 matrices, for all of them at once."""
        b, c = np.nonzero(self.free)
        if len(b) < 2:
            return ()
        m, q = (_between(matrix, b, c) for matrix in (self.potential, self.potential @ self.potential))
        own = 1 / self.weight[b, c] + np.diagonal(m)
        square = np.diagonal(q)
        above = own[:, None] * square[None, :] + own[None, :] * square[:, None] - 2 * m * q
        gain = above / (own[:, None] * own[None, :] - m**2)
        gain[np.tril_indices(len(b))] = -np.inf
        for one in (b, c):
            for other in (b, c):
                gain[(one[:, None] == other[None, :]) & (self.most[one] < 2)[:, None]] = -np.inf
        first, second = np.unravel_index(int(gain.argmax()), gain.shape)
        if not np.isfinite(gain[first, second]):
            return ()
        return tuple((int(b[at]), int(c[at])) for at in (int(first), int(second)))

    def joined(self, pairs: Sequence[Pair]) -> np.ndarray:
        """L⁺ with these pairs joined."""
        potential = self.potential
        for b, c in pairs:
            w, flow = self.weight[b, c], potential[:, b] - potential[:, c]
            potential = potential - w / (1 + w * (flow[b] - flow[c])) * np.outer(flow, flow)
        return potential

    def gain(self, pairs: Sequence[Pair]) -> float:
        """What these pairs gain together."""
        return float(gain_together(self.potential, pairs, self.weight))

    def best_beside(self, pairs: Sequence[Pair]) -> Pair | None:
        """The pair that gains most beside these."""
        open_ = self.free.copy()
        for b, c in pairs:
            open_[b, c] = False
        full = np.bincount(np.asarray(pairs, dtype=np.intp).ravel(), minlength=len(open_)) >= self.most
        open_[full] = open_[:, full] = False
        if not open_.any():
            return None
        gains = np.where(open_, joining_gains(self.joined(pairs), self.weight), -np.inf)
        best = divmod(int(gains.argmax()), len(gains))
        return best[0], best[1]

    def filled(self, pairs: tuple[Pair, ...], number: int) -> tuple[Pair, ...]:
        """These pairs, and the best beside them one after the other, up to a number."""
        while len(pairs) < number and (best := self.best_beside(pairs)) is not None:
            pairs = (*pairs, best)
        return pairs

    def improved(self, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """The pairs, each exchanged for a better one as long as there is one."""
        for _ in range(EXCHANGES):
            before = self.gain(pairs)
            for at in range(len(pairs)):
                others = pairs[:at] + pairs[at + 1 :]
                best = self.best_beside(others)
                if best is not None and self.gain((*others, best)) > self.gain(pairs) * (1 + NEAR):
                    pairs = (*others, best)
            if self.gain(pairs) <= before * (1 + NEAR):
                break
        return pairs

    def ordered(self, pairs: Sequence[Pair]) -> Joins:
        """The pairs, those first that gain most beside the ones before, with what each adds."""
        left, order, gains, total = set(pairs), list[Pair](), list[float](), 0.0
        while left:
            each = joining_gains(self.joined(order), self.weight)
            best = max(sorted(left), key=lambda pair: each[pair])
            order.append(best)
            left.remove(best)
            gains.append(self.gain(order) - total)
            total += gains[-1]
        return Joins(tuple(order), tuple(gains))


def _between(matrix: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """DᵀXD of the pairs (b, c), D with a column e_b − e_c for each; (..., P, P)."""
    half = matrix[..., b, :] - matrix[..., c, :]
    return np.asarray(half[..., b] - half[..., c])


def spreading_gains(conductance: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """By how much the Kirchhoff index falls if a department spreads new conductance to all others; (..., K).

    Args:
        conductance: (..., K, K) symmetric, connected, zero on the diagonal.
        weight: (..., K, K) what row h adds to each other department if h is the one that spreads.

    Examples:
        >>> path = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
        >>> spreading_gains(path, np.full((3, 3), 0.5)).round(3).tolist()
        [1.818, 1.333, 1.818]
    """
    count = conductance.shape[-1]
    before = kirchhoff_index(conductance)
    gains = np.empty(conductance.shape[:-1])
    for hub in range(count):
        more = conductance.copy()
        more[..., hub, :] += weight[..., hub, :]
        more[..., :, hub] += weight[..., hub, :]
        more[..., hub, hub] = 0.0
        gains[..., hub] = before - kirchhoff_index(more)
    return gains
