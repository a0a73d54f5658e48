"""Compares layers: whether people who write to one another also meet."""

import numpy as np

from silos.measures.basis import quotient


def pair_keys(a: np.ndarray, b: np.ndarray, people: int) -> np.ndarray:
    """One number for each unordered pair."""
    return np.asarray(np.minimum(a, b).astype(np.int64) * people + np.maximum(a, b))


def overlap(one: np.ndarray, other: np.ndarray, weights: np.ndarray | None = None) -> tuple[float, float, float]:
    """How far two layers are the same: share of the first in the second, of the second in the first, Jaccard.

    Args:
        one, other: whether each tie (of either layer) is in the first, and in the second.
        weights: of each tie; 1 by default.

    Examples:
        >>> overlap(np.array([True, True, False]), np.array([True, False, True]))
        (0.5, 0.5, 0.3333333333333333)
    """
    weight = np.ones(len(one)) if weights is None else weights
    both = weight[one & other].sum()
    parts = (weight[one].sum(), weight[other].sum(), weight[one | other].sum())
    first, second, jaccard = (float(quotient(both, part)) for part in parts)
    return first, second, jaccard
