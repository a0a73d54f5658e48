"""Departments: insularity with its interval, and which are silos."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.connector import reaches
from silos.analysis.organisation import ANY
from silos.analysis.result_protocol import Result, plain, spread
from silos.inference.bootstrap import Replicates
from silos.inference.estimate import interval, intervals
from silos.measures.affinity import expectations, size_exponent
from silos.measures.basis import department_totals
from silos.measures.mixing import ei_index, insularities, insularity, log_density_ratio, log_density_ratios
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import Shown

#: Brokerage roles in the order of the summary.
ROLES = ("coordinator", "gatekeeper", "representative", "itinerant", "liaison")
#: A department whose interval reaches beyond twice as inward, or half, and holds 0, is uncertain, not typical.
DOUBTFUL = np.log(2)
#: A silo is denser inside than the organisation's habit by a factor of 2 at least, e^{2(σ_a − median σ)}: departments
#: are never all alike, and the median lies low where several of them are outward. See docs/validation.md.
TWICE = 0.5 * np.log(2)


@dataclass(frozen=True, eq=False)
class Departments(Result):
    """Which departments are silos.

    Attributes:
        table: one row per department that may be shown, most inward first: see `judge`, and the summaries of its
            people's measures.
        median: the insularity that departments are judged against; None where it has no value.
        candidates: departments that stand alone, in the order of the table: the others are small ones put together.
    """

    title: ClassVar[str] = "Departments"

    table: pd.DataFrame
    median: float | None
    candidates: tuple[str, ...]

    def called(self, verdict: str) -> tuple[str, ...]:
        """The departments that have a verdict, most inward first."""
        return tuple(str(name) for name in self.table.index[self.table["verdict"] == verdict])

    @property
    def silos(self) -> tuple[str, ...]:
        """The silos, most inward first."""
        return self.called("silo")

    def said(self) -> str:
        """How many departments have which verdict."""
        counts = self.table["verdict"].value_counts()
        return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())

    def drawing(self) -> Drawing | None:
        """Insularity with its interval, one line per department."""
        table = self.table
        if not table["insularity"].notna().any():
            return None
        intervals = table[["people", "verdict"]].assign(
            value=table["insularity"], low=table["insularity_low"], high=table["insularity_high"]
        )
        median = float("nan") if self.median is None else self.median
        return Drawing("insularity_forest", {"departments": intervals, "median": median})

    def to_dict(self) -> dict[str, Any]:
        """The section `departments` of the summary."""
        return {"departments": [_department(str(name), row) for name, row in self.table.iterrows()]}


def _department(name: str, row: pd.Series) -> dict[str, Any]:
    return {
        "department": name,
        "people": int(row["people"]),
        "insiders_odds": spread(row, "insiders_odds"),
        "insularity": spread(row, "insularity"),
        **{key: plain(row[key]) for key in ("ei_index", "external_share", "reach", "constraint")},
        "brokerage": {role: plain(row[role]) for role in ROLES},
        "verdict": plain(row["verdict"]),
    }


def judge(
    network: Network, replicates: Replicates, shown: Shown, *, seed: int = 0
) -> tuple[pd.DataFrame, float | None]:
    """One row a department that may be shown: estimates and verdict; and the median insularity they are judged by.

    Args:
        network: all ties, departments as shown.
        replicates: of the same network, layer `any`.
        shown: who has a verdict.
        seed: of what stands for an unseen tie in a replicate.

    Returns:
        DataFrame by department: `people`, `insiders_odds`, `insularity` (each with `_low`, `_high`), `ei_index`,
        `external_share`, `reach` (the effective share of the others that it is in contact with, see
        `silos.analysis.connector.reaches`), `verdict` (none for small departments put together);
        rows by falling insularity. None for the median where it has no value.
    """
    ties, sizes = replicates.mixing[ANY], replicates.sizes
    names = network.departments
    judged = names.isin(list(shown.candidates))
    sigma = insularity(network).to_numpy()
    draws = insularities(ties, replicates.within, sizes, unseen_ties(sizes.shape, seed))
    odds = log_density_ratio(network).to_numpy()
    odds_draws = log_density_ratios(ties, replicates.within, sizes * (sizes.sum(axis=-1, keepdims=True) - sizes))
    known = judged & np.isfinite(sigma)
    median = float(np.median(sigma[known])) if known.any() else None
    middle = np.median(draws[:, known], axis=1) if known.any() else np.zeros(len(draws))
    ei = np.asarray(ei_index(network, level="department"))
    mixing, size = department_totals(network, network.contacts), network.sizes.astype(np.float64)
    reach = reaches(mixing, *expectations(mixing, size, size_exponent(mixing, size)))
    low, high = intervals(draws)
    odds_low, odds_high = intervals(odds_draws)
    rows = []
    for a, name in enumerate(names):
        if name not in shown.rows:
            continue
        rows.append(
            {
                "department": name,
                "people": int(network.sizes[a]),
                "insiders_odds": odds[a],
                "insiders_odds_low": odds_low[a],
                "insiders_odds_high": odds_high[a],
                "insularity": sigma[a],
                "insularity_low": low[a],
                "insularity_high": high[a],
                "ei_index": ei[a],
                "external_share": (1 + ei[a]) / 2,
                "reach": reach[a],
                "verdict": _verdict(sigma[a] - (median or 0.0), draws[:, a] - middle, known[a] and known.sum() > 2)
                if judged[a]
                else None,
            }
        )
    table = pd.DataFrame(rows).set_index("department")
    numbers = [column for column in table.columns if column not in ("people", "verdict")]
    table[numbers] = table[numbers].astype(np.float64)
    # as text, None would be a number that is none
    table["verdict"] = pd.Series([row["verdict"] for row in rows], index=table.index, dtype=object)
    return table.sort_values("insularity", ascending=False, kind="stable"), median


def unseen_ties(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """What stands for the ties of a cell without any, in each replicate.

    No tie says that the rate is small, not that it is ½: replicates draw it from Jeffreys' posterior of a Poisson rate
    with no event, Gamma(½, 1), whose mean is that ½.
    """
    return np.random.default_rng([seed, 1]).gamma(0.5, size=shape)


def _verdict(value: float, difference: np.ndarray, known: bool) -> str:
    low, high = interval(difference)
    if not known or low is None or high is None:
        return "uncertain"
    if low > 0:
        return "silo" if value >= TWICE else "typical"
    if high < 0:
        return "open"
    return "uncertain" if max(-low, high) > DOUBTFUL else "typical"
