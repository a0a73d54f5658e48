"""Whose waits a figure rests on: nothing is told of the answers of too few people, or of hardly anybody but one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from silos.measures.basis import first_of_each, places_in_order
from silos.privacy.gate import STEP

#: Answers that hours rest on, at least: the median of fewer is the time of one of a few messages.
LEAST_ANSWERS = STEP
#: Part of what a group was asked up to which one person's may be: of this much, a rate leaves open a third of theirs.
DOMINANT = 0.75
#: People times groups up to which a table of who has been seen in which is laid out whole; changes no result.
LOOKED_UP = 32_000_000


@dataclass(frozen=True, eq=False)
class Grouping:
    """Waits in groups that need not be disjoint from those of another grouping: `code` of each wait, -1 for none."""

    code: np.ndarray
    count: int


def in_all(grouping: Grouping, weight: np.ndarray) -> np.ndarray:
    """What the weights of each group add up to."""
    inside = grouping.code >= 0
    return np.bincount(grouping.code[inside], weights=weight[inside], minlength=grouping.count)


def taking_part(grouping: Grouping, person: np.ndarray, weight: np.ndarray, people: int) -> np.ndarray:
    """How many different people each group has; 1 where one of them has so much of it that what is told is theirs.

    Args:
        grouping: of the waits, or of messages.
        person: of each wait, who answers, or who asked.
        weight: how many waits each is.
        people: how many there are.

    Examples:
        >>> grouping = Grouping(np.array([0, 0, 0, 1, 1, 1]), 2)
        >>> taking_part(grouping, np.array([4, 5, 6, 4, 5, 6]), np.array([1, 1, 1, 9, 1, 1]), 7).tolist()
        [3, 1]
    """
    # Waits are ordered by who asks and who answers: most are like the one before.
    starts = np.flatnonzero(first_of_each(grouping.code) | first_of_each(person))
    held = np.add.reduceat(weight.astype(np.float64), starts) if len(starts) else np.zeros(0)
    inside = grouping.code[starts] >= 0
    starts, held = starts[inside], held[inside]
    key = grouping.code[starts].astype(np.int64) * people + person[starts]
    if grouping.count * people <= LOOKED_UP:
        parts = np.bincount(key, weights=held, minlength=grouping.count * people).reshape(grouping.count, people)
        number, most, whole = np.count_nonzero(parts, axis=1), parts.max(axis=1), parts.sum(axis=1)
    else:
        order = places_in_order(key, grouping.count * people)
        firsts = np.flatnonzero(first_of_each(key[order]))
        parts = np.add.reduceat(held[order], firsts)
        group = key[order][firsts] // people
        number, whole = np.bincount(group, minlength=grouping.count), np.bincount(group, parts, grouping.count)
        most = np.zeros(grouping.count)
        np.maximum.at(most, group, parts)
    return np.where(most > DOMINANT * whole, 1, number)


def by_enough(grouping: Grouping, person: np.ndarray, weight: np.ndarray, people: int, minimum: int) -> np.ndarray:
    """Which groups rest on the answers (or questions) of at least `minimum` people: of fewer nothing is shown."""
    return np.asarray(taking_part(grouping, person, weight, people) >= minimum)


def answered_by_enough(
    grouping: Grouping, waits: pd.DataFrame, person: np.ndarray, people: int, minimum: int
) -> np.ndarray:
    """Of which groups hours may be told: those that rest on enough answers, of enough people.

    Hours are those of what was answered, not of all that was asked: of twenty who were asked, one may have answered.

    Args:
        grouping, person, people: as of `taking_part`.
        waits: as `silos.ties.results.DialogueCounts.waits`.
        minimum: people that the answers must be of.
    """
    answered = Grouping(np.where(waits["answered"].to_numpy(dtype=bool), grouping.code, -1), grouping.count)
    weight = waits["waits"].to_numpy(dtype=np.float64)
    enough = by_enough(answered, person, weight, people, minimum)
    return np.asarray(enough & (in_all(answered, weight) >= LEAST_ANSWERS))
