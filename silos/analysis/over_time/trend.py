"""Windows of time and changes between them, each with its interval.

A change is that of the same people from one window to the next, at equal traffic (`silos.analysis.over_time.spans`);
the replicates of both draw the same weights for the same persons, so that it is a paired difference.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtr

from silos.analysis.over_time.headline import Key, Measured, View, headline
from silos.analysis.over_time.headline_classes import ties_by_class, told_of
from silos.analysis.over_time.moves import Moves
from silos.analysis.over_time.spans import Span, matched, persons
from silos.analysis.result_protocol import Result, plain, records
from silos.inference.estimate import interval
from silos.inference.multiple_testing import false_discovery
from silos.measures.community_detection import agreement, detect
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import Shown
from silos.ties.layers import network
from silos.ties.results import Tally

#: Days that may lack at either end of a window that is whole: a log that ends on a Friday holds the week and the month.
SLACK_DAYS = 3
#: Other changes of a measure from which it is known what windows differ by.
LEAST_OTHERS = 3
#: Runs of Leiden in each window: their agreement with one another is the noise of the stability.
RUNS = 4
COLUMNS = (
    *("window", "measure", "department", "value", "low", "high", "since", "before", "after"),
    *("change", "change_low", "change_high", "strength", "change_q", "traffic"),
)
WINDOW_COLUMNS = (
    *("window", "compared", "reason", "people", "messages", "ties", "joiners", "leavers", "movers", "walls", "bridges"),
    *("silos", "connector", "connector_verdict", "probability_first", "stability", "stability_noise"),
)
TEXTS = ("window", "measure", "department", "since")
WINDOW_TEXTS = ("window", "compared", "reason", "silos", "connector", "connector_verdict")


@dataclass(frozen=True)
class Judged:
    """The verdicts of one window.

    Attributes:
        departments: department -> verdict.
        walls, bridges: how many pairs.
        connector: the department that comes first, if any; `connector_verdict`, `probability_first`: of it.
    """

    departments: Mapping[str, str] = field(default_factory=dict)
    walls: float = np.nan
    bridges: float = np.nan
    connector: str | None = None
    connector_verdict: str | None = None
    probability_first: float = np.nan


@dataclass(frozen=True, eq=False)
class Trend(Result):
    """The headline measures over time.

    Attributes:
        table: one row per window and measure: see `follow`; empty without windows.
        window: their length: `week`, `month` or `quarter`; None without windows.
        windows: one row per window: `window`, `compared` (whether anything of it is compared), `reason` (why not:
            `partial`, `thin`), `people` (in contact), `messages`, `ties`, `joiners`, `leavers`, `movers` (missing:
            the roster has no dates, or they are few), `walls`, `bridges`, `silos`, `connector`, `connector_verdict`,
            `probability_first`, `stability` (AMI of detected communities with the window before, of people in both)
            and `stability_noise` (the same between two runs on one window).
        verdicts: window -> department -> verdict.
        dated: whether the roster says who joined, left and moved when.
        told: by row of `table`, what of it is published as it follows from classes of counts; None in a log of groups.
        told_ties: by row of `windows`, their ties in the same way.
    """

    title: ClassVar[str] = "Change over time"

    table: pd.DataFrame
    window: str | None
    windows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(WINDOW_COLUMNS)))
    verdicts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dated: bool = False
    told: pd.DataFrame | None = field(default=None, repr=False)
    told_ties: tuple[float, ...] = field(default=(), repr=False)

    @property
    def compared(self) -> int:
        """How many windows are compared with one before."""
        return int(self.table.loc[self.table["change"].notna(), "window"].nunique())

    def drawing(self) -> Drawing | None:
        """The course of the E-I index."""
        overall = self.table[self.table["department"] == ""]
        course = overall[(overall["measure"] == "ei_index") & overall["value"].notna()]
        if course["window"].nunique() < 2:
            return None
        return Drawing("trend", {"trend": course, "measure": "ei_index"})

    def to_dict(self) -> dict[str, Any]:
        """The sections `trend` and `windows` of the summary."""
        windows = [
            row | {"departments": {name: plain(verdict) for name, verdict in self.verdicts[row["window"]].items()}}
            for row in records(self.windows)
        ]
        return {"trend": records(self.table), "windows": windows}


def none_asked() -> Trend:
    """Without windows."""
    return Trend(_table([]), None)


def follow(
    counted: Tally,
    every: Network,
    shown: Shown,
    *,
    window: str,
    moves: Moves,
    judge: Callable[[datetime], Judged],
    replicates: int,
    seed: int = 0,
) -> Trend:
    """Headline measures of each window, and their change since the last window before that carries.

    A window is compared if it is whole (all but `SLACK_DAYS` at either end lie within the log), and if it holds enough
    ties (`silos.analysis.over_time.headline`).

    Args:
        counted: the log, with its windows.
        every: all its ties, departments as they are.
        shown: departments as they may be shown; the insularity of each candidate is followed.
        window: length of the windows.
        moves: what the roster says of who came and went.
        judge: the verdicts of the window that starts then.
        replicates, seed: of the person bootstrap.

    Returns:
        a table with one row per window and measure: `window` (ISO date of its start), `measure`, `department` (empty
        for the organisation), `value`, `low`, `high` (of all people, as the window stands); `since` (the window that it
        is compared with), `before`, `after`, `change`, `change_low`, `change_high` (of the people in both windows,
        under the chart of the first, at equal traffic), `strength` (|change| over its standard error, of people
        and, from `LEAST_OTHERS` other changes on, of windows),
        `change_q` (of no change, after Benjamini–Hochberg over all windows, measures and departments together) and
        `traffic` (messages among these people in this window over those in the one before).
    """
    rows: list[dict[str, object]] = []
    listed: list[dict[str, object]] = []
    verdicts: dict[str, Mapping[str, str]] = {}
    last: tuple[str, Span] | None = None
    groups, told_ties = _Groups(RUNS, seed), []
    whole = every.people["department"].to_numpy()
    merged = shown.departments.to_numpy()
    for start, ties in counted.windows.items():
        name, end = f"{start:%Y-%m-%d}", ending(start, window)
        reason = "" if covered(counted, start, end) else "partial"
        net = network(ties, counted.people, directed=every.directed).regrouped(every.people["department"])
        span = Span.of(ties, counted.people, directed=every.directed)
        measured = _as_it_stands(net, span, merged, shown, replicates=replicates, seed=seed)
        told_ties.append(ties_by_class(net.regrouped(pd.Series(merged, index=net.people.index))))
        carries = np.isfinite(measured["ei_index", ""].value)
        reason = reason or ("" if carries else "thin")
        own = [_own(name, key, number) for key, number in measured.items()]
        if not reason and last is not None:
            _compare(own, last, span, whole, merged, shown, replicates=replicates, seed=seed)
        judged = judge(start) if not reason else Judged()
        verdicts[name] = judged.departments
        rows += own
        listed.append(
            {
                "window": name,
                "compared": "yes" if not reason else "no",
                "reason": reason or None,
                "people": float(span.active.sum()),
                "messages": float(span.messages.sum()),
                "ties": float(net.ties),
                **moves.shown(start, end, shown.minimum),
                **_of(judged),
                **groups.stability(net, persons(counted.people), known=not reason),
            }
        )
        if not reason:
            last = name, span
    return Trend(_table(rows), window, _listed(listed), verdicts, moves.dated, told_of(rows), tuple(told_ties))


def ending(start: datetime, window: str) -> datetime:
    """The end of the window that starts then."""
    weeks, months = {"week": (1, 0), "month": (0, 1), "quarter": (0, 3)}[window]
    ended: datetime = (pd.Timestamp(start) + pd.DateOffset(weeks=weeks, months=months)).to_pydatetime()
    return ended


def covered(counted: Tally, start: datetime, end: datetime) -> bool:
    """Whether the log holds all of [start, end), but for `SLACK_DAYS` at either end."""
    first, last, slack = counted.log.first, counted.log.last, timedelta(days=SLACK_DAYS)
    return first is not None and last is not None and first - start <= slack and end - last <= slack


class _Groups:
    """Detected communities of one window after the other."""

    def __init__(self, runs: int, seed: int) -> None:
        self.runs, self.seed = runs, seed
        self.before: pd.Series | None = None

    def stability(self, net: Network, person: np.ndarray, *, known: bool) -> dict[str, float]:
        """How far the communities are those of the last window that was `known`, and of another run on this one."""
        if not known:
            return {"stability": np.nan, "stability_noise": np.nan}
        found = detect(net, seeds=self.runs, seed=self.seed)
        now = pd.Series(found.memberships[0], index=person[found.people])
        now = now[~now.index.duplicated()]
        stability = np.nan
        if self.before is not None:
            both = now.index.intersection(self.before.index)
            stability = agreement(self.before[both].to_numpy(), now[both].to_numpy())["ami"]
        self.before = now
        noise = agreement(*found.memberships[:2])["ami"] if len(found.memberships) > 1 else np.nan
        return {"stability": stability, "stability_noise": noise}


def _as_it_stands(
    net: Network, span: Span, merged: np.ndarray, shown: Shown, *, replicates: int, seed: int
) -> Mapping[Key, Measured]:
    """The measures of all people of a window."""
    returned = np.asarray(2 * np.minimum(*net.dyad_arcs)) if span.directed else None
    view = View(net, merged, returned=returned)
    return headline(view, shown.candidates, replicates=replicates, seed=seed, classes=True)


def _own(window: str, key: Key, measured: Measured) -> dict[str, object]:
    """The row of one measure in its own window."""
    low, high = interval(measured.draws)
    return {
        "window": window,
        "measure": key[0],
        "department": key[1],
        "value": measured.value,
        "low": low,
        "high": high,
        "since": None,
        "told_value": measured.told,
    }


def _compare(
    rows: list[dict[str, object]],
    last: tuple[str, Span],
    span: Span,
    whole: np.ndarray,
    merged: np.ndarray,
    shown: Shown,
    *,
    replicates: int,
    seed: int,
) -> None:
    """Write the change since the last window into the rows of one."""
    both = matched(last[1], span, whole, merged)
    before, after = (
        headline(view, shown.candidates, replicates=replicates, seed=seed, classes=True)
        for view in (both.before, both.after)
    )
    traffic = {"traffic": both.traffic, "told_traffic": both.told_traffic}
    for row in rows:
        key = str(row["measure"]), str(row["department"])
        if key in before and key in after:
            row |= {"since": last[0], **traffic, **change(before[key], after[key])}


def change(before: Measured, after: Measured) -> dict[str, float | None]:
    """From what to what, the difference with its paired interval, and how strong it is in standard errors.

    And from what to what by classes, as it is published.
    """
    difference, draws = after.value - before.value, after.draws - before.draws
    if not np.isfinite(difference):
        return {}
    low, high = interval(draws)
    error = float(np.nanstd(draws, ddof=1))
    return {
        "before": before.value,
        "after": after.value,
        "change": difference,
        "change_low": low,
        "change_high": high,
        "strength": abs(difference) / error if error > 0 else np.nan,
        "told_before": before.told,
        "told_after": after.told,
    }


def no_change(strength: "pd.Series[float]") -> np.ndarray:
    """The false discovery rate of changes so many standard errors large, over all of them."""
    return false_discovery(2 * ndtr(-strength.to_numpy(dtype=np.float64)))


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [name for name in COLUMNS if name not in TEXTS]
    table[numbers] = table[numbers].astype(np.float64)
    table["strength"] = _beyond_ordinary(table)
    table["change_q"] = no_change(table["strength"])
    return table


def _beyond_ordinary(table: pd.DataFrame) -> "pd.Series[float]":
    """The strength of each change with what the other windows differ by in its standard error as well.

    Months differ beyond what people explain: an all-hands, a holiday. The variance of the other changes of the same
    measure about 0, beyond their own standard errors, is added to that of a change, where there are `LEAST_OTHERS` of
    them. A lasting change is one large change among small ones; what comes and goes is two, each of which stands in the
    other's way.
    """
    strength = table["strength"].copy()
    for _, rows in table[table["strength"] > 0].groupby(["measure", "department"]):
        if len(rows) <= LEAST_OTHERS:
            continue
        error = rows["change"].abs() / rows["strength"]
        excess = rows["change"] ** 2 - error**2
        others = (excess.sum() - excess) / (len(rows) - 1)
        strength[rows.index] = rows["change"].abs() / np.sqrt(error**2 + others.clip(lower=0))
    return strength


def _of(judged: Judged) -> dict[str, object]:
    """The verdicts of a window as columns of its row."""
    silos = [name for name, verdict in judged.departments.items() if verdict == "silo"]
    return {
        "walls": judged.walls,
        "bridges": judged.bridges,
        "silos": "; ".join(silos) or None,
        "connector": judged.connector,
        "connector_verdict": judged.connector_verdict,
        "probability_first": judged.probability_first,
    }


def _listed(rows: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(WINDOW_COLUMNS))
    numbers = [name for name in WINDOW_COLUMNS if name not in WINDOW_TEXTS]
    table[numbers] = table[numbers].astype(np.float64)
    return table
