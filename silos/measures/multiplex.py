"""Layers beside one another: whether people who write to one another are those who meet."""

import numpy as np

from silos.measures.basis import first_of_each, places_in_order, quotient, repetitions


def pair_keys(a: np.ndarray, b: np.ndarray, people: int) -> np.ndarray:
    """One number for each unordered pair."""
    return np.asarray(np.minimum(a, b).astype(np.int64) * people + np.maximum(a, b))


def overlap(one: np.ndarray, other: np.ndarray, weights: np.ndarray | None = None) -> tuple[float, float, float]:
    """How far two layers are the same: share of the first in the second, of the second in the first, Jaccard.

    Args:
        one, other: whether each tie (of either layer) is in the first, and in the second.
        weights: of each tie; 1 by default.

    Examples:
        >>> overlap(np.array([True, True, False]), np.array([True, False, True]))
        (0.5, 0.5, 0.3333333333333333)
    """
    weight = np.ones(len(one)) if weights is None else weights
    both = weight[one & other].sum()
    parts = (weight[one].sum(), weight[other].sum(), weight[one | other].sum())
    first, second, jaccard = (float(quotient(both, part)) for part in parts)
    return first, second, jaccard


def swapped(
    i: np.ndarray, j: np.ndarray, membership: np.ndarray, rng: np.random.Generator, *, rounds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Ties with the same number for each person in each department, ends swapped at random.

    Each round pairs the ties between the same two departments at random; (a, b), (c, d) become (a, d), (c, b), unless
    that makes a loop or a tie that is there already, or that another pair proposes too: each step leaves all such
    graphs equally likely. Who writes to how many people of which department stays; to whom of them does not.

    Args:
        i, j: the ends of each tie, no loops, no pair twice.
        membership: position of each person's department.
        rng: random numbers.
        rounds: how often each tie is paired.
    """
    people = len(membership)
    turn = membership[i] > membership[j]
    ends = np.empty((len(i), 2), dtype=np.int32)
    ends[:, 0], ends[:, 1] = np.where(turn, j, i), np.where(turn, i, j)
    # A swap leaves each tie between the same two departments: ties are put in order by them once.
    block = membership[ends[:, 0]].astype(np.int64) * people + membership[ends[:, 1]]
    order = places_in_order(block, people * people)
    # Both ends of a tie are one number to be put elsewhere.
    both, block = ends.view(np.int64).ravel()[order], block[order]
    starts = np.flatnonzero(first_of_each(block))
    sizes = np.diff(np.r_[starts, len(block)])
    bits, spare = len(block).bit_length(), 63 - len(block).bit_length() - len(starts).bit_length()
    number = np.repeat(np.arange(len(starts)) << (63 - len(starts).bit_length()), sizes)
    place = np.arange(len(block)) - np.repeat(starts, sizes)
    # Even places are paired with their successor; who stands there is drawn in each round.
    first = np.flatnonzero((place % 2 == 0) & (place + 1 < np.repeat(sizes, sizes)))
    inside = membership[ends[order[first], 0]] == membership[ends[order[first], 1]]
    for _ in range(rounds):
        # Department pair, chance and place as one number: sorted, they shuffle the ties of each pair.
        drawn = rng.integers(0, 1 << spare, len(both))
        drawn <<= bits
        drawn |= number
        drawn |= np.arange(len(both))
        drawn.sort()
        drawn &= (1 << bits) - 1
        both = both[drawn]
        ends = both.view(np.int32).reshape(-1, 2)
        (a, b), (c, d) = ends[first].T, ends[first + 1].T
        flip = inside & (rng.random(len(first)) < 0.5)
        c, d = np.where(flip, d, c), np.where(flip, c, d)
        keys = [pair_keys(one, other, people) for one, other in (ends.T, (a, d), (c, b))]
        taken = np.zeros(sum(map(len, keys)), dtype=bool)
        taken[repetitions(np.concatenate(keys))[1]] = True
        swap = ~(taken[len(both) :].reshape(2, -1).any(axis=0)) & (a != d) & (c != b)
        at = first[swap]
        ends[at, 1] = d[swap]
        ends[at + 1, 0], ends[at + 1, 1] = c[swap], b[swap]
    ends = both.view(np.int32).reshape(-1, 2)
    return ends[:, 0].astype(np.intp), ends[:, 1].astype(np.intp)
