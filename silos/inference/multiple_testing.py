"""Controls how many of many findings may be false."""

import numpy as np

from silos.system.helpers import elsewhere

#: False discovery rate of verdicts over many pairs.
FALSE_DISCOVERY = 0.05


def false_discovery(p_values: np.ndarray) -> np.ndarray:
    """Benjamini–Hochberg q-values: of the r-th smallest of m p-values the least p_s m/s, s ≥ r; NaN stays NaN.

    By SciPy, which refuses what is no number: m counts the others.

    Examples:
        >>> false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
        [0.03, 0.04, nan, 0.04]
    """
    q = np.full(len(p_values), np.nan)
    known = np.isfinite(p_values)
    if known.any():
        q[known] = elsewhere(_controlled, p_values[known])()
    return q


def _controlled(p_values: np.ndarray) -> np.ndarray:
    # It takes 0.45 CPU seconds to load, and only an analysis tests anything.
    from scipy.stats import false_discovery_control

    controlled: np.ndarray = false_discovery_control(p_values, method="bh")
    return controlled
