"""The basis of a count: ties or volume, both ways or by direction.

Few strong ties inside and many weak ones across give an index one sign by volume and the other by ties, so every
measure that can be taken on either says which with `by=` (`assortativity` with `weighted=`, as networkx has it).
"""

from typing import Literal

import numpy as np
from scipy import sparse

from silos.network import Network
from silos.system.arguments import one_of

By = Literal["ties", "volume"]

BASES: tuple[By, ...] = ("ties", "volume")
#: Odd, its bits without pattern (2^64 over the golden ratio): times a key, the upper half tells keys apart.
MIX = np.uint64(0x9E3779B97F4A7C15)
#: Bits of what is looked up for each tie: a table that stays in the cache; changes no result.
LOOKUP = 20


def symmetric(network: Network, by: By) -> sparse.csr_array:
    """What passes between two persons both ways: 0/1 contacts (`ties`) or summed weights (`volume`), N x N."""
    return network.contacts if one_of(by, BASES, "by") == "ties" else network.combined


def arcs(network: Network, by: By) -> sparse.csr_array:
    """What one person sends to another: 0/1 arcs (`ties`) or weights (`volume`), N x N; symmetric if undirected."""
    if one_of(by, BASES, "by") == "volume":
        return network.adjacency
    binary = network.adjacency.copy()
    binary.data = np.ones_like(binary.data)
    return binary


def weights(network: Network, by: By) -> sparse.csr_array:
    """B, every pair in contact from both ends (`ties`), or A, what each sends to each (`volume`), N x N."""
    return network.contacts if one_of(by, BASES, "by") == "ties" else network.adjacency


def department_totals(network: Network, matrix: sparse.csr_array) -> np.ndarray:
    """HᵀXH: the N x N `matrix` summed by department of row and of column, (K, K).

    Within a department a symmetric matrix counts each tie twice.
    """
    count = len(network.departments)
    cell = np.repeat(network.membership * count, np.diff(matrix.indptr))
    cell += network.membership[matrix.indices]
    total = np.bincount(cell, weights=matrix.data, minlength=count * count)
    return total.reshape(count, count).astype(np.float64)


def pair_totals(
    membership: np.ndarray, count: int, i: np.ndarray, j: np.ndarray, weight: np.ndarray | None = None
) -> np.ndarray:
    """`department_totals` of the 0/1 matrix of pairs of persons, each given once: (K, K), pairs inside counted twice.

    Args:
        membership: the department of each person, numbered below `count`.
        count: K.
        i, j: the two persons of each pair.
        weight: what each pair counts; 1 unless given.
    """
    cell = np.take(membership * count, i)
    cell += np.take(membership, j)
    total = np.bincount(cell, weights=weight, minlength=count * count).reshape(count, count).astype(np.float64)
    return total + total.T


def totals_across(mixing: np.ndarray) -> np.ndarray:
    """What each department has with all others, (..., K), of what departments have with one another, (..., K, K).

    Examples:
        >>> totals_across(np.array([[8.0, 1.0, 2.0], [1.0, 4.0, 0.0], [2.0, 0.0, 6.0]])).tolist()
        [3.0, 1.0, 2.0]
    """
    return np.asarray(mixing.sum(axis=-1) - np.diagonal(mixing, axis1=-2, axis2=-1))


def same_department(sizes: np.ndarray) -> tuple[float, float, float]:
    """The chances, if departments are assigned to people at random, that people are of the same one.

    Args:
        sizes: (K,) people in each department; N in all.

    Returns:
        p₂ of two people, Σ[n]₂/[N]₂; p₃ of three, Σ[n]₃/[N]₃; and p₂₂ of both of two pairs without a person in common,
        (Σ[n]₄ + (Σ[n]₂)² − Σ[n]₂²)/[N]₄. [n]_k = n(n−1)…(n−k+1); 0 where there are too few people.

    Examples:
        >>> [round(chance, 4) for chance in same_department(np.array([2, 2]))]
        [0.3333, 0.0, 0.3333]
    """
    sizes = np.asarray(sizes, dtype=np.float64)
    people = sizes.sum()

    def falling(of: np.ndarray, order: int) -> np.ndarray:
        return np.asarray(np.prod([of - step for step in range(order)], axis=0))

    def share(ways: float, order: int) -> float:
        every = float(falling(people, order))
        return float(ways) / every if every > 0 else 0.0

    pairs = falling(sizes, 2)
    two_pairs = falling(sizes, 4).sum() + pairs.sum() ** 2 - (pairs**2).sum()
    return share(pairs.sum(), 2), share(falling(sizes, 3).sum(), 3), share(two_pairs, 4)


def quotient(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """numerator / denominator, NaN where the denominator is zero."""
    numerator, denominator = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    result = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result


def ratio(numerator: float, denominator: float) -> float:
    """numerator / denominator, NaN if the denominator is zero."""
    return float(numerator / denominator) if denominator else float("nan")


def distinct(values: np.ndarray) -> np.ndarray:
    """The different numbers among `values`, in order: by sorting, which is several times faster than `numpy.unique`."""
    ordered = np.sort(values, axis=None)
    return ordered[first_of_each(ordered)]


def repeated(values: np.ndarray) -> np.ndarray:
    """The numbers that stand more than once among `values`, in order.

    Examples:
        >>> repeated(np.array([4, 2, 4, 7, 2, 2])).tolist()
        [2, 4]
    """
    ordered = np.sort(values, axis=None)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    return again[first_of_each(again)]


def among(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Which of `values` are in an array of numbers in order.

    Examples:
        >>> among(np.array([1, 5, 2]), np.array([2, 3, 5])).tolist()
        [False, True, True]
    """
    if not len(ordered):
        return np.zeros(np.shape(values), dtype=bool)
    return np.asarray(ordered[np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)] == values)


def places_in_order(keys: np.ndarray, limit: int) -> np.ndarray:
    """The positions that put `keys` in order, equal ones as they stand: `numpy.argsort`, several times faster.

    Small keys are sorted by their digits. Else key and position are one number where they have room in 63 bits: numbers
    are sorted faster than positions.

    Args:
        keys: whole numbers, from 0.
        limit: a number above all of them.

    Examples:
        >>> places_in_order(np.array([4, 2, 4, 0]), 5).tolist()
        [3, 1, 0, 2]
        >>> places_in_order(np.array([4, 2, 4, 0]), 1 << 20).tolist()
        [3, 1, 0, 2]
    """
    if limit <= 1 << 16:
        return np.argsort(keys.astype(np.uint16), kind="stable")
    bits = len(keys).bit_length()
    if int(limit).bit_length() + bits > 63:
        return np.argsort(keys, kind="stable")
    both = keys.astype(np.int64)
    both <<= bits
    both |= np.arange(len(keys))
    both.sort()
    both &= (1 << bits) - 1
    return both


def repetitions(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The keys that stand more than once, in order; all places where they stand; and the number of the key at each.

    Half of the bits of a product find who may be equal, by a sort of half the size; what they find is then compared.

    Examples:
        >>> [part.tolist() for part in repetitions(np.array([4, 2, 4, 7, 2]))]
        [[2, 4], [0, 1, 2, 4], [1, 0, 1, 0]]
    """
    short = ((keys.view(np.uint64) * MIX) >> np.uint64(32)).astype(np.uint32)
    again = repeated(short)
    # Some sixteen times as many places as keys.
    bits = min(len(keys).bit_length() + 4, LOOKUP)
    seen = np.zeros(1 << bits, dtype=bool)
    seen[again >> (32 - bits)] = True
    places = np.flatnonzero(seen[short >> (32 - bits)])
    twice = repeated(keys[places])
    if not len(twice):
        return twice, places[:0], places[:0]
    number = np.searchsorted(twice, keys[places])
    number[number == len(twice)] = 0
    found = twice[number] == keys[places]
    return twice, places[found], number[found]


def first_of_each(ordered: np.ndarray) -> np.ndarray:
    """Which numbers of an array in order are not the same as the one before."""
    return np.r_[np.ones(min(len(ordered), 1), dtype=bool), ordered[1:] != ordered[:-1]]
