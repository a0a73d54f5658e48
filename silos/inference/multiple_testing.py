"""Controls how many of many findings may be false."""

import numpy as np

#: False discovery rate of verdicts over many pairs.
FALSE_DISCOVERY = 0.05


def false_discovery(p_values: np.ndarray) -> np.ndarray:
    """Benjamini–Hochberg q-values: of the r-th smallest of m p-values the least p_s m/s, s ≥ r; NaN stays NaN.

    m counts what is a number. They are those of SciPy, whose statistics take .45 CPU seconds to load.

    Examples:
        >>> false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
        [0.03, 0.04, nan, 0.04]
    """
    q = np.full(len(p_values), np.nan)
    rising = np.argsort(p_values)[: int(np.isfinite(p_values).sum())]
    scaled = p_values[rising] * (len(rising) / np.arange(1, len(rising) + 1))
    q[rising] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
