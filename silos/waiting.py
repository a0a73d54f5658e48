"""Waits in groups: reply rates and times of each, and the same when people are weighed anew.

Waits are no independent events: those of one person share a person's habits. Each replicate weighs a wait of i for j by
ω_i ω_j, as it weighs ties, and takes Kaplan and Meier's estimate of the weighted waits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from silos.inference import TIES, multipliers
from silos.measures.dialogue import CLASSES, duration_classes, places, reply_statistics

HOUR = 3600
#: Of each group: share answered within the horizon, median wait, median time of the answers that come.
STATISTICS = ("reply_rate", "wait_hours", "answer_hours")
#: Waits (or ties) times replicates that are worked through; beyond, there are fewer replicates, but not fewer than
#: `FEWEST`: so many leave little to chance.
WORK = 50_000_000
FEWEST = 100
#: Durations times groups that are held at once; replicates of so many groups that they would need more tell fewer
#: durations apart, but not fewer than `COARSE`.
CELLS = 4_000_000
DRAWN = 500_000
COARSE = 50


@dataclass(frozen=True, eq=False)
class Grouping:
    """Waits in groups that need not be disjoint from those of another grouping: `code` of each wait, -1 for none."""

    code: np.ndarray
    count: int


def affordable(replicates: int, size: int) -> int:
    """How many replicates of something with so many parts: as asked for, or fewer, but not fewer than `FEWEST`.

    Examples:
        >>> affordable(500, 1_000), affordable(500, 10_000_000), affordable(50, 10_000_000)
        (500, 100, 50)
    """
    return min(replicates, max(FEWEST, WORK // max(size, 1)))


def estimated(waits: pd.DataFrame, groupings: Mapping[str, Grouping]) -> dict[str, np.ndarray]:
    """Reply rate, median wait and median answer (hours) of each group of each grouping, (groups, 3)."""
    times, place = places(waits["seconds"].to_numpy())
    answered, weight = waits["answered"].to_numpy(), waits["waits"].to_numpy(dtype=np.float64)
    result = {}
    for name, grouping in groupings.items():
        if grouping.count * len(times) <= CELLS:
            result[name] = in_hours(*histogram(grouping, answered, weight, len(times), place), times)
        else:
            result[name] = _of_many(grouping, answered, weight, times, place)
    return result


def _of_many(
    grouping: Grouping, answered: np.ndarray, weight: np.ndarray, times: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """The same for many groups, of which each has few of the durations: only those are laid out, in order."""
    inside = np.flatnonzero(grouping.code >= 0)
    key = grouping.code[inside].astype(np.int64) * len(times) + place[inside]
    order = np.argsort(key)
    key, inside = key[order], inside[order]
    starts = np.flatnonzero(np.r_[np.ones(min(len(key), 1), dtype=bool), key[1:] != key[:-1]])
    came, cut = (
        np.add.reduceat(np.where(ended, weight[inside], 0.0), starts) if len(starts) else np.zeros(0)
        for ended in (answered[inside] == 1, answered[inside] == 0)
    )
    group, lasted = np.divmod(key[starts], len(times))
    length = np.bincount(group, minlength=grouping.count)
    ends = np.cumsum(length)
    result = np.full((grouping.count, len(STATISTICS)), np.nan)
    # groups of like length together, so that little of a table is empty
    longest = np.argsort(-length, kind="stable")
    longest = longest[length[longest] > 0]
    while len(longest):
        some = longest[: max(CELLS // length[longest[0]], 1)]
        longest = longest[len(some) :]
        column = np.arange(length[some[0]])
        within = column < length[some][:, None]
        at = np.where(within, (ends - length)[some][:, None] + column, 0)
        result[some] = in_hours(
            np.where(within, came[at], 0.0), np.where(within, cut[at], 0.0), np.where(within, times[lasted[at]], 0)
        )
    return result


def resampled(
    waits: pd.DataFrame, groupings: Mapping[str, Grouping], people: int, *, replicates: int, seed: int = 0
) -> dict[str, np.ndarray]:
    """The same in each replicate of the person bootstrap, (replicates, groups, 3), by grouping.

    Args:
        waits: as `Exchanges.waits`.
        groupings: by name.
        people: how many there are: replicates are paired with those of `silos.inference.resample`.
        replicates: how many; fewer where there are very many waits.
        seed: of the random numbers.
    """
    number = affordable(replicates, len(waits))
    seconds, answered = waits["seconds"].to_numpy(), waits["answered"].to_numpy()
    count = waits["waits"].to_numpy(dtype=np.float64)
    fineness = {
        name: min(max(DRAWN // max(grouping.count, 1), COARSE), CLASSES) for name, grouping in groupings.items()
    }
    classes = {number: duration_classes(seconds, answered, count, number) for number in set(fineness.values())}
    times = {name: classes[number][0] for name, number in fineness.items()}
    shapes = {name: (grouping.count, len(times[name]), 2) for name, grouping in groupings.items()}
    cells = {
        name: _cells(grouping, len(times[name]), classes[fineness[name]][1], answered)
        for name, grouping in groupings.items()
    }
    drawn = {name: np.full((number, grouping.count, len(STATISTICS)), np.nan) for name, grouping in groupings.items()}
    for done, sums in _sums(waits, cells, shapes, people, number, seed):
        for name, of_cells in sums.items():
            step = max(CELLS // max(len(of_cells), 1), 1)
            for first in range(0, of_cells.shape[1], step):
                some = np.ascontiguousarray(of_cells[:, first : first + step].T)
                split = some.reshape(len(some), *shapes[name])
                row = done + first
                drawn[name][row : row + len(some)] = in_hours(split[..., 1], split[..., 0], times[name])
    return drawn


def _cells(grouping: Grouping, times: int, place: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """The cell of each wait by group, duration and whether an answer came, in as few bytes as will do; -1 for none."""
    kind = np.int32 if grouping.count * times * 2 < 2**31 else np.int64
    cell = (grouping.code.astype(kind) * times + place) * 2 + answered.astype(kind)
    return np.where(grouping.code < 0, -1, cell)


def _sums(
    waits: pd.DataFrame,
    cells: Mapping[str, np.ndarray],
    shapes: Mapping[str, tuple[int, ...]],
    people: int,
    replicates: int,
    seed: int,
) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """The first of some replicates, and Σ ω_i ω_j of the waits in each cell, (cells, replicates), by grouping.

    As in `silos.inference.resample`: some replicates and some thousand waits at a time, in the order of the finest
    cells, so that what is read and what is added up lies close together.
    """
    size = {name: int(np.prod(shape)) for name, shape in shapes.items()}
    order = np.argsort(cells[max(size, key=size.__getitem__)])
    sender, recipient = (waits[name].to_numpy()[order] for name in ("sender", "recipient"))
    count = waits["waits"].to_numpy(dtype=np.float64)[order]
    ones = np.ones(TIES)
    parts = [
        (
            slice(first, first + TIES),
            {name: _added(of[order[first : first + TIES]], ones) for name, of in cells.items()},
        )
        for first in range(0, len(order), TIES)
    ]
    done = 0
    for batch in multipliers(people, replicates, seed):
        omega = np.ascontiguousarray(batch.T)
        sums = {name: np.zeros((number, len(batch))) for name, number in size.items()}
        for part, added in parts:
            products = np.take(omega, sender[part], axis=0)
            products *= np.take(omega, recipient[part], axis=0)
            products *= count[part, None]
            for name, (where, matrix) in added.items():
                sums[name][where] += matrix @ products
        yield done, sums
        done += len(batch)


def _added(cell: np.ndarray, ones: np.ndarray) -> tuple[np.ndarray, sparse.csr_array]:
    """The cells that occur, and the matrix that adds up what is in each."""
    order = np.argsort(cell, kind="stable")[np.count_nonzero(cell < 0) :].astype(np.int32)
    ordered = cell[order]
    starts = np.flatnonzero(np.r_[np.ones(min(len(order), 1), dtype=bool), ordered[1:] != ordered[:-1]])
    pointers = np.r_[starts, len(order)].astype(np.int32)
    return ordered[starts], sparse.csr_array((ones[: len(order)], order, pointers), shape=(len(starts), len(cell)))


def in_hours(answered: np.ndarray, censored: np.ndarray, times: np.ndarray) -> np.ndarray:
    """`reply_statistics` of durations in seconds."""
    statistics = reply_statistics(answered, censored, times.astype(np.float64))
    statistics[..., 1:] /= HOUR
    return statistics


def histogram(
    grouping: Grouping, answered: np.ndarray, weight: np.ndarray, times: int, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weight of the waits that end with an answer, and that are cut off: twice (groups, durations)."""
    inside = grouping.code >= 0
    cell = (grouping.code[inside].astype(np.int64) * times + place[inside]) * 2 + answered[inside]
    cells = np.bincount(cell, weights=weight[inside], minlength=grouping.count * times * 2)
    split = cells.reshape(grouping.count, times, 2)
    return split[..., 1], split[..., 0]
