"""Over how many departments something is spread: entropy, and the effective number it corresponds to."""

import numpy as np
from scipy.special import entr


def entropies(counts: np.ndarray, *, group: np.ndarray | None = None, groups: int = 0) -> np.ndarray:
    """Shannon entropy (nats), −Σ p ln p, of the shares p in each row of counts; 0 for a row without any.

    Args:
        counts: (..., n), zero or more; rows run along the last axis. With `group`: (m,), all in one list.
        group: (m,), the row to which each count belongs, from 0.
        groups: how many rows there are then.

    Returns:
        (...), or (groups,).

    Source:
        C. E. Shannon (1948), A mathematical theory of communication, Bell System Technical Journal 27.

    Examples:
        >>> entropies(np.array([[5, 5], [7, 0], [0, 0]])).round(6).tolist()
        [0.693147, 0.0, 0.0]
        >>> entropies(np.array([5, 5, 7]), group=np.array([0, 0, 2]), groups=3).round(6).tolist()
        [0.693147, 0.0, 0.0]
    """
    if group is None:
        information = entr(_shares(counts, counts.sum(axis=-1, keepdims=True))).sum(axis=-1)
    else:
        totals = np.bincount(group, weights=counts, minlength=groups)
        information = np.bincount(group, weights=entr(_shares(counts, totals[group])), minlength=groups)
    # A share of 1 has −0.0.
    return np.asarray(information + 0.0)


def effective_number(counts: np.ndarray, *, group: np.ndarray | None = None, groups: int = 0) -> np.ndarray:
    """How many equal shares have the same entropy as each row of counts: e^H, the Hill number of order 1.

    Args:
        counts, group, groups: as `entropies`.

    Returns:
        As `entropies`; 0 for a row without any counts.

    Source:
        M. O. Hill (1973), Diversity and evenness: a unifying notation and its consequences, Ecology 54.

    Examples:
        >>> effective_number(np.array([[5, 5], [7, 0], [0, 0]])).round(6).tolist()
        [2.0, 1.0, 0.0]
    """
    totals = counts.sum(axis=-1) if group is None else np.bincount(group, weights=counts, minlength=groups)
    return np.where(totals > 0, np.exp(entropies(counts, group=group, groups=groups)), 0.0)


def _shares(counts: np.ndarray, totals: np.ndarray) -> np.ndarray:
    return np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
