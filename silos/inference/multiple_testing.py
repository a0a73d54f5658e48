"""How many of many findings may be false."""

import numpy as np

#: False discovery rate of verdicts over many pairs.
FALSE_DISCOVERY = 0.05


def false_discovery(p_values: np.ndarray) -> np.ndarray:
    """Benjamini–Hochberg q-values: of the r-th smallest of m p-values the least p_s m/s, s ≥ r; NaN stays NaN.

    Examples:
        >>> false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
        [0.03, 0.04, nan, 0.04]
    """
    q = np.full(len(p_values), np.nan)
    known = np.isfinite(p_values)
    p = p_values[known]
    order = np.argsort(p)[::-1]
    adjusted = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    q[np.flatnonzero(known)[order]] = np.minimum(adjusted, 1)
    return q
