"""What changed from one run to another, and whether beyond chance: number by number, corrected by family."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtr

from silos.analysis.comparison.figures import OF_TIES, Figure, Key, scale_of
from silos.analysis.over_time.spans import STEADY
from silos.inference.estimate import NORMAL
from silos.inference.multiple_testing import FALSE_DISCOVERY, false_discovery

#: Rows of the one run over those of the other up to which measures that count ties are compared.
MOST_TRAFFIC = 1.5
#: Rows of the one run over those of the other from which the two-way share is not compared, as from window to window.
UNSTEADY = 1 / (1 - STEADY)
#: More than this share of the replicates must have a value in both runs.
LEAST_KNOWN = 0.5

COLUMNS = (
    *("measure", "department", "other", "scale", "before", "before_low", "before_high"),
    *("after", "after_low", "after_high", "change", "change_low", "change_high"),
    *("paired_low", "paired_high", "p", "q", "verdict", "reason"),
)
TEXTS = ("measure", "department", "other", "scale", "verdict", "reason")
NUMBERS = tuple(name for name in COLUMNS if name not in TEXTS)

Reason = Literal["missing", "interval", "zero", "traffic", "departments", ""]


@dataclass(frozen=True)
class Change:
    """The change of one number, on the scale on which it is compared (a logarithm for ratios).

    Attributes:
        value: after less before; NaN where there is none.
        low, high: its 95 % interval.
        p: of no change; NaN where it cannot be tested, for a `reason`.
        reason: `missing` (a run lacks the number), `interval` (a run has no interval for it), `zero` (a ratio of 0 has
            no logarithm), `traffic` (one run holds so much more traffic that ties cannot be compared), `departments`
            (the number depends on how many departments there are, and one run has more of them).
        paired_low, paired_high: the interval if persons are paired; NaN where they are not.
    """

    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p: float = np.nan
    reason: Reason = ""
    paired_low: float = np.nan
    paired_high: float = np.nan


def between(first: Figure, second: Figure, *, ratio: bool) -> Change:
    """The change from two estimates with their intervals alone, as if the runs were independent.

    The interval is that of Zou and Donner (2008): its lower end is d - sqrt((b - l_b)² + (u_a - a)²), from the sides of
    the two intervals that it depends on. p is normal, with the standard error of the side that faces 0. Where the same
    people are in both runs their estimates rise and fall together, and the true interval is narrower.

    Args:
        first, second: the estimates.
        ratio: compare logarithms.

    Examples:
        >>> between(Figure(1.0, 0.8, 1.2), Figure(1.5, 1.2, 1.8), ratio=False)
        Change(value=0.5, low=0.139..., high=0.860..., p=0.006..., reason='', paired_low=nan, paired_high=nan)
        >>> between(Figure(1.0, 0.8, 1.2), Figure(None), ratio=False).reason
        'missing'
        >>> between(Figure(0.0, 0.0, 0.2), Figure(0.5, 0.2, 1.8), ratio=True).reason
        'zero'
    """
    if first.value is None or second.value is None:
        return Change(reason="missing")
    values = np.array([first.value, second.value])
    if ratio and (values <= 0).any():
        return Change(reason="zero")
    if ratio:
        values = np.log(values)
    change = float(values[1] - values[0])
    ends = [first.low, first.high, second.low, second.high]
    if any(end is None for end in ends):
        return Change(change, reason="interval")
    reached = np.array(ends, dtype=np.float64)
    if ratio and (reached <= 0).any():
        return Change(change, reason="zero")
    if ratio:
        reached = np.log(reached)
    # How far each interval reaches from its value; one whose value lies outside of it reaches nowhere on that side.
    down, up = np.maximum(values - reached[[0, 2]], 0), np.maximum(reached[[1, 3]] - values, 0)
    below, above = float(np.hypot(down[1], up[0])), float(np.hypot(up[1], down[0]))
    return _tested(change, change - below, change + above, below if change > 0 else above)


def paired(first: float, second: float, drawn: tuple[np.ndarray, np.ndarray], *, ratio: bool) -> Change:
    """The change of a number whose replicates draw the same weights for the same persons in both runs.

    Args:
        first, second: the number in both runs.
        drawn: its replicates, (R,) each.
        ratio: compare logarithms.
    """
    if not (np.isfinite(first) and np.isfinite(second)):
        return Change(reason="missing")
    values, draws = np.array([first, second]), np.stack(drawn)
    if ratio and (values <= 0).any():
        return Change(reason="zero")
    if ratio:
        with np.errstate(divide="ignore", invalid="ignore"):
            values, draws = np.log(values), np.log(draws)
    change, moved = float(values[1] - values[0]), draws[1] - draws[0]
    moved = moved[np.isfinite(moved)]
    if len(moved) <= LEAST_KNOWN * len(draws[0]):
        return Change(change, reason="zero" if ratio else "interval")
    reach = NORMAL * float(moved.std(ddof=1))
    return _tested(change, change - reach, change + reach, reach)


def both(careful: Change, together: Change) -> Change:
    """A change as the more careful of two tests has it, beside the interval of the paired one.

    The paired bootstrap leaves out what people are like, which is the same in both runs, and knows nothing of what the
    weeks brought: one meeting ties a whole department together. The independent one is wide enough for both in the
    organisations of docs/comparisons.md, where the paired one alone raised false alarms.

    Args:
        careful: as if the runs were independent.
        together: with the same weights for the same persons.
    """
    if not np.isfinite(careful.p) or not np.isfinite(together.p):
        return careful
    return replace(careful, p=max(careful.p, together.p), paired_low=together.low, paired_high=together.high)


def _tested(change: float, low: float, high: float, reach: float) -> Change:
    """With the p-value of no change, whose 95 % interval reaches so far towards 0."""
    if reach > 0:
        return Change(change, low, high, float(2 * ndtr(-abs(change) / reach * NORMAL)))
    return Change(change, low, high, 1.0) if change == 0 else Change(change, reason="interval")


def tabled(
    figures: tuple[Mapping[Key, Figure], Mapping[Key, Figure]],
    changes: Mapping[Key, Change],
    *,
    incomparable: Mapping[str, Reason] | None = None,
    expected: Collection[Key] = (),
) -> pd.DataFrame:
    """One row per number that is compared, those that changed most surely first.

    Args:
        figures: of both runs.
        changes: of the keys that both have.
        incomparable: measures that the two runs do not allow to compare, and why.
        expected: keys of the numbers that were named before the second run: what the first asks to watch.

    Returns:
        the columns of `COLUMNS`. `change` and its intervals (`change_low` and `change_high`; `paired_low` and
        `paired_high` where persons were paired) are after less before, or after over before where `scale` is `ratio`.
        `q` is `p` after Benjamini–Hochberg over its family (`families`); `verdict` is `rose`, `fell`, `unchanged` or
        `cannot say`, for the `reason` that `Change` has.
    """
    rows = []
    for (measure, department, other), change in changes.items():
        first, second = (run[measure, department, other] for run in figures)
        if not change.reason and (reason := (incomparable or {}).get(measure)):
            # Fewer messages show less, but of the same number.
            change = Change(change.value if reason == "traffic" else np.nan, reason=reason)
        ends = np.array([change.value, change.low, change.high, change.paired_low, change.paired_high])
        with np.errstate(over="ignore"):
            ends = np.exp(ends) if scale_of(measure) == "ratio" else ends
        estimates = (first.value, first.low, first.high, second.value, second.low, second.high)
        about = (measure, department, other, scale_of(measure))
        rows.append((*about, *estimates, *ends.tolist(), change.p, np.nan, "", change.reason))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table[list(NUMBERS)] = table[list(NUMBERS)].astype(np.float64)
    family = families(table, expected)
    for one in np.unique(family):
        table.loc[family == one, "q"] = false_discovery(table.loc[family == one, "p"].to_numpy())
    higher = table["change"] > np.where(table["scale"] == "ratio", 1.0, 0.0)
    said = [table["p"].isna(), table["q"] >= FALSE_DISCOVERY, higher]
    table["verdict"] = np.select(said, ["cannot say", "unchanged", "rose"], "fell")
    return table.sort_values(["p", "measure", "department", "other"], kind="stable", ignore_index=True)


def families(table: pd.DataFrame, expected: Collection[Key]) -> np.ndarray:
    """Which numbers are corrected together: those that answer one question (Efron 2008, doi:10.1214/07-AOAS141).

    What the earlier run asks to watch, the organisation, and all its departments and pairs. In one family the many
    pairs, which say little one by one, would hide all else: of 12 departments 66 of 83 numbers are of pairs. With a
    family of their own, departments were told to have changed in two of 18 pairs of periods in which nothing had.

    Args:
        table: `measure`, `department` and `other` of each.
        expected: as in `tabled`.

    Examples:
        >>> rows = [("ei_index", "", ""), ("insularity", "HR", ""), ("insularity", "IT", ""), ("ratio", "HR", "IT")]
        >>> table = pd.DataFrame(rows, columns=["measure", "department", "other"])
        >>> families(table, [("insularity", "IT", "")]).tolist()
        ['organisation', 'parts', 'expected', 'parts']
    """
    keys = table[["measure", "department", "other"]].itertuples(index=False, name=None)
    named = np.array([key in expected for key in keys], dtype=bool)
    return np.select([named, table["department"] != ""], ["expected", "parts"], "organisation")


def busier(first: float | None, second: float | None) -> float:
    """Rows of the run that holds more over those of the other; 1 where one of them holds none."""
    return max(first / second, second / first) if first and second else 1.0


def incomparable(
    rows: tuple[float | None, float | None], departments: tuple[int | None, int | None]
) -> dict[str, Reason]:
    """Measures that two runs cannot compare, and why.

    Args:
        rows: used in each run.
        departments: of each run. The effective resistance of K departments is K − 1 where all are as close as expected:
            with other K it is another number, whatever people do.

    Examples:
        >>> incomparable((10_000, 11_000), (12, 12)), incomparable((10_000, 11_000), (12, 11))
        ({}, {'effective_resistance': 'departments'})
        >>> sorted(incomparable((10_000, 13_000), (12, 12))), len(incomparable((10_000, 40_000), (12, 12)))
        (['two_way_share'], 5)
    """
    found: dict[str, Reason] = {}
    if busier(*rows) > MOST_TRAFFIC:
        found |= dict.fromkeys(OF_TIES, "traffic")
    if busier(*rows) > UNSTEADY:
        found["two_way_share"] = "traffic"
    if departments[0] != departments[1]:
        found["effective_resistance"] = "departments"
    return found
