"""Integer columns side by side: sorted by several of them at once, and brought together group by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

#: Name -> (rows,) values, as many of each.
Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Packing:
    """How integer columns become one number of 64 bits that sorts as they do, the first before the others.

    Attributes:
        lows, widths: of each column its least value, and the bits that the others take above it.
    """

    lows: Mapping[str, int]
    widths: Mapping[str, int]

    @classmethod
    def of(cls, columns: Columns, names: Sequence[str]) -> "Packing":
        """The narrowest for these columns."""
        ends = {name: (int(columns[name].min()), int(columns[name].max())) for name in names if len(columns[name])}
        lows = {name: ends.get(name, (0, 0))[0] for name in names}
        return cls(lows, {name: (ends.get(name, (0, 0))[1] - lows[name]).bit_length() for name in names})

    @property
    def bits(self) -> int:
        """How many there are."""
        return sum(self.widths.values())

    def packed(self, columns: Columns) -> np.ndarray:
        """(rows,) uint64; `bits` is at most 64."""
        key = np.zeros(len(next(iter(columns.values()))), dtype=np.uint64)
        for name, width in self.widths.items():
            key = key << np.uint64(width) | (columns[name].astype(np.int64) - self.lows[name]).astype(np.uint64)
        return key

    def unpacked(self, key: np.ndarray) -> Columns:
        """The columns, (rows,) int64 each."""
        columns = {}
        for name, width in reversed(list(self.widths.items())):
            columns[name] = (key & np.uint64((1 << width) - 1)).astype(np.int64) + self.lows[name]
            key = key >> np.uint64(width)
        return columns


def in_order_of(columns: Columns) -> Columns:
    """The rows in the order of the columns, the first before the others.

    Examples:
        >>> rows = in_order_of({"a": np.array([2, 1, 2]), "b": np.array([5, 9, 4])})
        >>> rows["a"].tolist(), rows["b"].tolist()
        ([1, 2, 2], [9, 4, 5])
    """
    packing = Packing.of(columns, list(columns))
    if packing.bits < 64:
        return packing.unpacked(np.sort(packing.packed(columns)))
    return taken(columns, np.lexsort(list(reversed(columns.values()))))


def taken(columns: Columns, which: np.ndarray) -> Columns:
    """Some rows, by their places or a mask."""
    return {name: values[which] for name, values in columns.items()}


def like_before(*columns: np.ndarray) -> np.ndarray:
    """(rows - 1,) whether a row is like the one before it."""
    return np.logical_and.reduce([values[1:] == values[:-1] for values in columns])


def starts_of(*columns: np.ndarray) -> np.ndarray:
    """Where rows begin that are alike: nowhere, if there are none.

    Examples:
        >>> starts_of(np.array([1, 1, 2, 2]), np.array([0, 0, 0, 7])).tolist()
        [0, 2, 3]
    """
    changed = np.ones(len(columns[0]), dtype=bool)
    changed[1:] = ~like_before(*columns)
    return np.flatnonzero(changed)


def reduced(how: np.ufunc, values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The values of the rows from each start to the next, brought together."""
    found: np.ndarray = how.reduceat(values, starts) if len(starts) else values[:0]
    return found
