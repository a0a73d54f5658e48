"""Controls how many of many findings may be false."""

import numpy as np

#: False discovery rate of verdicts over many pairs.
FALSE_DISCOVERY = 0.05


def false_discovery(p_values: np.ndarray) -> np.ndarray:
    """Benjamini–Hochberg q-values: of the r-th smallest of m p-values the least p_s m/s, s ≥ r.

    NaN stays NaN, and m counts the others. A test holds them equal to `scipy.stats.false_discovery_control`, which
    loads for longer than a small log takes to be counted.

    Examples:
        >>> false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
        [0.03, 0.04, nan, 0.04]
    """
    q = np.full(len(p_values), np.nan)
    known = np.flatnonzero(np.isfinite(p_values))
    order = known[np.argsort(p_values[known])]
    raised = p_values[order] * (len(order) / np.arange(1, len(order) + 1))
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    return q
