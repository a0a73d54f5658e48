"""Estimates with their intervals, and the verdicts that rest on them: organisation, departments, pairs.

A verdict needs the interval, not the point. A *silo* is more inward than the organisation's own habit: the interval of
its insularity less the median of all departments lies above 0, and by that median it is at least twice as dense inside
as the habit. A *wall* has less traffic than the organisation's own habit across departments, after Benjamini–Hochberg
over all pairs.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from silos.aside import Effort
from silos.connector import reaches
from silos.inference.bootstrap import (
    FALSE_DISCOVERY,
    Estimate,
    Replicates,
    ei_null,
    false_discovery,
    finite,
    interval,
    intervals,
)
from silos.inference.rewiring import Rewired
from silos.measures.affinity import (
    affinities,
    algebraic_connectivities,
    expectations,
    kirchhoff_index,
    size_exponent,
)
from silos.measures.basis import department_totals
from silos.measures.community_detection import Detection, agreement
from silos.measures.mixing import (
    ei_index,
    ei_indices,
    gravity_expectation,
    insularities,
    insularity,
    log_density_ratio,
    log_density_ratios,
    modularities,
    modularity,
)
from silos.network import Network
from silos.privacy.suppression import Shown, without_few

#: A department whose interval reaches beyond twice as inward, or half, and holds 0, is uncertain, not typical.
DOUBTFUL = np.log(2)
#: A silo is denser inside than the organisation's habit by a factor of 2 at least, e^{2(σ_a − median σ)}: departments
#: are never all alike, and the median lies low where several of them are outward. See docs/validation.md.
TWICE = 0.5 * np.log(2)
#: Layers of the bootstrap beside the evidence of the connector.
ANY, TRAFFIC, RETURNED = "any", "traffic", "returned"
#: By the number of ties up to which it holds: runs of Leiden, rewired graphs, and those of them whose best modularity
#: is searched for too. The more ties there are, the less their results vary, and the longer each takes.
EFFORT = ((20_000, 10, 20, 3), (50_000, 10, 10, 3), (300_000, 5, 5, 3), (float("inf"), 2, 3, 2))


@dataclass(frozen=True, eq=False)
class Communities:
    """Detected communities against departments.

    Attributes:
        table: one row a community, largest first: `community`, `people`, `departments` (effective number),
            `largest_department`, `share` of the community's people who are of it: both missing for a few people.
        shares: departments x communities, share of the department's people; NaN where it stands for somebody, but for
            fewer than may be shown. Who has no tie, or is in a small community, is in none of them.
        modularity: of the best partition.
        agreement: AMI, homogeneity and completeness with the departments, each with its spread over seeds.
    """

    table: pd.DataFrame
    shares: pd.DataFrame
    modularity: float
    agreement: dict[str, Estimate]


def organisation(network: Network, replicates: Replicates, found: Communities, rewired: Rewired) -> dict[str, Estimate]:
    """Organisation-level estimates, departments as they are.

    Args:
        network: all ties.
        replicates: of the same network, with the layers `any`, `traffic` and (directed) `returned`.
        found: communities.
        rewired: modularities of rewired graphs.
    """
    ties, volume = replicates.mixing[ANY], replicates.mixing[TRAFFIC]
    # The best of several runs stands beside single runs on a few graphs: that is no test.
    best = Estimate(found.modularity, null_mean=finite(float(rewired.best.mean())))
    sizes = network.sizes.astype(np.float64)
    mixing = department_totals(network, network.contacts)
    exponent = size_exponent(mixing, sizes)
    point = affinities(mixing, sizes, exponent)
    draws = affinities(ties, replicates.sizes, exponent)
    # Without any tie across, affinities have no scale.
    joined = mixing.sum() > np.trace(mixing)
    sigma = insularity(network).to_numpy()
    known = np.isfinite(sigma)
    result = {
        "ei_index": Estimate.of(ei_index(network), ei_indices(ties), null=ei_null(network)),
        "ei_index_volume": Estimate.of(
            ei_index(network, by="volume"), ei_indices(volume), null=ei_null(network, by="volume")
        ),
        "cross_department_share": Estimate.of((1 + ei_index(network, by="volume")) / 2, (1 + ei_indices(volume)) / 2),
        "modularity": Estimate.of(
            modularity(network),
            modularities(ties),
            null=(float(rewired.departments.mean()), float(rewired.departments.std(ddof=1))),
            drawn=len(rewired.departments),
        ),
        "modularity_volume": Estimate.of(modularity(network, by="volume"), modularities(volume)),
        "modularity_best": best,
        "department_community_ami": found.agreement["ami"],
        "community_homogeneity": found.agreement["homogeneity"],
        "community_completeness": found.agreement["completeness"],
        **_two_way(network, replicates),
        "effective_resistance": _around(float(kirchhoff_index(point)) if joined else np.nan, kirchhoff_index(draws)),
        "algebraic_connectivity": _around(
            float(algebraic_connectivities(point)) if joined else np.nan, algebraic_connectivities(draws)
        ),
    }
    if known.sum() > 2 and np.ptp(sizes[known]) > 0 and np.ptp(sigma[known]) > 0:
        inward, size = pd.Series(sigma[known]).rank(), pd.Series(sizes[known]).rank()
        result["size_correlation"] = Estimate.of(float(inward.corr(size)))
    else:
        result["size_correlation"] = Estimate(None)
    return result


def effort(network: Network, seed: int) -> Effort:
    """How much is sought in a network of so many ties."""
    runs, samples, searched = next(numbers for ties, *numbers in EFFORT if network.ties <= ties)
    return Effort(runs, samples, searched, seed)


def _around(value: float, draws: np.ndarray) -> Estimate:
    """A positive number with value · e^{±1.96 sd(ln draws)} as its interval.

    Drawing people makes every affinity noisier, and the whole harder to get through: percentiles of the replicates lie
    beside the value. About it they are wide enough, for planted organisations wider than need be.
    """
    if not np.isfinite(value) or value <= 0:
        return Estimate(finite(value))
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.exp(1.96 * np.log(draws).std(ddof=1))
    return Estimate(value, finite(value / reach), finite(value * reach))


def _two_way(network: Network, replicates: Replicates) -> dict[str, Estimate]:
    """Σ min(a_ij, a_ji)/W, overall, within and across departments; nothing where no direction is known."""
    if not network.directed:
        return dict.fromkeys(("two_way_share", "two_way_share_within", "two_way_share_across"), Estimate(None))
    returned = returned_volume(network)
    i, j = network.dyads
    total = network.dyad_volumes
    inside = network.membership[i] == network.membership[j]
    draws = replicates.mixing[RETURNED], replicates.mixing[TRAFFIC]
    diagonal = [np.trace(values, axis1=-2, axis2=-1) for values in draws]
    whole = [values.sum(axis=(-2, -1)) for values in draws]

    def share(mask: np.ndarray, part: list[np.ndarray]) -> Estimate:
        if total[mask].sum() == 0:
            return Estimate(None)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = part[0] / part[1]
        return Estimate.of(float(returned[mask].sum() / total[mask].sum()), spread)

    return {
        "two_way_share": share(np.ones(len(i), dtype=bool), whole),
        "two_way_share_within": share(inside, diagonal),
        "two_way_share_across": share(~inside, [whole[0] - diagonal[0], whole[1] - diagonal[1]]),
    }


def returned_volume(network: Network) -> np.ndarray:
    """2 min(a_ij, a_ji) for each dyad of `network.dyads`: the part of its volume that is answered."""
    return np.asarray(2 * np.minimum(*network.dyad_arcs))


def departments(
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
        `silos.connector.reaches`), `verdict` (none for small departments put together); rows by falling insularity.
        None for the median where it has no value.
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


def communities(network: Network, shown: Network, rows: tuple[str, ...], minimum: int, found: Detection) -> Communities:
    """Detected communities (Leiden over several seeds, by ties) and how far they are the departments.

    Args:
        network: all ties, departments as they are: what the agreement is measured with.
        shown: the same, departments as shown: what the tables name.
        rows: departments that may be a row.
        minimum: communities of fewer people are not shown, nor the share of a department of which fewer are in one.
        found: the partitions.
    """
    runs = [agreement(network.membership[found.people], membership) for membership in found.memberships]
    spread = {
        key: Estimate(runs[0][key], min(run[key] for run in runs), max(run[key] for run in runs))
        for key in ("ami", "homogeneity", "completeness")
    }
    cross = pd.crosstab(
        shown.departments[shown.membership[found.people]], found.memberships[0], rownames=["department"]
    )
    cross = cross[cross.sum().sort_values(ascending=False, kind="stable").index]
    cross.columns = pd.Index(range(1, cross.shape[1] + 1), name="community")
    cross = cross.loc[:, cross.sum() >= minimum]
    mix = cross / cross.sum()
    logs = np.log(mix.to_numpy(), out=np.zeros(mix.shape), where=mix.to_numpy() > 0)
    visible = cross.loc[[name for name in cross.index if name in rows]]
    leading = visible.idxmax() if len(visible) and visible.shape[1] else pd.Series(dtype=object)
    table = pd.DataFrame(
        {
            "community": cross.columns,
            "people": cross.sum().to_numpy(),
            "departments": np.exp(-(mix.to_numpy() * logs).sum(axis=0)),
            "largest_department": [leading[community] for community in cross.columns],
            "share": [mix.loc[leading[community], community] for community in cross.columns],
        }
    )
    few = [visible.loc[leading[community], community] < minimum for community in cross.columns]
    table["largest_department"] = table["largest_department"].astype(object).mask(few, None)
    table["share"] = table["share"].astype(np.float64).mask(few)
    people = pd.Series(shown.sizes, index=shown.departments).loc[visible.index]
    return Communities(
        table=table,
        shares=without_few(visible.div(people, axis=0), visible, minimum),
        modularity=found.modularities[0],
        agreement=spread,
    )
