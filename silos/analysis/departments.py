"""Departments: insularity with its interval, and which are silos."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.connector.evidence import CANNOT_SAY, LEAST_WEEKS, covered
from silos.analysis.connector.scores import reaches
from silos.analysis.organisation import ANY
from silos.analysis.result_protocol import Result, counted, kept_back, plain, spread, suppressed, whole
from silos.inference.bootstrap import Replicates
from silos.inference.estimate import NORMAL, intervals
from silos.inference.habit import FEW_DEPARTMENTS, habits
from silos.measures.affinity import expectations, size_exponent
from silos.measures.basis import among, department_totals, pair_totals, totals_across
from silos.measures.insularity import insularities, insularity, nearest_insularities
from silos.measures.mixing import ei_index, log_density_ratio, log_density_ratios
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.suppression import Shown
from silos.ties.layers import contacts
from silos.ties.results import Tally

#: Brokerage roles in the order of the summary.
ROLES = ("coordinator", "gatekeeper", "representative", "itinerant", "liaison")
#: A department whose interval reaches beyond twice as inward, or half, and holds 0, is uncertain, not typical.
DOUBTFUL = np.log(2)
#: A silo is denser inside than the organisation's habit by a factor of 2 at least, e^{2·inwardness}: departments are
#: never all alike, and the median lies low where several of them are outward. See docs/validation.md.
TWICE = 0.5 * np.log(2)
#: Lower end of the interval of inwardness that a silo takes: surely 1.2 times as dense inside as the habit, which short
#: logs and samples would else exceed by chance.
SURELY = 0.1
#: Inwardness towards its nearest departments that a silo takes: one that is merely remote from most others is no silo,
#: if it deals with its neighbours as others do with theirs.
NEARBY = 0.25
#: Of few departments (`FEW_DEPARTMENTS`), a silo is also surely twice as dense inside as towards all others: one with
#: 86 % of its ties outside was a silo in 9 of 60 organisations of four departments whose densities differed by chance,
#: with this in 2. Of 100 silos planted among 4 to 7 departments 61 are found, not 67; of 450 others 18, not 21, are
#: called so.
FEW_ODDS = np.log(2)
#: Departments with enough people and ties from which there is a habit: of three, the median is one of them.
LEAST_DEPARTMENTS = 4
#: People of a department who have a tie, from which it has a verdict: below, most halved silos are missed.
LEAST_PEOPLE = 6
#: Ties inside a department from which it has a verdict: below, most halved silos are missed.
LEAST_INSIDE = 8.0
#: Ties across from which a department has a verdict, unless it has so many inside, and `LEAST_INSIDE` more: below, most
#: halved silos are missed.
LEAST_ACROSS = 20.0
#: Share of a department's people who appear in the log, from which the department has a verdict: of fewer, it would be
#: one on those few who use the tool.
LEAST_PRESENT = 0.25
#: Share of the departments that must be judged for "none is a silo" to be said of all, as good news: of five, three do
#: not tell of the other two.
JUDGED = 0.75
#: How many times likelier a contact an insider is in every department, by the lower end of the interval, where all of
#: the organisation is sealed.
SEALED = 8.0

RECIPROCATED = "reciprocated"


@dataclass(frozen=True, eq=False)
class Departments(Result):
    """Which departments are silos.

    Attributes:
        table: one row per department that may be shown, most inward first: see `judge`, and the summaries of its
            people's measures.
        median: the insularity that departments are judged against; None where it has no value.
        candidates: departments that stand alone, in the order of the table: the others are small ones put together.
        valued: by department, how many of its people have a value of each measure that is told as a mean.
    """

    title: ClassVar[str] = "Departments"

    table: pd.DataFrame
    median: float | None
    candidates: tuple[str, ...]
    valued: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def called(self, verdict: str) -> tuple[str, ...]:
        """The departments that have a verdict, most inward first."""
        return tuple(str(name) for name in self.table.index[self.table["verdict"] == verdict])

    @property
    def silos(self) -> tuple[str, ...]:
        """The silos, most inward first."""
        return self.called("silo")

    @property
    def most_inward(self) -> tuple[str, ...]:
        """The silos that are as inward as the first: of published figures, several may be the same."""
        inward = self.table.loc[list(self.silos), "insularity"]
        return tuple(str(name) for name in inward.index[inward >= inward.max()])

    @property
    def judged(self) -> int:
        """How many departments have a verdict that says something: silo, open or typical."""
        return int(self.table["verdict"].isin(("silo", "open", "typical")).sum())

    @property
    def mostly_judged(self) -> bool:
        """Whether so many are judged that what holds for these is said of all."""
        return self.judged >= JUDGED * len(self.candidates)

    @property
    def sealed(self) -> float | None:
        """How many times likelier an insider is to be a contact than an outsider, in every department at least.

        The least lower end of the intervals of e^LOR, if that is `SEALED` or more and all departments that stand alone
        have one, else None: of a few departments too. The median hides that all of them keep to themselves.
        """
        if self.unsaid.keys() - {"few_departments"}:
            return None
        low = self.table.loc[list(self.candidates), "insiders_odds_low"]
        if len(low) < 2 or low.isna().any() or low.min() < np.log(SEALED):
            return None
        return float(np.exp(low.min()))

    @property
    def usual_times(self) -> float:
        """How many times likelier an insider is to be a contact than an outsider, in the median of those no silo."""
        odds = self.table.loc[list(self.candidates), "insiders_odds"]
        return float(np.exp(odds.drop(list(self.silos)).median()))

    @property
    def unsaid(self) -> dict[str, int]:
        """Why no department can be judged, and of how many each reason is true, the most first; empty if any can.

        `uncertain` where intervals are too wide.
        """
        if self.judged:
            return {}
        reasons = self.table.loc[list(self.candidates), "reason"].fillna("uncertain")
        return counted(reasons) if len(reasons) else {"few_departments": 0}

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
            value=table["insularity"],
            low=table["insularity_low"],
            high=table["insularity_high"],
            people_few=kept_back(table, "people"),
        )
        median = float("nan") if self.median is None else self.median
        return Drawing("insularity_forest", {"departments": intervals, "median": median})

    def to_dict(self) -> dict[str, Any]:
        """The section `departments` of the summary."""
        return {"departments": [_department(str(name), row) for name, row in self.table.iterrows()]}


def _department(name: str, row: pd.Series) -> dict[str, Any]:
    return {
        "department": name,
        "people": whole(row["people"]),
        "insiders_odds": spread(row, "insiders_odds"),
        "insularity": spread(row, "insularity"),
        "inwardness": spread(row, "inwardness"),
        **{key: plain(row[key]) for key in ("ei_index", "external_share", "reach", "constraint")},
        "brokerage": {role: plain(row[role]) for role in ROLES},
        "verdict": plain(row["verdict"]),
        "reason": plain(row["reason"]),
        "suppressed": suppressed(row),
    }


@dataclass(frozen=True, eq=False)
class Inwardness:
    """How much more inward each department is than the organisation's habit, (K,), NaN where unknown.

    Attributes:
        value: insularity less the median of the departments that stand alone; over several kinds of ties the mean of
            that, each scaled to the spread that it has on any ties.
        error: its standard error.
        nearby: the same, towards the nearest departments alone.
    """

    value: np.ndarray
    error: np.ndarray
    nearby: np.ndarray

    def columns(self) -> dict[str, np.ndarray]:
        """The columns of a table that `verdict_of` reads: the value with its interval, and that nearby."""
        return {
            "inwardness": self.value,
            "inwardness_low": self.value - NORMAL * self.error,
            "inwardness_high": self.value + NORMAL * self.error,
            "inwardness_nearby": self.nearby,
        }


def judge(
    network: Network,
    replicates: Replicates,
    shown: Shown,
    *,
    layers: Mapping[str, np.ndarray] | None = None,
    coverage: float | None = None,
    weeks: int | None = None,
    seed: int = 0,
) -> tuple[pd.DataFrame, float | None]:
    """One row per department that may be shown: estimates and verdict; and the median insularity.

    Args:
        network: all ties, departments as shown.
        replicates: of the same network, with the layer `any` and those of `layers`.
        shown: who has a verdict.
        layers: further kinds of ties that the verdict rests on, by name: 1 or 0 for each of `network.dyads`. Ties
            that were `reciprocated` say more about silos than any ties alone; a log of contacts has none.
        coverage: share of the rows within the organisation whose two people were found in the roster, if known.
        weeks: that the log holds, if known.
        seed: of what stands for an unseen tie in a replicate.

    Returns:
        DataFrame by department: `people`, `insiders_odds`, `insularity`, `inwardness` (each with `_low`, `_high`; the
        last is what the verdict rests on, see `Inwardness`), `inwardness_nearby`, `ei_index`, `external_share`,
        `reach` (the effective share of the others that it is in contact with, see
        `silos.analysis.connector.scores.reaches`), `verdict` and `reason` (neither for small departments put together);
        rows by falling insularity. None for the median where it has no value.

        A verdict is `silo`, `open`, `typical`, `uncertain` or `cannot say`; the last for one `reason`:
        `few_departments`, `few_people`, `few_present` (of its people in the log), `few_ties`, `weeks` or `coverage`.
        `typical` has the reason `remote` where a department is inward, but not towards those nearest to it.
    """
    names = network.departments
    judged = names.isin(list(shown.candidates))
    sigma = insularity(network).to_numpy()
    known = judged & np.isfinite(sigma)
    median = float(np.median(sigma[known])) if known.any() else None
    sizes = network.sizes.astype(np.float64)
    mixing = department_totals(network, network.contacts)
    kinds = kinds_of_ties(network, mixing, layers or {})
    draws = {
        name: insularities(
            replicates.mixing[name], replicates.within, replicates.sizes, unseen_ties(replicates.sizes.shape, seed)
        )
        for name in kinds
    }
    inward = inwardness_of(kinds, draws, sizes, known, seed)
    ei = np.asarray(ei_index(network, level="department"))
    low, high = intervals(draws[ANY])
    odds_low, odds_high = intervals(drawn_odds(replicates.mixing[ANY], replicates))
    table = pd.DataFrame(
        {
            "people": network.sizes,
            "insiders_odds": log_density_ratio(network).to_numpy(),
            "insiders_odds_low": odds_low,
            "insiders_odds_high": odds_high,
            "insularity": sigma,
            "insularity_low": low,
            "insularity_high": high,
            **inward.columns(),
            "ei_index": ei,
            "external_share": (1 + ei) / 2,
            "reach": reaches(mixing, *expectations(mixing, sizes, size_exponent(mixing, sizes))),
        },
        index=pd.Index(names, name="department"),
    )
    numbers = [column for column in table.columns if column != "people"]
    table[numbers] = table[numbers].astype(np.float64)
    unsaid = unsaid_of(network, mixing, known, coverage=coverage, weeks=weeks)
    table = _with_verdicts(table, unsaid, judged, few=known.sum() < FEW_DEPARTMENTS)[names.isin(list(shown.rows))]
    return table.sort_values("insularity", ascending=False, kind="stable"), median


def drawn_odds(mixing: np.ndarray, replicates: Replicates) -> np.ndarray:
    """The log density ratio of each department in each replicate, (R, K), with the mixing (R, K, K) of any ties."""
    sizes = replicates.sizes
    return log_density_ratios(mixing, replicates.within, sizes * (sizes.sum(axis=-1, keepdims=True) - sizes))


def _with_verdicts(table: pd.DataFrame, unsaid: list[str | None], judged: np.ndarray, *, few: bool) -> pd.DataFrame:
    """The table with `verdict` and `reason`, which those that do not stand alone lack."""
    said = [verdict_of(row, reason, few=few) for (_, row), reason in zip(table.iterrows(), unsaid, strict=True)]
    # As text, None would be a missing number.
    columns = {
        name: [one[place] if alone else None for one, alone in zip(said, judged, strict=True)]
        for place, name in enumerate(("verdict", "reason"))
    }
    return table.assign(**{name: pd.Series(values, table.index, dtype=object) for name, values in columns.items()})


def kinds_of_ties(network: Network, mixing: np.ndarray, layers: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The (K, K) mixing of every kind of ties that a verdict rests on, `any` first."""
    count, dyads = len(network.departments), network.dyads
    found = {name: weight for name, weight in layers.items() if weight.any()}
    return {ANY: mixing} | {
        name: pair_totals(network.membership, count, *dyads, weight) for name, weight in found.items()
    }


def unseen_ties(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """What stands for the ties of a cell without any, in each replicate.

    No tie says that the rate is small, not that it is ½: replicates draw it from Jeffreys' posterior of a Poisson rate
    with no event, Gamma(½, 1), whose mean is that ½.
    """
    return np.random.default_rng([seed, 1]).gamma(0.5, size=shape)


def inwardness_of(
    kinds: Mapping[str, np.ndarray], draws: Mapping[str, np.ndarray], sizes: np.ndarray, known: np.ndarray, seed: int
) -> Inwardness:
    """How inward each department is beyond the habit, over all `kinds` of ties (their (K, K) mixing, `any` first)."""
    within = sizes * (sizes - 1)
    values = {name: insularities(mixing, within, sizes) for name, mixing in kinds.items()}
    known = known & np.all([np.isfinite(value) for value in values.values()], axis=0)
    missing = np.full(len(sizes), np.nan)
    if known.sum() < 2:
        return Inwardness(missing, missing, missing)
    near = {name: nearest_insularities(mixing, within, sizes) for name, mixing in kinds.items()}
    weight = _weights(values, known)
    value, nearby = (_centred(part, weight, known) for part in (values, near))
    drawn = np.sum([weight[name] * _as_usual(draw) for name, draw in draws.items()], axis=0)
    drawn = drawn - habits(drawn[:, known], seed)[:, None]
    total = drawn.var(axis=0, ddof=1)
    mixing = kinds[ANY]
    inside, across = np.diagonal(mixing) / 2, totals_across(mixing)
    error = np.sqrt(person_variance(total, 0.25 / np.maximum(inside, 0.5) + 1 / np.maximum(across, 0.5)))
    return Inwardness(np.where(known, value, np.nan), np.where(known, error, np.nan), np.where(known, nearby, np.nan))


def beyond_habit(values: Mapping[str, np.ndarray], known: np.ndarray) -> np.ndarray:
    """The value of `Inwardness` from the insularities by kind of tie, (K,) each, `any` first.

    Args:
        values: by kind of tie.
        known: (K,) the departments that stand alone and have all of these values; others are NaN.
    """
    return np.where(known, _centred(values, _weights(values, known), known), np.nan)


def person_variance(total: np.ndarray, counting: np.ndarray) -> np.ndarray:
    """The variance of a person bootstrap without what the product of two weights counts too often.

    A tie has weight ω_i ω_j, of variance 3, of which 2 belong to its two persons' other ties as well and are counted
    with them, so that a count of independent ties has three times its variance (Owen 2007). Twice the part that counts
    of ties have by themselves is taken off; a third is left at least.

    Args:
        total: variance over replicates.
        counting: variance of the same if ties were independent counts.

    Examples:
        >>> person_variance(np.array([0.5, 0.03]), np.array([0.1, 0.01])).round(3).tolist()
        [0.3, 0.01]
    """
    return np.asarray(np.maximum(total / 3, total - 2 * counting))


def _as_usual(draws: np.ndarray) -> np.ndarray:
    """(R, K) replicates in which a department without a value is as it is in the median replicate; 0 without any."""
    known = np.isfinite(draws)
    usual = np.nanmedian(np.where(known | ~known.any(axis=0), np.where(known, draws, 0.0), np.nan), axis=0)
    return np.where(known, draws, usual)


def _weights(values: Mapping[str, np.ndarray], known: np.ndarray) -> dict[str, float]:
    """What each kind of ties counts in the mean: all are scaled to the spread (MAD) of the first, any ties."""
    spread = {name: float(np.median(np.abs(value[known] - np.median(value[known])))) for name, value in values.items()}
    usable = {name: size for name, size in spread.items() if size > 0} or {ANY: 1.0}
    first = usable.get(ANY, 1.0)
    return {name: first / usable[name] / len(usable) if name in usable else 0.0 for name in values}


def _centred(values: Mapping[str, np.ndarray], weight: Mapping[str, float], known: np.ndarray) -> np.ndarray:
    total = np.sum([weight[name] * value for name, value in values.items()], axis=0)
    return np.asarray(total - np.median(total[known]))


def unsaid_of(
    network: Network, mixing: np.ndarray, known: np.ndarray, *, coverage: float | None, weeks: int | None
) -> list[str | None]:
    """Why nothing can be said of each department, or None."""
    if not covered(coverage):
        return ["coverage"] * len(mixing)
    if weeks is not None and weeks < LEAST_WEEKS:
        return ["weeks"] * len(mixing)
    active = np.bincount(network.membership[network.in_contact], minlength=len(mixing))
    inside, across = np.diagonal(mixing) / 2, totals_across(mixing)
    # Hardly a tie across where there are many inside is the strongest silo that there is.
    enough = (inside >= LEAST_INSIDE) & ((across >= LEAST_ACROSS) | (inside >= LEAST_INSIDE + LEAST_ACROSS))
    reasons = np.select(
        [active < LEAST_PEOPLE, active < LEAST_PRESENT * network.sizes, ~(enough & known)],
        ["few_people", "few_present", "few_ties"],
        "",
    )
    if (known & (reasons == "")).sum() < LEAST_DEPARTMENTS:
        # What is usual among departments of which nothing can be said is nothing to be judged against.
        reasons = np.where((reasons == "") | (known.sum() < LEAST_DEPARTMENTS), "few_departments", reasons)
    return [str(reason) or None for reason in reasons]


def verdict_of(row: pd.Series, unsaid: str | None, *, few: bool) -> tuple[str, str | None]:
    """The verdict on a department and its reason, if it has one: both as of `judge`.

    Args:
        row: `inwardness` with `_low` and `_high`, `inwardness_nearby`, `insiders_odds_low`.
        unsaid: why nothing can be said of it; None if something can.
        few: whether there are fewer than `FEW_DEPARTMENTS`.
    """
    value, low, high = row["inwardness"], row["inwardness_low"], row["inwardness_high"]
    if unsaid or not np.isfinite(low):
        return CANNOT_SAY, unsaid or "few_ties"
    if low > 0:
        if value >= TWICE and low < SURELY:
            # It may well be a silo: nobody may read that it is as usual.
            return "uncertain", None
        if value < TWICE or row["insiders_odds_low"] < (FEW_ODDS if few else 0):
            return "typical", None
        return ("silo", None) if row["inwardness_nearby"] >= NEARBY else ("typical", "remote")
    if high < 0:
        return "open", None
    return "uncertain" if max(-low, high) > DOUBTFUL else "typical", None


def reciprocated(tally: Tally, network: Network) -> dict[str, np.ndarray]:
    """The further kind of ties that `judge` rests on, by name: 1 for each of `network.dyads` that was reciprocated.

    Empty where the log knows no direction, or where nothing was reciprocated.
    """
    if not network.directed:
        return {}
    one, other = contacts(tally, RECIPROCATED)
    people = len(network)
    both = np.minimum(one, other).astype(np.int64) * people + np.maximum(one, other)
    i, j = network.dyads
    found = among(i.astype(np.int64) * people + j, np.sort(both)).astype(np.float64)
    return {RECIPROCATED: found} if found.any() else {}
