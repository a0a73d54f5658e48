"""The analysis of a log of groups: results from departments and the time they invest in each other.

Departments are all there is to observe: there are no persons to draw again, so nothing has an interval, and no
department gets a verdict but `uncertain`. What remains describes: shares of time, ratios to what activity explains, and
how the time would bind the departments.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from silos.analysis.connector.desks import TURNS, unjudged
from silos.analysis.connector.evidence import CANNOT_SAY
from silos.analysis.connector.scores import scores
from silos.analysis.connector.sensitivity import Sensitivity
from silos.analysis.connector.verdict import CANDIDATE, Connector
from silos.analysis.departments import Departments
from silos.analysis.detected_communities import DetectedCommunities
from silos.analysis.dialogue import DEPARTMENT_COLUMNS, PAIR_COLUMNS, Dialogue
from silos.analysis.external import External
from silos.analysis.findings.group_rules import GROUP_RULES
from silos.analysis.findings.limits import group_limits
from silos.analysis.findings.recommendations import GROUP_RECOMMENDATIONS
from silos.analysis.inputs import Given, Inputs, layers_of
from silos.analysis.leadership import Leadership
from silos.analysis.organisation import Organisation
from silos.analysis.over_time.trend import COLUMNS as TREND
from silos.analysis.over_time.trend import Trend
from silos.analysis.pairs import Pairs
from silos.analysis.parameters import Parameters
from silos.analysis.refusals import refuse_unknown_services
from silos.analysis.result import Analysis
from silos.analysis.results import Results
from silos.errors import EmptyError, SilosError
from silos.inference.estimate import Estimate
from silos.locales.said import Said
from silos.measures.affinity import affinities, algebraic_connectivities, kirchhoff_index, size_exponent
from silos.measures.basis import quotient
from silos.measures.brokerage import ROLES
from silos.measures.mixing import ei_indices, modularities, quasi_independence
from silos.measures.person_table import AVERAGED
from silos.network import DEPARTMENT, Network
from silos.privacy.suppression import OTHER, Shown, merge_small
from silos.tables import Interactions, Roster
from silos.ties.group_volumes import GroupTally, Volumes, count
from silos.ties.results import LogFacts

if TYPE_CHECKING:
    import networkx as nx

#: Departments from which the ratio of a pair says anything: with three, their activity explains every pair exactly.
FEWEST = 4
#: Why there is nothing on dialogue, leadership and the outside.
UNKNOWN = "groups"
#: What the organisation's estimates are called, in the order of the summary.
ORGANISATION = (
    *("ei_index", "ei_index_volume", "cross_department_share", "modularity", "modularity_volume", "modularity_best"),
    *("department_community_ami", "community_homogeneity", "community_completeness"),
    *("two_way_share", "two_way_share_within", "two_way_share_across"),
    *("effective_resistance", "algebraic_connectivity", "size_correlation"),
)
_INTERVALS = ("insiders_odds", "insularity", "inwardness")


@dataclass(frozen=True, eq=False)
class GroupAnalysis(Analysis):
    """What was found in a log of groups: the answers of an `Analysis`, of which those about persons are empty.

    Attributes:
        results: the answers, one attribute per question.
        volumes: the departments as they are, and the time they invest in each other.
        shown: which departments may be shown.
        log: its rows, used and left out.

    Examples:
        >>> import tempfile
        >>> import silos
        >>> sizes = {"Sales": 20, "Legal": 10, "Finance": 15, "HR": 12}
        >>> rows = [(a, b, n, m, "2025-03-02", 30 * n) for a, n in sizes.items() for b, m in sizes.items() if a != b]
        >>> log = pd.DataFrame(rows, columns=[
        ...     "PrimaryCollaborator_Organization", "SecondaryCollaborator_Organization",
        ...     "PrimaryCollaborator_GroupSize", "SecondaryCollaborator_GroupSize",
        ...     "MetricDate", "Group_collaboration_time_invested",
        ... ])
        >>> roster = pd.DataFrame({"person": ["ann", "bob"], "department": ["Sales", "Legal"]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     log.to_csv(f"{folder}/g2g.csv", index=False)
        ...     found = silos.analyze(f"{folder}/g2g.csv", roster)
        >>> found.connector.verdict, found.connector.reason
        ('cannot say', 'groups')
    """

    rules = GROUP_RULES
    recommendation_rules = GROUP_RECOMMENDATIONS

    results: Results
    volumes: Volumes
    shown: Shown
    log: LogFacts

    @cached_property
    def joined(self) -> Volumes:
        """The time between departments, small ones put together."""
        return self.volumes.merged(self.shown.departments.to_dict())

    @property
    def network(self) -> Any:
        """The volumes, which have a graph of departments and none of persons."""
        return self.volumes

    def layer(self, name: str) -> Network:
        """A log of groups has none.

        Raises:
            SilosError: always.
        """
        raise SilosError(f"this log is of groups: it has no ties between persons, so it has no layer {name!r}.")

    def department_graph(self) -> "nx.DiGraph[Any]":
        """The departments as a graph of networkx, small ones put together, with `weight` in minutes."""
        return self.joined.to_networkx("department")

    def limits_in(self, language: str) -> tuple[str, ...]:
        """What the findings do not say, and why so much is absent."""
        return group_limits(self.results, language, within=not np.isnan(self.volumes.within).any())

    def people(self) -> pd.DataFrame:
        """A log of groups has none.

        Raises:
            SilosError: always.
        """
        raise SilosError("this log is of groups and holds no persons, so there are no rows about persons to write.")

    def summary(self, language: str = "en") -> dict[str, Any]:
        """The content of `summary.json`: every measure of persons is None."""
        found = super().summary(language)
        found["communities"]["count"] = None
        return found

    def __repr__(self) -> str:
        return f"Analysis of {self.volumes!r}\n{self.findings!r}"


def analyze_groups(
    interactions: Interactions, roster: Roster, asked: Parameters, progress: Callable[[str], None]
) -> GroupAnalysis:
    """See `silos.analyze`.

    Raises:
        SilosError: as `silos.ties.group_volumes.count`; no department is large enough to be shown, or a service desk
            does not exist.
    """
    idle = asked.unheeded()
    notes = [Said("read", "idle_in_groups", options=list(idle))] if idle else []
    progress("counting ties")
    counted = count(interactions, roster, by=asked.by, since=asked.since, until=asked.until, window=asked.window)
    volumes = counted.volumes
    refuse_unknown_services(volumes.departments, asked, "group-to-group query")
    shown = _shown(volumes, asked.min_department)
    progress("departments")
    joined = volumes.merged(shown.departments.to_dict())
    rows = list(shown.rows)
    table = departments(joined, shown)
    progress("connector")
    results = Results(
        inputs=replace(_inputs(counted, Given.of(interactions, roster, asked.by, notes)), combined=shown.combined),
        organisation=Organisation(
            estimates=dict.fromkeys(ORGANISATION, Estimate(None)) | organisation(volumes),
            people=len(volumes),
            departments=len(volumes.departments),
            shown=len(shown.candidates),
            ties=volumes.ties,
            median_insularity=None,
        ),
        departments=Departments(table, None, tuple(shown.candidates)),
        pairs=Pairs(
            table=pairs(joined, shown),
            ratios=_square(joined, quotient(joined.across, expectation(joined))).loc[rows, rows],
            affinity=_square(joined, _affinity(joined)).loc[rows, rows],
            volumes=_square(joined, joined.minutes).loc[rows, rows],
        ),
        connector=connector(joined, shown, asked.service_departments),
        trend=Trend(trend(counted), asked.window),
        asked=asked,
        **_absent(),
    )
    return GroupAnalysis(results, volumes, shown, counted.log)


def _absent() -> dict[str, Any]:
    """The answers that need persons."""
    return {
        "sensitivity": Sensitivity(pd.DataFrame(columns=["setting", "value", "first", "stays"])),
        "detected": DetectedCommunities(
            table=pd.DataFrame(columns=["community", "people", "departments", "largest_department", "share"]),
            shares=pd.DataFrame(),
            modularity=float("nan"),
            agreement=dict.fromkeys(("ami", "homogeneity", "completeness"), Estimate(None)),
        ),
        "communities": None,
        "dialogue": Dialogue(
            departments=pd.DataFrame(columns=list(DEPARTMENT_COLUMNS), index=pd.Index([], name=DEPARTMENT)),
            pairs=pd.DataFrame(columns=list(PAIR_COLUMNS)),
            unknown=UNKNOWN,
        ),
        "leadership": Leadership(unknown=UNKNOWN),
        "external": External(unknown=UNKNOWN),
    }


def _inputs(counted: GroupTally, given: Given) -> Inputs:
    """What was read and left out; a log of groups cannot know the rest."""
    log = counted.log
    return Inputs(
        level="department",
        rows_read=log.rows_read,
        rows_used=log.rows_used,
        rejected=dict(log.rejected),
        broadcasts=None,
        selves=None,
        people=len(counted.volumes),
        matched=None,
        unmatched=None,
        first=log.first,
        last=log.last,
        formats=given.formats,
        fields=given.fields,
        memberships=0,
        layers=layers_of(log.media),
        evidence="volume",
        waived=log.waived,
        dated=log.dated,
        directed=log.directed,
        lost=log.lost,
        placeholders=given.placeholders,
        managers=given.managers,
        notes=given.notes,
        told=given.told,
    )


def _square(volumes: Volumes, values: np.ndarray) -> pd.DataFrame:
    names = volumes.departments
    return pd.DataFrame(values, index=names, columns=names)


def _shown(volumes: Volumes, minimum: int) -> Shown:
    """Departments as they may be shown, `departments` by their names: there are no persons."""
    # As many people as tell a small department from others are enough.
    people = np.repeat(volumes.departments, np.minimum(volumes.sizes, minimum))
    shown = merge_small(pd.Series(people), minimum)
    if not shown.candidates:
        raise EmptyError(
            f"no department has at least {minimum} people, so none may be shown alone. Run the query with a coarser "
            "attribute, or lower --min-department."
        )
    names = pd.Series(volumes.departments, index=volumes.departments)
    return replace(shown, departments=names.where(names.isin(list(shown.candidates)), OTHER))


# ---- measures


def expectation(volumes: Volumes) -> np.ndarray:
    """E (K, K) symmetric: the time of both in the other if each kept its activity across and chose at random.

    Quasi-independence off the diagonal with exact margins, E_ab = α_a β_b for a ≠ b, both directions; NaN on the
    diagonal, and everywhere with fewer than `FEWEST` departments.

    Source:
        L. A. Goodman (1968), The analysis of cross-classified data, JASA 63.
    """
    sent = volumes.minutes.copy()
    np.fill_diagonal(sent, 0.0)
    alpha, beta = quasi_independence(sent.sum(axis=1), sent.sum(axis=0))
    expected = np.outer(alpha, beta)
    expected = expected + expected.T
    np.fill_diagonal(expected, np.nan)
    return expected if len(expected) >= FEWEST else np.full_like(expected, np.nan)


def _affinity(volumes: Volumes) -> np.ndarray:
    sizes = volumes.sizes.astype(np.float64)
    return affinities(volumes.across, sizes, size_exponent(volumes.across, sizes))


def organisation(volumes: Volumes) -> dict[str, Estimate]:
    """What the time says of the organisation, departments as they are. By time throughout, and without intervals."""
    close = _affinity(volumes)
    ei = float(ei_indices(volumes.minutes))
    return {
        "ei_index_volume": Estimate.of(ei),
        "cross_department_share": Estimate.of((1 + ei) / 2),
        "modularity_volume": Estimate.of(float(modularities(volumes.minutes + volumes.minutes.T))),
        "effective_resistance": Estimate.of(float(kirchhoff_index(close))),
        "algebraic_connectivity": Estimate.of(float(algebraic_connectivities(close))),
    }


def departments(volumes: Volumes, shown: Shown) -> pd.DataFrame:
    """One row per department that may be shown, the least outward first; what needs persons is NaN.

    `ei_index` and `external_share` are of the time that its people invest, `reach` of the time of both sides.
    """
    names, within = volumes.departments, volumes.within
    invested = np.where(np.eye(len(names), dtype=bool), 0.0, volumes.minutes).sum(axis=1)
    share = quotient(invested, invested + within)
    _, _, reach = scores(volumes.across, volumes.sizes.astype(np.float64), _exponent(volumes))
    known = {"people": volumes.sizes, "ei_index": 2 * share - 1, "external_share": share, "reach": reach}
    columns = [
        *("people", *(f"{name}{end}" for name in _INTERVALS for end in ("", "_low", "_high"))),
        *("inwardness_nearby", "ei_index", "external_share", "reach"),
        *(f"{name}{end}" for name in AVERAGED for end in ("", "_median")),
        *(*ROLES, "brokerage_top_share", "ties_across_top_share"),
    ]
    table = pd.DataFrame({name: known.get(name, np.nan) for name in columns}, index=pd.Index(names, name=DEPARTMENT))
    for column, said in (("verdict", CANNOT_SAY), ("reason", "groups")):
        values = [said if name in shown.candidates else None for name in names]
        table[column] = pd.Series(values, index=table.index, dtype=object)
    return table.loc[list(shown.rows)].sort_values("external_share", kind="stable")


def pairs(volumes: Volumes, shown: Shown) -> pd.DataFrame:
    """One row per unordered pair of departments that may be shown, the least time for their activity first.

    `observed` and `expected` are minutes, both ways; `relative` is `ratio`: off the diagonal both add up to the same.
    """
    names = volumes.departments
    observed, expected = volumes.across, expectation(volumes)
    a, b = np.triu_indices(len(names), k=1)
    ratio = quotient(observed, expected)[a, b]
    nothing = np.full(len(a), np.nan)
    table = pd.DataFrame(
        {
            "a": names[a],
            "b": names[b],
            "ratio": ratio,
            "ratio_low": nothing,
            "ratio_high": nothing,
            "relative": ratio,
            "expected": expected[a, b],
            "observed": observed[a, b],
            "ties": nothing,
            "expected_ties": nothing,
            "p": nothing,
            "q": nothing,
            "verdict": CANNOT_SAY,
            "reason": "groups",
        }
    )
    table = table[table["a"].isin(shown.rows) & table["b"].isin(shown.rows)]
    return table.sort_values(["ratio", "a", "b"], kind="stable").reset_index(drop=True)


def connector(volumes: Volumes, shown: Shown, service: tuple[str, ...]) -> Connector:
    """Bind and reach of the time of both sides: who would come first, and no verdict."""
    names = volumes.departments
    score, bind, reach = scores(volumes.across, volumes.sizes.astype(np.float64), _exponent(volumes))
    desk = names.isin(list(service))
    table = pd.DataFrame(
        {
            "score": score,
            "bind": bind,
            "reach": reach,
            "probability_first": np.nan,
            "tied": False,
            "substantive_share": np.nan,
            "ties": np.nan,
            **dict.fromkeys(("effective_spanners", "effective_spanners_low", "effective_spanners_high"), np.nan),
            "service": desk,
            "eligible": ~desk & np.isfinite(score) & (score > 0),
        },
        index=pd.Index(names, name=DEPARTMENT),
    ).join(unjudged(names).table[list(TURNS)])
    ranked = table.loc[list(shown.candidates), list(CANDIDATE)]
    ranked = ranked.sort_values(["eligible", "score"], ascending=False, kind="stable")
    best = ranked["score"]
    return Connector(
        verdict=CANNOT_SAY,
        department=None,
        evidence="volume",
        mail_room_warning=False,
        reason="groups",
        candidates=ranked,
        chance=None,
        busiest=str(best.idxmax()) if best.notna().any() else None,
        binds=pd.DataFrame({"a": [], "b": [], "loss": []}),
    )


def _exponent(volumes: Volumes) -> float:
    return size_exponent(volumes.across, volumes.sizes.astype(np.float64))


def trend(counted: GroupTally) -> pd.DataFrame:
    """The share of time across departments in each window, without interval."""
    values = [(1 + float(ei_indices(volumes.minutes))) / 2 for volumes in counted.windows.values()]
    table = pd.DataFrame(dict.fromkeys(TREND, np.nan), index=range(len(values)))
    table["window"] = [f"{start:%Y-%m-%d}" for start in counted.windows]
    table["measure"], table["department"] = "cross_department_share", ""
    table["value"] = np.array(values, dtype=np.float64)
    table["change"] = table["value"].diff()
    return table
