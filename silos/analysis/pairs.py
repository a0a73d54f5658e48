"""Pairs of departments: walls and bridges."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from silos.analysis.connector.evidence import CANNOT_SAY, covered
from silos.analysis.lifetimes import shared_time
from silos.analysis.organisation import TRAFFIC
from silos.analysis.result_protocol import Result, plain, spread, suppressed
from silos.inference.bootstrap import Replicates
from silos.inference.estimate import intervals
from silos.inference.multiple_testing import FALSE_DISCOVERY, false_discovery
from silos.inference.pair_ties import PairTies, pair_ties
from silos.measures.affinity import affinity
from silos.measures.basis import department_totals
from silos.measures.mixing import gravity_expectation, gravity_ratio
from silos.network import Network
from silos.plots.drawing import Drawing
from silos.privacy.gate import STEP
from silos.privacy.suppression import Shown
from silos.ties.results import Tally

#: Verdicts that say of a pair that it is anything but typical.
CALLED = ("wall", "bridge")
#: False discovery rate of all that is called a wall, a bridge, or a probable one.
PROBABLE = 0.2
#: Share of the ties expected that a wall has at most; a bridge has as many times more at least. Departments are never
#: all alike.
DEPTH = 0.5
#: Share of the ties expected, `LEAST_EXPECTED` or more, that a pair with hardly any has at most, and the q-value below
#: which it is a wall: pairs that nobody walled off are seldom so bare. Of walls without ties in 80 organisations 93 and
#: 97 % are found, not 88 and 90 %, and as before 4 and 0 % of what is called a wall is not one (`blocks` and `latent`).
BARE, BARE_Q = 0.05, 0.15
#: The same of a probable wall or bridge: of pairs less far apart, with no more evidence, most were not planted.
PROBABLE_DEPTH = 0.25
#: Departments from which pairs have a verdict: leaving one pair out leaves too little of fewer.
LEAST_DEPARTMENTS = 5
#: Ties expected from which a pair can be typical: of fewer, a wall without any tie is missed in most cases.
LEAST_EXPECTED = 12.0
#: Share of the log's period in which both departments existed, from which a pair has a verdict: what two departments
#: could not exchange is no wall between them.
LEAST_TOGETHER = 0.5
#: Ties of each of the two with third departments from which a pair has a verdict: how active they are is told by these.
LEAST_ELSEWHERE = 12.0


@dataclass(frozen=True, eq=False)
class Pairs(Result):
    """Which pairs of departments are walled off, and which are bridges.

    Attributes:
        table: one row per unordered pair of departments that may be shown, most telling first: see `judge`.
        ratios: departments x departments, observed over expected volume (gravity ratio).
        affinity: departments x departments, contact free of size and shrunken where there is little of it.
        ties: departments x departments, pairs of people in contact; None in a log of groups.
        volumes: departments x departments, what people of the row send to people of the column; symmetric where no
            direction is known.
        fitted: departments x departments, the pairs that activities are fitted to (`silos.inference.pair_ties`).
        clustering: how much more ties vary than independent ones would (likewise).
    """

    title: ClassVar[str] = "Pairs of departments"

    table: pd.DataFrame
    ratios: pd.DataFrame
    affinity: pd.DataFrame
    ties: pd.DataFrame | None = None
    volumes: pd.DataFrame | None = None
    fitted: pd.DataFrame | None = None
    clustering: float = 1.0

    def ties_of(self, a: str, b: str) -> float | None:
        """Pairs of people of two departments who are in contact; None where that is not known, or not given."""
        return None if self.ties is None else plain(self.ties.loc[a, b])

    def called(self, verdict: str) -> pd.DataFrame:
        """The pairs that have a verdict, most telling first."""
        return self.table[self.table["verdict"] == verdict]

    @property
    def walls(self) -> pd.DataFrame:
        """The walls, those first between which most ties are missing."""
        return by_missing(self.called("wall"))

    @property
    def probable_walls(self) -> pd.DataFrame:
        """The probable walls, in the same order."""
        return by_missing(self.called("probable wall"))

    @property
    def bridges(self) -> pd.DataFrame:
        """The bridges, those first that have most ties beyond the expected."""
        return by_missing(self.called("bridge"))[::-1]

    @property
    def probable_bridges(self) -> pd.DataFrame:
        """The probable bridges, in the same order."""
        return by_missing(self.called("probable bridge"))[::-1]

    def said(self) -> str:
        """How many pairs have which verdict."""
        counts = self.table["verdict"].value_counts()
        return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())

    @property
    def relative(self) -> pd.DataFrame:
        """Departments x departments: ties over those expected, by which walls and bridges are judged.

        NaN on the diagonal, for pairs that have fewer ties than are published where few are expected too, as nobody can
        say whether these are less or more, and for departments that lack ties as they were apart in time.
        """
        table, names = self.table, self.ratios.index
        told = (table["ties"] >= STEP) | (table["expected_ties"] >= LEAST_EXPECTED)
        told &= (table["reason"] != "apart_in_time") | (table["relative"] >= 1)
        values = np.full((len(names), len(names)), np.nan)
        a, b = names.get_indexer(table["a"]), names.get_indexer(table["b"])
        values[a, b] = values[b, a] = table["relative"].where(told)
        return pd.DataFrame(values, index=names, columns=names)

    def drawing(self) -> Drawing | None:
        """Departments against departments, walls and bridges marked; in a log of groups by volume."""
        ratio = self.ratios if self.ties is None else self.relative
        if not ratio.notna().to_numpy().any():
            return None
        names = ratio.index
        found = self.table[self.table["verdict"].isin(CALLED)]
        a, b = names.get_indexer(found["a"]), names.get_indexer(found["b"])
        marked = np.zeros((len(names), len(names)), dtype=bool)
        marked[a, b] = marked[b, a] = True
        significant = pd.DataFrame(marked, index=names, columns=names)
        of = "volume" if self.ties is None else "ties"
        return Drawing("mixing_heatmap", {"ratio": ratio, "significant": significant, "of": of})

    def to_dict(self) -> dict[str, Any]:
        """The section `pairs` of the summary."""
        columns = ("relative", "expected", "observed", "ties", "expected_ties", "p", "q", "verdict", "reason")
        return {
            "pairs": [
                {
                    "a": row["a"],
                    "b": row["b"],
                    "ratio": spread(row, "ratio"),
                    **{name: plain(row[name]) for name in columns},
                    "suppressed": suppressed(row),
                }
                for row in self.table.to_dict("records")
            ]
        }


def without(pairs: pd.DataFrame, departments: Collection[str]) -> pd.DataFrame:
    """The pairs in which none of some departments is: what is said of pairs leaves service desks aside."""
    return pairs[~(pairs["a"].isin(departments) | pairs["b"].isin(departments))]


def by_missing(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs in the one order of walls: by how many ties are missing of those expected."""
    # Ties that are too few to be published are somewhere in the lowest class.
    order = pairs.assign(missing=pairs["expected_ties"] - pairs["ties"].fillna((STEP - 1) / 2))
    return order.sort_values(["missing", "a", "b"], ascending=[False, True, True], kind="stable").drop(
        columns="missing"
    )


def find_pairs(network: Network, replicates: Replicates, shown: Shown, tally: Tally) -> Pairs:
    """The pairs of departments that may be shown, and what they have with each other.

    Args:
        network, replicates, shown: as `judge`.
        tally: the counted log.
    """
    tested, names, rows = pair_ties(network), network.departments, list(shown.rows)
    ties = department_totals(network, network.contacts)
    volumes = department_totals(network, network.adjacency)
    # Inside, a symmetric matrix holds everything twice.
    np.fill_diagonal(ties, np.diagonal(ties) / 2)
    if not network.directed:
        np.fill_diagonal(volumes, np.diagonal(volumes) / 2)
    ties, volumes, fitted = (
        pd.DataFrame(values, index=names, columns=names).loc[rows, rows] for values in (ties, volumes, tested.weight)
    )
    return Pairs(
        table=judge(
            network,
            replicates,
            shown,
            coverage=tally.log.coverage,
            tested=tested,
            together=shared_time(tally, network),
        ),
        ratios=gravity_ratio(network).loc[rows, rows],
        affinity=affinity(network).loc[rows, rows],
        ties=ties,
        volumes=volumes,
        fitted=fitted,
        clustering=tested.clustering,
    )


def judge(
    network: Network,
    replicates: Replicates,
    shown: Shown,
    *,
    coverage: float | None = None,
    tested: PairTies | None = None,
    together: np.ndarray | None = None,
) -> pd.DataFrame:
    """One row per unordered pair of departments that may be shown.

    `ratio` is the gravity ratio λ of the volume, both directions, with its bootstrap interval, of `observed` and
    `expected` volume: it describes. The verdict rests on ties: `relative` is `ties` over `expected_ties`, those that
    the contacts of the two departments with all others let expect, which is what `p`, `q` and `verdict` test (see
    `silos.inference.pair_ties.pair_ties`). Where departments mostly talk to themselves, nearly every pair has λ below
    1, and that is said by the organisation's E-I index; a department with few ties to all others is a silo, and has no
    wall to each of them.

    `reason` says why a verdict is `cannot say`: `coverage` (too few of the rows are of people of the roster),
    `few_departments`, `few_ties`, `apart_in_time` (the two departments did not exist together for long enough, by
    `together`, see `silos.analysis.lifetimes.shared_time`), or `merged` (one of the two is small departments put
    together).
    """
    names = network.departments
    observed = department_totals(network, network.adjacency)
    observed = observed + observed.T
    expected = gravity_expectation(network).to_numpy()
    expected = expected + expected.T
    draws, drawn = replicates.mixing[TRAFFIC], replicates.expected
    if not network.directed:
        # The two triangles of an undirected matrix are the same volume.
        observed, expected, drawn = observed / 2, expected / 2, drawn / 2
    a, b = np.triu_indices(len(names), k=1)
    shown_pair = np.isin(names[a], shown.rows) & np.isin(names[b], shown.rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected[a, b] > 0, observed[a, b] / expected[a, b], np.nan)
        ratios = np.where(drawn[:, a, b] > 0, draws[:, a, b] / drawn[:, a, b], np.nan)
    low, high = intervals(ratios)
    tested = pair_ties(network) if tested is None else tested
    relative = np.divide(tested.ties, tested.expected, out=np.full(len(a), np.nan), where=tested.expected > 0)
    askable = (tested.elsewhere >= LEAST_ELSEWHERE) & (len(names) >= LEAST_DEPARTMENTS) & (tested.expected > 0)
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
            "ties": tested.ties,
            "expected_ties": tested.expected,
            "p": np.where(askable, tested.p, np.nan),
        }
    )
    table["q"] = np.nan
    alone = np.isin(names[a], shown.candidates) & np.isin(names[b], shown.candidates)
    table.loc[alone, "q"] = false_discovery(table.loc[alone, "p"].to_numpy(dtype=np.float64))
    table["verdict"] = _verdicts(tested, table["q"].to_numpy(dtype=np.float64))
    table["reason"] = None
    unsaid = table["verdict"] == CANNOT_SAY
    table.loc[unsaid, "reason"] = "few_departments" if len(names) < LEAST_DEPARTMENTS else "few_ties"
    if together is not None:
        apart = together[a, b] < LEAST_TOGETHER
        table.loc[apart, ["verdict", "reason"]] = CANNOT_SAY, "apart_in_time"
    if not covered(coverage):
        table["verdict"], table["reason"] = CANNOT_SAY, "coverage"
    table.loc[~alone, ["verdict", "reason"]] = CANNOT_SAY, "merged"
    table = table[shown_pair]
    numbers = [column for column in table.columns if column not in ("a", "b", "verdict", "reason")]
    table = table.astype(dict.fromkeys(numbers, np.float64))
    return table.sort_values(["p", "a", "b"], kind="stable").reset_index(drop=True)


def _verdicts(tested: PairTies, q: np.ndarray) -> np.ndarray:
    """The verdict of each pair by its q-value and how far it is from what is expected."""
    ties, expected = tested.ties, tested.expected
    sure, likely = q < FALSE_DISCOVERY, q < PROBABLE
    bare = (q < BARE_Q) & (ties <= BARE * expected) & (expected >= LEAST_EXPECTED)
    return np.select(
        [
            (sure & (ties <= DEPTH * expected)) | bare,
            sure & (DEPTH * ties >= expected),
            likely & (ties <= PROBABLE_DEPTH * expected),
            likely & (PROBABLE_DEPTH * ties >= expected),
            # What is far above the little that was expected is a bridge; else so little cannot say.
            np.isnan(q) | (expected < LEAST_EXPECTED),
        ],
        ["wall", "bridge", "probable wall", "probable bridge", CANNOT_SAY],
        "typical",
    )
