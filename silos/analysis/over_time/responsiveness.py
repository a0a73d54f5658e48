"""Does the network follow the chart, and how fast: the contacts of people who changed team, month by month.

For each of them the share of their contacts that is with the old team, and with the new one, of colleagues who were
there before and after; beside people like them who did not move, at the same dates (an event study). Always of several
movers together, never of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import sparse

from silos.analysis.over_time.spans import persons
from silos.analysis.over_time.team_moves import MONTH, Chart, Move, charts_of
from silos.analysis.result_protocol import SUPPRESSED, Result, records
from silos.inference.bootstrap import replicated
from silos.inference.estimate import Estimate, interval, tail_of
from silos.inference.event_study import NEW, OLD, beyond, gain, half_time, steadied
from silos.network import DEPARTMENT
from silos.plots.drawing import Drawing
from silos.readers.directory.periods import DatedRoster
from silos.tables import Roster
from silos.ties.results import Tally
from silos.ties.weeks import WEEK

#: Contacts that a person must have in a period for their share to count: one of two says little.
LEAST_CONTACTS = 3
#: Lengths of a period that are tried, in months, with how many periods before and after the move: months, and quarters
#: where so few of the movers have enough contacts in a month that months cannot be shown.
PERIODS = ((1, 6), (3, 3))
#: Share of the periods that must have enough movers for the shorter period to be taken.
FILLED = 0.75
#: Share of the replicates that must have a half-life for its interval to be given.
LEAST_KNOWN = 0.5
COLUMNS = (
    *("chart", "month", "months", "movers", "old", "old_low", "old_high", "new", "new_low", "new_high"),
    *("others_old", "others_new", "beyond_old", "beyond_old_low", "beyond_old_high"),
    *("beyond_new", "beyond_new_low", "beyond_new_high"),
)


@dataclass(frozen=True, eq=False)
class Curve:
    """One chart: what became of the contacts of those who changed team on it.

    Attributes:
        movers: how many people moved and are seen.
        others: how many people beside them did not.
        fewest: of these, how many any number rests on at least.
        table: one row per period, see `Responsiveness`.
        half_life: months until half of the share with the old team is gone; a missing end lies beyond the curve.
        time_to_half: months until the share with the new team is half of the way to what it is in the last quarter.
        old_loss, new_gain: mean share after the move less that before, beyond what the others' did. As they are
            published they have no value, but an interval, where so few moved that one would be far from the exact one.
    """

    movers: int
    others: int
    fewest: int
    table: pd.DataFrame
    half_life: Estimate
    time_to_half: Estimate
    old_loss: Estimate
    new_gain: Estimate

    @property
    def verdict(self) -> str:
        """`follows` where the contacts with the new team rise beyond chance, else `not seen`."""
        return "follows" if self.new_gain.low is not None and self.new_gain.low > 0 else "not seen"

    def mean(self, name: str, *, after: bool) -> float:
        """The mean share of the movers before or after the move."""
        side = self.table["month"] >= 0 if after else self.table["month"] < 0
        return float(self.table.loc[side, name].mean())


@dataclass(frozen=True, eq=False)
class Responsiveness(Result):
    """How the network follows the chart.

    Attributes:
        curves: column of the roster -> its curve; the one with most movers first.
        unknown: why there is none: `undated` (the roster, or the log, has no dates), `few` (fewer movers than may be
            shown, or than have contacts enough).
    """

    title: ClassVar[str] = "Does the network follow the chart"

    curves: Mapping[str, Curve] = field(default_factory=dict)
    unknown: str = "undated"

    @property
    def chart(self) -> str | None:
        """The chart with most movers."""
        return next(iter(self.curves), None)

    @property
    def verdict(self) -> str | None:
        """Of that chart."""
        return None if self.chart is None else self.curves[self.chart].verdict

    @property
    def table(self) -> pd.DataFrame:
        """One row per chart and period.

        `chart`, `month` (the first of the period, 0 that of the move), `months` (its length), `movers` (with a value),
        `old`, `new` (mean share of their contacts, with `_low`, `_high`), `others_old`, `others_new` (of those who did
        not move), `beyond_old`, `beyond_new` (change since before the move, less that of the others, likewise).
        """
        if not self.curves:
            return pd.DataFrame(columns=list(COLUMNS))
        found = pd.concat([curve.table.assign(chart=name) for name, curve in self.curves.items()])
        return found[[*COLUMNS, *(name for name in found if name == SUPPRESSED)]]

    def said(self) -> str:
        """The verdict and the number of movers."""
        return "" if self.chart is None else f"{self.verdict} ({self.curves[self.chart].movers} movers)"

    def drawing(self) -> Drawing | None:
        """The shares with the old and the new team around the move."""
        table = None if self.chart is None else self.curves[self.chart].table
        # Of few people no share is published.
        return None if table is None or table["new"].isna().all() else Drawing("team_change", {"curve": table})

    def to_dict(self) -> dict[str, Any]:
        """The section `responsiveness` of the summary."""
        curve = None if self.chart is None else self.curves[self.chart]
        none = Estimate(None)
        return {
            "chart": self.chart,
            "verdict": self.verdict,
            "reason": self.unknown or None,
            "movers": 0 if curve is None else curve.movers,
            "others": 0 if curve is None else curve.others,
            "half_life": (none if curve is None else curve.half_life).to_dict(),
            "time_to_half": (none if curve is None else curve.time_to_half).to_dict(),
            "old_loss": (none if curve is None else curve.old_loss).to_dict(),
            "new_gain": (none if curve is None else curve.new_gain).to_dict(),
            "curve": records(self.table),
        }


def respond(
    counted: Tally, roster: Roster | None, by: str, *, minimum: int, replicates: int, seed: int = 0
) -> Responsiveness:
    """Whether contacts follow the chart, for each chart that the roster dates.

    Args:
        counted: the log, week by week.
        roster: who was where when.
        by: the units.
        minimum: movers of whom anything may be shown.
        replicates, seed: of the person bootstrap.
    """
    if not isinstance(roster, DatedRoster) or counted.weekly.empty:
        return Responsiveness()
    contacts, names = contacts_of(counted)
    days = float(contacts["day"].min()), float(contacts["day"].max())
    units = counted.people.drop_duplicates("person")[DEPARTMENT].to_numpy()
    found = {}
    for column in charts_of(roster, by):
        moves = list(Chart(roster, column, names, days).moves(contacts, units, seed))
        for months, periods in PERIODS:
            curve = follow_moves(
                contacts,
                moves,
                len(names),
                months=months,
                periods=periods,
                minimum=minimum,
                replicates=replicates,
                seed=seed,
            )
            if curve is not None and (curve.table["movers"].notna().mean() >= FILLED or months == PERIODS[-1][0]):
                found[column] = curve
                break
    order = sorted(found, key=lambda name: -found[name].movers)
    return Responsiveness({name: found[name] for name in order}, "" if found else "few")


def contacts_of(counted: Tally) -> tuple[pd.DataFrame, list[str]]:
    """Contacts of each person with each other in each week, both ways: `person`, `other`, `day`, `messages`; and names.

    The day is the Thursday of the week, in days since 1970.
    """
    weekly, number = counted.weekly, persons(counted.people)
    messages = weekly["messages_a"].to_numpy() + weekly["messages_b"].to_numpy()
    since = (pd.Timestamp(0).to_pydatetime() - pd.Timestamp("0001-01-01").to_pydatetime()).days
    day = weekly["week"].to_numpy() * WEEK - since + WEEK / 2
    a, b = number[weekly["a"]], number[weekly["b"]]
    table = pd.DataFrame(
        {"person": np.r_[a, b], "other": np.r_[b, a], "day": np.r_[day, day], "messages": np.r_[messages, messages]}
    )
    return table[table["person"] != table["other"]], list(pd.unique(counted.people["person"]))


def follow_moves(
    contacts: pd.DataFrame,
    moves: Iterable[Move],
    count: int,
    *,
    months: int,
    periods: int,
    minimum: int,
    replicates: int,
    seed: int = 0,
) -> Curve | None:
    """The curve of some moves.

    A person's share with a team in a period is that of their contacts then, where there are `LEAST_CONTACTS`; the curve
    is the mean over persons, not over contacts, as a few write most. Replicates weigh the people who moved, or did not,
    with ω ~ Exp(1); not those whom they deal with: what these differ by is in the persons' shares already, and weighing
    it once more gave intervals that held the half-life in 499 of 500 planted organisations.

    Args:
        contacts: as of `contacts_of`.
        moves: those who moved and those who did not.
        count: number of persons.
        months: length of a period.
        periods: how many before the move, and how many from it on.
        minimum: movers with a value that a period needs, and movers in all.
        replicates, seed: of the bootstrap.

    Returns:
        None where there are too few movers.
    """
    listed = list(moves)
    seen = _Seen.of(contacts, listed, count, months=months, periods=periods)
    movers = len({listed[at].person for at in np.unique(seen.move) if listed[at].mover})
    if movers < minimum:
        return None
    others = len({listed[at].person for at in np.unique(seen.move) if not listed[at].mover})
    value = seen.shares(np.ones((count, 1)))[..., 0]
    draws = np.moveaxis(replicated(seen.shares, count, replicates, seed), -1, 0)
    counted, beside = (seen.counted(listed, mover=mover) for mover in (True, False))
    people = seen.people(listed, mover=False)
    few = counted < minimum
    if few[:periods].all() or few[periods:].all():
        return None
    value[0][:, few], draws[:, 0][..., few] = np.nan, np.nan
    value[1], draws[:, 1] = (steadied(part, beside, people, minimum) for part in (value[1], draws[:, 1]))
    month, when = (np.arange(2 * periods) - periods) * months, seen.times()
    return Curve(
        movers=movers,
        others=others,
        fewest=int(beside.min() if beside.min() >= minimum else people.min()),
        table=_table(value, draws, month, months, np.where(few, np.nan, counted)),
        half_life=_months(half_time(value[None], OLD, months, when), half_time(draws, OLD, months, when), movers),
        time_to_half=_months(half_time(value[None], NEW, months, when), half_time(draws, NEW, months, when), movers),
        old_loss=_estimate(gain(value, 0), gain(draws, 0), movers),
        new_gain=_estimate(gain(value, 1), gain(draws, 1), movers),
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """The contacts of movers and others by period: one row per move and period with contacts enough.

    Attributes:
        move, period: of each row.
        person: whose row it is.
        mover: whether they moved.
        share: (2, rows), of the person's contacts then those with the old team, with the new team.
        day: from the move, of the person's contacts then in the mean.
        periods: how many there are.
    """

    move: np.ndarray
    period: np.ndarray
    person: np.ndarray
    mover: np.ndarray
    share: np.ndarray
    day: np.ndarray
    periods: int

    @classmethod
    def of(cls, contacts: pd.DataFrame, moves: Sequence[Move], count: int, *, months: int, periods: int) -> "_Seen":
        events = pd.DataFrame(
            {
                "move": np.arange(len(moves)),
                "person": [move.person for move in moves],
                "at": [move.at for move in moves],
                "since": [move.since for move in moves],
                "until": [move.until for move in moves],
            }
        )
        rows = contacts.merge(events, on="person")
        rows = rows[(rows["day"] >= rows["since"]) & (rows["day"] < rows["until"])]
        rows["period"] = np.floor((rows["day"] - rows["at"]) / (MONTH * months)).astype(int) + periods
        rows = rows[rows["period"].isin(range(2 * periods))]
        rows["day"] = (rows["day"] - rows["at"]) * rows["messages"]
        rows = rows.groupby(["move", "period", "other"], as_index=False)[["messages", "day"]].sum()
        whole = rows.groupby(["move", "period"])["messages"].transform("sum")
        rows = rows[whole >= LEAST_CONTACTS]
        key = rows["move"].to_numpy() * 2 * periods + rows["period"].to_numpy()
        kept, row = np.unique(key, return_inverse=True)
        other, messages = rows["other"].to_numpy(), rows["messages"].to_numpy()
        pair = rows["move"].to_numpy() * count + other
        every = np.bincount(row, messages, len(kept))
        share = np.zeros((2, len(kept)))
        for at, side in enumerate((OLD, NEW)):
            teams = [number * count + getattr(move, side) for number, move in enumerate(moves)]
            held = np.isin(pair, np.concatenate(teams) if teams else np.zeros(0))
            share[at] = np.bincount(row[held], messages[held], len(kept)) / every
        move = kept // (2 * periods)
        return cls(
            move,
            kept % (2 * periods),
            events["person"].to_numpy()[move],
            np.array([one.mover for one in moves], dtype=bool)[move],
            share,
            np.bincount(row, rows["day"].to_numpy(), len(kept)) / every,
            2 * periods,
        )

    def shares(self, omega: np.ndarray) -> np.ndarray:
        """Mean shares, (movers and others, old and new, periods, replicates), of weights (persons, replicates)."""
        weight = omega[self.person]
        found = np.full((2, 2, self.periods, omega.shape[1]), np.nan)
        for group, mask in enumerate((self.mover, ~self.mover)):
            at = sparse.csr_array(
                (np.ones(mask.sum()), (self.period[mask], np.flatnonzero(mask))), shape=(self.periods, len(mask))
            )
            whole = at @ weight
            for side, share in enumerate(self.share):
                sums = at @ (weight * share[:, None])
                found[group, side] = np.divide(sums, whole, out=np.full_like(sums, np.nan), where=whole > 0)
        return found

    def times(self) -> np.ndarray:
        """Months from the move at which the movers' contacts of each period after it lie in the mean, NaN for none."""
        rows = np.bincount(self.period[self.mover], minlength=self.periods)
        days = np.bincount(self.period[self.mover], self.day[self.mover], self.periods)
        months = np.divide(days, rows * MONTH, out=np.full(len(rows), np.nan), where=rows > 0)
        return months[self.periods // 2 :]

    def counted(self, moves: Sequence[Move], *, mover: bool) -> np.ndarray:
        """How many people who moved, or did not, have a value in each period."""
        known = zip(self.move, self.period, strict=True)
        pairs = {(int(period), moves[at].person) for at, period in known if moves[at].mover is mover}
        return np.bincount([period for period, _ in pairs], minlength=self.periods).astype(np.float64)

    def people(self, moves: Sequence[Move], *, mover: bool) -> np.ndarray:
        """How many people who moved, or did not, have a value before the date, and how many from it on."""
        first = self.periods // 2
        after = self.period >= first
        return np.array(
            [
                len({moves[at].person for at in np.unique(self.move[after == side]) if moves[at].mover is mover})
                for side in (False, True)
            ]
        )


def _estimate(value: np.ndarray, draws: np.ndarray, movers: int) -> Estimate:
    low, high = interval(draws, movers)
    return Estimate(float(value) if np.isfinite(value) else None, low, high)


def _months(value: np.ndarray, draws: np.ndarray, movers: int) -> Estimate:
    """Months until half, with the interval of the replicates; an end that lies beyond the curve is missing."""
    at = float(value[0])
    if not np.isfinite(at) and not np.isinf(at):
        return Estimate(None)
    times = np.sort(draws[~np.isnan(draws)])
    if len(times) < LEAST_KNOWN * len(draws):
        return Estimate(at if np.isfinite(at) else None)
    tail = tail_of(movers)
    low, high = (float(times[round(share * (len(times) - 1))]) for share in (tail, 1 - tail))
    return Estimate(*(number if np.isfinite(number) else None for number in (at, low, high)))


def _table(value: np.ndarray, draws: np.ndarray, month: np.ndarray, months: int, counted: np.ndarray) -> pd.DataFrame:
    columns: dict[str, Any] = {"chart": "", "month": month, "months": months, "movers": counted}
    for at, name in enumerate((OLD, NEW)):
        since, replicated = beyond(value, at), beyond(draws, at)
        columns |= {name: value[0, at], f"others_{name}": value[1, at], f"beyond_{name}": since}
        for key, some in ((name, draws[:, 0, at]), (f"beyond_{name}", replicated)):
            ends = [
                interval(some[:, period], None if np.isnan(number) else int(number))
                for period, number in enumerate(counted)
            ]
            columns |= {f"{key}_low": [low for low, _ in ends], f"{key}_high": [high for _, high in ends]}
    table = pd.DataFrame(columns)[list(COLUMNS)]
    numbers = [name for name in COLUMNS if name != "chart"]
    table[numbers] = table[numbers].astype(np.float64)
    return table
