"""Pairs of departments: walls and bridges."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtr

from silos.analysis.organisation import TRAFFIC
from silos.analysis.result_protocol import Result, plain, spread
from silos.inference.bootstrap import Replicates
from silos.inference.estimate import intervals
from silos.inference.multiple_testing import FALSE_DISCOVERY, false_discovery
from silos.measures.basis import department_totals
from silos.measures.mixing import gravity_expectation
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import Shown

#: Verdicts that say of a pair that it is anything but typical.
CALLED = ("wall", "bridge")


@dataclass(frozen=True, eq=False)
class Pairs(Result):
    """Which pairs of departments are walled off, and which are bridges.

    Attributes:
        table: one row per unordered pair of departments that may be shown, most telling first: see `judge`.
        ratios: departments x departments, observed over expected volume (gravity ratio).
        affinity: departments x departments, contact free of size and shrunken where there is little of it.
    """

    title: ClassVar[str] = "Pairs of departments"

    table: pd.DataFrame
    ratios: pd.DataFrame
    affinity: pd.DataFrame

    def called(self, verdict: str) -> pd.DataFrame:
        """The pairs that have a verdict, most telling first."""
        return self.table[self.table["verdict"] == verdict]

    @property
    def walls(self) -> pd.DataFrame:
        """The walls, least contact beside the usual first."""
        return self.called("wall").sort_values(["relative", "a", "b"], kind="stable")

    @property
    def bridges(self) -> pd.DataFrame:
        """The bridges, most contact beside the usual first."""
        return self.called("bridge").sort_values(["relative", "a", "b"], ascending=[False, True, True], kind="stable")

    def said(self) -> str:
        """How many pairs have which verdict."""
        counts = self.table["verdict"].value_counts()
        return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())

    def drawing(self) -> Drawing | None:
        """Departments against departments, walls and bridges marked."""
        if not self.ratios.notna().to_numpy().any():
            return None
        names = self.ratios.index
        found = self.table[self.table["verdict"].isin(CALLED)]
        a, b = names.get_indexer(found["a"]), names.get_indexer(found["b"])
        marked = np.zeros((len(names), len(names)), dtype=bool)
        marked[a, b] = marked[b, a] = True
        significant = pd.DataFrame(marked, index=names, columns=names)
        return Drawing("mixing_heatmap", {"ratio": self.ratios, "significant": significant})

    def to_dict(self) -> dict[str, Any]:
        """The section `pairs` of the summary."""
        columns = ("relative", "expected", "observed", "p", "q", "verdict")
        return {
            "pairs": [
                {
                    "a": row["a"],
                    "b": row["b"],
                    "ratio": spread(row, "ratio"),
                    **{name: plain(row[name]) for name in columns},
                }
                for row in self.table.to_dict("records")
            ]
        }


def judge(network: Network, replicates: Replicates, shown: Shown) -> pd.DataFrame:
    """One row per unordered pair of departments that may be shown.

    `ratio` is the gravity ratio λ of the volume, both directions, with its interval; `relative` compares it with the
    organisation's own λ across departments, which is what `p`, `q` and `verdict` test: where departments mostly talk to
    themselves, nearly every pair has λ below 1, and that is said by the organisation's E-I index.

    The standard error of ln λ is that of the bootstrap, but not below that of a Poisson count of the ties that are
    expected: replicates of a pair without ties do not vary.
    """
    names = network.departments
    observed = department_totals(network, network.adjacency)
    observed = observed + observed.T
    expected = gravity_expectation(network).to_numpy()
    expected = expected + expected.T
    likely = gravity_expectation(network, by="ties").to_numpy()
    draws, drawn = replicates.mixing[TRAFFIC], replicates.expected
    if not network.directed:
        # The two triangles of an undirected matrix are the same volume.
        observed, expected, drawn = observed / 2, expected / 2, drawn / 2
    a, b = np.triu_indices(len(names), k=1)
    shown_pair = np.isin(names[a], shown.rows) & np.isin(names[b], shown.rows)
    ties = department_totals(network, network.contacts)[a, b].sum()
    half = 0.5 * observed[a, b].sum() / max(ties, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        habit = np.log(observed[a, b].sum() / expected[a, b].sum())
        habits = np.log(draws[:, a, b].sum(axis=1) / drawn[:, a, b].sum(axis=1))
        value = np.log((observed[a, b] + half) / (expected[a, b] + half))
        spread = np.log((draws[:, a, b] + half) / (drawn[:, a, b] + half))
        ratio = np.where(expected[a, b] > 0, observed[a, b] / expected[a, b], np.nan)
        ratios = np.where(drawn[:, a, b] > 0, draws[:, a, b] / drawn[:, a, b], np.nan)
        error = np.sqrt(np.maximum((spread - habits[:, None]).var(axis=0, ddof=1), 1 / (likely[a, b] + 0.5)))
        p = np.where(expected[a, b] > 0, 2 * ndtr(-np.abs(value - habit) / error), np.nan)
        relative = ratio / np.exp(habit)
    low, high = intervals(ratios)
    table = pd.DataFrame(
        {
            "a": names[a],
            "b": names[b],
            "ratio": ratio,
            "ratio_low": low,
            "ratio_high": high,
            "relative": relative,
            "expected": expected[a, b],
            "observed": observed[a, b],
            "p": p,
        }
    )[shown_pair]
    table["q"] = false_discovery(table["p"].to_numpy(dtype=np.float64))
    significant = (table["q"] < FALSE_DISCOVERY) & table["a"].isin(shown.candidates) & table["b"].isin(shown.candidates)
    table["verdict"] = np.select(
        [significant & (table["relative"] < 1), significant & (table["relative"] > 1)], ["wall", "bridge"], "typical"
    )
    numbers = ["ratio", "ratio_low", "ratio_high", "relative", "expected", "observed", "p", "q"]
    table[numbers] = table[numbers].astype(np.float64)
    return table.sort_values(["p", "a", "b"], kind="stable").reset_index(drop=True)
