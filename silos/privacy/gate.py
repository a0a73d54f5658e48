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
#: A share of fewer than this is not published: it would only say more or less than half.
LEAST_SHARED = 2 * STEP
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
        >>> gate.share([0.123, 0.123, 0.0, 1.0], of=[1000, 100, 20, 52]).tolist()
        [0.12, 0.12, 0.091, 1.0]
        >>> gate.chance([1e-9, 0.03, 0.05, 0.7]).tolist()
        [0.001, 0.05, 0.05, 1.0]
    """

    digits: int = DIGITS

    def count(self, values: Any) -> np.ndarray:
        """Counts in steps, NaN below the first."""
        steps = np.floor(_numbers(values) * (1 + EXACT) / STEP) * STEP
        return np.asarray(np.where(steps >= STEP, steps, np.nan))

    def part(self, values: Any, of: Any) -> np.ndarray:
        """Counts of people of a group whose size is known, so that the last class is as wide as the others.

        5 of 7 would stand for 5 to 7, and 1 of 7 then lack it at least: such a count is put into the class below.

        Examples:
            >>> gate = Gate()
            >>> gate.count(gate.part([9, 10, 14, 7], of=[14, 12, 14, 7])).tolist()
            [5.0, 5.0, 10.0, nan]
        """
        most = np.floor((_numbers(of) - (STEP - 1)) / STEP) * STEP + STEP - 1
        return np.asarray(np.minimum(_numbers(values), np.maximum(most, 0.0)))

    def middle(self, values: Any) -> np.ndarray:
        """The middle of the class that a count is in: what published figures are worked out from."""
        return np.asarray(np.floor(_numbers(values) * (1 + EXACT) / STEP) * STEP + (STEP - 1) / 2)

    def total(self, values: Any) -> np.ndarray:
        """Sums worked out from published counts, no class of which holds the exact one: a few digits, NaN below a step.

        The class of the exact sum would narrow what is summed up. No finer than counts, they look like none that they
        are not.

        Examples:
            >>> Gate().total([3.5, 12, 31.5, 104, 937]).tolist()
            [nan, 10.0, 30.0, 100.0, 940.0]
        """
        numbers = _numbers(values)
        return np.asarray(np.where(numbers >= STEP, _on_steps(numbers, np.maximum(self._unit(numbers), STEP)), np.nan))

    def figure(self, values: Any) -> np.ndarray:
        """Numbers with a few significant digits."""
        numbers = _numbers(values)
        return _on_steps(numbers, self._unit(numbers))

    def share(self, values: Any, of: Any) -> np.ndarray:
        """Shares and ratios worked out from two published counts; NaN where there are not even two steps to share.

        Rounded by themselves they would tell more at their ends: one of 0 or 1 that half a step's people have it, or
        lack it.

        Args:
            values: to be published.
            of: how many each is a share of, of the same shape or one number.
        """
        numbers = _numbers(values)
        base = np.broadcast_to(_numbers(of), numbers.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = self.middle(np.round(numbers * base, 6)) / self.middle(base)
        shares = np.where(numbers <= 1, np.minimum(shares, 1.0), shares)
        return np.asarray(np.where(base >= LEAST_SHARED, self.figure(shares), np.nan))

    def index(self, values: Any, unit: float, edges: tuple[float, ...] = (), *, most: float = 1.0) -> np.ndarray:
        """Indices that have a largest value, as the middle of a class so wide, the first of which goes down from there.

        Rounded by themselves they would tell most where they are largest: that nobody is an exception.

        Args:
            values: to be published.
            most: the largest value.
            unit: how wide a class is, by what moves the index as much as a step of people does.
            edges: where what is said of an index changes: a published one is on the same side.

        Examples:
            >>> Gate().index([1.0, 0.98, 0.93, 0.51], 0.08, edges=(0.5,)).tolist()
            [0.96, 0.96, 0.96, 0.5]
            >>> Gate().index([0.51, 0.49], 0.2, edges=(0.5,)).tolist()
            [0.5, 0.49]
        """
        exact = _numbers(values)
        told = most - (np.floor((most - exact) / unit + EXACT) + 0.5) * unit
        told = np.where(np.isfinite(exact), self.figure(told), np.nan)
        for edge in edges:
            told = np.where((exact >= edge) & (told < edge), edge, told)
            told = np.where((exact < edge) & (told >= edge), edge - 10.0**-self.digits, told)
        return np.asarray(told)

    def mean(self, values: Any, of: Any, *, step: float = 1.0, most: float = np.inf) -> np.ndarray:
        """Means over so many people, as the middle of a class: it leaves what is each one's own open by a step.

        Rounded by themselves they would give one person's part to whoever has them with and without this person.

        Args:
            values: to be published.
            of: how many people each is the mean of, of the same shape or one number; of too few, none is given.
            step: what each person's own is left open by, at least.
            most: the largest that one can be.

        Examples:
            >>> Gate().mean([0.0, 0.33, 1.0, 0.5], of=[16, 16, 16, 4], most=1.0).tolist()
            [0.033, 0.3, 0.97, nan]
            >>> Gate().mean([4.2, 17.4], of=5, step=5).tolist()
            [4.5, 18.0]
        """
        place, unit = self._classes(values, of, step, most)
        return self.figure((place + 0.5) * unit)

    def ends(self, low: Any, high: Any, of: Any, *, step: float = 1.0, most: float = np.inf) -> tuple[np.ndarray, ...]:
        """The ends of intervals about such means: the outer ends of the classes that they are in.

        Examples:
            >>> [ends.tolist() for ends in Gate().ends([0.3], [0.52], of=10, most=1.0)]
            [[0.3], [0.6]]
        """
        (first, unit), (last, _) = (self._classes(end, of, step, most) for end in (low, high))
        return self.figure(first * unit), self.figure((last + 1) * unit)

    def _classes(self, values: Any, of: Any, step: float, most: float) -> tuple[np.ndarray, np.ndarray]:
        numbers = _numbers(values)
        unit = step / np.broadcast_to(self.count(of), numbers.shape)
        place = np.floor(numbers / unit + EXACT)
        return np.minimum(place, np.maximum(np.round(most / unit) - 1, 0.0)), unit

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
    """As floats of the same shape; NaN for what is no number."""
    plain = np.asarray(values)
    if plain.dtype.kind in "fiub":
        return plain.astype(np.float64)
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
