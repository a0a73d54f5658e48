"""The gate that every number about a group is published through: counts in steps, others with few digits.

A published count is the lower end of a class of `STEP` whole numbers, and one below `STEP` is not published at all:
whoever knows this code knows of every count that it is one of `STEP` numbers, and no more. That holds for all numbers
of a run together only if whatever follows from counts is worked out from the published ones, each taken as the middle
of its class (`Gate.middle`): such a number tells nothing that the counts beside it do not.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

#: Whole numbers that a published count may stand for; counts below it are not published.
STEP = 5
#: Significant digits of what is no count.
DIGITS = 2
#: Classes of p- and q-values, by their upper ends: a p-value with all its digits gives the count that it is of. The
#: levels at which verdicts are given are among them.
LEVELS = (0.001, 0.01, 0.05, 0.2, 1.0)
#: Step of a share beyond which it is not published: it would only say more or less than half.
COARSEST = 0.5
#: Steps of shares: 1, 2 or 5 times a power of ten.
NICE = (1.0, 2.0, 5.0, 10.0)
#: Relative difference up to which a number lies on a step: rounding of floating point must decide nothing.
EXACT = 1e-9


@dataclass(frozen=True)
class Gate:
    """What lets numbers into files.

    Attributes:
        digits: significant digits of what is no count; one more where with `DIGITS` a figure would contradict what is
            said of it.

    Examples:
        >>> gate = Gate()
        >>> gate.count([0, 4, 5, 9, 10, 12.7]).tolist()
        [nan, nan, 5.0, 5.0, 10.0, 10.0]
        >>> gate.middle([0, 4, 5, 9, 10]).tolist()
        [2.0, 2.0, 7.0, 7.0, 12.0]
        >>> gate.figure([0.12345, 1234.5, -0.0456, float("nan")]).tolist()
        [0.12, 1200.0, -0.046, nan]
        >>> gate.share([0.123, 0.123, 0.123], of=[1000, 100, 20]).tolist()
        [0.12, 0.1, 0.0]
        >>> gate.chance([1e-9, 0.03, 0.05, 0.7]).tolist()
        [0.001, 0.05, 0.05, 1.0]
    """

    digits: int = DIGITS

    def count(self, values: Any) -> np.ndarray:
        """Counts in steps, NaN below the first."""
        steps = np.floor(_numbers(values) * (1 + EXACT) / STEP) * STEP
        return np.asarray(np.where(steps >= STEP, steps, np.nan))

    def middle(self, values: Any) -> np.ndarray:
        """The middle of the class that a count is in: what published figures are worked out from."""
        return np.asarray(np.floor(_numbers(values) * (1 + EXACT) / STEP) * STEP + (STEP - 1) / 2)

    def figure(self, values: Any) -> np.ndarray:
        """Numbers with a few significant digits."""
        numbers = _numbers(values)
        return _on_steps(numbers, self._unit(numbers))

    def share(self, values: Any, of: Any) -> np.ndarray:
        """Shares and ratios no finer than one step of what they are shares of; NaN where that is not even two steps.

        Args:
            values: to be published.
            of: how many each is a share of, of the same shape or one number.
        """
        numbers = _numbers(values)
        base = np.broadcast_to(_numbers(of), numbers.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            coarsest = np.where(base > 0, STEP / base, np.inf)
        known = np.isfinite(coarsest) & (coarsest <= COARSEST)
        power = 10.0 ** np.floor(np.log10(np.where(known, coarsest, 1.0)) + EXACT)
        nice = np.select([coarsest <= factor * power * (1 + EXACT) for factor in NICE], [f * power for f in NICE])
        return np.asarray(np.where(known, _on_steps(numbers, np.maximum(nice, self._unit(numbers))), np.nan))

    def chance(self, values: Any) -> np.ndarray:
        """p- and q-values as the upper end of their class."""
        numbers = _numbers(values)
        place = np.minimum(np.searchsorted(LEVELS, np.nan_to_num(numbers, nan=1.0)), len(LEVELS) - 1)
        return np.asarray(np.where(np.isfinite(numbers), np.array(LEVELS)[place], np.nan))

    def _unit(self, numbers: np.ndarray) -> np.ndarray:
        known = np.isfinite(numbers) & (numbers != 0)
        size = np.floor(np.log10(np.abs(np.where(known, numbers, 1.0))) + EXACT)
        return np.asarray(10.0 ** (size - self.digits + 1))


def _numbers(values: Any) -> np.ndarray:
    return (
        pd.to_numeric(pd.Series(np.ravel(values)), errors="coerce")
        .to_numpy(np.float64, na_value=np.nan)
        .reshape(np.shape(values))
    )


def _on_steps(numbers: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The nearest multiples of the units; written as decimals are, so that 0.29 is not 0.29000000000000004."""
    with np.errstate(invalid="ignore"):
        rounded = np.round(numbers / unit) * unit
    return np.array([float(f"{value:.12g}") for value in rounded.ravel()]).reshape(rounded.shape)
