"""Every triangle of a sparse network, once, in chunks of bounded memory.

Constraint, effective size and brokerage roles all ask, for a person and two contacts, whether the two are in contact
themselves. Sparse matrix products answer that by way of every two-step path (hundreds of millions on a large company);
the triangles are ten times fewer. Ties point from the person with fewer contacts to the one with more (Chiba and
Nishizeki 1985), so hubs have few outgoing ties and cost little.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

#: Two-step paths looked at in one go; changes no result.
PATHS = 1 << 19
#: Bytes of the table in which the contacts of the persons at hand are looked up; changes no result.
TABLE_BYTES = 1 << 26
#: Triangles handed out in one go, at least (but for the last); changes no result.
TRIANGLES = 1 << 20


@dataclass(frozen=True, eq=False)
class OrientedTies:
    """The ties of a symmetric network, each once, from the person with fewer contacts to the one with more.

    Attributes:
        tail, head: (m,) positions of the two persons of each tie, in order of the tail; a tail has no more contacts
            than its head.
        value: (m,) entry of the matrix at (tail, head).
        count: number of persons N.
    """

    tail: np.ndarray
    head: np.ndarray
    value: np.ndarray
    count: int

    @classmethod
    def of(cls, matrix: sparse.csr_array) -> "OrientedTies":
        """The ties of an N x N matrix without diagonal that has an entry at (i, j) wherever it has one at (j, i)."""
        count = matrix.shape[0]
        degree = np.diff(matrix.indptr)
        rank = np.empty(count, dtype=np.intp)
        rank[np.argsort(degree, kind="stable")] = np.arange(count)
        row = np.repeat(np.arange(count), degree)
        forward = np.flatnonzero(rank[row] < rank[matrix.indices])
        return cls(row[forward], matrix.indices[forward].astype(np.intp), matrix.data[forward], count)

    def triangles(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Every triangle once, in chunks.

        Yields:
            Positions of three ties (uv, uw, vw): the tail of uv and of uw is u, the head of uv and the tail of vw is
            v, the head of uw and of vw is w.
        """
        held: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        size = 0
        for chunk in self._chunks():
            held.append(chunk)
            size += len(chunk[0])
            if size >= TRIANGLES:
                yield _joined(held)
                held, size = [], 0
        if size:
            yield _joined(held)

    def _chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        # tails come in order, so the ties of a range of persons are a range of ties
        start = np.searchsorted(self.tail, np.arange(self.count + 1))
        outgoing = np.diff(start)
        paths = np.concatenate([[0], np.cumsum(outgoing[self.head])])
        rows = max(1, TABLE_BYTES // (4 * max(self.count, 1)))
        table = np.full(min(rows, self.count) * self.count, -1, dtype=np.int32)
        reached = paths[start]
        first = 0
        while first < self.count:
            limit = np.searchsorted(reached, reached[first] + PATHS, side="right") - 1
            last = int(min(max(limit, first + 1), first + rows, self.count))
            low, high = start[first], start[last]
            if paths[high] > paths[low]:
                base = (self.tail[low:high] - first) * self.count
                place = base + self.head[low:high]
                table[place] = np.arange(high - low, dtype=np.int32)
                repeat = outgoing[self.head[low:high]]
                near = np.repeat(np.arange(high - low), repeat)
                far = (start[self.head[low:high]] - (paths[low:high] - paths[low]))[near]
                far += np.arange(len(far))
                at = base[near]
                at += self.head[far]
                third = table[at]
                hit = np.flatnonzero(third >= 0)
                if len(hit):
                    yield near[hit] + low, third[hit] + low, far[hit]
                table[place] = -1
            first = last


def _joined(held: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first, second, third = zip(*held, strict=True)
    return np.concatenate(first), np.concatenate(second), np.concatenate(third)
