"""Layers beside one another: whether people who write to one another are those who meet."""

import numpy as np

from silos.measures.basis import quotient, repetitions


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
    a, b = np.where(turn, j, i), np.where(turn, i, j)
    # A swap leaves each tie between the same two departments: ties are put in order by them once.
    block = membership[a].astype(np.int64) * people + membership[b]
    order = np.argsort(block, kind="stable")
    a, b, block = a[order], b[order], block[order]
    starts = np.flatnonzero(np.r_[np.ones(min(len(block), 1), dtype=bool), block[1:] != block[:-1]])
    sizes = np.diff(np.r_[starts, len(block)])
    number = np.repeat(np.arange(len(starts)), sizes)
    place = np.arange(len(block)) - np.repeat(starts, sizes)
    # Even places are paired with their successor; who stands there is drawn in each round.
    first = np.flatnonzero((place % 2 == 0) & (place + 1 < np.repeat(sizes, sizes)))
    inside = membership[a[first]] == membership[b[first]]
    for _ in range(rounds):
        order = np.argsort(number + rng.random(len(a)))
        one, other = order[first], order[first + 1]
        flip = inside & (rng.random(len(one)) < 0.5)
        c, d = np.where(flip, b[other], a[other]), np.where(flip, a[other], b[other])
        keys = [pair_keys(*ends, people) for ends in ((a, b), (a[one], d), (c, b[one]))]
        taken = np.zeros(sum(map(len, keys)), dtype=bool)
        taken[repetitions(np.concatenate(keys))[1]] = True
        swap = ~(taken[len(a) :].reshape(2, -1).any(axis=0)) & (a[one] != d) & (c != b[one])
        tail = b[one[swap]].copy()
        b[one[swap]] = d[swap]
        a[other[swap]], b[other[swap]] = c[swap], tail
    return a, b
