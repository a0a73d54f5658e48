"""Windows of time and changes between them, each with its interval.

The replicates of all windows draw the same weights for the same persons, so that a change is a paired difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtr

from silos.analysis.departments import unseen_ties
from silos.analysis.organisation import ANY, RETURNED, TRAFFIC, returned_volume
from silos.analysis.result_protocol import Result, records
from silos.inference.bootstrap import resample
from silos.inference.estimate import interval
from silos.inference.multiple_testing import false_discovery
from silos.measures.mixing import ei_index, ei_indices, insularities, insularity, modularities, modularity
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import Shown

COLUMNS = ("window", "measure", "department", "value", "low", "high", "change", "change_low", "change_high", "change_q")


@dataclass(frozen=True, eq=False)
class Trend(Result):
    """The headline measures over time.

    Attributes:
        table: one row per window and measure: see `follow`; empty without windows.
        window: their length: `week`, `month` or `quarter`; None without windows.
    """

    title: ClassVar[str] = "Change over time"

    table: pd.DataFrame
    window: str | None

    def drawing(self) -> Drawing | None:
        """The course of the E-I index."""
        overall = self.table[self.table["department"] == ""]
        if overall.loc[overall["measure"] == "ei_index", "window"].nunique() < 2:
            return None
        return Drawing("trend", {"trend": overall, "measure": "ei_index"})

    def to_dict(self) -> dict[str, Any]:
        """The section `trend` of the summary."""
        return {"trend": records(self.table)}


def follow(windows: Mapping[datetime, Network], shown: Shown, *, replicates: int, seed: int = 0) -> pd.DataFrame:
    """Headline measures of each window, and their change since the window before.

    Args:
        windows: by start, networks of the same persons with their departments as they are.
        shown: departments as they may be shown; the insularity of each candidate is followed.
        replicates, seed: of the person bootstrap.

    Returns:
        One row per window and measure: `window` (ISO date of its start), `measure`, `department` (empty for the
        organisation), `value`, `low`, `high`, `change`, `change_low`, `change_high` (missing in the first window), and
        `change_q`: of no change, by its bootstrap standard error, after Benjamini–Hochberg over all of the window.
    """
    rows: list[dict[str, object]] = []
    before: dict[tuple[str, str], tuple[float, np.ndarray]] = {}
    for start, network in windows.items():
        now = _measures(network, shown, replicates, seed)
        scores = []
        for (name, department), (value, draws) in now.items():
            low, high = interval(draws)
            row: dict[str, object] = {
                "window": f"{start:%Y-%m-%d}",
                "measure": name,
                "department": department,
                "value": value,
                "low": low,
                "high": high,
            }
            if (name, department) in before:
                previous, drawn = before[name, department]
                row["change"] = value - previous
                row["change_low"], row["change_high"] = interval(draws - drawn)
                error = float(np.std(draws - drawn, ddof=1))
                scores.append((value - previous) / error if error > 0 else np.nan)
            rows.append(row)
        if scores:
            for row, q in zip(rows[-len(now) :], false_discovery(2 * ndtr(-np.abs(scores))), strict=True):
                row["change_q"] = q
        before = now
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [name for name in COLUMNS if name not in ("window", "measure", "department")]
    table[numbers] = table[numbers].astype(np.float64)
    return table


def _measures(
    network: Network, shown: Shown, replicates: int, seed: int
) -> dict[tuple[str, str], tuple[float, np.ndarray]]:
    grouped = network.regrouped(shown.departments)
    sent = network.dyad_volumes
    layers: dict[str, np.ndarray | None] = {ANY: None, TRAFFIC: sent}
    if network.directed:
        returned = returned_volume(network)
        layers[RETURNED] = returned
    drawn = resample(network, layers, replicates=replicates, seed=seed)
    ties, volume = drawn.mixing[ANY], drawn.mixing[TRAFFIC]
    result = {
        ("ei_index", ""): (ei_index(network), ei_indices(ties)),
        ("cross_department_share", ""): (
            (1 + ei_index(network, by="volume")) / 2,
            (1 + ei_indices(volume)) / 2,
        ),
        ("modularity", ""): (modularity(network), modularities(ties)),
    }
    if network.directed:
        with np.errstate(divide="ignore", invalid="ignore"):
            share = drawn.mixing[RETURNED].sum(axis=(1, 2)) / volume.sum(axis=(1, 2))
        result["two_way_share", ""] = (float(returned.sum() / sent.sum()), share)
    groups = grouped.membership[np.unique(network.membership, return_index=True)[1]]
    merged = drawn.merged(groups, len(grouped.departments))
    sigma = insularity(grouped)
    draws = insularities(merged.mixing[ANY], merged.within, merged.sizes, unseen_ties(merged.sizes.shape, seed))
    for position, department in enumerate(grouped.departments):
        if department in shown.candidates:
            result["insularity", str(department)] = (float(sigma.iloc[position]), draws[:, position])
    return result
