"""Waits by group: reply rates and times of each group, also under new weights of the people.

Waits are no independent events: those of one person share a person's habits. Each replicate weighs a wait of i for j by
ω_i ω_j, as it weighs ties, and takes Kaplan and Meier's estimate of the weighted waits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from silos.analysis.answerers import Grouping
from silos.inference.bootstrap import TIES, affordable, each_batch
from silos.measures.basis import first_of_each, places_in_order
from silos.measures.survival import CLASSES, ROUNDING, classes_of, numbered, places, reply_statistics
from silos.system.memory import give_back
from silos.system.threads import two_at_a_time

#: Seconds in an hour.
HOUR = 3600
#: Of each group: share answered within the horizon, median wait, median time of the answers that come.
STATISTICS = ("reply_rate", "wait_hours", "answer_hours")
#: Durations times groups that are held at once; changes no result.
CELLS = 4_000_000
#: Durations times groups that are laid out at once where there are too many for one table; changes no result.
TABLE = 500_000
#: Durations times groups in replicates, beyond which fewer durations are told apart.
DRAWN = 500_000
#: Waits of the same groups, durations and ends that are added up by group together; changes no result.
ATOMS = 100_000
#: Sums over waits that are held at once, in replicates; changes no result.
HELD = 20_000_000
#: Durations that replicates tell apart, at least.
COARSE = 50


def estimated(waits: pd.DataFrame, groupings: Mapping[str, Grouping]) -> dict[str, np.ndarray]:
    """Reply rate, median wait and median answer (hours) of each group of each grouping, (groups, 3)."""
    times, place = places(waits["seconds"].to_numpy())
    answered, weight = waits["answered"].to_numpy(), waits["waits"].to_numpy(dtype=np.float64)
    result = {}
    for name, grouping in groupings.items():
        # Laid out whole where that is no more than the waits themselves.
        if grouping.count * len(times) <= max(CELLS, len(waits)):
            result[name] = in_hours(*histogram(grouping, answered, weight, len(times), place), times)
        else:
            result[name] = _of_many(grouping, answered, weight, times, place)
    return result


def _of_many(
    grouping: Grouping, answered: np.ndarray, weight: np.ndarray, times: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """The same for many groups, of which each has few of the durations: only those are laid out, in order."""
    inside = np.flatnonzero(grouping.code >= 0)
    # Group, duration and end are one number, so that what is fetched in its order is the weight alone.
    key = numbered(grouping.code[inside], place[inside], answered[inside], len(times))
    order = places_in_order(key, 2 * grouping.count * len(times))
    key = key[order]
    starts = np.flatnonzero(first_of_each(key))
    total = np.add.reduceat(weight[inside[order]], starts) if len(starts) else np.zeros(0)
    cell, end = np.divmod(key[starts], 2)
    del inside, key, order, starts  # as many as the waits
    first = first_of_each(cell)
    cut, came = by_end = np.zeros((2, np.count_nonzero(first)))
    by_end[end, np.cumsum(first) - 1] = total
    group, lasted = np.divmod(cell[first], len(times))
    length = np.bincount(group, minlength=grouping.count)
    ends = np.cumsum(length)
    result = np.full((grouping.count, len(STATISTICS)), np.nan)
    # groups of like length together, so that little of a table is empty
    longest = np.argsort(-length, kind="stable")
    longest = longest[length[longest] > 0]
    while len(longest):
        some = longest[: max(TABLE // length[longest[0]], 1)]
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
        waits: as `silos.ties.results.DialogueCounts.waits`.
        groupings: by name.
        people: how many there are: replicates are paired with those of `silos.inference.bootstrap.resample`.
        replicates: how many; fewer where there are very many waits.
        seed: of the random numbers.
    """
    number = affordable(replicates, len(waits))
    counts = [grouping.count for grouping in groupings.values()]
    drawn = np.full((number, sum(counts), len(STATISTICS)), np.nan)
    atoms, steps = _laid_out(waits, list(groupings.values()))
    give_back()
    few = max(HELD // max(2 * steps.count, 1), 1)

    def draw(first: int, omega: np.ndarray) -> None:
        for at in range(0, omega.shape[1], few):
            some = omega[:, at : at + few]
            statistics = steps.statistics(atoms.sums(some, steps.count))
            drawn[first + at : first + at + some.shape[1]] = np.moveaxis(statistics, 1, 0)

    each_batch(draw, people, number, seed, single=True)
    drawn[..., 1:] /= HOUR
    return dict(zip(groupings, np.split(drawn, np.cumsum(counts)[:-1], axis=1), strict=True))


@dataclass(frozen=True, eq=False)
class _Atoms:
    """Waits that lie in the same group, the same duration and the same end in every grouping are added up once.

    They are gone through pair by pair, of who asks and who answers: many have several waits, of the same weight.

    Attributes:
        sender, recipient: of each pair, some groups after the others.
        parts: many atoms each: some thousand pairs at a time, which they are and the matrix that adds up their waits by
            atom; the rows to which these atoms add, and the matrix that adds atoms up by row. Rows are the steps of
            `_Steps` twice: what came there, and what was cut off from there on.
    """

    sender: np.ndarray
    recipient: np.ndarray
    parts: list[tuple[list[tuple[slice, sparse.csr_array]], np.ndarray, sparse.csr_array]]

    def sums(self, omega: np.ndarray, steps: int) -> np.ndarray:
        """Σ ω_i ω_j over the waits of each row, (2, steps, replicates), of the weights (people, replicates)."""
        omega = omega.astype(np.float64)
        result = np.zeros((2 * steps, omega.shape[1]))

        def of_part(number: int) -> np.ndarray:
            some, _, matrix = self.parts[number]
            atoms = np.empty((matrix.shape[1], omega.shape[1]))
            done = 0
            for pairs, added in some:
                products = np.take(omega, self.sender[pairs], axis=0)
                products *= np.take(omega, self.recipient[pairs], axis=0)
                atoms[done : done + added.shape[0]] = added @ products
                done += added.shape[0]
            return np.asarray(matrix @ atoms)

        # They are added up in turn, as parts have rows in common: batches of replicates beside one another would each
        # take as much memory as the result.
        numbers = range(len(self.parts))
        found = (two_at_a_time if len(self.parts) > 1 else map)(of_part, numbers)
        for number, added in zip(numbers, found, strict=True):
            result[self.parts[number][1]] += added
        return result.reshape(2, steps, omega.shape[1])


@dataclass(frozen=True, eq=False)
class _Steps:
    """The durations at which answers come in each group: there alone S(t) falls.

    Steps are ordered by how many of their group follow, then by group, the group with most steps first: the groups that
    have so many steps left are always the first ones, and lie together. Replicates lie beside one another.

    Attributes:
        group: the groups that have steps, in their order here.
        length: how many each has.
        start: by the number of steps that follow, where such steps begin; and where all end.
        lasted: the duration of each step.
        groups: how many groups there are.
        held: whether each group has any wait.
    """

    group: np.ndarray
    length: np.ndarray
    start: np.ndarray
    lasted: np.ndarray
    groups: int
    held: np.ndarray

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self.lasted)

    def statistics(self, sums: np.ndarray) -> np.ndarray:
        """As `reply_statistics`: (groups, replicates, 3) of the weights (2, steps, replicates); overwrites them."""
        curve, cut = sums
        replicates = curve.shape[1]
        forth = [slice(first, last) for first, last in pairwise(self.start.tolist())]
        # So little that it changes no sum, but nothing is divided by nothing.
        waiting = np.full((len(self.group), replicates), np.finfo(np.float64).tiny)
        for rows in forth:
            some = waiting[: rows.stop - rows.start]
            some += curve[rows]
            some += cut[rows]
            curve[rows] /= some
        np.subtract(1, curve, out=curve)
        left = np.ones(waiting.shape)
        for rows in reversed(forth):
            some = left[: rows.stop - rows.start]
            some *= curve[rows]
            curve[rows] = some
        rate = 1 - left
        result = np.full((self.groups, replicates, len(STATISTICS)), np.nan)
        result[self.held, :, 0] = 0.0
        result[self.group, :, 0] = rate
        result[self.group, :, 1] = self._until(np.full(rate.shape, 0.5), curve, forth)
        result[self.group, :, 2] = np.where(rate > ROUNDING, self._until(rate / 2, curve, forth), np.nan)
        return result

    def _until(self, share: np.ndarray, curve: np.ndarray, forth: list[slice]) -> np.ndarray:
        """As `time_until`: the number of steps after which more are left is that of the step sought."""
        bound = 1 - (share - ROUNDING)
        passed = np.zeros(share.shape, dtype=np.min_scalar_type(len(forth)))
        more = np.empty(share.shape, dtype=bool)
        for rows in reversed(forth):
            size = rows.stop - rows.start
            np.greater(curve[rows], bound[:size], out=more[:size])
            np.add(passed[:size], more[:size], out=passed[:size])
        there = passed < self.length[:, None]
        row = self.start[np.maximum(self.length[:, None] - 1 - passed, 0)] + np.arange(len(share))[:, None]
        return np.where(there, self.lasted[np.where(there, row, 0)], np.nan)


def _laid_out(waits: pd.DataFrame, groupings: list[Grouping]) -> tuple[_Atoms, _Steps]:
    """Waits and durations in the order in which replicates go through them."""
    seconds, answered = waits["seconds"].to_numpy(), waits["answered"].to_numpy() == 1
    count = waits["waits"].to_numpy()
    times, place = places(seconds)
    came = np.bincount(place, weights=count * answered, minlength=len(times))
    fineness = [min(max(DRAWN // max(grouping.count, 1), COARSE), CLASSES) for grouping in groupings]
    classes = {number: classes_of(times, came, number) for number in set(fineness)}
    # Durations that no grouping tells apart are one.
    starts = np.flatnonzero(np.any([first_of_each(group) for _, group in classes.values()], axis=0))
    told = np.repeat(np.arange(len(starts), dtype=np.int32), np.diff(np.append(starts, len(times))))
    # By the grouping with most groups: what lies together there mostly does in all.
    most = max(groupings, key=lambda grouping: grouping.count)
    order = places_in_order(np.add(most.code, 1, dtype=np.int64), most.count + 1)
    grouped = np.logical_or.reduce([grouping.code >= 0 for grouping in groupings])
    if not grouped.all():
        order = order[grouped[order]]
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for grouping in groupings:
        code = grouping.code[order]
        new[1:] |= code[1:] != code[:-1]
    firsts = order[new]
    # Waits of the same groups, the duration, and whether there is an answer, are one number.
    key = np.cumsum(new, dtype=np.int64)
    key -= 1
    key *= len(starts)
    key += told[place[order]]
    key *= 2
    key += answered[order]
    sender, recipient = (waits[name].to_numpy()[order] for name in ("sender", "recipient"))
    new = first_of_each(sender) | first_of_each(recipient)
    sender, recipient = sender[new], recipient[new]
    some, atoms = _added_up(key, np.flatnonzero(new), count[order])
    del key, new, order
    answered = (atoms % 2).astype(bool)
    run, lasts = np.divmod(atoms // 2, max(len(starts), 1))
    del atoms
    # One after the other, as there are as many as waits, nearly.
    cells = (
        _cells(grouping.code[firsts][run], classes[number][0], classes[number][1][starts][lasts])
        for grouping, number in zip(groupings, fineness, strict=True)
    )
    steps, rows = _stepped(cells, answered, [classes[number][0] for number in fineness], groupings)
    return _Atoms(sender, recipient, _parts(some, rows)), steps


def _added_up(
    key: np.ndarray, pair: np.ndarray, count: np.ndarray
) -> tuple[list[tuple[slice, sparse.csr_array]], np.ndarray]:
    """Some thousand pairs at a time: which they are, and the matrix that adds their waits up by atom; all atoms' keys.

    Args:
        key: of the atom of each wait; those of pairs that are far apart are far apart.
        pair: where the waits of each pair start.
        count: how many each wait is.
    """
    ends = np.append(pair, len(key))
    some, atoms = [], [np.zeros(0, dtype=np.int64)]
    for first in range(0, len(pair), TIES):
        last = min(first + TIES, len(pair))
        inside = slice(int(ends[first]), int(ends[last]))
        keys = key[inside]
        order = places_in_order(keys - keys.min(), int(np.ptp(keys)) + 1)
        keys = keys[order]
        new = np.flatnonzero(first_of_each(keys))
        number = np.repeat(np.arange(last - first, dtype=np.int32), np.diff(ends[first : last + 1]))
        pointers = np.append(new, len(keys)).astype(np.int32)
        parts = (count[inside][order], number[order], pointers)
        some.append((slice(first, last), sparse.csr_array(parts, shape=(len(new), last - first))))
        atoms.append(keys[new])
    return some, np.concatenate(atoms)


def _cells(code: np.ndarray, times: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The cell of each wait by group and duration, in as few bytes as will do; negative for none."""
    largest = (int(code.max(initial=0)) + 1) * len(times) * 2
    kind = np.int32 if largest <= np.iinfo(np.int32).max else np.int64
    cells: np.ndarray = code.astype(kind)
    cells *= len(times)
    cells += np.where(code < 0, 0, place).astype(kind, copy=False)
    return cells


def _stepped(
    cells: Iterable[np.ndarray], answered: np.ndarray, times: list[np.ndarray], groupings: list[Grouping]
) -> tuple[_Steps, list[np.ndarray]]:
    """The steps of all groups of all groupings, and by grouping the row of each atom, -1 for none.

    What is cut off counts among those who waited at the last step before.
    """
    owners, lasts, held, at = [], [], [], []
    before = groups = 0
    for cell, lasted, grouping in zip(cells, times, groupings, strict=True):
        occurs = np.zeros(grouping.count * len(lasted), dtype=bool)
        occurs[cell[answered & (cell >= 0)]] = True
        steps = np.flatnonzero(occurs)
        owner = steps // max(len(lasted), 1)
        last = np.cumsum(occurs, dtype=np.int32)[cell] - 1 if len(steps) else np.full(len(cell), -1)
        group = cell // max(len(lasted), 1)
        known = (cell >= 0) & (last >= 0)
        known[known] = owner[last[known]] == group[known]
        at.append(np.where(known, last + np.int32(before), np.int32(-1)))
        held.append(np.bincount(group[cell >= 0], minlength=grouping.count) > 0)
        owners.append(owner + groups)
        lasts.append(lasted[steps % max(len(lasted), 1)])
        before += len(steps)
        groups += grouping.count
    owner, lasted = np.concatenate(owners), np.concatenate(lasts).astype(np.float64)
    length = np.bincount(owner, minlength=groups)
    group = np.argsort(-length, kind="stable")[: np.count_nonzero(length)]
    rank = np.empty(groups, dtype=np.intp)
    rank[group] = np.arange(len(group))
    # How many steps of its group follow a step.
    after = np.cumsum(length)[owner] - 1 - np.arange(len(owner))
    start = np.r_[0, np.cumsum(np.bincount(after))] if len(owner) else np.zeros(1, dtype=np.intp)
    row = start[after] + rank[owner]
    cut = np.where(answered, 0, len(row)).astype(np.int32)
    ordered = np.empty(len(row))
    ordered[row] = lasted
    moved = np.append(row, -1).astype(np.int32)
    for number, each in enumerate(at):
        at[number] = np.where(each < 0, np.int32(-1), moved[each] + cut)
    return _Steps(group, length[group], start, ordered, groups, np.concatenate(held)), at


def _parts(
    added: list[tuple[slice, sparse.csr_array]], rows: list[np.ndarray]
) -> list[tuple[list[tuple[slice, sparse.csr_array]], np.ndarray, sparse.csr_array]]:
    """Of what `_added_up` gives, and the rows of its atoms by grouping, by parts, what `_Atoms` wants to know."""
    parts: list[tuple[list[tuple[slice, sparse.csr_array]], np.ndarray, sparse.csr_array]] = []
    some: list[tuple[slice, sparse.csr_array]] = []
    first = last = 0
    for number, (pairs, matrix) in enumerate(added, start=1):
        some.append((pairs, matrix))
        last += matrix.shape[0]
        if last - first < ATOMS and number < len(added):
            continue
        row = np.concatenate([each[first:last] for each in rows])
        order = np.argsort(row, kind="stable")[np.count_nonzero(row < 0) :].astype(np.int32)
        row = row[order]
        new = np.flatnonzero(first_of_each(row))
        pointers = np.r_[new, len(row)].astype(np.int32)
        # Ones of a byte each: weights that they are multiplied by are made of them no sooner than that.
        places_of = (np.ones(len(order), dtype=np.int8), order % np.int32(last - first), pointers)
        parts.append((some, row[new], sparse.csr_array(places_of, shape=(len(new), last - first))))
        some, first = [], last
    return parts


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
    cell = numbered(grouping.code[inside], place[inside], answered[inside], times)
    split = np.bincount(cell, weight[inside], minlength=grouping.count * times * 2).reshape(grouping.count, times, 2)
    return split[..., 1], split[..., 0]
