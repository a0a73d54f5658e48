"""Differential privacy of persons for the ties between departments: clipped counts, and noise from OpenDP.

What is protected are all contacts of any one person. Two organisations are neighbours if they have the same people in
the same departments, and one lacks every tie of one person. Who is in which department is on the chart, and public.

**Clipping.** A person counts with at most `INSIDE` contacts of the own department and `ACROSS` of each other one. The
count of a cell is the most that ties, each taken in part or whole, add up to within these limits: with E the ties
between departments a and b,

    f_ab = max Σ_{e ∈ E} w_e,  0 ≤ w_e ≤ 1,  Σ_{e ∋ i} w_e ≤ c for every person i of either,

rounded down. No order of ties decides which are dropped, so that nobody's absence lets other ties in or out by a chain.

**Sensitivity.** Take away the ties of one person k of department a. Only cells of a change. The rest of the best w
remains allowed, and k's own ties added up to at most c, so that f falls by 0 to c; rounded down, still, as c is whole.
So a matrix of K departments changes by Δ = `INSIDE` + (K - 1) `ACROSS` at most, all cells together.

**Noise.** Discrete Laplace noise of scale Δ/ε on each cell makes the matrix ε-differentially private (Dwork, McSherry,
Nissim and Smith 2006). OpenDP draws it from the secure source of the system: no seed gives it again.

The program of a cell is a flow: persons of a on one side, of b on the other. Inside a department both sides are its
persons, and the flow is twice f.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from silos.errors import SilosError
from silos.system.distribution import how_to_install

#: Contacts of the own department, and of each other one, with which a person counts at most. See docs/privacy.md.
INSIDE, ACROSS = 10, 2
#: Share of the noise that lies within what is said of its accuracy.
SURE = 0.95


@dataclass(frozen=True, eq=False)
class Noisy:
    """A matrix with noise.

    Attributes:
        matrix: (K, K) symmetric, whole numbers, those inside on the diagonal; some may be below 0.
        epsilon: what it costs of the privacy of each person.
        sensitivity: Δ.
        scale: of the noise.
        accuracy: within which the noise of one cell lies in 95 of 100 cases.
    """

    matrix: np.ndarray
    epsilon: float
    sensitivity: int
    scale: float
    accuracy: float


def sensitivity(count: int, *, inside: int = INSIDE, across: int = ACROSS) -> int:
    """By how much the clipped matrix of so many departments changes at most without the ties of one person.

    Examples:
        >>> sensitivity(12)
        32
    """
    return inside + (count - 1) * across


def clipped(
    contacts: sparse.csr_array, membership: np.ndarray, count: int, *, inside: int = INSIDE, across: int = ACROSS
) -> np.ndarray:
    """Ties between departments and inside them, each person's contribution clipped.

    Args:
        contacts: (N, N) symmetric, not 0 where two are in contact.
        membership: (N,) the department of each.
        count: K.
        inside, across: contacts of the own department, and of each other one, with which a person counts at most.

    Returns:
        (K, K) symmetric whole numbers, those inside on the diagonal.

    Examples:
        One person who knows everybody of the other department counts with two contacts there.

        >>> star = np.zeros((6, 6))
        >>> star[0, 1:] = star[1:, 0] = 1
        >>> clipped(sparse.csr_array(star), np.array([0, 1, 1, 1, 1, 1]), 2).tolist()
        [[0, 2], [2, 0]]
    """
    ties = sparse.triu(contacts, k=1).tocoo()
    i, j = ties.row[ties.data != 0], ties.col[ties.data != 0]
    low, high = np.minimum(membership[i], membership[j]), np.maximum(membership[i], membership[j])
    found = np.zeros((count, count), dtype=np.int64)
    if not len(i):
        return found
    order = np.argsort(low * count + high, kind="stable")
    cells, begins = np.unique((low * count + high)[order], return_index=True)
    for cell, here in zip(cells, np.split(order, begins[1:]), strict=True):
        a, b = divmod(int(cell), count)
        if a == b:
            ends = np.concatenate([i[here], j[here]]), np.concatenate([j[here], i[here]])
            found[a, a] = _flow(*ends, inside) // 2
        else:
            swapped = membership[i[here]] == b
            ends = np.where(swapped, j[here], i[here]), np.where(swapped, i[here], j[here])
            found[a, b] = found[b, a] = _flow(*ends, across)
    return found


def _flow(left: np.ndarray, right: np.ndarray, most: int) -> int:
    """The most ties, each once, of which every person of either side has `most` at most."""
    (ours, one), (theirs, other) = (np.unique(side, return_inverse=True) for side in (left, right))
    source, sink = len(ours) + len(theirs), len(ours) + len(theirs) + 1
    starts = np.concatenate([np.full(len(ours), source), one, len(ours) + np.arange(len(theirs))])
    stops = np.concatenate([np.arange(len(ours)), len(ours) + other, np.full(len(theirs), sink)])
    capacity = np.concatenate([np.full(len(ours), most), np.ones(len(one)), np.full(len(theirs), most)])
    graph = sparse.csr_array((capacity.astype(np.int32), (starts, stops)), shape=(sink + 1, sink + 1))
    return int(maximum_flow(graph, source, sink).flow_value)


def with_noise(matrix: np.ndarray, epsilon: float) -> Noisy:
    """A clipped matrix with noise that costs `epsilon` of everybody's privacy.

    Args:
        matrix: as `clipped` with the limits that are the default.
        epsilon: above 0.

    Raises:
        SilosError: OpenDP is not installed, or `epsilon` is no number above 0.
    """
    if not (np.isfinite(epsilon) and epsilon > 0):
        raise SilosError(f"epsilon must be a number above 0, not {epsilon:g} (--dp-epsilon).")
    try:
        import opendp.prelude as dp
    except ImportError as missing:
        raise SilosError(f"OpenDP is not installed here. Install it with: {how_to_install('dp')}.") from missing
    dp.enable_features("contrib")
    count, at_most = len(matrix), sensitivity(len(matrix))
    place = np.triu_indices(count)
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    scale = dp.binary_search_param(lambda tried: dp.m.make_laplace(*space, tried), d_in=at_most, d_out=epsilon)
    found = np.zeros((count, count), dtype=np.int64)
    found[place] = dp.m.make_laplace(*space, scale)(matrix[place].tolist())
    found = np.triu(found) + np.triu(found, 1).T
    accuracy = float(dp.discrete_laplacian_scale_to_accuracy(scale=scale, alpha=1 - SURE))
    return Noisy(found, epsilon, at_most, float(scale), accuracy)
