"""Who changed team when, by a dated roster, and people like them who did not move."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from silos.readers.directory.periods import DatedRoster

#: Days of a month.
MONTH = 365.25 / 12
#: Months before and after a move for which colleagues must have been there: else arrivals and departures would pass for
#: following.
REACH = 6
#: People who did not move that stand beside each one who did.
CONTROLS = 3
#: Parts of equal size by activity, within which people are held to be alike.
TERCILES = 3
#: Charts that a roster may hold beside the units asked for: the headings of a team and of the person reported to.
CHARTS = ("team", "manager")


@dataclass(frozen=True, eq=False)
class Move:
    """One person who changed team, or who did not and stands beside one who did.

    Attributes:
        person: their number.
        at: the day, in days since 1970.
        old, new: numbers of the people of the old team less the new, and of the new less the old, all of them there
            before and after.
        since, until: days of the person's moves before and after this one: only between them is it seen.
        mover: whether they moved.
    """

    person: int
    at: float
    old: np.ndarray
    new: np.ndarray
    since: float
    until: float
    mover: bool


class Chart:
    """Who was in which team when, by one column of a dated roster.

    Args:
        roster: with effective dates.
        column: what names the teams: a unit, a team, or a manager, who belongs to the team.
        persons: the people of the log, whose position is their number; others are nobody's contacts.
        days: (first, last) of the log, in days since 1970.
    """

    def __init__(self, roster: DatedRoster, column: str, persons: Sequence[str], days: tuple[float, float]) -> None:
        rows = roster.history.assign(number=pd.Index(persons).get_indexer(roster.history["person"]))
        rows = rows[rows["number"] >= 0]
        since = _days(rows["effective_from"]) if "effective_from" in rows else np.full(len(rows), np.nan)
        until = _days(rows["effective_to"]) if "effective_to" in rows else np.full(len(rows), np.nan)
        self.days = days
        self.count = len(persons)
        # Who is in the roster from its first day on was there before; where dates are blank, those rows say so already.
        first = -np.inf if np.isnan(since).any() or not len(since) else since.min()
        since = np.where(np.isnan(since) | (since <= first), -np.inf, since)
        until = np.where(np.isnan(until), np.inf, until)
        self.begins = np.full(self.count, np.inf)
        self.ends = np.full(self.count, -np.inf)
        np.minimum.at(self.begins, rows["number"].to_numpy(), since)
        np.maximum.at(self.ends, rows["number"].to_numpy(), until)
        placed = rows[column].notna().to_numpy()
        self.number = rows["number"].to_numpy()[placed]
        self.since, self.until = since[placed], until[placed]
        self.team, names = pd.factorize(rows[column][placed].astype(str))
        # A manager is of the team that reports to them.
        heads = pd.Index(persons).get_indexer(names) if column == "manager" else np.full(len(names), -1)
        self.heads = heads

    def of(self, day: float) -> np.ndarray:
        """By person the team on a day; -1 for none."""
        there = (self.since <= day) & (day < self.until)
        team = np.full(self.count, -1)
        team[self.number[there]] = self.team[there]
        return team

    def members(self, teams: np.ndarray, team: int) -> np.ndarray:
        """The people of a team, its manager included."""
        found = np.flatnonzero(teams == team)
        head = self.heads[team]
        return found if head < 0 else np.union1d(found, [head])

    def present(self, day: float, reach: float) -> np.ndarray:
        """By person, whether they were there for `reach` days before and after a day, as far as the log goes."""
        first, last = max(day - reach, self.days[0]), min(day + reach, self.days[1])
        return (self.begins <= first) & (self.ends > last)

    def changes(self) -> list[tuple[int, float]]:
        """Person and day of each change of team."""
        order = np.lexsort((self.since, self.number))
        number, since, team = (values[order] for values in (self.number, self.since, self.team))
        turned = (number[1:] == number[:-1]) & (team[1:] != team[:-1])
        return list(zip(number[1:][turned].tolist(), since[1:][turned].tolist(), strict=True))

    def moves(self, contacts: pd.DataFrame, units: np.ndarray, seed: int) -> Iterator[Move]:
        """Those who moved while the log ran, each followed by people like them who did not.

        Alike is who is of the same department and of the same tercile of activity around the date; of the same tercile
        alone where the department has too few of them.

        Args:
            contacts: `person`, `day` and `messages` of all contacts.
            units: by person, the department.
            seed: of the choice of people who did not move.
        """
        rng, reach = np.random.default_rng([seed, 19]), REACH * MONTH
        days: dict[int, list[float]] = {}
        for person, day in self.changes():
            days.setdefault(person, []).append(day)
        who, when, messages = (contacts[name].to_numpy() for name in ("person", "day", "messages"))
        for day in sorted({one for own in days.values() for one in own}):
            if not self.days[0] < day < self.days[1]:
                continue
            around = np.abs(when - day) <= reach
            activity = np.bincount(who[around], messages[around], self.count)
            if not activity.any():
                continue
            tercile = np.searchsorted(np.quantile(activity[activity > 0], np.arange(1, TERCILES) / TERCILES), activity)
            still = self._still(days, day, reach)
            still = still[activity[still] > 0]
            for person, own in days.items():
                if day not in own or not activity[person]:
                    continue
                bounds = [-np.inf, *own, np.inf]
                at = own.index(day)
                found = self._move(person, day, (bounds[at], bounds[at + 2]), reach)
                if found is None:
                    continue
                yield found
                alike = still[tercile[still] == tercile[person]]
                near = units[alike] == units[person]
                order = np.r_[rng.permutation(alike[near]), rng.permutation(alike[~near])]
                for one in order[:CONTROLS]:
                    beside = self._placebo(int(one), day, reach, rng)
                    if beside is not None:
                        yield beside

    def _move(self, person: int, day: float, between: tuple[float, float], reach: float) -> Move | None:
        before, after = self.of(np.nextafter(day, -np.inf) - 1e-3), self.of(day)
        if before[person] < 0 or after[person] < 0 or not self.present(day, reach)[person]:
            return None
        # Whoever returns knows that team already.
        if ((self.number == person) & (self.team == after[person]) & (self.since < day)).any():
            return None
        return self._between(
            person,
            day,
            self.members(before, before[person]),
            self.members(after, after[person]),
            between=between,
            reach=reach,
            mover=True,
        )

    def _placebo(self, person: int, day: float, reach: float, rng: np.random.Generator) -> Move | None:
        """As if somebody had left their team that day for another, drawn by its size."""
        teams = self.of(day)
        own = teams[person]
        sizes = np.bincount(teams[teams >= 0], minlength=int(self.team.max()) + 1).astype(np.float64)
        if own < 0:
            return None
        sizes[own] = 0
        if not sizes.sum():
            return None
        other = int(rng.choice(len(sizes), p=sizes / sizes.sum()))
        members = (self.members(teams, own), self.members(teams, other))
        return self._between(person, day, *members, between=(-np.inf, np.inf), reach=reach, mover=False)

    def _between(
        self,
        person: int,
        day: float,
        old: np.ndarray,
        new: np.ndarray,
        *,
        between: tuple[float, float],
        reach: float,
        mover: bool,
    ) -> Move | None:
        there = self.present(day, reach)
        left = np.setdiff1d(old[there[old]], [*new, person])
        come = np.setdiff1d(new[there[new]], [*old, person])
        return Move(person, day, left, come, *between, mover) if len(left) and len(come) else None

    def _still(self, days: dict[int, list[float]], day: float, reach: float) -> np.ndarray:
        """Who was there and did not move within reach of a day."""
        there = self.present(day, reach)
        for person, own in days.items():
            if any(abs(one - day) <= reach for one in own):
                there[person] = False
        return np.flatnonzero(there)


def charts_of(roster: DatedRoster, by: str) -> list[str]:
    """The columns of a roster that name teams: the units, and a team or manager where it has them."""
    return [name for name in dict.fromkeys([by, *CHARTS]) if name in roster.history.columns]


def _days(moments: "pd.Series[pd.Timestamp]") -> np.ndarray:
    """Days since 1970; NaN where there is none."""
    stated = pd.to_datetime(moments)
    return np.asarray((stated - pd.Timestamp(0)) / pd.Timedelta(days=1), dtype=np.float64)
