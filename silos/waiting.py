"""Waits in groups: reply rates and times of each, and the same when people are weighed anew.

Waits are no independent events: those of one person share a person's habits. Each replicate weighs a wait of i for j by
ω_i ω_j, as it weighs ties, and takes Kaplan and Meier's estimate of the weighted waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from silos.inference import multipliers
from silos.measures.dialogue import duration_classes, reply_statistics

HOUR = 3600
#: Of each group: share answered within the horizon, median wait, median time of the answers that come.
STATISTICS = ("reply_rate", "wait_hours", "answer_hours")
#: Waits (or ties) times replicates that are worked through; beyond, there are fewer replicates, but not fewer than
#: `FEWEST`: so many leave little to chance.
WORK = 50_000_000
FEWEST = 100
#: Durations times groups that are held at once.
CELLS = 4_000_000


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
    times, place = np.unique(waits["seconds"].to_numpy(), return_inverse=True)
    answered, weight = waits["answered"].to_numpy(), waits["waits"].to_numpy(dtype=np.float64)
    result = {}
    for name, grouping in groupings.items():
        # all durations of many pairs of departments would take too much memory at once
        step = max(CELLS // max(len(times), 1), 1)
        parts = []
        for start in range(0, grouping.count, step):
            part = Grouping(grouping.code - start, min(step, grouping.count - start))
            inside = (part.code >= 0) & (part.code < part.count)
            part = Grouping(np.where(inside, part.code, -1), part.count)
            parts.append(_statistics(part, answered, weight, times, place))
        result[name] = np.concatenate(parts) if parts else np.zeros((0, 3))
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
    sender, recipient = waits["sender"].to_numpy(), waits["recipient"].to_numpy()
    count = waits["waits"].to_numpy(dtype=np.float64)
    times, place = duration_classes(waits["seconds"].to_numpy(), waits["answered"].to_numpy(), count)
    # waits that are in the same groups for as long, and end alike, are added up once for all groupings
    cell = place * 2 + waits["answered"].to_numpy()
    for grouping in groupings.values():
        cell = pd.factorize(cell * (grouping.count + 1) + grouping.code + 1)[0]
    _, first = np.unique(cell, return_index=True)
    answered, place = waits["answered"].to_numpy()[first], place[first]
    grouped = {name: Grouping(grouping.code[first], grouping.count) for name, grouping in groupings.items()}
    drawn = {name: np.full((number, grouping.count, 3), np.nan) for name, grouping in groupings.items()}
    row = 0
    for batch in multipliers(people, number, seed):
        for omega in batch:
            weight = np.bincount(cell, weights=count * omega[sender] * omega[recipient], minlength=len(first))
            for name, grouping in grouped.items():
                drawn[name][row] = _statistics(grouping, answered, weight, times, place)
            row += 1
    return drawn


def _statistics(
    grouping: Grouping, answered: np.ndarray, weight: np.ndarray, times: np.ndarray, place: np.ndarray
) -> np.ndarray:
    statistics = reply_statistics(*histogram(grouping, answered, weight, len(times), place), times.astype(np.float64))
    statistics[..., 1:] /= HOUR
    return statistics


def histogram(
    grouping: Grouping, answered: np.ndarray, weight: np.ndarray, times: int, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weight of the waits that end with an answer, and that are cut off: twice (groups, durations)."""
    inside = grouping.code >= 0
    cell = (grouping.code[inside] * times + place[inside]) * 2 + answered[inside]
    cells = np.bincount(cell, weights=weight[inside], minlength=grouping.count * times * 2)
    split = cells.reshape(grouping.count, times, 2)
    return split[..., 1], split[..., 0]
