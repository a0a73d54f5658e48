"""The usual value among the departments of one organisation, and its uncertainty."""

import numpy as np

#: With fewer departments than this, the habit is that of departments drawn anew in every replicate, as it is with any
#: other department gone: their median is as unsure as what is compared with it. Of 90 companies of nine departments, of
#: which seven play a part and one is a silo, the one plain department is called a silo in 2, not in 12 as by the median
#: alone; of the silos 80 are found, not 83.
FEW_DEPARTMENTS = 10


def habits(draws: np.ndarray, seed: int) -> np.ndarray:
    """The median of the departments in each replicate, (R, K) -> (R,).

    Fewer than `FEW_DEPARTMENTS` are weighed by ω ~ Exp(1) each (the Bayesian bootstrap of departments, Rubin 1981), so
    that an interval about the habit holds which departments there happen to be.

    Examples:
        >>> habits(np.array([[1.0, 2.0, 9.0] + 8 * [2.0]]), 0).tolist()
        [2.0]
    """
    count = draws.shape[1]
    if count >= FEW_DEPARTMENTS:
        return np.asarray(np.median(draws, axis=1))
    return weighted_medians(draws, np.random.default_rng([seed, 2]).standard_exponential(draws.shape))


def weighted_medians(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The weighted median of each row: the value at half of the weight, between the two nearest; (R, K) -> (R,).

    Equal weights give the median.

    Examples:
        >>> weighted_medians(np.array([[3.0, 1.0, 2.0], [4.0, 1.0, 2.0]]), np.ones((2, 3))).tolist()
        [2.0, 2.0]
        >>> weighted_medians(np.array([[0.0, 1.0, 5.0]]), np.array([[1.0, 1.0, 100.0]])).round(2).tolist()
        [4.92]
    """
    order = np.argsort(values, axis=1)
    rising, weight = np.take_along_axis(values, order, 1), np.take_along_axis(weights, order, 1)
    if values.shape[1] == 1:
        return np.asarray(rising[:, 0])
    reached = np.cumsum(weight, axis=1)
    place = (reached - weight / 2) / reached[:, -1:]
    after = np.clip((place < 0.5).sum(axis=1), 1, values.shape[1] - 1)
    row = np.arange(len(values))
    start, end = place[row, after - 1], place[row, after]
    part = np.clip((0.5 - start) / (end - start), 0, 1)
    return np.asarray(rising[row, after - 1] + part * (rising[row, after] - rising[row, after - 1]))
