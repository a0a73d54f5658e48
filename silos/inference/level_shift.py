"""Level shifts: whether, and from where on, one of several series lies at another level than before."""

from dataclasses import dataclass

import numpy as np

#: Windows on either side of a shift, at least: one strange window is no new level, and two may be chance.
LEAST_SIDE = 3
#: Share of the windows in which a series must have a value to be looked at.
LEAST_KNOWN = 0.75
#: Orders of the windows that are drawn.
ORDERS = 999
#: |t| below which two statistics are the same: rounding of floating point must decide nothing.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Shifts:
    """The most likely shift of each series.

    Attributes:
        at: (P,) the first window at the new level; -1 for a series that was not looked at.
        t: (P,) the difference of the levels over its standard error; NaN likewise.
        p: (P,) of a t as large somewhere in any of the series; NaN likewise.
    """

    at: np.ndarray
    t: np.ndarray
    p: np.ndarray


def level_shifts(values: np.ndarray, covariate: np.ndarray, *, seed: int = 0) -> Shifts:
    r"""The most likely level shift of each series, tested against all orders of the windows, over all series together.

    Of each series, for each first window k at the new level, t_k of δ in

        x_t = a + b z_t + δ [t ≥ k] + e_t

    by least squares; the series' statistic is the largest \|t_k\|. Its null: windows whose order means nothing. The
    residuals of x on (1, z) are put into another order, the same for all series, and regressed again (Freedman & Lane
    1983, J. Bus. Econ. Stat. 1(4)); p is how often the largest statistic of all series is as large (the single-step
    max-T of Westfall & Young 1993), so that with nothing there 5 % of the logs have any p < 0.05, however many series
    are looked at. It holds for windows that vary independently: a slow drift may pass for a shift.

    What is explained by z is no shift: where traffic halves for good, a level that depends on traffic is not told
    apart from one that changed at the same time, and p is large.

    Args:
        values: (T, P) series of T windows; NaN where there is no value.
        covariate: (T,) z, such as the logarithm of the traffic.
        seed: of the orders.

    Examples:
        >>> rng = np.random.default_rng(0)
        >>> series = rng.normal(size=(12, 2)) + np.array([6.0, 0.0]) * (np.arange(12) >= 6)[:, None]
        >>> found = level_shifts(series, rng.normal(size=12))
        >>> found.at.tolist()[0], (found.p < 0.05).tolist()
        (6, [True, False])
    """
    windows, count = values.shape
    at, t, p = np.full(count, -1), np.full(count, np.nan), np.full(count, np.nan)
    rng = np.random.default_rng([seed, 29])
    orders = np.argsort(rng.random((ORDERS, windows)), axis=1)
    largest, own = np.zeros(ORDERS), {}
    for series in range(count):
        known = np.isfinite(values[:, series])
        if known.sum() < max(2 * LEAST_SIDE + 1, LEAST_KNOWN * windows):
            continue
        # The order of all windows, among those in which this series has a value.
        rank = np.cumsum(known) - 1
        drawn = rank[orders[known[orders]]].reshape(ORDERS, -1)
        found = _statistics(values[known, series], covariate[known], drawn)
        size = np.abs(found).max(axis=1)
        split = int(np.abs(found[0]).argmax())
        at[series], t[series] = np.flatnonzero(known)[split + LEAST_SIDE], found[0, split]
        own[series] = size[0]
        largest = np.maximum(largest, size[1:])
    for series, size in own.items():
        p[series] = (1 + (largest >= size - ROUNDING).sum()) / (1 + ORDERS)
    return Shifts(at, t, p)


def _statistics(series: np.ndarray, covariate: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """t_k of every split of a series, (1 + orders, splits): as it is, and of its residuals in each order."""
    count = len(series)
    basis = np.full((count, 1), count**-0.5)
    apart = covariate - covariate.mean()
    if np.linalg.norm(apart) > ROUNDING:
        basis = np.column_stack([basis, apart / np.linalg.norm(apart)])
    rest = series - basis @ (basis.T @ series)
    every = np.vstack([rest, rest[orders]])
    every -= (every @ basis) @ basis.T
    steps = (np.arange(count) >= np.arange(LEAST_SIDE, count - LEAST_SIDE + 1)[:, None]).astype(np.float64)
    steps -= (steps @ basis) @ basis.T
    length = np.sqrt((steps**2).sum(axis=1))
    # A step that the covariate explains wholly has nothing left to be seen in.
    seen = length > ROUNDING
    along = np.divide(every @ steps.T, length, out=np.zeros((len(every), len(steps))), where=seen)
    error = np.sqrt(np.maximum((every**2).sum(axis=1)[:, None] - along**2, 0) / (count - basis.shape[1] - 1))
    return np.divide(along, error, out=np.zeros_like(along), where=error > ROUNDING)
