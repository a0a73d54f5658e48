"""Counts between departments by the middles of their classes: what published figures are worked out from."""

import numpy as np

from silos.privacy.gate import STEP, Gate


def middles(cells: np.ndarray, gate: Gate) -> np.ndarray:
    """Square counts, each as the middle of its class; those below a step so that they add up, row by row, about right.

    Where most cells are small, the middle of the lowest class in each would add up to far too much. What those of a row
    hold together is a count of its own, and published in its class: each stands for its mean. Not so where that would
    bound one of them from below, so that its class were narrower.

    Examples:
        >>> middles(np.array([[9, 0, 1], [0, 6, 30], [1, 30, 8]]), Gate()).tolist()
        [[7.0, 1.0, 1.0], [2.0, 7.0, 32.0], [2.0, 32.0, 7.0]]
    """
    small = np.isnan(gate.count(cells)) & ~np.eye(len(cells), dtype=bool)
    number = small.sum(axis=1)
    together = np.where(small, cells, 0.0).sum(axis=1)
    least = gate.middle(together) - (STEP - 1) / 2
    bounded = least > (STEP - 1) * (number - 1)
    mean = np.where(bounded, (STEP - 1) / 2, gate.middle(together) / np.maximum(number, 1))
    return np.asarray(np.where(small, mean[:, None], gate.middle(cells)))


def by_middles(mixing: np.ndarray, gate: Gate) -> np.ndarray:
    """Ties between departments, symmetric and those inside twice, each as the middle of its class.

    Examples:
        >>> by_middles(np.array([[18, 0, 1], [0, 12, 30], [1, 30, 16]]), Gate()).tolist()
        [[14.0, 1.5, 1.5], [1.5, 14.0, 32.0], [1.5, 32.0, 14.0]]
    """
    cells = np.asarray(mixing, dtype=np.float64).copy()
    np.fill_diagonal(cells, np.diagonal(cells) / 2)
    told = middles(cells, gate)
    np.fill_diagonal(told, 2 * np.diagonal(told))
    return np.asarray((told + told.T) / 2)
