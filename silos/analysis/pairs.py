"""Pairs of departments: walls and bridges."""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from silos.analysis.organisation import TRAFFIC
from silos.inference.bootstrap import Replicates
from silos.inference.estimate import intervals
from silos.inference.multiple_testing import FALSE_DISCOVERY, false_discovery
from silos.measures.basis import department_totals
from silos.measures.mixing import gravity_expectation
from silos.network import Network
from silos.privacy.suppression import Shown


def pairs(network: Network, replicates: Replicates, shown: Shown) -> pd.DataFrame:
    """One row an unordered pair of departments that may be shown.

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
