"""Before and after a dated event, such as a reorganisation: what changed beyond people, weeks and ordinary times.

Three kinds of doubt are kept apart: which people there are (paired person bootstrap), which weeks were looked at (weeks
left out in turn), and whether as much changes at dates on which nothing happened (placebo dates).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from silos.analysis.over_time.headline import Key, Measured, headline
from silos.analysis.over_time.headline_classes import told_of
from silos.analysis.over_time.moves import Moves
from silos.analysis.over_time.spans import Matched, Span, matched
from silos.analysis.over_time.trend import change, no_change
from silos.analysis.parameters import Event
from silos.analysis.result_protocol import Result, records
from silos.errors import SilosError
from silos.inference.estimate import tail_of
from silos.inference.multiple_testing import FALSE_DISCOVERY
from silos.network import DEPARTMENT, Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import Shown
from silos.ties.results import Tally
from silos.ties.weeks import week_of

#: Weeks before and after an event that are compared at most: a quarter, so that one season is held against the next,
#: and at least: fewer hold hardly any ties.
LONGEST, SHORTEST = 13, 4
#: Placebo dates without which nothing is said of a change, and dates beyond which more of them add time only.
LEAST_PLACEBOS, MOST_PLACEBOS = 8, 26
#: Groups of consecutive weeks that are left out in turn.
BLOCKS = 8
#: Days around an event within which a change in the roster belongs to it.
NEAR_DAYS = 15
#: The last and the first working day, Monday being 0: a log that lacks only a weekend holds the week.
FRIDAY, MONDAY = 4, 0
#: What is touched by an event less what is not.
CONTRAST = "insularity_contrast"
COLUMNS = (
    *("date", "label", "weeks", "people", "traffic", "chart", "measure", "department", "touched", "before", "after"),
    *("change", "change_low", "change_high", "strength", "q", "weeks_low", "weeks_high", "placebos", "p", "verdict"),
    "reason",
)
TEXTS = ("date", "label", "chart", "measure", "department", "touched", "verdict", "reason")


@dataclass(frozen=True, eq=False)
class Events(Result):
    """What changed across events.

    Attributes:
        table: one row per event, chart, measure and department: see `before_and_after`; empty without events.
        unknown: date of an event -> why nothing can be said of it: `outside` (of the log), `short` (fewer than
            `SHORTEST` whole weeks on one side, up to the next event), `thin` (too few ties), `undated`.
        labels: date -> label, of all events asked for.
        told: by row of `table`, what of it is published as it follows from classes of counts.
    """

    title: ClassVar[str] = "Before and after"

    table: pd.DataFrame = field(default_factory=lambda: _table([]))
    unknown: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    told: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def bare(self) -> tuple[str, ...]:
        """Dates of events that are compared with too few others to say anything of any measure."""
        known = self.table[(self.table["chart"] == "before") & (self.table["verdict"] != "cannot say")]
        alike = (known["verdict"] == "uncertain").groupby(known["date"], sort=False).all()
        return tuple(str(date) for date in alike.index[alike])

    @property
    def seen(self) -> pd.DataFrame:
        """The changes that are more than chance, the strongest first."""
        found = self.table[self.table["verdict"].isin(("rose", "fell"))]
        return found.sort_values("strength", ascending=False, kind="stable")

    def drawing(self) -> Drawing | None:
        """The changes of the first event with their intervals, under the chart before it."""
        known = self.table[(self.table["chart"] == "before") & self.table["change"].notna()]
        if known.empty:
            return None
        first = known[known["date"] == known["date"].iloc[0]]
        return Drawing("event_changes", {"changes": first})

    def to_dict(self) -> dict[str, Any]:
        """The section `events` of the summary."""
        shared = ("date", "label")
        rows = records(self.table)
        return {
            "events": [
                {
                    "date": date,
                    "label": label,
                    "reason": self.unknown.get(date),
                    "measures": [
                        {name: value for name, value in row.items() if name not in shared}
                        for row in rows
                        if row["date"] == date
                    ],
                }
                for date, label in self.labels.items()
            ]
        }


def before_and_after(
    counted: Tally,
    every: Network,
    shown: Shown,
    *,
    events: Sequence[Event],
    departments: Sequence[str] = (),
    moves: Moves,
    replicates: int,
    seed: int = 0,
) -> Events:
    """Headline measures in as many weeks before and after each event, of the same people at equal traffic.

    Args:
        counted: the log, week by week.
        every: all its ties, departments as they are.
        shown: departments as they may be shown.
        events: what happened when.
        departments: which of them were touched; otherwise those that somebody left or came to within `NEAR_DAYS`.
        moves: what the roster says of who moved.
        replicates, seed: of the person bootstrap.

    Returns:
        a table with `date`, `label`, `weeks` (on either side), `people` (in contact on both sides), `traffic` (messages
        after over before), `chart` (`before`: both sides under the chart before the event; `as_is`: everybody where
        they were), `measure` and `department` as in `trend`, `touched` (`yes`, `no`; empty where nobody knows),
        `before`, `after`, `change`, `change_low`, `change_high`, `strength`, `q` (over all measures of all events),
        `weeks_low`, `weeks_high` (the change, with what weeks differ by), `placebos` and `p` (of a change as large at
        such a date; missing with fewer than `LEAST_PLACEBOS`), `verdict`: `rose`, `fell`, `not seen`, `uncertain`,
        `cannot say`, and `reason` of the last two: `dates` (fewer than `LEAST_PLACEBOS`), `ties` (too few).
        The measure `insularity_contrast` is the mean change of the departments touched less that of the others.

    Raises:
        SilosError: a department that is said to be touched does not exist or is not shown.
    """
    for name in departments:
        if name not in shown.candidates:
            raise SilosError(
                f"no department that may be shown is called {name!r} (--event-departments). There are: "
                f"{', '.join(shown.candidates)}."
            )
    weeks = _Weeks(counted, every, shown, [_span_of(event) for event in events])
    rows: list[dict[str, object]] = []
    unknown: dict[str, str] = {}
    for at, event in enumerate(events):
        touched = [name for name in departments or _touched(moves, event.date) if name in shown.candidates]
        told = _Told(weeks, at, touched, replicates, seed)
        reason = told.unknown()
        found = [] if reason else list(told.rows())
        if not reason and not any(row["change"] is not None and np.isfinite(row["change"]) for row in found):
            reason, found = "thin", []
        if reason:
            unknown[event.day] = reason
        rows += [{"date": event.day, "label": event.label, **row} for row in found]
    labels = {event.day: event.label for event in events}
    return Events(_judged(_table(rows)), unknown, labels, told_of(rows))


def _span_of(event: Event) -> tuple[int, int]:
    """The week in which an event lies, and the first whole week after it: the same where it is a Monday."""
    week = week_of(event.date)
    return week, week if event.date.weekday() == MONDAY else week + 1


def _touched(moves: Moves, date: datetime) -> tuple[str, ...]:
    near = timedelta(days=NEAR_DAYS)
    return moves.touched(date - near, date + near) if moves.dated else ()


class _Weeks:
    """The log as whole weeks, and the events in it."""

    def __init__(self, counted: Tally, every: Network, shown: Shown, spans: Sequence[tuple[int, int]]) -> None:
        self.counted, self.shown, self.spans = counted, shown, spans
        self.directed = every.directed
        self.whole = every.people[DEPARTMENT].to_numpy()
        self.merged = shown.departments.to_numpy()
        # Whole weeks, and those in which the log begins and ends: an event in one of these is not outside of it.
        self.first = self.last = self.begun = self.ended = 0
        if counted.log.first is not None and counted.log.last is not None:
            self.begun, self.ended = week_of(counted.log.first), week_of(counted.log.last)
            self.first = self.begun + (counted.log.first.weekday() > MONDAY)
            self.last = self.ended - (counted.log.last.weekday() < FRIDAY)
        self._spans: dict[tuple[int, int], Span] = {}

    def room(self, at: int) -> int:
        """Weeks on either side of an event up to the end of the log or another event, whichever comes first."""
        begins, follows = self.spans[at]
        earlier = [after for week, after in self.spans if after <= begins and week != begins]
        later = [week for week, _ in self.spans if week >= follows and week != begins]
        return min(begins - max([self.first, *earlier]), min([self.last + 1, *later]) - follows)

    def placebos(self, length: int) -> list[int]:
        """Mondays at least so many weeks from any event and from either end of the log."""
        return [
            week
            for week in range(self.first + length, self.last + 2 - length)
            if all(week + length <= begins or week - length >= follows for begins, follows in self.spans)
        ]

    def length(self, at: int) -> int:
        """Weeks that are compared on either side of an event: the most that leave enough placebo dates."""
        most = min(LONGEST, self.room(at))
        enough = [some for some in range(SHORTEST, most + 1) if len(self.placebos(some)) >= LEAST_PLACEBOS]
        return max(enough, default=most)

    def span(self, start: int, length: int, *, without: Sequence[int] = ()) -> Span:
        """Some weeks of the log."""
        if (start, length) in self._spans and not len(without):
            return self._spans[start, length]
        weights = {week: 1.0 for week in range(start, start + length) if week not in without}
        found = Span.of_weeks(self.counted.weekly, weights, self.counted.people, directed=self.directed)
        if not len(without):
            self._spans[start, length] = found
        return found

    def pair(self, before: Span, after: Span, *, as_is: bool = False) -> Matched:
        return matched(before, after, self.whole, self.merged, as_is=as_is)


class _Told:
    """One event."""

    def __init__(self, weeks: _Weeks, at: int, touched: Sequence[str], replicates: int, seed: int) -> None:
        self.weeks, self.at, self.replicates, self.seed = weeks, at, replicates, seed
        self.begins, self.follows = weeks.spans[at]
        self.candidates = weeks.shown.candidates
        # Where all are touched, or none, there is nobody to hold them against.
        self.known = 0 < len(touched) < len(self.candidates)
        self.touched = touched

    def unknown(self) -> str:
        """Why nothing can be said; empty where something can."""
        if not self.weeks.last or self.weeks.counted.weekly.empty:
            return "undated"
        if not self.weeks.begun <= self.begins <= self.weeks.ended:
            return "outside"
        return "short" if self.weeks.room(self.at) < SHORTEST else ""

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row per chart, measure and department."""
        length = self.weeks.length(self.at)
        before = self.weeks.span(self.begins - length, length)
        after = self.weeks.span(self.follows, length)
        matches = {"before": self.weeks.pair(before, after)}
        if not self.weeks.counted.people["person"].is_unique:
            matches["as_is"] = self.weeks.pair(before, after, as_is=True)
        placebos = self._placebos(length)
        reaches = self._reaches(length, before, after)
        for chart, both in matches.items():
            first, second = self._sides(both, replicates=self.replicates, classes=True)
            for key, measured in second.items():
                changed = change(first[key], measured)
                row: dict[str, Any] = {
                    "weeks": length,
                    "people": both.people,
                    "traffic": both.traffic,
                    "told_traffic": both.told_traffic,
                    "chart": chart,
                    "measure": key[0],
                    "department": key[1],
                    "touched": ("yes" if key[1] in self.touched else "no") if self.known and key[1] else None,
                    "change": None,
                    **changed,
                }
                if chart == "before":
                    row |= _beside(changed.get("change"), reaches.get(key, np.nan), placebos.get(key, np.zeros(0)))
                yield row

    def _sides(
        self, both: Matched, *, replicates: int = 0, classes: bool = False
    ) -> tuple[dict[Key, Measured], dict[Key, Measured]]:
        """The measures before and after, with the contrast of the departments touched and the others."""
        first, second = (
            headline(view, self.candidates, replicates=replicates, seed=self.seed, classes=classes)
            for view in (both.before, both.after)
        )
        # Only departments with a value on both sides: a mean over others would change by who is in it.
        there = [
            name
            for name in self.candidates
            if all(np.isfinite(side["insularity", name].value) for side in (first, second))
        ]
        groups = [[name for name in there if (name in self.touched) is touched] for touched in (True, False)]
        if not self.known or not all(groups):
            return first, second
        return self._with_contrast(first, groups), self._with_contrast(second, groups)

    @staticmethod
    def _with_contrast(found: dict[Key, Measured], groups: Sequence[Sequence[str]]) -> dict[Key, Measured]:
        """The measures, with the mean insularity of one group of departments less that of the other."""
        parts = [[found["insularity", name] for name in names] for names in groups]
        value, others = (float(np.mean([part.value for part in some])) for some in parts)
        draws, theirs = (np.mean([part.draws for part in some], axis=0) for some in parts)
        told, beside = (float(np.mean([part.told for part in some])) for some in parts)
        return {(CONTRAST, ""): Measured(value - others, draws - theirs, told - beside), **found}

    def _changes(self, before: Span, after: Span) -> dict[Key, float]:
        first, second = self._sides(self.weeks.pair(before, after))
        return {key: second[key].value - first[key].value for key in second if key in first}

    def _placebos(self, length: int) -> dict[Key, np.ndarray]:
        """The same changes at dates without an event."""
        dates = self.weeks.placebos(length)
        if len(dates) < LEAST_PLACEBOS:
            return {}
        chosen = np.unique(np.linspace(0, len(dates) - 1, min(len(dates), MOST_PLACEBOS)).round().astype(int))
        found = pd.DataFrame(
            [
                self._changes(self.weeks.span(dates[at] - length, length), self.weeks.span(dates[at], length))
                for at in chosen
            ]
        )
        return {(str(key[0]), str(key[1])): found[key].dropna().to_numpy() for key in found}

    def _reaches(self, length: int, before: Span, after: Span) -> dict[Key, float]:
        """How far a change may be from what other weeks would show: half of a 95 % interval.

        The jackknife over blocks of weeks, t √Σ_sides (g − 1)/g Σ (Δ without a block − their mean)², t being Student's
        with Σ_sides (g − 1) degrees of freedom: eight blocks of a week say little of what weeks differ by.
        """
        total: dict[Key, float] = {}
        freedom = 0
        for start, side in ((self.begins - length, "before"), (self.follows, "after")):
            blocks = np.array_split(np.arange(start, start + length), min(BLOCKS, length))
            freedom += len(blocks) - 1
            left = []
            for block in blocks:
                less = self.weeks.span(start, length, without=block.tolist())
                left.append(self._changes(less, after) if side == "before" else self._changes(before, less))
            for key, spread in (pd.DataFrame(left).var(ddof=0) * (len(blocks) - 1)).items():
                name = (str(key[0]), str(key[1]))
                total[name] = total.get(name, 0.0) + float(spread)
        quantile = stdtrit(freedom, 1 - tail_of())
        return {key: float(quantile * np.sqrt(value)) for key, value in total.items()}


def _beside(difference: float | None, reach: float, placebos: np.ndarray) -> dict[str, float]:
    """The interval of weeks about a change, and how rare it is at placebo dates."""
    if difference is None:
        return {}
    found = {"weeks_low": difference - reach, "weeks_high": difference + reach}
    if len(placebos) < LEAST_PLACEBOS:
        return found | {"placebos": 0.0}
    as_large = int((np.abs(placebos) >= abs(difference)).sum())
    return found | {"placebos": float(len(placebos)), "p": (1 + as_large) / (1 + len(placebos))}


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [name for name in COLUMNS if name not in TEXTS]
    table[numbers] = table[numbers].astype(np.float64)
    return table


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """With the false discovery rate over all measures of all events, and the verdict.

    A change is said if it is beyond the people (q), beyond the weeks, and larger than at all but 5 % of the placebo
    dates; where they are fewer than twenty, than at all of them. Without `LEAST_PLACEBOS` it is uncertain: intervals
    alone called a department changed at a date without an event in 6 of 15 organisations in which nothing changes.
    """
    held = (table["chart"] == "before").to_numpy()
    table["q"] = np.nan
    table.loc[held, "q"] = no_change(table.loc[held, "strength"])
    beyond_weeks = table["weeks_low"] * table["weeks_high"] > 0
    rare = table["p"] <= np.maximum(FALSE_DISCOVERY, 1 / (1 + table["placebos"]))
    said = (table["q"] < FALSE_DISCOVERY) & beyond_weeks & rare
    verdict = np.where(said, np.where(table["change"] > 0, "rose", "fell"), "not seen")
    unsaid = [table["change"].isna(), table["p"].isna()]
    table["verdict"] = pd.Series(np.select(unsaid, ["cannot say", "uncertain"], verdict), dtype=object)
    reason = pd.Series(np.select(unsaid, ["ties", "dates"], ""), dtype=object)
    table["reason"] = reason.where(reason != "", None)
    table.loc[~held, ["verdict", "reason"]] = None
    return table
