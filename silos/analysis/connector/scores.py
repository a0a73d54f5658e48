"""The score of the connector: what connects the others only through a department, and how evenly it reaches them."""

from collections.abc import Collection
from functools import partial

import numpy as np
import pandas as pd

from silos.measures.affinity import by_parts, expectations, shrunken, size_exponent
from silos.measures.basis import totals_across
from silos.measures.binding import bind_bounds, binds
from silos.measures.diversity import effective_number
from silos.network import Network
from silos.ties.definitions import Evidence

#: Part of the departments' median substantive share that a connector needs.
SUBSTANTIVE = 0.5
#: Scores as near to one another, relatively, are not told apart by bounds: rounding must decide nothing.
NEAR = 1e-6
#: Bound of the shrinkage for Reach: by κ alone, up to 50, a department with a few ties to each small one seemed uneven
#: beside a large one, which was then clearly first in 3 of 12 companies without a connector.
FEW_EXPECTED = 5.0


def reaches(mixing: np.ndarray, expected: np.ndarray, kappa: np.ndarray) -> np.ndarray:
    """Reach_a: the effective share of the other departments that a is in contact with; (..., K).

    The effective number of row a of Y_ab/(E_ab + min(κ, 5)), over K − 1. The expectation shrinks, but what was not
    observed stays 0: with (Y + κ)/(E + κ) a department with almost no ties would seem to reach everybody evenly.
    """
    count = mixing.shape[-1]
    row = mixing / (expected + np.minimum(kappa, FEW_EXPECTED)[..., None, None])
    row[..., np.arange(count), np.arange(count)] = 0.0
    return effective_number(row) / max(count - 1, 1)


def scores(mixing: np.ndarray, sizes: np.ndarray, exponent: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """C = Bind × Reach, Bind and Reach of every department; each (..., K)."""
    conductance, reach = _conducting(mixing, sizes, exponent)
    bind = binds(conductance)
    return bind * reach, bind, reach


def _conducting(mixing: np.ndarray, sizes: np.ndarray, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """The affinities between departments, (..., K, K), and the Reach of each."""
    expected, kappa = expectations(mixing, sizes, exponent)
    return shrunken(mixing, expected, kappa), reaches(mixing, expected, kappa)


def contests(
    mixing: np.ndarray, sizes: np.ndarray, exponent: float, *, eligible: np.ndarray, leader: int
) -> np.ndarray:
    """Scores of draws, as far as it takes to tell who is first and who is ahead of the leader; (R, K).

    Those of the leader and of whoever may reach it are exact. Whoever cannot, as bounds of Bind show (`bind_bounds`),
    has the upper bound of the score instead, which is below the leader's. NaN for who is not eligible.

    Args:
        mixing, sizes, exponent: as `scores`, of R draws.
        eligible: (K,) who takes part, the leader among them.
        leader: position of the first by the score of the network itself.
    """
    conductance, reach = by_parts(partial(_conducting, exponent=exponent), mixing, sizes)
    if conductance.shape[-1] < 3:
        return np.full(reach.shape, np.nan)
    first = np.arange(len(eligible)) == leader
    ahead = binds(conductance, of=first)[:, leader] * reach[:, leader]
    most = np.where(eligible, by_parts(bind_bounds, conductance)[1] * reach, np.nan)
    near = eligible & (most * (1 + NEAR) >= ahead[:, None]) & ~first
    result = np.where(near, binds(conductance, of=near) * reach, most)
    result[:, leader] = ahead
    return result


def wider(mixing: np.ndarray, sizes: np.ndarray, exponent: float, *, eligible: np.ndarray, spread: float) -> np.ndarray:
    """In which draws the scores spread as far as `spread`, from the median of the eligible to their first; (R,) bool.

    Most draws are decided by the bounds of Bind; only the others are worked out.
    """
    conductance, reach = by_parts(partial(_conducting, exponent=exponent), mixing, sizes)
    low, high = (bound[:, eligible] * reach[:, eligible] for bound in by_parts(bind_bounds, conductance))
    least, most = (top.max(axis=1) - np.median(other, axis=1) for top, other in ((low, high), (high, low)))
    result = least > spread * (1 + NEAR)
    unsure = ~result & (most * (1 + NEAR) >= spread)
    score = binds(conductance[unsure], of=eligible)[:, eligible] * reach[unsure][:, eligible]
    result[unsure] = score.max(axis=1, initial=-np.inf) - np.median(score, axis=1) >= spread
    return result


def standings(
    network: Network,
    traffic: np.ndarray,
    mixing: np.ndarray,
    *,
    evidence: Evidence,
    candidates: Collection[str],
    service: Collection[str] = (),
    desks: Collection[str] = (),
) -> tuple[pd.DataFrame, float]:
    """Scores of all departments on one layer of ties, and who is eligible; in the order of the departments.

    Args:
        network: the people, departments as they may be shown.
        traffic: (K, K) all ties between the departments, and those inside twice.
        mixing: the same of the ties that count as evidence.
        evidence: their grade.
        candidates: departments that can be proclaimed; the others are places that may be reached.
        service: declared service desks: never proclaimed, and their ties are no evidence for others.
        desks: departments that take turns as a desk does: the same.

    Returns:
        DataFrame by department (`score`, `bind`, `reach`, `share`, `substantive_share`, `service`, `shallow`,
        `eligible`), and the size exponent of the affinity. Service desks and departments that take turns as a desk does
        have no `score`, `bind` and `reach`: NaN.
    """
    names = network.departments
    standing, declared, desk = (names.isin(list(some)) for some in (candidates, service, [*service, *desks]))
    kept, sizes = among(~desk, mixing, network.sizes.astype(np.float64))
    exponent = size_exponent(kept, sizes)
    score, bind, reach = (placed(values, ~desk) for values in scores(kept, sizes, exponent))
    whole = totals_across(traffic)
    share = totals_across(mixing) / np.where(whole > 0, whole, np.nan)
    others = share[standing & ~desk]
    median = float(np.nanmedian(others)) if np.isfinite(others).any() else 0.0
    shallow = ~(share >= SUBSTANTIVE * median)
    table = pd.DataFrame(
        {
            "score": score,
            "bind": bind,
            "reach": reach,
            "substantive_share": share if evidence == "substantive" else np.nan,
            "service": declared,
            "shallow": shallow,
            "eligible": standing & ~desk & ~shallow & np.isfinite(score) & (score > 0),
        },
        index=names,
    )
    return table, exponent


def among(stay: np.ndarray, mixing: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ties between departments, (..., K, K), and people, (..., K), of those departments that stay, (K,) bool.

    Desks do not stay as departments without ties: what is no evidence would then say that they have none, bend the size
    exponent, lower what is expected of everybody else, and shrunken join the others all the same.

    Examples:
        >>> ties = np.array([[0.0, 8.0, 5.0], [8.0, 0.0, 7.0], [5.0, 7.0, 0.0]])
        >>> kept, sizes = among(np.array([True, False, True]), ties, np.array([10.0, 3.0, 20.0]))
        >>> kept.tolist(), sizes.tolist()
        ([[0.0, 5.0], [5.0, 0.0]], [10.0, 20.0])
    """
    if stay.all():
        return mixing, sizes
    return mixing[..., stay, :][..., stay], sizes[..., stay]


def placed(values: np.ndarray, stay: np.ndarray) -> np.ndarray:
    """What was found of the departments that stay, (K,) bool, in the order of all of them; NaN for the others.

    Examples:
        >>> placed(np.array([1.0, 2.0]), np.array([True, False, True])).tolist()
        [1.0, nan, 2.0]
    """
    result = np.full(len(stay), np.nan)
    result[stay] = values
    return result
