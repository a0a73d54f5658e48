"""p- and q-values that follow from published counts: those of exact ones give back counts that are kept back.

A test of a small count has another p-value for nearly each value of it: where 12 ties were expected, the classes of p
and q told none, one, two, three and four apart, beside a count that was not given. So tests are done again, of the
middles of the classes, and told no weaker than the verdict, which is published, implies.
"""

import numpy as np
import pandas as pd
from scipy.special import bdtr, bdtrc

from silos.analysis.pairs import LEAST_EXPECTED
from silos.analysis.tool_communities import SHARED, SILO, UNCERTAIN
from silos.inference.multiple_testing import FALSE_DISCOVERY, false_discovery
from silos.inference.pair_ties import tails, variety
from silos.measures.boundary_spanning import tail
from silos.privacy.gate import LEVELS, Gate

#: Level from which something is not called significant: the class of q-values above `FALSE_DISCOVERY`.
UNSURE = LEVELS[LEVELS.index(FALSE_DISCOVERY) + 1]
#: Verdict on a pair -> the largest q-value that it is given by.
OF_PAIRS = {
    **dict.fromkeys(("wall", "bridge"), FALSE_DISCOVERY),
    **dict.fromkeys(("probable wall", "probable bridge"), UNSURE),
}
#: The same of a community.
OF_COMMUNITIES = {SILO: FALSE_DISCOVERY}
#: The same of a department's contact with the outside.
OF_OUTSIDE = dict.fromkeys(("outward", "inward"), FALSE_DISCOVERY)


def of_pairs(
    table: pd.DataFrame, ties: np.ndarray, expected: np.ndarray, clustering: float, gate: Gate
) -> pd.DataFrame:
    """p and q of pairs of departments.

    Args:
        table: the exact one, with `ties`, `p`, `q` and `verdict`; what has no p-value is given none.
        ties: of each pair, the middle of the class.
        expected: as it is published.
        clustering: as of `silos.inference.pair_ties.PairTies`.
        gate: what rounds.
    """
    known = table["p"].notna().to_numpy()
    phi = max(float(gate.figure(clustering)), 1.0)
    below, above = tails(ties, expected, phi, variety(ties, expected, phi))
    p = np.where(known, np.minimum(1.0, 2 * np.minimum(below, above)), np.nan)
    alone = table["q"].notna().to_numpy()
    most = table["verdict"].map(OF_PAIRS)
    # Of so few that they are not given, a wall is also one that has hardly any.
    bare = (table["verdict"] == "wall") & np.isnan(gate.count(table["ties"])) & (expected >= LEAST_EXPECTED)
    return _told(p, false_discovery(np.where(alone, p, np.nan)), table, most.mask(bare, UNSURE), gate)


def of_communities(
    table: pd.DataFrame, shared: np.ndarray, usual: np.ndarray, people: pd.Series, hidden: int, gate: Gate
) -> pd.DataFrame:
    """p and q of communities; missing where it is not given how many of the members are of the sponsor.

    Args:
        table: one row per community, with its published `sponsor_members`, and exact `members`, `p`, `q`, `verdict`.
        shared: how many of the members are elsewhere, the middle of the class.
        usual: share of the members who would be, as published.
        people: of each department.
        hidden: communities that were tested and are no row.
        gate: what rounds.
    """
    members = gate.middle(table["members"].astype(np.float64)).astype(np.int64)
    of_sponsor = np.round(table["sponsor_members"].astype(np.float64).to_numpy() * members)
    likely = (table["sponsor"].map(people) / people.sum()).to_numpy(np.float64)
    crowded = np.minimum(bdtrc(np.maximum(of_sponsor - 1, 0), members, likely) * len(people), 1.0)
    apart = bdtr(np.minimum(shared, members), members, np.clip(np.maximum(usual, SHARED), 0, 1))
    # One whose sponsor may not be named is not tested.
    p = np.where(np.isnan(likely), 1.0, np.maximum(crowded, apart))
    p = np.where(table["p"].notna(), p, np.nan)
    q = false_discovery(np.concatenate([p, np.ones(hidden)]))[: len(p)]
    return _told(p, q, table, table["verdict"].map(OF_COMMUNITIES), gate, unsure=UNCERTAIN)


def of_outside(
    table: pd.DataFrame, number: np.ndarray, people: np.ndarray, share: float | None, gate: Gate
) -> pd.DataFrame:
    """p and q of people in contact with the outside, by department; missing where it is not given how many these are.

    Args:
        table: the exact one, with `verdict`, which those that are not judged lack.
        number: of each department's people, the middle of the class; NaN where that is not given.
        people: of each department, the middle of the class.
        share: of all people, as published; None of very few.
        gate: what rounds.
    """
    everybody = int(people.sum())
    total = round((share or 0.0) * everybody)
    judged = table["verdict"].notna().to_numpy()
    told = np.isfinite(number) & judged & (share is not None)
    p = np.full(len(table), np.nan)
    for row in np.flatnonzero(told):
        drawn = int(people[row])
        count = int(np.clip(number[row], max(drawn + total - everybody, 0), min(total, drawn)))
        p[row] = min(2 * tail(count, total, everybody, drawn), 1.0)
    q = false_discovery(np.concatenate([p, np.ones(int((judged & ~told).sum()))]))[: len(p)]
    return _told(p, q, table, table["verdict"].map(OF_OUTSIDE), gate, unsure="typical")


def _told(
    p: np.ndarray, q: np.ndarray, table: pd.DataFrame, most: pd.Series, gate: Gate, *, unsure: str = ""
) -> pd.DataFrame:
    """In classes, and no others than the verdict implies; those of the verdict `unsure` are not significant."""
    upper = most.fillna(1.0).to_numpy(np.float64)
    lower = np.where(table["verdict"] == unsure, UNSURE, 0.0)
    told = np.maximum(np.minimum(gate.chance(q), upper), lower)
    return pd.DataFrame({"p": np.fmin(gate.chance(p), np.where(np.isfinite(p), told, np.nan)), "q": told}, table.index)
