"""Loops over ties that are compiled where there are many: sums over ties in many replicates of the person bootstrap.

numpy and scipy go through the ties once for the weights of one end, once for those of the other, once for their
product and once for each sum; one loop does it all while the weights lie in the cache. To load numba and to compile
takes some seconds, so small logs do without, and so does everybody without the extra `fast`.
"""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

#: Ties (or waits) times replicates from which loops are compiled: so many take numpy longer than to load and compile.
#: Changes no result.
WORTH = 100_000_000
#: People whose weights lie in the cache together: ties among these and those are gone through before others.
#: Changes no result.
NEAR = 1 << 14


def worth(size: int, replicates: int) -> bool:
    """Whether loops over so many ties, in so many replicates, are to be compiled.

    Examples:
        >>> worth(1_000, 500)
        False
    """
    return size * replicates >= WORTH and find_spec("numba") is not None


@cache
def _compiled(loop: Callable[..., Any]) -> Callable[..., Any]:
    """The same loop as machine code, for the types it is first called with; once in a process, nothing on disk."""
    from numba import njit

    # One rounding of a product that is added up, not two; all else as IEEE has it.
    compiled: Callable[..., Any] = njit(nogil=True, fastmath={"contract"})(loop)
    return compiled


def _to_read(weights: np.ndarray) -> np.ndarray:
    """The same weights, not to be written: another type to numba, and a loop is compiled anew for each."""
    same = weights.view()
    same.flags.writeable = False
    return same


def nearby(people: np.ndarray) -> np.ndarray:
    """The number of the part of the people, `NEAR` to a part, in which each position is."""
    return np.asarray(people // NEAR)


# ---- Σ ω_i ω_j x over ties


def add_by_cell(
    i: np.ndarray,
    j: np.ndarray,
    starts: np.ndarray,
    rows: np.ndarray,
    values: np.ndarray,
    weights: np.ndarray,
    sums: np.ndarray,
) -> None:
    """Add Σ ω_i ω_j x over the ties of each cell to its rows of `sums`.

    Args:
        i, j: (T,) int32, positions of both ends of each tie, cell by cell.
        starts: (C + 1,) int64, the first tie of each cell, and the end of the last.
        rows: (G, C) int32, the rows to which each cell is added; -1 for none.
        values: (T, L) float64, the x of each tie, one column a sum.
        weights: (N, r) float32, ω of each person in each replicate.
        sums: (rows, L, r) float64, added to.
    """
    product, inside = np.empty(weights.shape[1]), np.zeros((values.shape[1], weights.shape[1]))
    _compiled(_add_by_cell)(i, j, starts, rows, values, _to_read(weights), sums, product, inside)


def _add_by_cell(
    i: Any, j: Any, starts: Any, rows: Any, values: Any, weights: Any, sums: Any, product: Any, inside: Any
) -> None:
    columns, replicates = inside.shape
    for cell in range(len(starts) - 1):
        for tie in range(starts[cell], starts[cell + 1]):
            one, other = i[tie], j[tie]
            for k in range(replicates):
                product[k] = np.float64(weights[one, k]) * np.float64(weights[other, k])
            for column in range(columns):
                value = values[tie, column]
                if value != 0.0:
                    for k in range(replicates):
                        inside[column, k] += value * product[k]
        for group in range(len(rows)):
            row = rows[group, cell]
            if row >= 0:
                for column in range(columns):
                    for k in range(replicates):
                        sums[row, column, k] += inside[column, k]
        for column in range(columns):
            for k in range(replicates):
                inside[column, k] = 0.0


# ---- gravity


def add_margins(
    starts: np.ndarray,
    person: np.ndarray,
    other: np.ndarray,
    sent: np.ndarray,
    received: np.ndarray,
    weights: np.ndarray,
    out: np.ndarray,
    into: np.ndarray,
) -> None:
    """Add ω_p Σ_q ω_q x to what each person p sends, and receives, over the q of each stretch.

    Args:
        starts: (C + 1,) int64, the first entry of each stretch of one person, and the end of the last.
        person: (C,) int32, the p of each stretch.
        other: (M,) int32, the q of each entry.
        sent, received: (M,) float64, what p sends to q, and q to p.
        weights: (N, r) float32.
        out, into: (N, r) float64, added to.
    """
    there, back = np.zeros((2, weights.shape[1]))
    _compiled(_add_margins)(starts, person, other, sent, received, weights, out, into, there, back)


def _add_margins(
    starts: Any,
    person: Any,
    other: Any,
    sent: Any,
    received: Any,
    weights: Any,
    out: Any,
    into: Any,
    there: Any,
    back: Any,
) -> None:
    replicates = len(there)
    for stretch in range(len(starts) - 1):
        for entry in range(starts[stretch], starts[stretch + 1]):
            q, a, b = other[entry], sent[entry], received[entry]
            for k in range(replicates):
                weight = np.float64(weights[q, k])
                there[k] += a * weight
                back[k] += b * weight
        p = person[stretch]
        for k in range(replicates):
            weight = np.float64(weights[p, k])
            out[p, k] += there[k] * weight
            into[p, k] += back[k] * weight
            there[k] = 0.0
            back[k] = 0.0


def quasi_independent(out: np.ndarray, into: np.ndarray, *, rounds: int, miss: float) -> tuple[np.ndarray, np.ndarray]:
    """As `silos.measures.mixing.quasi_independence`, of (N, r) margins of r replicates: α and β, (N, r).

    Args:
        out, into: (N, r) float64.
        rounds: how many at most.
        miss: of a person's margin, of the total, at which it has arrived.
    """
    total = out.sum(axis=0)
    alpha, beta = np.empty_like(out), np.divide(into, np.sqrt(total), out=np.zeros_like(into), where=total > 0)
    sent, received, apart = np.empty_like(total), beta.sum(axis=0), np.empty_like(total)
    for _ in range(rounds):
        _compiled(_divide)(out, beta, received, alpha, sent)
        _compiled(_divide)(into, alpha, sent, beta, received)
        # The margins of β hold now; those of α tell how far there is to go.
        _compiled(_miss)(out, alpha, beta, received, apart)
        if not (apart > miss * total).any():
            break
    return alpha, beta


def _divide(margin: Any, own: Any, whole: Any, result: Any, sums: Any) -> None:
    # A margin is shared out among all but oneself.
    people, replicates = margin.shape
    for k in range(replicates):
        sums[k] = 0.0
    for p in range(people):
        for k in range(replicates):
            rest = whole[k] - own[p, k]
            result[p, k] = margin[p, k] / rest if rest > 0 else 0.0
            sums[k] += result[p, k]


def _miss(margin: Any, alpha: Any, beta: Any, received: Any, farthest: Any) -> None:
    people, replicates = margin.shape
    for k in range(replicates):
        farthest[k] = 0.0
    for p in range(people):
        for k in range(replicates):
            apart = abs(alpha[p, k] * (received[k] - beta[p, k]) - margin[p, k])
            farthest[k] = apart if apart > farthest[k] else farthest[k]


# ---- triangles


def find_triangles(
    start: np.ndarray, head: np.ndarray, people: range, mark: np.ndarray, found: np.ndarray
) -> np.ndarray:
    """The triangles whose ties run from one of some people u to v, from u to w and from v to w: see `OrientedTies`.

    Args:
        start: (N + 1,) int64, the first tie of each tail, and the end of the last.
        head: (m,) int64, of each tie, in order of the tail.
        people: the u; asked for in rising order with the same `mark`.
        mark: (N,) int64, -1 at first: the last tie by which each person was a head.
        found: (3, paths) int64, room for as many as there are two-step paths from these people.

    Returns:
        (3, triangles), the ties uv, uw and vw: a view of `found`.
    """
    return found[:, : _compiled(_find_triangles)(start, head, people.start, people.stop, mark, found)]


def _find_triangles(start: Any, head: Any, first: Any, last: Any, mark: Any, found: Any) -> Any:
    count = 0
    for u in range(first, last):
        for tie in range(start[u], start[u + 1]):
            mark[head[tie]] = tie
        for uv in range(start[u], start[u + 1]):
            v = head[uv]
            for vw in range(start[v], start[v + 1]):
                uw = mark[head[vw]]
                # What others than u have marked are earlier ties.
                if uw >= start[u]:
                    found[0, count], found[1, count], found[2, count] = uv, uw, vw
                    count += 1
    return count
