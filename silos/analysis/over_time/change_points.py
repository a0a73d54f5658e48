"""Changes that nobody announced: from which window on a measure stays at another level, as a question.

A log shows that something changed, not what happened. So a change point is asked about, never explained.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.over_time.headline import headline
from silos.analysis.over_time.headline_classes import TOLD, told_of
from silos.analysis.over_time.spans import Span, matched
from silos.analysis.over_time.trend import Trend, change, ending
from silos.analysis.parameters import Event
from silos.analysis.result_protocol import Result, records
from silos.inference.level_shift import level_shifts
from silos.network import DEPARTMENT, Network
from silos.privacy.suppression import Shown
from silos.ties.results import Tally

#: p below which a shift is asked about: the share of logs without any in which one is.
CHANCE = 0.05
COLUMNS = (
    *("window", "measure", "department", "windows_before", "windows_after", "people", "traffic", "before", "after"),
    *("change", "change_low", "change_high", "p", "event"),
)
TEXTS = ("window", "measure", "department", "event")


@dataclass(frozen=True, eq=False)
class ChangePoints(Result):
    """Where the headline measures came to lie at another level.

    Attributes:
        table: one row per measure with a change point: see `find_change_points`; the most unlikely by chance first.
        windows: how many windows were looked at.
        measures: how many measures were.
        told: by row of `table`, what of it is published as it follows from classes of counts.
    """

    title: ClassVar[str] = "Changes that nobody announced"

    table: pd.DataFrame = field(default_factory=lambda: _table([]))
    windows: int = 0
    measures: int = 0
    told: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def asked(self) -> pd.DataFrame:
        """Those to ask about: of each window the measure that shows it most clearly, unless an event explains it."""
        unexplained = self.table[self.table["event"].isna()]
        return unexplained.drop_duplicates("window")

    def to_dict(self) -> dict[str, Any]:
        """The section `change_points` of the summary."""
        return {"windows": self.windows, "measures": self.measures, "points": records(self.table)}


def find_change_points(
    course: Trend,
    counted: Tally,
    every: Network,
    shown: Shown,
    *,
    events: Sequence[Event] = (),
    replicates: int,
    seed: int = 0,
) -> ChangePoints:
    """The windows from which on a headline measure lasts at another level, beyond what windows differ by.

    Two doubts are kept apart. Windows: `level_shifts` over all measures together, with the traffic per person taken
    out. People: of those in contact both before and after, under the chart of before and at equal traffic, the change
    must be of the same sign with its whole interval.

    Args:
        course: the windows and their measures.
        counted: the log, with its windows.
        every: all its ties, departments as they are.
        shown: departments as they may be shown.
        events: what is known to have happened.
        replicates, seed: of the person bootstrap, and of the orders of windows.

    Returns:
        a table with `window` (the first at the new level), `measure`, `department`, `windows_before`, `windows_after`,
        `people`, `traffic` (messages per window after over before), `before`, `after`, `change`, `change_low`,
        `change_high` (of the people of both times), `p` and `event` (the label of an event in that window or the one
        before it).
    """
    compared = course.windows[course.windows["compared"] == "yes"].reset_index(drop=True)
    kept = course.table[course.table["window"].isin(compared["window"])]
    series = kept.set_index(["window", "measure", "department"])["value"].unstack(["measure", "department"])  # noqa: PD010
    series = series.reindex(compared["window"])
    if series.empty:
        return ChangePoints()
    found = level_shifts(series.to_numpy(), np.log(compared["messages"] / compared["people"]).to_numpy(), seed=seed)
    starts = [datetime.fromisoformat(name) for name in compared["window"]]
    sides = _Sides(counted, every, shown, starts)
    rows: list[dict[str, Any]] = []
    for at, t, p, (measure, department) in zip(found.at, found.t, found.p, series.columns, strict=True):
        if not p < CHANCE:
            continue
        row = sides.across(at, (measure, department), t, replicates=replicates, seed=seed)
        if row is not None:
            event = _event_near(events, starts[at - 1], ending(starts[at], str(course.window)))
            named = {"window": compared["window"][at], "measure": measure, "department": department}
            rows.append({**named, **row, "p": p, "event": event})
    rows.sort(key=lambda row: (row["p"], row["window"]))
    return ChangePoints(_table(rows), len(compared), int((found.at >= 0).sum()), told_of(rows))


class _Sides:
    """All windows before a date against all from it on."""

    def __init__(self, counted: Tally, every: Network, shown: Shown, starts: Sequence[datetime]) -> None:
        self.counted, self.shown, self.starts = counted, shown, starts
        self.directed = every.directed
        self.whole, self.merged = every.people[DEPARTMENT].to_numpy(), shown.departments.to_numpy()

    def across(
        self, at: int, key: tuple[str, str], sign: float, *, replicates: int, seed: int
    ) -> dict[str, object] | None:
        """The change of one measure of the people of both sides; None where it is not of this sign whoever they are."""
        parts = [self.starts[:at], self.starts[at:]]
        windows = [[self.counted.windows[start] for start in part] for part in parts]
        first, second = (Span.of_several(some, self.counted.people, directed=self.directed) for some in windows)
        both = matched(first, second, self.whole, self.merged)
        before, after = (
            headline(view, self.shown.candidates, replicates=replicates, seed=seed, classes=True)[key]
            for view in (both.before, both.after)
        )
        found = change(before, after)
        low, high = found.get("change_low"), found.get("change_high")
        if low is None or high is None or not (low > 0 if sign > 0 else high < 0):
            return None
        longer = len(parts[0]) / len(parts[1])
        return {
            "windows_before": len(parts[0]),
            "windows_after": len(parts[1]),
            "people": both.people,
            "traffic": both.traffic * longer,
            "told_traffic": both.told_traffic * longer,
            **{name: value for name, value in found.items() if name in COLUMNS or name.startswith(TOLD)},
        }


def _event_near(events: Sequence[Event], since: datetime, until: datetime) -> str | None:
    """The first event in [since, until): a change that begins in the middle of a window shows in the next one."""
    return next((event.label for event in events if since <= event.date < until), None)


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [name for name in COLUMNS if name not in TEXTS]
    table[numbers] = table[numbers].astype(np.float64)
    return table
