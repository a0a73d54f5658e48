"""Who joins and who leaves: how long until a joiner's network is as wide as others', and what leavers take along.

By the dates of the roster, and always of several people together.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.over_time.responsiveness import contacts_of
from silos.analysis.over_time.team_moves import CONTROLS, MONTH, REACH, Chart
from silos.analysis.result_protocol import Result, records
from silos.inference.bootstrap import replicated
from silos.inference.estimate import Estimate, interval, tail_of
from silos.inference.event_study import rising
from silos.readers.directory.periods import DatedRoster
from silos.tables import Roster
from silos.ties.results import Tally
from silos.ties.weeks import WEEK

#: Weeks of a period of a joiner's time, all of the same length, and how many periods they are followed: a year.
PERIOD, PERIODS = 4, 13
#: Share of the usual width from which a network is as wide: joiners who are like everybody else come close to it and
#: would go about it for ever.
AS_WIDE = 0.9
#: Usual number of people in contact within a period, at least: of fewer, one more or less is half.
LEAST_USUAL = 3
#: Weeks before somebody leaves in which contacts are theirs, and after it in which others may take them up: a quarter.
QUARTER = 13
#: Contacts in other departments that somebody who leaves must have for the share of them to count.
LEAST_ACROSS = 3
COLUMNS = ("weeks", "joiners", "width", "width_low", "width_high")


@dataclass(frozen=True, eq=False)
class Turnover(Result):
    """Joiners and leavers.

    Attributes:
        joiners: how many people joined while the log ran and are seen; 0 where they are fewer than may be shown.
        joiners_unknown: why nothing is said of them: `undated` (the roster, or the log, has no dates) or `few`.
        table: one row per period of their time: `weeks` (up to its end), `joiners` (who could be followed through it),
            `width` with `_low`, `_high`: people in contact over what is usual, the mean of the middle half of the
            joiners. Usual is the mean of the middle half of the people of their department who had been there for half
            a year, in the same weeks; of everybody's, where these are fewer than may be shown.
        as_wide: weeks until the width is `AS_WIDE`, in steps of `PERIOD`; missing where it is not as long as they can
            be followed.
        leavers, leavers_unknown: likewise, of those who left.
        contacts: mean number of people of other departments with whom a leaver was in contact in the last `QUARTER`.
        only_theirs: mean share of these with whom nobody who stayed in the department was in contact.
        among_others: the same share among people of their department who stayed, had they left.
        beside: how many these are.
        taken_up: share of the leavers' own with whom somebody of the department was in contact in the `QUARTER` after.
    """

    title: ClassVar[str] = "Who joins and who leaves"

    joiners: int = 0
    joiners_unknown: str = "undated"
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS), dtype=np.float64))
    as_wide: Estimate = field(default_factory=lambda: Estimate(None))
    leavers: int = 0
    leavers_unknown: str = "undated"
    contacts: Estimate = field(default_factory=lambda: Estimate(None))
    only_theirs: Estimate = field(default_factory=lambda: Estimate(None))
    among_others: Estimate = field(default_factory=lambda: Estimate(None))
    taken_up: Estimate = field(default_factory=lambda: Estimate(None))
    beside: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The section `turnover` of the summary."""
        return {
            "joiners": self.joiners,
            "joiners_reason": self.joiners_unknown or None,
            "as_wide": self.as_wide.to_dict(),
            "curve": records(self.table),
            "leavers": self.leavers,
            "leavers_reason": self.leavers_unknown or None,
            **{name: getattr(self, name).to_dict() for name in ("contacts", "only_theirs", "among_others", "taken_up")},
        }


def come_and_go(
    counted: Tally, roster: Roster | None, by: str, *, minimum: int, replicates: int, seed: int = 0
) -> Turnover:
    """How wide the networks of joiners become, and which contacts leavers alone had.

    Args:
        counted: the log, week by week.
        roster: who was where when.
        by: the units.
        minimum: joiners, or leavers, of whom anything may be shown.
        replicates, seed: of the person bootstrap, which weighs those who joined or left, with ω ~ Exp(1).
    """
    if not isinstance(roster, DatedRoster) or counted.weekly.empty or by not in roster.history.columns:
        return Turnover()
    contacts, names = contacts_of(counted)
    days = float(contacts["day"].min()), float(contacts["day"].max())
    seen = _Weeks(contacts, len(names), Chart(roster, by, names, days), minimum)
    return Turnover(**_joined(seen, replicates, seed), **_left(seen, replicates, seed))


class _Weeks:
    """Who was in contact with whom in which weeks, numbered from the first of the log; the last may lack days."""

    def __init__(self, contacts: pd.DataFrame, count: int, chart: Chart, minimum: int) -> None:
        self.chart, self.count, self.minimum = chart, count, minimum
        self.monday = float(contacts["day"].min()) - WEEK / 2
        week = np.rint((contacts["day"].to_numpy() - contacts["day"].min()) / WEEK).astype(np.int64)
        order = np.argsort(week, kind="stable")
        self.week = week[order]
        self.pair = (contacts["person"].to_numpy() * count + contacts["other"].to_numpy())[order]
        self.weeks = int(week.max())
        self.seen = np.zeros(count, dtype=bool)
        self.seen[contacts["person"].to_numpy()] = True
        self._pairs: dict[tuple[int, int], np.ndarray] = {}

    def day(self, week: int) -> float:
        """The Monday of a week, in days since 1970."""
        return self.monday + WEEK * week

    def whole(self, day: float) -> int:
        """The first week that begins on a day or later."""
        return int(np.ceil((day - self.monday) / WEEK))

    def pairs(self, since: int, until: int) -> np.ndarray:
        """Person · count + other of all who were in contact in [since, until), sorted."""
        if (since, until) not in self._pairs:
            first, last = np.searchsorted(self.week, [since, until])
            self._pairs[since, until] = np.unique(self.pair[first:last])
        return self._pairs[since, until]

    def widths(self, since: int, until: int) -> np.ndarray:
        """By person, how many others they were in contact with."""
        return np.bincount(self.pairs(since, until) // self.count, minlength=self.count)

    def contacts(self, person: int, since: int, until: int) -> np.ndarray:
        """Whom a person was in contact with."""
        pairs = self.pairs(since, until)
        first, last = np.searchsorted(pairs, [person * self.count, (person + 1) * self.count])
        return pairs[first:last] - person * self.count

    def there(self, since: int, until: int) -> np.ndarray:
        """By person, whether the roster has them from the one week to the other, and the log at all."""
        return self.seen & (self.chart.begins <= self.day(since)) & (self.chart.ends >= self.day(until))


# ---- joiners


def _joined(seen: _Weeks, replicates: int, seed: int) -> dict[str, Any]:
    begins = seen.chart.begins
    who = np.flatnonzero(seen.seen & np.isfinite(begins) & (begins > seen.day(0)))
    widths = np.array([_widths_of(seen, int(person)) for person in who]).reshape(len(who), PERIODS)
    known = np.isfinite(widths)
    who, widths, known = (part[known[:, 0]] for part in (who, widths, known))
    counted = known.sum(axis=0)
    # The curve ends with the first period of too few.
    length = int(np.argmax(np.r_[counted, 0] < seen.minimum))
    if not length:
        return {"joiners_unknown": "few"}
    value = _middles(widths[:, :length], np.ones((len(who), 1)))[:, 0]
    draws = np.moveaxis(
        replicated(lambda omega: _middles(widths[:, :length], omega[who]), seen.count, replicates, seed), -1, 0
    )
    ends = [interval(draws[:, at], int(counted[at])) for at in range(length)]
    table = pd.DataFrame(
        {
            "weeks": PERIOD * np.arange(1, length + 1),
            "joiners": counted[:length],
            "width": value,
            "width_low": [low for low, _ in ends],
            "width_high": [high for _, high in ends],
        },
        dtype=np.float64,
    )
    times = np.sort([_reached(one) for one in draws])
    tail = tail_of(len(who))
    found = [_reached(value), *(times[round(share * (len(times) - 1))] for share in (tail, 1 - tail))]
    as_wide = Estimate(*(float(one) if np.isfinite(one) else None for one in found))
    return {"joiners": len(who), "joiners_unknown": "", "table": table, "as_wide": as_wide}


def _widths_of(seen: _Weeks, person: int) -> np.ndarray:
    """The width of a joiner's network in each period over what is usual; NaN for periods not followed to the end."""
    found = np.full(PERIODS, np.nan)
    start = seen.whole(seen.chart.begins[person])
    weeks = min(seen.weeks, (seen.chart.ends[person] - seen.monday) / WEEK) - start
    for period in range(min(PERIODS, int(max(weeks, 0) // PERIOD))):
        since = start + PERIOD * period
        widths, units = seen.widths(since, since + PERIOD), seen.chart.of(seen.day(since))
        others = seen.there(since, since + PERIOD) & (seen.chart.begins <= seen.day(since) - REACH * MONTH)
        near = others & (units == units[person])
        beside = near if near.sum() >= seen.minimum else others
        if beside.sum() >= seen.minimum:
            usual = float(_middles(widths[beside][:, None], np.ones((int(beside.sum()), 1)))[0, 0])
            found[period] = widths[person] / usual if usual >= LEAST_USUAL else np.nan
    return found


def _middles(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The mean of the middle half of each column, (columns, replicates), by weights (rows, replicates).

    As little moved by a few as the median, and no single person's number, as a median is.
    """
    found = np.full((values.shape[1], weights.shape[1]), np.nan)
    for column, some in enumerate(values.T):
        known = np.flatnonzero(np.isfinite(some))
        if len(known):
            order = known[np.argsort(some[known], kind="stable")]
            up_to = np.cumsum(weights[order], axis=0)
            up_to /= up_to[-1]
            within = np.diff(np.clip(up_to, 0.25, 0.75), axis=0, prepend=0.25)
            found[column] = (some[order] @ within) / 0.5
    return found


def _reached(widths: np.ndarray) -> float:
    """Weeks until a width that never falls is `AS_WIDE`; infinite where it is not."""
    there = rising(widths) >= AS_WIDE
    return float(PERIOD * (1 + there.argmax())) if there.any() else np.inf


# ---- leavers


def _left(seen: _Weeks, replicates: int, seed: int) -> dict[str, Any]:
    ends, rng = seen.chart.ends, np.random.default_rng([seed, 31])
    who = np.flatnonzero(seen.seen & np.isfinite(ends))
    rows: list[tuple[int, bool, int, int, int]] = []
    for person in who.tolist():
        week = seen.whole(ends[person])
        if week < QUARTER or week + QUARTER > seen.weeks:
            continue
        units = seen.chart.of(np.nextafter(ends[person], -np.inf) - 1e-3)
        stay = seen.there(week - QUARTER, week + QUARTER)
        mates = np.flatnonzero(stay & (units == units[person]))
        if units[person] < 0 or len(mates) < 2:
            continue
        across = np.flatnonzero(stay & (units != units[person]))
        beside = rng.permutation(mates)[:CONTROLS].tolist()
        for one in (person, *beside):
            rows.append((one, one == person, *_alone(seen, one, np.setdiff1d(mates, one), across, week)))
    table = pd.DataFrame(rows, columns=["person", "left", "across", "alone", "taken"])
    table = table[table["across"] >= LEAST_ACROSS]
    gone, others = table[table["left"]], table[~table["left"]]
    if len(gone) < seen.minimum:
        return {"leavers_unknown": "few"}
    if others["person"].nunique() < seen.minimum:
        others = others.iloc[:0]

    def means(omega: np.ndarray) -> np.ndarray:
        found = []
        for some, top, bottom in (
            (gone, gone["across"], None),
            (gone, gone["alone"] / gone["across"], None),
            (others, others["alone"] / others["across"], None),
            (gone, gone["taken"], gone["alone"]),
        ):
            weight = omega[some["person"].to_numpy()]
            below = np.ones(len(some)) if bottom is None else bottom.to_numpy(np.float64)
            total = below @ weight
            found.append(
                np.divide(top.to_numpy(np.float64) @ weight, total, out=np.full_like(total, np.nan), where=total > 0)
            )
        return np.array(found)

    value = means(np.ones((seen.count, 1)))[:, 0]
    draws = np.moveaxis(replicated(means, seen.count, replicates, seed), -1, 0)
    people = (len(gone), len(gone), others["person"].nunique(), len(gone))
    names = ("contacts", "only_theirs", "among_others", "taken_up")
    found = {
        name: Estimate(float(value[at]) if np.isfinite(value[at]) else None, *interval(draws[:, at], people[at]))
        for at, name in enumerate(names)
    }
    return {"leavers": len(gone), "leavers_unknown": "", "beside": others["person"].nunique(), **found}


def _alone(seen: _Weeks, person: int, mates: np.ndarray, across: np.ndarray, week: int) -> tuple[int, int, int]:
    """People of other departments in contact with somebody before a week; of these, with none of their colleagues; and
    of these, with one of them in the quarter after it."""
    own = np.intersect1d(seen.contacts(person, week - QUARTER, week), across)
    before, after = (
        np.concatenate([seen.contacts(int(one), since, since + QUARTER) for one in mates])
        for since in (week - QUARTER, week)
    )
    alone = np.setdiff1d(own, before)
    return len(own), len(alone), int(np.isin(alone, after).sum())
