"""How many ties two departments would have, and how far the pairs of one organisation stray from that: walls, bridges.

The person bootstrap cannot answer for a pair with few ties: the product of two Exp(1) weights gives a tie variance 3
where an independent one has 1 (Owen 2007; Menzel 2021 on bootstraps of dyadic data), and a pair without any tie does
not vary at all. What is tested here is a count under its null hypothesis, against the variety of all other pairs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import gammainc, gammaincc, ndtri

from silos.measures.basis import department_totals
from silos.network import Network

#: Share of the pairs that the null hypothesis describes: so many lie within its quantile of that share, by which the
#: variety is estimated. The others may be anything: planted pairs, service desks, silos.
TYPICAL_PAIRS = 0.9
#: Standard deviations from which a pair is left out when the departments' activities are fitted.
APART = 3.0
#: Rounds of fitting activities and variety to each other.
FITS = 5
#: Points of the Gauss-Hermite rule over the pairs' variety.
NODES = 31
#: Pairs whose tails are worked out together; changes no result.
CHUNK = 20_000
#: Relative change at which the activities have arrived.
TOLERANCE = 1e-9
#: Rounds after which they stop.
ROUNDS = 300


@dataclass(frozen=True, eq=False)
class PairTies:
    """Ties of each pair of departments a < b (P pairs, in the order of `numpy.triu_indices`) and what was expected.

    Attributes:
        ties: (P,) ties of people of a with people of b.
        expected: (P,) ties that the contacts of a and of b with all *other* departments let expect.
        elsewhere: (P,) ties across with others, of whichever of the two has fewer.
        clustering: φ, how much more ties vary than independent ones would, because one person has many; 1 or more.
        p: (P,) two-sided.
        weight: (K, K) 1 for the pairs that the activities are fitted to, 0 for those too far apart.
    """

    ties: np.ndarray
    expected: np.ndarray
    elsewhere: np.ndarray
    clustering: float
    p: np.ndarray
    weight: np.ndarray


def pair_ties(network: Network) -> PairTies:
    """Test every pair of departments by its ties.

    Null hypothesis: the ties T_ab of a pair are Poisson about e_ab e^{τZ − τ²/2}, Z normal, in clusters of φ ties.
    e_ab = g_a g_b of quasi-independence off the diagonal (Goodman 1968), fitted without the pair itself, and without
    pairs more than `APART` standard deviations away, so that neither a wall nor a bridge hides itself or makes another.
    φ is the pooled dyadic-robust variance over the number of ties (`clustering`). τ is such that `TYPICAL_PAIRS` of all
    pairs lie within the normal quantile of that share. The tails are those of the Poisson distribution of T/φ about
    e/φ, mid-p, averaged over Z.

    Sources: Fafchamps & Gubert 2007, Aronow, Samii & Assenova 2015 (dyadic-robust variance); Efron 2004 (a null
    hypothesis estimated from the bulk of the tests); Lancaster 1961 (mid-p).
    """
    mixing = department_totals(network, network.contacts)
    np.fill_diagonal(mixing, 0)
    count = len(mixing)
    a, b = np.triu_indices(count, k=1)
    ties = mixing[a, b]
    phi = clustering(network)
    weight = 1.0 - np.eye(count)
    expected, tau = np.zeros(len(ties)), 0.0
    for _ in range(FITS):
        expected = expected_ties(mixing, weight)[a, b]
        tau = variety(ties, expected, phi)
        apart = np.abs(ties - expected) > APART * np.sqrt(phi * expected + (tau * expected) ** 2)
        kept = 1.0 - np.eye(count)
        kept[a[apart], b[apart]] = kept[b[apart], a[apart]] = 0
        # A department that is apart from half of the others has no activity without them.
        full = kept.sum(axis=1) >= count / 2
        kept[~full] = kept[:, ~full] = 1
        np.fill_diagonal(kept, 0)
        if np.array_equal(kept, weight):
            break
        weight = kept
    total = mixing.sum(axis=1)
    below, above = tails(ties, expected, phi, tau)
    return PairTies(
        ties=ties,
        expected=expected,
        elsewhere=np.minimum(total[a], total[b]) - ties,
        clustering=phi,
        p=np.minimum(1, 2 * np.minimum(below, above)),
        weight=weight,
    )


def expected_ties(mixing: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(K, K) what is expected of each pair, from the ties of the two with others; see `pair_ties`.

    Args:
        mixing: (K, K) symmetric ties between departments, the diagonal 0.
        weight: (K, K) 1 for the pairs that the activities are fitted to, else 0.
    """
    return left_out(mixing, weight, off_diagonal_activities(mixing, weight))


def off_diagonal_activities(mixing: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """g with Σ_b w_ab (Y_ab − g_a g_b) = 0 for every a, over the pairs with weight 1; 0 for one without a tie in them.

    Args:
        mixing: (K, K) symmetric Y, the diagonal 0.
        weight: (K, K) symmetric w, 0 or 1, the diagonal 0.
    """
    margin = (weight * mixing).sum(axis=1)
    g: np.ndarray = margin / np.sqrt(max(margin.sum(), 1e-300))
    for _ in range(ROUNDS):
        rest = weight @ g
        step = np.sqrt(g * np.divide(margin, rest, out=np.zeros_like(g), where=rest > 0))
        if np.all(np.abs(step - g) <= TOLERANCE * np.abs(g)):
            return step
        g = step
    return g


def left_out(mixing: np.ndarray, weight: np.ndarray, g: np.ndarray) -> np.ndarray:
    """(K, K) what is expected of each pair if it is left out of the fit.

    To first order, with the activities of third departments as they are: without its tie count y and the expectation
    e in the margin X, g_a becomes g_a (X_a − y)/(X_a − e).
    """
    expected = np.outer(g, g)
    margin = (weight * mixing).sum(axis=1)[:, None]
    others = margin - weight * expected
    factor = np.divide(
        np.maximum(margin - weight * mixing, 0), others, out=np.zeros_like(expected), where=others > 1e-9 * margin
    )
    return np.asarray(expected * factor * factor.T)


def clustering(network: Network) -> float:
    """φ: the variance of the ties between departments over their number, people being what is drawn; at least 1.

    The residual of two people i in a, j in b is B_ij − Y_ab s_i s_j, s a person's share of the department's ties
    across. Dyadic-robust variance of a pair: residuals of dyads with a person in common multiplied and added up, each
    dyad's own square once. Pooled over all pairs: of one pair it would be as unsteady as its count.
    """
    membership, count = network.membership, len(network.departments)
    i, j = network.dyads
    across = membership[i] != membership[j]
    i, j = np.concatenate([i[across], j[across]]), np.concatenate([j[across], i[across]])
    if not len(i):
        return 1.0
    cell = membership[i] * count + membership[j]
    mixing = np.bincount(cell, minlength=count * count).reshape(count, count).astype(np.float64)
    degree = np.bincount(i, minlength=len(network)).astype(np.float64)
    total = mixing.sum(axis=1)
    share = np.divide(degree, total[membership], out=np.zeros_like(degree), where=total[membership] > 0)
    # Σ_i (d_ib − Y_ab s_i)² of each pair: squares of what each person has, by department, and shares in the department.
    toward, number = np.unique(i * count + membership[j], return_counts=True)
    person, there = toward // count, toward % count
    pair = membership[person] * count + there
    squares, crossed = (
        np.bincount(pair, weights=value, minlength=count * count).reshape(count, count)
        for value in (number.astype(np.float64) ** 2, number * share[person])
    )
    shares = np.bincount(membership, weights=share**2, minlength=count)
    rows = squares - 2 * mixing * crossed + mixing**2 * shares[:, None]
    fitted = np.bincount(cell, weights=share[i] * share[j], minlength=count * count).reshape(count, count)
    own = mixing - 2 * mixing * fitted + mixing**2 * np.outer(shares, shares)
    return max(1.0, float((rows + rows.T - own).sum() / mixing.sum()))


def variety(ties: np.ndarray, expected: np.ndarray, phi: float) -> float:
    """τ with which `TYPICAL_PAIRS` of |T − e|/√(φe + τ²e²) lie below the normal quantile of that share; 0 at least."""
    known = expected > 0
    if not known.any():
        return 0.0
    apart, e = np.abs(ties - expected)[known], expected[known]
    bound = float(ndtri((1 + TYPICAL_PAIRS) / 2))

    def beyond(tau: float) -> bool:
        return bool(np.quantile(apart / np.sqrt(phi * e + (tau * e) ** 2), TYPICAL_PAIRS) > bound)

    low, high = 0.0, 8.0
    if not beyond(low):
        return 0.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) else (low, middle)
    return high


def tails(ties: np.ndarray, expected: np.ndarray, phi: float, tau: float) -> tuple[np.ndarray, np.ndarray]:
    """P(T below) and P(T above) under the null hypothesis, each with half of the probability of T itself.

    Examples:
        >>> below, above = tails(np.array([0.0, 20.0]), np.array([20.0, 20.0]), 1.0, 0.0)
        >>> [f"{tail:.2g}" for tail in below], [f"{tail:.2g}" for tail in above]
        (['1e-09', '0.51'], ['1', '0.49'])
    """
    nodes, weights = hermegauss(NODES)
    weights = weights / weights.sum()
    factor = np.exp(tau * nodes - tau**2 / 2)
    below, above = np.empty(len(ties)), np.empty(len(ties))
    for first in range(0, len(ties), CHUNK):
        some = slice(first, first + CHUNK)
        observed = (ties[some] / phi)[:, None]
        mean = (expected[some] / phi)[:, None] * factor
        least = np.maximum(observed, 1e-300)
        # P(N ≤ x) = Q(x + 1, m) of a Poisson count N of mean m, for any x ≥ 0; P(N > x) by itself, as 1 − Q is nothing.
        below[some] = (gammaincc(observed + 1, mean) + np.where(observed > 0, gammaincc(least, mean), 0)) @ weights / 2
        above[some] = (gammainc(observed + 1, mean) + np.where(observed > 0, gammainc(least, mean), 1)) @ weights / 2
    return below, above
